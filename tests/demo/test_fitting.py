"""The numeric tools that make random figures add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.demo.fitting import apportion, scale_capped, whole_table

WEIGHTS = st.lists(st.floats(0.01, 1000), min_size=1, max_size=30)


@settings(max_examples=60)
@given(weights=WEIGHTS, total=st.integers(0, 10**6))
def test_apportion_sums_and_stays_within_one(weights: list[float], total: int) -> None:
    w = np.array(weights)
    out = apportion(w, total)
    assert int(out.sum()) == total
    assert float(np.abs(out - w * total / w.sum()).max()) < 1.0001


def test_scale_capped_reaches_the_total_below_the_caps() -> None:
    out = scale_capped(np.array([10.0, 10.0, 10.0]), 60.0, np.array([12.0, 50.0, 50.0]))
    assert np.allclose(out, [12.0, 24.0, 24.0])


def test_scale_capped_impossible_total_is_refused() -> None:
    with pytest.raises(ValueError, match="caps sum to 4"):
        scale_capped(np.array([1.0, 1.0]), 5.0, np.array([2.0, 2.0]))


def test_whole_table_keeps_columns_exact_and_rows_near() -> None:
    rng = np.random.default_rng(5)
    rows, columns = np.full(40, 30.0), np.array([200, 400, 600])
    out = whole_table(rng.uniform(1, 9, (40, 3)), rows, columns)
    assert out.sum(axis=0).tolist() == [200, 400, 600]
    assert float(np.abs(out.sum(axis=1) - rows).max()) <= 2.5
