"""Filled circles: how dark each printed bubble is, and what a column of ten says about its digit."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from sirekap.paper.layout import Circle
from sirekap.reading import plane

DIGITS = 10
NOT_FILLED, SEVERAL = 10, 11
"""Outcomes of a column after its ten digits: no circle filled; two or more filled."""

_INNER = np.array([(r * np.cos(a), r * np.sin(a)) for r in (0.15, 0.4, 0.62) for a in np.arange(12) * np.pi / 6])
_RING = np.array([(1.3 * np.cos(a), 1.3 * np.sin(a)) for a in np.arange(24) * np.pi / 12])
_FULL_INK = 0.75
_FAINTEST = 0.16
_SECOND = 0.45
_EMPTY_SPREAD, _LEAST_SPREAD = 0.045, 0.02


def darkness(
    grey: NDArray[np.uint8], homography: NDArray[np.float64], columns: Sequence[Sequence[Circle]]
) -> NDArray[np.float32]:
    """Darkness (boxes, 10) of every circle: 0 as light as its column's empty circles, 1 a full dark fill.

    ``homography`` (3, 3) maps mm on the page to pixels of ``grey``. A circle's inside is set against the paper around
    it, so shadows cancel, and against the median of its column, so the printed numeral and the outline cancel too.
    """
    circles = [circle for column in columns for circle in column]
    if not circles:
        return np.zeros((0, DIGITS), np.float32)
    centre = np.array([(c.x, c.y) for c in circles])[:, None, :]
    radius = np.array([c.r for c in circles])[:, None, None]
    offsets = np.vstack([_INNER, _RING])[None]
    points = plane.project(homography, (centre + radius * offsets).reshape(-1, 2)).astype(np.float32)
    maps = points.reshape(len(circles), -1, 2)
    seen = cv2.remap(
        grey,
        np.ascontiguousarray(maps[..., 0]),
        np.ascontiguousarray(maps[..., 1]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float64)
    inside, ring = seen[:, : len(_INNER)].mean(axis=1), seen[:, len(_INNER) :]
    paper = np.percentile(ring, 70, axis=1).reshape(len(columns), -1)
    ink = (paper - inside.reshape(paper.shape)) / np.maximum(_FULL_INK * paper, 20.0)
    rest = np.median(ink, axis=1, keepdims=True)
    out: NDArray[np.float32] = np.clip((ink - rest) / np.maximum(1.0 - rest, 0.3), 0.0, 1.0).astype(np.float32)
    return out


def bubble_log_likelihood(dark: ArrayLike) -> NDArray[np.float64]:
    """Log-likelihood (boxes, 12) of a column's darkness (boxes, 10) for digits 0..9, no fill, and several fills.

    Empty circles lie near 0, as near as the rest of their column, with a tail for spill and shadow; a filled one
    anywhere from a light tick or cross to full ink. So a faint mark beside clean circles is neither plainly filled nor
    plainly empty. A second circle counts as filled only when it is about as dark as the darkest: beside it, spill is
    spill.
    """
    d = np.clip(np.asarray(dark, np.float64).reshape(-1, DIGITS), 0.0, 1.0)
    spread = _spread(d)
    empty = _log_empty(d, spread)
    odds = _log_filled(d, _FAINTEST) - empty
    darkest, second = np.sort(d, axis=1)[:, [-1, -2]].T
    another = _log_filled(second, np.maximum(_FAINTEST, _SECOND * darkest)) - _log_empty(second, spread[:, 0])
    pair = odds.max(axis=1) + another
    out = np.empty((len(d), DIGITS + 2))
    out[:, :DIGITS] = odds + np.log(0.985 / DIGITS)
    out[:, NOT_FILLED] = np.log(0.3)
    out[:, SEVERAL] = pair + np.log(0.003)
    return out


def _spread(d: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far from 0 the empty circles of each column lie (n, 1), by all but its two darkest."""
    rest = np.sort(d, axis=1)[:, :-2]
    found = _LEAST_SPREAD + 2.0 * np.sqrt((rest**2).mean(axis=1, keepdims=True))
    return np.asarray(np.minimum(found, _EMPTY_SPREAD))


def _log_empty(d: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    near = np.exp(-0.5 * (d / spread) ** 2) / spread * 0.8
    tail = 0.02 * np.exp(-d / 0.12) / 0.12
    return np.asarray(np.log(near + tail + 1e-5))


def _log_filled(d: NDArray[np.float64], faintest: ArrayLike) -> NDArray[np.float64]:
    rise = 1.0 / (1.0 + np.exp(-(d - np.asarray(faintest)) / 0.025))
    return np.asarray(np.log(rise * 1.15 + 1e-6))
