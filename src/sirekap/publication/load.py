"""From the database to the views of one cut: regions with sums, progress, outcome, timetable.

Everything is read inside the caller's `consistent_read`, so a cut is one state of the database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from sirekap.election import progress as metrics
from sirekap.election import timetable
from sirekap.election.contests import ContestKind, Pair
from sirekap.election.regions import kind_label, time_zone, zoneinfo_name
from sirekap.election.rules import RULE_BY_CODE, title
from sirekap.election.standing import COUNTED_FROM, Standing, complete
from sirekap.election.tally import Tally, tally
from sirekap.publication import formats, model
from sirekap.publication.texts import Text, say
from sirekap.records import totals
from sirekap.records.models import (
    Contest,
    ContestCursor,
    Cut,
    Determination,
    Election,
    Leaf,
    Region,
    SessionCursor,
    StationContest,
)

TIERS = (2, 4, 6, 10)
BLANK_COLUMN_NAME = "Kolom kosong"


def display_name(code: str, name: str) -> str:
    """A region's name with its kind (``Kecamatan Tarumajaya``)."""
    label = kind_label(code)
    return name if name.startswith(label) else f"{label} {name}"


def pairs_of(contest: Contest) -> tuple[Pair, ...]:
    """The vote columns of a contest in form order, the blank column included."""
    pairs = tuple(Pair(p.number, p.name, p.colour, p.commission_id) for p in contest.pairs.all())
    if len(pairs) < contest.columns:
        pairs += (Pair(len(pairs) + 1, BLANK_COLUMN_NAME),)
    return pairs


def short_title(contest: Contest) -> str:
    """A contest's title for navigation (``Bupati Bekasi``)."""
    office = "Gubernur" if contest.kind == ContestKind.GOVERNOR else ("Bupati", "Wali Kota")[contest.region[2] == "7"]
    place = contest.title.rpartition(f"Wakil {office} ")[2]
    return f"{office} {place}"


@dataclass(slots=True)
class Book:
    """One contest's rows: standing, pages, findings and the tally of counted figures."""

    contest: Contest
    codes: list[str]
    standing: list[int]
    pages: list[int]
    findings: list[list[str]]
    last: list[int]
    counted: np.ndarray
    matrix: np.ndarray
    ids: tuple[str, ...]
    tally: Tally

    def figures(self, code: str) -> dict[str, int]:
        """Sums of a region over its counted stations."""
        return dict(zip(self.ids, (int(v) for v in self.tally.region(code).sums), strict=True))

    def row(self, index: int) -> dict[str, int] | None:
        """One station's counted figures."""
        return dict(zip(self.ids, self.matrix[index].tolist(), strict=True)) if self.counted[index] else None

    def slice(self, code: str) -> slice:
        """The region's rows."""
        return self.tally.region(code).rows


def book_of(contest: Contest) -> Book | None:
    """All open rows of a contest; ``None`` when it has no station."""
    codes, matrix, counted, ids = totals.matrix(contest.pk)
    if not codes:
        return None
    rows = StationContest.objects.filter(contest=contest, closed=False).order_by("pk")
    values = list(rows.values_list("standing", "pages", "findings", "last_seq"))
    standing, pages, findings, last = (list(column) for column in zip(*values, strict=True))
    return Book(
        contest, codes, standing, pages, findings, last, counted, matrix, ids, tally(np.array(codes), matrix, counted)
    )


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

    @cached_property
    def leaf_of(self) -> dict[int, int]:
        """Entry sequence number -> ledger index, for every entry that a row's page depends on."""
        wanted = sorted({seq for book in self.books.values() for seq in book.last})
        out: dict[int, int] = {}
        for start in range(0, len(wanted), 500):
            part = Leaf.objects.filter(entry_id__in=wanted[start : start + 500])
            out.update(part.values_list("entry_id", "index"))
        return out

    def stamp(self, seqs: Iterable[int]) -> model.Cut:
        """The first cut that covers the latest of these entries; this cut for one not sequenced yet."""
        newest = self.cut.ledger_size - 1
        index = max((min(self.leaf_of.get(seq, newest), newest) for seq in seqs), default=0)
        return model.first_cut_covering(index, self.cuts)

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


