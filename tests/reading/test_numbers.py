"""Spellings of a figure, and what circles and words add."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading.evidence import bubbles as dark_circles

from sirekap.reading import numbers, thresholds
from sirekap.reading.bubbles import bubble_log_likelihood
from sirekap.reading.numbers import ALL_BLANK, ALL_STRUCK, FIGURES, OUTCOMES, UNREADABLE
from sirekap.reading.result import CLASSES

_CLASS = {**{str(d): d for d in range(10)}, "_": 10, "X": 11, "-": 12, "?": 13}


def _sure(text: str) -> np.ndarray:
    p = np.zeros((len(text), len(CLASSES)))
    p[range(len(text)), [_CLASS[c] for c in text]] = 1.0
    return p


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("145", 145),
        ("045", 45),
        ("X45", 45),
        ("-45", 45),
        ("_45", 45),
        ("XX5", 5),
        ("X-5", 5),
        ("_X5", 5),
        ("X05", 5),
        ("000", 0),
        ("XX0", 0),
        ("--0", 0),
        ("__0", 0),
        ("X00", 0),
        ("___", ALL_BLANK),
        ("XXX", ALL_STRUCK),
        ("---", ALL_STRUCK),
        ("XX_", ALL_STRUCK),
        ("1_2", UNREADABLE),
        ("0_2", UNREADABLE),
        ("12_", UNREADABLE),
        ("1X2", UNREADABLE),
        ("5__", UNREADABLE),
        ("1?5", UNREADABLE),
        ("???", UNREADABLE),
        ("7", 7),
        ("_", ALL_BLANK),
        ("42", 42),
        ("X145", 145),
        ("0145", 145),
        ("1145", UNREADABLE),
    ],
)
def test_spelling_means(text: str, outcome: int) -> None:
    found = numbers.outcomes(_sure(text))
    assert found.argmax() == outcome
    assert found[outcome] == pytest.approx(1.0)
    assert numbers.written_text(_sure(text)) == text


def test_outcomes_add_up_every_spelling() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(len(CLASSES)), 3)
    want = np.zeros(OUTCOMES)
    for classes in itertools.product(range(len(CLASSES)), repeat=3):
        text = "".join("0123456789_X-?"[c] for c in classes)
        want[_meaning(text)] += p[range(3), classes].prod()
    np.testing.assert_allclose(numbers.outcomes(p), want, atol=1e-12)


def _meaning(text: str) -> int:
    digits = text.lstrip("_X-")
    if not digits:
        return ALL_BLANK if text == "___" else ALL_STRUCK
    return int(digits) if digits.isdigit() else UNREADABLE


@given(seed=st.integers(0, 2**32), boxes=st.integers(1, 5))
def test_outcomes_sum_to_one(seed: int, boxes: int) -> None:
    p = np.random.default_rng(seed).dirichlet(np.full(len(CLASSES), 0.1), boxes)
    found = numbers.outcomes(p)
    assert found.sum() == pytest.approx(1.0)
    assert found.min() >= 0.0


def test_softened_never_rules_anything_out_and_survives_infinities() -> None:
    log_p = np.full((2, len(CLASSES)), -np.inf)
    log_p[:, 3] = 0.0
    p = numbers.softened(log_p, 0.014)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    assert p.min() == pytest.approx(0.001)
    assert np.isfinite(numbers.softened(np.full((1, 14), np.nan), 0.01)).all()


@pytest.mark.parametrize("figure", [0, 7, 40, 145, 305, 999])
def test_filled_circles_say_the_figure(figure: int) -> None:
    rng = np.random.default_rng(figure)
    log_bubbles = bubble_log_likelihood(dark_circles(rng, figure))
    fit = numbers.bubble_outcomes(log_bubbles)
    assert fit is not None
    assert fit[:FIGURES].argmax() == figure
    channel = numbers.bubbles_channel(log_bubbles, fit)
    assert (channel.value, channel.text) == (figure, f"{figure:3d}".replace(" ", "_"))
    assert channel.confidence > 0.9


def test_leading_zero_circles_are_as_good_as_none() -> None:
    dark = np.zeros((3, 10))
    dark[0, 0] = dark[1, 4] = dark[2, 5] = 0.8
    fit = numbers.bubble_outcomes(bubble_log_likelihood(dark))
    assert fit is not None
    assert fit[:FIGURES].argmax() == 45


def test_circles_left_empty_say_nothing() -> None:
    log_bubbles = bubble_log_likelihood(np.full((3, 10), 0.01))
    assert numbers.bubble_outcomes(log_bubbles) is None
    assert numbers.bubbles_channel(log_bubbles, None) == numbers.Channel(None, 0.0, "___")


def test_two_filled_circles_in_a_column_are_no_figure() -> None:
    dark = np.zeros((3, 10))
    dark[1, 4] = dark[2, 5] = dark[2, 6] = 0.8
    log_bubbles = bubble_log_likelihood(dark)
    channel = numbers.bubbles_channel(log_bubbles, numbers.bubble_outcomes(log_bubbles))
    assert (channel.value, channel.text) == (None, "_4?")
    assert channel.confidence < 0.5


def test_bubbles_settle_a_doubtful_digit() -> None:
    p = 0.5 * _sure("145") + 0.5 * _sure("195")
    dark = np.zeros((3, 10))
    dark[0, 1] = dark[1, 9] = dark[2, 5] = 0.7
    both = numbers.combined(numbers.outcomes(p), numbers.bubble_outcomes(bubble_log_likelihood(dark)))
    assert both.argmax() == 195
    assert both[195] > 0.98


def test_words_settle_a_doubtful_digit_but_never_alone() -> None:
    p = 0.5 * _sure("145") + 0.5 * _sure("195")
    both = numbers.combined(numbers.outcomes(p), numbers.words_outcomes({195: 0.9, 145: 0.05}, 0.97))
    assert both.argmax() == 195
    wrong = numbers.combined(
        numbers.outcomes(numbers.softened(np.log(_sure("145") + 1e-9), 0.001)), numbers.words_outcomes({777: 1.0}, 0.97)
    )
    assert wrong.argmax() == 145
    assert numbers.words_channel({}) == numbers.Channel(None, 0.0)


@pytest.mark.parametrize(("text", "columns"), [("00_", (0, 0, None)), ("_4_", (None, 4, None))])
def test_a_last_column_without_a_circle_is_no_clear_zero(text: str, columns: tuple[int | None, ...]) -> None:
    dark = np.zeros((3, 10))
    for column, digit in enumerate(columns):
        if digit is not None:
            dark[column, digit] = 0.5
    log_bubbles = bubble_log_likelihood(dark)
    channel = numbers.bubbles_channel(log_bubbles, numbers.bubble_outcomes(log_bubbles))
    assert channel.text == text
    assert channel.confidence < thresholds.load().bubbles_readable
