"""The first renderer: one digit box as the reader crops it from a phone's photograph, with its class.

    python training/render.py --data DIR --set train --count 300000 --seed 1 --out FILE.npz

A second renderer, written without reading this one, tests the reader (``bench/``).
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import glyphs
import strokes
from camera import photograph
from glyphs import SIDE, Glyph, Hands
from sheet import Noise, Pen, Sheet, coverage, inked, pen, placed, sheet

from sirekap.reading.result import BLANK, DASH, OTHER, STRUCK

Rng = np.random.Generator
Floats = NDArray[np.float32]
SHARES = {"digit": 0.66, "blank": 0.06, "struck": 0.065, "dash": 0.055, "other": 0.16}
TRACED, DRAWN, AS_SCANNED = 0.13, 0.17, 0.12
"""Shares of digits in the traced seven-segment hand, in invented hands, and with the strokes as they were scanned; the
rest are real writers' glyphs in one of our pens."""


class Box:
    """One box being filled: the sheet, the pen and the ink so far."""

    def __init__(self, rng: Rng, noise: Noise) -> None:
        self.rng, self.noise = rng, noise
        self.sheet: Sheet = sheet(rng)
        self.pen: Pen = pen(rng)
        self.ink = np.zeros(self.sheet.canvas, np.float32)
        self.slant, self.turn = rng.normal(0, 0.12), rng.normal(0, 0.07)
        self.bend = 1.3 * rng.random() ** 1.5

    def put(
        self,
        distance: NDArray[np.uint8],
        at: tuple[float, float],
        size: tuple[float, float],
        with_pen: Pen | None = None,
        straight: bool = False,
    ) -> Floats:
        """Lay a map: centre ``at`` and ``size`` of its 60-pixel core in shares of the box; gives the new ink alone."""
        s, rng = self.sheet, self.rng
        x_scale, y_scale = size[0] * s.width / 60, size[1] * s.height / 60
        slant, turn = (0.0, 0.0) if straight else (self.slant + rng.normal(0, 0.04), self.turn + rng.normal(0, 0.03))
        forward = np.array([[x_scale, -slant * y_scale], [0, y_scale]])
        forward = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ forward
        back = np.linalg.inv(forward)
        centre = np.array([s.left + at[0] * s.width, s.top + at[1] * s.height])
        matrix = np.column_stack([back, SIDE / 2 - back @ centre]).astype(np.float32)
        found = placed(rng, self.noise, distance, matrix, s.canvas, self.bend * (0.4 if straight else 1.0))
        scale = float(np.sqrt(x_scale * y_scale))
        new = coverage(rng, self.noise, found, scale, with_pen or self.pen)
        self.ink = np.maximum(self.ink, new)
        return new

    def line(self, points: NDArray[np.float64], with_pen: Pen | None = None) -> None:
        """A stroke through points in shares of the box, which may lie outside it."""
        s, width = self.sheet, (with_pen or self.pen).width
        places = points * [s.width, s.height] + [s.left, s.top]
        page = np.zeros(s.canvas, np.uint8)
        cv2.polylines(page, [np.round(places * 16).astype(np.int32)], False, 255, max(1, round(width)), cv2.LINE_AA, 4)
        self.ink = np.maximum(self.ink, page.astype(np.float32) / 255)


def digit_glyph(rng: Rng, hands: Hands, label: int) -> Glyph:
    """A digit of a real writer of the set, or of an invented hand."""
    if rng.random() < DRAWN:
        return strokes.drawn(rng, label)
    while True:
        found = hands.draw(rng, hands.any_writer(rng), label)
        if found is not None:
            return found


def size_of(rng: Rng, s: Sheet) -> tuple[float, float]:
    """Width and height of a glyph in shares of the box: mostly 45 to 85 % high, now and then tiny or too large."""
    high = float(np.clip(rng.normal(0.66, 0.13), 0.34, 1.08))
    wide = high * s.height / s.width * float(np.exp(rng.normal(0.0, 0.17)))
    if rng.random() < 0.15:
        wide *= rng.uniform(0.55, 1.9)
    return float(np.clip(wide, 0.3, 1.5)), high


def centre_of(rng: Rng, high: float) -> tuple[float, float]:
    """Where the glyph's middle lies; large glyphs touch the border."""
    spread = 0.035 + 0.1 * max(0.0, 0.95 - high)
    return 0.5 + rng.normal(0, spread), 0.5 + rng.normal(0, spread)


