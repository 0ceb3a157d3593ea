"""What a public page says, as plain dataclasses. ``load`` fills them, ``site`` turns them into files.

Figures are integers (votes, voters, ballots), times aware datetimes, codes the commission's region
codes (2, 4, 6, 10 or 13 digits). Nothing here knows a database or a clock. Texts that are no names come as
`texts.Text`, which knows its English.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from sirekap.election.chasil import Figures
from sirekap.election.contests import ContestKind, Pair
from sirekap.election.standing import COUNTED_FROM, Standing
from sirekap.election.timetable import StageStatus
from sirekap.publication.model_papers import After, Completeness, Document, Objection, Superseded
from sirekap.publication.model_station import (  # noqa: F401  (one name for all of a page's model: `model.X`)
    DECIDING,
    Agreement,
    Change,
    Event,
    Overlay,
    Photo,
    PhotoSeen,
    Replaced,
)
from sirekap.publication.texts import say

if TYPE_CHECKING:
    from sirekap.publication.front import AreaMap

RUNGS = len(Standing)
SIMULATED_LABEL = say("Data TPS simulasi")


@dataclass(frozen=True, slots=True)
class Cut:
    """One publication cut: its number, its time, and the ledger it covers (entries, root as hex)."""

    number: int
    at: datetime
    ledger_size: int
    ledger_root: str


def first_cut_covering(ledger_index: int, cuts: tuple[Cut, ...]) -> Cut:
    """The first of ``cuts`` (ascending) that covers the entry at ``ledger_index`` (0-based).

    Stamping a page with this cut, not with the newest, keeps the bytes of an unchanged page
    unchanged. Raises ``ValueError`` when no cut covers the entry.
    """
    low, high = 0, len(cuts)
    while low < high:
        middle = (low + high) // 2
        if cuts[middle].ledger_size > ledger_index:
            high = middle
        else:
            low = middle + 1
    if low == len(cuts):
        raise ValueError(f"no cut covers ledger entry {ledger_index}")
    return cuts[low]


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What every page prints: the election and whether its station rows are simulated.

    ``contests`` gives the header's links: (kind, short title). ``zone`` is WIB, WITA or WIT. ``address`` = the site's
    web address with its last ``/``, empty when unknown. ``card_tiers`` = digits of the regions that have a share card,
    ``card_step``: see `cards.make`.
    """

    title: str
    voting_day: date
    contests: tuple[tuple[ContestKind, str], ...]
    simulated: bool = False
    simulated_label: str = SIMULATED_LABEL
    zone: str = "WIB"
    address: str = ""
    card_tiers: tuple[int, ...] = (2, 4, 6)
    card_step: int = 0


@dataclass(frozen=True, slots=True)
class Crumb:
    """One ancestor of a page: region code and display name (``Kecamatan Tarumajaya``)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Progress:
    """One defined metric: ``done`` of ``total`` stations, and in one sentence what it counts."""

    key: str
    label: str
    done: int
    total: int
    definition: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule on one station: code, ``error`` or ``warning``, public text, fields concerned."""

    code: str
    severity: str
    text: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many stations of a region carry a finding of one rule."""

    code: str
    severity: str
    text: str
    stations: int


@dataclass(frozen=True, slots=True)
class Row:
    """One child in a region's table: a region below, or a station (13-digit code).

    ``standings`` = stations exactly at each rung. ``figures`` = sums of counted stations, ``None``
    when none is counted (anything else raises ``ValueError``). ``findings`` = stations with findings,
    for a station its findings.
    """

    code: str
    name: str
    standings: tuple[int, ...]
    figures: Figures | None = None
    findings: int = 0
    generation: str = "Reguler"

    def __post_init__(self) -> None:
        if self.figures is not None and not self.counted:
            raise ValueError(f"{self.code}: figures without a counted station may not be published in a table")

    @property
    def stations(self) -> int:
        """Stations in the row."""
        return sum(self.standings)

    @property
    def counted(self) -> int:
        """Stations whose figures are in the sums."""
        return sum(self.standings[COUNTED_FROM:])

    @property
    def lowest(self) -> Standing:
        """The lowest rung any of its stations stands at."""
        return lowest(self.standings)


def lowest(standings: tuple[int, ...]) -> Standing:
    """The lowest occupied rung; ``AWAITED`` for a region without stations."""
    return next((Standing(i) for i, n in enumerate(standings) if n), Standing.AWAITED)


@dataclass(frozen=True, slots=True)
class Received:
    """A region below a province that another node counted: its sums, and where they come from.

    ``package_sha256``: of the signed package with every station's figures; ``path``: where it is published from the
    site's root, empty when it is too large for that. ``simulated``: its station rows are.
    """

    code: str
    name: str
    stations: int
    figures: Figures
    package_sha256: str
    simulated: bool
    ledger_index: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """The other contest's sums of the same region, to stand beside it. ``figures`` of counted stations."""

    kind: ContestKind
    pairs: tuple[Pair, ...]
    figures: Figures
    counted: int
    stations: int
    official: bool = False


