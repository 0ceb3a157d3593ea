"""A printed digit box and its surroundings on a small canvas, as paper reflectance, and what pens add to it.

The canvas shows half as much again as the box: 108 pixels high for a box of 72. One random `Sheet` is one printed
design: ours (thin solid border, dotted seven-segment guides), c.digital's (grey double line, dots or solid guides)
and anything near them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

BOX, CANVAS = 72, 108
"""Height of the box and of the canvas in pixels."""
Rng = np.random.Generator
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the box lies: outer edges in canvas pixels; guides as fractions of the box; canvas width."""

    left: int
    top: int
    width: int
    height: int
    canvas: tuple[int, int]
    guides: tuple[float, float, float, float]
    guide_grey: float
    reflectance: NDArray[np.uint8]


class Noise:
    """Smooth random fields, made once and cut at random places."""

    def __init__(self, rng: Rng, side: int = 900) -> None:
        def field(sigma: float) -> Floats:
            raw = rng.standard_normal((side, side)).astype(np.float32)
            smooth = cv2.GaussianBlur(raw, (0, 0), sigma) if sigma else raw
            return smooth / smooth.std()

        self.fields = {
            name: field(sigma) for name, sigma in (("fine", 1.0), ("grain", 3.0), ("wave", 11.0), ("bend", 24.0))
        }
        self.side = side

    def cut(self, rng: Rng, name: str, shape: tuple[int, int]) -> Floats:
        """A patch (h, w) of unit variance."""
        y, x = int(rng.integers(self.side - shape[0])), int(rng.integers(self.side - shape[1]))
        return self.fields[name][y : y + shape[0], x : x + shape[1]]


def _dark(rng: Rng, low: float, high: float) -> int:
    return int(255 * (1 - (low + (high - low) * rng.random())))


def _border(page: NDArray[np.uint8], rect: tuple[int, int, int, int], grey: int, thick: int) -> None:
    x, y, w, h = rect
    cv2.rectangle(page, (x, y), (x + w - 1, y + h - 1), grey, -1)
    cv2.rectangle(page, (x + thick, y + thick), (x + w - 1 - thick, y + h - 1 - thick), 255, -1)


