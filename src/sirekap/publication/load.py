"""From the database to the views of one cut: regions with sums, progress, outcome, timetable.

Everything is read inside the caller's `consistent_read`, so a cut is one state of the database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sirekap.election import progress as metrics
from sirekap.election import timetable
from sirekap.election.contests import ContestKind
from sirekap.election.regions import kind_label, time_zone, zoneinfo_name
from sirekap.election.rules import RULE_BY_CODE, title
from sirekap.election.standing import COUNTED_FROM, Standing
from sirekap.publication import books, formats, model
from sirekap.publication.books import Book
from sirekap.publication.texts import Text, say
from sirekap.records.models import (
    Checkpoint,
    Contest,
    ContestCursor,
    Cut,
    Election,
    Leaf,
    Region,
    SessionCursor,
    StationContest,
)
from sirekap.records.pending import kinds_since
from sirekap.records.projections import register

TIERS = (2, 4, 6, 10)
BESIDE_DIGITS = 6
"""Down to this tier a region's page shows the other contests' sums; below it links to them only."""
REGISTER_KINDS = (frozenset(register.KINDS) - {"mandate.granted", "mandate.ended"}) | {"region.received"}
"""Entries after which names, pairs or the stations themselves may differ."""


def display_name(code: str, name: str) -> str:
    """A region's name with its kind (``Kecamatan Tarumajaya``)."""
    label = kind_label(code)
    return name if name.startswith(label) else f"{label} {name}"


def short_title(contest: Contest) -> str:
    """A contest's title for navigation (``Bupati Bekasi``)."""
    office = "Gubernur" if contest.kind == ContestKind.GOVERNOR else ("Bupati", "Wali Kota")[contest.region[2] == "7"]
    place = contest.title.rpartition(f"Wakil {office} ")[2]
    return f"{office} {place}"


@dataclass
class Kept:
    """What a process that publishes again and again need not read again: rows and names as of a ledger.

    Never needed: without it everything is read. ``size`` and ``root`` (hex): the ledger it was read at.
    """

    size: int = 0
    root: str = ""
    books: dict[ContestKind, Book] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    """Hash of a correction's evidence -> its path in the site."""
    packages: dict[str, str] = field(default_factory=dict)
    """Hash of a received region's package -> its path in the site, empty where it is too large."""

    def brought_up(self, head: model.Cut) -> bool:
        """Bring the rows to the present state; False when they must be read whole."""
        if not self.books or not Checkpoint.objects.filter(size=self.size, root=self.root).exists():
            return False
        later = kinds_since(self.size)
        if REGISTER_KINDS & set(later.values()):
            return False
        if not all(books.refresh(book, later) for book in self.books.values()):
            return False
        self.size, self.root = head.ledger_size, head.ledger_root
        return True

    def read(self, head: model.Cut) -> None:
        """Read everything."""
        contests = {ContestKind(c.kind): c for c in Contest.objects.prefetch_related("pairs")}
        self.books = {kind: book for kind, contest in contests.items() if (book := books.read(contest)) is not None}
        self.names = dict(Region.objects.values_list("code", "name"))
        self.size, self.root = head.ledger_size, head.ledger_root


@dataclass
class Source:
    """Everything one cut needs, loaded once. ``cut`` is the cut being made."""

    cut: model.Cut
    election: Election
    names: dict[str, str]
    books: dict[ContestKind, Book]
    cuts: tuple[model.Cut, ...]
    states: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    """Hash of a correction's evidence -> its path in the site."""
    packages: dict[str, str] = field(default_factory=dict)
    """Hash of a received region's package -> its path in the site."""
    shared: dict[str, Any] = field(default_factory=dict)
    """What loaders of other rooms of this cut read once."""

    def stamp(self, index: int) -> model.Cut:
        """The first cut that covers the entry of this ledger index; this cut for one not sequenced yet."""
        return model.first_cut_covering(min(index, self.cut.ledger_size - 1), self.cuts)

    def trail(self, code: str) -> tuple[model.Crumb, ...]:
        """A region's ancestors, top down."""
        return tuple(
            model.Crumb(code[:n], display_name(code[:n], self.names[code[:n]])) for n in TIERS if n < len(code)
        )

    @property
    def zone(self) -> ZoneInfo:
        """Local time of the first contest's province."""
        return ZoneInfo(zoneinfo_name(next(iter(self.books.values())).contest.region[:2]))

    def official(self, contest: Contest) -> bool:
        """Whether the contest is determined."""
        return self.states[contest.pk] != "counting"


