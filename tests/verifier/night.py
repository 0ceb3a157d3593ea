"""A small whole election, told through the real acts and published by the real cuts: what the verifier is tried on."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import plain_reader
from support import small_election as se
from support.typed import typed_back

from sirekap.election.generations import RecountReason
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger.note import Signer
from sirekap.publication import publish
from sirekap.records.models import SessionCursor
from sirekap.workflow import determination, plenary, public_log, reading, reading_queue, register, verification

LOG = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NEXT = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(3, 35))))
"""The key that the log is handed over to at the end."""
FIRST, SECOND = se.DISTRICTS
BOX, RECOUNTED, CORRECTED, DEFERRED, DISPUTED, LATE, WRONG = (
    se.row_id(se.STATIONS[n], contest) for n, contest in enumerate([se.REGENT] * 5 + [se.GOVERNOR, se.REGENT])
)
STAGES = ("opened", "counting", "district", "determined", "rotated")


class Night:
    """Runs the election stage by stage; after each one the site is cut and copied to ``folder/<stage>``."""

    def __init__(self, folder: Path, store: EvidenceStore) -> None:
        self.folder, self.store, self.minutes, self.log = folder, store, 0, LOG
        self.small = se.build(vkey=LOG.verifier.vkey)

    @property
    def now(self) -> datetime:
        return self.small.at + timedelta(minutes=self.minutes)

    def cut(self, name: str) -> Path:
        """A cut in the one growing site, and a copy of the site as it then stands."""
        self.minutes += 1
        assert publish.publish(self.folder / "site", self.store, self.log, self.now) is not None
        shutil.copytree(self.folder / "site", self.folder / name)
        return self.folder / name

    def tell(self) -> None:
        """All stages."""
        self.register()
        self.cut("opened")
        self.count()
        self.cut("counting")
        self.first_district()
        self.cut("district")
        se.close_district(self.small, SECOND)
        self.higher()
        self.cut("determined")
        public_log.rotate_log_key(self.small.administrator, LOG, NEXT, "Pergantian berkala", self.now)
        self.log = NEXT
        self.cut("rotated")

    def register(self) -> None:
        admin, day = self.small.administrator, self.small.at.date()
        register.add_station(admin, "3216012001004", 5, 6, "TPS khusus", day, self.now)
        register.close_station(admin, "3216012001004", "Batal dibuka", day, self.now)
        register.add_station(admin, "3216022002004", 7, 8, "TPS khusus", day, self.now)
        register.merge_station(admin, "3216022002004", se.STATIONS[-1], "Pemilih sedikit", day, self.now)
        register.amend_roll(admin, se.STATIONS[-2], 120, 130, "Perbaikan DPT", day, self.now)

    def count(self) -> None:
        for row in se.rows_of(""):
            if row == DISPUTED:
                self.disputed()
            elif row == WRONG:
                self.paper_wrong()
            elif row != BOX:
                se.verify(self.small, self.store, row)
        (leased,) = reading_queue.lease("night", self.now)
        seen = plain_reader.page(leased.row, 2, se.figures(leased.row))
        reading.record_reading(leased, seen, self.now, judge=plain_reader.judge)

    def disputed(self) -> None:
        """The committee's slip: one operator saw its statement first, so only a second one settles it."""
        se.photograph(self.small, self.store, DISPUTED)
        right, slip = se.figures(DISPUTED), se.figures(DISPUTED, shift=3)
        verification.make_statement(self.small.kpps[DISPUTED[:13]], DISPUTED, slip, self.now)
        verification.disclose(self.small.operators[0], DISPUTED)
        verification.make_statement(self.small.operators[0], DISPUTED, right, self.now)
        assert verification.make_statement(self.small.operators[1], DISPUTED, right, self.now).verified

    def paper_wrong(self) -> None:
        """The sums on the paper do not hold; two people read it so."""
        se.photograph(self.small, self.store, WRONG)
        said = se.figures(WRONG)
        said["votes_1"] -= 1
        for actor in (self.small.kpps[WRONG[:13]], self.small.operators[0]):
            verification.make_statement(actor, WRONG, said, self.now, paper_wrong=True)

    def correct(self, region: str, session: SessionCursor, row: str, **changes: int) -> None:
        evidence = self.store.put(se.photo(f"box {row}")).sha256
        chair, member = self.small.chairs[region], self.small.members[region][0]
        plenary.correct(chair, member, self.store, session.pk, row, changes, "Salah salin", evidence, self.now)

    def first_district(self) -> None:
        chair, member = self.small.chairs[FIRST], self.small.members[FIRST][0]
        session = se.open_session(self.small, FIRST)
        plenary.take_from_box(chair, member, session.pk, BOX, se.figures(BOX), self.now)
        plenary.defer(chair, session.pk, DEFERRED, "Saksi belum hadir", self.now)
        plenary.order_recount(chair, session.pk, RECOUNTED, RecountReason.ILLEGIBLE, self.now)
        plenary.take_from_box(chair, member, session.pk, RECOUNTED, se.figures(RECOUNTED, shift=5), self.now)
        before = se.figures(CORRECTED)
        self.correct(FIRST, session, CORRECTED, votes_1=before["votes_1"] - 2, votes_3=before["votes_3"] + 2)
        plenary.adjourn(chair, session.pk, self.now)
        plenary.resume(chair, session.pk, self.now)
        for row in se.rows_of(FIRST):
            if row not in (BOX, CORRECTED):
                plenary.accept(chair, session.pk, row, self.now)
        plenary.close_session(chair, session.pk, self.now, typed_back(session))

    def higher(self) -> None:
        chairs, session = self.small.chairs, se.open_session(self.small, se.REGENCY)
        for district in se.DISTRICTS:
            plenary.take_region(chairs[se.REGENCY], session.pk, district, self.now)
        before = se.figures(LATE)
        self.correct(se.REGENCY, session, LATE, votes_2=before["votes_2"] - 1, votes_4=before["votes_4"] + 1)
        plenary.close_session(chairs[se.REGENCY], session.pk, self.now, typed_back(session))
        province = se.open_session(self.small, se.PROVINCE, (se.GOVERNOR,))
        plenary.take_region(chairs[se.PROVINCE], province.pk, se.REGENCY, self.now)
        plenary.close_session(chairs[se.PROVINCE], province.pk, self.now, typed_back(province))
        determination.determine(chairs[se.REGENCY], se.REGENT, "2901/2024", self.now, population=900_000)
        determination.elect(chairs[se.REGENCY], se.REGENT, "brpk", "BRPK 1/2025", self.now)
        determination.determine(chairs[se.PROVINCE], se.GOVERNOR, "199/2024", self.now)
