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
SOFT = 0.6
"""Cells that ink is spread over, so that half a cell of displacement changes few bits."""
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
    cells = np.stack([_cells(grey, found, rect, across, down) for rect in places])
    left = (cells - cells.mean(axis=0)).reshape(-1)
    length = float(np.linalg.norm(left))
    return np.asarray(weight * left / max(length, 1e-6))


def _cells(grey: NDArray[np.uint8], found: Registration, rect: Rect, across: int, down: int) -> NDArray[np.float64]:
    inner = rect.grown(-0.08)
    fine = 6
    size = (across * fine, down * fine)
    scale = np.array([[inner.w / size[0], 0, inner.x], [0, inner.h / size[1], inner.y], [0, 0, 1.0]])
    middle = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    matrix = found.mapping.local(rect.centre) @ scale @ middle
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpPerspective(grey, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE).astype(np.float64)
    paper = max(float(np.percentile(patch, 85)), 20.0)
    ink = np.clip((paper - patch) / paper, 0, 1)
    coarse = ink.reshape(down, fine, across, fine).mean(axis=(1, 3))
    return np.asarray(
        cv2.GaussianBlur(coarse, (0, 0), SOFT, borderType=cv2.BORDER_REFLECT) if min(coarse.shape) > 2 else coarse
    )


@functools.lru_cache(maxsize=32)
def _planes(length: int) -> NDArray[np.float64]:
    """64 fixed directions (64, length). PCG64 and its normal variates are part of numpy's compatibility promise."""
    return np.random.Generator(np.random.PCG64(20240214 + length)).choice([-1.0, 1.0], (BITS, length))
