"""More of the class "other", for the second pass of training: what a surely read digit must not be.

The first pass knows spoilt digits that are plainly spoilt. Here less of the damage shows, as long as a person still
sees two figures or a stroke that belongs to neither: digits gone over by another with one to three passes of the pen,
1s among them, short and wavy strokes through a digit, coils that are nearly an 0.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np
import spoiled
import strokes
from filling import Box, centre_of, digit_glyph, size_of
from glyphs import Hands
from numpy.typing import NDArray

from sirekap.reading.result import OTHER

Rng = np.random.Generator
Floats = NDArray[np.float32]
LEAST_SHOWN = 0.2
"""Least share of either digit's ink that the other leaves free; less looks like one digit."""
MOST_HIDDEN = 0.6
_NEAR = np.ones((5, 5), np.uint8)


def shown(ink: Floats, other: Floats) -> float:
    """Share of ``ink`` further than two pixels of the canvas from ``other``."""
    return float((ink * (cv2.dilate(other, _NEAR) < 0.3)).sum() / max(float(ink.sum()), 1.0))


def gone_over(box: Box, hands: Hands) -> int:
    """A digit made into another by the same writer, in one to three passes of the pen."""
    rng = box.rng
    while True:
        first, second = (int(n) for n in rng.choice(10, 2, replace=False))
        writer = hands.any_writer(rng)
        below, above = hands.draw(rng, writer, first), hands.draw(rng, writer, second)
        if below is None or above is None:
            continue
        if rng.random() < 0.15:
            below, above = strokes.drawn(rng, first), strokes.drawn(rng, second)
        kept = box.ink
        wide, high = size_of(rng, box.sheet)
        at = centre_of(rng, high)
        lower = box.put(below.distance, at, (wide, high))
        bolder = dataclasses.replace(box.pen, width=box.pen.width * rng.uniform(0.9, 2.0))
        middle = np.array(at) + rng.normal(0, 0.06, 2)
        size = np.array([wide, high]) * rng.uniform(0.8, 1.2, 2)
        upper = np.zeros_like(lower)
        for _ in range(int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))):
            again = middle + rng.normal(0, 0.015, 2)
            upper = np.maximum(upper, box.put(above.distance, (again[0], again[1]), (size[0], size[1]), bolder))
        if min(shown(lower, upper), shown(upper, lower)) > LEAST_SHOWN:
            return OTHER
        box.ink = kept


def _stroke(rng: Rng) -> NDArray[np.float64]:
    """One stroke through the unit box's middle, at any angle, straight, bent or wavy."""
    angle, half = rng.uniform(0, np.pi), rng.uniform(0.45, 0.85)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    t = np.linspace(-1, 1, 9 if rng.random() < 0.3 else 3)
    wave = rng.uniform(0.03, 0.12) * np.sin(np.arange(len(t)) * np.pi / 2 * rng.choice([1, 2]) + rng.uniform(0, 6))
    middle = 0.5 + rng.normal(0, 0.1, 2)
    return np.asarray(middle + half * t[:, None] * along + wave[:, None] * across)


def struck_through(box: Box, hands: Hands) -> int:
    """A digit with one to four strokes or an X through it; one stroke through 0, 4 or 7 may be a way to write them."""
    rng = box.rng
    empty = box.ink
    while True:
        label = int(rng.integers(10))
        wide, high = size_of(rng, box.sheet)
        at = np.array(centre_of(rng, high))
        below = box.put(digit_glyph(rng, hands, label).distance, (at[0], at[1]), (wide, high))
        extent = np.array([max(0.3, wide * 0.75), high]) * rng.uniform(0.65, 1.2)
        count = int(rng.choice([1, 2, 3, 4], p=[0.4, 0.3, 0.2, 0.1]))
        if (count < 3 and label == 1) or (count == 1 and label in (0, 4, 7)):
            count = 3 if label == 1 else 2
        box.ink = empty
        if count == 2 and rng.random() < 0.5:
            found = strokes.cross(rng)
        elif count == 1:
            found = [_stroke(rng)]
        else:
            first = _stroke(rng)
            found = [first + k * rng.normal(0, 0.16, 2) for k in range(count)]
        bolder = dataclasses.replace(box.pen, width=box.pen.width * rng.uniform(0.8, 1.6))
        for stroke in found:
            box.line(at + (strokes.curve(stroke, 5) - 0.5) * extent, bolder)
        above = box.ink
        box.ink = np.maximum(above, below)
        free = shown(above, below)
        hidden = float((below * (above > 0.5)).sum() / max(float(below.sum()), 1.0))
        if hidden < MOST_HIDDEN and free > 0.4:
            return OTHER
        box.ink = empty


def coiled(box: Box, hands: Hands) -> int:
    """Ellipses drawn round and round that wander, as one blots a figure out; never one clean ring."""
    rng = box.rng
    turns = rng.uniform(3, 7)
    t = np.linspace(0, 2 * np.pi * turns, int(14 * turns))
    share = t / t[-1]
    inner = rng.uniform(0.0, 0.4)
    radius = 1 - (1 - inner) * share + rng.normal(0, 0.05, len(t))
    drift = rng.normal(0, 0.35, 2) * share[:, None]
    extent = np.array([rng.uniform(0.2, 0.42), rng.uniform(0.25, 0.45)])
    points = np.stack([np.cos(t), np.sin(t)], 1) * radius[:, None] + drift
    box.line(0.5 + rng.normal(0, 0.06, 2) + points * extent)
    if rng.random() < 0.4:
        wide, high = size_of(rng, box.sheet)
        box.put(digit_glyph(rng, hands, int(rng.integers(10))).distance, (0.5, 0.5), (wide, high))
    return OTHER


OTHERS: tuple[tuple[Callable[[Box, Hands], int], float], ...] = (
    (gone_over, 0.4),
    (struck_through, 0.28),
    (coiled, 0.07),
    (spoiled.other, 0.25),
)


def other(box: Box, hands: Hands) -> int:
    """Anything that is not one clean digit, an X, a dash or nothing; the less plain kinds of it above all."""
    makers = [maker for maker, _ in OTHERS]
    return makers[int(box.rng.choice(len(makers), p=[share for _, share in OTHERS]))](box, hands)
