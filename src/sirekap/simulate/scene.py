"""What is around and over the sheet: tables, light and shadow, sensor noise."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.simulate.ink import Bytes

Floats = NDArray[Any]
"""float32."""
TABLES = ("planks", "dark wood", "cloth", "tiles", "concrete", "mat")
_SIDE = 1024


@functools.cache
def table(kind: str) -> Bytes:
    """A surface to lay the sheet on, (1024, 1024, 3) BGR, the same for every seed."""
    rng = np.random.default_rng((21, TABLES.index(kind)))
    out: Bytes = np.clip(_TABLES[kind](rng), 0, 255).astype(np.uint8)
    return out


def _noise(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """Soft noise of about -1..1, stretched over the whole surface."""
    small = rng.normal(0, 1, (rows, columns)).astype(np.float32)
    return cv2.resize(small, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)


def _tinted(grey: Floats, colour: tuple[float, float, float]) -> Floats:
    return grey[..., None] * np.array(colour, np.float32)


def _wood(rng: np.random.Generator, level: float, colour: tuple[float, float, float], planks: int) -> Floats:
    grain = 0.5 * _noise(rng, 160, 5) + 0.35 * _noise(rng, 420, 9) + 0.3 * _noise(rng, 40, 3)
    grey = level * (1 + 0.1 * grain + 0.02 * _noise(rng, 700, 700))
    if planks:
        step = _SIDE // planks
        for n in range(planks):
            rows = slice(n * step, (n + 1) * step)
            grey[rows] = np.roll(grey[rows], int(rng.integers(_SIDE)), axis=1) * rng.uniform(0.9, 1.08)
            grey[n * step : n * step + 4] *= 0.55
    return _tinted(grey, colour)


def _cloth(rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[:_SIDE, :_SIDE].astype(np.float32)
    weave = np.sin(x * 1.6) * np.sin(y * 1.6)
    stripes = (np.sin(x / 42) > 0.8).astype(np.float32) + (np.sin(y / 42) > 0.8).astype(np.float32)
    return _tinted(105 * (1 + 0.05 * weave + 0.06 * _noise(rng, 8, 8) - 0.18 * stripes), (0.62, 0.55, 1.25))


def _tiles(rng: np.random.Generator) -> Floats:
    grey = 196 * (1 + 0.03 * _noise(rng, 30, 30) + 0.015 * _noise(rng, 500, 500))
    for line in range(0, _SIDE, 341):
        grey[line : line + 7] *= 0.72
        grey[:, line : line + 7] *= 0.72
    return _tinted(grey, (0.9, 0.98, 1.02))


def _concrete(rng: np.random.Generator) -> Floats:
    grey = 134 * (1 + 0.08 * _noise(rng, 6, 6) + 0.06 * _noise(rng, 60, 60) + 0.07 * _noise(rng, 800, 800))
    return _tinted(grey, (0.96, 0.99, 1.0))


def _mat(rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[:_SIDE, :_SIDE].astype(np.float32)
    straw = np.sign(np.sin(x / 9)) * np.sin(y / 5) + np.sin(x / 5) * (1 - np.sign(np.sin(x / 9)))
    return _tinted(150 * (1 + 0.09 * straw + 0.05 * _noise(rng, 12, 12)), (0.55, 0.86, 1.06))


_TABLES: dict[str, Callable[[np.random.Generator], Floats]] = {
    "planks": lambda rng: _wood(rng, 150, (0.72, 0.9, 1.05), 5),
    "dark wood": lambda rng: _wood(rng, 74, (0.55, 0.78, 1.2), 0),
    "cloth": _cloth,
    "tiles": _tiles,
    "concrete": _concrete,
    "mat": _mat,
}


def background(rng: np.random.Generator, size: tuple[int, int]) -> Bytes:
    """A piece of table that fills a picture of ``size`` (width, height)."""
    source = table(str(rng.choice(TABLES, p=[0.3, 0.22, 0.14, 0.14, 0.12, 0.08])))
    half = -(-size[0] // 2), -(-size[1] // 2)
    zoom = max(half) / _SIDE * float(rng.uniform(0.8, 1.5))
    turn = cv2.getRotationMatrix2D((_SIDE / 2, _SIDE / 2), float(rng.choice([0, 90]) + rng.normal(0, 4)), zoom)
    turn[:, 2] = turn[:, 2] + rng.uniform(-200, 200, 2)
    piece = cv2.warpAffine(source, turn, half, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return cv2.resize(piece, size, interpolation=cv2.INTER_LINEAR)


@dataclass(frozen=True, slots=True)
class Light:
    """How a scene is lit. ``fall``: loss from the bright to the dark side; ``shadow``: depth of a cast shadow.

    ``warmth``: -1 blue to 1 yellow; ``glare``: added white at one spot; ``exposure``: of all.
    """

    fall: float
    shadow: float
    warmth: float
    glare: float
    exposure: float


def lit(rng: np.random.Generator, light: Light, size: tuple[int, int]) -> tuple[Floats, Floats | None]:
    """Factors (h, w, 3; 1 = unchanged) at the coarse ``size`` (width, height), and white to add, 0..1, or None."""
    width, height = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    across = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    field = light.exposure * (1 - light.fall * (across + 0.5)) * (1 - 0.22 * (x**2 + y**2))
    if light.shadow > 0:
        field *= 1 - light.shadow * _cast(rng, x, y)
    gains = np.array([1 - 0.16 * light.warmth, 1.0, 1 + 0.11 * light.warmth], np.float32)
    factors = field[..., None].astype(np.float32) * gains
    if light.glare <= 0:
        return factors, None
    centre, spread = rng.uniform(-0.35, 0.35, 2), rng.uniform(0.05, 0.14, 2)
    spot = np.exp(-(((x - centre[0]) / spread[0]) ** 2 + ((y - centre[1]) / spread[1]) ** 2) / 2)
    return factors, (light.glare * spot).astype(np.float32)


def _cast(rng: np.random.Generator, x: Floats, y: Floats) -> Floats:
    """Where the shadow of a hand and phone, or of a person, falls: 0..1, soft at its edge."""
    angle = rng.uniform(0, 2 * np.pi)
    along, beside = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    edge = 0.06 * np.sin(beside * rng.uniform(6, 14) + rng.uniform(0, 6)) + rng.uniform(-0.25, 0.3)
    soft = rng.uniform(0.015, 0.06)
    out: Floats = 1 / (1 + np.exp(np.clip(-(along - edge) / soft, -30, 30)))
    return out


@functools.lru_cache(maxsize=12)
def grain(strength: int) -> NDArray[Any]:
    """Sensor noise (1024, 1024, 3) int16 in grey levels, a little coarser than pixels, colours only partly apart."""
    rng = np.random.default_rng((22, strength))
    common = cv2.GaussianBlur(rng.standard_normal((_SIDE, _SIDE), np.float32), (0, 0), 0.6)
    out = np.empty((_SIDE, _SIDE, 3), np.int16)
    for channel, own in enumerate((0.7, 0.35, 0.55)):
        apart = cv2.GaussianBlur(rng.standard_normal((_SIDE, _SIDE), np.float32), (0, 0), 1.1)
        out[..., channel] = np.rint((common * 1.6 + apart * own * 2.2) * (strength / 2))
    return out


def noisy(rng: np.random.Generator, picture: Bytes, strength: int) -> Bytes:
    """The picture with sensor noise of about ``strength`` grey levels, block by block."""
    if strength <= 0:
        return picture
    pattern = grain(strength)
    out = np.empty_like(picture)
    for top in range(0, picture.shape[0], _SIDE // 2):
        for left in range(0, picture.shape[1], _SIDE // 2):
            part = picture[top : top + _SIDE // 2, left : left + _SIDE // 2]
            y, x = rng.integers(0, _SIDE // 2 + 1, 2)
            noise = pattern[y : y + part.shape[0], x : x + part.shape[1]]
            out[top : top + part.shape[0], left : left + part.shape[1]] = cv2.add(part, noise, dtype=cv2.CV_8U)
    return out
