"""What lies under and around the sheet: table tops, cloth, other paper, a pen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
TOPS = ((28, 52, 84), (60, 92, 124), (22, 24, 26), (96, 100, 104), (70, 48, 30), (40, 66, 40), (120, 128, 134))
"""BGR reflectance * 255 of wood, plastic, stone and cloth."""


def desk(width: int, height: int, rng: np.random.Generator) -> Bytes:
    """A background (h, w, 3) of linear reflectance; drawn small and enlarged, it is out of focus anyway."""
    w, h = width // 8, height // 8
    base = np.array(TOPS[int(rng.integers(len(TOPS)))], np.float32) * rng.uniform(0.7, 1.3)
    rough = rng.standard_normal((h, w), dtype=np.float32)
    kind = rng.integers(3)
    if kind == 0:
        rough = cv2.GaussianBlur(rough, (0, 0), sigmaX=40, sigmaY=1.2) * 12
    elif kind == 1:
        rough = cv2.GaussianBlur(rough, (0, 0), 1.5) * 2
    else:
        rough = cv2.GaussianBlur(rough, (0, 0), 2) + 0.4 * ((np.indices((h, w)).sum(axis=0) // 9) % 2)
    top = np.clip(base * (1 + 0.12 * rough[:, :, None]), 2, 235).astype(np.uint8)
    for _ in range(int(rng.integers(0, 3))):
        _other_paper(top, rng)
    if rng.random() < 0.4:
        _pen(top, rng)
    enlarged: Bytes = cv2.resize(top, (width, height), interpolation=cv2.INTER_LINEAR)
    return enlarged


def _other_paper(top: Bytes, rng: np.random.Generator) -> None:
    h, w = top.shape[:2]
    centre = rng.uniform((0, 0), (w, h))
    box = cv2.boxPoints(
        ((float(centre[0]), float(centre[1])), (float(w * 0.6), float(h * 0.5)), float(rng.uniform(0, 90)))
    )
    cv2.fillPoly(top, [box.astype(np.int32)], [int(v) for v in rng.integers(150, 215, 1).repeat(3)], cv2.LINE_AA)


def _pen(top: Bytes, rng: np.random.Generator) -> None:
    h, w = top.shape[:2]
    start = rng.uniform((0, 0), (w, h))
    angle = rng.uniform(0, 2 * np.pi)
    end = start + np.array([np.cos(angle), np.sin(angle)]) * w * 0.45
    colour = [int(v) for v in rng.integers(5, 200, 3)]
    cv2.line(top, start.astype(int).tolist(), end.astype(int).tolist(), colour, max(w // 45, 2), cv2.LINE_AA)