@dataclass(frozen=True, slots=True)
class RegionView:
    """A region in one contest kind, at any tier from province to village.

    ``pairs`` are the vote columns in form order, the blank column included. It is empty where the
    rows below belong to several contests (a province in the regents' race): no votes are printed.
    ``trail`` are its ancestors, top down, itself excluded. ``official`` only once the contest is
    determined. ``cut`` = the cut that first published this content (see :func:`first_cut_covering`).
    ``also`` = other contest kinds that have a page of the same region, ``beside`` = their sums down to the district.
    ``received`` = regions of a province that other nodes counted; everything else is of the stations counted here.
    """

    kind: ContestKind
    contest_title: str
    code: str
    name: str
    trail: tuple[Crumb, ...]
    pairs: tuple[Pair, ...]
    standings: tuple[int, ...]
    figures: Figures
    rows: tuple[Row, ...]
    progress: tuple[Progress, ...]
    cut: Cut
    official: bool = False
    findings: tuple[FindingCount, ...] = ()
    documents: tuple[Document, ...] = ()
    also: tuple[ContestKind, ...] = ()
    beside: tuple[Panel, ...] = ()
    received: tuple[Received, ...] = ()
    objections: tuple[Objection, ...] = ()
    completeness: Completeness | None = None

    @property
    def together(self) -> Figures:
        """Sums of the stations counted here and of the regions received."""
        parts = [self.figures, *(one.figures for one in self.received)]
        names = dict.fromkeys(name for part in parts for name in part)
        return {name: sum(part.get(name) or 0 for part in parts) for name in names}

    @property
    def stations_received(self) -> int:
        """Stations of the regions received."""
        return sum(one.stations for one in self.received)

    @property
    def stations(self) -> int:
        """Stations in the region."""
        return sum(self.standings)

    @property
    def counted(self) -> int:
        """Stations whose figures are in the sums."""
        return sum(self.standings[COUNTED_FROM:])

    @property
    def lowest(self) -> Standing:
        """The lowest rung any of its stations stands at."""
        return lowest(self.standings)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the determination says. ``winner`` is a pair number, or ``None`` (tie, second round).

    ``margin`` and ``threshold`` in votes, both of ``valid``; ``threshold`` is ``None`` while the
    population is unknown. ``explanation`` in one or two sentences. ``elected``
    once the court's register shows no dispute (or it has ruled). ``after``: the legal clock and the elected pair.
    """

    winner: int | None
    explanation: str
    valid: int
    margin: int
    threshold: int | None
    decision: str
    determined_at: datetime
    elected: bool = False
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the timetable. ``state``: see :class:`sirekap.election.timetable.StageStatus`."""

    name: str
    opens: date
    closes: date
    state: StageStatus
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContestView:
    """One contest: its title, its region with the sums, the outcome once determined, and the map of its regions.

    ``superseded``: determinations that a ruling put aside.
    """

    title: str
    region: RegionView
    outcome: Outcome | None = None
    areas: AreaMap | None = None
    superseded: tuple[Superseded, ...] = ()

    @property
    def decrees(self) -> tuple[Document, ...]:
        """The decisions (SK) among the documents of the contest's own region."""
        return tuple(one for one in self.region.documents if one.decree)


@dataclass(frozen=True, slots=True)
class HomeView:
    """The front page: contests side by side, the timetable, the newest cut."""

    contests: tuple[ContestView, ...]
    timetable: tuple[Stage, ...]
    cut: Cut


@dataclass(frozen=True, slots=True)
class StationView:
    """One station in one contest, latest generation, with everything older in ``history``.

    ``written`` = what the committee stated the paper says, ``verified`` = after verification,
    ``decided`` = after the latest plenary. Of machine readings only where people agree with them (``agreement``),
    never a figure. ``told`` = the cut that first published the page, where objections are newer than ``cut``.
    """

    kind: ContestKind
    contest_title: str
    code: str
    name: str
    trail: tuple[Crumb, ...]
    pairs: tuple[Pair, ...]
    standing: Standing
    cut: Cut
    written: Figures | None = None
    verified: Figures | None = None
    decided: Figures | None = None
    generation: int = 1
    generation_kind: str = "Reguler"
    replaced: tuple[Replaced, ...] = ()
    official: bool = False
    findings: tuple[Finding, ...] = ()
    photos: tuple[Photo, ...] = ()
    agreement: Agreement | None = None
    history: tuple[Event, ...] = ()
    also: tuple[ContestKind, ...] = ()
    objections: tuple[Objection, ...] = ()
    told: Cut | None = None

    @property
    def counted(self) -> Figures | None:
        """The figures that enter the totals: ``None`` below the counted rung."""
        if self.standing < COUNTED_FROM:
            return None
        return self.decided if self.decided is not None else self.verified


@dataclass(slots=True)
class Report:
    """What a cut wrote: files and bytes written, files removed, files in all, root manifest's hash.

    ``paths_written`` only of a partial cut.
    """

    cut: int = 0
    files: int = 0
    files_written: int = 0
    bytes_written: int = 0
    files_removed: int = 0
    manifest_sha256: str = ""
    paths_written: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Count what another process wrote for the same cut."""
        self.files += other.files
        self.files_written += other.files_written
        self.bytes_written += other.bytes_written
        self.files_removed += other.files_removed
        self.paths_written += other.paths_written
