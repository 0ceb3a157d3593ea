"""From light on the sensor to a JPEG: blur, Bayer mosaic with shot noise, tone, sharpening, compression twice."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
SENSITIVITY = (0.62, 1.0, 0.55)
"""Of the blue, green and red filters; the noise of blue and red is amplified when white is balanced."""
STORE = 4_000_000
CFA = ((0, 0, 2), (0, 1, 1), (1, 0, 1), (1, 1, 0))
"""Rows, columns and BGR channel of the RGGB pattern."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """``blur``: standard deviation of all blur in pixels of the 12-MP picture. ``motion``: share of its variance that
    is a straight shake at ``angle`` radians. ``fringe``: relative size error of red and blue. ``shot``, ``read``:
    noise of linear light 0..1. ``cast``: gains of blue and red that the white balance left. ``contrast``: of the
    S-shaped tone curve. ``qualities``: of the camera's and of the sender's JPEG."""

    blur: float
    motion: float
    angle: float
    fringe: float
    exposure: float
    shot: float
    read: float
    cast: tuple[float, float]
    contrast: float
    smooth: float
    sharpen: float
    qualities: tuple[int, int]


def kernel(sensor: Sensor, scale: float = 1.0) -> Floats:
    """The blur as a kernel: defocus disk, shake, and a little diffraction, together of the wanted deviation."""
    sigma = max(sensor.blur * scale, 0.35)
    rest = min(0.4, sigma)
    wide = max(sigma**2 - rest**2, 0.0)
    length, radius = np.sqrt(12 * wide * sensor.motion), 2 * np.sqrt(wide * (1 - sensor.motion))
    side = 2 * int(np.ceil(max(length / 2 + radius, 0.5))) + 3
    fine = 4
    size = side * fine
    ys, xs = (np.mgrid[:size, :size] - (size - 1) / 2) / fine
    disk = (np.hypot(xs, ys) <= max(radius, 0.18)).astype(np.float32)
    along = xs * np.cos(sensor.angle) + ys * np.sin(sensor.angle)
    beside = ys * np.cos(sensor.angle) - xs * np.sin(sensor.angle)
    line = ((np.abs(along) <= max(length / 2, 0.18)) & (np.abs(beside) <= 0.18)).astype(np.float32)
    both = cv2.filter2D(disk, -1, line / line.sum(), borderType=cv2.BORDER_CONSTANT)
    both = cv2.GaussianBlur(both, (0, 0), rest * fine, borderType=cv2.BORDER_CONSTANT)
    out: Floats = both.reshape(side, fine, side, fine).sum(axis=(1, 3))
    return out / out.sum()


def expose(scene: Bytes, light: Floats, mirrored: Floats | None, sensor: Sensor, rng: np.random.Generator) -> Bytes:
    """Linear reflectance (h, w, 3) of 0..255 under ``light`` (h, w) to the phone's picture, BGR, before compression."""
    height, width = light.shape
    raw = np.empty((height, width), np.float32)
    white = (sensor.cast[0], 1.0, sensor.cast[1])
    gains = [sensor.exposure / 255 * SENSITIVITY[channel] * white[channel] for channel in range(3)]
    for row, column, channel in CFA:
        raw[row::2, column::2] = scene[row::2, column::2, channel] * np.float32(gains[channel])
    raw *= light
    if mirrored is not None:
        for row, column, channel in CFA:
            raw[row::2, column::2] += mirrored[row::2, column::2] * np.float32(gains[channel] * 255)
    raw += _normal(raw.shape, rng) * np.sqrt(raw * np.float32(sensor.shot) + np.float32(sensor.read**2))
    for row, column, channel in CFA:
        raw[row::2, column::2] *= np.float32(4095 / SENSITIVITY[channel])
    np.clip(raw, 0, 4095, out=raw)
    mosaic = _tone(sensor.contrast)[raw.astype(np.uint16)]
    return _finish(cv2.cvtColor(mosaic, cv2.COLOR_BayerBG2BGR), sensor)


def fringed(scene: Bytes, sensor: Sensor, centre: tuple[float, float]) -> Bytes:
    """Red and blue a little larger or smaller than green, about ``centre`` (x, y), the middle of the whole picture."""
    if abs(sensor.fringe) < 2e-5:
        return scene
    height, width = scene.shape[:2]
    planes = list(cv2.split(scene))
    for channel, factor in ((0, 1 - sensor.fringe), (2, 1 + sensor.fringe)):
        matrix = np.array([[factor, 0, centre[0] * (1 - factor)], [0, factor, centre[1] * (1 - factor)]])
        planes[channel] = cv2.warpAffine(planes[channel], matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    merged: Bytes = cv2.merge(planes)
    return merged


def compress(picture: Bytes, sensor: Sensor, size: tuple[int, int] | None = None) -> bytes:
    """JPEG by the camera, then by the sender, made ``size`` (width, height) between the two when given."""
    first = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, sensor.qualities[0]])[1]
    again = cv2.imdecode(first, cv2.IMREAD_COLOR)
    assert again is not None
    if size is not None and size != (again.shape[1], again.shape[0]):
        again = cv2.resize(again, size, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", again, [cv2.IMWRITE_JPEG_QUALITY, sensor.qualities[1]])[1])


def _normal(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Normal numbers; a small picture takes a random run of a kept store, which is quicker than new ones."""
    count = int(np.prod(shape))
    if count > 500_000:
        return rng.standard_normal(shape, dtype=np.float32)
    start = int(rng.integers(STORE - count))
    return _store()[start : start + count].reshape(shape)


@functools.cache
def _store() -> Floats:
    return np.random.default_rng(91).standard_normal(STORE, dtype=np.float32)


@functools.cache
def _tone(contrast: float) -> Bytes:
    light = np.linspace(0, 1, 4096)
    gamma = light ** (1 / 2.2)
    bent = gamma + contrast * np.sin(2 * np.pi * (gamma - 0.5)) / (2 * np.pi)
    return np.clip(np.round(bent * 255), 0, 255).astype(np.uint8)


def _finish(picture: Bytes, sensor: Sensor) -> Bytes:
    """What the phone does to noise and edges."""
    if sensor.smooth > 0:
        planes = list(cv2.split(cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb)))
        planes[1], planes[2] = cv2.blur(planes[1], (5, 5)), cv2.blur(planes[2], (5, 5))
        softer = cv2.GaussianBlur(planes[0], (0, 0), 0.9)
        planes[0] = cv2.addWeighted(planes[0], 1 - sensor.smooth, softer, sensor.smooth, 0)
        picture = cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2BGR)
    if sensor.sharpen > 0:
        wide = cv2.GaussianBlur(picture, (0, 0), 1.3)
        picture = cv2.addWeighted(picture, 1 + sensor.sharpen, wide, -sensor.sharpen, 0)
    return picture
