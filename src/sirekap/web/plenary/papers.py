"""The documents of a session or a decision: which there can be, which were issued, who signs and who did not."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sirekap.election.roles import Capability
from sirekap.paper.documents.model import DocumentKind
from sirekap.records.models import Contest, Document, DocumentRefusal, DocumentScan, DocumentSignature, SessionCursor
from sirekap.web import lookups
from sirekap.workflow import documents
from sirekap.workflow.document_contents import DHASIL
from sirekap.workflow.documents import Box
from sirekap.workflow.people import Actor

TITLE_ID = {
    DocumentKind.DHASIL_KECAMATAN: "D.Hasil Kecamatan-KWK",
    DocumentKind.DHASIL_KABKO: "D.Hasil KabKo-KWK",
    DocumentKind.DHASIL_PROV: "D.Hasil Prov-KWK",
    DocumentKind.KEJADIAN_KHUSUS: "D.Kejadian Khusus dan/atau Keberatan",
    DocumentKind.DAFTAR_HADIR: "Daftar hadir",
    DocumentKind.TANDA_TERIMA: "Tanda terima salinan",
    DocumentKind.BERITA_ACARA: "Berita acara",
    DocumentKind.SK_HASIL: "SK penetapan hasil",
    DocumentKind.SK_TERPILIH: "SK pasangan calon terpilih",
    DocumentKind.BAHAN_PLENO: "Bahan pleno",
}
OF_SESSION = (
    DocumentKind.KEJADIAN_KHUSUS,
    DocumentKind.DAFTAR_HADIR,
    DocumentKind.BERITA_ACARA,
    DocumentKind.TANDA_TERIMA,
)
"""Made once a session, whatever the contest."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A kind of document of a session, and those issued of it, newest first. ``contest``: None for every contest's."""

    kind: DocumentKind
    contest: Contest | None
    issued: tuple[Paper, ...]

    @property
    def title(self) -> str:
        """As printed on it."""
        return TITLE_ID[self.kind]


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued document and how many of its boxes are signed."""

    document: Document
    signed: int
    boxes: int
    complete: bool
    refused: int
    scanned: int

    @property
    def title(self) -> str:
        """As printed on it."""
        return TITLE_ID[DocumentKind(self.document.kind)]


@dataclass(frozen=True, slots=True)
class BoxState:
    """One signature box. ``mine``: the person looking may sign it."""

    box: Box
    name: str
    key: DocumentSignature | None
    ink: DocumentSignature | None
    refusal: DocumentRefusal | None
    mine: bool

    @property
    def open(self) -> bool:
        """Neither signed nor refused."""
        return self.key is None and self.ink is None and self.refusal is None


def papers(found: Iterable[Document]) -> list[Paper]:
    """The documents with their signatures counted; three queries whatever their number."""
    listed = sorted(found, key=lambda d: -d.entry_id)
    pks = [document.pk for document in listed]
    refused: dict[uuid.UUID, int] = {}
    for pk in DocumentRefusal.objects.filter(document_id__in=pks).values_list("document_id", flat=True):
        refused[pk] = refused.get(pk, 0) + 1
    scanned: dict[uuid.UUID, int] = {}
    for pk in DocumentScan.objects.filter(document_id__in=pks).values_list("document_id", flat=True):
        scanned[pk] = scanned.get(pk, 0) + 1
    return [
        Paper(d, len(d.cursor.signed), len(d.boxes), d.cursor.complete, refused.get(d.pk, 0), scanned.get(d.pk, 0))
        for d in listed
    ]


def of_session(session: SessionCursor, contests: Iterable[Contest]) -> list[Listed]:
    """Every kind of document of a session with what was issued of it."""
    found = papers(Document.objects.filter(session=session).select_related("cursor", "contest"))
    wanted: list[tuple[DocumentKind, Contest | None]] = []
    for contest in contests:
        wanted += [(DocumentKind.BAHAN_PLENO, contest), (_sheet(session), contest)]
    wanted += [(kind, None) for kind in OF_SESSION]
    return [
        Listed(
            kind,
            contest,
            tuple(
                p for p in found if p.document.kind == kind and (contest is None or p.document.contest_id == contest.pk)
            ),
        )
        for kind, contest in wanted
    ]


def _sheet(session: SessionCursor) -> DocumentKind:
    return next(kind for tier, kind in DHASIL.items() if tier == session.tier)


def to_sign(actor: Actor) -> list[Paper]:
    """Documents with an open box of this person: of the newest issue of each sheet, minutes or decree."""
    regions = {region for _role, region in actor.mandates if len(region) in (2, 4, 6)}
    if not actor.regions(Capability.AUTHORISE) and not actor.regions(Capability.COSIGN):
        return []
    found = Document.objects.filter(region_id__in=regions).select_related("cursor", "contest", "region")
    newest = {(d.kind, d.region_id, d.contest_id): d for d in found.order_by("entry_id")}
    mine = [d for d in newest.values() if any(person == str(actor.person) for *_box, person in d.boxes)]
    return papers(d for d in mine if any(s.mine and s.open for s in boxes(d, actor.person)))


def boxes(document: Document, person: uuid.UUID) -> list[BoxState]:
    """Every box of a document with its name and what became of it; ``person`` is who looks."""
    wanted = documents.boxes_of(document)
    names = lookups.person_names(box.person for box in wanted if box.person)
    made = DocumentSignature.objects.filter(document=document)
    keys = {s.field: s for s in made if s.method == DocumentSignature.PADES}
    ink = {s.field: s for s in made if s.method == DocumentSignature.WET}
    refusals = {r.field: r for r in DocumentRefusal.objects.filter(document=document)}
    return [
        BoxState(
            box,
            names.get(box.person, "") if box.person else "",
            keys.get(box.field),
            ink.get(box.field),
            refusals.get(box.field),
            box.person == person,
        )
        for box in wanted
    ]
