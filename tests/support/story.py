"""The small election from its first photograph to the elected pair: every kind of act, every kind of fact."""

from __future__ import annotations

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from support import plain_reader
from support import small_election as se
from support.typed import typed_back

from sirekap.election.generations import RecountReason
from sirekap.election.roles import Role
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger.note import COSIGNATURE, Signer, cosign
from sirekap.records.journal import SYSTEM, append
from sirekap.records.models import Checkpoint, Mandate, SessionCursor
from sirekap.workflow import (
    conduct,
    court,
    determination,
    objections,
    people,
    plenary,
    public_log,
    reading,
    reading_queue,
    register,
    sequencing,
    verification,
)

FIRST, SECOND = se.DISTRICTS
SIGNER = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
FIRST_KEY = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
"""The log's key before the story's rotation to `SIGNER`."""
OBSERVER = Signer("observer.example", Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32), COSIGNATURE)
"""A witness who co-signs the story's last checkpoint."""

UNDONE = se.row_id(se.STATIONS[0], se.GOVERNOR)
BOX, RECOUNTED, CORRECTED, DEFERRED, DISPUTED, LATE = (
    se.row_id(se.STATIONS[n], contest) for n, contest in enumerate([se.REGENT] * 5 + [se.GOVERNOR])
)


def tell(small: se.SmallElection, store: EvidenceStore) -> None:
    """Everything, in order."""
    public_log.rotate_log_key(small.administrator, FIRST_KEY, SIGNER, "Kunci lama dicabut", small.at)
    public_log.register_witness(small.administrator, OBSERVER.verifier.vkey, "Universitas Contoh", small.at)
    _register(small)
    _count(small, store)
    _first_district(small, store)
    se.close_district(small, SECOND)
    _regency(small, store)
    _province(small)
    chair = small.chairs
    determination.determine(chair[se.REGENCY], se.REGENT, "2901/2024", small.at, population=900_000)
    _court(small)
    determination.elect(chair[se.REGENCY], se.REGENT, "brpk", "BRPK 1/2025", small.at)
    determination.determine(chair[se.PROVINCE], se.GOVERNOR, "199/2024", small.at)
    result = sequencing.sequence(small.at, SIGNER)
    assert result is not None
    with transaction.atomic():
        body = {"number": 1, "manifest_sha256": "ab" * 32, "ledger_size": result.size, "ledger_root": result.root}
        append("publication.cut", SYSTEM, small.at, body)
    sequencing.sequence(small.at, SIGNER)
    head = Checkpoint.objects.order_by("size").last()
    assert head is not None
    public_log.take_in(cosign(head.note.encode(), OBSERVER, int(small.at.timestamp())), small.at)


def _register(small: se.SmallElection) -> None:
    admin, day = small.administrator, small.at.date()
    register.add_station(admin, "3216012001004", 5, 6, "TPS khusus", day, small.at)
    register.close_station(admin, "3216012001004", "Batal dibuka", day, small.at)
    register.add_station(admin, "3216022002004", 7, 8, "TPS khusus", day, small.at)
    register.merge_station(admin, "3216022002004", se.STATIONS[-1], "Pemilih sedikit", day, small.at)
    register.amend_roll(admin, se.STATIONS[-2], 120, 130, "Perbaikan DPT", day, small.at)
    leaver = people.register_person("Pengganti", small.at)
    mandate = people.appoint(admin, leaver, Role.OPERATOR, FIRST, small.at)
    people.end_mandate(admin, mandate.pk, "Mengundurkan diri", small.at)
    assert Mandate.objects.filter(end__isnull=False).count() == 1


def _count(small: se.SmallElection, store: EvidenceStore) -> None:
    for row in se.rows_of(""):
        if row == DISPUTED:
            _disputed(small, store)
        elif row != BOX:
            se.verify(small, store, row)
    _read()


def _read() -> None:
    """The machine reads one photograph of a form."""
    (leased,) = reading_queue.lease("story", se.AT)
    seen = plain_reader.page(leased.row, 2, se.figures(leased.row))
    reading.record_reading(leased, seen, se.AT, judge=plain_reader.judge)


def _disputed(small: se.SmallElection, store: EvidenceStore) -> None:
    """The committee's slip: one operator saw its statement first, so only a second one settles it."""
    se.photograph(small, store, DISPUTED)
    right = se.figures(DISPUTED)
    verification.make_statement(small.kpps[DISPUTED[:13]], DISPUTED, se.figures(DISPUTED, shift=3), small.at)
    verification.disclose(small.operators[0], DISPUTED)
    verification.make_statement(small.operators[0], DISPUTED, right, small.at)
    assert verification.make_statement(small.operators[1], DISPUTED, right, small.at).verified


