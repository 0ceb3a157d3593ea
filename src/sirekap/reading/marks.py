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

MOST_BLOBS, MOST_PAIRS, MOST_TRIED, MOST_CANDIDATES = 240, 18, 60, 6000
LEAST_AREA = 4000.0
"""Twice the area in square mm that three pairs must span."""
DIRECTION = 0.3
"""How far, relative to its length, a pair may be from where the affine map of three pairs turns it."""
REACH = 7.0
"""mm within which a square counts as found when hypotheses are ranked."""
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
    alike = (ratio < 1.4) & (ratio > 1 / 1.4) & (reach > 0)
    crowd = (alike & (reach < 2.2)).sum(axis=1) - 1
    ok = np.triu(alike & (reach > 1.05) & (reach < 1.9), 1)
    first, second = np.nonzero(ok)
    unlike = np.abs(np.log(ratio[first, second])) + 0.3 * np.abs(reach[first, second] - 1.42)
    unlike += 0.3 * np.minimum(crowd[first] + crowd[second], 6)
    order = np.argsort(unlike)[:MOST_PAIRS]
    return np.column_stack([first[order], second[order]])


def squares_of(page: PageLayout) -> tuple[Rect, ...]:
    """The square marks of a page (bars are left to confirm)."""
    return tuple(mark for mark in page.marks if 0.8 < mark.w / mark.h < 1.25)


def _printed_pairs(page: PageLayout) -> Floats:
    """(m, 2, 2): centres of the squares printed in pairs, at the corners and in the middles of the edges."""
    squares = squares_of(page)
    out = []
    for a, b in itertools.combinations(squares, 2):
        gap = np.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1])
        if gap < 1.6 * a.w:
            out.append((a.centre, b.centre))
    return np.asarray(out, np.float64).reshape(-1, 2, 2)


def match(found: Blobs, page: PageLayout) -> Match | None:
    """The homography under which most marks of ``page`` lie on blobs, or None when too few do."""
    pairs = _pairs(found)
    if len(pairs) < 3 or len(page.marks) < 8:
        return None
    squares = np.array([mark.centre for mark in squares_of(page)])
    candidates = _candidates(found, pairs, page)
    best: Match | None = None
    scores = _scores(np.stack([each[0] for each in candidates]), squares, found) if candidates else np.empty(0)
    for index in np.argsort(-scores)[:MOST_TRIED]:
        if scores[index] < 5:
            break
        homography = _of_six(*candidates[index])
        grown = grow(homography, found, page) if homography is not None else None
        if grown is not None and (best is None or (grown.found, -grown.residual) > (best.found, -best.residual)):
            best = grown
            if best.share > 0.9:
                break
    return best if best is not None and best.share >= LEAST_MATCHED else None


def _candidates(found: Blobs, pairs: NDArray[np.intp], page: PageLayout) -> list[tuple[Floats, Floats, Floats]]:
    """Affine maps (3, 3) from three pairs each, with the pairs' squares (3, 2, 2) in mm and in px.

    The map of three middles must turn the printed squares of each pair into about the seen ones.
    """
    seen, printed = found.centres[pairs], _printed_pairs(page)
    out = []
    triples = np.array(list(itertools.combinations(range(len(seen)), 3)), np.intp)
    middle_of = seen[triples].mean(axis=2)
    for triple in itertools.permutations(range(len(printed)), 3):
        mm = printed[list(triple)]
        middles = np.column_stack([mm.mean(axis=1), np.ones(3)])
        if abs(np.linalg.det(middles)) < LEAST_AREA:
            continue
        affine = np.einsum("ij,njk->nki", np.linalg.inv(middles), middle_of)
        for number in np.nonzero(_plausible(affine, mm, seen[triples]))[0]:
            matrix = np.vstack([affine[number], (0.0, 0.0, 1.0)])
            out.append((matrix, mm, seen[triples[number]]))
        if len(out) > MOST_CANDIDATES:
            break
    return out


def _plausible(affine: Floats, mm: Floats, px: Floats) -> NDArray[np.bool_]:
    """Which affine maps (n, 2, 3) are no mirror and turn the pairs ``mm`` (3, 2, 2) into about ``px`` (n, 3, 2, 2)."""
    linear = affine[:, :, :2]
    direction = np.einsum("nij,pj->npi", linear, mm[:, 1] - mm[:, 0])
    actual = px[:, :, 1] - px[:, :, 0]
    size = np.hypot(actual[..., 0], actual[..., 1])
    off = np.minimum(
        np.hypot(*np.moveaxis(direction - actual, -1, 0)), np.hypot(*np.moveaxis(direction + actual, -1, 0))
    )
    upright = np.linalg.det(linear) > 0
    return np.asarray(upright & (off < DIRECTION * size).all(axis=1))


def _of_six(affine: Floats, mm: Floats, px: Floats) -> Floats | None:
    direction = (mm[:, 1] - mm[:, 0]) @ affine[:2, :2].T
    turned = np.einsum("pi,pi->p", direction, px[:, 1] - px[:, 0]) < 0
    ordered = np.where(turned[:, None, None], px[:, ::-1], px)
    return fit(mm.reshape(-1, 2), ordered.reshape(-1, 2))


def _scores(hypotheses: Floats, squares: Floats, found: Blobs) -> Floats:
    """How many squares of the page have a blob of about the right size within 3 mm of the page's scale, each (k,)."""
    out = np.empty(len(hypotheses))
    for start in range(0, len(hypotheses), 512):
        part = hypotheses[start : start + 512]
        lifted = np.einsum("kij,nj->kni", part, np.column_stack([squares, np.ones(len(squares))]))
        w = np.where(np.abs(lifted[..., 2:]) < 1e-9, 1e-9, lifted[..., 2:])
        at = (lifted[..., :2] / w).astype(np.float32)
        reach = np.sqrt(np.abs(np.linalg.det(part)))[:, None].astype(np.float32) * REACH
        near = np.zeros(at.shape[:2], bool)
        for x, y in found.centres.astype(np.float32):
            near |= np.abs(at[..., 0] - x) + np.abs(at[..., 1] - y) < reach
        out[start : start + 512] = near.sum(axis=1)
    return out


def grow(homography: Floats, found: Blobs, page: PageLayout) -> Match | None:
    """Refit on more and more marks with ever smaller tolerance; None when the marks do not support it."""
    if not len(found.centres):
        return None
    centres = np.array([mark.centre for mark in page.marks])
    sides = np.sqrt(np.array([mark.w * mark.h for mark in page.marks]))
    matrix = homography
    for tolerance in (9.0, 6.0, 4.0, 2.5, 1.5, 1.2):
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
