"""When each form arrives, is keyed by the station committee, and verified: shaped by the public counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from sirekap.demo.facts import KINDS, Facts
from sirekap.demo.fitting import Floats, Ints
from sirekap.demo.plan import Act, Event, Session, Times
from sirekap.demo.rolls import Places
from sirekap.demo.votes import Queue
from sirekap.election.contests import ContestKind

FIRST_ARRIVAL = int(datetime(2024, 11, 27, 9, 5, tzinfo=UTC).timestamp())
"""27 Nov 2024 16:05 WIB."""
MINUTE = 60
HOUR = 3600


@dataclass(frozen=True)
class Window:
    """A stretch of one district's queue: stations of positions first..last-1 fall in (opens, closes]."""

    first: int
    last: int
    opens: int
    closes: int
    shape: tuple[float, float]


def _moments(rng: np.random.Generator, window: Window) -> Ints:
    count = window.last - window.first
    drawn = np.sort(rng.beta(*window.shape, count))
    span = window.closes - window.opens - 1
    out: Ints = (window.opens + 1 + np.floor(drawn * span)).astype(np.int64)
    return out


def _arrivals(
    rng: np.random.Generator, facts: Facts, places: Places, queue: Queue, kind: ContestKind, last: Ints
) -> Ints:
    """Arrival times: the real number per district by 01:00 and by 10:15, the others until ``last``."""
    early, snapshot = int(facts.early.timestamp()), int(facts.snapshot.timestamp())
    out = np.zeros(len(places.codes), np.int64)
    for d, district in enumerate(facts.districts):
        group = np.flatnonzero(places.district == d)
        group = group[np.argsort(queue.arrival[group])]
        count = district.counts[kind]
        slow = 2.2 + 3.0 * count.arrived / district.stations
        windows = (
            Window(0, count.early, FIRST_ARRIVAL, early - 10 * MINUTE, (3.6, slow)),
            Window(count.early, count.arrived, early, snapshot - 10 * MINUTE, (1.0, 1.3)),
            Window(count.arrived, len(group), snapshot, int(last[d]) - 3 * HOUR, (1.0, 2.4)),
        )
        for w in windows:
            out[group[w.first : w.last]] = _moments(rng, w)
    return out


def _verified_early(facts: Facts, places: Places, queue: Queue, kind: ContestKind) -> Ints:
    """Per station 1 if its figures are in the votes of 01:00: the first of the queue, as many as the votes say."""
    size = np.bincount(places.district[queue.counted], minlength=len(facts.districts))
    ratio = np.array([d.counts[kind].early_valid / sum(d.counts[kind].votes) for d in facts.districts])
    early = np.array([d.counts[kind].early for d in facts.districts])
    wanted = np.minimum(np.rint(size * ratio).astype(np.int64), early)
    inside = queue.counted & (queue.arrival < early[places.district])
    order = np.lexsort((queue.verification, ~inside, places.district))
    starts = np.searchsorted(places.district[order], np.arange(len(facts.districts)))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - starts[places.district[order]]
    out: Ints = (inside & (rank < wanted[places.district])).astype(np.int64)
    return out


def _between(rng: np.random.Generator, start: Ints, limit: Ints, lag: Floats) -> Ints:
    """``start`` + ``lag``, drawn in so that it stays well before ``limit``."""
    room = (limit - start) * rng.uniform(0.35, 0.8, len(start))
    return start + np.maximum(1, np.minimum(lag, room)).astype(np.int64)


def build_times(
    rng: np.random.Generator,
    facts: Facts,
    places: Places,
    queue: Queue,
    kind: ContestKind,
    sessions: tuple[Session, ...],
    slips: Ints,
) -> Times:
    """Times of one contest. ``slips``: indices of stations that need a third entry.

    Arrived and verified by the snapshot exactly as ``queue`` says; everyone is verified at
    least half an hour before the district plenary opens.
    """
    opening = np.array([int(s.opens.timestamp()) - 30 * MINUTE for s in sessions if s.tier == "district"])
    arrive = _arrivals(rng, facts, places, queue, kind, opening)
    early, snapshot = int(facts.early.timestamp()), int(facts.snapshot.timestamp())
    is_early = _verified_early(facts, places, queue, kind).astype(bool)
    limit = np.where(is_early, early, np.where(queue.counted, snapshot, opening[places.district]))
    waits = queue.arrived & ~queue.counted
    limit = np.where(waits, np.minimum(limit, snapshot + 9 * HOUR), limit)
    earliest = np.where(is_early, 0, np.where(queue.counted, early, np.where(waits, snapshot, 0)))
    count = len(arrive)
    confirm = _between(rng, arrive, limit, rng.gamma(3, 6 * MINUTE, count))
    floor = np.maximum(confirm, earliest)
    verified = _between(rng, floor, limit, rng.gamma(3, 14 * MINUTE, count) + 10)
    third = np.zeros(count, np.int64)
    third[slips] = verified[slips]
    verify = verified.copy()
    verify[slips] = confirm[slips] + (verified[slips] - confirm[slips] + 1) // 2
    return Times(arrive, confirm, verify, third)


def build_events(times: dict[ContestKind, Times]) -> tuple[Event, ...]:
    """All acts of the night in order of time."""
    out: list[Event] = []
    for kind in KINDS:
        t = times[kind]
        for act, seconds in (
            (Act.ARRIVE, t.arrive),
            (Act.CONFIRM, t.confirm),
            (Act.VERIFY, t.verify),
            (Act.THIRD, t.third),
        ):
            out += [Event(datetime.fromtimestamp(s, UTC), i, kind, act) for i, s in enumerate(seconds.tolist()) if s]
    order = {act: k for k, act in enumerate(Act)}
    return tuple(sorted(out, key=lambda e: (e.at, e.station, e.contest, order[e.act])))