def source(cut: model.Cut, kept: Kept) -> Source:
    """Load what all pages share: what changed since ``kept`` was last used, everything when it is new."""
    if not kept.brought_up(cut):
        kept.read(cut)
    earlier = tuple(model.Cut(c.number, c.at, c.ledger_size, c.ledger_root) for c in Cut.objects.order_by("number"))
    return Source(
        cut=cut,
        election=Election.objects.get(),
        names=kept.names,
        books=kept.books,
        cuts=(*earlier, cut),
        evidence=kept.evidence,
        packages=kept.packages,
        states=dict(ContestCursor.objects.values_list("contest_id", "state")),
    )


def site_info(src: Source) -> model.SiteInfo:
    """What every page prints."""
    first = next(iter(src.books.values())).contest.region
    return model.SiteInfo(
        title=src.election.name,
        voting_day=src.election.voting_day,
        contests=tuple((kind, short_title(book.contest)) for kind, book in sorted(src.books.items())),
        simulated=src.election.simulated,
        zone=time_zone(first).value,
    )


def region_codes(book: Book) -> list[str]:
    """Every region of a contest that has stations, from the province down, in code order per tier."""
    return [code for n in TIERS for code in book.regions(n)]


def regions(src: Source, only: Mapping[ContestKind, set[str]] | None = None) -> Iterator[model.RegionView]:
    """Region views, all or only the codes named."""
    for kind, book in src.books.items():
        for code in region_codes(book):
            if only is None or code in only.get(kind, ()):
                yield region(src, kind, code)


def region(src: Source, kind: ContestKind, code: str) -> model.RegionView:
    """One region in one contest kind."""
    book = src.books[kind]
    rows = book.slice(code)
    standings = book.standings(rows)
    whole = code.startswith(book.contest.region)
    others = [k for k, b in src.books.items() if k is not kind and code in b]
    shown = others if len(code) <= BESIDE_DIGITS else []
    newest = max(src.books[k].newest(src.books[k].slice(code)) for k in (kind, *shown))
    return model.RegionView(
        kind=kind,
        contest_title=book.contest.title,
        code=code,
        name=display_name(code, src.names[code]),
        trail=src.trail(code),
        pairs=book.pairs if whole else (),
        standings=standings,
        figures=book.figures(code),
        rows=tuple(_children(src, book, code)),
        progress=progress(kind, standings, book.complete(rows)),
        cut=src.stamp(newest),
        official=src.official(book.contest),
        findings=finding_counts(book.finding_counts(rows)),
        also=tuple(others),
        beside=tuple(_panel(src, k, code) for k in shown),
    )


def _panel(src: Source, kind: ContestKind, code: str) -> model.Panel:
    book = src.books[kind]
    standings = book.standings(book.slice(code))
    return model.Panel(
        kind=kind,
        pairs=book.pairs if code.startswith(book.contest.region) else (),
        figures=book.figures(code),
        counted=sum(standings[COUNTED_FROM:]),
        stations=sum(standings),
        official=src.official(book.contest),
    )


def _children(src: Source, book: Book, code: str) -> Iterator[model.Row]:
    rows = book.slice(code)
    if len(code) == TIERS[-1]:
        for index in range(rows.start, rows.stop):
            station = book.codes[index]
            yield model.Row(
                code=station,
                name=f"TPS {station[-3:]}",
                standings=tuple(int(rung == book.standing[index]) for rung in Standing),
                figures=book.row(index),
                findings=len(book.findings[index]),
            )
        return
    digits = TIERS[TIERS.index(len(code)) + 1]
    for child in book.children(code, digits):
        own = book.slice(child)
        standings = book.standings(own)
        yield model.Row(
            code=child,
            name=display_name(child, src.names[child]),
            standings=standings,
            figures=book.figures(child) if sum(standings[COUNTED_FROM:]) else None,
            findings=len(book.with_findings(own)),
        )


