"""Solid black printed squares and bars: found in the photograph, matched to a page of which no tag is known.

For the 2022 c.digital design. Marks come in pairs: two squares that touch at a corner (page corners) or lie side by
side (middles of the edges). Three or four pairs give a first homography; all other marks must confirm it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import PageLayout, Rect
from sirekap.reading.plane import Floats, fit, project, sane, scale_at

MOST_BLOBS, MOST_PAIRS, MOST_TRIED = 240, 18, 60
LEAST_MATCHED = 0.5
"""Share of the page's squares that a hypothesis must find."""


@dataclass(frozen=True, slots=True)
class Blobs:
    """Dark solid blobs: ``centres`` (n, 2) px, ``sides`` (n,) = root of the area, px."""

    centres: Floats
    sides: Floats


@dataclass(frozen=True, slots=True)
class Match:
    """A homography mm -> px, how many of the page's marks it found and how many there are."""

    homography: Floats
    found: int
    of: int
    residual: float

    @property
    def share(self) -> float:
        """Share of the marks found."""
        return self.found / max(self.of, 1)


def blobs(grey: NDArray[np.uint8]) -> Blobs:
    """Solid dark blobs of ``grey`` (long side about 1,200 to 2,000 px) that may be printed squares or bars."""
    longest = max(grey.shape)
    window = (longest // 22) | 1
    mean = cv2.blur(grey, (window, window))
    dark = (grey < 0.62 * mean).astype(np.uint8)
    grain = 5 if longest >= 1100 else 3
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((grain, grain), np.uint8))
    contours, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    centres: list[tuple[float, float]] = []
    sides: list[float] = []
    for contour in contours:
        for x, y, side in _solid(np.asarray(contour, np.int32), longest):
            centres.append((x, y))
            sides.append(side)
    order = np.argsort(-np.asarray(sides))[:MOST_BLOBS] if sides else np.empty(0, np.intp)
    return Blobs(np.asarray(centres, np.float64).reshape(-1, 2)[order], np.asarray(sides, np.float64)[order])


def _solid(contour: NDArray[np.int32], longest: int) -> list[tuple[float, float, float]]:
    """The squares or bars one contour holds: one, two where a touching pair was not separated, or none."""
    area = cv2.contourArea(contour) + len(contour) / 2 + 1  # outlines run through pixel centres
    if not 20 <= area <= (longest / 22) ** 2:
        return []
    (cx, cy), (w, h), angle = cv2.minAreaRect(contour)
    w, h = w + 1, h + 1
    fill, long, short = area / (w * h), max(w, h), min(w, h)
    if fill > 0.72 and long < 2.9 * short:
        moments = cv2.moments(contour)
        if moments["m00"] > 0:
            cx, cy = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
        return [(cx, cy, float(np.sqrt(area)))]
    if 0.4 < fill < 0.68 and 1.6 < long / short < 2.6:
        turn = np.deg2rad(angle if w > h else angle + 90)
        dx, dy = long / 4 * np.cos(turn), long / 4 * np.sin(turn)
        side = float(np.sqrt(area / 2))
        return [(cx - dx, cy - dy, side), (cx + dx, cy + dy, side)]
    return []


def _pairs(found: Blobs) -> NDArray[np.intp]:
    """Index pairs (m, 2) of equal blobs that lie side by side or touch at a corner, the most alike first."""
    if len(found.sides) < 2:
        return np.empty((0, 2), np.intp)
    gap = np.hypot(*(found.centres[:, None] - found.centres[None]).transpose(2, 0, 1))
    ratio = found.sides[:, None] / found.sides[None]
    mean = (found.sides[:, None] + found.sides[None]) / 2
    reach = gap / mean
    alike = (ratio < 1.5) & (ratio > 1 / 1.5) & (reach > 0)
    alone = (alike & (reach < 2.3)).sum(axis=1) == 1
    ok = np.triu((reach > 1.05) & (reach < 1.75) & (ratio < 1.4) & (ratio > 1 / 1.4), 1) & alone[:, None] & alone
    first, second = np.nonzero(ok)
    unlike = np.abs(np.log(ratio[first, second])) + 0.5 * np.abs(reach[first, second] - 1.42)
    order = np.argsort(unlike)[:MOST_PAIRS]
    return np.column_stack([first[order], second[order]])


def squares_of(page: PageLayout) -> tuple[Rect, ...]:
    """The square marks of a page (bars are left to confirm)."""
    return tuple(mark for mark in page.marks if 0.8 < mark.w / mark.h < 1.25)


def _corner_pairs(page: PageLayout) -> Floats:
    """(4, 2, 2): the two square centres of each corner pair: top left, top right, bottom right, bottom left."""
    squares = np.array([mark.centre for mark in squares_of(page)])
    out = np.empty((4, 2, 2))
    for number, corner in enumerate(((0, 0), (page.width, 0), (page.width, page.height), (0, page.height))):
        nearest = np.argsort(np.hypot(*(squares - corner).T))[:2]
        out[number] = squares[np.sort(nearest)]
    return out


