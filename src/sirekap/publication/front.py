"""What the front page says at a glance: who leads in what is counted, each rung once, the map of circles.

Pure functions of the views; shares and margins are of the valid votes of counted stations only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sirekap.election.chasil import Figures
from sirekap.election.contests import ContestKind, Pair
from sirekap.election.regions import kind_label
from sirekap.election.timetable import StageStatus
from sirekap.publication import circles, formats, paths
from sirekap.publication.cards import Bar, Card
from sirekap.publication.model import ContestView, Outcome, Progress, RegionView, Row, SiteInfo, Stage

MARGIN_STEPS = (200, 500, 1500)
"""Bounds of the margin classes, in hundredths of a percentage point."""
TINTS = (36, 58, 80, 100)
"""Per cent of the pair's colour in each margin class, the rest white."""
TIE = "#d8d4ca"
_LETTER, _ROOMY = 4.9, 21.0
"""Width of a letter of a name in a circle, and the least radius that takes one, in drawing units."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Who has most votes of what is counted. ``numbers``: one pair, or several that are equal.

    ``margin`` = votes ahead of the next, ``points`` = the same in hundredths of a percentage point, rounded down.
    """

    numbers: tuple[int, ...]
    second: int | None
    margin: int
    points: int

    @property
    def tied(self) -> bool:
        """Whether nobody leads."""
        return len(self.numbers) > 1

    @property
    def step(self) -> int:
        """The margin class, 0 narrow to 3 wide."""
        return sum(self.points >= bound for bound in MARGIN_STEPS)

    @property
    def points_text(self) -> str:
        """``4,10``; ``0,00`` only when equal."""
        shown = self.points or (1 if self.margin else 0)
        return f"{'<' if not self.points and self.margin else ''}{shown // 100},{shown % 100:02d}"


