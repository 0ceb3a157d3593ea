"""Our own single-stroke alphabet and digits: what a pen's point does, on a grid of 10 x 10, y down.

``x,y`` pairs in the order they are drawn; ``|`` lifts the pen; a stroke that begins with ``~`` is round.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, 2) x, y along one stroke."""

CAPITALS = {
    "A": "0,10 5,0 10,10|2,6.5 8,6.5",
    "B": "1,0 1,10|~1,0 7,0.5 8,2.5 6,4.8 1.5,5|~1.5,5 8,5.4 9,7.6 7,9.8 1,10",
    "C": "~9,2 6,0 2,1.5 0.5,5 2,8.8 6,10 9.3,8",
    "D": "1,0 1,10|~1,0 7,1 9.5,5 7,9 1,10",
    "E": "9,0 1,0 1,10 9,10|1,5 7.5,5",
    "F": "9,0 1,0 1,10|1,5 7,5",
    "G": "~9,2 6,0 2,1.5 0.5,5 2,8.8 6,10 9,8.5 9.2,5.8|9.2,5.6 5.5,5.6",
    "H": "1,0 1,10|9,0 9,10|1,5 9,5",
    "I": "5,0 5,10",
    "J": "~7,0 7,7 5.5,9.8 2.5,9.7 1,7.5",
    "K": "1,0 1,10|9,0 1.2,5.5 9,10",
    "L": "1,0 1,10 8.5,10",
    "M": "0,10 1.5,0 5,6.5 8.5,0 10,10",
    "N": "1,10 1,0 9,10 9,0",
    "O": "~5,0 1.2,1.6 0.4,5 1.6,8.8 5,10 8.6,8.6 9.6,5 8.4,1.4 5,0",
    "P": "1,10 1,0|~1,0 7.5,0.4 9,2.7 7.3,5 1.2,5.4",
    "Q": "~5,0 1.2,1.6 0.4,5 1.6,8.8 5,10 8.6,8.6 9.6,5 8.4,1.4 5,0|6,7 10,10.8",
    "R": "1,10 1,0|~1,0 7.5,0.4 9,2.6 7.3,4.8 1.2,5.2|3.8,5.2 9.5,10",
    "S": "~8.8,1.8 6,0 2.4,0.8 1.6,3 4,4.7 7.6,6 8.8,8 6.4,10 2.6,9.8 0.8,8",
    "T": "0.4,0 9.6,0|5,0 5,10",
    "U": "~1,0 1,6.5 2.4,9.5 5,10 7.6,9.5 9,6.5 9,0",
    "V": "0.4,0 5,10 9.6,0",
    "W": "0,0 2.4,10 5,3 7.6,10 10,0",
    "X": "0.6,0 9.4,10|9.4,0 0.6,10",
    "Y": "0.4,0 5,5 9.6,0|5,5 5,10",
    "Z": "0.6,0 9.4,0 0.6,10 9.4,10",
    "-": "1.5,5 8.5,5",
}

