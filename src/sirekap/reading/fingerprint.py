"""A 64-bit fingerprint of what was written on a registered page, to find the same sheet filed twice.

Sheets of one form are printed alike, so the fingerprint looks only where people write: boxes, tally cells and words,
each against the page's own average of its kind. It is the sign of 64 fixed random projections (SimHash).
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import Rect
from sirekap.reading.registration import Registration

BITS = 64
GRID = 4
"""Cells a side that a place of writing is averaged to."""
FINE = 4
"""Samples a side that a cell is averaged from."""
WORDS = 24
"""Columns that the space for an amount in words is averaged to."""


def fingerprint(grey: NDArray[np.uint8], found: Registration) -> int:
    """The fingerprint (1 .. 2^64-1) of a registered page, or 0 when it has nothing to compare."""
    features = [
        _ink(grey, found, [box for place in found.page.fields for box in place.digits], GRID, GRID, 2.0),
        _ink(grey, found, [cell for place in found.page.fields for cell in place.tally], 2, 2, 1.0),
        _ink(grey, found, [place.words for place in found.page.fields if place.words], WORDS, 1, 1.0),
    ]
    vector = np.concatenate(features)
    if not len(vector) or float(np.abs(vector).max()) < 1e-6:
        return 0
    signs = _planes(len(vector)) @ vector > 0
    return int(sum(1 << n for n, sign in enumerate(signs) if sign)) or 1


def _ink(
    grey: NDArray[np.uint8], found: Registration, places: list[Rect], across: int, down: int, weight: float
) -> NDArray[np.float64]:
    """Ink of each place on a small grid, less the average of all places, flat and of length ``weight``."""
    if len(places) < 2:
        return np.empty(0)
    cells = _cells(grey, found, places, across, down)
    left = (cells - cells.mean(axis=0)).reshape(-1)
    length = float(np.linalg.norm(left))
    return np.asarray(weight * left / max(length, 1e-6))


def _cells(
    grey: NDArray[np.uint8], found: Registration, places: list[Rect], across: int, down: int
) -> NDArray[np.float64]:
    """Ink (n, down, across), 0..1, of the inner part of each place."""
    u, v = ((np.arange(count * FINE) + 0.5) / (count * FINE) for count in (across, down))
    inner = np.array([(r.x, r.y, r.w, r.h) for r in (place.grown(-0.08) for place in places)])
    shape = (len(places), len(v), len(u))
    x = np.broadcast_to((inner[:, :1] + inner[:, 2:3] * u)[:, None, :], shape)
    y = np.broadcast_to((inner[:, 1:2] + inner[:, 3:] * v)[:, :, None], shape)
    at = found.mapping.pixels(np.column_stack([x.ravel(), y.ravel()])).astype(np.float32)
    maps = [np.ascontiguousarray(at[:, i].reshape(-1, len(u))) for i in (0, 1)]
    seen = cv2.remap(grey, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lit = seen.reshape(shape).astype(np.float64)
    paper = np.maximum(np.percentile(lit, 85, axis=(1, 2), keepdims=True), 20.0)
    ink = np.clip((paper - lit) / paper, 0, 1)
    coarse = ink.reshape(len(places), down, FINE, across, FINE).mean(axis=(2, 4))
    return _softened(coarse) if min(across, down) > 2 else np.asarray(coarse)


def _softened(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ink spread over neighbouring cells, so that half a cell of displacement changes few bits."""
    for axis in (1, 2):
        padded = np.pad(cells, [(1, 1) if n == axis else (0, 0) for n in range(3)], mode="edge")
        count = cells.shape[axis]
        before, after = padded.take(range(count), axis), padded.take(range(2, count + 2), axis)
        cells = 0.6 * cells + 0.2 * (before + after)
    return cells


@functools.lru_cache(maxsize=32)
def _planes(length: int) -> NDArray[np.float64]:
    """64 fixed directions (64, length). PCG64 and its normal variates are part of numpy's compatibility promise."""
    return np.random.Generator(np.random.PCG64(20240214 + length)).choice([-1.0, 1.0], (BITS, length))
