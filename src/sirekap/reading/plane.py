"""Small plane geometry: homographies from millimetres on the page to pixels of a photograph."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def project(homography: Floats, points: ArrayLike) -> Floats:
    """Points (n, 2) through ``homography`` (3, 3)."""
    xy = np.asarray(points, np.float64).reshape(-1, 2)
    mapped = xy @ homography[:, :2].T + homography[:, 2]
    w = mapped[:, 2:]
    return np.asarray(mapped[:, :2] / np.where(np.abs(w) < 1e-12, 1e-12, w))


def fit(source: ArrayLike, target: ArrayLike, weights: ArrayLike | None = None) -> Floats | None:
    """The least-squares homography of at least four pairs of points, or None when they do not span one.

    Both sides are centred and scaled first; ``weights`` (n,) multiply the residuals.
    """
    src, dst = (np.asarray(side, np.float64).reshape(-1, 2) for side in (source, target))
    if len(src) < 4:
        return None
    from_unit, unit = _unit(src), _unit(dst)
    a, b = project(from_unit, src), project(unit, dst)
    w = np.ones(len(src)) if weights is None else np.asarray(weights, np.float64)
    rows = np.zeros((2 * len(src), 9))
    x, y, u, v = a[:, 0], a[:, 1], b[:, 0], b[:, 1]
    one = np.ones_like(x)
    rows[0::2] = np.column_stack([x, y, one, 0 * x, 0 * x, 0 * x, -u * x, -u * y, -u]) * w[:, None]
    rows[1::2] = np.column_stack([0 * x, 0 * x, 0 * x, x, y, one, -v * x, -v * y, -v]) * w[:, None]
    _, vectors = np.linalg.eigh(rows.T @ rows)
    found = np.linalg.inv(unit) @ vectors[:, 0].reshape(3, 3) @ from_unit
    if not np.isfinite(found).all() or abs(found[2, 2]) < 1e-12:
        return None
    return np.asarray(found / found[2, 2])


def _unit(points: Floats) -> Floats:
    centre = points.mean(axis=0)
    spread = float(np.abs(points - centre).mean()) or 1.0
    return np.array([[1 / spread, 0, -centre[0] / spread], [0, 1 / spread, -centre[1] / spread], [0, 0, 1.0]])


def scale_at(homography: Floats, points: ArrayLike) -> Floats:
    """Pixels per millimetre at each of ``points`` (n, 2): the root of the local area ratio."""
    xy = np.asarray(points, np.float64).reshape(-1, 2)
    h = homography
    w = xy @ h[2, :2] + h[2, 2]
    return np.asarray(np.sqrt(np.abs(np.linalg.det(h)) / np.maximum(np.abs(w) ** 3, 1e-18)))


def scaled(homography: Floats, factor: float) -> Floats:
    """The same homography for a photograph resized by ``factor``; pixel centres stay pixel centres."""
    shift = (factor - 1) / 2
    return np.array([[factor, 0, shift], [0, factor, shift], [0, 0, 1.0]]) @ homography


def sane(homography: Floats, width: float, height: float) -> bool:
    """Whether the page (mm) maps to a convex quadrilateral that keeps its handedness and is not a sliver."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    w = corners @ homography[2, :2] + homography[2, 2]
    if not np.isfinite(homography).all() or (w <= 1e-9).any():
        return False
    quad = project(homography, corners)
    side = np.roll(quad, -1, axis=0) - quad
    turn = side[:, 0] * np.roll(side, -1, axis=0)[:, 1] - side[:, 1] * np.roll(side, -1, axis=0)[:, 0]
    lengths = np.hypot(side[:, 0], side[:, 1])
    return bool((turn > 0).all() and lengths.min() > 0.25 * lengths.max())


def shrink(grey: NDArray[np.uint8], longest: int) -> tuple[NDArray[np.uint8], float]:
    """``grey`` with its long side at most ``longest`` pixels, and the factor it was multiplied by."""
    factor = longest / max(grey.shape)
    if factor >= 1:
        return grey, 1.0
    size = (round(grey.shape[1] * factor), round(grey.shape[0] * factor))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), factor


def halved(grey: NDArray[np.uint8], least: int) -> tuple[NDArray[np.uint8], float]:
    """``grey`` divided by the largest whole number that keeps its long side at least ``least``: the fast way."""
    step = max(grey.shape) // least
    if step < 2:
        return grey, 1.0
    height, width = (side - side % step for side in grey.shape)
    whole = grey[:height, :width]
    small = cv2.resize(whole, (width // step, height // step), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), 1 / step
