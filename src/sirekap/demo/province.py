"""The province in the demo: 26 regencies arrive as signed, simulated packages; the plenary; both elected pairs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sirekap.demo import cast as casting
from sirekap.demo.facts import GOVERNOR, KINDS
from sirekap.demo.hall import Hall
from sirekap.demo.papers import Papers
from sirekap.demo.plan import Plan
from sirekap.election.contests import ContestKind
from sirekap.election.legal_clock import CourtEvent
from sirekap.evidence.store import EvidenceStore
from sirekap.records import queries, totals
from sirekap.records.models import Contest, ReceivedRegion, SessionCursor
from sirekap.simulate import west_java
from sirekap.workflow import court, determination, received, sessions, sheets

Step = Callable[[], None]
RECEIVED = datetime(2024, 12, 6, 1, tzinfo=UTC)
CONVENED = datetime(2024, 12, 6, 8, tzinfo=UTC)
OPENS = datetime(2024, 12, 8, 2, tzinfo=UTC)
CLOSES = datetime(2024, 12, 9, 8, tzinfo=UTC)
"""9 Dec 2024, the last day of the province's plenary."""
DETERMINED = CLOSES + timedelta(hours=2)
REGISTERED, ELECTED = datetime(2025, 1, 6, 3, tzinfo=UTC), datetime(2025, 1, 9, 3, tzinfo=UTC)
"""Simulated: the court's register shows no dispute, and the pairs are elected within three days."""
REGISTER = "SIMULASI/BRPK/2025"
DECREE = "SIMULASI/{}/2024"
ELECTED_DECREE = "SIMULASI/TERPILIH/{}/2025"


@dataclass
class Province:
    """The last tier; ``sessions`` by region, shared with the plenaries."""

    plan: Plan
    cast: casting.Cast
    store: EvidenceStore
    papers: Papers
    hall: Hall
    clock: Callable[[], datetime]
    sessions: dict[str, SessionCursor]
    determined: Callable[[ContestKind], None]

    def script(self) -> Iterator[tuple[datetime, Step]]:
        """Every act with its time."""
        yield RECEIVED, self._receive
        yield CONVENED, self._convene
        yield OPENS, self._open
        for number, code in enumerate(self._regencies()):
            yield OPENS + timedelta(minutes=20 + 15 * number), partial(self._take, code)
        yield CLOSES - timedelta(minutes=30), partial(self.papers.issue_sheets, casting.PROVINCE)
        yield CLOSES, self._close
        yield CLOSES + timedelta(minutes=20), partial(self.papers.sign_sheets, casting.PROVINCE)
        yield CLOSES + timedelta(minutes=40), partial(self.papers.issue_beside, casting.PROVINCE)
        yield DETERMINED, self._determine
        for number, kind in enumerate(KINDS):
            yield REGISTERED + number * timedelta(hours=1), partial(self._register, kind)
            yield ELECTED + number * timedelta(hours=1), partial(self._elect, kind)

    def _regencies(self) -> list[str]:
        return sorted([casting.REGENCY, *(place.code for place in west_java.regencies())])

    def _contest(self, kind: ContestKind) -> Contest:
        return Contest.objects.get(pk=self.plan.contests[kind].id)

    def _receive(self) -> None:
        """Every other regency's package: signature, sums and rules are checked as of any package."""
        own = totals.own(self.plan.contests[GOVERNOR].id)[casting.REGENCY]
        votes = [own[f"votes_{n}"] for n in range(1, self.plan.contests[GOVERNOR].columns + 1)]
        with tempfile.TemporaryDirectory() as folder:
            packages = west_java.write_packages(Path(folder), self.plan.seed, votes, own["invalid"])
            for number, package in enumerate(packages):
                at = self.clock() + number * timedelta(minutes=4)
                received.receive_region(self.cast.administrator, package, self.store, at)

    def _convene(self) -> None:
        chair, at, contests = self.cast.chairs[casting.PROVINCE], self.clock(), [self.plan.contests[GOVERNOR].id]
        sessions.convene(chair, casting.PROVINCE, contests, OPENS, self._regencies(), at, at)

    def _open(self) -> None:
        chair, contests = self.cast.chairs[casting.PROVINCE], [self.plan.contests[GOVERNOR].id]
        self.sessions[casting.PROVINCE] = sessions.open_session(chair, casting.PROVINCE, contests, self.clock())
        self.hall.attend(casting.PROVINCE)

    def _take(self, code: str) -> None:
        chair, session = self.cast.chairs[casting.PROVINCE], self.sessions[casting.PROVINCE]
        sessions.take_region(chair, session.pk, code, self.clock())

    def _close(self) -> None:
        session = self.sessions[casting.PROVINCE]
        chair = self.cast.chairs[casting.PROVINCE]
        sessions.close_session(chair, session.pk, self.clock(), sheets.on_paper(session))

    def _determine(self) -> None:
        contest = self._contest(GOVERNOR)
        roll = queries.roll_of_region(casting.REGENCY) + sum(
            found.figures["roll_dpt_j"] for found in ReceivedRegion.objects.filter(contest=contest)
        )
        chair, number = self.cast.chairs[contest.region], DECREE.format(contest.region)
        determination.determine(chair, contest.pk, number, self.clock(), population=roll)
        self.determined(GOVERNOR)
        self.papers.decree(contest)

    def _register(self, kind: ContestKind) -> None:
        contest, today = self._contest(kind), date(2025, 1, 6)
        chair = self.cast.chairs[contest.region]
        court.record_court(chair, contest.pk, CourtEvent.NO_DISPUTE, REGISTER, today, self.clock())

    def _elect(self, kind: ContestKind) -> None:
        contest = self._contest(kind)
        number = ELECTED_DECREE.format(contest.region)
        chair = self.cast.chairs[contest.region]
        determination.elect(chair, contest.pk, "brpk", REGISTER, self.clock(), decision_number=number)
        self.papers.decree(contest)
