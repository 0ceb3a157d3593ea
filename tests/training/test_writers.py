"""Nobody is tested on a hand that was trained on."""

from itertools import combinations
from pathlib import Path

import fetch
import numpy as np
import pytest
import writers

HANDS = Path(__file__).parents[2] / "src" / "sirekap" / "simulate" / "data" / "hands.npz"


def test_sets_of_writers_are_pairwise_disjoint() -> None:
    sets = writers.committed()
    assert {name: len(members) for name, members in sets.items()} == {
        "train": 439,
        "validation": 40,
        "calibration": 60,
        "test": 297,
    }
    assert [pair for pair in combinations(writers.SETS, 2) if sets[pair[0]] & sets[pair[1]]] == []


def test_committed_split_is_the_seeded_split_of_the_real_writers() -> None:
    if not (fetch.EXTRA / "mnist_writers.u16le.xz").exists():
        pytest.skip("the writer ids beside the repository (../shared/data/digits) are absent")
    ids = fetch.writer_ids()
    assert len(ids) == 70000
    assert writers.split(ids[:60000], ids[60000:]) == {
        name: sorted(members) for name, members in writers.committed().items()
    }


def test_hands_of_the_demo_are_validation_writers_only() -> None:
    found = np.load(HANDS)
    assert found["glyphs"].shape == (len(found["labels"]), 28, 28)
    assert frozenset(int(writer) for writer in np.unique(found["writers"])) == writers.committed()["validation"]
    assert sorted(np.unique(found["labels"]).tolist()) == list(range(10))
    assert HANDS.stat().st_size <= 1_000_000
