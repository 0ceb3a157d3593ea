"""Light on the sheet: a lamp at a finite distance (Lambert), sky, soft shadows of hand and phone, and gloss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shadow:
    """An elliptic shadow on the sheet: middle and half axes in mm, turn in radians, softness of its edge in mm."""

    x: float
    y: float
    a: float
    b: float
    turn: float
    soft: float
    depth: float


@dataclass(frozen=True, slots=True)
class Light:
    """``lamp``: its place in mm from the sheet's middle, negative z towards the camera. ``sky``: share of light from
    everywhere. ``gloss`` and ``polish``: strength and sharpness of the lamp's reflection."""

    lamp: tuple[float, float, float]
    sky: float
    shadows: tuple[Shadow, ...] = ()
    gloss: float = 0.0
    polish: float = 40.0

    def falls(self, mm: Floats, space: Floats, normal: Floats, eye: Floats) -> tuple[Floats, Floats]:
        """Diffuse light (n,), 1 in the middle of a flat sheet, and mirrored light (n,) at surface points."""
        lamp = np.array(self.lamp)
        way = lamp - space
        distance = np.sqrt((way**2).sum(axis=1))
        way /= distance[:, None]
        near = float(np.sqrt((lamp**2).sum()))
        upright = -lamp[2] / near
        direct = np.maximum((way * normal).sum(axis=1), 0) / upright * (near / distance) ** 2
        for shadow in self.shadows:
            direct = direct * (1 - shadow.depth * _covered(shadow, mm))
        view = eye - space
        view /= np.sqrt((view**2).sum(axis=1))[:, None]
        middle = way + view
        middle /= np.sqrt((middle**2).sum(axis=1))[:, None]
        mirrored = self.gloss * np.maximum((middle * normal).sum(axis=1), 0) ** self.polish
        return self.sky + (1 - self.sky) * direct, mirrored


def _covered(shadow: Shadow, mm: Floats) -> Floats:
    cos, sin = np.cos(shadow.turn), np.sin(shadow.turn)
    dx, dy = mm[:, 0] - shadow.x, mm[:, 1] - shadow.y
    radius = np.hypot((dx * cos + dy * sin) / shadow.a, (dy * cos - dx * sin) / shadow.b)
    signed = (radius - 1) * min(shadow.a, shadow.b)
    soft: Floats = 1 / (1 + np.exp(np.clip(4 * signed / shadow.soft, -40, 40)))
    return soft
