"""Shares with their uncertainty, and calibration error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054
"""Of the normal distribution, two-sided 95 %."""


def wilson(hits: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval (1927) for a share; (0, 1) without trials."""
    if not trials:
        return 0.0, 1.0
    share, square = hits / trials, z * z / trials
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * math.sqrt(share * (1 - share) / trials + square / (4 * trials))
    return max(middle - half, 0.0) if hits else 0.0, min(middle + half, 1.0) if hits < trials else 1.0


def upper(hits: int, trials: int, level: float = 0.95) -> float:
    """One-sided exact upper bound (Clopper and Pearson 1934): where so few hits have a chance of 1 - ``level``."""
    if hits >= trials:
        return 1.0
    low, high = hits / trials, 1.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(hits, trials, middle) > 1 - level else (low, middle)
    return (low + high) / 2


def _at_most(hits: int, trials: int, share: float) -> float:
    if share <= 0:
        return 1.0
    logs = [
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(share) + (trials - k) * math.log1p(-share)
        for k in range(hits + 1)
    ]  # fmt: skip
    return math.fsum(math.exp(value) for value in logs)


def rate(name: str, hits: int, trials: int) -> dict[str, Any]:
    """``name``, ``name_n`` and ``name_ci``; the share is None without trials."""
    hits, trials = int(hits), int(trials)
    low, high = wilson(hits, trials)
    share = round(hits / trials, 6) if trials else None
    return {name: share, f"{name}_n": trials, f"{name}_ci": [round(low, 6), round(high, 6)]}


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 15) -> float | None:
    """Expected calibration error (Guo et al. 2017) in ``bins`` equal steps of confidence; None without data."""
    if not len(confidence):
        return None
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidence[place == number].mean()) - float(right[place == number].mean())) * (place == number).mean()
        for number in np.unique(place)
    ]
    return round(float(sum(gaps)), 6)


def by_group(right: Sequence[int], trials: Sequence[int], seed: int = 0, rounds: int = 2000) -> list[float]:
    """95 % interval of a share by drawing whole groups (writers) again, for figures that come in clusters."""
    hits, counts = np.asarray(right, float), np.asarray(trials, float)
    if not counts.sum():
        return [0.0, 1.0]
    drawn = np.random.default_rng(seed).integers(0, len(hits), (rounds, len(hits)))
    shares = hits[drawn].sum(axis=1) / np.maximum(counts[drawn].sum(axis=1), 1)
    return [round(float(value), 6) for value in np.percentile(shares, [2.5, 97.5])]
