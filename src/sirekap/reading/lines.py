"""Printed straight lines of a page, and how far from the expected place each is found in a photograph.

Every digit-box edge and every piece of a rule is looked for along its normal: a dark ridge between lighter sides.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import PageLayout, Rect
from sirekap.reading.plane import Floats

INSET = 0.15
"""mm from a box's outer edge to the middle of its printed border."""
PIECE, MOST_PIECES = 14.0, 130
"""Rules are looked at in pieces of about this length, mm, and at no more pieces than this, evenly chosen."""
ALONG = 6
"""Sample points along one piece."""
STEP = 0.12
"""mm between samples across a piece."""
SIDE = 0.62
"""mm from the middle of a line to where paper must be lighter again."""
FAINTEST = 0.02
"""A ridge counts when it is darker than both its sides by this share of the paper's brightness."""


FOLD = 4096
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lines:
    """Pieces of printed lines. ``ends`` (n, 2, 2) mm; ``normals`` (n, 2); ``box`` (n,): index of the digit box or -1.

    ``boxes`` counts the digit boxes, in the order of the page's fields.
    """

    ends: Floats
    normals: Floats
    box: NDArray[np.intp]
    boxes: int

    @property
    def middles(self) -> Floats:
        """Middle points (n, 2) in mm."""
        return np.asarray(self.ends.mean(axis=1))


@dataclass(frozen=True, slots=True)
class Found:
    """Per piece: ``offset`` mm along the normal, ``strength`` as a share of paper brightness, ``seen`` (bool)."""

    offset: Floats
    strength: Floats
    seen: NDArray[np.bool_]


def lines_of(page: PageLayout) -> Lines:
    """All digit-box edges, then all rules cut in pieces."""
    ends: list[tuple[float, float, float, float]] = []
    owner: list[int] = []
    boxes = [box for place in page.fields for box in place.digits]
    for number, box in enumerate(boxes):
        ends += _edges(box)
        owner += [number] * 4
    pieces = [piece for rule in page.rules for piece in _pieces(rule)]
    every = max(1.0, len(pieces) / MOST_PIECES)
    pieces = [pieces[int(n * every)] for n in range(int(len(pieces) / every))]
    ends += pieces
    owner += [-1] * len(pieces)
    found = np.asarray(ends, np.float64).reshape(-1, 2, 2)
    along = found[:, 1] - found[:, 0]
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    return Lines(found, np.column_stack([-along[:, 1], along[:, 0]]), np.asarray(owner, np.intp), len(boxes))


def _edges(box: Rect) -> list[tuple[float, float, float, float]]:
    left, top, right, bottom = box.x + INSET, box.y + INSET, box.right - INSET, box.bottom - INSET
    near_x, near_y = 0.08 * box.w, 0.08 * box.h
    return [
        (left + near_x, top, right - near_x, top),
        (left + near_x, bottom, right - near_x, bottom),
        (left, top + near_y, left, bottom - near_y),
        (right, top + near_y, right, bottom - near_y),
    ]


def _pieces(rule: Rect) -> list[tuple[float, float, float, float]]:
    x, y = rule.centre
    level = rule.w >= rule.h
    start, length = (rule.x, rule.w) if level else (rule.y, rule.h)
    if length < 5:
        return []
    count = max(1, round(length / PIECE))
    cuts = np.linspace(start + 0.6, start + length - 0.6, count + 1)
    return [(float(a), y, float(b), y) if level else (x, float(a), x, float(b)) for a, b in itertools.pairwise(cuts)]


