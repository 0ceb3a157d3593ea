"""Which composer sets which document, and that a document's parts belong together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sirekap.election.contests import Contest
from sirekap.election.sheet import SheetFigures
from sirekap.election.standing import Tier
from sirekap.paper.documents import words
from sirekap.paper.documents.decrees import elected_decree, result_decree
from sirekap.paper.documents.forms import INCIDENTS_MODEL, attendance, contests_words, incidents, minutes, receipt
from sirekap.paper.documents.material import material
from sirekap.paper.documents.model import (
    Attendance,
    Body,
    DocumentData,
    DocumentKind,
    ElectedDecree,
    Head,
    Incidents,
    Material,
    Minutes,
    Recapitulation,
    Receipt,
    ResultDecree,
    Signer,
)
from sirekap.paper.documents.page import Page, letter, upright
from sirekap.paper.documents.parts import Boxes, Item
from sirekap.paper.documents.recapitulation import recapitulation, titles

_K = DocumentKind
BODY_OF: dict[DocumentKind, type[Body]] = {
    _K.DHASIL_KECAMATAN: Recapitulation,
    _K.DHASIL_KABKO: Recapitulation,
    _K.DHASIL_PROV: Recapitulation,
    _K.KEJADIAN_KHUSUS: Incidents,
    _K.DAFTAR_HADIR: Attendance,
    _K.TANDA_TERIMA: Receipt,
    _K.BERITA_ACARA: Minutes,
    _K.SK_HASIL: ResultDecree,
    _K.SK_TERPILIH: ElectedDecree,
    _K.BAHAN_PLENO: Material,
}
"""What each kind of document says."""
TIER_OF = {_K.DHASIL_KECAMATAN: Tier.DISTRICT, _K.DHASIL_KABKO: Tier.REGENCY, _K.DHASIL_PROV: Tier.PROVINCE}
_DECREES: dict[DocumentKind, str] = {
    _K.SK_HASIL: "PENETAPAN HASIL",
    _K.SK_TERPILIH: "PENETAPAN PASANGAN CALON TERPILIH",
}
_FORMS: dict[DocumentKind, tuple[str, str]] = {
    _K.KEJADIAN_KHUSUS: (
        INCIDENTS_MODEL.replace(" DAN/", "\nDAN/"),
        "CATATAN KEJADIAN KHUSUS DAN/ATAU KEBERATAN SAKSI",
    ),
    _K.DAFTAR_HADIR: ("DAFTAR HADIR", "DAFTAR HADIR"),
    _K.TANDA_TERIMA: ("TANDA TERIMA SALINAN", "TANDA TERIMA PENYERAHAN SALINAN"),
    _K.BERITA_ACARA: ("BERITA ACARA", "BERITA ACARA"),
}

_COMPOSERS: dict[type[Body], Callable[[Head, Any], tuple[list[Item], Boxes]]] = {
    Incidents: incidents,
    Attendance: attendance,
    Receipt: receipt,
    Minutes: minutes,
}


@dataclass(frozen=True, slots=True)
class Composed:
    """A document ready to be typeset. ``letter``: a decree's frame instead of a form's."""

    title: str
    model: str
    heading: list[str]
    page: Page
    parts: list[dict[str, Any]]
    signers: list[Signer]
    tables: list[dict[str, Any]] = field(default_factory=list)
    letter: bool = False


def compose(data: DocumentData) -> Composed:
    """Pages, parts and boxes of a document; ``ValueError`` where head and body do not belong together."""
    head, body = data.head, data.body
    _check(head, body)
    if isinstance(body, Recapitulation):
        model, heading = titles(head, body)
        page, tables, parts, boxes = recapitulation(head, body)
        corner = model.replace("-KWK", "-\nKWK")
        return Composed(_title(model, head), corner, heading, page, parts, boxes.signers, tables)
    if isinstance(body, Material):
        page, tables, parts, boxes = material(head, body)
        contest = words.contest_words(body.contest, head.names).upper()
        heading = ["BAHAN RAPAT PLENO REKAPITULASI", f"{contest} TAHUN {head.year}", "BUKAN HASIL RESMI"]
        return Composed(_title("BAHAN PLENO", head), "BAHAN PLENO", heading, page, parts, boxes.signers, tables)
    if isinstance(body, ResultDecree | ElectedDecree):
        return _decree(head, body)
    return _form(head, body)


def _decree(head: Head, body: ResultDecree | ElectedDecree) -> Composed:
    page = letter(head.size)
    items, boxes = result_decree(head, body) if isinstance(body, ResultDecree) else elected_decree(head, body)
    number = f" NOMOR {head.number}" if head.number else ""
    model = f"KEPUTUSAN {words.short_body(head).upper()}{number}"
    title = f"{model} {_DECREES[head.kind]} {words.contest_words(body.contest, head.names).upper()}"
    return Composed(title, model, [], page, [{"kind": "flow", "items": items}], boxes.signers, letter=True)


def _form(head: Head, body: Incidents | Attendance | Receipt | Minutes) -> Composed:
    items, boxes = _COMPOSERS[type(body)](head, body)
    model, first = _FORMS[head.kind]
    heading = [
        first,
        f"RAPAT PLENO TERBUKA REKAPITULASI DI TINGKAT {words.tier_words(head.region)}",
        f"DALAM {contests_words(body.contests, head).upper()} TAHUN {head.year}",
    ]
    if head.number:
        heading.append(f"NOMOR {head.number}")
    parts = [{"kind": "flow", "items": items}]
    return Composed(_title(model, head), model, heading, upright(head.size), parts, boxes.signers)


def _title(model: str, head: Head) -> str:
    return f"{model} {words.full_name(head.names, head.region)}".replace("\n", " ")


def _check(head: Head, body: Body) -> None:
    if not isinstance(body, BODY_OF[head.kind]):
        raise ValueError(f"{head.kind} says {BODY_OF[head.kind].__name__}, not {type(body).__name__}")
    if head.at.tzinfo is None:
        raise ValueError("the document's time needs a zone")
    sheet: SheetFigures | None = getattr(body, "figures", None)
    if sheet is None:
        return
    contest: Contest = getattr(body, "contest")  # noqa: B009
    if sheet.region != head.region or sheet.contest != contest.id:
        raise ValueError(f"the figures are of {sheet.contest} in {sheet.region}, not {contest.id} in {head.region}")
    if head.kind in TIER_OF and sheet.tier is not TIER_OF[head.kind]:
        raise ValueError(f"{head.kind} is not of tier {sheet.tier.key}")
