"""From scanned digits to pen strokes: centre lines, and the distance to them divided by the local pressure."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

GRID = 84
"""Side of a stroke field: 28 units (the digit is about 20 high) at three samples a unit."""
UNIT = GRID / 28
FAR = 8.0
"""Distances are cut off here, in units."""

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def fields_of(images: Bytes) -> Floats:
    """(n, side, side) scans, 0 paper to 255 ink, to (n, 84, 84) distances from the centre line in units."""
    if not len(images):
        return np.zeros((0, GRID, GRID), np.float32)
    shapes = np.stack([_shape(image) for image in images])
    lines = thin(shapes)
    return np.stack([_field(shape, line) for shape, line in zip(shapes, lines, strict=True)])


def field_of_lines(lines: list[NDArray[np.float64]], pressure: float = 1.0) -> Floats:
    """The same field for drawn lines: arrays (n, 2) of points in units of the 28-unit square."""
    drawn = np.full((GRID * 2, GRID * 2), 255, np.uint8)
    points = [np.round((line * UNIT * 2) * 16).astype(np.int32) for line in lines if len(line)]
    if not points:
        return np.full((GRID, GRID), FAR, np.float32)
    cv2.polylines(drawn, points, False, 0, 1, cv2.LINE_8, shift=4)
    distance = cv2.distanceTransform(drawn, cv2.DIST_L2, 5)
    small = cv2.resize(distance, (GRID, GRID), interpolation=cv2.INTER_AREA) / (UNIT * 2)
    return np.minimum(small / pressure, FAR).astype(np.float32)


def thin(shapes: Bytes) -> Bytes:
    """One-pixel centre lines (Zhang and Suen 1984) of a stack of 0/1 shapes; connections and holes stay."""
    now = np.pad(shapes.astype(bool), ((0, 0), (1, 1), (1, 1)))
    while True:
        removed = False
        for step in (0, 1):
            gone = _removable(now, step)
            if gone.any():
                now[:, 1:-1, 1:-1] &= ~gone
                removed = True
        if not removed:
            return now[:, 1:-1, 1:-1].astype(np.uint8)


def _removable(now: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
    ring = [
        now[:, 1 + dy : now.shape[1] - 1 + dy, 1 + dx : now.shape[2] - 1 + dx]
        for dy, dx in ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
    ]
    count = np.zeros(ring[0].shape, np.int8)
    turns = np.zeros(ring[0].shape, np.int8)
    for here, following in zip(ring, ring[1:] + ring[:1], strict=True):
        count += here
        turns += ~here & following
    north, east, south, west = ring[0], ring[2], ring[4], ring[6]
    if step == 0:
        sides = ~(north & east & south) & ~(east & south & west)
    else:
        sides = ~(north & east & west) & ~(north & south & west)
    inner: NDArray[np.bool_] = now[:, 1:-1, 1:-1] & (count >= 2) & (count <= 6) & (turns == 1) & sides
    return inner


def _shape(image: Bytes) -> Bytes:
    """Ink of one scan as 0/1 on the grid, cut at the level with most holes among those that keep it as connected.

    A faint scan that falls into crumbs at the middle level is cut lower.
    """
    large = cv2.resize(image, (GRID, GRID), interpolation=cv2.INTER_CUBIC)
    shapes = {level: (large > level).astype(np.uint8) for level in (100, 130, 160, 80, 55, 185)}
    pieces = {level: _pieces(shape) for level, shape in shapes.items()}
    allowed = pieces[100] if pieces[100] <= 2 else min(pieces.values())
    levels = [level for level, shape in shapes.items() if pieces[level] <= allowed and shape.any()]
    best = max(levels, key=lambda level: (_holes(shapes[level]), -abs(level - 110)), default=100)
    return shapes[best]


def _pieces(shape: Bytes) -> int:
    areas = cv2.connectedComponentsWithStats(shape, connectivity=8)[2][1:, cv2.CC_STAT_AREA]
    return int((areas > 12).sum())


def _holes(shape: Bytes) -> int:
    areas = cv2.connectedComponentsWithStats(1 - shape, connectivity=4)[2][1:, cv2.CC_STAT_AREA]
    return int((areas > 5).sum()) - 1


def _field(shape: Bytes, line: Bytes) -> Floats:
    """Distance to the centre line over the local pressure, which is the scan's own stroke width there."""
    inside = cv2.distanceTransform(np.pad(shape, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    distance, label = cv2.distanceTransformWithLabels(
        (1 - line).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    width = np.ones(label.max() + 1, np.float32)
    on = line > 0
    if on.any():
        width[label[on]] = inside[on] / max(float(np.median(inside[on])), 0.5)
    pressure = cv2.GaussianBlur(np.clip(0.55 + 0.45 * width[label], 0.6, 1.35), (0, 0), 2.0)
    smooth = cv2.GaussianBlur(distance, (0, 0), 1.0) - 0.55
    return np.minimum(smooth / pressure / UNIT, FAR).astype(np.float32)