def digit(box: Box, hands: Hands) -> int:
    """A legible digit."""
    rng, s = box.rng, box.sheet
    label = int(rng.integers(10))
    if rng.random() < TRACED:
        x, y, w, h = s.guides
        loose = np.exp(rng.normal(0, 0.06, 2))
        if box.pen.reflectance > s.guide_grey - 0.15:
            box.pen = dataclasses.replace(box.pen, reflectance=max(0.05, s.guide_grey - 0.2))
        box.turn, box.slant = rng.normal(0, 0.03), rng.normal(0, 0.04)
        found = strokes.picture(strokes.traced(rng, label), w * s.width / (h * s.height))
        high = h * loose[1] if w * s.width <= h * s.height else h * loose[1] * h * s.height / (w * s.width)
        at = x + w / 2 + rng.normal(0, 0.015), y + h / 2 + rng.normal(0, 0.015)
        box.put(found, at, (high * s.height / s.width * loose[0], high))
        return label
    wide, high = size_of(rng, s)
    box.pen = dataclasses.replace(box.pen, width=min(box.pen.width, 0.26 * high * s.height))
    glyph = digit_glyph(rng, hands, label)
    found = glyph.distance
    if glyph.image is not None and rng.random() < AS_SCANNED:
        found = glyphs.scanned(glyph.image, box.pen.width)
    box.put(found, centre_of(rng, high), (wide, high))
    return label


def blank(box: Box, hands: Hands) -> int:
    """Nothing written."""
    return BLANK


def struck(box: Box, hands: Hands) -> int:
    """An X through an unused box."""
    rng = box.rng
    half = np.array([0.22 + 0.42 * rng.random(), 0.24 + 0.42 * rng.random()])
    middle = 0.5 + rng.normal(0, 0.05, 2)
    for stroke in strokes.cross(rng):
        box.line(middle + (stroke - 0.5) * 2 * half)
    return STRUCK


def dash(box: Box, hands: Hands) -> int:
    """A dash in an unused box."""
    rng = box.rng
    wide = 0.25 + 0.85 * rng.random() ** 1.3
    middle = np.array([0.5 + rng.normal(0, 0.06), 0.5 + rng.normal(0, 0.08)])
    for stroke in strokes.dash(rng):
        box.line(middle + (stroke - [0.5, 0]) * wide)
    return DASH


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
    """A digit struck through, by the hand that wrote it."""
    rng = box.rng
    label = int(rng.integers(10))
    wide, high = size_of(rng, box.sheet)
    at = centre_of(rng, high)
    box.put(digit_glyph(rng, hands, label).distance, at, (wide, high))
    single = (0, 1) if label not in (0, 1, 7) else ()
    choices = [*single, *single, 2, 2, 3, 3, 4, 5]
    extent = np.array([max(0.3, wide * 0.7), high * 0.95])
    bolder = box.pen if rng.random() < 0.7 else Pen(box.pen.width * rng.uniform(0.8, 1.7), box.pen.reflectance, 0, 0)
    for stroke in _through(rng, int(rng.choice(choices))):
        points = strokes.curve(stroke, 5) if len(stroke) == 2 and rng.random() < 0.5 else stroke
        box.line(np.array(at) + (points - 0.5) * extent, bolder)
    return OTHER


def overwritten(box: Box, hands: Hands) -> int:
    """One digit written over another by the same writer, where both still show."""
    rng = box.rng
    while True:
        first, second = (int(n) for n in rng.choice(10, 2, replace=False))
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
        bolder = Pen(box.pen.width * rng.uniform(0.9, 1.8), box.pen.reflectance, box.pen.uneven, box.pen.patchy)
        moved = at[0] + rng.normal(0, 0.05), at[1] + rng.normal(0, 0.05)
        upper = box.put(above.distance, moved, (wide * rng.uniform(0.85, 1.2), high * rng.uniform(0.85, 1.2)), bolder)
        reach = np.ones((5, 5), np.uint8)
        only_lower = (lower * (cv2.dilate(upper, reach) < 0.3)).sum() / max(lower.sum(), 1)
        only_upper = (upper * (cv2.dilate(lower, reach) < 0.3)).sum() / max(upper.sum(), 1)
        if only_lower > 0.25 and only_upper > 0.25:
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


MAKERS: dict[str, Callable[[Box, Hands], int]] = {
    "digit": digit,
    "blank": blank,
    "struck": struck,
    "dash": dash,
    "other": other,
}


