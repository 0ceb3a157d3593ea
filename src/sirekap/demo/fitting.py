"""Small numeric tools that make random figures add up exactly. Arrays in, arrays out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def apportion(weights: Floats, total: int) -> Ints:
    """Integers proportional to ``weights`` (>= 0) that sum to ``total``, by largest remainder."""
    exact = weights * (total / weights.sum())
    out: Ints = np.floor(exact).astype(np.int64)
    short = int(total - out.sum())
    if short:
        out[np.argsort(out - exact, kind="stable")[:short]] += 1
    return out


def scale_capped(values: Floats, total: float, caps: Floats) -> Floats:
    """Scale ``values`` by one factor to sum to ``total``, none above its cap. ValueError if the caps forbid it."""
    if caps.sum() < total:
        raise ValueError(f"caps sum to {caps.sum():.0f}, less than {total:.0f}")
    out = np.minimum(values, caps)
    for _ in range(200):
        gap = total - float(out.sum())
        if abs(gap) < 1e-6:
            break
        free = out < caps if gap > 0 else np.ones(len(out), bool)
        out[free] *= 1 + gap / float(out[free].sum())
        out = np.minimum(out, caps)
    return out


def rake(table: Floats, rows: Floats, columns: Floats) -> Floats:
    """Scale a positive table to the given row and column sums (iterative proportional fitting)."""
    out = table.copy()
    for _ in range(40):
        out *= (rows / out.sum(axis=1))[:, None]
        out *= columns / out.sum(axis=0)
    return out


def whole_table(table: Floats, rows: Floats, columns: Ints) -> Ints:
    """Whole numbers with exactly the given column sums; row sums within about two of ``rows``."""
    raked = rake(table, rows, columns.astype(np.float64))
    return np.column_stack([apportion(raked[:, j], int(columns[j])) for j in range(len(columns))])
