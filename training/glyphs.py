"""Glyphs as distance maps: how far every point lies from the middle of the pen's line.

A map can be inked with any pen: ink is where the distance is below half the pen's width. MNIST strokes are thicker
than a pen's, and a plain skeleton loses the small loops of 6, 8 and 9. So the grey glyph is enlarged, cut at the
threshold that shows most holes while keeping the number of parts, and only then thinned.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import cv2
import fetch
import numpy as np
import writers
from numpy.typing import NDArray

SIDE = 84
"""Side of a distance map in pixels: three times MNIST's."""
UNIT = 16
"""Steps of a stored map per pixel of distance."""
THRESHOLDS = (128, 100, 76, 150, 170, 190, 208)
"""In order of preference."""
SCANNED = 4.0
MIN_HOLE, MIN_PART = 5, 12

Map = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Glyph:
    """A distance map (84, 84), what it shows, who wrote it (-1: drawn by `strokes`, -2: optdigits), the grey image."""

    distance: Map
    label: int
    writer: int
    image: NDArray[np.uint8] | None = None


def enlarge(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The grey glyph at 84 x 84, smooth."""
    large = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(large, (0, 0), 1.0)


def _parts(mask: NDArray[np.uint8], minimum: int) -> int:
    _, _, statistics, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return int((statistics[1:, cv2.CC_STAT_AREA] >= minimum).sum())


def best_mask(large: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The enlarged glyph cut where most holes show at an unchanged number of parts. No label is looked at."""
    best, most, parts = None, -1, 0
    for threshold in THRESHOLDS:
        mask = (large > threshold).astype(np.uint8)
        count = _parts(mask, MIN_PART)
        if best is None:
            parts = count
        elif count != parts:
            continue
        holes = _parts(1 - mask, MIN_HOLE)
        if holes > most:
            best, most = mask, holes
    assert best is not None
    return best


_CODE = np.array([[1, 2, 4], [128, 0, 8], [64, 32, 16]], np.float32)


def _deletable() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Tables of the two half steps of Zhang and Suen over the code of the eight neighbours."""
    tables = np.zeros((2, 256), np.uint8)
    for code in range(256):
        p9, p2, p3, p4, p5, p6, p7, p8 = ((code >> bit) & 1 for bit in range(8))
        ring = [p2, p3, p4, p5, p6, p7, p8, p9]
        rises = sum(a == 0 and b == 1 for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
        if 2 <= sum(ring) <= 6 and rises == 1:
            tables[0, code] = p2 * p4 * p6 == 0 and p4 * p6 * p8 == 0
            tables[1, code] = p2 * p4 * p8 == 0 and p2 * p6 * p8 == 0
    return tables[0], tables[1]


TABLES = _deletable()


def thin(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The one-pixel skeleton (0 or 1) of a mask; holes and parts stay."""
    mask = mask.copy()
    while True:
        removed = 0
        for table in TABLES:
            code = cv2.filter2D(mask, cv2.CV_8U, _CODE, borderType=cv2.BORDER_CONSTANT)
            gone = cv2.LUT(code, table) & mask
            removed += int(gone.any())
            mask -= gone
        if not removed:
            return mask


def distance_map(lines: NDArray[np.uint8]) -> Map:
    """Distance to the nearest set pixel in sixteenths, up to 255."""
    found = cv2.distanceTransform(1 - lines, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.minimum(found * UNIT, 255).astype(np.uint8)


def scanned(image: NDArray[np.uint8]) -> Map:
    """A map whose ink within `SCANNED` map pixels is the glyph as it was scanned, strokes and all."""
    found = SCANNED + (110.0 - enlarge(image).astype(np.float32)) / 60
    return np.clip(found * UNIT, 0, 255).astype(np.uint8)


def to_map(image: NDArray[np.uint8]) -> Map:
    """The distance map of one grey image with ink bright."""
    return distance_map(thin(best_mask(enlarge(image))))


def to_maps(images: NDArray[np.uint8], together: int = 100) -> NDArray[np.uint8]:
    """Distance maps (n, 84, 84); many glyphs are thinned in one tall picture, which is faster."""
    maps = np.empty((len(images), SIDE, SIDE), np.uint8)
    for start in range(0, len(images), together):
        chunk = images[start : start + together]
        tall = np.concatenate([best_mask(enlarge(image)) for image in chunk])
        tall[::SIDE] = 0
        tall[SIDE - 1 :: SIDE] = 0
        for number, lines in enumerate(thin(tall).reshape(-1, SIDE, SIDE)):
            maps[start + number] = distance_map(lines)
    return maps


class Hands:
    """Glyphs of one set of writers, by writer and label; a composite takes all its glyphs from one writer."""

    def __init__(
        self,
        maps: NDArray[np.uint8],
        labels: NDArray[np.uint8],
        who: NDArray[np.int64],
        images: list[NDArray[np.uint8]],
    ) -> None:
        self.maps, self.labels, self.who, self.images = maps, labels, who, images
        self.places: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, (writer, label) in enumerate(zip(who.tolist(), labels.tolist(), strict=True)):
            self.places[writer, label].append(place)
        self.writers = sorted({writer for writer, _ in self.places})

    def any_writer(self, rng: np.random.Generator) -> int:
        """One writer of the set."""
        return self.writers[int(rng.integers(len(self.writers)))]

    def draw(self, rng: np.random.Generator, writer: int, label: int) -> Glyph | None:
        """A glyph of this writer, or None if this writer left no such digit."""
        places = self.places.get((writer, label))
        if not places:
            return None
        place = places[int(rng.integers(len(places)))]
        return Glyph(self.maps[place], label, writer, self.images[place])


def load(folder: Path, name: str, cache: Path | None = None, extra: Path = fetch.EXTRA) -> Hands:
    """The hands of one set of writers; prepared maps are kept in ``cache``. optdigits joins ``train`` only."""
    digits = writers.only(fetch.mnist(folder, "t10k" if name == "test" else "train", extra), name)
    kept = cache / f"maps-{name}.npy" if cache else None
    images, labels, who = digits.images, digits.labels, digits.writers.astype(np.int64)
    bitmaps = np.empty((0, 44, 44), np.uint8)
    if name == "train":
        plain, more = fetch.optdigits(extra)
        bitmaps = np.pad(plain, ((0, 0), (6, 6), (6, 6)))
        labels = np.concatenate([labels, more])
        who = np.concatenate([who, np.full(len(more), -2)])
    if kept and kept.exists():
        maps = np.load(kept)
    else:
        maps = np.concatenate([to_maps(images), to_maps(bitmaps)])
        if kept:
            np.save(kept, maps)
    return Hands(maps, labels, who, [*images, *bitmaps])
