"""The working copy of all forms while errors are seeded: what the paper says, what plenaries make of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from sirekap.demo.facts import KINDS
from sirekap.demo.fitting import Ints
from sirekap.demo.plan import Change, Correction, Recount, Revote, SeededError, Session
from sirekap.demo.rolls import Places
from sirekap.demo.votes import Mask, Votes
from sirekap.election.contests import ContestKind


@dataclass
class Book:
    """Forms by stage, growing lists of errors and corrections; one error per station at most."""

    rng: np.random.Generator
    places: Places
    votes: Votes
    ids: dict[ContestKind, tuple[str, ...]]
    after: dict[ContestKind, Ints]
    sessions: dict[str, Session]
    paper: dict[ContestKind, Ints] = field(init=False)
    final: dict[ContestKind, Ints] = field(init=False)
    errors: list[SeededError] = field(default_factory=list)
    district: list[Correction] = field(default_factory=list)
    regency: list[Correction] = field(default_factory=list)
    recounts: list[Recount] = field(default_factory=list)
    revotes: list[Revote] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.paper = {k: self.after[k].copy() for k in KINDS}
        self.final = {k: self.after[k].copy() for k in KINDS}
        self.used |= set(self.votes.deltas)

    def column(self, kind: ContestKind, name: str) -> Ints:
        """One field of all stations after the districts."""
        out: Ints = self.after[kind][:, self.ids[kind].index(name)]
        return out

    def figures(self, kind: ContestKind, station: int) -> dict[str, int]:
        """Figures of one station after the districts."""
        return dict(zip(self.ids[kind], self.after[kind][station].tolist(), strict=True))

    def pick(self, allowed: Mask) -> int:
        """A random station not yet used; ValueError when there is none."""
        free = [i for i in np.flatnonzero(allowed).tolist() if i not in self.used]
        if not free:
            raise ValueError("no station is left for this error")
        station = int(free[int(self.rng.integers(len(free)))])
        self.used.add(station)
        return station

    def pick_uncounted(self, kind: ContestKind, allowed: Mask) -> int:
        """As :meth:`pick`, outside the stations whose figures make up the snapshot."""
        return self.pick(allowed & ~self.votes.queues[kind].counted)

    def during_session(self, station: int) -> datetime:
        """A moment in the station's district plenary."""
        session = self.sessions[self.places.codes[station][:6]]
        span = session.closes - session.opens
        return (session.opens + float(self.rng.uniform(0.15, 0.9)) * span).replace(microsecond=0)

    def write_paper(self, kind: ContestKind, station: int, wrong: dict[str, int]) -> None:
        """Put other figures on the paper than the plenary will find."""
        for name, value in wrong.items():
            self.paper[kind][station, self.ids[kind].index(name)] = value

    def correct_at_district(
        self, kind: ContestKind, station: int, wrong: dict[str, int], reason: str
    ) -> dict[str, int]:
        """Write ``wrong`` on the paper and the correction back; returns the right figures of those fields."""
        right = {name: self.figures(kind, station)[name] for name in wrong}
        self.write_paper(kind, station, wrong)
        changes = tuple(Change(n, wrong[n], right[n]) for n in wrong if wrong[n] != right[n])
        code = self.places.codes[station]
        self.district.append(Correction(self.during_session(station), "district", code, kind, changes, reason))
        return right
