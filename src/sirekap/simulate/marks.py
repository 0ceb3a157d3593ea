"""What else a form asks of a pen: tallies in fives, row totals, bubbles, words, corrections, signatures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sirekap.election.terbilang import terbilang
from sirekap.paper.ink import tally_guide
from sirekap.paper.layout import Circle, FieldPlace, Rect
from sirekap.simulate.hand import Writer
from sirekap.simulate.ink import Ink, circle, shaken
from sirekap.simulate.letters import Points, rounded, strokes

VOTES_A_CELL = 5


def tally(ink: Ink, rng: np.random.Generator, writer: Writer, place: FieldPlace, value: int) -> None:
    """``value`` strokes in fives, cell by cell, with the rows' totals; unused cells of the last row may be struck."""
    full, left = divmod(value, VOTES_A_CELL)
    cells = place.tally[: full + bool(left)]
    lines: list[Points] = []
    for number, cell in enumerate(cells):
        lines += _group(rng, cell, VOTES_A_CELL if number < full else left)
    if lines:
        ink.draw(lines, min(writer.pen * 0.55, 0.36), writer.dark)
    rows = _rows(place.tally)
    begun = 0
    for number, row in enumerate(rows):
        here = min(max(value - VOTES_A_CELL * begun, 0), VOTES_A_CELL * len(row))
        used = -(-here // VOTES_A_CELL)
        begun += len(row)
        if here == 0:
            break
        if writer.strikes_unused:
            for cell in row[used:]:
                writer.mark(ink, rng, "X", cell.grown(-0.1), writer.pen * 0.6)
        if number < len(place.row_totals):
            row_total(ink, rng, writer, place.row_totals[number], here)
    unused = place.row_totals[-(-value // (VOTES_A_CELL * len(rows[0]))) :] if rows else ()
    if writer.strikes_unused and len(unused) > 1:
        first, last = unused[0][0], unused[-1][-1]
        around = Rect(first.x, first.y, last.right - first.x, last.bottom - first.y)
        writer.mark(ink, rng, "X", around.grown(-0.08), writer.pen * 0.7)


def row_total(ink: Ink, rng: np.random.Generator, writer: Writer, boxes: Sequence[Rect], value: int) -> None:
    """A row's total in its small boxes."""
    for what, box in zip(writer.text(rng, value, len(boxes)), boxes, strict=True):
        writer.mark(ink, rng, what, box, writer.pen * 0.7)


def bubbles(ink: Ink, rng: np.random.Generator, writer: Writer, place: FieldPlace, text: str) -> None:
    """The circle of each written digit, in the writer's way; now and then one is forgotten or its neighbour filled."""
    if writer.bubble == "none":
        return
    for what, column in zip(text, place.bubbles, strict=False):
        if not what.isdigit() or rng.random() < writer.bubble_slips:
            continue
        number = int(what)
        if rng.random() < writer.bubble_slips / 4:
            number = (number + 1) % 10
        _bubble(ink, rng, writer, column[number])


def _bubble(ink: Ink, rng: np.random.Generator, writer: Writer, at: Circle) -> None:
    if writer.bubble in ("tick", "cross"):
        drawing = "0,5 3.5,9 10,-3" if writer.bubble == "tick" else "0,0 10,10|10,0 0,10"
        box = Rect(at.x - at.r, at.y - at.r, 2 * at.r, 2 * at.r)
        writer.trace(ink, rng, strokes(drawing), box, writer.pen * 0.9)
        return
    if writer.bubble == "full":
        outline = shaken(rng, circle(at.x, at.y, at.r * float(rng.uniform(0.8, 1.05))), at.r * 0.2)
        ink.fill(outline, writer.dark * float(rng.uniform(0.85, 1.0)))
    turns = int(rng.integers(4, 7)) if writer.bubble == "full" else int(rng.integers(3, 5))
    across = np.linspace(-0.85, 0.85, 2 * turns)
    half = np.sqrt(1 - across**2) * np.where(np.arange(2 * turns) % 2, 1.0, -1.0)
    zigzag = np.column_stack([across, half]) * at.r + (at.x, at.y)
    ink.draw([shaken(rng, zigzag, at.r * 0.12)], writer.pen * 0.6, writer.dark * 0.9)


def words(ink: Ink, rng: np.random.Generator, writer: Writer, at: Rect, value: int) -> None:
    """The amount in words on its line."""
    text = terbilang(value).upper()
    height = min(at.h * 0.56, 4.2)
    pitch = min(height * 0.92, at.w / (len(text) + 1))
    writer.word(ink, rng, text, at, pitch, height)


def overwritten(ink: Ink, rng: np.random.Generator, writer: Writer, box: Rect, wrong: str, right: str) -> None:
    """A wrong digit, then the right one pressed over it."""
    writer.mark(ink, rng, wrong, box)
    writer.mark(ink, rng, right, box, writer.pen * 1.35)


def struck_out(ink: Ink, rng: np.random.Generator, writer: Writer, box: Rect, wrong: str, right: str) -> None:
    """A wrong digit struck with two lines, the right one small beside it and initialled, as the sheet says."""
    writer.mark(ink, rng, wrong, box)
    middle = Rect(box.x - box.w * 0.08, box.y + box.h * 0.36, box.w * 1.16, box.h * 0.22)
    writer.trace(ink, rng, strokes("0,2 10,0|0,10 10,8"), middle, writer.pen)
    beside = Rect(box.x + box.w * 0.72, box.y - box.h * 0.28, box.w * 0.5, box.h * 0.48)
    writer.mark(ink, rng, right, beside, writer.pen * 0.8)


def signature(ink: Ink, rng: np.random.Generator, at: Rect, pen: float, dark: float) -> None:
    """A squiggle that nobody can read as a name."""
    loops = int(rng.integers(5, 11))
    x = np.cumsum(rng.uniform(0.2, 1.0, 2 * loops)) * np.where(rng.random(2 * loops) < 0.25, -0.35, 1.0)
    x = np.cumsum(np.diff(x, prepend=0.0))
    y = np.where(np.arange(2 * loops) % 2, 1.0, -1.0) * rng.gamma(2.0, 0.5, 2 * loops)
    y[:2] *= 1.8
    points = np.column_stack([x, y])
    low, high = points.min(axis=0), points.max(axis=0)
    points = (points - low) / np.maximum(high - low, 1e-6)
    size = np.array([at.w * rng.uniform(0.55, 0.92), at.h * rng.uniform(0.6, 1.0)])
    start = np.array([at.x + (at.w - size[0]) * rng.random(), at.y + (at.h - size[1]) * 0.5])
    lines = [rounded(points) * size + start]
    if rng.random() < 0.4:
        lines.append(start + size * np.array([[0.05, 0.95], [0.95, 0.7 + 0.2 * rng.random()]]))
    ink.draw(lines, pen, dark)


def _group(rng: np.random.Generator, cell: Rect, count: int) -> list[Points]:
    """Up to five strokes in one cell, roughly on its dotted guide."""
    away = rng.normal(0, 0.045, (VOTES_A_CELL, 4)) * (cell.w, cell.h, cell.w, cell.h)
    lines = tally_guide(cell)
    return [(np.array(line) + away[n]).reshape(2, 2) for n, line in enumerate(lines[:count])]


def _rows(cells: Sequence[Rect]) -> list[list[Rect]]:
    rows: list[list[Rect]] = []
    for cell in cells:
        if rows and abs(rows[-1][0].y - cell.y) < cell.h / 2:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return rows


def wrong_digit(rng: np.random.Generator, right: str) -> str:
    """Another digit than ``right``, as one who slips would write."""
    return str((int(right) + int(rng.integers(1, 10))) % 10)
