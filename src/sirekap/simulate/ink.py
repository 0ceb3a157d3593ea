"""A layer of ink over a page: strokes and glyphs in millimetres, laid over the print like a pen's colour."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import Rect
from sirekap.simulate.letters import Points

Bytes = NDArray[Any]
"""uint8 pixels; cv2 does not say so in its types."""
Colour = tuple[int, int, int]
"""Blue, green, red of full ink, 0..255."""
SHIFT = 4
"""Bits of a pixel that line ends are given in."""


@dataclass
class Ink:
    """What the pen leaves on a page of ``width`` x ``height`` mm at ``scale`` pixels a millimetre."""

    width: float
    height: float
    scale: float
    layer: Bytes = field(init=False)

    def __post_init__(self) -> None:
        shape = round(self.height * self.scale), round(self.width * self.scale)
        self.layer = np.zeros(shape, np.uint8)

    def draw(self, strokes: Sequence[Points], width: float, dark: float = 1.0) -> None:
        """Lines along ``strokes`` (each (n, 2) in mm) with a pen ``width`` mm wide."""
        unit = self.scale * (1 << SHIFT)
        lines = [np.rint((stroke * unit) - (1 << SHIFT) / 2).astype(np.int32) for stroke in strokes]
        thick = max(1, round(width * self.scale))
        cv2.polylines(self.layer, lines, False, int(255 * dark), thick, cv2.LINE_AA, SHIFT)

    def fill(self, outline: Points, dark: float = 1.0) -> None:
        """The inside of a closed outline (mm) inked."""
        unit = self.scale * (1 << SHIFT)
        points = np.rint(outline * unit - (1 << SHIFT) / 2).astype(np.int32)
        cv2.fillPoly(self.layer, [points], int(255 * dark), cv2.LINE_AA, SHIFT)

    def stamp(self, glyph: NDArray[Any], matrix: NDArray[np.float64], around: Rect) -> None:
        """A glyph (h, w) of 0..1 put where ``matrix`` (2, 3; glyph pixels to mm) says; seen only inside ``around``."""
        left, top = max(int(around.x * self.scale), 0), max(int(around.y * self.scale), 0)
        right = min(int(np.ceil(around.right * self.scale)), self.layer.shape[1])
        bottom = min(int(np.ceil(around.bottom * self.scale)), self.layer.shape[0])
        if right <= left or bottom <= top:
            return
        pixels = matrix * self.scale
        pixels[:, 2] -= (left, top)
        patch = cv2.warpAffine(glyph, pixels, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        inked = np.rint(np.clip(patch, 0, 1) * 255).astype(np.uint8)
        place = self.layer[top:bottom, left:right]
        np.maximum(place, inked, out=place)

    def over(self, page: Bytes, colour: Colour, seed: int) -> Bytes:
        """The grey ``page`` (h, w) with this ink on it, as (h, w, 3) in blue, green, red."""
        if page.shape != self.layer.shape:
            raise ValueError(f"page {page.shape} and ink {self.layer.shape} differ in size")
        soft = cv2.GaussianBlur(self.layer, (0, 0), 0.055 * self.scale)
        worn = cv2.multiply(soft, _grain(self.layer.shape, seed % 4), scale=1 / 255)
        levels = np.arange(256, dtype=np.float64) / 255
        parts = []
        for full in colour:
            keeps = np.rint(255 - levels * (255 - full)).astype(np.uint8)
            parts.append(cv2.multiply(page, cv2.LUT(worn, keeps), scale=1 / 255))
        out: Bytes = cv2.merge(parts)
        return out


@functools.lru_cache(maxsize=16)
def _grain(shape: tuple[int, int], seed: int) -> Bytes:
    """How evenly a ball pen inks: 0.8..1 in small patches."""
    rng = np.random.default_rng((77, seed))
    small = rng.integers(150, 256, (shape[0] // 3 + 1, shape[1] // 3 + 1), np.uint8)
    wide = cv2.GaussianBlur(rng.integers(0, 256, (shape[0] // 24 + 1, shape[1] // 24 + 1), np.uint8), (0, 0), 1.0)
    size = shape[1], shape[0]
    fine = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    broad = cv2.resize(wide, size, interpolation=cv2.INTER_LINEAR)
    out: Bytes = np.clip(0.3 * fine.astype(np.float32) + 0.12 * broad + 158, 0, 255).astype(np.uint8)
    return out


def circle(x: float, y: float, radius: float, steps: int = 20) -> Points:
    """A closed round outline."""
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


def shaken(rng: np.random.Generator, points: Points, amount: float) -> Points:
    """``points`` drawn by a hand: a slow wander of about ``amount`` along the stroke."""
    wander = rng.normal(0, 1, (len(points), 2)).cumsum(axis=0)
    steps = np.arange(len(points), dtype=np.float64)[:, None] / max(len(points) - 1, 1)
    bridge = wander - steps * wander[-1] - (1 - steps) * wander[0]
    out: Points = points + bridge * (amount / np.sqrt(len(points))) + rng.normal(0, amount * 0.5, 2)
    return out