def progress(kind: ContestKind, standings: tuple[int, ...], arrived: int) -> tuple[model.Progress, ...]:
    """The metrics that a page shows, each with its definition."""
    counts = metrics.Counts({rung: standings[rung] for rung in Standing}, arrived)
    out = []
    for metric in metrics.metrics(kind):
        if metric.key in (Standing.AWAITED.key, Standing.RECEIVED.key, Standing.READ.key):
            continue
        value = metrics.progress(metric, counts)
        rung = None if metric.predicate is None else Standing[metric.key.upper()]
        label = say("Foto diterima lengkap") if rung is None else formats.standing_label(rung)
        definition = Text(metric.definition_id, metric.definition_en)
        out.append(model.Progress(metric.key, label, value.numerator, value.denominator, definition))
    return tuple(out)


def finding_counts(counts: Counter[str]) -> tuple[model.FindingCount, ...]:
    """Stations per rule code."""
    return tuple(
        model.FindingCount(code, RULE_BY_CODE[code].severity.value, Text(title(code), title(code, "en")), n)
        for code, n in sorted(counts.items())
    )


def contest_view(src: Source, kind: ContestKind) -> model.ContestView:
    """A contest with its own region; its outcome is `load_outcome`'s."""
    contest = src.books[kind].contest
    return model.ContestView(contest.title, region(src, kind, contest.region))


def home(src: Source) -> model.HomeView:
    """The front page."""
    contests = tuple(contest_view(src, kind) for kind in sorted(src.books))
    return model.HomeView(contests, tuple(stages(src)), src.cut)


def stages(src: Source) -> Iterator[model.Stage]:
    """The timetable on the day of the cut (local time of the province)."""
    today = src.cut.at.astimezone(src.zone).date()
    for stage in timetable.PILKADA_2024:
        done, note = _stage_done(src, stage.key)
        done = done or (stage.key == "revote" and today > stage.end)
        yield model.Stage(
            Text(stage.label_id, stage.label_en), stage.start, stage.end, timetable.status(stage, today, done), note
        )


def _stage_done(src: Source, key: str) -> tuple[bool, str]:
    tiers = {"district": 1, "regency": 2, "province": 3}
    if key in tiers:
        digits = {"district": 6, "regency": 4, "province": 2}[key]
        wanted = {code for book in src.books.values() for code in book.regions(digits)}
        closed = SessionCursor.objects.filter(tier=tiers[key], state="closed").count()
        return closed >= len(wanted), say("%(n)s dari %(of)s rapat pleno selesai", n=closed, of=len(wanted))
    if key == "voting":
        return all(bool(book.standing.all()) for book in src.books.values()), ""
    kinds = {"regency_result": ContestKind.REGENT, "province_result": ContestKind.GOVERNOR}
    book = src.books.get(kinds[key]) if key in kinds else None
    return (book is not None and src.official(book.contest)), ""


def changed(src: Source, since: int) -> dict[ContestKind, set[str]] | None:
    """Codes of stations touched by ledger entries at index ``since`` or later, with all their ancestors; an ancestor
    whose sums stand on another contest's page too, in that contest as well.

    Of a station closed since then the ancestors; ``None`` when one of them has no station left: render every page.
    """
    out: dict[ContestKind, set[str]] = defaultdict(set)
    for kind, book in src.books.items():
        for code in book.since(since):
            out[kind].update(code[:n] for n in (*TIERS, 13))
    left = Leaf.objects.filter(index__gte=since, entry__kind__in=("station.closed", "station.merged"))
    closed = StationContest.objects.filter(closed=True, last_seq__in=left.values("entry_id"))
    for code, kind in closed.values_list("station_id", "contest__kind"):
        ancestors = {code[:n] for n in TIERS}
        if ContestKind(kind) not in src.books or any(c not in src.books[ContestKind(kind)] for c in ancestors):
            return None
        out[ContestKind(kind)] |= ancestors
    shared = {code for codes in out.values() for code in codes if len(code) <= BESIDE_DIGITS}
    for kind, book in src.books.items():
        out[kind] |= {code for code in shared if code in book}
    return out


def station_count(src: Source, only: Mapping[ContestKind, set[str]] | None = None) -> int:
    """Station pages of a cut."""
    if only is not None:
        return sum(len(code) == TIERS[-1] + 3 for codes in only.values() for code in codes)
    return sum(len(book) for book in src.books.values())
