"""A sheet bent in one direction (a developable surface) before a camera with lens distortion: mm to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the paper lies. ``sag``: mm it rises over its diagonal. ``wave``: mm of a second, S-shaped bend.

    ``direction``: radians from x across the bend's lines. ``fold``: degrees of one sharp crease ``fold_at`` mm from
    the middle.
    """

    width: float
    height: float
    sag: float = 0.0
    wave: float = 0.0
    direction: float = 0.0
    fold: float = 0.0
    fold_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the phone is. Angles in degrees; ``focal`` in pixels of a picture ``width`` x ``height``.

    ``fill``: share of the picture the sheet takes; ``drift``: where in the free room it lies, -1..1 each way; ``k1``,
    ``k2``: the lens's radial terms.
    """

    width: int
    height: int
    focal: float
    tilt: float
    azimuth: float
    roll: float
    fill: float
    drift: tuple[float, float] = (0.0, 0.0)
    k1: float = 0.0
    k2: float = 0.0


class Scene:
    """Sheet and camera together. Sheet coordinates: mm from its middle, z away from the camera."""

    def __init__(self, sheet: Sheet, camera: Camera) -> None:
        self.sheet, self.camera = sheet, camera
        self.along = np.array([np.cos(sheet.direction), np.sin(sheet.direction)])
        self.across = np.array([-self.along[1], self.along[0]])
        self.s, self.a, self.z, self.theta = _profile(sheet)
        self.rotation = _rotation(camera)
        self.shift = np.array([0.0, 0.0, 1000.0])
        self.centre = np.array([camera.width / 2 - 0.5, camera.height / 2 - 0.5])
        self._frame()
        self.eye: Floats = -self.rotation.T @ self.shift

    def project(self, mm: Floats) -> Floats:
        """(n, 2) mm from the sheet's top left to (n, 2) pixels."""
        flat = np.asarray(mm, float) - [self.sheet.width / 2, self.sheet.height / 2]
        seen = self._space(flat @ self.along, flat @ self.across) @ self.rotation.T + self.shift
        plain = seen[:, :2] / seen[:, 2:]
        square = (plain**2).sum(axis=1, keepdims=True)
        lens: Floats = plain * (1 + self.camera.k1 * square + self.camera.k2 * square**2)
        return lens * self.camera.focal + self.centre

    def lift(self, pixels: Floats) -> tuple[Floats, Floats, Floats]:
        """(n, 2) pixels back to the sheet: mm (n, 2), points in space (n, 3) and normals towards the camera (n, 3)."""
        lens = (np.asarray(pixels, float) - self.centre) / self.camera.focal
        plain = lens
        for _ in range(4):
            square = (plain**2).sum(axis=1, keepdims=True)
            plain = lens / (1 + self.camera.k1 * square + self.camera.k2 * square**2)
        ray = np.column_stack((plain, np.ones(len(plain)))) @ self.rotation
        ray_a, ray_z = ray[:, :2] @ self.along, ray[:, 2]
        eye_a, eye_z = float(self.eye[:2] @ self.along), float(self.eye[2])
        s = eye_a - ray_a * eye_z / ray_z
        for _ in range(5):
            at, height, theta = self._look_up(s)
            gap = (at - eye_a) * ray_z - (height - eye_z) * ray_a
            s = s - gap / (np.cos(theta) * ray_z - np.sin(theta) * ray_a)
        at, height, theta = self._look_up(s)
        t = float(self.eye[:2] @ self.across) + (ray[:, :2] @ self.across) * (height - eye_z) / ray_z
        mm = s[:, None] * self.along + t[:, None] * self.across + [self.sheet.width / 2, self.sheet.height / 2]
        normal = np.column_stack((np.sin(theta)[:, None] * self.along, -np.cos(theta)))
        return mm, self._space(s, t), normal

    def scale(self) -> float:
        """Pixels per mm in the middle of the sheet."""
        middle = np.array([self.sheet.width / 2, self.sheet.height / 2])
        ends = self.project(middle + np.array([[-2.0, -2.0], [2.0, 2.0], [-2.0, 2.0], [2.0, -2.0]]))
        return float(np.hypot(*(ends[1] - ends[0])) + np.hypot(*(ends[3] - ends[2]))) / (8 * np.sqrt(2))

    def _look_up(self, s: Floats) -> tuple[Floats, Floats, Floats]:
        """Profile at arc length ``s``; beyond the table the surface goes straight on."""
        inside = np.clip(s, self.s[0], self.s[-1])
        theta = np.interp(inside, self.s, self.theta)
        over = s - inside
        return (
            np.interp(inside, self.s, self.a) + over * np.cos(theta),
            np.interp(inside, self.s, self.z) + over * np.sin(theta),
            theta,
        )

    def _space(self, s: Floats, t: Floats) -> Floats:
        at, height, _ = self._look_up(s)
        return np.column_stack((at[:, None] * self.along + t[:, None] * self.across, height))

    def _frame(self) -> None:
        """Move the camera until the sheet fills its share of the picture, then aside by ``drift``."""
        edge = np.linspace(0, 1, 9)
        w, h = self.sheet.width, self.sheet.height
        outline = np.concatenate(
            [np.column_stack((edge * w, np.full(9, y))) for y in (0.0, h)]
            + [np.column_stack((np.full(9, x), edge * h)) for x in (0.0, w)]
        )
        room = np.array([self.camera.width, self.camera.height])
        for _ in range(8):
            seen = self.project(outline)
            low, high = seen.min(axis=0), seen.max(axis=0)
            self.shift[2] *= float(((high - low) / (room * self.camera.fill)).max())
            free = (room - (high - low)) / 2 * 0.9
            wanted = room / 2 + np.array(self.camera.drift) * np.maximum(free, 0)
            self.shift[:2] += (wanted - (low + high) / 2) / self.camera.focal * self.shift[2]


def _profile(sheet: Sheet) -> tuple[Floats, Floats, Floats, Floats]:
    """Arc length, position, height and slope angle of the bend's cross-section."""
    half = np.hypot(sheet.width, sheet.height) / 2 + 20
    s = np.linspace(-half, half, 801)
    step = s[1] - s[0]
    curvature = 8 * sheet.sag / (2 * half) ** 2 + sheet.wave * (np.pi / half) ** 2 * np.sin(np.pi * s / half)
    if sheet.fold:
        crease = np.exp(-0.5 * ((s - sheet.fold_at) / 0.8) ** 2)
        curvature = curvature + np.radians(sheet.fold) * crease / (crease.sum() * step)
    theta = np.cumsum(curvature) * step
    theta -= theta.mean()
    a, z = np.cumsum(np.cos(theta)) * step, np.cumsum(np.sin(theta)) * step
    return s, a - np.interp(0, s, a), z - z.mean(), theta


def _rotation(camera: Camera) -> Floats:
    tilt, azimuth, roll = np.radians([camera.tilt, camera.azimuth, camera.roll])
    axis = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    cross = np.array([[0, 0, axis[1]], [0, 0, -axis[0]], [-axis[1], axis[0], 0]])
    lean = np.eye(3) + np.sin(tilt) * cross + (1 - np.cos(tilt)) * cross @ cross
    spin = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1.0]])
    turned: Floats = lean @ spin
    return turned
