"""The script of the demo: what every station's paper says, who errs, and when everything happens.

Pure data. Station rows are simulated; what they add up to is published (see ``facts``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sirekap.demo.facts import KINDS, facts
from sirekap.election.contests import Contest, ContestKind
from sirekap.election.generations import RevoteReason

Ints = npt.NDArray[np.int64]


class Stage(StrEnum):
    """The three texts of one form along its way."""

    PAPER = "paper"
    DISTRICT = "true_after_district"
    FINAL = "final"


class Act(StrEnum):
    """What happens to a station-contest between the count and its plenary."""

    ARRIVE = "arrive"
    CONFIRM = "confirm"
    VERIFY = "verify"
    THIRD = "third"


class ErrorKind(StrEnum):
    """Kinds of seeded errors."""

    SLIP = "slip"
    REFUSED_SLIP = "refused_slip"
    ARITHMETIC = "arithmetic"
    SWAPPED = "swapped"
    LARGE_ROLL = "large_roll"
    LATE_CORRECTION = "late_correction"
    RECOUNT = "recount"
    CROSS_CONTEST = "cross_contest"


@dataclass(frozen=True, slots=True)
class Station:
    """A polling station. ``roll_*`` holds on election day, ``import_*`` is the roll decree (None: added later)."""

    code: str
    roll_l: int
    roll_p: int
    import_l: int | None
    import_p: int | None
    special: str = ""

    @property
    def village(self) -> str:
        """Code of its village."""
        return self.code[:10]

    @property
    def district(self) -> str:
        """Code of its district."""
        return self.code[:6]


@dataclass(frozen=True, slots=True)
class AddedStation:
    """A special location added after the decree, with its roll and the reason (Indonesian)."""

    at: datetime
    code: str
    roll_l: int
    roll_p: int
    reason: str


@dataclass(frozen=True, slots=True)
class RollAmendment:
    """A roll that shrinks because voters moved to the added station ``cause``."""

    at: datetime
    code: str
    old_l: int
    old_p: int
    new_l: int
    new_p: int
    cause: str
    reason: str


@dataclass(frozen=True)
class Rows:
    """C.Hasil figures of one contest: read-only int64 arrays of shape (stations, fields).

    Row order is ``Plan.stations``; column order is ``field_ids``. ``paper`` + district
    corrections and recounts = ``true_after_district``; + regency corrections and re-votes = ``final``.
    """

    field_ids: tuple[str, ...]
    paper: Ints
    true_after_district: Ints
    final: Ints

    def stage(self, stage: Stage) -> Ints:
        """The array of one stage."""
        return {Stage.PAPER: self.paper, Stage.DISTRICT: self.true_after_district, Stage.FINAL: self.final}[stage]

    def column(self, stage: Stage, field: str) -> Ints:
        """One field of all stations."""
        out: Ints = self.stage(stage)[:, self.field_ids.index(field)]
        return out


@dataclass(frozen=True)
class Times:
    """Seconds since the epoch (UTC) per station of one contest, int64 arrays in ``Plan.stations`` order.

    ``confirm`` = the station committee's statement, ``verify`` = the operator's independent one,
    ``third`` = the third person's entry (0 = none needed); ``verified`` = when figures count.
    """

    arrive: Ints
    confirm: Ints
    verify: Ints
    third: Ints

    @property
    def verified(self) -> Ints:
        """The moment each station-contest becomes verified."""
        return np.maximum(self.verify, self.third)


@dataclass(frozen=True, slots=True)
class Event:
    """One act of the night. ``station`` is an index into ``Plan.stations``."""

    at: datetime
    station: int
    contest: ContestKind
    act: Act


@dataclass(frozen=True, slots=True)
class SeededError:
    """An error put in on purpose.

    ``wrong`` and ``right`` name the fields concerned. For slips ``by`` is who mistypes (``kpps``
    or ``operator``) and ``wrong`` what is typed while the paper is right; otherwise ``wrong`` is
    on the paper. ``code`` is the rule expected to find it, empty where no rule can.
    """

    kind: ErrorKind
    station: str
    contest: ContestKind
    what: str
    found: str
    wrong: Mapping[str, int]
    right: Mapping[str, int]
    by: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a correction."""

    field: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Correction:
    """One correcting act of a plenary over a set of fields of one station.

    ``late`` marks one asked for only after the station's district had closed.
    """

    at: datetime
    tier: str
    station: str
    contest: ContestKind
    changes: tuple[Change, ...]
    reason: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Recount:
    """A recount ordered in a district plenary: generation 2 with a full set of figures."""

    at: datetime
    station: str
    contest: ContestKind
    figures: Mapping[str, int]
    reason: str


