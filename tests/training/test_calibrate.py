"""Doubt about spoilt boxes is set by counting how many would slip through."""

from __future__ import annotations

import calibrate
import numpy as np
import pytest


def _logits(chance_of_other: float, count: int) -> np.ndarray:
    """Boxes read as a 7 with this chance of "other", the other classes at one in a million each."""
    out = np.full((count, 14), np.log(1e-6), np.float32)
    out[:, 13] = np.log(chance_of_other)
    out[:, 7] = np.log(1 - chance_of_other - 12e-6)
    return out


@pytest.mark.parametrize(("chance", "gain"), [(0.02, 1.0), (0.006, 2.0), (0.0024, 5.0), (0.00055, 20.0)])
def test_gain_is_the_least_that_leaves_no_spoilt_box_sure(chance: float, gain: float) -> None:
    assert calibrate.best_gain(_logits(chance, 2000), 1.0) == gain


def test_one_spoilt_box_in_a_thousand_may_stay_sure() -> None:
    plain = np.concatenate([_logits(1e-7, 2), _logits(0.02, 1998)])
    assert calibrate.best_gain(plain, 1.0) == 1.0
    assert calibrate.best_gain(np.concatenate([plain, _logits(1e-7, 1)]), 1.0) == calibrate.GAINS[-1]
