"""Whether a photograph was taken of a screen: the screen's grid of pixels, or its beat with the camera's grid.

White paper has no wave of a few camera pixels that goes on from place to place. What the paper lies on may have one
(cloth), so only the page itself is looked at, where nothing is printed. A screen whose pixels are finer than about two
camera pixels, or blurred, is not told from paper.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

PATCH = 96
"""Side in pixels of the places that are looked at, the calmest of the page."""
PATCHES = 7
LOW, HIGH = 0.11, 0.48
"""Frequencies that are looked for, in cycles per pixel."""
RINGS = 12
RATIO = 7.0
"""How far a frequency must stand out from others as fast as it."""
LONE = 1.8
"""How far it must stand out from its surroundings in the spectrum: a printed line is a ridge there, not a point."""
STRENGTH = 0.2
"""Least amplitude of the wave, grey levels."""
AGREE = 4
"""Patches in which it must be seen."""
FIRST = 3
"""When none of so many shows a wave the rest is not looked at."""
SAME = 0.02
"""Cycles per pixel within which two patches show the same wave."""
CALM = 0.12
"""Most unrest of a patch: standard deviation of its cells over their mean."""
CELLS = 8


def is_screen(grey: NDArray[np.uint8], page: NDArray[np.float64] | None) -> bool:
    """Whether most calm places of the page carry one and the same fine wave.

    ``page``: its corners (4, 2) in pixels, or None when it was not found; then the lightest places are taken.
    """
    waves: list[tuple[float, float] | None] = []
    for patch in calm(grey, page):
        waves.append(wave(patch))
        if len(waves) == FIRST and not any(waves):
            return False
    found = np.array([one for one in waves if one is not None]).reshape(-1, 2)
    if len(found) < AGREE:
        return False
    near = np.hypot(*(found[:, None] - found[None]).transpose(2, 0, 1)) < SAME
    return bool(near.sum(axis=1).max() >= AGREE)


def calm(grey: NDArray[np.uint8], page: NDArray[np.float64] | None) -> list[NDArray[np.float32]]:
    """The patches of the page with least print."""
    rows, columns = (side // PATCH for side in grey.shape)
    if rows * columns < PATCHES:
        return []
    whole = grey[: rows * PATCH, : columns * PATCH]
    coarse = cv2.resize(whole, (columns * CELLS, rows * CELLS), interpolation=cv2.INTER_AREA).astype(np.float32)
    tiles = coarse.reshape(rows, CELLS, columns, CELLS)
    level = tiles.mean(axis=(1, 3))
    unrest = tiles.std(axis=(1, 3)) / np.maximum(level, 1)
    usable = (level > 70) & (level < 250) & (unrest < CALM)
    if page is None:
        usable &= level > 0.75 * np.percentile(level, 95)
    else:
        inside = np.zeros((rows * CELLS, columns * CELLS), np.uint8)
        cv2.fillConvexPoly(inside, np.round(page * CELLS / PATCH).astype(np.int32), 1)
        usable &= inside.reshape(rows, CELLS, columns, CELLS).min(axis=(1, 3)) > 0
    order = np.argsort(np.where(usable, unrest, np.inf), axis=None)[:PATCHES]
    spots = [divmod(int(n), columns) for n in order if usable.flat[n]]
    return [
        grey[row * PATCH : (row + 1) * PATCH, column * PATCH : (column + 1) * PATCH].astype(np.float32)
        for row, column in spots
    ]


@functools.cache
def _plan() -> tuple[NDArray[np.float32], NDArray[np.float64], tuple[NDArray[np.intp], ...]]:
    """The window, both frequencies (2, h, w), and the flat indices of each ring of about equal frequency."""
    window = np.outer(np.hanning(PATCH), np.hanning(PATCH)).astype(np.float32)
    fy, fx = np.meshgrid(np.fft.fftfreq(PATCH), np.fft.rfftfreq(PATCH), indexing="ij")
    fast = np.hypot(fy, fx)
    blocks = (np.abs(fx * 8 - np.round(fx * 8)) < 0.1) & (np.abs(fy * 8 - np.round(fy * 8)) < 0.1)  # JPEG's 8 x 8
    band = (fast > LOW) & (fast < HIGH) & ~blocks
    number = ((fast - LOW) / (HIGH - LOW) * RINGS).astype(int)
    rings = tuple(np.nonzero((band & (number == n)).ravel())[0] for n in range(RINGS))
    return window, np.stack([fx, fy]), rings


def wave(patch: NDArray[np.float32]) -> tuple[float, float] | None:
    """The strongest lone frequency (cycles per pixel across and down) of a patch, or None."""
    window, frequencies, rings = _plan()
    power = np.abs(np.fft.rfft2((patch - cv2.GaussianBlur(patch, (0, 0), 8)) * window))
    flat = power.ravel()
    best, at = 0.0, 0
    for ring in rings:
        values = flat[ring]
        strongest = int(values.argmax())
        ratio = float(values[strongest] / max(np.median(values), 1e-6))
        if ratio > best:
            best, at = ratio, int(ring[strongest])
    row, column = divmod(at, power.shape[1])
    amplitude = 2 * float(flat[at]) / float(window.sum())
    if best < RATIO or amplitude < STRENGTH or flat[at] < LONE * _around(power, row, column):
        return None
    return float(frequencies[0, row, column]), float(frequencies[1, row, column])


def _around(power: NDArray[np.float64], row: int, column: int) -> float:
    """The largest value in a ring of 4 to 8 cells around one; rows wrap around."""
    y, x = np.mgrid[-8:9, -8:9]
    ring = (np.hypot(y, x) >= 4) & (np.hypot(y, x) <= 8.5)
    rows, columns = (row + y[ring]) % power.shape[0], column + x[ring]
    inside = (columns >= 0) & (columns < power.shape[1])
    return float(power[rows[inside], columns[inside]].max())
