"""One writer per form: whose glyphs, how large and slanted, which pen, and what habit for the boxes in front.

The glyphs are of people that no model of this program was trained, calibrated or release-tested on (the 40 validation
writers of ``training/writers.py``); source and licence stand in ``data/hands.LICENCE.md``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import Rect
from sirekap.simulate.ink import Colour, Ink, shaken
from sirekap.simulate.letters import CAPITALS, DIGITS, TRACED, Points, filled_in, strokes, widest

SIDE = 28
"""Side of a stored glyph; the digit fills the middle 20."""
ENLARGED = 3
GUIDE = (0.27, 0.17)
"""The dotted guide of our boxes (`paper.ink.guide`): share of width and height left free on each side."""


class Source(StrEnum):
    """Where a writer's digits come from."""

    GLYPHS = "glyphs"
    TRACED = "traced"
    DRAWN = "drawn"


class Lead(StrEnum):
    """What a writer puts into digit boxes that a number does not need."""

    STRUCK = "X"
    DASH = "-"
    ZERO = "0"
    BLANK = " "


@dataclass(frozen=True, slots=True)
class Writer:
    """One person's hand and habits. Sizes are shares of a box, ``pen`` is in mm, angles in degrees."""

    number: int
    source: Source
    variant: tuple[int, ...]
    height: float
    slant: float
    shake: float
    pen: float
    colour: Colour
    dark: float
    lead: Lead
    leaves_zero_blank: bool
    bubble: str
    bubble_slips: float
    strikes_unused: bool
    corrects: float

    def text(self, rng: np.random.Generator, value: int | None, boxes: int, may_stay_blank: bool = False) -> str:
        """What the boxes of one figure hold, a character each: digits, ``X``, ``-`` or a space."""
        if value is None or (value == 0 and may_stay_blank and self.leaves_zero_blank):
            return " " * boxes
        digits = str(value)
        if len(digits) > boxes:
            raise ValueError(f"{value} does not fit {boxes} boxes")
        lead = self.lead if rng.random() > 0.02 else Lead(rng.choice(list(Lead)))
        return lead.value * (boxes - len(digits)) + digits

    def mark(self, ink: Ink, rng: np.random.Generator, what: str, box: Rect, pen: float | None = None) -> None:
        """One character of `text` into its box."""
        if what == " ":
            return
        width = (pen or self.pen) * float(rng.uniform(0.9, 1.1))
        if what == "X":
            self._cross(ink, rng, box, width)
        elif what == "-":
            inside = Rect(box.x + box.w * 0.22, box.y + box.h * 0.42, box.w * 0.56, box.h * 0.12)
            self.trace(ink, rng, strokes("0,5 10,5"), inside, width)
        elif self.source is Source.TRACED:
            inside = Rect(
                box.x + box.w * GUIDE[0],
                box.y + box.h * GUIDE[1],
                box.w * (1 - 2 * GUIDE[0]),
                box.h * (1 - 2 * GUIDE[1]),
            )
            self.trace(ink, rng, strokes(TRACED[what]), inside, width)
        elif self.source is Source.DRAWN:
            self.trace(ink, rng, self._drawn(what), self._inside(rng, box, 0.56), width)
        else:
            self._glyph(ink, rng, int(what), box)

    def trace(self, ink: Ink, rng: np.random.Generator, drawing: tuple[Points, ...], inside: Rect, pen: float) -> None:
        """Strokes of 0..1 drawn into ``inside`` with this hand's slant and shake."""
        angle = np.radians(rng.normal(0, 1.5))
        lean = np.tan(np.radians(self.slant + rng.normal(0, 2))) * min(inside.w / inside.h, 1.0)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        out = []
        for stroke in drawing:
            points = shaken(rng, filled_in(stroke), self.shake) - 0.5
            points = points * (inside.w, inside.h)
            points[:, 0] -= points[:, 1] * lean
            out.append(points @ turn.T + inside.centre)
        ink.draw(out, pen, self.dark * float(rng.uniform(0.92, 1.0)))

    def word(self, ink: Ink, rng: np.random.Generator, letters: str, at: Rect, pitch: float, height: float) -> None:
        """Capital letters from the left of ``at`` (mm), one every ``pitch``, ``height`` tall."""
        for number, letter in enumerate(letters):
            drawing = strokes(CAPITALS[letter]) if letter in CAPITALS else ()
            if not drawing or (number + 1) * pitch > at.w:
                continue
            width = min(pitch * 0.62, height * 0.75) * (0.75 + 0.25 * widest(drawing))
            left = at.x + number * pitch + (pitch - width) / 2
            top = at.y + (at.h - height) / 2 + float(rng.normal(0, 0.03)) * height
            self.trace(ink, rng, drawing, Rect(left, top, width, height), min(self.pen * 0.65, 0.45))

    def _drawn(self, digit: str) -> tuple[Points, ...]:
        ways = DIGITS[digit]
        return strokes(ways[self.variant[int(digit)] % len(ways)])

    def _inside(self, rng: np.random.Generator, box: Rect, aspect: float) -> Rect:
        height = box.h * self.height * float(rng.uniform(0.92, 1.08))
        width = min(height * aspect, box.w * 0.8)
        x = box.centre[0] - width / 2 + float(rng.normal(0, 0.04)) * box.w
        y = box.centre[1] - height / 2 + float(rng.normal(0, 0.03)) * box.h
        return Rect(x, y, width, height)

    def _cross(self, ink: Ink, rng: np.random.Generator, box: Rect, pen: float) -> None:
        reach = float(rng.uniform(0.02, 0.2))
        self.trace(ink, rng, strokes("0,0 10,10|10,0 0,10"), box.grown(-reach), pen)

    def _glyph(self, ink: Ink, rng: np.random.Generator, digit: int, box: Rect) -> None:
        pool = hands()[self.number][digit]
        glyph = pool[int(rng.integers(len(pool)))]
        inside = self._inside(rng, box, 1.0)
        unit = min(inside.h / (20 * ENLARGED), box.w * 0.92 / (20 * ENLARGED))
        angle = np.radians(rng.normal(0, 2))
        lean = np.tan(np.radians(self.slant * 0.4))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ [
            [unit, -lean * unit],
            [0, unit],
        ]
        middle = np.full(2, SIDE * ENLARGED / 2)
        shift = np.array(inside.centre) - turn @ middle
        ink.stamp(glyph * np.float32(self.dark), np.column_stack([turn, shift]), box.grown(0.2))


