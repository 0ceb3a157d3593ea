"""The demo's plenaries: 23 districts and the regency, act by act, with their people, disputes and sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sirekap.demo import cast as casting
from sirekap.demo import offline
from sirekap.demo.disputes import Disputes
from sirekap.demo.facts import facts
from sirekap.demo.hall import Hall
from sirekap.demo.offline import Laptop
from sirekap.demo.papers import Papers
from sirekap.demo.placeholder import placeholder
from sirekap.demo.plan import Correction, Plan, Recount, Session, Stage
from sirekap.demo.sessions import LAST
from sirekap.election.contests import ContestKind
from sirekap.election.generations import RecountReason
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger.note import Signer
from sirekap.records import cursors
from sirekap.records.models import SessionCursor
from sirekap.workflow import plenary, plenary_batch, sessions, sheets

Step = Callable[[], None]
Scripted = Iterator[tuple[datetime, Step]]
BATCHED = ("321607", "321608", "321609")
"""Districts whose chair accepts a village's clean stations together."""
READ_AGAIN = timedelta(minutes=75)
"""From the reopening of a re-vote's district to its new sheet."""
INVITED_BEFORE = timedelta(days=1, hours=1)
"""Invitations go out at least a day before a plenary."""


def row_id(station: str, contest: ContestKind) -> str:
    """Primary key of a cursor row."""
    return f"{station}-{contest.value}"


