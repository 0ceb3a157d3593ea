"""Digits, leads and crossings-out drawn as strokes: hands that MNIST does not hold.

A drawing is a list of strokes, a stroke an (n, 2) array of points in a unit box, x to the right and y down.
"""

from __future__ import annotations

import cv2
import numpy as np
from glyphs import SIDE, UNIT, Glyph, Map, distance_map
from numpy.typing import NDArray

Stroke = NDArray[np.float64]
Rng = np.random.Generator

SEGMENTS = {
    "a": ((0, 0), (1, 0)),
    "b": ((1, 0), (1, 0.5)),
    "c": ((1, 0.5), (1, 1)),
    "d": ((0, 1), (1, 1)),
    "e": ((0, 0.5), (0, 1)),
    "f": ((0, 0), (0, 0.5)),
    "g": ((0, 0.5), (1, 0.5)),
}
TRACED = (
    ("TL TR BR BL TL", "TL BL BR TR TL", "TR TL BL BR TR"),
    ("TR BR", "TR MR BR", "TL BL"),
    ("TL TR MR ML BL BR",),
    ("TL TR BR BL|ML MR", "TL TR MR ML|MR BR BL", "TL TR MR BR BL|ML MR"),
    ("TL ML MR|TR BR", "TL ML MR BR|TR MR", "TR BR|TL ML MR"),
    ("TR TL ML MR BR BL", "TL ML MR BR BL|TL TR"),
    ("TR TL BL BR MR ML", "TL BL BR MR ML", "TL BL BR MR ML|TL TR"),
    ("TL TR BR", "ML TL TR BR", "TL TR MR BR"),
    ("TL TR BR BL TL|ML MR", "MR TR TL BL BR MR ML", "TL ML MR TR TL|ML BL BR MR"),
    ("MR ML TL TR BR BL", "MR ML TL TR BR", "TR TL ML MR|TR BR BL", "TR TL ML MR|TR BR"),
)
"""Ways to trace the seven-segment guides: T, M, B = top, middle, bottom; L, R = left, right; ``|`` lifts the pen."""
CORNER = {"TL": (0, 0), "TR": (1, 0), "ML": (0, 0.5), "MR": (1, 0.5), "BL": (0, 1), "BR": (1, 1)}

# each way: strokes of control points; "~" before a stroke = a smooth curve through them
WRITTEN: tuple[tuple[str, ...], ...] = (
    ("~.5,0 .1,.25 .05,.6 .4,1 .85,.8 .95,.4 .75,.05 .45,.0",
     "~.6,0 .1,.1 .0,.5 .3,1 .8,.95 1,.5 .8,.05 .5,.02|.95,-.05 .05,1.05",
     "~.5,0 .9,.2 .95,.7 .5,1 .05,.75 .05,.3 .5,0|.85,.1 .15,.9"),
    ("0,.38 .55,0 .55,1", ".1,.3 .5,0 .5,1|.15,1 .9,1", "-.1,.65 .6,0 .6,1", ".5,0 .5,1",
     ".25,.2 .5,0 .5,1|.2,1 .8,1",
     "~0,.5 .3,.3 .6,0 .6,.5 .6,1", ".6,0 .4,1", "0,.25 .7,0 .7,1|.3,1 1,1"),
    ("~.05,.25 .4,0 .9,.2 .75,.5 .3,.8 0,1|0,1 1,1", "~0,.2 .5,-.02 .9,.25 .5,.65 .05,.97 .3,.85 .6,1 1,.95",
     "~.1,.2 .5,0 .85,.25 .4,.75 .1,.95 .05,.8 .25,.75 .6,.95 1,.9", "~0,.1 .7,0 .9,.3 .6,.6 0,1 .5,1 1,1"),
    ("~.1,.1 .6,0 .85,.2 .4,.45 .85,.6 .8,.9 .3,1 0,.85", "0,0 .9,0 .4,.4|~.4,.4 .95,.5 .9,.9 .4,1 0,.88",
     "~.05,.15 .5,0 .8,.2 .5,.42 .35,.45 .55,.46 .9,.7 .5,1 .05,.9",
     "~0,.05 .5,-.02 .8,.2 .3,.5 .85,.7 .5,1.02 0,.9"),
    (".6,0 0,.65 1,.65|.7,.35 .7,1", ".1,0 .05,.55 1,.5|.75,0 .7,1", ".75,0 0,.7 1,.7|.75,0 .75,1",
     "~.1,0 .05,.4 .3,.55 .9,.5|.8,0 .75,1",
     "~.7,.0 .35,.35 .0,.7|0,.7 1,.65|.65,.4 .6,1", ".7,1 .7,0 0,.68 1,.68"),
    (".85,0 .2,0 .1,.45|~.1,.45 .6,.35 .95,.65 .6,1 .05,.92", "~.2,.05 .15,.45 .6,.4 .9,.7 .5,1 .05,.9|.2,.03 .95,0",
     "~.9,.02 .3,0 .15,.42 .6,.4 .9,.7 .45,1 0,.88", ".9,0 .15,.0 .1,.5|~.1,.5 .7,.42 .9,.8 .4,1 0,.95|.15,0 .5,0"),
    ("~.75,0 .25,.3 .05,.7 .4,1 .85,.8 .6,.55 .1,.75", "~.6,0 .1,.5 .1,.9 .6,1 .9,.7 .5,.5 .1,.7",
     "~.9,.08 .5,0 .1,.4 .1,.85 .5,1 .9,.8 .8,.55 .4,.5 .1,.7", "~.5,0 .15,.55 .2,.95 .7,.98 .85,.7 .45,.6 .15,.8"),
    ("0,0 .95,0 .35,1", "0,.05 .9,0 .4,1|.3,.5 .85,.5", ".05,.2 .05,0 .95,0 .4,1", "~0,.08 .4,.1 .95,0 .6,.5 .4,1",
     "0,0 1,0 .5,1|.25,.52 1,.45",
     "~.0,.2 .15,.02 .6,.1 1,0|~1,0 .6,.4 .5,1|.3,.5 .9,.48"),
    ("~.85,.12 .4,0 .1,.2 .5,.48 .9,.75 .5,1 .1,.78 .5,.5 .9,.2 .7,.05",
     "~.5,.45 .1,.25 .5,0 .9,.25 .5,.45 .05,.75 .5,1 .95,.75 .5,.45",
     "~.9,.05 .3,.05 .15,.3 .8,.7 .6,1 .1,.9 .3,.55 .95,.1",
     "~.5,0 .15,.2 .5,.42 .85,.2 .5,0|~.5,.42 .05,.72 .5,1 .95,.72 .5,.42"),
    ("~.85,.2 .5,0 .1,.25 .4,.5 .85,.25 .9,.15|~.9,.15 .85,.6 .7,1",
     "~.9,.25 .5,-.02 .1,.25 .5,.5 .88,.2 .85,.7 .5,1 .1,.92",
     "~.8,.1 .3,.05 .1,.35 .5,.5 .85,.1|.85,.05 .85,1", "~.85,.3 .6,0 .15,.1 .15,.4 .6,.5 .85,.2 .75,.6 .4,1",
     "~.85,.2 .5,0 .1,.2 .4,.45 .85,.25 .8,.8 .4,1"),
)  # fmt: skip

