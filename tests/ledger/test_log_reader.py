"""A published log read from tiles that lie in a dictionary; a Merkle tree that is not ours agrees with every head."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import verify_consistency, verify_inclusion
from support.logs import ENTRIES, LEAVES, OTHER, publish, reading

from sirekap.ledger import tree
from sirekap.ledger.errors import TreeError
from sirekap.ledger.log_reader import LogFileMissing, PublishedLog


@settings(max_examples=25)
@given(st.lists(st.integers(1, 1400), min_size=1, max_size=6), st.data())
def test_any_growth_reads_back_and_another_implementation_verifies_it(steps: list[int], data: st.DataObject) -> None:
    sizes = sorted(set(steps))
    fetch = reading(publish(*sizes))
    for size in sizes:
        log = PublishedLog(fetch, size)
        assert log.root() == OTHER.get_root(size)
    index = data.draw(st.integers(0, sizes[-1] - 1))
    assert log.entry(index) == ENTRIES[index]
    assert list(log.entries(index)) == ENTRIES[index : sizes[-1]]
    assert log.find(LEAVES[index]) == index
    theirs = OTHER.prove_inclusion(index + 1, sizes[-1])
    assert log.inclusion(index) == theirs.path[1:]
    verify_inclusion(LEAVES[index], log.root(), theirs)
    old = data.draw(st.integers(1, sizes[-1]))
    between = OTHER.prove_consistency(old, sizes[-1])
    verify_consistency(log.root(old), log.root(), between)
    assert tree.verify_consistency(old, sizes[-1], log.root(old), log.root(), log.consistency(old))


def test_reader_with_an_older_head_takes_the_full_tile() -> None:
    fetch = reading(publish(100, 300, 513))
    with pytest.raises(LogFileMissing):
        fetch("tile/0/000.p/100")
    log = PublishedLog(fetch, 100)
    assert (log.root(), list(log.entries())) == (OTHER.get_root(100), ENTRIES[:100])


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/001"])
def test_altered_bundle_or_tile_is_named(path: str) -> None:
    files = publish(600)
    files[path] = files[path][:-1] + bytes((files[path][-1] ^ 1,))
    with pytest.raises(TreeError, match="Entries from 256 on do not match their tree"):
        list(PublishedLog(reading(files), 600).entries())


def test_missing_file_is_named() -> None:
    files = publish(600)
    del files["tile/entries/001"]
    with pytest.raises(LogFileMissing, match=r"has no tile/entries/001"):
        PublishedLog(reading(files), 600).entry(300)


@pytest.mark.parametrize("index", [-1, 600])
def test_entry_outside_the_tree_is_refused(index: int) -> None:
    with pytest.raises(TreeError, match="holds 600 entries"):
        PublishedLog(reading(publish(600)), 600).entry(index)


def test_leaf_that_is_nowhere_is_not_found() -> None:
    assert PublishedLog(reading(publish(600)), 600).find(LEAVES[700]) is None
    assert PublishedLog(reading({}), 0).find(LEAVES[0]) is None
