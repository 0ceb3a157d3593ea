"""Ink on printed paper: a region of the sheet as linear reflectance, on which pens leave colour."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.second_renderer.thinning import FAR, GRID, UNIT

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
TILE = 512


@dataclass(frozen=True, slots=True)
class Stock:
    """Paper and toner: reflectance of both, BGR tint of the paper, depth of its grain, streaks of the toner."""

    paper: float
    toner: float
    tint: tuple[float, float, float]
    grain: float
    fuzz: float


@dataclass(frozen=True, slots=True)
class Pen:
    """``half``: half the width of its line, mm. ``colour``: BGR it lets through. ``cover``: how dense. ``skips``: how
    much the paper's tooth shows."""

    half: float
    colour: tuple[float, float, float]
    cover: float
    skips: float


class Region:
    """Part of a sheet. ``left``, ``top`` in mm, ``density`` pixels a mm; ``pixels`` (h, w, 3) reflectance * 255."""

    def __init__(self, print_grey: Bytes, left: float, top: float, density: float, stock: Stock, grain_at: int) -> None:
        self.left, self.top, self.density = left, top, density
        self.grain_at = grain_at
        level = np.arange(256) / 255
        reflectance = stock.toner + (stock.paper - stock.toner) * level**1.6
        table = np.stack([np.clip(reflectance * tint * 255, 0, 255) for tint in stock.tint], axis=1)
        grey = cv2.GaussianBlur(print_grey, (0, 0), stock.fuzz) if stock.fuzz > 0.2 else print_grey
        self.pixels: Bytes = cv2.merge([cv2.LUT(grey, table[:, channel].astype(np.uint8)) for channel in range(3)])
        if stock.grain > 0:
            noise = self._noise(0, grey.shape[0], 0, grey.shape[1]) * np.float32(stock.grain)
            self.pixels = cv2.multiply(self.pixels, cv2.merge([1 + noise] * 3), dtype=cv2.CV_8U)

    def lay(self, coverage: Floats, row: int, column: int, pen: Pen) -> None:
        """Ink of a pen where ``coverage`` (h, w) in 0..1 says, its corner at a pixel of the region."""
        top, left = max(row, 0), max(column, 0)
        bottom = min(row + coverage.shape[0], self.pixels.shape[0])
        right = min(column + coverage.shape[1], self.pixels.shape[1])
        if top >= bottom or left >= right:
            return
        part = coverage[top - row : bottom - row, left - column : right - column]
        tooth = self._noise(top, bottom, left, right)
        dense = part * np.clip(pen.cover * (1 + pen.skips * tooth), 0, 1)
        under = self.pixels[top:bottom, left:right]
        for channel in range(3):
            under[:, :, channel] = (under[:, :, channel] * (1 - dense * (1 - pen.colour[channel]))).astype(np.uint8)

    def write(self, field: Floats, matrix: NDArray[np.float64], pen: Pen) -> None:
        """A stroke field; ``matrix`` (2, 3) takes its units (28 x 28) to mm on the sheet."""
        corners = np.array([[0, 0, 1], [28, 0, 1], [0, 28, 1], [28, 28, 1]]) @ matrix.T
        low = np.floor((corners.min(axis=0) - [self.left, self.top]) * self.density).astype(int)
        high = np.ceil((corners.max(axis=0) - [self.left, self.top]) * self.density).astype(int) + 1
        to_pixel = matrix.copy()
        to_pixel[:, 2] -= [self.left, self.top]
        to_pixel *= self.density
        to_pixel[:, 2] -= low + 0.5
        grid = np.array([[1 / UNIT, 0, 0.5 / UNIT], [0, 1 / UNIT, 0.5 / UNIT], [0, 0, 1]])
        width, height = int(high[0] - low[0]), int(high[1] - low[1])
        seen = cv2.warpAffine(
            field,
            to_pixel @ grid,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=FAR,
        )
        unit = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        coverage = np.clip((pen.half - seen * unit) * self.density + 0.5, 0, 1).astype(np.float32)
        self.lay(coverage, int(low[1]), int(low[0]), pen)

    def draw(self, lines: Sequence[NDArray[np.float64]], pen: Pen) -> None:
        """Lines in mm on the sheet, with the pen's width."""
        for line in lines:
            points = (line - [self.left, self.top]) * self.density
            edge = int(pen.half * self.density) + 3
            low, high = np.floor(points.min(axis=0)).astype(int) - edge, np.ceil(points.max(axis=0)).astype(int) + edge
            mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
            shifted = np.round((points - low - 0.5) * 16).astype(np.int32)
            thick = max(round(2 * pen.half * self.density), 1)
            cv2.polylines(mask, [shifted], False, 255, thick, cv2.LINE_AA, shift=4)
            self.lay(mask.astype(np.float32) / 255, int(low[1]), int(low[0]), pen)

    def fill(self, outline: NDArray[np.float64], pen: Pen) -> None:
        """A closed outline in mm filled with ink."""
        points = (outline - [self.left, self.top]) * self.density
        low, high = np.floor(points.min(axis=0)).astype(int) - 2, np.ceil(points.max(axis=0)).astype(int) + 3
        mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        cv2.fillPoly(mask, [np.round((points - low - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, shift=4)
        self.lay(mask.astype(np.float32) / 255, int(low[1]), int(low[0]), pen)

    def _noise(self, top: int, bottom: int, left: int, right: int) -> Floats:
        """Grain of the paper around 0, the same for the same place."""
        row = (top + self.grain_at + round(self.top * self.density)) % TILE
        column = (left + 7 * self.grain_at + round(self.left * self.density)) % TILE
        high, wide = row + bottom - top, column + right - left
        tile = _tile()
        if max(high, wide) > len(tile):
            tile = np.tile(tile, (-(-high // TILE), -(-wide // TILE)))
        return tile[row:high, column:wide]


@functools.cache
def _tile() -> Floats:
    rng = np.random.default_rng(90)
    fine = cv2.GaussianBlur(
        rng.standard_normal((TILE, TILE), dtype=np.float32), (0, 0), 0.8, borderType=cv2.BORDER_REFLECT
    )
    coarse = cv2.GaussianBlur(
        rng.standard_normal((TILE, TILE), dtype=np.float32), (0, 0), 6, borderType=cv2.BORDER_REFLECT
    )
    mixed = fine / fine.std() * 0.7 + coarse / coarse.std() * 0.5
    return np.tile(np.asarray(mixed, np.float32), (4, 4))


def stock(rng: np.random.Generator) -> Stock:
    """White office paper mostly, greyer recycled paper sometimes; a tired printer sometimes."""
    paper = rng.uniform(0.78, 0.9) if rng.random() < 0.85 else rng.uniform(0.6, 0.75)
    yellow = abs(rng.normal(0, 0.03))
    toner = rng.uniform(0.03, 0.09) if rng.random() < 0.85 else rng.uniform(0.15, 0.3)
    return Stock(
        float(paper),
        float(toner),
        (float(1 - yellow), 1.0, 1.0),
        float(rng.uniform(0.006, 0.02)),
        float(rng.uniform(0, 0.9)),
    )


assert GRID == 28 * UNIT
