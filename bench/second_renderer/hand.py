"""One writer at one form: pen, size, slant, and how each mark goes onto the paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.second_renderer import strokes
from bench.second_renderer.forms import Box, How
from bench.second_renderer.glyphs import Writer
from bench.second_renderer.ink import Pen, Region
from sirekap.paper.layout import Circle, Rect
from sirekap.reading.result import BLANK, DASH, OTHER, STRUCK

Rng = np.random.Generator
BLUE, BLACK, DARK_BLUE = (0.42, 0.13, 0.09), (0.06, 0.06, 0.06), (0.2, 0.09, 0.08)
"""BGR that ink lets through."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A writer with a pen. ``tall``: height of digits as a share of the box; ``wide``: their width against the scan's;
    ``slant``: shear; ``habit``: ``solid``, ``swirl`` or ``tick`` in bubbles; ``steady``: mm of scatter;
    ``joins``: draws X in one line."""

    writer: Writer
    pen: Pen
    tall: float
    wide: float
    slant: float
    steady: float
    sinks: tuple[float, float]
    habit: str
    joins: bool

    def put(self, region: Region, rect: Rect, box: Box, rng: Rng) -> None:
        """The ink of one digit box."""
        if box.symbol == BLANK:
            return
        if box.symbol == STRUCK:
            region.write(strokes.strike(rng, self.joins), self._frame(rect, rng, rng.uniform(0.75, 1.25)), self.pen)
        elif box.symbol == DASH:
            region.write(strokes.dash(rng), self._frame(rect, rng, rng.uniform(0.8, 1.1)), self.pen)
        elif box.symbol == OTHER:
            self._mend(region, rect, box, rng)
        else:
            self._digit(region, rect, box.symbol, rng)

    def _digit(self, region: Region, rect: Rect, digit: int, rng: Rng, size: float = 1.0, shift: float = 0.0) -> None:
        samples = self.writer.digits[digit]
        matrix = self._frame(rect, rng, size)
        matrix[0, 2] += shift
        region.write(samples[int(rng.integers(len(samples)))], matrix, self._thin_enough(matrix))

    def _mend(self, region: Region, rect: Rect, box: Box, rng: Rng) -> None:
        """A box that was not right the first time; all its ink is this writer's."""
        last = box.digit if box.digit is not None else int(rng.integers(10))
        first = int((last + rng.integers(1, 10)) % 10)
        if box.how is How.SCRIBBLED:
            region.write(strokes.scribble(rng), self._frame(rect, rng, 1.0), self.pen)
        elif box.how is How.OVERWRITTEN:
            self._digit(region, rect, first, rng)
            self._digit(region, rect, last, rng)
            if rng.random() < 0.4:
                self._digit(region, rect, last, rng)
        elif box.how is How.CORRECTED:
            self._digit(region, rect, first, rng, 0.8, -1.2)
            region.write(strokes.cross_out(rng, first), self._shifted(rect, rng, 0.75, -1.2), self.pen)
            self._digit(region, rect, last, rng, 0.62, 2.0)
        else:
            self._digit(region, rect, last, rng)
            region.write(strokes.cross_out(rng, last), self._frame(rect, rng, rng.uniform(0.85, 1.1)), self.pen)

    def bubble(self, region: Region, circle: Circle, rng: Rng) -> None:
        """One circle filled as this writer does."""
        angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        x, y = circle.x + rng.normal(0, 0.14), circle.y + rng.normal(0, 0.14)
        if self.habit == "solid" or (self.habit == "swirl" and rng.random() < 0.25):
            radius = circle.r * rng.uniform(0.72, 1.12) * (1 + rng.normal(0, 0.07, 24))
            region.fill(np.column_stack((x + np.cos(angle) * radius, y + np.sin(angle) * radius)), self.pen)
        elif self.habit == "swirl":
            turns = np.linspace(0, 2 * np.pi * rng.uniform(2.5, 4.5), 90)
            radius = circle.r * rng.uniform(0.8, 1.0) * (1 - 0.85 * turns / turns[-1]) + rng.normal(0, 0.05, 90)
            region.draw([np.column_stack((x + np.cos(turns) * radius, y + np.sin(turns) * radius))], self.pen)
        else:
            r = circle.r
            tick = np.array([[x - r * 0.9, y], [x - r * 0.2, y + r * 0.8], [x + r * 1.3, y - r * 1.1]])
            region.draw([tick + rng.normal(0, 0.1, (3, 2))], self.pen)

    def tally(self, region: Region, cells: tuple[Rect, ...], count: int, rng: Rng) -> None:
        """Strokes in cells of five: four upright, the fifth across."""
        for cell in cells[: (count + 4) // 5]:
            strokes_here = min(count, 5)
            count -= strokes_here
            xs = (
                cell.x
                + cell.w * (0.2 + 0.2 * np.arange(min(strokes_here, 4)))
                + rng.normal(0, 0.12, min(strokes_here, 4))
            )
            lines = [
                np.array(
                    [[x + rng.normal(0, 0.15), cell.y + cell.h * 0.15], [x, cell.y + cell.h * rng.uniform(0.75, 0.95)]]
                )
                for x in xs
            ]
            if strokes_here == 5:
                lines.append(
                    np.array(
                        [
                            [cell.x + cell.w * 0.08, cell.y + cell.h * 0.8],
                            [cell.right - cell.w * 0.08, cell.y + cell.h * 0.25],
                        ]
                    )
                )
            region.draw(lines, self.pen)

    def words(self, region: Region, rect: Rect, rng: Rng) -> None:
        """Cursive nobody can read."""
        lines = strokes.cursive(rect.w, min(rect.h, 9.0), rng)
        corner = np.array([rect.x, rect.y + max(rect.h - 9.0, 0) / 2])
        region.draw([line + corner for line in lines], self.pen)

    def _shifted(self, rect: Rect, rng: Rng, size: float, shift: float) -> NDArray[np.float64]:
        matrix = self._frame(rect, rng, size)
        matrix[0, 2] += shift
        return matrix

    def _frame(self, rect: Rect, rng: Rng, size: float) -> NDArray[np.float64]:
        """Units of a stroke field to mm: size, width, slant, turn and scatter of this writer, now."""
        unit = rect.h * self.tall * size * rng.normal(1, 0.05) / 20
        turn, wide = rng.normal(0, 0.05), self.wide * rng.normal(1, 0.05)
        shear = np.array([[wide, self.slant + rng.normal(0, 0.04)], [0, 1.0]])
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        linear = unit * spin @ shear
        x, y = rect.centre
        centre = np.array(
            [x + self.sinks[0] + rng.normal(0, self.steady), y + self.sinks[1] + rng.normal(0, self.steady)]
        )
        return np.column_stack((linear, centre - linear @ [14, 14]))

    def _thin_enough(self, matrix: NDArray[np.float64]) -> Pen:
        """A broad pen still leaves the loops open that the scan shows."""
        unit = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        return Pen(min(self.pen.half, 1.5 * unit), self.pen.colour, self.pen.cover, self.pen.skips)


def draw(writer: Writer, rng: Rng) -> Hand:
    """A pen and a manner for a writer."""
    kind = rng.random()
    if kind < 0.62:
        half, cover, skips = rng.uniform(0.2, 0.34), rng.uniform(0.75, 0.95), rng.uniform(0.05, 0.22)
    elif kind < 0.9:
        half, cover, skips = rng.uniform(0.24, 0.42), rng.uniform(0.88, 1.0), rng.uniform(0.0, 0.08)
    else:
        half, cover, skips = rng.uniform(0.42, 0.62), rng.uniform(0.85, 1.0), rng.uniform(0.0, 0.1)
    colour = (BLUE, DARK_BLUE, BLACK)[int(rng.choice(3, p=[0.45, 0.2, 0.35]))]
    return Hand(
        writer,
        Pen(float(half), colour, float(cover), float(skips)),
        tall=float(rng.uniform(0.55, 0.82)),
        wide=float(rng.uniform(0.78, 1.02)),
        slant=float(rng.normal(0, 0.08)),
        steady=float(rng.uniform(0.1, 0.35)),
        sinks=(float(rng.normal(0, 0.25)), float(rng.normal(0, 0.3))),
        habit=str(rng.choice(["solid", "swirl", "tick"], p=[0.55, 0.38, 0.07])),
        joins=bool(rng.random() < 0.06),
    )
