"""Marks no data set has: X, dash, cross-outs, scribbles, traced guides, cursive words. All as stroke fields."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.second_renderer.thinning import Floats, field_of_lines

Line = NDArray[np.float64]
Rng = np.random.Generator

SEGMENTS = {
    "a": ((0, 0), (1, 0)),
    "b": ((1, 0), (1, 1)),
    "c": ((1, 1), (1, 2)),
    "d": ((1, 2), (0, 2)),
    "e": ((0, 2), (0, 1)),
    "f": ((0, 1), (0, 0)),
    "g": ((0, 1), (1, 1)),
}
LIT = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgcde", "abc", "abcdefg", "abcdfg")


def arc(start: tuple[float, float], end: tuple[float, float], bow: float, rng: Rng, shake: float = 0.12) -> Line:
    """A pen line from ``start`` to ``end`` that bows sideways by ``bow`` units and trembles a little."""
    along = np.linspace(0, 1, 14)[:, None]
    first, last = np.array(start, float), np.array(end, float)
    side = np.array([first[1] - last[1], last[0] - first[0]])
    side /= max(float(np.hypot(*side)), 1e-6)
    tremble = np.cumsum(rng.normal(0, shake, (14, 1)), axis=0) * np.sin(np.pi * along)
    points: Line = first + (last - first) * along + side * (bow * np.sin(np.pi * along) + tremble)
    return points


def strike(rng: Rng, joined: bool = False) -> Floats:
    """An X that voids a box; ``joined``: drawn without lifting the pen."""
    width, height = rng.uniform(6, 10.5), rng.uniform(7, 11)
    cx, cy = 14 + rng.normal(0, 0.8, 2)
    lean = rng.normal(0, 1.2)
    first = arc((cx - width + lean, cy - height), (cx + width, cy + height), rng.normal(0, 0.9), rng)
    second = arc((cx + width, cy - height), (cx - width + lean, cy + height), rng.normal(0, 0.9), rng)
    lines = [first, second]
    if joined:
        lines = [np.concatenate((first, second[::-1]))]
    return field_of_lines(lines, rng.uniform(0.9, 1.15))


def dash(rng: Rng) -> Floats:
    """A dash that voids a box: level, wavy, or a steep one."""
    half, cy = rng.uniform(3.0, 9.0), 14 + rng.normal(0, 1.8)
    rise = rng.normal(0, 1.3)
    line = arc((14 - half, cy + rise / 2), (14 + half, cy - rise / 2), rng.normal(0, 0.7), rng)
    if half > 6 and rng.random() < 0.25:
        line[:, 1] += 0.9 * np.sin(np.linspace(0, 2 * np.pi, len(line)))
    return field_of_lines([line], rng.uniform(0.9, 1.15))


def cross_out(rng: Rng, digit: int) -> Floats:
    """What one draws over a wrong digit: one or more bars, a zigzag, or a dense scribble.

    A single bar through 0 or 7 is a way of writing them; over those there are two.
    """
    kind, least = rng.integers(4), 2 if digit in (0, 7) else 1
    if kind == 0:
        lines = [
            arc(
                (4 + rng.normal(), 14 + off + rng.normal()), (24 + rng.normal(), 14 + off - rng.uniform(0, 5)), 0.5, rng
            )
            for off in rng.normal(0, 2, rng.integers(least, 4))
        ]
    elif kind == 1:
        lines = [arc((6 + rng.normal(), 23 + rng.normal()), (22 + rng.normal(), 5 + rng.normal()), rng.normal(), rng)]
        if least > 1 or rng.random() < 0.6:
            shift = rng.normal(2.5, 0.8)
            lines.append(lines[0] + [shift, shift * 0.2])
    else:
        turns = int(rng.integers(5, 9 if kind == 2 else 16))
        xs = np.linspace(5, 23, turns) + rng.normal(0, 0.7, turns)
        ys = 14 + np.where(np.arange(turns) % 2, 1, -1) * rng.uniform(5, 10, turns)
        if rng.random() < 0.5:
            xs, ys = ys, xs
        lines = [_smooth(np.column_stack((xs, ys)))]
    return field_of_lines(lines, rng.uniform(0.9, 1.2))


def scribble(rng: Rng) -> Floats:
    """Ink that says nothing: a pen going to and fro over the box. A ring is no scribble, it is a zero."""
    turns = int(rng.integers(9, 20))
    points = np.column_stack((rng.uniform(5, 23, turns), rng.uniform(4, 24, turns)))
    if rng.random() < 0.5:
        points[:, 0] = np.where(np.arange(turns) % 2, rng.uniform(5, 11, turns), rng.uniform(17, 23, turns))
        points[:, 1] = np.sort(points[:, 1])
    return field_of_lines([_smooth(points)], rng.uniform(0.9, 1.2))


def guide_digit(digit: int, rng: Rng) -> Floats:
    """A digit traced along the printed seven-segment guides, more or less carefully."""
    left, top, wide, high = 9 + rng.normal(0, 0.5), 4 + rng.normal(0, 0.5), 10 + rng.normal(), 10 + rng.normal(0, 0.5)
    loose = rng.uniform(0.1, 0.7)
    lines = []
    for name in LIT[digit]:
        ends = [
            (left + x * wide + rng.normal(0, loose), top + y * high + rng.normal(0, loose)) for x, y in SEGMENTS[name]
        ]
        lines.append(arc(ends[0], ends[1], rng.normal(0, loose), rng, 0.05))
    return field_of_lines(lines, rng.uniform(0.9, 1.1))


def cursive(width: float, height: float, rng: Rng) -> list[Line]:
    """Handwriting nobody can read, in mm inside ``width`` x ``height``: stands where words stand."""
    lines, x = [], rng.uniform(1, 4)
    while x < width * rng.uniform(0.5, 0.95):
        length = rng.uniform(8, 22)
        steps = np.arange(0, length, 0.25)
        phase = np.cumsum(rng.uniform(0.25, 0.75, len(steps)))
        tall = 1 + 0.8 * (np.sin(phase * 0.31 + rng.uniform(0, 6)) > 0.6)
        ys = height * (0.62 - 0.16 * np.sin(phase) * tall)
        lines.append(np.column_stack((x + steps + 0.5 * np.cos(phase), ys)))
        x += length + rng.uniform(2, 4)
    return lines


def _smooth(points: Line) -> Line:
    """Corner cutting (Chaikin), twice."""
    for _ in range(2):
        a, b = points[:-1], points[1:]
        points = np.stack((0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b), axis=1).reshape(-1, 2)
    return points
