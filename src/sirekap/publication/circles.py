"""People, not land: regions as circles sized by voters, near where they lie, none over another.

Pure: places and weights in, positions in drawing units out. The same input gives the same bytes.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WIDTH = 360.0
"""Width of the drawing in its own units, about the width of a small phone."""
GAP = 2.5
LEAST_RADIUS = 13.5
"""A circle is a link; smaller than this it could not be hit with a thumb."""
FILLED = 0.42
"""Share of the drawing that the circles cover together."""
_TALLEST, _FLATTEST = 1.15, 0.6
_STEPS = 500
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """A region to draw: its code, how many voters, and where it lies (degrees) if that is known."""

    code: str
    weight: int
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Disc:
    """Where a region is drawn, in drawing units, rounded to a tenth."""

    code: str
    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The discs in the order of the places, the drawing's size, and whether the positions are the regions' own."""

    width: float
    height: float
    discs: tuple[Disc, ...]
    placed: bool


@functools.lru_cache(maxsize=64)
def layout(places: tuple[Place, ...]) -> Layout:
    """Circles whose areas are as the weights, moved apart as little as needed.

    Where any place lacks a position all stand in rows in their order, and ``placed`` says so.
    """
    if not places:
        return Layout(WIDTH, 0.0, (), False)
    placed = all(p.lat is not None and p.lon is not None for p in places)
    home, height = _projected(places) if placed else _rows(len(places))
    radii = _radii(np.array([max(p.weight, 0) for p in places], dtype=np.float64), height)
    at = _apart(home, radii, height)
    low = (at - radii[:, None]).min(axis=0) - GAP
    high = (at + radii[:, None]).max(axis=0) + GAP
    shift = np.array([(WIDTH - high[0] - low[0]) / 2, -low[1]])
    discs = tuple(
        Disc(place.code, round(float(x), 1), round(float(y), 1), round(float(r), 1))
        for place, (x, y), r in zip(places, at + shift, radii, strict=True)
    )
    return Layout(WIDTH, math.ceil(float(high[1] - low[1])), discs, placed)


def _projected(places: tuple[Place, ...]) -> tuple[Points, float]:
    """Positions in drawing units, north up, and the drawing's height; a long shape is pressed a little."""
    degrees = np.array([(p.lon, p.lat) for p in places], dtype=np.float64)
    flat = np.column_stack((degrees[:, 0] * math.cos(math.radians(float(degrees[:, 1].mean()))), -degrees[:, 1]))
    flat -= flat.min(axis=0)
    across, down = (max(float(v), 1e-9) for v in flat.max(axis=0))
    height = WIDTH * min(max(down / across, _FLATTEST), _TALLEST)
    margin = LEAST_RADIUS * 2
    scale = np.array([(WIDTH - 2 * margin) / across, (height - 2 * margin) / down])
    return flat * scale + margin, height


def _rows(count: int) -> tuple[Points, float]:
    columns = max(1, math.ceil(math.sqrt(count * 1.3)))
    step = WIDTH / columns
    grid = [((i % columns + 0.5) * step, (i // columns + 0.5) * step) for i in range(count)]
    return np.array(grid, dtype=np.float64), step * math.ceil(count / columns)


def _radii(weights: Points, height: float) -> Points:
    total = float(weights.sum())
    if total <= 0:
        return np.full(len(weights), LEAST_RADIUS)
    radii = np.sqrt(weights * (WIDTH * height * FILLED / total / math.pi))
    return np.clip(radii, LEAST_RADIUS, WIDTH / 4)


def _apart(home: Points, radii: Points, height: float) -> Points:
    """Positions without overlap: circles are drawn to their place and push each other away.

    The pull fades out, so that the last steps only separate. Circles at the very same place part by their order.
    """
    count = len(home)
    turn = np.arange(count) * 2.399963
    at = home + np.column_stack((np.cos(turn), np.sin(turn))) * 0.01
    reach = radii[:, None] + radii[None, :] + GAP
    np.fill_diagonal(reach, 0.0)
    for step in range(_STEPS * 4):
        pull = max(0.0, 1 - step / _STEPS) * 0.06
        at += (home - at) * pull
        delta = at[:, None, :] - at[None, :, :]
        distance = np.sqrt((delta**2).sum(axis=2)) + 1e-9
        overlap = np.clip(reach - distance, 0.0, None)
        if not pull and float(overlap.max()) < 0.05:
            break
        at += (delta / distance[:, :, None] * overlap[:, :, None]).sum(axis=1) * 0.5
        at[:, 0] = np.clip(at[:, 0], radii + GAP, WIDTH - radii - GAP)
    return at
