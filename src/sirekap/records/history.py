"""What a row's standing and figures were at an earlier size of the ledger, from the facts alone.

The same derivation as `rebuilding`, over the facts whose entries that ledger holds. Nothing is remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sirekap.records.models import (
    ContestReopened,
    Correction,
    Determination,
    Generation,
    ItemDecision,
    ItemReopened,
    Leaf,
    Photo,
    PhotoReading,
    SessionEvent,
    Statement,
    StationChange,
    StationContest,
    Verification,
)
from sirekap.records.pending import kinds_since
from sirekap.records.ranges import within
from sirekap.records.rebuilding import Derived, RowFacts, derive

CHUNK = 400
"""Rows looked at together."""
_COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Photo: ("pages",),
    PhotoReading: ("complete",),
    Statement: ("role", "open_fields"),
    Verification: ("figures_id", "findings"),
    Generation: (),
    ItemDecision: ("decision", "tier", "figures_id", "findings", "session_id"),
    Correction: ("tier", "figures_id", "findings", "session_id"),
    ItemReopened: ("session_id",),
}
"""Facts of a row and the columns that its derivation reads."""


def seqs_since(size: int) -> list[int]:
    """Sequence numbers of the entries that a ledger of ``size`` entries lacks, those without a leaf yet included."""
    return sorted(kinds_since(size))


def touched_since(size: int) -> list[str]:
    """Primary keys of the rows, closed ones too, that any entry after a ledger of ``size`` entries speaks of."""
    found: set[str] = set()
    for seqs in _chunks(seqs_since(size)):
        for model in _COLUMNS:
            found.update(model.objects.filter(entry_id__in=seqs).order_by().values_list("row_id", flat=True))
        stations = StationChange.objects.filter(entry_id__in=seqs).values_list("station_id", flat=True)
        for some in _chunks(sorted(set(stations))):
            found.update(StationContest.objects.filter(station_id__in=some).values_list("pk", flat=True))
        for event in SessionEvent.objects.filter(entry_id__in=seqs, event="closed").select_related("session"):
            covered = StationContest.objects.filter(within("pk", event.session.region_id))
            found.update(covered.filter(contest_id__in=event.session.contests).values_list("pk", flat=True))
        wide = [m.objects.filter(entry_id__in=seqs) for m in (Determination, ContestReopened)]
        for contest in {fact.contest_id for some in wide for fact in some}:
            found.update(StationContest.objects.filter(contest_id=contest).values_list("pk", flat=True))
    return sorted(found)


def states(pks: Sequence[str], sizes: Sequence[int]) -> Iterator[tuple[StationContest, tuple[Derived | None, ...]]]:
    """Each row with what the facts said of it at each ledger size; ``None`` before the station was opened."""
    yield from _states(pks, sizes, _indexes)


def states_after(
    pks: Sequence[str], seqs: Sequence[int]
) -> Iterator[tuple[StationContest, tuple[Derived | None, ...]]]:
    """The same right after each of these entries of this database, named by sequence number."""
    yield from _states(pks, [seq + 1 for seq in seqs], _numbers)


def _states(
    pks: Sequence[str], sizes: Sequence[int], numbered: Callable[[Iterable[Any]], dict[int, int]]
) -> Iterator[tuple[StationContest, tuple[Derived | None, ...]]]:
    closings = list(SessionEvent.objects.filter(event="closed").select_related("session"))
    determinations, reopenings = list(Determination.objects.all()), list(ContestReopened.objects.all())
    wide = numbered([*closings, *determinations, *reopenings])
    for some in _chunks(pks):
        rows = list(StationContest.objects.filter(pk__in=some).select_related("contest").order_by("pk"))
        facts = _load([row.pk for row in rows], [row.station_id for row in rows])
        index = numbered(facts) | wide
        worlds = [_world(facts, closings, determinations, reopenings, index, size) for size in sizes]
        for row in rows:
            yield row, tuple(derive(row, world) if world.changes.get(row.station_id) else None for world in worlds)


def _load(pks: list[str], stations: list[str]) -> list[Any]:
    facts: list[Any] = []
    for model, columns in _COLUMNS.items():
        shared = ("row_id", "generation", "entry_id")
        facts += model.objects.filter(row_id__in=pks).only(*shared, *columns)
    facts += StationChange.objects.filter(station_id__in=stations)
    return facts


def _numbers(facts: Iterable[Any]) -> dict[int, int]:
    """Entry -> its own number in this database."""
    return {fact.entry_id: fact.entry_id for fact in facts}


def _indexes(facts: Iterable[Any]) -> dict[int, int]:
    """Entry -> its place in the ledger, for entries that have one."""
    out: dict[int, int] = {}
    for seqs in _chunks(sorted({fact.entry_id for fact in facts})):
        out.update(Leaf.objects.filter(entry_id__in=seqs).values_list("entry_id", "index"))
    return out


def _world(
    facts: list[Any],
    closings: list[SessionEvent],
    determinations: list[Determination],
    reopenings: list[ContestReopened],
    index: dict[int, int],
    size: int,
) -> RowFacts:
    """The facts that a ledger of ``size`` entries holds."""
    by_row: dict[str, list[Any]] = defaultdict(list)
    changes: dict[str, list[StationChange]] = defaultdict(list)
    for fact in facts:
        if index.get(fact.entry_id, size) < size:
            if isinstance(fact, StationChange):
                changes[fact.station_id].append(fact)
            else:
                by_row[fact.row_id].append(fact)
    closed = [(event.session, event.entry_id) for event in closings if index.get(event.entry_id, size) < size]
    decided = [fact for fact in determinations if index.get(fact.entry_id, size) < size]
    reopened = [fact for fact in reopenings if index.get(fact.entry_id, size) < size]
    return RowFacts(by_row, changes, closed, decided, reopened)


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
