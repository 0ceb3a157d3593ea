"""Pace and quorum as plain arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.election.conduct import Pace, Quorum, pace, reading_time, recent_start

NOON = datetime(2024, 11, 29, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_pace_steady_reading() -> None:
    done = [at(5 * n) for n in range(1, 13)]
    found = pace(done, 36, [(NOON, at(60))], at(60))
    assert found == Pace(12, 36, Fraction(12), at(180))
    assert (found.left, found.per_hour_text) == (24, "12,0")


def test_pace_leaves_out_the_pause() -> None:
    spans = [(NOON, at(30)), (at(300), at(330))]
    done = [*(at(3 * n) for n in range(1, 11)), *(at(300 + 6 * n) for n in range(1, 6))]
    assert recent_start(spans, at(330)) == NOON
    assert pace(done, 30, spans, at(330)) == Pace(15, 30, Fraction(15), at(390))


def test_pace_follows_the_latest_hour() -> None:
    done = [*(at(n) for n in range(1, 61)), *(at(60 + 6 * n) for n in range(1, 11))]
    assert pace(done, 80, [(NOON, at(120))], at(120)) == Pace(
        70, 80, Fraction(11), at(120) + timedelta(minutes=600 / 11)
    )


@pytest.mark.parametrize(
    ("done", "spans", "expected"),
    [
        ([], [], Pace(0, 3, None, None)),
        ([], [(NOON, at(20))], Pace(0, 3, None, None)),
        ([at(1)], [(NOON, at(200))], Pace(1, 3, Fraction(0), None)),
        ([at(1)] * 3, [(NOON, at(20))], Pace(3, 3, Fraction(9), at(200))),
    ],
    ids=["not begun", "nothing read", "nothing of late", "finished"],
)
def test_pace_without_an_eta_of_its_own(done: list[datetime], spans: list, expected: Pace) -> None:  # type: ignore[type-arg]
    assert pace(done, 3, spans, at(200)) == expected


def test_pace_of_more_than_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 of 1"):
        pace([NOON, NOON], 1, [], NOON)


def test_pace_text() -> None:
    assert [Pace(0, 1, rate, None).per_hour_text for rate in (None, Fraction(25, 2), Fraction(1, 3))] == [
        "–",
        "12,5",
        "0,3",
    ]


def test_quorum_met() -> None:
    assert [Quorum(present, 3).met for present in (2, 3, 5)] == [False, True, True]


@given(st.lists(st.integers(1, 90), min_size=2, max_size=12))
def test_recent_start_holds_an_hour_of_reading_time_or_all_of_it(steps: list[int]) -> None:
    points = [NOON]
    for step in steps:
        points.append(points[-1] + timedelta(minutes=step))
    spans = list(zip(points[::2], points[1::2], strict=False))
    now = points[-1]
    start = recent_start(spans, now)
    assert start is not None
    worked, whole = reading_time(spans, start, now), reading_time(spans, NOON, now)
    assert worked == min(timedelta(hours=1), whole)
