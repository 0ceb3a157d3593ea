"""AprilTags of family 36h10 in a photograph: which page it is, and where its corners are."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.identity import OFFICIAL_PAGES, parse_tag
from sirekap.paper.layout import PageLayout
from sirekap.reading.plane import Floats, fit, halved, project, sane, shrink


@dataclass(frozen=True, slots=True)
class Pass:
    """One way of looking: long side in pixels, least perimeter as a share of it, threshold windows in pixels."""

    longest: int
    perimeter: float
    first: int
    last: int


SMALL = 950
"""Long side in pixels that a glance keeps at least."""
GLANCE = Pass(SMALL, 0.115, 13, 13)
SECOND = Pass(1400, 0.045, 9, 25)
CLOSER = (Pass(2100, 0.04, 9, 25), Pass(4200, 0.03, 9, 41))
CORRECTED = 0.25
"""Share of the family's correctable bits that are corrected: one bit. More would find tags in handwriting."""


AROUND, DENSITY = 12.0, 5
"""mm around its expected place where a tag too blurred to decode is looked for, and pixels per mm of that view."""
LIKE = 0.55
"""Least correlation with the tag's own pattern; other tags and print stay below."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The tags of one sheet, which ``layout`` and ``page`` name.

    ``corners``: tag id -> (4, 2) px, clockwise from the top left. ``official``: page of the commission's own design
    when only its tag was seen. ``several``: tags of more than one sheet are in view.
    """

    layout: str | None = None
    page: int | None = None
    corners: Mapping[int, Floats] = field(default_factory=dict)
    official: int | None = None
    several: bool = False


def glance(grey: NDArray[np.uint8]) -> Sighting:
    """The page named by most tags that a quick look at a small picture finds; a second look when that finds none."""
    picture, factor = halved(grey, SMALL)
    found = _named(_detect(picture, GLANCE), factor)
    return found if found.corners or found.official else _pass(grey, SECOND)


def look_closer(grey: NDArray[np.uint8], first: Sighting) -> Sighting:
    """What closer and closer looks add to a ``first`` glance, until four tags of one page are found."""
    best = first
    full = max(grey.shape)
    tried = 0
    for how in (SECOND, *CLOSER):
        size = min(how.longest, full)
        if len(best.corners) >= 4 or size < 1.1 * tried:
            break
        tried = size
        found = _pass(grey, how)
        if len(found.corners) > len(best.corners) or (found.official and not best.corners):
            best = found
    return best


def _pass(grey: NDArray[np.uint8], how: Pass) -> Sighting:
    picture, factor = shrink(grey, how.longest)
    return _named(_detect(picture, how), factor)


@functools.cache
def _family() -> tuple[cv2.aruco.Dictionary, tuple[int, ...]]:
    """Only the ids that mean something here, and their numbers in the family."""
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    ids = tuple(n for n in range(len(family.bytesList)) if n in OFFICIAL_PAGES or parse_tag(n) is not None)
    return cv2.aruco.Dictionary(family.bytesList[list(ids)], family.markerSize, family.maxCorrectionBits), ids


@functools.cache
def _detector(look: Pass) -> cv2.aruco.ArucoDetector:
    how = cv2.aruco.DetectorParameters()
    how.adaptiveThreshWinSizeMin, how.adaptiveThreshWinSizeMax = look.first, look.last
    how.adaptiveThreshWinSizeStep = max(look.last - look.first, 10)
    how.minMarkerPerimeterRate, how.maxMarkerPerimeterRate = look.perimeter, 1.0
    how.errorCorrectionRate = CORRECTED
    return cv2.aruco.ArucoDetector(_family()[0], how)


def _detect(grey: NDArray[np.uint8], how: Pass) -> list[tuple[int, Floats]]:
    corners, ids, _ = _detector(how).detectMarkers(grey)
    if ids is None:
        return []
    known = _family()[1]
    numbers = [known[int(n)] for n in np.asarray(ids).ravel()]
    return [(n, np.asarray(c, np.float64).reshape(4, 2)) for n, c in zip(numbers, corners, strict=True)]


def _named(tags: list[tuple[int, Floats]], factor: float) -> Sighting:
    """Tags in full-size pixels, sorted by the sheet they name."""
    sheets: Counter[tuple[str, int]] = Counter()
    seen: Counter[int] = Counter(n for n, _ in tags)
    for number in seen:
        identity = parse_tag(number)
        if identity:
            sheets[identity.layout, identity.page] += 1
    official = [OFFICIAL_PAGES[n] for n in seen if n in OFFICIAL_PAGES]
    if not sheets:
        return Sighting(official=official[0] if official else None, several=len(set(official)) > 1)
    (layout, page), _ = sheets.most_common(1)[0]
    mine = {}
    for number, corners in tags:
        identity = parse_tag(number)
        if identity and (identity.layout, identity.page) == (layout, page) and seen[number] == 1:
            mine[number] = (corners + 0.5) / factor - 0.5
    several = len(sheets) > 1 or any(count > 1 for n, count in seen.items() if parse_tag(n))
    return Sighting(layout, page, mine, None, several)


def homography(sighting: Sighting, page: PageLayout) -> Floats | None:
    """mm -> px from the corners of all tags seen, or None when they do not agree with the page or with each other."""
    source, target = [], []
    for tag in page.tags:
        corners = sighting.corners.get(tag.id)
        if corners is not None:
            r = tag.rect
            source += [(r.x, r.y), (r.right, r.y), (r.right, r.bottom), (r.x, r.bottom)]
            target.append(corners)
    if not source:
        return None
    places = np.asarray(source, np.float64)
    pixels = np.asarray(np.concatenate(target), np.float64)
    found = fit(places, pixels)
    if found is None or not sane(found, page.width, page.height):
        return None
    back = project(np.asarray(np.linalg.inv(found), np.float64), pixels) - places
    return found if np.hypot(back[:, 0], back[:, 1]).max() < 6.0 else None


def by_pattern(grey: NDArray[np.uint8], sighting: Sighting, page: PageLayout, first: Floats) -> Sighting:
    """The sighting and the page's tags that cannot be decoded but look like themselves near where ``first`` puts them.

    ``first``: mm -> px, right to about `AROUND` there.
    """
    found = dict(sighting.corners)
    for tag in page.tags:
        if tag.id in found:
            continue
        area = tag.rect.grown(AROUND / tag.rect.w)
        view = np.array([[1 / DENSITY, 0, area.x], [0, 1 / DENSITY, area.y], [0, 0, 1.0]])
        size = round(area.w * DENSITY), round(area.h * DENSITY)
        how = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
        window = cv2.warpPerspective(grey, first @ view, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
        likeness = cv2.matchTemplate(window, _pattern(tag.id, round(tag.rect.w * DENSITY)), cv2.TM_CCOEFF_NORMED)
        _, most, _, (x, y) = cv2.minMaxLoc(likeness)
        if most >= LIKE:
            left, top, w, h = area.x + x / DENSITY, area.y + y / DENSITY, tag.rect.w, tag.rect.h
            corners = np.array([(left, top), (left + w, top), (left + w, top + h), (left, top + h)])
            found[tag.id] = project(first, corners)
    return Sighting(sighting.layout, sighting.page, found, sighting.official, sighting.several)


@functools.lru_cache(maxsize=64)
def _pattern(number: int, side: int) -> NDArray[np.uint8]:
    """A tag as a blurred photograph shows it, (side, side)."""
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    drawn = cv2.aruco.generateImageMarker(family, number, side)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), side / 40), np.uint8)