def correct(
    small: se.SmallElection, store: EvidenceStore, region: str, session: SessionCursor, row: str, **changes: int
) -> None:
    """A correction by the region's chair and first member, with its evidence."""
    evidence = store.put(se.photo(f"box {row}")).sha256
    chair, member = small.chairs[region], small.members[region][0]
    plenary.correct(chair, member, store, session.pk, row, changes, "Salah salin", evidence, small.at)


def _first_district(small: se.SmallElection, store: EvidenceStore) -> None:
    chair, member = small.chairs[FIRST], small.members[FIRST][0]
    session = se.open_session(small, FIRST)
    plenary.take_from_box(chair, member, session.pk, BOX, se.figures(BOX), small.at)
    plenary.defer(chair, session.pk, DEFERRED, "Saksi belum hadir", small.at)
    plenary.order_recount(chair, session.pk, RECOUNTED, RecountReason.ILLEGIBLE, small.at)
    plenary.take_from_box(chair, member, session.pk, RECOUNTED, se.figures(RECOUNTED, shift=5), small.at)
    before = se.figures(CORRECTED)
    changes = {"votes_1": before["votes_1"] - 2, "votes_3": before["votes_3"] + 2}
    correct(small, store, FIRST, session, CORRECTED, **changes)
    _object(small, store, session)
    _conduct(small, session)
    plenary.adjourn(chair, session.pk, small.at)
    plenary.resume(chair, session.pk, small.at + timedelta(hours=1))
    for row in se.rows_of(FIRST):
        if row not in (BOX, CORRECTED):
            plenary.accept(chair, session.pk, row, small.at + timedelta(hours=2))
    plenary.close_session(chair, session.pk, small.at + timedelta(hours=3), typed_back(session))


def _conduct(small: se.SmallElection, session: SessionCursor) -> None:
    """Who came, a panel for one village, and a station that the chair accepted by mistake."""
    chair, member = small.chairs[FIRST], small.members[FIRST][0]
    conduct.record_attendance(chair, session.pk, "chair", small.at, person=chair.person)
    conduct.record_attendance(chair, session.pk, "witness", small.at, pair=f"{se.REGENT}-1", mandate="12/SM/2024")
    conduct.open_panel(chair, session.pk, 1, [se.VILLAGES[0]], small.at, lead=member.person)
    plenary.accept(member, session.pk, UNDONE, small.at)
    plenary.undo(chair, session.pk, UNDONE, "Salah TPS", small.at)
    conduct.close_panel(chair, session.pk, 1, small.at)


def _object(small: se.SmallElection, store: EvidenceStore, session: SessionCursor) -> None:
    """A witness objects to figures of a station; the district leaves it to the regency."""
    objection = objections.file_objection(
        small.others[Role.WITNESS],
        session_id=session.pk,
        region=FIRST,
        row=LATE,
        subject="field",
        fields=["votes_2", "votes_4"],
        pair=4,
        text="Saksi mencatat satu suara lagi",
        demand="Perbaiki",
        attachments=[store.put(se.photo("copy of the witness")).sha256],
        store=store,
        published="Saksi mencatat angka lain.",
        at=small.at,
    )
    chair = small.chairs[FIRST]
    objections.answer_objection(chair, objection, session.pk, "unresolved", "Salinan berbeda", small.at)


def _court(small: se.SmallElection) -> None:
    """A petition is granted: the determination is superseded, and determined anew after the register is clear."""
    chair, day = small.chairs[se.REGENCY], court.local_day(small.at, se.REGENT)
    for event, number in (("petition", "1/PHPU/2025"), ("granted", "Putusan 1/PHPU/2025")):
        court.record_court(chair, se.REGENT, event, number, day, small.at)
    court.supersede(chair, se.REGENT, "ruling", "Putusan 1/PHPU/2025", small.at)
    determination.determine(chair, se.REGENT, "50/2025", small.at, population=900_000)
    court.record_court(chair, se.REGENT, "no_dispute", "BRPK 1/2025", day, small.at)


def _regency(small: se.SmallElection, store: EvidenceStore) -> None:
    chair, session = small.chairs[se.REGENCY], se.open_session(small, se.REGENCY)
    for district in se.DISTRICTS:
        plenary.take_region(chair, session.pk, district, small.at)
    before = se.figures(LATE)
    correct(small, store, se.REGENCY, session, LATE, votes_2=before["votes_2"] - 1, votes_4=before["votes_4"] + 1)
    (item,) = objections.open_objections(session)
    (remedy,) = objections.remedies(item.objection)
    objections.answer_objection(
        chair, item.objection.pk, session.pk, "accepted", "Dikoreksi", small.at, correction=remedy.entry
    )
    plenary.close_session(chair, session.pk, small.at + timedelta(days=1), typed_back(session))


def _province(small: se.SmallElection) -> None:
    chair = small.chairs[se.PROVINCE]
    session = se.open_session(small, se.PROVINCE, (se.GOVERNOR,))
    plenary.take_region(chair, session.pk, se.REGENCY, small.at)
    plenary.close_session(chair, session.pk, small.at + timedelta(days=2), typed_back(session))
