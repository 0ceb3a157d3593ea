"""What is in a box but is no clean digit, X or dash: the class "other"."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np
import strokes
from filling import Box, centre_of, digit_glyph, size_of
from glyphs import Hands
from numpy.typing import NDArray

from sirekap.reading.result import OTHER

Rng = np.random.Generator


def _through(rng: Rng, kind: int) -> list[NDArray[np.float64]]:
    """Strokes that cross out the unit box."""
    if kind == 0:
        y = rng.uniform(0.3, 0.7)
        return [np.array([[-0.25, y + rng.normal(0, 0.08)], [1.25, y + rng.normal(0, 0.08)]])]
    if kind == 1:
        ends = np.array([[-0.15, 1.1], [1.15, -0.1]]) + rng.normal(0, 0.08, (2, 2))
        return [ends if rng.random() < 0.5 else ends * [1, -1] + [0, 1]]
    if kind == 2:
        first = _through(rng, int(rng.integers(2)))[0]
        return [
            first + k * np.array([rng.normal(0, 0.03), rng.uniform(0.1, 0.22)]) for k in range(int(rng.integers(2, 5)))
        ]
    if kind == 3:
        return [(stroke - 0.5) * 1.25 + 0.5 for stroke in strokes.cross(rng)]
    if kind == 4:
        return [(stroke - 0.5) * 1.15 + 0.5 for stroke in strokes.zigzag(rng, int(rng.integers(4, 8)))]
    return [(stroke - 0.5) * 1.05 + 0.5 for stroke in strokes.zigzag(rng, int(rng.integers(9, 18)))]


def crossed_out(box: Box, hands: Hands) -> int:
    """A digit struck through, by the hand that wrote it; enough of the digit shows that it is no mere stroke or X."""
    rng = box.rng
    empty = box.ink
    while True:
        label = int(rng.integers(10))
        wide, high = size_of(rng, box.sheet)
        at = centre_of(rng, high)
        below = box.put(digit_glyph(rng, hands, label).distance, at, (wide, high))
        single = (0, 1) if label not in (0, 1, 7) else ()
        kind = int(rng.choice([*single, *single, 2, 2, 3, 3, 4, 5]))
        extent = np.array([max(0.3, wide * 0.7), high * 0.95])
        bolder = dataclasses.replace(
            box.pen, width=box.pen.width * (rng.uniform(0.8, 1.7) if rng.random() < 0.3 else 1)
        )
        box.ink = empty
        for stroke in _through(rng, kind):
            points = strokes.curve(stroke, 5) if len(stroke) == 2 and rng.random() < 0.5 else stroke
            box.line(np.array(at) + (points - 0.5) * extent, bolder)
        hidden = float((below * (box.ink > 0.5)).sum() / max(below.sum(), 1))
        box.ink = np.maximum(box.ink, below)
        if kind == 5 or hidden < 0.55:
            return OTHER
        box.ink = empty


def overwritten(box: Box, hands: Hands) -> int:
    """One digit written over another by the same writer, where both still show; a 1 is lost in any other digit."""
    rng = box.rng
    while True:
        first, second = (int(n) for n in rng.choice([0, 2, 3, 4, 5, 6, 7, 8, 9], 2, replace=False))
        writer = hands.any_writer(rng)
        below, above = hands.draw(rng, writer, first), hands.draw(rng, writer, second)
        if below is None or above is None:
            continue
        if rng.random() < 0.15:
            below, above = strokes.drawn(rng, first), strokes.drawn(rng, second)
        assert below.writer == above.writer
        kept = box.ink
        wide, high = size_of(rng, box.sheet)
        at = centre_of(rng, high)
        lower = box.put(below.distance, at, (wide, high))
        bolder = dataclasses.replace(box.pen, width=box.pen.width * rng.uniform(0.9, 1.8))
        moved = at[0] + rng.normal(0, 0.05), at[1] + rng.normal(0, 0.05)
        upper = box.put(above.distance, moved, (wide * rng.uniform(0.85, 1.2), high * rng.uniform(0.85, 1.2)), bolder)
        reach = np.ones((5, 5), np.uint8)
        only_lower = (lower * (cv2.dilate(upper, reach) < 0.3)).sum() / max(lower.sum(), 1)
        only_upper = (upper * (cv2.dilate(lower, reach) < 0.3)).sum() / max(upper.sum(), 1)
        if min(only_lower, only_upper) > 0.33:
            return OTHER
        box.ink = kept


def several(box: Box, hands: Hands) -> int:
    """Two digits in one box, side by side or one above the other; the first may be crossed out."""
    rng = box.rng
    writer = hands.any_writer(rng)
    corrected = rng.random() < 0.5
    beside = rng.random() < 0.75
    spread = 0.2 + 0.08 * rng.random()
    shares = (0.42, 0.62) if beside else (0.5, 0.42)
    for number in (0, 1):
        found = None
        while found is None:
            found = hands.draw(rng, writer, int(rng.integers(10)))
        side = (2 * number - 1) * spread
        at = (
            (0.5 + side + rng.normal(0, 0.03), 0.5 + rng.normal(0, 0.05))
            if beside
            else (0.5 + rng.normal(0, 0.06), 0.5 + side)
        )
        size = (shares[0] * rng.uniform(0.85, 1.15) / 0.8, shares[1] * rng.uniform(0.85, 1.15))
        box.put(found.distance, at, size)
        if number == 0 and corrected:
            for stroke in _through(rng, int(rng.choice([0, 1, 2, 3, 4, 5]))):
                box.line(np.array(at) + (stroke - 0.5) * np.array([max(0.26, size[0] * 0.65), size[1] * 0.9]))
    return OTHER


def scribbled(box: Box, hands: Hands) -> int:
    """A scribble, a blot or a tangle."""
    rng = box.rng
    extent = np.array([0.35 + 0.6 * rng.random(), 0.35 + 0.6 * rng.random()])
    at = 0.5 + rng.normal(0, 0.07, 2)
    kind = rng.random()
    found = strokes.zigzag(rng, int(rng.integers(8, 26))) if kind < 0.45 else strokes.tangle(rng)
    if kind > 0.85:
        found += strokes.zigzag(rng, 12)
    for stroke in found:
        box.line(at + (stroke - 0.5) * extent)
    return OTHER


def foreign(box: Box, hands: Hands) -> int:
    """A letter or a sign, or several loose strokes."""
    rng = box.rng
    wide, high = size_of(rng, box.sheet)
    at = np.array(centre_of(rng, high))
    if rng.random() < 0.75:
        box.put(strokes.picture(strokes.mark(rng), 0.8), (at[0], at[1]), (wide, high))
        return OTHER
    for _ in range(int(rng.integers(3, 6))):
        start = rng.random(2)
        points = np.array([start, start + rng.normal(0, 0.35, 2), start + rng.normal(0, 0.5, 2)])
        box.line(np.clip(strokes.curve(points, 6), -0.15, 1.15))
    return OTHER


OTHERS: tuple[tuple[Callable[[Box, Hands], int], float], ...] = (
    (crossed_out, 0.38),
    (overwritten, 0.24),
    (several, 0.14),
    (scribbled, 0.12),
    (foreign, 0.12),
)


def other(box: Box, hands: Hands) -> int:
    """Anything that is not one clean digit, an X, a dash or nothing."""
    makers = [maker for maker, _ in OTHERS]
    return makers[int(box.rng.choice(len(makers), p=[share for _, share in OTHERS]))](box, hands)
