"""Thresholds of whole forms are chosen by counting, within limits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import thresholds as choosing

from sirekap.reading import thresholds


def _sample(**more: object) -> choosing.Sample:
    plain = choosing.Sample(False, False, True, 0.9999, 0.9, 0.01, 0.01, ((0.9999, True),) * 7)
    return dataclasses.replace(plain, **more)


@pytest.mark.parametrize(("wrong", "n", "upper"), [(0, 3838, 0.001), (4, 10_000, 0.00103), (0, 0, 1.0), (5, 5, 1.0)])
def test_wilson_upper_bound(wrong: int, n: int, upper: float) -> None:
    assert choosing.wilson_upper(wrong, n) == pytest.approx(upper, abs=2e-5)


def test_the_widest_thresholds_within_the_limits_are_chosen() -> None:
    good = [_sample(least_own=own) for own in np.linspace(0.35, 1.0, 12_000)]
    silent = [_sample(least_own=0.55, wrong=True)] * 40
    slips = [_sample(slip=True, sound=False)] * 300
    chosen = choosing.choose([*good, *silent, *slips], thresholds.load())
    assert chosen.accept_own == 0.6
    found = choosing.figures_of([*good, *silent, *slips], chosen)
    assert found["silently_wrong"][0] == 0
    assert found["slips_held_back"] == [300, 300]


def test_too_few_forms_give_the_lowest_bound_not_a_reader_that_accepts_nothing() -> None:
    chosen = choosing.choose([_sample(least_own=own) for own in np.linspace(0.35, 1.0, 50)], thresholds.load())
    assert chosen.accept_own == min(choosing.OWN)


def test_a_slip_changes_one_figure() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        figures = choosing.station(rng, 4)
        assert sum(figures[f"votes_{n}"] for n in range(1, 5)) == figures["valid"]
        written = choosing.slipped(rng, figures)
        assert sum(written[name] != figures[name] for name in figures) == 1
        assert all(0 <= figure <= 999 for figure in written.values())
