"""Sheets out as PDF/A-2b: what all stations share is drawn once and reused, the header and QR of each laid over it.

typst sets the texts; the drawn part comes from the layout; pikepdf puts them together. One thread prints some hundred
pages a second, since per page only a few texts and the QR are new.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import pikepdf
from pikepdf import Array, Dictionary, Name

from sirekap.keys import Key
from sirekap.paper import ink, qr
from sirekap.paper.chasil import sheets
from sirekap.paper.frame import Heading
from sirekap.paper.ink import POINT
from sirekap.paper.sheet import HEIGHT, WIDTH, Caption, Sheet, Slot
from sirekap.paper.typesetting import pages_of_text

CHUNK = 100
"""Stations whose headers are set by typst at once."""
_DOT = 0.67
"""Width in mm of a full stop at 7 points."""


class Size(Enum):
    """Paper sizes in mm, upright. The form is scaled to fit and centred."""

    A4 = (210.0, 297.0)
    A3 = (297.0, 420.0)
    PLANO = (600.0, 900.0)

    @property
    def scale(self) -> float:
        """Size of the print against the A4 master."""
        return min(self.value[0] / WIDTH, self.value[1] / HEIGHT)

    @property
    def offset(self) -> tuple[float, float]:
        """mm from the left and top of the paper to the form's own left and top."""
        width, height = self.value
        return (width - WIDTH * self.scale) / 2, (height - HEIGHT * self.scale) / 2


@dataclass(frozen=True, slots=True)
class Station:
    """What the header of a pre-filled sheet says. ``code``: 13 digits. ``generation``: 1, more after a re-vote."""

    code: str
    village: str
    district: str
    regency: str
    province: str
    generation: int = 1

    @property
    def slots(self) -> dict[str, str]:
        """Text by slot name."""
        return {
            "station": f"{self.code[10:]}   ({self.code})",
            "village": self.village,
            "district": self.district,
            "regency": self.regency,
            "province": self.province,
        }


def print_forms(
    heading: Heading, stations: Sequence[Station | None], *, size: Size = Size.A4, key: Key | None = None
) -> bytes:
    """All pages for every station in one PDF/A-2b, in order; None prints a blank form.

    ``key``: the QR key; without it the QR carries a checksum only. The same input gives the same bytes.
    """
    with pikepdf.open(io.BytesIO(_headers(heading, stations))) as headers:
        return _bound(heading, headers, list(enumerate(stations)), size, key)


def print_each(
    heading: Heading, stations: Sequence[Station], *, size: Size = Size.A4, key: Key | None = None
) -> Iterator[tuple[Station, bytes]]:
    """One PDF/A-2b for each station, in order; quicker than `print_forms` station by station."""
    for start in range(0, len(stations), CHUNK):
        chunk = stations[start : start + CHUNK]
        with pikepdf.open(io.BytesIO(_headers(heading, chunk))) as headers:
            for n, station in enumerate(chunk):
                yield station, _bound(heading, headers, [(n, station)], size, key)


def forget_forms() -> None:
    """Forget the shared drawings made so far, as a fresh process would have none."""
    _shared.cache_clear()


def _bound(
    heading: Heading,
    headers: pikepdf.Pdf,
    stations: Sequence[tuple[int, Station | None]],
    size: Size,
    key: Key | None,
) -> bytes:
    """Shared drawings, headers (two pages of text a station, by index) and QR of these stations in one file."""
    with pikepdf.open(io.BytesIO(_shared(heading))) as pdf:
        resources = Dictionary(dict(pdf.copy_foreign(headers.pages[0].obj.Resources).items()))
        resources.XObject = pdf.pages[0].obj.Resources.XObject
        resources = pdf.make_indirect(resources)
        out = []
        for index, station in stations:
            texts = [headers.pages[2 * index + n].Contents.read_bytes() for n in (0, 1)]
            for number, sheet in enumerate(sheets(heading)):
                code = _code(heading, station, sheet, key)
                out.append(_page(pdf, resources, number, code, texts[min(number, 1)], size))
        del pdf.pages[:]
        pdf.pages.extend(out)
        _name(pdf, (heading, stations, size.name, key.name if key else ""))
        return _saved(pdf)


def _headers(heading: Heading, stations: Sequence[Station | None]) -> bytes:
    """Two pages of text for each station: the header of the first page, and of the others."""
    first, other = sheets(heading)[:2]
    texts = [[_filled(slot, station) for slot in sheet.slots] for station in stations for sheet in (first, other)]
    return pages_of_text(texts, heading.form.title)


def _filled(slot: Slot, station: Station | None) -> Caption:
    if station is None:
        return Caption(slot.rect, "." * int(slot.rect.w / _DOT), 7.0)
    return Caption(slot.rect, station.slots[slot.name], slot.size, bold=True)


@functools.lru_cache(maxsize=16)
def _shared(heading: Heading) -> bytes:
    """A PDF/A whose pages hold, as one form XObject each, everything that is the same at every station."""
    pages = sheets(heading)
    title = f"{heading.form.title} {heading.title}".strip()
    with pikepdf.open(io.BytesIO(pages_of_text([sheet.captions for sheet in pages], title))) as pdf:
        drawings = Dictionary()
        for number, (sheet, page) in enumerate(zip(pages, pdf.pages, strict=True)):
            content = ink.drawing(sheet) + b"\n" + page.Contents.read_bytes()
            form = pdf.make_stream(
                content,
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=Array([0, 0, _points(WIDTH), _points(HEIGHT)]),
                Resources=page.obj.Resources,
            )
            drawings[f"/P{number}"] = form
        for page in pdf.pages:
            page.obj.Resources = Dictionary(XObject=drawings)
            page.obj.Contents = pdf.make_stream(b"")
        return _saved(pdf)


def _code(heading: Heading, station: Station | None, sheet: Sheet, key: Key | None) -> bytes:
    text = qr.encode(
        heading.form,
        station.code if station else None,
        sheet.layout.page,
        station.generation if station else 1,
        key if station else None,
    )
    assert sheet.layout.qr is not None
    return ink.qr_cells(qr.modules(text), sheet.layout.qr, HEIGHT)


def _page(
    pdf: pikepdf.Pdf, resources: pikepdf.Object, number: int, code: bytes, texts: bytes, size: Size
) -> pikepdf.Page:
    scale, (left, top) = size.scale, size.offset
    matrix = f"{scale:.6f} 0 0 {scale:.6f} {_points(left)} {_points(top)} cm"
    content = f"q {matrix}\n/P{number} Do\n".encode() + code + b"\n" + texts + b"\nQ"
    paper = Array([0, 0, _points(size.value[0]), _points(size.value[1])])
    page = Dictionary(Type=Name.Page, MediaBox=paper, Resources=resources, Contents=pdf.make_stream(content))
    return pikepdf.Page(pdf.make_indirect(page))


def _name(pdf: pikepdf.Pdf, content: object) -> None:
    """Own identity and page count in the metadata that typst wrote."""
    identity = hashlib.sha256(repr(content).encode()).hexdigest()[:32]
    xml = pdf.Root.Metadata.read_bytes().decode("utf-8")
    xml = re.sub(r"(?<=ID>)[A-Za-z0-9+/=]{20,}", identity, xml)
    xml = re.sub(r"(?<=<xmpTPg:NPages>)\d+", str(len(pdf.pages)), xml)
    pdf.Root.Metadata = pdf.make_stream(xml.encode("utf-8"), Type=Name.Metadata, Subtype=Name.XML)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    pdf.save(
        target,
        deterministic_id=True,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return target.getvalue()


def _points(mm: float) -> float:
    return round(mm * POINT, 3)
