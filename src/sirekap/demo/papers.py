"""The documents of the demo's plenaries: sheets issued, signed by key, one signature refused, decrees; all as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sirekap.demo import cast as casting
from sirekap.demo.sessions import LAST
from sirekap.election.conduct import Capacity
from sirekap.election.contests import ContestKind
from sirekap.evidence.store import EvidenceStore
from sirekap.paper.documents.model import DocumentKind
from sirekap.paper.signing import Sealer
from sirekap.records.models import Contest, Determination, Document, Elected, SessionCursor
from sirekap.workflow import document_trust, documents
from sirekap.workflow.people import Actor

SHEET = {6: DocumentKind.DHASIL_KECAMATAN, 4: DocumentKind.DHASIL_KABKO, 2: DocumentKind.DHASIL_PROV}
BESIDE = (DocumentKind.DAFTAR_HADIR, DocumentKind.BERITA_ACARA, DocumentKind.KEJADIAN_KHUSUS, DocumentKind.TANDA_TERIMA)
"""Issued beside the sheets by the largest district, the regency and the province."""
MEMBERS = 2
"""Members who sign beside the chair; the law asks for two at least."""
VENUE = "Gedung Rapat Pleno (simulasi)"
BETWEEN = timedelta(seconds=40)
REFUSED = "Saksi tidak setuju karena keberatannya ditolak. (Simulasi)"


@dataclass
class Papers:
    """Issues and signs, with practice keys of a test authority; ``sessions`` by region, shared with the plenaries."""

    cast: casting.Cast
    store: EvidenceStore
    clock: Callable[[], datetime]
    sessions: dict[str, SessionCursor]
    refused: int = 0
    _sealers: dict[object, Sealer] = field(default_factory=dict)

    def issue_sheets(self, region: str) -> None:
        """Print the session's sheets, so that their codes can be typed back."""
        for contest in self.sessions[region].contests:
            self._issue(region, contest)

    def _issue(self, region: str, contest: str) -> Document:
        session = SessionCursor.objects.get(pk=self.sessions[region].pk)
        return documents.issue(
            self.cast.chairs[region],
            self.store,
            SHEET[len(region)],
            session,
            self.clock(),
            contest=contest,
            venue=VENUE,
        )

    def sign_sheets(self, region: str) -> None:
        """Chair, two members and the witnesses sign; in the largest district the witness of pair 1 does not."""
        for contest in self.sessions[region].contests:
            self._sign(self._latest(region, contest))

    def reissue(self, region: str, contest: str) -> None:
        """A correction from above gave the region's sheet a new version: print and sign it."""
        self._sign(self._issue(region, contest), witnesses=False)

    def _latest(self, region: str, contest: str) -> Document:
        own = Document.objects.filter(region_id=region, contest_id=contest, kind=SHEET[len(region)].value)
        return own.order_by("entry_id")[own.count() - 1]

    def _sign(self, document: Document, *, witnesses: bool = True) -> None:
        region, at = document.region_id, self.clock()
        signers: list[Actor] = [self.cast.chairs[region], *self.cast.boards[region][:MEMBERS]]
        for number, actor in enumerate(signers):
            self._seal(actor, document, at + number * BETWEEN)
        if not witnesses or document.contest_id is None:
            return
        boxes = {box.pair for box in documents.boxes_of(document) if box.capacity is Capacity.WITNESS}
        for number, pair in enumerate(sorted(p for p in boxes if p is not None), start=len(signers)):
            later = at + number * BETWEEN
            witness = self.cast.witnesses[ContestKind(document.contest_id.partition("-")[0]), pair]
            if region == LAST and pair == 1:
                documents.refuse_signature(witness, document.pk, Capacity.WITNESS, pair, REFUSED, later)
                self.refused += 1
            else:
                self._seal(witness, document, later)

    def _seal(self, actor: Actor, document: Document, at: datetime) -> None:
        if actor.person not in self._sealers:
            document_trust.enrol_for_practice(actor.person, at)
            self._sealers[actor.person] = document_trust.sealer_of(actor.person)
        documents.sign(actor, self.store, document.pk, self._sealers[actor.person], at)

    def issue_beside(self, region: str) -> None:
        """Attendance, minutes, incidents and the receipt of copies, signed by chair and members."""
        session = SessionCursor.objects.get(pk=self.sessions[region].pk)
        for kind in BESIDE:
            made = documents.issue(self.cast.chairs[region], self.store, kind, session, self.clock(), venue=VENUE)
            expected = {box.person for box in documents.boxes_of(made)}
            for actor in (self.cast.chairs[region], *self.cast.boards[region][:MEMBERS]):
                if actor.person in expected:
                    self._seal(actor, made, self.clock())

    def decree(self, contest: Contest) -> None:
        """The commission's decision on the result or, after it, on the elected pair, signed by its chair."""
        elected = Elected.objects.filter(contest=contest).order_by("entry_id").last()
        found = elected or Determination.objects.filter(contest=contest).order_by("entry_id").last()
        kind = DocumentKind.SK_TERPILIH if elected else DocumentKind.SK_HASIL
        if found is None:
            raise ValueError(f"{contest.pk} is not determined")
        chair = self.cast.chairs[contest.region]
        self._seal(chair, documents.issue(chair, self.store, kind, found, self.clock()), self.clock())


def export(folder: Path, store: EvidenceStore) -> int:
    """Every document as a PDF named for people: kind, region, contest, version; returns how many."""
    folder.mkdir(exist_ok=True)
    all_issued = Document.objects.order_by("entry_id")
    for found in all_issued:
        parts = (found.kind, found.region_id, (found.contest_id or "").partition("-")[0], f"v{found.version}")
        name = "-".join(part for part in parts if part)
        target = folder / f"{name}.pdf"
        if target.exists():
            target = folder / f"{name}-{str(found.pk)[-6:]}.pdf"
        target.write_bytes(store.get(documents.current_sha256(found)))
    return len(all_issued)