def profiles(grey: NDArray[np.uint8], mapping: Mapping, lines: Lines, reach: float) -> Singles:
    """Brightness across each piece (n, m) for offsets -reach..reach mm (and the sides) along the normals.

    The middle half of the samples along the piece is averaged at each offset, so that strokes that cross a border
    and flecks do not count. A piece is short, so the mapping is taken as affine along it.
    """
    count = round((reach + SIDE) / STEP) + 2
    offsets = (np.arange(-count, count + 1) * STEP).astype(np.float32)
    share = (np.arange(ALONG, dtype=np.float32) + 0.5) / ALONG
    middles = lines.middles
    corners = mapping.pixels(np.concatenate([lines.ends[:, 0], lines.ends[:, 1], middles, middles + lines.normals]))
    first, last, middle, beside = np.split(corners.astype(np.float32), 4)
    along, across = (last - first).astype(np.float32), (beside - middle).astype(np.float32)
    maps: list[Singles] = []
    for i in (0, 1):
        moved = across[:, i, None, None] * offsets[None, :, None] + along[:, i, None, None] * share
        maps.append(np.asarray(first[:, i, None, None] + moved, np.float32))
    shape = (len(lines.ends), len(offsets), ALONG)
    across_x, across_y = _folded(maps, shape)
    wide = cv2.remap(grey, across_x, across_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    values = np.sort(wide.reshape(-1)[: np.prod(shape)].reshape(shape), axis=2)
    cut = ALONG // 4
    return np.asarray(values[:, :, cut : ALONG - cut].mean(axis=2, dtype=np.float32), np.float32)


def _folded(maps: list[Singles], shape: tuple[int, int, int]) -> list[Singles]:
    """The sampling maps as wide pictures: remapping has a limit of 32,767 rows and likes long ones."""
    total = int(np.prod(shape))
    rows = max(1, -(-total // FOLD))
    out = []
    for flat in maps:
        padded = np.zeros(rows * FOLD, np.float32)
        padded[:total] = flat.reshape(-1)
        out.append(padded.reshape(rows, FOLD))
    return out


def ridges(values: Singles) -> Singles:
    """How much darker than both sides each offset is, as a share of paper brightness: (n, m - 2 k)."""
    k = round(SIDE / STEP) + 1
    smooth = values.copy()
    smooth[:, 1:-1] = 0.25 * values[:, :-2] + 0.5 * values[:, 1:-1] + 0.25 * values[:, 2:]
    paper = np.maximum(np.partition(values, -values.shape[1] // 5, axis=1)[:, -values.shape[1] // 5], 20.0)
    response = np.minimum(smooth[:, : -2 * k], smooth[:, 2 * k :]) - smooth[:, k:-k]
    return np.asarray(response / paper[:, None])


def look(grey: NDArray[np.uint8], mapping: Mapping, lines: Lines, reach: float) -> Found:
    """Where each piece is found within ``reach`` mm of its expected place."""
    return peaks(ridges(profiles(grey, mapping, lines, reach)), reach)


def peaks(response: Singles, reach: float, centre: float = 0.0) -> Found:
    """The strongest ridge within ``reach`` mm of ``centre`` (mm) in each row of what `ridges` gave."""
    middle = response.shape[1] // 2 + round(centre / STEP)
    span = round(reach / STEP)
    window = response[:, middle - span : middle + span + 1]
    away = np.abs(np.arange(-span, span + 1)) / max(span, 1)
    best = (window - 0.25 * FAINTEST * away[None]).argmax(axis=1)
    rows = np.arange(len(window))
    strength = window[rows, best]
    inner = (best > 0) & (best < 2 * span)
    before, after = window[rows, np.maximum(best - 1, 0)], window[rows, np.minimum(best + 1, 2 * span)]
    bend = before - 2 * strength + after
    shift = np.where(inner & (bend < -1e-9), 0.5 * (before - after) / np.where(bend < -1e-9, bend, -1.0), 0.0)
    offset = (best - span + np.clip(shift, -0.5, 0.5)) * STEP
    return Found(offset.astype(np.float64), strength.astype(np.float64), inner & (strength > FAINTEST))


class Mapping:
    """mm on the page to pixels of a photograph: a homography after a smooth displacement in mm.

    ``bend`` (2, 10): coefficients of a cubic polynomial of the page position, for sheets that do not lie flat.
    """

    def __init__(self, homography: Floats, page: PageLayout, bend: Floats | None = None) -> None:
        self.homography = homography
        self.page = page
        self.bend = np.zeros((2, 10)) if bend is None else bend

    def moved(self, points: Floats) -> Floats:
        """The points (n, 2) in mm after the displacement."""
        if not self.bend.any():
            return points
        return points + powers(points, self.page) @ self.bend.T

    def pixels(self, points: Floats) -> Floats:
        """Pixels (n, 2) of points (n, 2) in mm."""
        lifted = self.moved(points) @ self.homography[:, :2].T + self.homography[:, 2]
        w = lifted[:, 2:]
        return np.asarray(lifted[:, :2] / np.where(np.abs(w) < 1e-12, 1e-12, w))

    def local(self, at: tuple[float, float], shift: tuple[float, float] = (0.0, 0.0)) -> Floats:
        """The homography (3, 3) that stands for the whole mapping near one point of the page."""
        point = np.array([[at[0], at[1]]])
        if not self.bend.any() and not any(shift):
            return self.homography
        step = 2.0
        around = self.moved(point + np.array([[0.0, 0.0], [step, 0.0], [0.0, step]]))
        jacobian = np.column_stack([around[1] - around[0], around[2] - around[0]]) / step
        move = np.eye(3)
        move[:2, :2] = jacobian
        move[:2, 2] = around[0] + np.asarray(shift) - jacobian @ point[0]
        return np.asarray(self.homography @ move)


def powers(points: Floats, page: PageLayout) -> Floats:
    """Cubic terms (n, 10) of page positions scaled to -1..1."""
    x = 2 * points[:, 0] / page.width - 1
    y = 2 * points[:, 1] / page.height - 1
    one = np.ones_like(x)
    return np.column_stack([one, x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3])
