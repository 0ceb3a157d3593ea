"""Hands come from held-out people only, and habits fill boxes as the sheet allows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.simulate.hand import SIDE, Lead, Source, hands, thinned, writer

SPLIT = json.loads((Path(__file__).parents[2] / "training" / "writers.json").read_text())


def test_hands_are_the_validation_writers_and_no_others() -> None:
    used = set(hands())
    assert used <= set(SPLIT["validation"])
    assert len(used) >= 35
    assert [name for name in ("train", "calibration", "test") if used & set(SPLIT[name])] == []


def test_forms_are_written_by_many_hands_in_every_way() -> None:
    people = [writer(seed) for seed in range(400)]
    assert {p.source for p in people} == set(Source)
    assert {p.lead for p in people} == set(Lead)
    assert {p.number for p in people} == set(hands())


def test_same_seed_is_the_same_writer() -> None:
    assert writer(7) == writer(7)
    assert writer(7) != writer(8)


@given(st.integers(0, 999), st.integers(0, 60), st.integers(0, 2**32))
def test_boxes_say_the_figure_with_any_lead(value: int, seed: int, draw: int) -> None:
    text = writer(seed).text(np.random.default_rng(draw), value, 3)
    assert len(text) == 3
    digits = str(value)
    assert text.endswith(digits)
    assert len(set(text[: 3 - len(digits)])) <= 1
    assert text[: 3 - len(digits)].strip("X-0 ") == ""


def test_figure_without_value_leaves_boxes_blank() -> None:
    assert writer(1).text(np.random.default_rng(1), None, 3) == "   "


def test_figure_too_long_for_its_boxes_is_refused() -> None:
    with pytest.raises(ValueError, match="1000 does not fit 3 boxes"):
        writer(1).text(np.random.default_rng(1), 1000, 3)


def test_thinning_keeps_the_loops_of_an_eight() -> None:
    eight = np.zeros((SIDE, SIDE), np.uint8)
    y, x = np.mgrid[:SIDE, :SIDE]
    for top in (9, 18):
        radius = np.hypot(x - 14, y - top)
        eight[(radius > 2) & (radius < 6)] = 255
    thin = thinned(eight) > 0.5
    import cv2

    number, _ = cv2.connectedComponents((~thin).astype(np.uint8), connectivity=4)
    assert number - 1 == 3
