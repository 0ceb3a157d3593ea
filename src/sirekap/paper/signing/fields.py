"""Signature fields of a document: prepared before the first signature, so that each signature only fills one."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sirekap.election.conduct import Capacity
from sirekap.paper.documents.model import SignatureBox, Signer
from sirekap.paper.signing import fonts
from sirekap.paper.signing.errors import wrong_file

if TYPE_CHECKING:
    import pikepdf

FLAGS = 132
"""Annotation flags of every field: printed, locked (ISO 32000-1, table 165)."""
FONT_NAME = "SirekapSign"
NAMES = {
    Capacity.CHAIR: "ketua",
    Capacity.MEMBER: "anggota",
    Capacity.WITNESS: "saksi",
    Capacity.SUPERVISOR: "pengawas",
    Capacity.OBSERVER: "pemantau",
}
TITLES = {
    "ketua": "Ketua",
    "anggota": "Anggota",
    "saksi": "Saksi pasangan calon nomor",
    "pengawas": "Pengawas",
    "pemantau": "Pemantau",
}


@dataclass(frozen=True, slots=True)
class SignatureField:
    """One box to sign in. ``page`` from 0; ``rect``: x1, y1, x2, y2 in points from the page's lower left."""

    name: str
    page: int
    rect: tuple[float, float, float, float]


def field_name(capacity: Capacity | str, number: int | None = None) -> str:
    """Name of a field: ``ketua``, ``anggota-2``, ``saksi-1`` (a witness by the pair's number)."""
    name = NAMES[Capacity(capacity)]
    return name if number is None else f"{name}-{number}"


def fields_for(boxes: Sequence[SignatureBox], signers: Sequence[Signer]) -> tuple[SignatureField, ...]:
    """The fields of a document's boxes, in their order.

    ``signers``: all of the document, also those without a box: members are numbered as the page numbers them.
    """
    names = _names(signers)
    out, places = [], iter(zip(signers, names, strict=True))
    for box in boxes:
        name = next((name for signer, name in places if signer == box.signer), None)
        if name is None:
            raise ValueError("a box of nobody who signs")
        out.append(SignatureField(name, box.page, box.rect))
    return tuple(out)


def _names(signers: Sequence[Signer]) -> list[str]:
    """One name each, in their order; raises ``ValueError`` for two of one name."""
    seen: dict[Capacity, int] = {}
    out = []
    for signer in signers:
        capacity = Capacity(signer.capacity)
        seen[capacity] = seen.get(capacity, 0) + 1
        if capacity is Capacity.CHAIR:
            out.append(field_name(capacity))
        elif signer.pair is not None:
            out.append(field_name(capacity, signer.pair))
        else:
            out.append(field_name(capacity, seen[capacity]))
    if len(set(out)) != len(out):
        raise ValueError(f"two boxes of one name: {out}")
    return out


def title(name: str) -> str:
    """A field's name in words: ``Anggota 2``."""
    kind, _, number = name.partition("-")
    return f"{TITLES[kind]} {number}".strip()


def prepare(pdf: bytes, fields: Sequence[SignatureField]) -> bytes:
    """The document with its empty fields, saved in the one form that `sirekap.paper.verifying` knows.

    The same input gives the same bytes. Raises :class:`SigningError` when a field lies on no page.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        if any(field.page >= len(document.pages) for field in fields):
            raise wrong_file()
        if fields:
            _add(document, fields)
        target = io.BytesIO()
        document.save(
            target,
            deterministic_id=True,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            linearize=False,
        )
    return target.getvalue()


def _add(document: pikepdf.Pdf, fields: Iterable[SignatureField]) -> None:
    from pikepdf import Array, Dictionary, Name, String

    font = _font(document)
    widgets = Array()
    for field in fields:
        page = document.pages[field.page]
        x1, y1, x2, y2 = field.rect
        empty = document.make_stream(
            b"",
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, _number(x2 - x1), _number(y2 - y1)]),
            Resources=Dictionary(),
        )
        widget = document.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T=String(field.name),
                TU=String(title(field.name)),
                F=FLAGS,
                Rect=Array([_number(v) for v in field.rect]),
                P=page.obj,
                AP=Dictionary(N=empty),
            )
        )
        if "/Annots" not in page.obj:
            page.obj.Annots = Array()
        page.obj.Annots.append(widget)
        widgets.append(widget)
    document.Root.AcroForm = document.make_indirect(
        Dictionary(Fields=widgets, SigFlags=3, DR=Dictionary(Font=Dictionary({f"/{FONT_NAME}": font})))
    )


def _number(value: float) -> Any:
    from decimal import Decimal

    return Decimal(f"{value:.2f}")


def _font(document: pikepdf.Pdf) -> Any:
    from pikepdf import Array, Dictionary, Name

    name = Name("/SRKPAA+NotoSans")
    data = fonts.program()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=32,
        FontBBox=Array([-621, -389, 2800, 1067]),
        ItalicAngle=0,
        Ascent=1069,
        Descent=-293,
        CapHeight=714,
        StemV=80,
        FontFile2=document.make_stream(data, Length1=len(data)),
    )
    return document.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=name,
            FirstChar=fonts.FIRST,
            LastChar=fonts.LAST,
            Widths=Array(list(fonts.widths())),
            Encoding=Name.WinAnsiEncoding,
            FontDescriptor=document.make_indirect(descriptor),
        )
    )