@dataclass
class Plenaries:
    """The sessions of a plan. ``clock``: the night's time; ``closed`` is told the tier of each session that closes.

    ``folder``: where the laptop of the district without a network is kept.
    """

    plan: Plan
    cast: casting.Cast
    store: EvidenceStore
    log: Signer
    folder: Path
    clock: Callable[[], datetime]
    closed: Callable[[str], None]
    sessions: dict[str, SessionCursor] = field(default_factory=dict)
    disputes: Disputes = field(init=False)
    hall: Hall = field(init=False)
    laptop: Laptop = field(init=False)
    papers: Papers = field(init=False)

    def __post_init__(self) -> None:
        self.laptop = Laptop(
            self.plan, self.cast, self.store, self.log, self.folder / "luring", self.clock, self.sessions
        )
        self.papers = Papers(self.cast, self.store, self.clock, self.sessions)
        self.hall = Hall(self.plan, self.cast, self.clock, self.sessions)
        self.disputes = Disputes(self.plan, self.cast, self.store, self.clock, self.sessions)

    def script(self) -> Scripted:
        """Every act with its time, session by session; not in order of time."""
        for session in self.plan.sessions:
            yield from self._session(session)
        yield from self.disputes.revotes()
        for revote in self.plan.revotes:
            read_again = revote.read_at + READ_AGAIN
            yield read_again, partial(self._issue_again, revote.station[:6], self.plan.contests[revote.contest].id)

    def _session(self, session: Session) -> Scripted:
        yield session.opens - INVITED_BEFORE, partial(self._convene, session)
        if session.region == offline.DISTRICT:
            yield session.opens - offline.PACKED_BEFORE, self.laptop.take_away
            yield session.closes + offline.MERGED_AFTER, partial(self._merge, session)
            return
        yield session.opens, partial(self._open, session)
        yield session.opens + timedelta(minutes=1), partial(self.hall.attend, session.region)
        if session.tier == "district":
            yield from self._district(session)
            yield from self.disputes.raised(session)
        else:
            yield from self._regency()
        yield session.closes - timedelta(minutes=5), partial(self.papers.issue_sheets, session.region)
        yield session.closes, partial(self._close, session)
        yield session.closes + timedelta(minutes=5), partial(self.papers.sign_sheets, session.region)
        if session.region in (LAST, casting.REGENCY):
            yield session.closes + timedelta(minutes=15), partial(self.papers.issue_beside, session.region)

    def _district(self, session: Session) -> Scripted:
        corrections = {row_id(c.station, c.contest): c for c in self.plan.district_corrections}
        recounts = {row_id(r.station, r.contest): r for r in self.plan.recounts}
        rows = [
            row_id(s.code, kind)
            for s in self.plan.stations
            if s.district == session.region
            for kind in sorted(self.plan.contests)
        ]
        pace = (session.closes - session.opens) / (len(rows) + 2)
        if session.region == LAST:
            rows = self.hall.side_by_side(session, rows)
            yield session.opens + pace / 2, partial(self.hall.open_panels, session.region)
        batched = {row[:10] for row in rows} if session.region in BATCHED else set()
        for number, row in enumerate(rows, start=1):
            at = session.opens + pace * number
            if row in corrections:
                correction = corrections[row]
                yield correction.at, partial(self._correct, session.region, correction)
            elif row in recounts:
                yield recounts[row].at, partial(self._recount, session.region, recounts[row])
            elif row[:10] in batched:
                batched.discard(row[:10])
                yield at, partial(self._accept_clean, session.region, row[:10], {*corrections, *recounts})
            elif session.region not in BATCHED:
                yield at, partial(self._accept, session.region, row)

    def _regency(self) -> Scripted:
        for correction in self.plan.regency_corrections:
            yield correction.at, partial(self._correct, casting.REGENCY, correction)
            yield correction.at + timedelta(minutes=5), partial(self.disputes.settle, correction)
            district, contest = correction.station[:6], self.plan.contests[correction.contest].id
            yield correction.at + timedelta(minutes=8), partial(self.papers.reissue, district, contest)
        for district in self.plan.sessions:
            if district.read_at is not None:
                yield district.read_at, partial(self._take, district.region)

    def _issue_again(self, district: str, contest: str) -> None:
        """The sheet of the re-vote's district, with the new figures; the other contest's is as it was."""
        self.papers.reissue(district, contest)

    def _contests(self) -> list[str]:
        return [contest.id for contest in self.plan.contests.values()]

    def _convene(self, session: Session) -> None:
        codes = {s.village if session.tier == "district" else s.district for s in self.plan.stations}
        order = sorted(code for code in codes if code.startswith(session.region))
        chair, at = self.cast.chairs[session.region], self.clock()
        sessions.convene(chair, session.region, self._contests(), session.opens, order, at, at)

    def _open(self, session: Session) -> None:
        chair = self.cast.chairs[session.region]
        self.sessions[session.region] = sessions.open_session(chair, session.region, self._contests(), self.clock())

    def _accept(self, region: str, row: str) -> None:
        plenary.accept(self.hall.presiding(region, row), self.sessions[region].pk, row, self.clock())

    def _accept_clean(self, region: str, village: str, disputed: set[str]) -> None:
        """The village's clean stations together, each of the others by itself."""
        session, at = self.sessions[region], self.clock()
        session.refresh_from_db()
        clean = [row for row in plenary_batch.clean_rows(session, village) if row.pk not in disputed]
        chair, expected = self.cast.chairs[region], {row.pk: row.last_seq for row in clean}
        if expected:
            plenary_batch.accept_clean(chair, session.pk, village, at, expected=expected)
        for row in cursors.rows_in(village).exclude(pk__in={*expected, *disputed}):
            plenary.accept(chair, session.pk, row.pk, at + timedelta(minutes=5))

    def _correct(self, region: str, correction: Correction) -> None:
        station, kind = self.plan.index[correction.station], correction.contest
        stage = Stage.FINAL if region == casting.REGENCY else Stage.DISTRICT
        changes = {change.field: change.new for change in correction.changes}
        plenary.correct(
            self.cast.chairs[region],
            self.cast.members[region],
            self.store,
            self.sessions[region].pk,
            row_id(correction.station, kind),
            changes,
            correction.reason,
            self._evidence(kind, station, self.plan.figures(kind, station, stage)),
            self.clock(),
        )

    def _evidence(self, kind: ContestKind, station: int, figures: dict[str, int]) -> str:
        contest = self.plan.contests[kind]
        code = self.plan.stations[station].code
        names = tuple(facts().region_names[code[:n]] for n in (2, 4, 6, 10))
        title = f"Dari kotak suara: {contest.title}"
        return self.store.put(placeholder(code, names, title, figures, tuple(p.name for p in contest.pairs))).sha256

    def _recount(self, region: str, recount: Recount) -> None:
        row, session, chair = (
            row_id(recount.station, recount.contest),
            self.sessions[region].pk,
            self.cast.chairs[region],
        )
        at = self.clock()
        plenary.order_recount(chair, session, row, RecountReason.TOTALS_DIFFER, at)
        later = at + timedelta(minutes=2)
        plenary.take_from_box(chair, self.cast.members[region], session, row, dict(recount.figures), later)
        plenary.accept(chair, session, row, later + timedelta(minutes=1))

    def _take(self, district: str) -> None:
        chair, regency = self.cast.chairs[casting.REGENCY], self.sessions[casting.REGENCY].pk
        sessions.take_region(chair, regency, district, self.clock())

    def _merge(self, session: Session) -> None:
        self.laptop.sit(session)
        self.laptop.come_back()
        self.papers.issue_sheets(session.region)
        self.papers.sign_sheets(session.region)
        self.closed(session.tier)

    def _close(self, session: Session) -> None:
        opened = self.sessions[session.region]
        sessions.close_session(self.cast.chairs[session.region], opened.pk, self.clock(), sheets.on_paper(opened))
        self.closed(session.tier)
