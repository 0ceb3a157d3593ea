"""What the officer should know about a photograph before figures are read from it. It warns; it does not refuse."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import PageLayout, Rect
from sirekap.reading.messages import reason
from sirekap.reading.plane import project, scale_at, shrink
from sirekap.reading.registration import Registration
from sirekap.reading.result import Reason
from sirekap.reading.screen import is_screen

SMALLEST = 1000
"""Long side in pixels below which a photograph is too small for reading."""
COARSE = 4.0
"""Pixels per mm on the page below which its figures are too small."""
SOFT_LINES, SOFT_PICTURE = 0.2, 0.2
"""Contrast of the printed rules, and of the sharpest per cent of an unregistered picture, below which it is blurred."""
DARKEST = 55
"""Median brightness of the paper (or of the whole picture) below which a photograph is too dark."""
WASHED = 0.03
"""Share of printed lines lost in burnt-out white from which glare is reported."""
OUTSIDE, UNSURE = 0.012, 0.05
"""Share of the page's size that may lie outside the photograph: of a proved page, of one only guessed."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the homography (3, 3), mm -> px, under which it is seen or supposed."""

    layout: PageLayout
    homography: NDArray[np.float64]


def quality(
    grey: NDArray[np.uint8], size: tuple[int, int], found: Registration | None, guess: Page | None, scale: float
) -> list[Reason]:
    """Too small, too far, cut off, of a screen, blurred, dark, glare.

    ``size`` of the full photograph; ``found``: the page when it is proved, ``guess``: where it seems to be otherwise;
    ``scale``: pixels of the full photograph to one of ``grey``.
    """
    out = []
    if max(size) < SMALLEST:
        out.append(reason("too_small", width=size[0], height=size[1]))
    place = Page(found.page, found.homography) if found is not None else guess
    if place is not None and scale * float(scale_at(place.homography, _corners(place.layout)).min()) < COARSE:
        out.append(reason("too_far"))
    if place is not None and cut_off(grey.shape[::-1], place, OUTSIDE if found is not None else UNSURE):
        out.append(reason("cut_off"))
    if is_screen(grey, None if place is None else project(place.homography, _corners(place.layout))):
        out.append(reason("screen"))
    return out + (_unregistered(grey) if found is None else _registered(found))


def _registered(found: Registration) -> list[Reason]:
    out = []
    proof = found.proof
    if proof.contrast < SOFT_LINES:
        out.append(reason("blurred"))
    if proof.paper < DARKEST:
        out.append(reason("dark"))
    if proof.washed > WASHED:
        out.append(reason("glare"))
    return out


def _corners(page: PageLayout) -> NDArray[np.float64]:
    return np.array([[0, 0], [page.width, 0], [page.width, page.height], [0, page.height]], np.float64)


def cut_off(size: tuple[int, ...], place: Page, share: float) -> bool:
    """Whether anything printed lies outside a picture of ``size`` (width, height) by ``share`` of the page's extent."""
    page = place.layout
    printed = [*page.marks, *page.rules, *(tag.rect for tag in page.tags)]
    printed += [box for field in page.fields for box in field.digits]
    places = np.array([(r.x, r.y, r.right, r.bottom) for r in printed or [Rect(0, 0, page.width, page.height)]])
    (left, top), (right, bottom) = places[:, :2].min(axis=0), places[:, 2:].max(axis=0)
    corners = project(place.homography, [[left, top], [right, top], [right, bottom], [left, bottom]])
    slack = share * float(np.ptp(corners, axis=0).max())
    return bool((corners < -slack).any() or (corners > np.array(size) - 1 + slack).any())


def _unregistered(grey: NDArray[np.uint8]) -> list[Reason]:
    out = []
    small, _ = shrink(grey, 1200)
    low, middle, high = np.percentile(small, (5, 50, 95))
    if middle < DARKEST and high < 2 * DARKEST:
        out.append(reason("dark"))
    sharpest = float(np.percentile(np.abs(cv2.Laplacian(small, cv2.CV_16S)), 99))
    if sharpest / max(high - low, 20) < SOFT_PICTURE:
        out.append(reason("blurred"))
    burnt = float((cv2.blur(small, (9, 9)) >= 251).mean())
    if 0.03 < burnt < 0.4 and middle < 215:
        out.append(reason("glare"))
    return out


def ruled(grey: NDArray[np.uint8]) -> bool:
    """Whether the picture shows a printed table: many long thin dark lines in two directions."""
    small, _ = shrink(grey, 1000)
    mean = cv2.blur(small, (31, 31))
    dark = ((small < 0.82 * mean) * np.uint8(255)).astype(np.uint8)
    segments = cv2.HoughLinesP(dark, 1, np.pi / 180, 110, minLineLength=max(small.shape) // 9, maxLineGap=4)
    if segments is None:
        return False
    ends = segments.reshape(-1, 4).astype(np.float64)
    angle = np.degrees(np.arctan2(ends[:, 3] - ends[:, 1], ends[:, 2] - ends[:, 0])) % 180
    counts, _ = np.histogram(angle, bins=36, range=(0, 180))
    ring = counts + np.roll(counts, 1) + np.roll(counts, -1)
    first = int(ring.argmax())
    across = int(max(ring[(first + turn) % 36] for turn in range(14, 23)))
    return bool(ring[first] >= 12 and across >= 6)