MARKS = (
    "0,1 .5,0 1,1|.2,.65 .8,.65", "0,0 0,1|0,0 .9,0|0,.5 .7,.5|0,1 .9,1", "0,0 0,1|1,0 1,1|0,.5 1,.5",
    "0,0 0,1|.9,0 0,.55 1,1",
    "0,1 0,0 .5,.6 1,0 1,1", "0,1 0,0 1,1 1,0", "0,1 0,0|~0,0 .9,.1 .8,.45 0,.5|.3,.5 1,1",
    "0,0 .25,1 .5,.4 .75,1 1,0",
    ".3,0 .2,1|.8,0 .7,1|0,.35 1,.3|0,.7 1,.65", ".5,0 .5,1|.1,.2 .9,.8|.9,.2 .1,.8", "0,.6 .3,1 1,0",
    ".5,0 .5,1|0,.5 1,.5",
    "0,.35 1,.35|0,.7 1,.7|.8,.1 .2,.95", "0,0 0,1|~0,0 .9,.2 0,.45",
    "~.5,0 0,.5 .5,1 1,.5 .5,0|.2,.2 .8,.8|.8,.2 .2,.8",
    "0,0 .5,1 1,0|.2,.3 .8,.3", ".1,0 .1,1|.5,0 .5,1|.9,0 .9,1", ".1,0 .1,1|.4,0 .4,1|.7,0 .7,1|-.1,.8 1,.2",
)  # fmt: skip
"""Letters and signs that are no digit."""


def parse(text: str) -> list[tuple[Stroke, bool]]:
    """Strokes and whether each is a curve."""
    found = []
    for part in text.split("|"):
        points = [[float(n) for n in pair.split(",")] for pair in part.lstrip("~").split()]
        found.append((np.array(points), part.startswith("~")))
    return found


PARSED = tuple(tuple(parse(text) for text in ways) for ways in WRITTEN)
PARSED_MARKS = tuple(parse(text) for text in MARKS)


def curve(points: Stroke, steps: int = 7) -> Stroke:
    """A Catmull-Rom spline through the points."""
    p = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    a, b, c, d = (p[k : len(p) - 3 + k][None] for k in range(4))
    spline = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([spline.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])