def source(cut: model.Cut, evidence: dict[str, str]) -> Source:
    """Load what all pages share."""
    election = Election.objects.get()
    contests = {ContestKind(c.kind): c for c in Contest.objects.prefetch_related("pairs")}
    books = {kind: book for kind, contest in contests.items() if (book := book_of(contest)) is not None}
    earlier = tuple(model.Cut(c.number, c.at, c.ledger_size, c.ledger_root) for c in Cut.objects.order_by("number"))
    return Source(
        cut=cut,
        election=election,
        names=dict(Region.objects.values_list("code", "name")),
        books=books,
        cuts=(*earlier, cut),
        evidence=evidence,
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
    return [code for n in TIERS for code in sorted({c[:n] for c in book.codes})]


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
    standings = _standings(book.standing[rows])
    whole = code.startswith(book.contest.region)
    return model.RegionView(
        kind=kind,
        contest_title=book.contest.title,
        code=code,
        name=display_name(code, src.names[code]),
        trail=src.trail(code),
        pairs=pairs_of(book.contest) if whole else (),
        standings=standings,
        figures=book.figures(code),
        rows=tuple(_children(src, book, code)),
        progress=progress(kind, standings, sum(complete(p, book.contest.columns) for p in book.pages[rows])),
        cut=src.stamp(book.last[rows]),
        official=src.official(book.contest),
        findings=finding_counts(book.findings[rows]),
        also=tuple(k for k, b in src.books.items() if k is not kind and any(c.startswith(code) for c in b.codes)),
    )


def _standings(values: Iterable[int]) -> tuple[int, ...]:
    counts = Counter(values)
    return tuple(counts.get(int(rung), 0) for rung in Standing)


def _children(src: Source, book: Book, code: str) -> Iterator[model.Row]:
    rows = book.slice(code)
    if len(code) == TIERS[-1]:
        for index in range(rows.start, rows.stop):
            station = book.codes[index]
            yield model.Row(
                code=station,
                name=f"TPS {station[-3:]}",
                standings=_standings([book.standing[index]]),
                figures=book.row(index),
                findings=len(book.findings[index]),
            )
        return
    digits = TIERS[TIERS.index(len(code)) + 1]
    for child in sorted({c[:digits] for c in book.codes[rows]}):
        own = book.slice(child)
        standings = _standings(book.standing[own])
        yield model.Row(
            code=child,
            name=display_name(child, src.names[child]),
            standings=standings,
            figures=book.figures(child) if sum(standings[COUNTED_FROM:]) else None,
            findings=sum(bool(f) for f in book.findings[own]),
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


def finding_counts(rows: Iterable[list[str]]) -> tuple[model.FindingCount, ...]:
    """Stations per rule code."""
    counts = Counter(code for codes in rows for code in codes)
    return tuple(
        model.FindingCount(code, RULE_BY_CODE[code].severity.value, Text(title(code), title(code, "en")), n)
        for code, n in sorted(counts.items())
    )


def contest_view(src: Source, kind: ContestKind) -> model.ContestView:
    """A contest with its own region and, once determined, its outcome."""
    contest = src.books[kind].contest
    return model.ContestView(contest.title, region(src, kind, contest.region), outcome(contest))


def outcome(contest: Contest) -> model.Outcome | None:
    """What the latest determination says."""
    found = Determination.objects.filter(contest=contest).order_by("entry_id").last()
    if found is None:
        return None
    said = found.outcome
    names = {pair.number: pair.name for pair in pairs_of(contest)}
    winner = said["winner"]
    explanation = say("Belum ada peraih tunggal.")
    if winner:
        explanation = say("Suara terbanyak: nomor urut %(n)s, %(name)s.", n=winner, name=names[winner])
    return model.Outcome(
        winner=winner,
        explanation=explanation,
        valid=said["valid"],
        margin=said["margin"],
        threshold=_threshold_votes(said["threshold"]),
        decision=found.decision_number,
        determined_at=found.at,
        elected=contest.elected.exists(),
    )


def _threshold_votes(threshold: dict[str, object] | None) -> int | None:
    """Whole votes, half up, as `election.outcome.CourtThreshold.votes` shows them."""
    if threshold is None:
        return None
    numerator, denominator = threshold["exact"]  # type: ignore[misc]
    return int((2 * numerator + denominator) // (2 * denominator))


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
        wanted = {c[:digits] for book in src.books.values() for c in book.codes}
        closed = SessionCursor.objects.filter(tier=tiers[key], state="closed").count()
        return closed >= len(wanted), say("%(n)s dari %(of)s rapat pleno selesai", n=closed, of=len(wanted))
    if key == "voting":
        return all(standing for book in src.books.values() for standing in book.standing), ""
    kinds = {"regency_result": ContestKind.REGENT, "province_result": ContestKind.GOVERNOR}
    book = src.books.get(kinds[key]) if key in kinds else None
    return (book is not None and src.official(book.contest)), ""


def changed(src: Source, since: int) -> dict[ContestKind, set[str]]:
    """Codes of stations touched by ledger entries at index ``since`` or later, with all their ancestors."""
    out: dict[ContestKind, set[str]] = defaultdict(set)
    for kind, book in src.books.items():
        for code, seq in zip(book.codes, book.last, strict=True):
            if src.leaf_of.get(seq, since) >= since:
                out[kind].update(code[:n] for n in (*TIERS, 13))
    return out
