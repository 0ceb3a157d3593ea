"""Solid black marks and tags where the page says they are: what tells a page from itself moved by one box."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import PageLayout
from sirekap.reading.lines import Mapping
from sirekap.reading.plane import Floats

OUTSIDE = 0.9
"""mm from a mark's edge to where its surroundings are looked at."""
BLACK = 0.68
"""A mark is darker than this share of its surroundings; the border of a tag and the paper around it likewise."""
SLACK = 2.4
"""mm that a mark may be off when the sheet is curled: far less than from one box to the next."""
ENOUGH = 0.8
"""Share found at once from which nothing is searched."""
INSIDE_POINTS, AROUND_POINTS = 16, 24


@functools.lru_cache(maxsize=64)
def _points(page: PageLayout) -> tuple[Floats, Floats]:
    """Points that must be dark (n, 16, 2) and points around (n, 24, 2), mm, of every mark and tag."""
    dark, around = [], []
    grid = np.array([(u, v) for u in (0.2, 0.4, 0.6, 0.8) for v in (0.2, 0.4, 0.6, 0.8)])
    rim = _ring(INSIDE_POINTS)
    ring = _ring(AROUND_POINTS)
    for mark in page.marks:
        dark.append(np.array([mark.x, mark.y]) + grid * (mark.w, mark.h))
        size = np.array([mark.w + 2 * OUTSIDE, mark.h + 2 * OUTSIDE])
        around.append(np.array(mark.centre) + ring * size / 2)
    for tag in page.tags:
        band = tag.rect.w / 16
        middle = np.array(tag.rect.centre)
        dark.append(middle + rim * (tag.rect.w / 2 - band))
        around.append(middle + ring * (tag.rect.w / 2 + OUTSIDE))
    return np.asarray(dark).reshape(-1, INSIDE_POINTS, 2), np.asarray(around).reshape(-1, AROUND_POINTS, 2)


def _ring(count: int) -> Floats:
    """Points (count, 2) on the border of the square -1..1."""
    turn = np.arange(count) / count * 8
    x = np.clip(np.abs((turn + 2) % 8 - 4) - 2, -1, 1)
    y = np.clip(np.abs((turn + 4) % 8 - 4) - 2, -1, 1)
    return np.column_stack([x, y])


def seen(grey: NDArray[np.uint8], mapping: Mapping) -> NDArray[np.bool_]:
    """Per mark, then per tag of the page: whether it is there, on a curled sheet up to `SLACK` mm away."""
    dark, around = _points(mapping.page)
    if not len(dark):
        return np.zeros(0, bool)
    found = _there(grey, mapping, dark, around)
    if found.mean() < ENOUGH:
        steps = np.arange(-SLACK, SLACK + 0.1, 0.6)
        moves = np.array([(dx, dy) for dx in steps for dy in steps])[None, :, None, :]
        missing = np.nonzero(~found)[0]
        moved = [part[missing][:, None] + moves for part in (dark, around)]
        flat = [part.reshape(-1, part.shape[2], 2) for part in moved]
        found[missing] = _there(grey, mapping, *flat).reshape(len(missing), -1).any(axis=1)
    return found


def _there(grey: NDArray[np.uint8], mapping: Mapping, dark: Floats, around: Floats) -> NDArray[np.bool_]:
    inner, outer = _sampled(grey, mapping, dark), _sampled(grey, mapping, around)
    paper = np.maximum(np.percentile(outer, 60, axis=1), 1.0)
    return np.asarray(np.percentile(inner, 75, axis=1) < BLACK * paper)


def _sampled(grey: NDArray[np.uint8], mapping: Mapping, points: Floats) -> Floats:
    at = mapping.pixels(points.reshape(-1, 2)).astype(np.float32).reshape(*points.shape[:2], 2)
    x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    found = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=128)
    return np.asarray(found, np.float64)
