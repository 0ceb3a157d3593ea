"""Real photographs for one district of the demo: printed, filled in, photographed and looked at ahead of time.

The handwriting says what the plan's paper says, so the published figures stand; it may be hard to read. Some pictures
are bad on purpose, to be flagged and taken again.
"""

from __future__ import annotations

import multiprocessing
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from sirekap.demo.facts import facts
from sirekap.demo.plan import Act, Plan
from sirekap.election.chasil import page_count
from sirekap.election.contests import Contest, ContestKind
from sirekap.keys import Key
from sirekap.paper.frame import Heading
from sirekap.paper.identity import Form
from sirekap.paper.printing import Station
from sirekap.simulate.form import Order

DISTRICT = "321623"
"""Bojongmangu, the smallest district: 41 stations, all of them with photographs of every page."""
LONG_SIDE = 2048
"""Pixels of the longer side, as a phone sends it over a weak line."""
BETWEEN = timedelta(seconds=40)
"""From one page's photograph to the next."""
AGAIN = timedelta(seconds=25)
"""From a bad photograph to the one taken in its place."""
EVERY_HARD = 9
"""One page in so many is photographed badly lit, tilted or blurred, but not taken again."""

Row = tuple[ContestKind, int]
"""A contest and an index into ``Plan.stations``."""


@dataclass(frozen=True, slots=True)
class Snap:
    """One picture to take: the page it is filed as, the page that is really on it, and how.

    ``before``: how long before the form is complete. ``again``: replaces a bad one. ``neighbour``: of the station
    next door.
    """

    page: int
    of: int
    profile: str
    before: timedelta
    attempt: int = 0
    again: bool = False
    neighbour: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A photograph and what the reader sees on it (packed evidence)."""

    snap: Snap
    jpeg: bytes
    evidence: bytes


@dataclass(frozen=True, slots=True)
class Errand:
    """The photographs of one form. ``orders``: the form, and the neighbour's where one of its pages is taken."""

    orders: tuple[Order, ...]
    snaps: tuple[Snap, ...]


_MISTAKES: tuple[tuple[str, int], ...] = (
    ("blurred", 1), ("other page", 2), ("cut off", 2), ("neighbour", 1), ("blurred", 2), ("cut off", 1),
)  # fmt: skip
"""What goes wrong, at which page; the last page never, so that a form is complete when the plan says."""
_EVERY_MISTAKE = 13
"""One form in so many has a bad photograph."""