def shaken(strokes: list[tuple[Stroke, bool]], rng: Rng, shake: float, round_corners: float) -> list[Stroke]:
    """The strokes with every control point moved; some corners are rounded as a quick hand does."""
    out = []
    for points, smooth in strokes:
        moved = points + rng.normal(0, shake, points.shape)
        if not smooth and len(moved) > 2 and rng.random() < round_corners:
            near = []
            for before, corner, after in zip(moved, moved[1:], moved[2:], strict=False):
                near += [corner + 0.22 * (before - corner), corner, corner + 0.22 * (after - corner)]
            out.append(curve(np.vstack([moved[:1], near, moved[-1:]]), 4))
        else:
            out.append(curve(moved) if smooth and len(moved) > 2 else moved)
    return out


def written(rng: Rng, label: int) -> list[Stroke]:
    """A handwritten digit of a European or schoolbook kind."""
    ways = PARSED[label]
    return shaken(ways[int(rng.integers(len(ways)))], rng, 0.01 + 0.05 * rng.random(), 0.3)


def traced(rng: Rng, label: int) -> list[Stroke]:
    """A digit drawn along the seven-segment guides."""
    ways = TRACED[label]
    text = ways[int(rng.integers(len(ways)))]
    strokes = [(np.array([CORNER[name] for name in part.split()], float), False) for part in text.split("|")]
    sloppy = 0.015 + 0.05 * rng.random()
    out = shaken(strokes, rng, sloppy, 0.35 * rng.random())
    if rng.random() < 0.3:
        out = [stroke + rng.normal(0, 0.04, 2) for stroke in out]
    return out


def cross(rng: Rng) -> list[Stroke]:
    """An X over the unit box: two strokes, now and then joined into one."""
    jitter = 0.02 + 0.1 * rng.random()
    corners = np.array([[0, 0], [1, 1], [1, 0], [0, 1]], float) + rng.normal(0, jitter, (4, 2))
    arms = []
    for start, end in ((corners[0], corners[1]), (corners[2], corners[3])):
        normal = np.array([start[1] - end[1], end[0] - start[0]])
        arms.append(curve(np.array([start, (start + end) / 2 + normal * rng.normal(0, 0.06), end]), 6))
    if rng.random() < 0.2:
        bulge = np.array([[1.1 + 0.15 * rng.random(), 0.3 + 0.4 * rng.random()]])
        return [np.vstack([arms[0], curve(np.vstack([corners[1:2], bulge, corners[2:3]]), 5), arms[1]])]
    if rng.random() < 0.08:
        arms.append(arms[0] + rng.normal(0, 0.05, 2))
    return arms


def dash(rng: Rng) -> list[Stroke]:
    """A dash across the unit width around y = 0."""
    tilt, bend = rng.normal(0, 0.08), rng.normal(0, 0.05)
    points = np.array([[0, tilt], [0.33, bend], [0.66, bend * rng.normal(0, 1)], [1, -tilt]])
    strokes = [curve(points, 5) if rng.random() < 0.7 else points[[0, 3]]]
    if rng.random() < 0.1:
        strokes.append(strokes[0] + np.array([rng.normal(0, 0.04), 0.06 + 0.12 * rng.random()]))
    return strokes


def mark(rng: Rng) -> list[Stroke]:
    """A letter or a sign."""
    return shaken(PARSED_MARKS[int(rng.integers(len(PARSED_MARKS)))], rng, 0.01 + 0.05 * rng.random(), 0.2)


def zigzag(rng: Rng, turns: int) -> list[Stroke]:
    """A zigzag that fills the unit box from left to right."""
    x = np.linspace(0, 1, turns) + rng.normal(0, 0.3 / turns, turns)
    y = np.where(np.arange(turns) % 2, 1.0, 0.0) + rng.normal(0, 0.12, turns)
    points = np.stack([x, y], 1)
    if rng.random() < 0.5:
        points = points[:, ::-1]
    return [curve(points, 5) if rng.random() < 0.5 else points]


def tangle(rng: Rng) -> list[Stroke]:
    """A long stray curve through the unit box."""
    return [curve(rng.random((int(rng.integers(11, 20)), 2)) * 1.1 - 0.05, 6)]


def picture(strokes: list[Stroke], aspect: float) -> Map:
    """Strokes as a distance map; ``aspect`` = width / height of the drawing, which is centred as MNIST's are."""
    height = 60.0 if aspect <= 1 else 60.0 / aspect
    size = np.array([height * aspect, height])
    lines = np.zeros((SIDE, SIDE), np.uint8)
    for stroke in strokes:
        points = (stroke - 0.5) * size + SIDE / 2
        cv2.polylines(lines, [np.round(points * 16).astype(np.int32)], False, 1, 1, cv2.LINE_8, 4)
    return distance_map(lines)


def drawn(rng: Rng, label: int) -> Glyph:
    """A digit by an invented hand."""
    aspect = float(np.clip(rng.normal(0.62, 0.14), 0.3, 1.0))
    return Glyph(picture(written(rng, label), aspect * (0.55 if label == 1 and rng.random() < 0.5 else 1)), label, -1)


__all__ = ["UNIT", "cross", "dash", "drawn", "mark", "picture", "tangle", "traced", "zigzag"]
