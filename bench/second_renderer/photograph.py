"""A filled page photographed whole, or only the neighbourhood of its figures through the same optics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.second_renderer import prints
from bench.second_renderer.bend import Scene
from bench.second_renderer.capture import Capture
from bench.second_renderer.desk import desk
from bench.second_renderer.forms import Form
from bench.second_renderer.hand import Hand
from bench.second_renderer.ink import Region, Stock
from bench.second_renderer.sensor import compress, expose, fringed, kernel
from sirekap.paper.layout import FieldPlace, PageLayout, Rect

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Rng = np.random.Generator
DENSITY = 300 / 25.4
"""Pixels a mm in which a sheet is printed and written on before it is photographed."""
ROOM = 3.0
"""mm of sheet around figures that are photographed alone."""
STEP, SMALL_STEP = 16, 8
"""Geometry and light are computed at every so many pixels and interpolated."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Some figures photographed alone. ``homography`` takes mm of the sheet to pixels of the JPEG, exact at the figures
    but for bending within them."""

    places: tuple[FieldPlace, ...]
    jpeg: bytes
    homography: Floats

    def grey(self, reduced: int = 1) -> Bytes:
        """The picture (h, w), decoded at its size or, for 2, at half of it."""
        how = cv2.IMREAD_REDUCED_GRAYSCALE_2 if reduced == 2 else cv2.IMREAD_GRAYSCALE
        found = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), how)
        assert found is not None
        return np.asarray(found, np.uint8)


def write_page(
    design: str, page: PageLayout, form: Form, hand: Hand, stock: Stock, rng: Rng, *, bare: bool = False
) -> Region:
    """The whole printed page with everything the writer puts on it; ``bare``: digits and bubbles only."""
    region = Region(prints.grey(design, page.page, DENSITY), 0, 0, DENSITY, stock, int(rng.integers(512)))
    for place in page.fields:
        write_field(region, place, form, hand, rng)
        if not bare:
            hand.tally(region, place.tally, form.fields[place.field].tally, rng)
            if place.words is not None:
                hand.words(region, place.words, rng)
    return region


def write_field(region: Region, place: FieldPlace, form: Form, hand: Hand, rng: Rng) -> None:
    """Digits and bubbles of one figure."""
    filled = form.fields[place.field]
    for rect, box in zip(place.digits, filled.boxes, strict=True):
        hand.put(region, rect, box, rng)
    for circles, number in zip(place.bubbles, filled.bubbles if place.bubbles else (), strict=True):
        if number is not None:
            hand.bubble(region, circles[number], rng)


def photograph(pixels: Bytes, capture: Capture, rng: Rng, *long_sides: int) -> list[bytes]:
    """JPEGs of one shot of a whole sheet (h, w, 3 reflectance at `DENSITY`), sent this long or as taken."""
    scene = Scene(capture.sheet, capture.camera)
    width, height = capture.camera.width, capture.camera.height
    mm, diffuse, mirrored = _view(scene, capture, (0, 0, width, height), STEP)
    picture = desk(width, height, rng)
    at = np.ascontiguousarray((mm * DENSITY - 0.5).astype(np.float32))
    paper = cv2.remap(pixels, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    on_sheet = _on_sheet(mm, capture.sheet.width, capture.sheet.height)
    picture = _contact(picture, on_sheet)
    cv2.copyTo(paper, on_sheet, picture)
    del at, mm, paper
    picture = cv2.filter2D(picture, -1, kernel(capture.sensor))
    picture = fringed(picture, capture.sensor, (width / 2, height / 2))
    shot = expose(picture, diffuse, mirrored, capture.sensor, rng)
    full = max(width, height)
    return [
        compress(shot, capture.sensor, (round(width * side / full), round(height * side / full)))
        for side in long_sides or (full,)
    ]


def patches(
    design: str,
    page: PageLayout,
    form: Form,
    hand: Hand,
    stock: Stock,
    capture: Capture,
    rng: Rng,
    *,
    bubbles: bool = True,
) -> Iterator[Patch]:
    """Every figure of a page, those in one row together, each photographed alone by the same camera in the same light.

    ``capture`` must already be scaled to the size of the picture.
    """
    scene = Scene(capture.sheet, capture.camera)
    blur = kernel(capture.sensor)
    grain_at = int(rng.integers(512))
    for places in _rows(page.fields):
        area = _around(places, bubbles)
        region = _cut_out(design, page, area, stock, grain_at)
        for place in places:
            write_field(region, place, form, hand, rng)
        yield _snap(scene, capture, blur, places, area, region, rng)


def _snap(
    scene: Scene,
    capture: Capture,
    blur: NDArray[np.float32],
    places: tuple[FieldPlace, ...],
    area: Rect,
    region: Region,
    rng: Rng,
) -> Patch:
    edge = scene.project(_corners(area))
    left, top = np.floor(edge.min(axis=0)).astype(int)
    width, height = ((np.ceil(edge.max(axis=0)) - (left, top)).astype(int) + 15) // 16 * 16
    mm, diffuse, mirrored = _view(scene, capture, (left, top, width, height), SMALL_STEP)
    at = np.ascontiguousarray(((mm - [region.left, region.top]) * region.density - 0.5).astype(np.float32))
    picture = cv2.remap(region.pixels, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    picture = cv2.filter2D(picture, -1, blur)
    middle = (capture.camera.width / 2 - left, capture.camera.height / 2 - top)
    picture = fringed(picture, capture.sensor, middle)
    shot = expose(picture, diffuse, mirrored, capture.sensor, rng)
    inner = _spread(Rect(area.x + ROOM, area.y + ROOM, area.w - 2 * ROOM, area.h - 2 * ROOM))
    homography = cv2.findHomography(inner, scene.project(inner) - [left, top])[0]
    return Patch(places, compress(shot, capture.sensor), homography)


def _view(
    scene: Scene, capture: Capture, window: tuple[int, int, int, int], step: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32] | None]:
    """mm on the sheet (h, w, 2), diffuse and mirrored light (h, w) for a window of the picture."""
    left, top, width, height = window
    columns, rows = -(-width // step) + 2, -(-height // step) + 2
    xs = (np.arange(columns) - 0.5) * step - 0.5 + left
    ys = (np.arange(rows) - 0.5) * step - 0.5 + top
    nodes = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    mm, space, normal = scene.lift(nodes)
    diffuse, mirrored = capture.light.falls(mm, space, normal, scene.eye)

    def full(values: Floats) -> NDArray[np.float32]:
        small = values.astype(np.float32).reshape(rows, columns, -1)
        large = cv2.resize(small, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
        cut = large[step : step + height, step : step + width]
        return np.ascontiguousarray(cut)

    shiny = float(mirrored.max()) > 0.004
    return full(mm), full(diffuse), full(mirrored) if shiny else None


def _on_sheet(mm: NDArray[np.float32], width: float, height: float) -> Bytes:
    """255 where a pixel (h, w, 2 mm) shows the sheet."""
    inside: Bytes = cv2.inRange(mm, np.array([0.0, 0.0]), np.array([width, height]))
    return inside


def _contact(table: Bytes, on_sheet: Bytes) -> Bytes:
    """The table, darker where the sheet's edge keeps the light away."""
    height, width = on_sheet.shape
    small = cv2.resize(on_sheet, (width // 8, height // 8), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    dark = 1 - 0.7 * cv2.GaussianBlur(small, (0, 0), 3.5)
    full = cv2.resize(dark, (width, height), interpolation=cv2.INTER_LINEAR)
    shaded: Bytes = cv2.multiply(table, cv2.merge([full] * 3), dtype=cv2.CV_8U)
    return shaded


def _rows(places: Sequence[FieldPlace]) -> list[tuple[FieldPlace, ...]]:
    """Figures that stand side by side."""
    rows: dict[float, list[FieldPlace]] = {}
    for place in places:
        rows.setdefault(round(place.digits[0].y, 1), []).append(place)
    return [tuple(row) for row in rows.values()]


def _around(places: Sequence[FieldPlace], bubbles: bool) -> Rect:
    boxes = [box for place in places for box in place.digits]
    if bubbles:
        circles = [circle for place in places for column in place.bubbles for circle in column]
        boxes += [Rect(c.x - c.r, c.y - c.r, 2 * c.r, 2 * c.r) for c in circles]
    left, top = min(box.x for box in boxes) - ROOM, min(box.y for box in boxes) - ROOM
    return Rect(left, top, max(b.right for b in boxes) + ROOM - left, max(b.bottom for b in boxes) + ROOM - top)


def _cut_out(design: str, page: PageLayout, area: Rect, stock: Stock, grain_at: int) -> Region:
    grey = prints.grey(design, page.page, DENSITY)
    top, left = max(int((area.y - 3) * DENSITY), 0), max(int((area.x - 3) * DENSITY), 0)
    bottom, right = int((area.bottom + 3) * DENSITY), int((area.right + 3) * DENSITY)
    return Region(grey[top:bottom, left:right], left / DENSITY, top / DENSITY, DENSITY, stock, grain_at)


def _corners(area: Rect) -> Floats:
    return np.array([[area.x, area.y], [area.right, area.y], [area.x, area.bottom], [area.right, area.bottom]])


def _spread(area: Rect) -> Floats:
    xs, ys = np.linspace(area.x, area.right, 5), np.linspace(area.y, area.bottom, 3)
    return np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
