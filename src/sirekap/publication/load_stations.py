"""Station views: figures by stage, findings in words, photographs and the whole history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet

from sirekap.election.contests import ContestKind
from sirekap.election.roles import Role
from sirekap.election.rules import RULE_BY_CODE, describe, title
from sirekap.election.standing import Standing, page_numbers
from sirekap.publication import history, load_papers, model, paths
from sirekap.publication.books import Book
from sirekap.publication.load import TIERS, Source
from sirekap.publication.overlay import photo_seen
from sirekap.publication.photos import EXTENSION
from sirekap.publication.texts import Text
from sirekap.records.limits import check
from sirekap.records.models import (
    ContestReopened,
    Correction,
    Determination,
    FigureSet,
    Generation,
    ItemDecision,
    ItemReopened,
    Leaf,
    Photo,
    PhotoReading,
    SessionEvent,
    Statement,
    StationContest,
    Verification,
)
from sirekap.records.readings import latest, seen_fields

BATCH, SMALL_BATCH = 800, 200
"""Rows whose facts stand in memory together; of a cut of what changed fewer, so that several processes share it."""
IDS = 500
"""Keys in one query."""


@dataclass(slots=True)
class _Facts:
    """Facts of some rows grouped by row, and ledger indexes by entry."""

    photos: dict[str, list[Photo]]
    readings: dict[str, list[PhotoReading]]
    statements: dict[str, list[Statement]]
    others: dict[str, list[Any]]
    index: dict[int, int]


@dataclass(slots=True)
class _Wide:
    """Facts that cover whole regions: closed sessions by region, determinations and their ends by contest."""

    sessions: dict[str, list[SessionEvent]]
    determinations: dict[str, list[Determination | ContestReopened]]
    index: dict[int, int]

    def of(self, row: StationContest) -> Iterator[Any]:
        """Those that may concern a row."""
        for digits in TIERS:
            yield from self.sessions.get(row.station_id[:digits], ())
        yield from self.determinations.get(row.contest_id, ())


def _grouped(facts: Iterable[Any], key: str = "row_id") -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = defaultdict(list)
    for fact in facts:
        out[getattr(fact, key)].append(fact)
    return out


def _indexes(seqs: Iterable[int]) -> dict[int, int]:
    """Entry -> ledger index, of those that have one."""
    wanted = sorted(set(seqs))
    out: dict[int, int] = {}
    for start in range(0, len(wanted), IDS):
        out.update(Leaf.objects.filter(entry_id__in=wanted[start : start + IDS]).values_list("entry_id", "index"))
    return out


def _wide() -> _Wide:
    closed = list(SessionEvent.objects.filter(event="closed").select_related("session"))
    determined = [*Determination.objects.all(), *ContestReopened.objects.all()]
    sessions: dict[str, list[SessionEvent]] = defaultdict(list)
    for event in closed:
        sessions[event.session.region_id].append(event)
    return _Wide(
        sessions,
        _grouped(determined, "contest_id"),
        _indexes(fact.entry_id for fact in (*closed, *determined)),
    )


def _shared(src: Source) -> _Wide:
    if "wide" not in src.shared:
        src.shared["wide"] = _wide()
    found: _Wide = src.shared["wide"]
    return found


def _load(mine: Q) -> _Facts:
    """Facts of the rows that ``mine`` names by ``row_id``: the same few queries however many rows."""
    photos = list(Photo.objects.filter(mine).order_by("entry_id"))
    readings = list(PhotoReading.objects.filter(mine).order_by("entry_id"))
    statements = list(Statement.objects.filter(mine).select_related("figures").order_by("entry_id"))
    others: list[Any] = [
        *Verification.objects.filter(mine),
        *ItemDecision.objects.filter(mine),
        *Correction.objects.filter(mine).prefetch_related("fields"),
        *Generation.objects.filter(mine),
        *ItemReopened.objects.filter(mine),
    ]
    others.sort(key=lambda fact: fact.entry_id)
    index = _indexes(fact.entry_id for fact in (*photos, *readings, *statements, *others))
    return _Facts(_grouped(photos), _grouped(readings), _grouped(statements), _grouped(others), index)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to load together, by their keys in order; ``run``: they are all rows there are between first and last.

    ``empty``: villages whose page is due though none of their stations is.
    """

    keys: tuple[str, ...]
    run: bool
    empty: tuple[tuple[ContestKind, str], ...] = ()

    def where(self, column: str) -> Q:
        """The rows, named by ``column``."""
        if self.run:
            return Q(**{f"{column}__gte": self.keys[0], f"{column}__lte": self.keys[-1]})
        return Q(**{f"{column}__in": self.keys})


def batches(src: Source, only: Mapping[ContestKind, set[str]] | None = None) -> Iterator[Batch]:
    """The rows due, some hundred together, never a village apart: all, or only the station codes named."""
    keys: list[str] = []
    limit = BATCH if only is None else SMALL_BATCH
    for key in _keys(src, only):
        if len(keys) >= limit and key[:10] != keys[-1][:10]:
            yield Batch(tuple(keys), only is None)
            keys = []
        keys.append(key)
    if keys:
        yield Batch(tuple(keys), only is None)
    if only is not None:
        named = {(kind, code) for kind, codes in only.items() for code in codes if len(code) == TIERS[-1]}
        some = {(kind, code[:10]) for kind, codes in only.items() for code in codes if len(code) > TIERS[-1]}
        yield Batch((), False, tuple(sorted(named - some)))


