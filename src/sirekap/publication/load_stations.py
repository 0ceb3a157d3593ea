"""Station views: figures by stage, findings in words, photographs and the whole history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sirekap.election.contests import ContestKind
from sirekap.election.roles import Role
from sirekap.election.rules import RULE_BY_CODE, describe, title
from sirekap.election.standing import Standing, page_numbers
from sirekap.publication import history, model, paths
from sirekap.publication.load import Book, Source, pairs_of
from sirekap.publication.overlay import photo_seen
from sirekap.publication.texts import Text
from sirekap.records.limits import check
from sirekap.records.models import (
    Correction,
    Determination,
    FigureSet,
    Generation,
    ItemDecision,
    Leaf,
    Photo,
    PhotoReading,
    SessionEvent,
    Statement,
    StationContest,
    Verification,
)
from sirekap.records.ranges import within
from sirekap.records.readings import latest, seen_fields

EXTENSION = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(slots=True)
class _Facts:
    """Facts of one district grouped by row, and ledger indexes by entry."""

    photos: dict[str, list[Photo]]
    readings: dict[str, list[PhotoReading]]
    statements: dict[str, list[Statement]]
    others: dict[str, list[Any]]
    wide: list[Any]
    index: dict[int, int]


def _grouped(facts: Iterable[Any]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = defaultdict(list)
    for fact in facts:
        out[fact.row_id].append(fact)
    return out


def _load(prefix: str) -> _Facts:
    """Facts of a district; sessions and determinations that cover whole regions are shared by its rows."""
    mine = within("row_id", prefix)
    photos = list(Photo.objects.filter(mine).order_by("entry_id"))
    readings = list(PhotoReading.objects.filter(mine).order_by("entry_id"))
    statements = list(Statement.objects.filter(mine).select_related("figures").order_by("entry_id"))
    others: list[Any] = [
        *Verification.objects.filter(mine),
        *ItemDecision.objects.filter(mine),
        *Correction.objects.filter(mine).prefetch_related("fields"),
        *Generation.objects.filter(mine),
    ]
    others.sort(key=lambda fact: fact.entry_id)
    wide: list[Any] = [
        *SessionEvent.objects.filter(event="closed").select_related("session"),
        *Determination.objects.all(),
    ]
    seqs = sorted({fact.entry_id for fact in (*photos, *readings, *statements, *others, *wide)})
    index: dict[int, int] = {}
    for start in range(0, len(seqs), 500):
        index.update(Leaf.objects.filter(entry_id__in=seqs[start : start + 500]).values_list("entry_id", "index"))
    return _Facts(_grouped(photos), _grouped(readings), _grouped(statements), _grouped(others), wide, index)


def villages(
    src: Source, only: Mapping[ContestKind, set[str]] | None = None
) -> Iterator[tuple[tuple[ContestKind, str], list[model.StationView]]]:
    """Station views village by village, in code order; all, or only the station codes named.

    Yields ``((kind, village), views)``; facts are loaded a district at a time.
    """
    districts = sorted({code[:6] for book in src.books.values() for code in book.codes})
    for district in districts:
        wanted = {
            kind: {c for c in codes if len(c) == 13 and c.startswith(district)} for kind, codes in (only or {}).items()
        }
        if only is not None and not any(wanted.values()):
            continue
        found: dict[tuple[ContestKind, str], list[model.StationView]] = defaultdict(list)
        for view in _district(src, district, wanted if only is not None else None):
            found[view.kind, view.code[:10]].append(view)
        yield from found.items()


def _district(src: Source, district: str, only: Mapping[ContestKind, set[str]] | None) -> Iterator[model.StationView]:
    facts = _load(district)
    rows = (
        StationContest.objects.filter(within("pk", district), closed=False)
        .select_related("verified", "decided")
        .order_by("pk")
    )
    for row in rows:
        kind = ContestKind(row.pk.rpartition("-")[2])
        if only is None or row.station_id in only.get(kind, ()):
            yield _view(src, src.books[kind], kind, row, facts)


def _view(src: Source, book: Book, kind: ContestKind, row: StationContest, facts: _Facts) -> model.StationView:
    statements = [s for s in facts.statements[row.pk] if s.generation == row.generation]
    others = facts.others[row.pk]
    return model.StationView(
        kind=kind,
        contest_title=book.contest.title,
        code=row.station_id,
        name=f"TPS {row.station_id[-3:]}",
        trail=src.trail(row.station_id),
        pairs=pairs_of(book.contest),
        standing=Standing(row.standing),
        cut=src.stamp([row.last_seq]),
        written=_written(statements),
        verified=row.verified.figures() if row.verified else None,
        decided=row.decided.figures() if row.decided else None,
        generation=row.generation,
        generation_kind=_generation_kind(others, row.generation),
        official=src.official(book.contest),
        findings=tuple(_findings(row, book.contest.columns)),
        photos=tuple(_photos(facts.photos[row.pk], facts.readings[row.pk])),
        agreement=_agreement(row, statements, facts.readings[row.pk]),
        history=_history(facts, row, src.evidence),
        also=tuple(k for k in src.books if k is not kind),
    )


def _written(statements: list[Statement]) -> dict[str, int | None] | None:
    """What the station's own committee stated, latest value per field."""
    own = [s.figures.figures() for s in statements if s.role == Role.KPPS]
    return {name: value for figures in own for name, value in figures.items()} if own else None


def _generation_kind(others: list[Any], number: int) -> str:
    found = [g for g in others if isinstance(g, Generation) and g.generation == number]
    return found[-1].kind if found else "Reguler"


def _findings(row: StationContest, columns: int) -> Iterator[model.Finding]:
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


def _history(facts: _Facts, row: StationContest, papers: Mapping[str, str]) -> tuple[model.Event, ...]:
    own = (facts.photos[row.pk], facts.readings[row.pk], facts.statements[row.pk], facts.others[row.pk], facts.wide)
    return tuple(history.events((fact for some in own for fact in some), row, facts.index, papers))
