"""Who attends a plenary, whether a body can decide, how fast a session reads and when it will be done.

Pure: persons, places and times are the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

PANELS = 4
"""A district plenary reads in up to so many panels at once, each with villages of its own (PKPU 18/2024)."""
INVITATION = timedelta(days=1)
"""Invitations go out at least so long before the session (PKPU 18/2024)."""
RECENT = timedelta(hours=1)
"""The pace is measured over so much of the latest reading time."""

Span = tuple[datetime, datetime]


class Capacity(StrEnum):
    """In what capacity somebody attends."""

    CHAIR = "chair"
    MEMBER = "member"
    WITNESS = "witness"
    SUPERVISOR = "supervisor"
    OBSERVER = "observer"


BODY = (Capacity.CHAIR, Capacity.MEMBER)
"""Who counts for the quorum."""

LABEL_ID = {
    Capacity.CHAIR: "Ketua",
    Capacity.MEMBER: "Anggota",
    Capacity.WITNESS: "Saksi",
    Capacity.SUPERVISOR: "Pengawas",
    Capacity.OBSERVER: "Pemantau",
}
LABEL_EN = {
    Capacity.CHAIR: "Chair",
    Capacity.MEMBER: "Member",
    Capacity.WITNESS: "Witness",
    Capacity.SUPERVISOR: "Supervisor",
    Capacity.OBSERVER: "Observer",
}


@dataclass(frozen=True, slots=True)
class Quorum:
    """Members of the body who are present, the chair among them, and how many are needed."""

    present: int
    needed: int

    @property
    def met(self) -> bool:
        """Whether the body can decide."""
        return self.present >= self.needed


@dataclass(frozen=True, slots=True)
class Pace:
    """How far one panel, or a whole session, has come.

    ``done`` of ``total`` units (stations, or lower regions) are read. ``per_hour``: units an hour of reading time over
    its latest hour, ``None`` before the first. ``eta``: when the rest will be read at that pace without adjourning,
    ``None`` while no pace is known; ``now`` of the call once nothing is left.
    """

    done: int
    total: int
    per_hour: Fraction | None
    eta: datetime | None

    @property
    def left(self) -> int:
        """Units still to read."""
        return self.total - self.done

    @property
    def per_hour_text(self) -> str:
        """The pace in Indonesian notation with one decimal, e.g. ``12,5``; a dash while unknown."""
        if self.per_hour is None:
            return "–"
        tenths = round(self.per_hour * 10)
        return f"{tenths // 10},{tenths % 10}"


def reading_time(spans: Iterable[Span], start: datetime, end: datetime) -> timedelta:
    """How much of ``start``..``end`` lies in the spans, which must not overlap."""
    return sum((max(min(b, end) - max(a, start), timedelta(0)) for a, b in spans), timedelta(0))


def recent_start(spans: Sequence[Span], now: datetime) -> datetime | None:
    """When the latest hour of reading time before ``now`` began; earlier spans fill up what a pause takes.

    The first span's beginning when less than an hour was read; ``None`` when nothing was.
    """
    left, start = RECENT, None
    for begin, end in sorted(spans, reverse=True):
        end = min(end, now)
        if end <= begin:
            continue
        start = max(begin, end - left)
        left -= end - start
        if left <= timedelta(0):
            break
    return start


def pace(done: Sequence[datetime], total: int, spans: Sequence[Span], now: datetime) -> Pace:
    """The pace of ``total`` units of which ``done`` were read at these times, in the spans of reading time.

    Raises ``ValueError`` when more are done than there are.
    """
    if len(done) > total:
        raise ValueError(f"{len(done)} of {total} read")
    start = recent_start(spans, now)
    worked = reading_time(spans, start, now) if start is not None else timedelta(0)
    recent = sum(start is not None and start <= at <= now for at in done)
    seconds = int(worked.total_seconds())
    per_hour = Fraction(3600 * recent, seconds) if seconds and done else None
    left = total - len(done)
    if not left:
        return Pace(len(done), total, per_hour, now)
    if not per_hour:
        return Pace(len(done), total, per_hour, None)
    wait = timedelta(seconds=float(left * 3600 / per_hour))
    return Pace(len(done), total, per_hour, now + wait)