def spill(box: Box, hands: Hands) -> None:
    """Strokes of the neighbours that reach in: arms of an X, tails and tops of digits; they change no class."""
    rng = box.rng
    for _ in range(int(rng.integers(1, 3))):
        side = int(rng.integers(4))
        away = np.array([(-1, 0), (1, 0), (0, -1), (0, 1)][side]) * (1.05 + 0.2 * rng.random())
        if rng.random() < 0.5:
            half = 0.45 + 0.17 * rng.random()
            for stroke in strokes.cross(rng):
                box.line(_kept_out(0.5 + away + (stroke - 0.5) * 2 * half))
        else:
            start = 0.5 + 0.75 * away / np.abs(away).max() + rng.normal(0, 0.25, 2) * (away == 0)
            reach = -away * (0.15 + 0.13 * rng.random())
            box.line(
                _kept_out(
                    np.array([start, start + reach + rng.normal(0, 0.05, 2), start + reach + rng.normal(0, 0.12, 2)])
                )
            )


def _kept_out(points: NDArray[np.float64], depth: float = 0.15) -> NDArray[np.float64]:
    """Points no deeper inside the box than ``depth``."""
    inside = np.minimum(np.minimum(points, 1 - points).min(axis=1), 0.5)
    keep = inside < depth
    return points[keep] if keep.sum() >= 2 else np.array([[-0.2, -0.2], [-0.2, -0.1]])


def _dirt(box: Box, page: Floats, hands: Hands) -> Floats:
    """Show-through from the back, smudges and specks."""
    rng, noise = box.rng, box.noise
    if rng.random() < 0.12:
        found = hands.maps[int(rng.integers(len(hands.maps)))][:, ::-1]
        kept, box.ink = box.ink, np.zeros_like(box.ink)
        back = box.put(np.ascontiguousarray(found), (rng.random(), rng.random()), (0.8, 0.8), Pen(7, 0.5, 0, 0))
        box.ink = kept
        page = page * (1 - 0.1 * rng.random() * cv2.GaussianBlur(back, (0, 0), 1.5))
    if rng.random() < 0.1:
        at = (int(rng.integers(page.shape[1])), int(rng.integers(page.shape[0])))
        stain = np.zeros(page.shape, np.float32)
        cv2.ellipse(stain, at, (int(rng.integers(4, 14)), int(rng.integers(4, 14))), 0, 0, 360, 1.0, -1)
        page = page * (1 - 0.14 * rng.random() * cv2.GaussianBlur(stain, (0, 0), 2.0))
    for _ in range(int(rng.integers(1, 4)) if rng.random() < 0.15 else 0):
        at = (int(rng.integers(page.shape[1])), int(rng.integers(page.shape[0])))
        cv2.circle(page, at, int(rng.integers(1, 3)), 0.3 + 0.5 * rng.random(), -1, cv2.LINE_AA)
    return page * (1 + 0.008 * noise.cut(rng, "fine", page.shape))


def one(
    rng: Rng, noise: Noise, hands: Hands, what: str | None = None, hard: float | None = None
) -> tuple[NDArray[np.uint8], int]:
    """One crop (40, 40) and its class; ``hard`` 0..1, or mixed when None."""
    box = Box(rng, noise)
    kind = what or str(rng.choice(list(SHARES), p=list(SHARES.values())))
    label = MAKERS[kind](box, hands)
    if hard is None:
        hard = float(rng.random() ** 2 * 0.5) if rng.random() < 0.5 else float(rng.random())
    page = _dirt(box, box.sheet.reflectance.astype(np.float32) / 255, hands)
    ink = box.ink
    if rng.random() < 0.22:
        box.ink = np.zeros_like(ink)
        spill(box, hands)
        ink = np.maximum(ink, box.ink)
    page = inked(rng, noise, page, ink, box.pen)
    return photograph(rng, noise, page, box.sheet, hard), label


def batch(
    seed: int, hands: Hands, count: int, hard: float | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Crops (n, 40, 40) and classes (n,)."""
    rng = np.random.default_rng(seed)
    noise = Noise(rng)
    images, labels = np.empty((count, 40, 40), np.uint8), np.empty(count, np.uint8)
    for number in range(count):
        images[number], labels[number] = one(rng, noise, hands, hard=hard)
    return images, labels


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", choices=("train", "validation", "calibration"), required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--hard", type=float, default=None)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    hands = glyphs.load(options.data, options.set, options.data)
    images, labels = batch(options.seed, hands, options.count, options.hard)
    np.savez(options.out, images=images, labels=labels)


if __name__ == "__main__":
    main()