def _dots(
    page: NDArray[np.uint8], start: tuple[float, float], end: tuple[float, float], step: float, size: int, grey: int
) -> None:
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    count = max(2, round(length / step))
    for k in range(count + 1):
        x, y = (round(start[i] + (end[i] - start[i]) * k / count) for i in (0, 1))
        page[y - size // 2 : y - size // 2 + size, x - size // 2 : x - size // 2 + size] = grey


def _guides(
    page: NDArray[np.uint8],
    rng: Rng,
    box: tuple[int, int, int, int],
    where: tuple[float, float, float, float],
    grey: int,
) -> None:
    left, top = box[0] + where[0] * box[2], box[1] + where[1] * box[3]
    right, bottom = left + where[2] * box[2], top + where[3] * box[3]
    middle = (top + bottom) / 2
    kind = rng.random()
    size = int(rng.integers(1, 4))
    step = size + 1 + 6 * rng.random()
    for start, end in (
        ((left, top), (right, top)),
        ((left, middle), (right, middle)),
        ((left, bottom), (right, bottom)),
        ((left, top), (left, bottom)),
        ((right, top), (right, bottom)),
    ):
        if kind < 0.72:
            _dots(page, start, end, step, size, grey)
        else:
            cv2.line(
                page,
                (round(start[0]), round(start[1])),
                (round(end[0]), round(end[1])),
                grey,
                1 + (size > 1),
                cv2.LINE_AA,
            )


def _neighbours(page: NDArray[np.uint8], rng: Rng, box: tuple[int, int, int, int], grey: int, thick: int) -> None:
    x, y, w, h = box
    gap = int(w * (0.0 if rng.random() < 0.25 else 0.04 + 0.25 * rng.random()))
    for side, chance in ((-1, 0.65), (1, 0.65)):
        if rng.random() < chance:
            _border(page, (x + side * (w - thick * (gap == 0) + gap), y, w, h), grey, thick)
    if rng.random() < 0.3:
        down = int(h * (1.04 + 0.25 * rng.random()))
        _border(page, (x, y + (down if rng.random() < 0.5 else -down), w, h), grey, thick)


def _surroundings(page: NDArray[np.uint8], rng: Rng, box: tuple[int, int, int, int]) -> None:
    x, y, w, h = box
    rows, columns = page.shape
    for _ in range(int(rng.integers(0, 3))):
        grey, thick = _dark(rng, 0.4, 0.97), int(rng.integers(1, 4))
        off = 0.06 + 0.22 * rng.random()
        where = rng.integers(4)
        if where < 2:
            row = round(y - off * h) if where == 0 else round(y + h + off * h)
            cv2.line(page, (0, row), (columns, row), grey, thick)
        else:
            column = round(x - off * w) if where == 2 else round(x + w + off * w)
            cv2.line(page, (column, 0), (column, rows), grey, thick)
    if rng.random() < 0.3:
        radius = int((0.13 + 0.14 * rng.random()) * w)
        centre = (round(x + w / 2 + rng.normal(0, 1.5)), round(y + h + radius + h * (0.02 + 0.15 * rng.random())))
        grey = _dark(rng, 0.2, 0.9)
        filled = rng.random() < 0.2
        cv2.circle(page, centre, radius, grey, -1 if filled else 1, cv2.LINE_AA)
        if not filled and rng.random() < 0.6:
            cv2.putText(
                page,
                "0",
                (centre[0] - radius // 2, centre[1] + radius // 2),
                cv2.FONT_HERSHEY_PLAIN,
                radius / 14,
                grey,
                1,
                cv2.LINE_AA,
            )
    if rng.random() < 0.06:
        cv2.putText(page, "JUMLAH", (0, max(4, y - int(0.1 * h))), cv2.FONT_HERSHEY_SIMPLEX, 0.35, 20, 1, cv2.LINE_AA)


def sheet(rng: Rng) -> Sheet:
    """One printed box with guides and what stands around it."""
    aspect = float(np.clip(rng.choice([0.78, 0.85, 1.0], p=[0.5, 0.3, 0.2]) + rng.normal(0, 0.05), 0.6, 1.15))
    width = round(BOX * aspect)
    columns = round(width * CANVAS / BOX)
    page = np.full((CANVAS, columns), 255, np.uint8)
    box = ((columns - width) // 2, (CANVAS - BOX) // 2, width, BOX)
    own = rng.random() < 0.5
    grey = _dark(rng, 0.35, 1.0) if own else _dark(rng, 0.12, 0.5)
    thick = int(rng.integers(1, 4)) if own else int(rng.integers(1, 6))
    _neighbours(page, rng, box, grey, thick)
    _border(page, box, grey, thick)
    share = 0.34 + 0.4 * rng.random(), 0.5 + 0.36 * rng.random()
    if rng.random() < 0.45:
        share = 0.43 + rng.normal(0, 0.03), 0.65 + rng.normal(0, 0.03)
    guides = ((1 - share[0]) / 2 + rng.normal(0, 0.015), (1 - share[1]) / 2 + rng.normal(0, 0.015), *share)
    guide_grey = 1.0
    if rng.random() < 0.9:
        dark = _dark(rng, 0.06, 0.42)
        guide_grey = dark / 255
        _guides(page, rng, box, guides, dark)
    _surroundings(page, rng, box)
    return Sheet(*box, page.shape[:2], guides, guide_grey, page)


def placed(
    rng: Rng,
    noise: Noise,
    distance: NDArray[np.uint8],
    matrix: NDArray[np.float32],
    shape: tuple[int, int],
    bend: float,
) -> Floats:
    """A distance map (in map pixels) seen through ``matrix`` (2 x 3, canvas to map) with a hand's unsteadiness."""
    rows, columns = shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    map_x = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]
    map_y = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]
    if bend:
        map_x += bend * noise.cut(rng, "wave" if rng.random() < 0.5 else "bend", shape)
        map_y += bend * noise.cut(rng, "wave" if rng.random() < 0.5 else "bend", shape)
    found = cv2.remap(distance, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    return found.astype(np.float32) / 16


@dataclass(frozen=True, slots=True)
class Pen:
    """Width in canvas pixels, reflectance of its ink, how uneven it writes."""

    width: float
    reflectance: float
    uneven: float
    patchy: float


def pen(rng: Rng) -> Pen:
    """A pen: mostly a ball-point of 0.3 to 0.9 mm on a box 9 mm high, sometimes a felt pen; black, blue or faint."""
    width = float(np.clip(rng.lognormal(np.log(4.4), 0.32), 2.0, 11.0))
    if rng.random() < 0.12:
        width = 7 + 6 * rng.random()
    kind = rng.random()
    if kind < 0.4:
        reflectance = 0.05 + 0.2 * rng.random()
    elif kind < 0.82:
        reflectance = 0.2 + 0.25 * rng.random()
    else:
        reflectance = 0.42 + 0.26 * rng.random()
    return Pen(width, reflectance, 0.3 * rng.random(), 0.4 * rng.random() ** 3)


def coverage(
    rng: Rng, noise: Noise, distance: Floats, scale: float, with_pen: Pen, half: float | None = None
) -> Floats:
    """Ink (0..1) of a placed distance map; ``scale`` = canvas pixels per map pixel; ``half`` a pen, in those."""
    half = half or with_pen.width / 2 / scale
    if with_pen.uneven:
        half = half * (1 + with_pen.uneven * 0.4 * noise.cut(rng, "grain", distance.shape))
    return np.clip((half - distance) * scale + 0.5, 0, 1)


def inked(rng: Rng, noise: Noise, page: Floats, ink: Floats, with_pen: Pen) -> Floats:
    """The page (reflectance 0..1) with ink laid on it."""
    cover = ink
    if with_pen.patchy > 0.02:
        texture = noise.cut(rng, "fine", ink.shape) + 0.7 * noise.cut(rng, "grain", ink.shape)
        cover = ink * np.clip(1 - with_pen.patchy * (0.6 + 0.7 * texture), 0.15, 1)
    return page * (1 - cover * (1 - with_pen.reflectance))


__all__ = ["BOX", "CANVAS", "Noise", "Pen", "Sheet", "coverage", "inked", "pen", "placed", "sheet"]
