"""Every entry becomes a leaf exactly once, in whatever order transactions begin and commit."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from support import small_election as se
from support import story
from support.databases import Node

from sirekap.election.roles import Role
from sirekap.ledger.checkpoint import open_checkpoint
from sirekap.ledger.tree import Frontier
from sirekap.records.models import Checkpoint, Entry, Leaf, SequencerState
from sirekap.workflow import people, sequencing

ROW, OTHER = se.rows_of(se.DISTRICTS[0])[:2]


def assert_whole(size: int) -> None:
    """Indexes without gaps, one leaf per entry, state and root those of the leaves."""
    leaves = list(Leaf.objects.order_by("index").values_list("index", "entry_id", "entry__leaf_hash"))
    assert [index for index, _, _ in leaves] == list(range(size))
    assert len({entry for _, entry, _ in leaves}) == size
    frontier = Frontier()
    frontier.append_many(bytes(leaf_hash) for _, _, leaf_hash in leaves)
    state = SequencerState.objects.get(pk=1)
    assert (state.size, state.frontier) == (size, frontier.to_hex())
    checkpoint = Checkpoint.objects.order_by("size").last()
    assert checkpoint is None or checkpoint.size < size or checkpoint.root == frontier.root().hex()


def more_entries(node: Node, count: int) -> None:
    person = people.register_person("Pengganti", node.small.at)
    for _ in range(count):
        people.appoint(node.small.administrator, person, Role.PPS, se.VILLAGES[0], node.small.at)


def photo(node: Node, row: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "photo", {"person": str(node.small.kpps[row[:13]].person), "row": row, "text": row, **more}


@pytest.mark.postgresql
def test_transaction_opened_first_and_committed_last_is_sequenced_once(central: Node) -> None:
    act, arguments = photo(central, ROW, pause=True)
    first = central.start(act, **arguments)
    first.await_ready()
    first.go()
    first.await_file("paused")
    central.together(photo(central, OTHER))
    before = Entry.objects.count()
    result = sequencing.sequence(central.small.at)
    assert result is not None and (result.added, result.size) == (before, before)
    first.commit()
    assert "ok" in first.result()
    late = sequencing.sequence(central.small.at)
    assert late is not None and (late.added, late.size) == (1, before + 1)
    assert sequencing.sequence(central.small.at) == sequencing.Sequenced(0, late.size, late.root)
    last, previous = list(Leaf.objects.order_by("-index").values_list("entry_id", flat=True)[:2])
    assert last < previous
    assert_whole(before + 1)


def test_sequencer_waits_for_the_writer_on_sqlite(local: Node) -> None:
    """One writer: who opened first commits before the sequencer looks, and nobody is missed."""
    act, arguments = photo(local, ROW, pause=True)
    first = local.start(act, **arguments)
    sequencer, second = local.start("sequence"), local.start(*photo(local, OTHER)[:1], **photo(local, OTHER)[1])
    for process in (first, sequencer, second):
        process.await_ready()
    first.go()
    first.await_file("paused")
    sequencer.go()
    second.go()
    first.commit()
    added = sequencer.result()["ok"]
    assert "ok" in first.result() and "ok" in second.result()
    total = Entry.objects.count()
    assert added in (total - 1, total)
    result = sequencing.sequence(local.small.at)
    assert result is not None and (result.added, result.size) == (total - added, total)
    assert_whole(total)


def test_two_sequencers_at_once_give_each_entry_one_leaf(node: Node) -> None:
    more_entries(node, 150)
    total = Entry.objects.count()
    results = node.together(("sequence", {}), ("sequence", {}))
    finished = [r["ok"] for r in results if r["ok"] is not None]
    assert finished
    rest = sequencing.sequence(node.small.at)
    assert rest is not None and rest.size == total
    assert_whole(total)


@contextmanager
def limits() -> Iterator[list[int]]:
    """The most entries that each batch may take."""
    found: list[int] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and 'FROM "records_entry"' in sql and (limit := re.search(r"LIMIT (\d+)$", sql)):
            found.append(int(limit[1]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def test_slow_batches_shrink_to_the_smallest(local: Node) -> None:
    more_entries(local, 100)
    total = Entry.objects.count()
    with limits() as found:
        result = sequencing.sequence(local.small.at, batch_ms=0)
    assert result is not None and result.added == total
    assert found == [50, *[10] * ((total - 50) // 10 + 1)]
    assert_whole(total)


def test_fast_batches_grow_to_the_bound(node: Node) -> None:
    more_entries(node, sequencing.BATCH + 100)
    with limits() as found:
        sequencing.sequence(node.small.at, batch_ms=10**9)
    assert found == [50, sequencing.BATCH, sequencing.BATCH]
    assert_whole(Entry.objects.count())


def test_sequencing_nothing_twice_signs_one_checkpoint(node: Node) -> None:
    first = sequencing.sequence(node.small.at, story.SIGNER)
    again = sequencing.sequence(node.small.at, story.SIGNER)
    assert first is not None and again == sequencing.Sequenced(0, first.size, first.root)
    stored = Checkpoint.objects.get()
    head, _ = open_checkpoint(stored.note.encode(), story.SIGNER.verifier)
    assert (head.size, head.root.hex(), stored.size, stored.root) == (first.size, first.root, first.size, first.root)


def test_pieces_give_the_same_root_as_one_run(local: Node) -> None:
    roots = []
    for _ in range(3):
        more_entries(local, 7)
        result = sequencing.sequence(local.small.at, story.SIGNER)
        assert result is not None
        roots.append((result.size, result.root))
    frontier = Frontier()
    hashes = [bytes(h) for h in Leaf.objects.order_by("index").values_list("entry__leaf_hash", flat=True)]
    found = []
    for (before, _), (size, _) in itertools.pairwise([(0, ""), *roots]):
        frontier.append_many(hashes[before:size])
        found.append((size, frontier.root().hex()))
    assert found == roots
    assert list(Checkpoint.objects.order_by("size").values_list("size", "root")) == roots
