"""How far a session is, in rows: by row, by village, and which row comes next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sirekap.election.plenary import SessionAct, SessionState, allowed_acts
from sirekap.records.models import SessionCursor
from sirekap.web import lookups
from sirekap.workflow import agenda, pace


@dataclass(slots=True)
class Progress:
    """How much of a session is done, in rows."""

    settled: set[str]
    deferred: set[str]
    waiting: list[str]
    order: list[str]

    @property
    def total(self) -> int:
        """All rows of the agenda."""
        return len(self.order)

    def state(self, row: str) -> str:
        """``deferred``, ``settled`` or ``unread``."""
        return "deferred" if row in self.deferred else ("settled" if row in self.settled else "unread")

    def within(self, villages: Collection[str]) -> Progress:
        """The same for the rows of some villages only."""
        own = [pk for pk in self.order if pk[:10] in villages]
        return Progress(
            self.settled.intersection(own),
            self.deferred.intersection(own),
            [pk for pk in self.waiting if pk[:10] in villages],
            own,
        )

    def next_after(self, row: str = "") -> str | None:
        """The next row to read in the agenda's order; deferred rows come when all others are done."""
        place = {pk: n for n, pk in enumerate(self.order)}
        here = place.get(row, -1)
        for candidates in (self.waiting, sorted(self.deferred, key=lambda pk: place[pk])):
            if candidates:
                return next((pk for pk in candidates if place[pk] > here), candidates[0])
        return None


def progress(session: SessionCursor) -> Progress:
    """Where every row of the agenda stands, in the order of reading, in few queries whatever its length."""
    plan = pace.plan_of(session)
    place = {code: n for n, code in enumerate(plan.order if plan else ())}
    length = len(next(iter(place), ""))

    def turn(pk: str) -> tuple[int, str]:
        return place.get(pk[:length], len(place)), pk

    every = sorted(agenda.agenda_rows(session).order_by().values_list("pk", flat=True), key=turn)
    deferred = agenda.deferred_rows(session)
    waiting = sorted(agenda.waiting_rows(session), key=turn)
    return Progress(set(every) - deferred - set(waiting), deferred, waiting, every)


@dataclass(slots=True)
class VillageProgress:
    """One village of a district's agenda, in rows."""

    code: str
    name: str = ""
    settled: int = 0
    deferred: int = 0
    total: int = 0
    rows: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether nothing waits here."""
        return self.settled == self.total


def villages(done: Progress) -> list[VillageProgress]:
    """The agenda by village, in the order of reading."""
    out: dict[str, VillageProgress] = {}
    for pk in done.order:
        entry = out.setdefault(pk[:10], VillageProgress(pk[:10]))
        entry.total += 1
        entry.settled += pk in done.settled
        entry.deferred += pk in done.deferred
        entry.rows.append(pk)
    known = lookups.names(out)
    for code, entry in out.items():
        entry.name = known.get(code, code)
    return list(out.values())


def open_acts(session: SessionCursor) -> bool:
    """Whether rows can be read now."""
    return SessionAct.READ in allowed_acts(SessionState(session.state))