def lead(pairs: Sequence[Pair], figures: Figures | None) -> Lead | None:
    """The lead in some figures; ``None`` without votes or without a common contest."""
    if not pairs or not figures:
        return None
    votes = sorted(((figures.get(f"votes_{p.number}") or 0, -p.number) for p in pairs), reverse=True)
    valid = figures.get("valid") or 0
    if not valid or not votes[0][0]:
        return None
    most = votes[0][0]
    first = tuple(sorted(-number for count, number in votes if count == most))
    rest = [(count, -number) for count, number in votes if count < most]
    margin = most - rest[0][0] if rest and len(first) == 1 else (most if len(first) == 1 else 0)
    second = rest[0][1] if rest and len(first) == 1 else None
    return Lead(first, second, margin, margin * 10000 // valid)


@dataclass(frozen=True, slots=True)
class Area:
    """One region of the map: where its circle is, how it is filled, and what it says. ``path`` from the site's root.

    ``ring`` = counted share of its stations per thousand, rounded down. ``fill`` is empty when none is counted.
    """

    code: str
    name: str
    path: str
    disc: circles.Disc
    voters: int
    counted: int
    stations: int
    lead: Lead | None
    fill: str
    ring: int
    figures: Figures | None

    @property
    def mark(self) -> str:
        """What stands in the circle: the leading pair's number, ``=`` for a tie, nothing when none is counted."""
        if self.lead is None:
            return ""
        return "=" if self.lead.tied else str(self.lead.numbers[0])

    @property
    def lines(self) -> tuple[str, ...]:
        """The name without its tier in one or two lines, as far as the circle has room for it."""
        name = self.name.removeprefix(kind_label(self.code)).strip()
        room = int(self.disc.r * 1.75 / _LETTER)
        if self.disc.r < _ROOMY:
            return ()
        first, _, second = name.partition(" ")
        parts = (name,) if len(name) <= room or not second else (first, second)
        return parts if all(len(part) <= room for part in parts) else ()


@dataclass(frozen=True, slots=True)
class AreaMap:
    """The circles of one contest. ``tier``: digits of its regions' codes; ``placed``: they stand where regions lie."""

    tier: int
    width: float
    height: float
    placed: bool
    areas: tuple[Area, ...] = field(default_factory=tuple)


def area_map(
    kind: ContestKind,
    rows: Sequence[Row],
    pairs: Sequence[Pair],
    voters: Mapping[str, int],
    positions: Mapping[str, tuple[float, float]],
) -> AreaMap | None:
    """Circles for a contest's regions of one tier; ``None`` for fewer than two."""
    if len(rows) < 2:
        return None
    places = tuple(circles.Place(r.code, voters.get(r.code, 0), *positions.get(r.code, (None, None))) for r in rows)
    drawn = circles.layout(places)
    colours = {pair.number: formats.colour(pair.colour) for pair in pairs}
    areas = []
    for row, disc in zip(rows, drawn.discs, strict=True):
        found = lead(pairs, row.figures)
        areas.append(
            Area(
                code=row.code,
                name=row.name,
                path=paths.page(kind, row.code),
                disc=disc,
                voters=voters.get(row.code, 0),
                counted=row.counted,
                stations=row.stations,
                lead=found,
                fill=_fill(found, colours),
                ring=row.counted * 1000 // row.stations if row.stations else 0,
                figures=row.figures,
            )
        )
    return AreaMap(len(rows[0].code), drawn.width, drawn.height, drawn.placed, tuple(areas))


def _fill(found: Lead | None, colours: Mapping[int, str]) -> str:
    if found is None:
        return ""
    return TIE if found.tied else tint(colours[found.numbers[0]], TINTS[found.step])


def tint(colour: str, share: int) -> str:
    """``share`` per cent of ``#rrggbb`` with white."""
    mixed = ((int(colour[i : i + 2], 16) * share + 255 * (100 - share) + 50) // 100 for i in (1, 3, 5))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def scope(view: RegionView) -> str:
    """The one regency whose stations stand for a whole province here, by name; empty when there are several."""
    only = len(view.rows) == 1 and len(view.rows[0].code) == 4 and not view.received
    return view.rows[0].name if only else ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One metric for every contest: label, definition, and its value per contest (``None`` where it does not exist)."""

    key: str
    label: str
    definition: str
    values: tuple[Progress | None, ...]


def rungs(contests: Sequence[ContestView]) -> tuple[Rung, ...]:
    """The metrics of all contests, in the order of the one that has most."""
    by_contest = [{p.key: p for p in c.region.progress} for c in contests]
    longest = max(by_contest, key=len, default={})
    keys = [*longest, *(k for own in by_contest for k in own if k not in longest)]
    out = []
    for key in dict.fromkeys(keys):
        values = tuple(own.get(key) for own in by_contest)
        first = next(value for value in values if value is not None)
        out.append(Rung(key, first.label, first.definition, values))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Agenda:
    """The timetable in one look: what is under way (late ones included), what comes next, how many are finished."""

    now: tuple[Stage, ...]
    next: Stage | None
    finished: int


def agenda(stages: Sequence[Stage]) -> Agenda:
    """Sort the stages by their state; the next one is the earliest that has not begun."""
    now = tuple(s for s in stages if s.state in (StageStatus.OPEN, StageStatus.LATE))
    waiting = [s for s in stages if s.state is StageStatus.UPCOMING]
    done = sum(s.state in (StageStatus.DONE, StageStatus.CLOSED) for s in stages)
    return Agenda(now, min(waiting, key=lambda s: (s.opens, s.closes)) if waiting else None, done)


def card(view: RegionView, site: SiteInfo, outcome: Outcome | None = None) -> Card | None:
    """The share card of a region; ``None`` where its rows belong to several contests. ``outcome`` once determined."""
    if not view.pairs:
        return None
    cut = f"Potongan data {view.cut.number} · {formats.clock(view.cut.at, site.zone)}"
    title = str(view.contest_title).removeprefix("Pemilihan ")
    only = scope(view)
    also = f"{len(view.received)} kab/kota dari simpul lain" if view.received else ""
    place = " · ".join(
        filter(None, (view.name, f"hanya TPS {only}" if only else "", also, outcome.decision if outcome else ""))
    )
    bars = tuple(
        Bar(p.number, p.name, formats.colour(p.colour), view.together.get(f"votes_{p.number}") or 0) for p in view.pairs
    )
    further = view.stations_received
    valid = (view.together.get("valid") or 0) if view.counted or further else 0
    counted, stations = view.counted + further, view.stations + further
    return Card(title, place, view.official, site.simulated, counted, stations, valid, bars, str(cut))