DIGITS: dict[str, tuple[str, ...]] = {
    "0": ("~5.2,0 1.6,1.6 0.6,5 1.7,8.8 5,10 8.4,8.7 9.4,5 8.2,1.4 5,0.1",),
    "1": (
        "5.4,0 5,10",
        "2.6,2.4 5.6,0 5.4,10",
    ),
    "2": (
        "~1,2.2 3,0.2 6.6,0.2 8.4,2.4 7,5 3.4,7.8 0.8,10|0.8,10 9.2,9.8",
        "~1,2 4,0 7.6,1.2 7.6,4 1,9.9 9.2,9.9",
    ),
    "3": (
        "~1.2,1.2 5,0 8.2,1.6 7.4,4 4.2,4.8 7.6,5.4 9,7.6 7,9.8 3.4,10 0.8,8.6",
        "1,0.2 8.4,0.2 4,4.4|~4,4.4 8.6,6.2 7.4,9.4 3,10 0.8,8.8",
    ),
    "4": (
        "3.4,0 0.6,6.6 9.4,6.4|7,3 6.8,10",
        "6.6,10 6.8,0 0.6,7 9.4,7",
    ),
    "5": (
        "2.4,0.2 1.8,4.4|~1.8,4.4 5.4,3.6 8.6,5.6 8.2,8.6 5,10 1,9|2.4,0.2 8.8,0",
        "8.6,0.2 2,0.2 1.6,4.6|~1.6,4.6 6,4 8.8,6.6 7,9.6 1.2,9.6",
    ),
    "6": ("~7.4,0.2 3.6,2 1,6 1.6,9.2 5,10 8.4,8.6 8.6,6.4 5.6,5 1.6,6.8",),
    "7": (
        "0.8,0.4 9,0.2 4,10",
        "0.8,0.4 9,0.2 4,10|2.8,5 7.6,4.8",
    ),
    "8": (
        "~7.8,1.8 5,0 2,1.6 3,4.2 7,5.8 8.6,8 5,10 1.4,8.2 3,5.4 7.2,3.6 7.8,1.6",
        "~5,0 2.4,1 2.2,3.4 5,4.8 7.8,3.2 7.4,0.8 5,0|~5,4.8 1.4,6.4 1.4,8.8 5,10 8.6,8.8 8.6,6.4 5,4.8",
    ),
    "9": (
        "~8.2,2.6 6,0.2 2.4,0.8 1.2,3.4 3.4,5.4 6.8,4.8 8.4,2 8.2,5 7,10",
        "~8,1.6 5,0 1.6,1.8 2,4.6 5.4,5.2 8.2,3|8.2,1.4 8,10",
    ),
}
"""Some ways to write each digit; a writer keeps one."""

TRACED = {
    "0": "0,0 10,0 10,10 0,10 0,0",
    "1": "10,0 10,10",
    "2": "0,0 10,0 10,5 0,5 0,10 10,10",
    "3": "0,0 10,0 10,10 0,10|2,5 10,5",
    "4": "0,0 0,5 10,5|10,0 10,10",
    "5": "10,0 0,0 0,5 10,5 10,10 0,10",
    "6": "10,0 0,0 0,10 10,10 10,5 0,5",
    "7": "0,0 10,0 10,10",
    "8": "0,5 0,0 10,0 10,10 0,10 0,5 10,5",
    "9": "10,5 0,5 0,0 10,0 10,10 0,10",
}
"""Digits traced along the seven dotted guides of a box, as one pen would."""


@functools.cache
def strokes(drawing: str) -> tuple[Points, ...]:
    """The strokes of a drawing in 0..1, round ones with extra points between their corners."""
    out = []
    for part in drawing.split("|"):
        points = np.array([[float(v) / 10 for v in pair.split(",")] for pair in part.lstrip("~").split()])
        out.append(rounded(points) if part.startswith("~") else points)
    return tuple(out)


def rounded(points: Points, between: int = 6) -> Points:
    """A Catmull-Rom curve through ``points`` with ``between`` steps from each to the next."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = (np.arange(between) / between)[:, None]
    pieces = []
    for k in range(len(points) - 1):
        a, b, c, d = padded[k : k + 4]
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    out: Points = np.vstack([*pieces, points[-1:]])
    return out


def filled_in(points: Points, steps: int = 5) -> Points:
    """Straight strokes with points along the way, so that a hand can shake them."""
    if len(points) >= 2 * steps:
        return points
    pieces = [np.linspace(a, b, steps, endpoint=False) for a, b in itertools.pairwise(points)]
    out: Points = np.vstack([*pieces, points[-1:]])
    return out


def widest(drawing: Sequence[Points]) -> float:
    """Right edge of a drawing, to set letters one after the other."""
    return float(max(stroke[:, 0].max() for stroke in drawing))
