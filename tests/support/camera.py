"""A plain pinhole camera for tests: a flat grey page (mm known) photographed on a desk, with the true homography."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.reading.plane import project


@dataclass(frozen=True)
class Shot:
    """``tilt`` and ``roll`` in degrees, ``blur`` in pixels (sigma), ``fill``: share of the picture the page takes."""

    tilt: float = 15.0
    roll: float = 4.0
    blur: float = 0.8
    fill: float = 0.92
    size: tuple[int, int] = (1500, 2000)
    noise: float = 3.0
    seed: int = 0


def photograph(
    page: NDArray[np.uint8], width: float, height: float, shot: Shot
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The photograph and the homography mm -> px that made it; ``width`` and ``height`` of the page in mm."""
    random = np.random.default_rng(shot.seed)
    truth = _truth(width, height, shot, random.uniform(0, 2 * np.pi))
    scale = page.shape[1] / width
    print_to_mm = np.array([[1 / scale, 0, 0.5 / scale], [0, 1 / scale, 0.5 / scale], [0, 0, 1]])
    soft = cv2.GaussianBlur(page, (0, 0), 0.5 * scale / max(np.sqrt(abs(np.linalg.det(truth))), 0.1))
    sheet = cv2.warpPerspective(soft, truth @ print_to_mm, shot.size, flags=cv2.INTER_LINEAR)
    there = cv2.warpPerspective(np.full_like(page, 255), truth @ print_to_mm, shot.size)
    desk = cv2.resize(random.integers(60, 140, (24, 18)).astype(np.uint8), shot.size, interpolation=cv2.INTER_CUBIC)
    light = cv2.resize(random.uniform(0.75, 1.0, (4, 3)), shot.size, interpolation=cv2.INTER_CUBIC)
    picture = np.where(there > 127, 12 + 0.8 * sheet, desk) * light
    picture = cv2.GaussianBlur(picture, (0, 0), max(shot.blur, 0.3))
    picture += random.normal(0, shot.noise, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8), truth


def _truth(width: float, height: float, shot: Shot, axis: float) -> NDArray[np.float64]:
    across, down = shot.size
    tilt, _ = cv2.Rodrigues(np.array([np.cos(axis), np.sin(axis), 0]) * np.deg2rad(shot.tilt))
    roll, _ = cv2.Rodrigues(np.array([0, 0, np.deg2rad(shot.roll)]))
    turned = tilt @ roll
    focus = 1.1 * max(shot.size)
    lens = np.array([[focus, 0, across / 2], [0, focus, down / 2], [0, 0, 1.0]])
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    corners = [[0, 0], [width, 0], [width, height], [0, height]]
    near, far = 100.0, 6000.0
    for _ in range(40):
        distance = (near + far) / 2
        found = lens @ np.column_stack([turned[:, 0], turned[:, 1], [0, 0, distance]]) @ centre
        spread = np.abs(project(found, corners) - (across / 2, down / 2)) / (across / 2, down / 2)
        near, far = (near, distance) if (spread < shot.fill).all() else (distance, far)
    found = lens @ np.column_stack([turned[:, 0], turned[:, 1], [0, 0, far]]) @ centre
    return np.asarray(found / found[2, 2])