@dataclass(frozen=True, slots=True)
class Revote:
    """A re-vote (PSU) ordered by the regency's commission after the district's plenary had closed.

    ``at``: the order; ``voted``: the moment the new form arrives; ``read_at``: the district reads it in
    a reopened session. ``figures``: the new form.
    """

    at: datetime
    voted: datetime
    read_at: datetime
    station: str
    contest: ContestKind
    reason: RevoteReason
    order: str
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Session:
    """A plenary of both contests. ``read_at`` = when the regency plenary takes a district (districts only)."""

    tier: str
    region: str
    opens: datetime
    closes: datetime
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Determination:
    """The regency commission's decision on the regent race and who reports its number."""

    at: datetime
    contest: ContestKind
    decision: str
    source: str


@dataclass(frozen=True)
class Plan:
    """The whole demo, in station-code order. Everything follows from ``seed``."""

    seed: int
    contests: Mapping[ContestKind, Contest]
    stations: tuple[Station, ...]
    rows: Mapping[ContestKind, Rows]
    times: Mapping[ContestKind, Times]
    events: tuple[Event, ...]
    errors: tuple[SeededError, ...]
    district_corrections: tuple[Correction, ...]
    regency_corrections: tuple[Correction, ...]
    recounts: tuple[Recount, ...]
    revotes: tuple[Revote, ...]
    added_stations: tuple[AddedStation, ...]
    roll_amendments: tuple[RollAmendment, ...]
    sessions: tuple[Session, ...]
    determination: Determination

    @cached_property
    def index(self) -> dict[str, int]:
        """Station code -> position in ``stations`` and in every array."""
        return {s.code: i for i, s in enumerate(self.stations)}

    @cached_property
    def _slips(self) -> dict[tuple[str, ContestKind, str], SeededError]:
        return {(e.station, e.contest, e.by): e for e in self.errors if e.by}

    def figures(self, contest: ContestKind, station: int, stage: Stage = Stage.PAPER) -> dict[str, int]:
        """Field id -> figure of one form at one stage."""
        rows = self.rows[contest]
        return dict(zip(rows.field_ids, rows.stage(stage)[station].tolist(), strict=True))

    def slip(self, contest: ContestKind, station: int, by: str) -> SeededError | None:
        """The slip ``by`` (``kpps`` or ``operator``) makes here, if any."""
        return self._slips.get((self.stations[station].code, contest, by))

    def keyed(self, contest: ContestKind, station: int, by: str) -> dict[str, int]:
        """What ``by`` finally submits: the paper, with the slip in it unless the format rule refuses that."""
        figures = self.figures(contest, station)
        slip = self.slip(contest, station, by)
        if slip is not None and slip.kind is ErrorKind.SLIP:
            figures.update(slip.wrong)
        return figures

    def summary(self) -> dict[str, object]:
        """Check sums of the plan."""
        out: dict[str, object] = {
            "seed": self.seed,
            "stations": len(self.stations),
            "imported": sum(s.import_l is not None for s in self.stations),
            "roll": [sum(s.roll_l for s in self.stations), sum(s.roll_p for s in self.stations)],
            "events": len(self.events),
            "errors": {k.value: sum(e.kind is k for e in self.errors) for k in ErrorKind},
            "corrections": [len(self.district_corrections), len(self.regency_corrections)],
            "roll_amendments": len(self.roll_amendments),
        }
        for kind in KINDS:
            out[kind.value] = {stage.value: self._totals(kind, stage) for stage in Stage}
        return out

    def _totals(self, kind: ContestKind, stage: Stage) -> dict[str, int | list[int]]:
        rows = self.rows[kind]
        votes = [int(rows.column(stage, f).sum()) for f in rows.field_ids if f.startswith("votes_")]
        return {"votes": votes} | {f: int(rows.column(stage, f).sum()) for f in ("valid", "invalid", "total")}


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def import_csv(plan: Plan) -> dict[str, str]:
    """The CSV texts the importer reads: ``regions.csv``, ``stations.csv`` (the decree's), ``pairs.csv``."""
    decree = [s for s in plan.stations if s.import_l is not None]
    pairs = [
        (contest.kind.value, pair.number, pair.name, pair.colour, pair.commission_id)
        for contest in plan.contests.values()
        for pair in contest.pairs
    ]
    return {
        "regions.csv": _csv(("code", "name"), sorted(facts().region_names.items())),
        "stations.csv": _csv(("code", "dpt_l", "dpt_p"), [(s.code, s.import_l, s.import_p) for s in decree]),
        "pairs.csv": _csv(("contest", "number", "name", "colour", "commission_id"), pairs),
    }
