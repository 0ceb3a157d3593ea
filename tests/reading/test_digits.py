"""The digit net: what it says of boxes that the test draws itself."""

from __future__ import annotations

import json
from importlib import resources

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sirekap.reading import digits
from sirekap.reading.crops import MARGIN, SIDE
from sirekap.reading.result import BLANK, CLASSES, DASH, OTHER, STRUCK

SCALE = 8
LIT = {
    0: "abcdef",
    1: "bc",
    2: "abged",
    3: "abgcd",
    4: "fgbc",
    5: "afgcd",
    6: "afgcde",
    7: "abc",
    8: "abcdefg",
    9: "abcdfg",
}
LINES = {
    "a": ((0, 0), (1, 0)),
    "b": ((1, 0), (1, 0.5)),
    "c": ((1, 0.5), (1, 1)),
    "d": ((0, 1), (1, 1)),
    "e": ((0, 0.5), (0, 1)),
    "f": ((0, 0), (0, 0.5)),
    "g": ((0, 0.5), (1, 0.5)),
}


def box(strokes: list[tuple[tuple[float, float], tuple[float, float]]], ink: int = 60) -> NDArray[np.uint8]:
    """A crop of a printed box with dotted guides; ``strokes`` in shares of the guides' rectangle."""
    side = SIDE * SCALE
    page = np.full((side, side), 205, np.uint8)
    edge = side * MARGIN / (1 + 2 * MARGIN)
    inner = side - 2 * edge
    start, end = round(edge), round(side - edge)
    cv2.rectangle(page, (start, start), (end, end), 90, 8)

    def place(point: tuple[float, float]) -> tuple[int, int]:
        return round(edge + inner * (0.27 + 0.46 * point[0])), round(edge + inner * (0.17 + 0.66 * point[1]))

    for first, last in LINES.values():
        for step in np.linspace(0, 1, 5):
            dot = place((first[0] + step * (last[0] - first[0]), first[1] + step * (last[1] - first[1])))
            cv2.circle(page, dot, 4, 165, -1)
    for first, last in strokes:
        cv2.line(page, place(first), place(last), ink, 17, cv2.LINE_AA)
    soft = cv2.GaussianBlur(page, (0, 0), 5)
    return cv2.resize(soft, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def traced() -> NDArray[np.uint8]:
    return np.stack([box([LINES[name] for name in LIT[digit]]) for digit in range(10)])


def test_digits_traced_on_the_guides_are_read(traced: NDArray[np.uint8]) -> None:
    assert digits.log_probabilities(traced).argmax(axis=1).tolist() == list(range(10))


def test_digits_in_faint_blue_ink_are_read() -> None:
    faint = np.stack([box([LINES[name] for name in LIT[digit]], ink=115) for digit in range(10)])
    assert digits.log_probabilities(faint).argmax(axis=1).tolist() == list(range(10))


def test_blank_box_is_surely_blank_in_any_light() -> None:
    lit = np.stack([(box([]) * share).astype(np.uint8) for share in (1.15, 1.0, 0.75, 0.5)])
    assert (np.exp(digits.log_probabilities(lit)[:, BLANK]) > 0.98).tolist() == [True] * 4


def test_cross_dash_and_crossed_out_digit_are_no_digit() -> None:
    cross = box([((-0.3, -0.1), (1.3, 1.1)), ((1.3, -0.1), (-0.3, 1.1))])
    dash = box([((-0.1, 0.5), (1.1, 0.48))])
    three = [LINES[name] for name in LIT[3]]
    out = box([*three, ((-0.35, -0.1), (1.35, 1.1)), ((1.35, -0.1), (-0.35, 1.1))])
    found = digits.log_probabilities(np.stack([cross, dash, out])).argmax(axis=1).tolist()
    assert found == [STRUCK, DASH, OTHER]


def test_log_probabilities_are_a_distribution_over_the_classes(traced: NDArray[np.uint8]) -> None:
    found = digits.log_probabilities(traced)
    assert found.shape == (10, len(CLASSES))
    assert found.dtype == np.float32
    assert np.allclose(np.exp(found).sum(axis=1), 1, atol=1e-5)


def test_no_boxes_give_no_rows() -> None:
    assert digits.log_probabilities(np.empty((0, SIDE, SIDE), np.uint8)).shape == (0, len(CLASSES))


def test_batches_and_threads_change_nothing(traced: NDArray[np.uint8]) -> None:
    many = np.tile(traced, (27, 1, 1))
    found = digits.log_probabilities(many, threads=2)
    assert np.allclose(found, np.tile(digits.log_probabilities(traced), (27, 1)), atol=1e-3)


def test_model_is_small_and_is_the_one_that_was_calibrated() -> None:
    folder = resources.files("sirekap.reading")
    assert len(folder.joinpath(digits.MODEL).read_bytes()) <= 1_000_000
    thresholds = json.loads(folder.joinpath("data/thresholds.json").read_text())
    assert thresholds["model_sha256"] == digits.model_hash()


@given(st.integers(0, 2**32))
def test_a_little_like_other_is_never_read_with_the_utmost_confidence_and_nothing_else_changes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = rng.normal(0, 4, (50, len(CLASSES))).astype(np.float32)
    plain, raised = (np.exp(digits.calibrated(raw, 1.1, gain, 0.02).astype(np.float64)) for gain in (1.0, 10.0))
    assert np.allclose(raised.sum(axis=1), 1, atol=1e-4)
    assert np.array_equal(plain.argmax(axis=1), raised.argmax(axis=1))
    assert np.allclose(raised[:, OTHER], np.maximum(plain[:, OTHER], np.minimum(10 * plain[:, OTHER], 0.02)), rtol=1e-3)
    kept = [np.delete(found, OTHER, axis=1) for found in (plain, raised)]
    assert np.allclose(
        kept[0] / kept[0].sum(axis=1, keepdims=True), kept[1] / kept[1].sum(axis=1, keepdims=True), atol=1e-4
    )
