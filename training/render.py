"""The first renderer: one digit box as the reader crops it from a phone's photograph, with its class.

    python training/render.py --data DIR --set train --count 300000 --seed 1 --out FILE.npz

A second renderer, written without reading this one, tests the reader (``bench/``).
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import glyphs
import overdone
import strokes
from camera import photograph
from filling import Box, centre_of, digit_glyph, size_of
from glyphs import Hands
from sheet import Noise, Pen, inked
from spoiled import other

from sirekap.reading.result import BLANK, DASH, STRUCK

Rng = np.random.Generator
Floats = NDArray[np.float32]
SHARES = {"digit": 0.7, "blank": 0.06, "struck": 0.06, "dash": 0.05, "other": 0.13}
OVERDONE_SHARES = {"digit": 0.48, "blank": 0.03, "struck": 0.04, "dash": 0.03, "overdone": 0.42}
"""For the second pass of training: spoilt boxes that are less plainly so (`overdone`), and digits beside them."""
TRACED, AS_SCANNED = 0.13, 0.12
"""Shares of digits in the traced seven-segment hand, and of real glyphs with their strokes as they were scanned."""


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
    thickest = 0.22 * min(high * s.height, 1.3 * wide * s.width)
    box.pen = dataclasses.replace(box.pen, width=min(box.pen.width, thickest))
    glyph = digit_glyph(rng, hands, label)
    if glyph.image is not None and rng.random() < AS_SCANNED:
        box.put(glyphs.scanned(glyph.image), centre_of(rng, high), (wide, high), half=glyphs.SCANNED)
    else:
        box.put(glyph.distance, centre_of(rng, high), (wide, high))
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


MAKERS: dict[str, Callable[[Box, Hands], int]] = {
    "digit": digit,
    "blank": blank,
    "struck": struck,
    "dash": dash,
    "other": other,
    "overdone": overdone.other,
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
    rng: Rng,
    noise: Noise,
    hands: Hands,
    what: str | None = None,
    hard: float | None = None,
    shares: Mapping[str, float] = SHARES,
) -> tuple[NDArray[np.uint8], int]:
    """One crop (40, 40) and its class; ``hard`` 0..1, or mixed when None; ``what``: its kind, else by ``shares``."""
    box = Box(rng, noise)
    kind = what or str(rng.choice(list(shares), p=list(shares.values())))
    label = MAKERS[kind](box, hands)
    if hard is None:
        hard = float(rng.random() ** 2 * 0.5) if rng.random() < 0.7 else float(rng.random())
    page = _dirt(box, box.sheet.reflectance.astype(np.float32) / 255, hands)
    ink = box.ink
    if rng.random() < 0.22:
        box.ink = np.zeros_like(ink)
        spill(box, hands)
        ink = np.maximum(ink, box.ink)
    page = inked(rng, noise, page, ink, box.pen)
    return photograph(rng, noise, page, box.sheet, hard), label


def batch(
    seed: int, hands: Hands, count: int, hard: float | None = None, shares: Mapping[str, float] = SHARES
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Crops (n, 40, 40) and classes (n,)."""
    rng = np.random.default_rng(seed)
    noise = Noise(rng)
    images, labels = np.empty((count, 40, 40), np.uint8), np.empty(count, np.uint8)
    for number in range(count):
        images[number], labels[number] = one(rng, noise, hands, hard=hard, shares=shares)
    return images, labels


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", choices=("train", "validation", "calibration"), required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--hard", type=float, default=None)
    parser.add_argument("--overdone", action="store_true", help="many spoilt boxes, the less plain kinds (`overdone`)")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    hands = glyphs.load(options.data, options.set, options.data)
    shares = OVERDONE_SHARES if options.overdone else SHARES
    images, labels = batch(options.seed, hands, options.count, options.hard, shares)
    np.savez(options.out, images=images, labels=labels)


if __name__ == "__main__":
    main()