def snaps(number: int, pages: int, seed: int) -> tuple[Snap, ...]:
    """The pictures of form ``number`` of the district, in order of time; the last one completes the form."""
    out: list[Snap] = []
    mistake, at = _MISTAKES[number // _EVERY_MISTAKE % len(_MISTAKES)] if number % _EVERY_MISTAKE == 4 else ("", 0)
    for page in range(1, pages + 1):
        before = BETWEEN * (pages - page)
        hard = (number * 31 + page * 7 + seed) % EVERY_HARD == 0
        profile = "hard" if hard and page != at else "typical"
        if page == at:
            bad = mistake if mistake in ("blurred", "cut off") else "typical"
            other = page + 1 if mistake == "other page" else page
            out.append(Snap(page, other, bad, before + AGAIN, 1, neighbour=mistake == "neighbour"))
        out.append(Snap(page, page, profile, before, again=page == at))
    return tuple(out)


def rows(plan: Plan, district: str = DISTRICT) -> tuple[Row, ...]:
    """The forms of a district in the order in which they arrive."""
    arriving = (e for e in plan.events if e.act is Act.ARRIVE and plan.stations[e.station].district == district)
    return tuple((event.contest, event.station) for event in arriving)


def errand(plan: Plan, row: Row, number: int, key: Key) -> Errand:
    """What to print, fill in and photograph for one form. ``number``: its place among the `rows`."""
    kind, station = row
    same = [i for i, s in enumerate(plan.stations) if s.district == plan.stations[station].district]
    beside = same[(same.index(station) + 1) % len(same)]
    pictures = snaps(number, page_count(plan.contests[kind].columns), plan.seed)
    stations = (station, beside) if any(snap.neighbour for snap in pictures) else (station,)
    return Errand(tuple(order(plan, kind, s, key) for s in stations), pictures)


def order(plan: Plan, kind: ContestKind, station: int, key: Key) -> Order:
    """One form as its station's committee writes it: the plan's paper, no further slips."""
    code, names = plan.stations[station].code, facts().region_names
    where = Station(code, names[code[:10]], names[code[:6]], names[code[:4]], names[code[:2]])
    seed = zlib.crc32(f"{plan.seed}/{code}/{kind.value}".encode())
    return Order(
        heading(plan.contests[kind]), plan.figures(kind, station), seed, where, key, slips=0.0, long_side=LONG_SIDE
    )


def heading(contest: Contest) -> Heading:
    """What the sheet of a contest says at its head."""
    form = Form.CHASIL_GOVERNOR if contest.kind is ContestKind.GOVERNOR else Form.CHASIL_REGENT
    pairs = tuple(pair.name.replace(" - ", "\n") for pair in contest.pairs)
    title = contest.title.removesuffix(" 2024")
    return Heading(form, contest.columns, title, "2024", pairs, sole=contest.blank_column)


def run(work: Errand) -> tuple[Taken, ...]:
    """Take the photographs and look at them: what the phone and the reading pool do, in this process."""
    import cv2

    from sirekap.reading import keeping
    from sirekap.reading.observing import observe
    from sirekap.simulate import camera
    from sirekap.simulate.form import sheets

    cv2.setNumThreads(1)
    filled = [sheets(order) for order in work.orders]
    out = []
    for snap in work.snaps:
        which = 1 if snap.neighbour else 0
        made = work.orders[which]
        profile = made.profile_named(snap.profile)
        shot = camera.photograph(filled[which][snap.of], made.seed_of(snap.of, snap.attempt), profile)
        out.append(Taken(snap, shot.jpeg, keeping.pack(observe(shot.jpeg))))
    return tuple(out)


@dataclass
class Studio:
    """Photographs made ahead in processes of their own. ``done`` is told of each finished form's photographs."""

    plan: Plan
    key: Key
    district: str = DISTRICT
    processes: int = 1
    done: Callable[[int], None] = lambda photographs: None
    _waiting: dict[Row, Future[tuple[Taken, ...]]] = field(default_factory=dict)
    _pool: ProcessPoolExecutor | None = None

    @cached_property
    def forms(self) -> Mapping[Row, int]:
        """Every form of the district and its number in order of arrival."""
        return {row: number for number, row in enumerate(rows(self.plan, self.district))}

    @property
    def photographs(self) -> int:
        """How many photographs will be taken."""
        return sum(len(self.snaps(row)) for row in self.forms)

    def snaps(self, row: Row) -> tuple[Snap, ...]:
        """The pictures of one form, known before they are taken."""
        return snaps(self.forms[row], page_count(self.plan.contests[row[0]].columns), self.plan.seed)

    def __enter__(self) -> Studio:
        """Start taking photographs, those that arrive first before the others."""
        self._pool = ProcessPoolExecutor(self.processes, mp_context=multiprocessing.get_context("spawn"))
        for row, number in self.forms.items():
            future = self._pool.submit(run, errand(self.plan, row, number, self.key))
            future.add_done_callback(self._finished)
            self._waiting[row] = future
        return self

    def _finished(self, future: Future[tuple[Taken, ...]]) -> None:
        if not future.cancelled() and future.exception() is None:
            self.done(len(future.result()))

    def taken(self, row: Row) -> tuple[Taken, ...]:
        """The photographs of one form, once; waits for them."""
        return self._waiting.pop(row).result()

    def __exit__(self, *_: object) -> None:
        """Stop; what was not taken yet is not needed."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
