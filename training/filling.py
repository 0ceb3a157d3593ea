"""One digit box being filled in by one pen."""

from __future__ import annotations

import cv2
import numpy as np
import strokes
from glyphs import SIDE, Glyph, Hands
from numpy.typing import NDArray
from sheet import Noise, Pen, Sheet, coverage, pen, placed, sheet

Rng = np.random.Generator
Floats = NDArray[np.float32]
DRAWN = 0.17
"""Share of glyphs in invented hands; the rest are real writers'."""


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
        half: float | None = None,
    ) -> Floats:
        """Lay a map: centre ``at`` and ``size`` of its 60-pixel core in shares of the box; gives the new ink alone.

        ``half``: ink where the map is below this, instead of half the pen's width.
        """
        s, rng = self.sheet, self.rng
        x_scale, y_scale = size[0] * s.width / 60, size[1] * s.height / 60
        slant, turn = self.slant + rng.normal(0, 0.04), self.turn + rng.normal(0, 0.03)
        forward = np.array([[x_scale, -slant * y_scale], [0, y_scale]])
        forward = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ forward
        back = np.linalg.inv(forward)
        centre = np.array([s.left + at[0] * s.width, s.top + at[1] * s.height])
        matrix = np.column_stack([back, SIDE / 2 - back @ centre]).astype(np.float32)
        found = placed(rng, self.noise, distance, matrix, s.canvas, self.bend)
        scale = float(np.sqrt(x_scale * y_scale))
        new = coverage(rng, self.noise, found, scale, with_pen or self.pen, half)
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
