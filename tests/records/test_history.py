"""What the facts said at every earlier size of the ledger is what that ledger, replayed, says."""

from __future__ import annotations

from typing import Any

from support import story
from support.databases import Node, using

from sirekap.records import history
from sirekap.records.journal import replay
from sirekap.records.models import Entry, StationContest

COLUMNS = ("closed", "generation", "pages", "read", "confirmed", "verified_id", "decided_id", "ratified_tier")
SEEN = (*COLUMNS, "determined", "standing", "counted_id", "findings", "open_fields")


def _seen(state: Any) -> tuple[Any, ...]:
    return tuple(getattr(state, name) for name in SEEN)


def test_states_at_every_size_are_those_of_the_ledger_replayed_so_far(empty: str, local: Node) -> None:
    story.tell(local.small, local.store)
    entries = [bytes(c) for c in Entry.objects.order_by("leaf__index").values_list("content", flat=True)]
    wanted = []
    with using(empty):
        for content in entries:
            replay(content)
            wanted.append({row.pk: _seen(row) for row in StationContest.objects.all()})
    rows = list(StationContest.objects.values_list("pk", flat=True))
    sizes = range(1, len(entries) + 1)
    found: list[dict[str, Any]] = [{} for _ in sizes]
    for row, states in history.states(rows, list(sizes)):
        for place, state in enumerate(states):
            if state is not None:
                found[place][row.pk] = _seen(state)
    assert [(n + 1, found[n]) for n in range(len(entries)) if found[n] != wanted[n]] == []


def test_touched_rows_are_all_that_moved(local: Node) -> None:
    story.tell(local.small, local.store)
    total = Entry.objects.count()
    rows = list(StationContest.objects.order_by("pk").values_list("pk", flat=True))
    for since in range(1, total, 7):
        touched = set(history.touched_since(since))
        moved = {row.pk for row, (old, new) in history.states(rows, (since, total)) if old != new}
        assert (since, moved - touched) == (since, set())
    assert history.touched_since(total) == []
