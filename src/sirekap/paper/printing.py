"""Sheets out as PDF/A-2b: what all stations share is drawn once and reused, the header and QR of each laid over it.

typst sets the texts; the drawn part comes from the layout; pikepdf puts them together. One thread prints some hundred
pages a second, since per page only a few texts and the QR are new.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from sirekap.keys import Key
from sirekap.paper import ink, qr
from sirekap.paper.chasil import sheets
from sirekap.paper.frame import Heading
from sirekap.paper.ink import POINT
from sirekap.paper.sheet import HEIGHT, WIDTH, Caption, Sheet, Slot
from sirekap.paper.typesetting import pages_of_text


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
    pages = sheets(heading)
    with pikepdf.open(io.BytesIO(_headers(heading, stations))) as pdf:
        headers = [pdf.pages[n].obj for n in range(len(pdf.pages))]
        shared = _shared(pdf, heading)
        resources = pdf.make_indirect(_resources(headers[0], shared))
        out: list[pikepdf.Page] = []
        for n, station in enumerate(stations):
            for number, sheet in enumerate(pages):
                header = headers[2 * n + min(number, 1)]
                out.append(_page(pdf, header, resources, number, _code(heading, station, sheet, key), size))
        del pdf.pages[:]
        pdf.pages.extend(out)
        _name(pdf, heading, stations, size)
        return _saved(pdf)


def _headers(heading: Heading, stations: Sequence[Station | None]) -> bytes:
    """Two pages of text for each station: the header of the first page, and of the others."""
    first, other = sheets(heading)[:2]
    texts = [[_filled(slot, station) for slot in sheet.slots] for station in stations for sheet in (first, other)]
    return pages_of_text(texts, f"{heading.form.title} {heading.title}".strip())


_DOT = 0.67
"""Width in mm of a full stop at 7 points."""


def _filled(slot: Slot, station: Station | None) -> Caption:
    if station is None:
        return Caption(slot.rect, "." * int(slot.rect.w / _DOT), 7.0)
    return Caption(slot.rect, station.slots[slot.name], slot.size, bold=True)


def _shared(pdf: pikepdf.Pdf, heading: Heading) -> list[pikepdf.Object]:
    """One form XObject a page with everything that is the same at every station."""
    with pikepdf.open(io.BytesIO(_texts(heading))) as source:
        found: list[pikepdf.Object] = []
        for sheet, page in zip(sheets(heading), source.pages, strict=True):
            content = ink.drawing(sheet) + b"\n" + page.Contents.read_bytes()
            resources = pdf.copy_foreign(source.make_indirect(page.obj.Resources))
            stream = Stream(
                pdf,
                content,
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=Array([0, 0, _points(WIDTH), _points(HEIGHT)]),
                Resources=resources,
            )
            found.append(pdf.make_indirect(stream))
        return found


@functools.lru_cache(maxsize=16)
def _texts(heading: Heading) -> bytes:
    pages = sheets(heading)
    return pages_of_text([sheet.captions for sheet in pages], heading.form.title)


def _resources(header: pikepdf.Object, shared: list[pikepdf.Object]) -> Dictionary:
    resources = Dictionary(dict(header.Resources.items()))
    resources.XObject = Dictionary({f"/P{n}": form for n, form in enumerate(shared)})
    return resources


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
    pdf: pikepdf.Pdf, header: pikepdf.Object, resources: pikepdf.Object, number: int, code: bytes, size: Size
) -> pikepdf.Page:
    scale, (left, top) = size.scale, size.offset
    matrix = f"{scale:.6f} 0 0 {scale:.6f} {_points(left)} {_points(top)} cm"
    content = f"q {matrix}\nq /P{number} Do Q\nq\n".encode() + code + b"\nQ\n" + header.Contents.read_bytes() + b"\nQ"
    paper = Array([0, 0, _points(size.value[0]), _points(size.value[1])])
    page = Dictionary(Type=Name.Page, MediaBox=paper, Resources=resources, Contents=Stream(pdf, content))
    return pikepdf.Page(pdf.make_indirect(page))


def _name(pdf: pikepdf.Pdf, heading: Heading, stations: Sequence[Station | None], size: Size) -> None:
    """Own identity and page count in the metadata that typst wrote."""
    identity = hashlib.sha256(repr((heading, stations, size.name)).encode()).hexdigest()[:32]
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