@functools.cache
def hands() -> Mapping[int, Mapping[int, tuple[NDArray[Any], ...]]]:
    """Held-out writers: number -> digit -> enlarged pen strokes in 0..1."""
    path = resources.files("sirekap.simulate").joinpath("data", "hands.npz")
    with path.open("rb") as handle, np.load(handle) as stored:
        images, labels, writers = stored["glyphs"], stored["labels"], stored["writers"]
    out: dict[int, dict[int, tuple[NDArray[Any], ...]]] = {}
    for number in np.unique(writers).tolist():
        mine = writers == number
        by_digit = {d: tuple(thinned(g) for g in images[mine & (labels == d)]) for d in range(10)}
        if all(by_digit.values()):
            out[number] = by_digit
    return out


def thinned(glyph: NDArray[np.uint8]) -> NDArray[Any]:
    """A 28 x 28 glyph enlarged and brought to a pen's stroke: the level that keeps it whole and its loops open."""
    large = cv2.resize(glyph.astype(np.float32) / 255, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    best, whole = 0.35, None
    most = -1
    for level in (0.35, 0.5, 0.62, 0.74):
        pieces, holes = _shape(large > level)
        whole = pieces if whole is None else whole
        if pieces == whole and holes >= most:
            best, most = level, holes
    out: NDArray[Any] = np.clip((large - np.float32(best)) * np.float32(4) + np.float32(0.5), 0, 1)
    return out


def _shape(inked: NDArray[np.bool_]) -> tuple[int, int]:
    """Pieces of ink and holes in it, specks left out."""
    counts = []
    for mask, connectivity in ((inked, 8), (~inked, 4)):
        number, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=connectivity)
        counts.append(int((stats[1:number, cv2.CC_STAT_AREA] >= 4).sum()))
    return counts[0], counts[1] - 1


BLUES: tuple[Colour, ...] = ((128, 48, 26), (150, 62, 30), (118, 40, 40), (140, 40, 20))
BLACKS: tuple[Colour, ...] = ((34, 30, 28), (52, 46, 44), (40, 40, 44))


@functools.cache
def _numbers() -> tuple[int, ...]:
    return tuple(sorted(hands()))


def writer(seed: int) -> Writer:
    """The writer of form ``seed``: one of the held-out people, or a traced or drawn hand."""
    rng = np.random.default_rng((11, seed))
    source = Source(rng.choice([Source.GLYPHS, Source.TRACED, Source.DRAWN], p=[0.74, 0.16, 0.10]))
    inks = BLUES if rng.random() < 0.66 else BLACKS
    lead = Lead(rng.choice([Lead.STRUCK, Lead.ZERO, Lead.DASH, Lead.BLANK], p=[0.5, 0.18, 0.14, 0.18]))
    return Writer(
        number=int(rng.choice(_numbers())),
        source=source,
        variant=tuple(rng.integers(0, 6, 10).tolist()),
        height=float(rng.uniform(0.6, 0.8)),
        slant=float(rng.normal(6, 6)),
        shake=float(rng.uniform(0.012, 0.035)),
        pen=float(rng.uniform(0.45, 0.8)),
        colour=inks[int(rng.integers(len(inks)))],
        dark=float(rng.uniform(0.82, 1.0)),
        lead=lead,
        leaves_zero_blank=lead is Lead.BLANK and bool(rng.random() < 0.3),
        bubble=str(rng.choice(["full", "light", "tick", "cross", "none"], p=[0.7, 0.12, 0.06, 0.06, 0.06])),
        bubble_slips=0.004,
        strikes_unused=bool(rng.random() < 0.6),
        corrects=float(rng.choice([0.0, 0.008, 0.03], p=[0.55, 0.35, 0.1])),
    )