def match(found: Blobs, page: PageLayout) -> Match | None:
    """The homography under which most marks of ``page`` lie on blobs, or None when too few do."""
    pairs = _pairs(found)
    if len(pairs) < 3 or len(page.marks) < 8:
        return None
    hypotheses = _hypotheses(found, pairs, page)
    if not len(hypotheses):
        return None
    squares = np.array([mark.centre for mark in squares_of(page)])
    scores = _scores(hypotheses, squares, found)
    best: Match | None = None
    for index in np.argsort(-scores)[:MOST_TRIED]:
        if scores[index] < 6:
            break
        grown = grow(hypotheses[index], found, page)
        if grown is not None and (best is None or (grown.found, -grown.residual) > (best.found, -best.residual)):
            best = grown
            if best.share > 0.9:
                break
    return best if best is not None and best.share >= LEAST_MATCHED else None


def _hypotheses(found: Blobs, pairs: NDArray[np.intp], page: PageLayout) -> Floats:
    """Homographies (k, 3, 3) from four corner pairs, or from three (then affine)."""
    middles = found.centres[pairs].mean(axis=1)
    corners = _corner_pairs(page).mean(axis=1)
    out: list[Floats] = []
    for size in (4, 3):
        for chosen in itertools.combinations(range(len(pairs)), size):
            ring = _clockwise(middles[list(chosen)])
            if ring is None:
                continue
            for keep in itertools.combinations(range(4), size):
                for turn in range(size):
                    target = np.roll(ring, turn, axis=0)
                    matrix = _quick(corners[list(keep)], target)
                    if matrix is not None:
                        out.append(matrix)
    if not out:
        return np.empty((0, 3, 3))
    return np.stack(out)


def _clockwise(points: Floats) -> Floats | None:
    """The points in clockwise order on screen, or None when they do not span a wide figure."""
    offset = points - points.mean(axis=0)
    ring = points[np.argsort(np.arctan2(offset[:, 1], offset[:, 0]))]
    area = 0.5 * abs(float(np.sum(ring[:, 0] * np.roll(ring[:, 1], -1) - ring[:, 1] * np.roll(ring[:, 0], -1))))
    sides = np.hypot(*(np.roll(ring, -1, axis=0) - ring).T)
    return ring if area > 0.12 * float(sides.max()) ** 2 else None


def _quick(source: Floats, target: Floats) -> Floats | None:
    matrix = np.eye(3)
    if len(source) == 3:
        matrix[:2] = cv2.getAffineTransform(source.astype(np.float32), target.astype(np.float32))
    else:
        matrix[:] = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return matrix if np.isfinite(matrix).all() and np.linalg.det(matrix) > 1e-9 else None


def _scores(hypotheses: Floats, squares: Floats, found: Blobs) -> Floats:
    """How many squares of the page have a blob of about the right size within 3 mm of the page's scale, each (k,)."""
    out = np.empty(len(hypotheses))
    for start in range(0, len(hypotheses), 512):
        part = hypotheses[start : start + 512]
        lifted = np.einsum("kij,nj->kni", part, np.column_stack([squares, np.ones(len(squares))]))
        w = np.where(np.abs(lifted[..., 2:]) < 1e-9, 1e-9, lifted[..., 2:])
        at = (lifted[..., :2] / w).astype(np.float32)
        reach = np.sqrt(np.abs(np.linalg.det(part)))[:, None].astype(np.float32) * 4.0
        near = np.zeros(at.shape[:2], bool)
        for x, y in found.centres.astype(np.float32):
            near |= np.abs(at[..., 0] - x) + np.abs(at[..., 1] - y) < reach
        out[start : start + 512] = near.sum(axis=1)
    return out


def grow(homography: Floats, found: Blobs, page: PageLayout) -> Match | None:
    """Refit on more and more marks with ever smaller tolerance; None when the marks do not support it."""
    centres = np.array([mark.centre for mark in page.marks])
    sides = np.sqrt(np.array([mark.w * mark.h for mark in page.marks]))
    matrix = homography
    for tolerance in (6.0, 4.0, 2.5, 1.5, 1.2):
        if not sane(matrix, page.width, page.height):
            return None
        mark, blob, _ = _near(matrix, centres, sides, found, tolerance)
        if len(mark) < 6:
            return None
        refit = fit(centres[mark], found.centres[blob])
        if refit is None:
            return None
        matrix = refit
    if not sane(matrix, page.width, page.height):
        return None
    mark, _, distance = _near(matrix, centres, sides, found, 1.0)
    return Match(matrix, len(mark), len(centres), float(np.median(distance)) if len(mark) else 99.0)


def _near(
    matrix: Floats, centres: Floats, sides: Floats, found: Blobs, tolerance: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Marks and their blobs, each used once, within ``tolerance`` mm, and the distances in mm."""
    at, scale = project(matrix, centres), scale_at(matrix, centres)
    gap = np.hypot(*(at[:, None] - found.centres[None]).transpose(2, 0, 1)) / scale[:, None]
    size = found.sides[None] / (scale * sides)[:, None]
    gap = np.where((size > 0.55) & (size < 1.6), gap, 1e9)
    blob = gap.argmin(axis=1)
    mark = np.arange(len(centres))
    mutual = (gap[mark, blob] < tolerance) & (gap[:, blob].argmin(axis=0) == mark)
    return mark[mutual], blob[mutual], gap[mark, blob][mutual]