def villages(src: Source, batch: Batch) -> Iterator[tuple[tuple[ContestKind, str], list[model.StationView]]]:
    """``((kind, village), station views)`` of a batch, in code order."""
    found: dict[tuple[ContestKind, str], list[model.StationView]] = {village: [] for village in batch.empty}
    if batch.keys:
        facts, wide = _load(batch.where("row_id")), _shared(src)
        facts.index |= wide.index
        for row in _rows(batch.where("pk")):
            kind = ContestKind(row.pk.rpartition("-")[2])
            view = _view(src, src.books[kind], kind, row, facts, wide)
            found.setdefault((kind, row.station_id[:10]), []).append(view)
    yield from found.items()


def _rows(mine: Q) -> QuerySet[StationContest]:
    return StationContest.objects.filter(mine, closed=False).select_related("verified", "decided").order_by("pk")


def _keys(src: Source, only: Mapping[ContestKind, set[str]] | None) -> Iterable[str]:
    if only is not None:
        return sorted(f"{code}-{kind}" for kind, codes in only.items() for code in codes if len(code) == 13)
    return merge(*(map(f"{{}}-{kind}".format, book.codes) for kind, book in src.books.items()))


def _view(
    src: Source, book: Book, kind: ContestKind, row: StationContest, facts: _Facts, wide: _Wide
) -> model.StationView:
    statements = [s for s in facts.statements.get(row.pk, ()) if s.generation == row.generation]
    others, photos = facts.others.get(row.pk, []), facts.photos.get(row.pk, [])
    readings = facts.readings.get(row.pk, [])
    told = (photos, readings, facts.statements.get(row.pk, ()), others, wide.of(row))
    cut = src.stamp(book.last_of(row.station_id))
    objections, newest = load_papers.of(src).objections.of_station(src, row.station_id, row.contest_id)
    return model.StationView(
        kind=kind,
        contest_title=book.contest.title,
        code=row.station_id,
        name=f"TPS {row.station_id[-3:]}",
        trail=src.trail(row.station_id),
        pairs=book.pairs,
        standing=Standing(row.standing),
        cut=cut,
        written=_written(statements),
        verified=row.verified.figures() if row.verified else None,
        decided=row.decided.figures() if row.decided else None,
        generation=row.generation,
        generation_kind=_generation_kind(others, row.generation),
        replaced=tuple(_replaced(others, row.generation)),
        official=src.official(book.contest),
        findings=tuple(_findings(row, book.contest.columns)),
        photos=tuple(_photos(photos, readings)),
        agreement=_agreement(row, statements, readings),
        history=tuple(history.events(chain.from_iterable(told), row, facts.index, src.evidence)),
        also=tuple(k for k, other in src.books.items() if k is not kind and other.place(row.station_id) is not None),
        objections=objections,
        told=max(cut, src.stamp(newest), key=lambda cut: cut.number) if objections else cut,
    )


def _written(statements: list[Statement]) -> dict[str, int | None] | None:
    """What the station's own committee stated, latest value per field."""
    own = [s.figures.figures() for s in statements if s.role == Role.KPPS]
    return {name: value for figures in own for name, value in figures.items()} if own else None


def _generation_kind(others: list[Any], number: int) -> str:
    found = [g for g in others if isinstance(g, Generation) and g.generation == number]
    return found[-1].kind if found else "Reguler"


def _replaced(others: list[Any], current: int) -> Iterator[model.Replaced]:
    """What every earlier generation last counted. Few stations have one, so their figures are fetched one by one."""
    for number in range(1, current):
        said = [f.figures for f in others if f.generation == number and getattr(f, "figures_id", None) is not None]
        if said:
            yield model.Replaced(number, _generation_kind(others, number), said[-1].figures())


def _findings(row: StationContest, columns: int) -> Iterator[model.Finding]:
    if not row.findings:
        return
    current: FigureSet | None = row.decided or row.verified
    known = {f.code: f for f in (check(current.figures(), columns) if current else ())}
    for code in row.findings:
        finding = known.get(code)
        said = [describe(finding, "public", lang) if finding else title(code, lang) for lang in ("id", "en")]
        yield model.Finding(code, RULE_BY_CODE[code].severity.value, Text(*said), finding.fields if finding else ())


def _agreement(
    row: StationContest, statements: list[Statement], readings: list[PhotoReading]
) -> model.Agreement | None:
    """The machine against what people read from the same paper; None when there is only one of them."""
    people = row.verified.figures() if row.verified else _written(statements)
    seen = seen_fields([reading for reading in readings if reading.generation == row.generation])
    if people is None or not seen:
        return None
    both = [name for name in people if name in seen]
    legible = [name for name in both if seen[name].legible]
    return model.Agreement(
        same=tuple(name for name in legible if seen[name].value == people[name]),
        differs=tuple(name for name in legible if seen[name].value != people[name]),
        doubtful=tuple(name for name in both if not seen[name].legible),
    )


def _photos(photos: list[Photo], readings: list[PhotoReading]) -> Iterator[model.Photo]:
    by_photo, seen = latest(readings), seen_fields(readings)
    for photo in photos:
        reading = by_photo.get(photo.pk)
        yield model.Photo(
            pages=page_numbers(photo.pages),
            sha256=photo.sha256,
            path=paths.photo_path(photo.sha256, EXTENSION[photo.media_type]),
            received_at=photo.at,
            generation=photo.generation,
            seen=photo_seen(reading, seen) if reading else None,
        )
