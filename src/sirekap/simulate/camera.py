"""A phone held over a sheet on a table: where the sheet lands in the picture, how it is lit, blurred and stored.

Everything follows from ``(profile, seed)``. The paper may curl and be folded: `Pose.bend` moves points on the page
before the flat projection, so `Shot.homography` is the camera's, and the paper is up to some millimetres off it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.simulate.ink import Bytes
from sirekap.simulate.scene import Light, background, lit, noisy

Floats = NDArray[np.float64]
Coarse = NDArray[Any]
"""float32 at the coarse points."""
_NO_MAP = np.empty(0, np.float32)
_STEP = 16
"""Pixels between the points at which the bent paper is computed."""
_FINER = 2
"""Light and shadow are computed at so many points between those."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How well people photograph. Spreads of normal or upper ends of uniform draws; angles in degrees.

    ``long_side``: pixels of the longer side of the picture. ``fill``: share of the picture's height or width the sheet
    takes. ``aside``: how far it lies off the middle, as a share of the picture. ``bend``: mm that curled paper is off
    flat. ``blur``: pixels (sigma) at 2,560 px. ``noise``: grey levels.
    """

    name: str
    long_side: int = 2560
    tilt: float = 8.0
    turn: float = 2.5
    fill: tuple[float, float] = (0.86, 0.95)
    aside: float = 0.0
    bend: float = 1.2
    fold: float = 0.4
    blur: tuple[float, float] = (0.5, 1.0)
    motion: float = 0.12
    light: float = 0.3
    shadow: float = 0.35
    glare: float = 0.05
    noise: tuple[int, int] = (1, 4)
    quality: tuple[int, int] = (62, 82)
    sideways: float = 0.0


EASY = Profile(
    "easy", tilt=2.0, turn=1.0, bend=0.0, fold=0.0, blur=(0.4, 0.5), motion=0.0, light=0.1, shadow=0.0, glare=0.0,
    noise=(1, 2), quality=(80, 88),
)  # fmt: skip
TYPICAL = Profile("typical")
HARD = Profile(
    "hard", tilt=20.0, turn=9.0, fill=(0.68, 0.93), bend=2.0, fold=0.6, blur=(0.8, 2.2), motion=0.35, light=0.6,
    shadow=0.75, glare=0.3, noise=(3, 8), quality=(40, 68), sideways=0.15,
)  # fmt: skip
BLURRED = Profile("blurred", blur=(7.0, 9.0), quality=(55, 70))
CUT_OFF = Profile("cut off", fill=(0.98, 1.04), aside=0.17)
PROFILES = {profile.name: profile for profile in (EASY, TYPICAL, HARD, BLURRED, CUT_OFF)}


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the sheet lies. ``homography`` (9 numbers, rows) takes flat mm to pixels, ``bend`` is for `_bent`."""

    homography: tuple[float, ...]
    size: tuple[int, int]
    bend: tuple[float, ...]

    @property
    def matrix(self) -> Floats:
        """The homography (3, 3)."""
        return np.array(self.homography).reshape(3, 3)


@dataclass(frozen=True, slots=True)
class Shot:
    """One photograph: the file, and what is known of how it was made."""

    jpeg: bytes
    profile: str
    pose: Pose
    blur: float
    quality: int

    def as_dict(self) -> dict[str, Any]:
        """For the truth file; without the picture."""
        homography = [round(value, 9) for value in self.pose.homography]
        return {
            "profile": self.profile, "homography": homography, "size": list(self.pose.size),
            "blur": round(self.blur, 2), "quality": self.quality, "bytes": len(self.jpeg),
        }  # fmt: skip


def photograph(page: Bytes, seed: int, profile: Profile = TYPICAL, *, width: float = 210.0) -> Shot:
    """A JPEG of the filled ``page`` (h, w, 3 BGR; ``width`` mm wide) lying on a table."""
    rng = np.random.default_rng((31, seed))
    height = width * page.shape[0] / page.shape[1]
    pose = _pose(rng, profile, (width, height))
    picture = _scene(rng, page, pose, width, _light(rng, profile))
    blur = float(rng.uniform(*profile.blur)) * profile.long_side / 2560
    picture = _blurred(rng, picture, blur, rng.random() < profile.motion)
    picture = noisy(rng, picture, int(rng.integers(*profile.noise)))
    if rng.random() < profile.sideways:
        picture = np.rot90(picture, int(rng.choice([1, 3])))
    quality = int(rng.integers(*profile.quality))
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the picture could not be encoded")
    return Shot(data.tobytes(), profile.name, pose, blur, quality)


def _pose(rng: np.random.Generator, profile: Profile, paper: tuple[float, float]) -> Pose:
    long, ratio = profile.long_side, float(rng.choice([4 / 3, 4 / 3, 16 / 9]))
    size = round(long / ratio / 2) * 2, long
    tilt = np.abs(rng.normal(0, profile.tilt / 2))
    tilt, around = np.radians(min(tilt, 1.5 * profile.tilt)), rng.uniform(0, 2 * np.pi)
    axis = np.array([np.cos(around), np.sin(around), 0.0]) * tilt
    turned = cv2.Rodrigues(axis)[0] @ cv2.Rodrigues(np.array([0, 0, np.radians(rng.normal(0, profile.turn))]))[0]
    focal = long * float(rng.uniform(0.78, 0.95))
    middle = np.array([[1, 0, -paper[0] / 2], [0, 1, -paper[1] / 2], [0, 0, 1.0]])
    distance = focal * max(paper[0] / size[0], paper[1] / size[1])
    for _ in range(3):
        flat = np.column_stack([turned[:, 0], turned[:, 1], [0, 0, distance]]) @ middle
        lens = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1.0]])
        found = lens @ flat
        corners = _project(found, np.array([[0, 0], [paper[0], 0], paper, [0, paper[1]]], np.float64))
        spread = np.ptp(corners, axis=0) / size
        distance *= float(spread.max())
    share = float(rng.uniform(*profile.fill))
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = np.array(size) - (high - low) * share
    shift = room * (0.5 + np.clip(rng.normal(0, 0.14, 2), -0.45, 0.45)) - low * share
    shift += profile.aside * np.array(size) * ((0, 1) if rng.random() < 0.7 else (1, 0)) * rng.choice([-1.0, 1.0])
    found = np.array([[share, 0, shift[0]], [0, share, shift[1]], [0, 0, 1.0]]) @ found
    amount = rng.uniform(0.2, 1.0, 2) * profile.bend
    fold = float(rng.uniform(0.3, 1.0)) if rng.random() < profile.fold else 0.0
    bend = (
        *amount.tolist(),
        float(rng.uniform(0.8, 2.2)),
        float(rng.uniform(0, 6.3)),
        fold,
        float(rng.choice([1 / 2, 1 / 3])),
    )
    return Pose(tuple((found / found[2, 2]).ravel().tolist()), size, bend)


def _project(homography: Floats, points: Floats) -> Floats:
    out = np.column_stack([points, np.ones(len(points))]) @ homography.T
    return np.asarray(out[:, :2] / out[:, 2:])


def _bent(x: Coarse, y: Coarse, bend: tuple[float, ...]) -> tuple[Coarse, Coarse]:
    """mm by which points of the paper (x, y as shares of it) appear moved because it curls or was folded."""
    along, across, waves, phase, fold, where = bend
    wave = np.sin(waves * np.pi * y + phase)
    dx = across * np.sin(waves * np.pi * x + phase) * (y - 0.5) + 0.4 * along * wave * (x - 0.5)
    dy = along * wave * 0.7 + across * np.cos(waves * np.pi * x) * (y - 0.5)
    raised = np.exp(-np.abs(y - where) / 0.12)
    return dx - fold * 1.6 * raised * (x - 0.5), dy - fold * 1.2 * raised * (where - 0.5)


def _scene(rng: np.random.Generator, page: Bytes, pose: Pose, width: float, light: Light) -> Bytes:
    """The page on its table under its light, as the lens sees it, before blur."""
    x, y = _on_paper(pose)
    scale = page.shape[1] / width
    height = page.shape[0] / scale
    dx, dy = _bent(np.clip(x / width, -0.2, 1.2), np.clip(y / height, -0.2, 1.2), pose.bend)
    where = _enlarged(np.dstack([(x + dx) * scale - 0.5, (y + dy) * scale - 0.5]), pose.size, _STEP)
    first, second = cv2.convertMaps(where, _NO_MAP, cv2.CV_16SC2)
    paper = cv2.cvtColor(page, cv2.COLOR_BGR2BGRA)
    seen = cv2.remap(paper, first, second, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0))
    sheet, picture = cv2.extractChannel(seen, 3), background(rng, pose.size)
    cv2.copyTo(cv2.cvtColor(seen, cv2.COLOR_BGRA2BGR), sheet, picture)
    factors, white = lit(rng, light, (x.shape[1] * _FINER, x.shape[0] * _FINER))
    shade = cv2.resize(_shade(y / height, pose.bend), factors.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    on_table = _factors(factors * _drop_shadow(rng, sheet, factors.shape)[..., None], pose.size)
    cv2.copyTo(_factors(factors * shade[..., None], pose.size), sheet, on_table)
    picture = cv2.multiply(picture, on_table, scale=1 / 128)
    if white is not None:
        spot = _enlarged(np.rint(white * 255).astype(np.uint8), pose.size, _STEP // _FINER)
        picture = cv2.add(picture, cv2.merge([spot] * 3))
    return picture


def _on_paper(pose: Pose) -> tuple[Coarse, Coarse]:
    """mm on the flat page at every coarse point of the picture."""
    columns, rows = -(-pose.size[0] // _STEP), -(-pose.size[1] // _STEP)
    v, u = np.mgrid[:rows, :columns] * _STEP + (_STEP - 1) / 2
    flat = np.linalg.inv(pose.matrix) @ np.stack([u.ravel(), v.ravel(), np.ones(u.size)])
    x, y = flat[:2] / flat[2]
    return x.reshape(u.shape).astype(np.float32), y.reshape(u.shape).astype(np.float32)


def _enlarged(coarse: NDArray[Any], size: tuple[int, int], step: int) -> NDArray[Any]:
    """A coarse map at the picture's ``size`` (width, height)."""
    whole = coarse.shape[1] * step, coarse.shape[0] * step
    return cv2.resize(coarse, whole, interpolation=cv2.INTER_LINEAR)[: size[1], : size[0]]


def _factors(coarse: Coarse, size: tuple[int, int]) -> Bytes:
    """Factors in 1/128 at the picture's size."""
    return _enlarged(np.clip(coarse * 128, 0, 255).astype(np.uint8), size, _STEP // _FINER)


def _shade(y: Coarse, bend: tuple[float, ...]) -> Coarse:
    """How bright the bent paper's slopes are; white paper is 0.93."""
    along, _, waves, phase, fold, where = bend
    slope = 0.02 * along * np.cos(waves * np.pi * y + phase)
    crease = 0.07 * fold * np.exp(-np.abs(y - where) / 0.008) * np.sign(y - where)
    return (0.93 * (1 + slope + crease - 0.03 * fold * (y > where))).astype(np.float32)


def _drop_shadow(rng: np.random.Generator, sheet: Bytes, shape: tuple[int, ...]) -> Coarse:
    """A thin soft shadow of the paper's edge on the table: factors of the coarse ``shape``."""
    small = cv2.resize(sheet, shape[1::-1], interpolation=cv2.INTER_AREA)
    move = np.array([[1, 0, rng.uniform(-2, 2)], [0, 1, rng.uniform(-2, 2)]])
    soft = cv2.GaussianBlur(cv2.warpAffine(small, move, small.shape[::-1]), (0, 0), 1.6)
    return (1 - soft.astype(np.float32) * np.float32(0.45 / 255)).astype(np.float32)


def _light(rng: np.random.Generator, profile: Profile) -> Light:
    shadow = float(rng.uniform(0.15, 0.5)) if rng.random() < profile.shadow else 0.0
    glare = float(rng.uniform(0.2, 0.9)) if rng.random() < profile.glare else 0.0
    fall = float(rng.uniform(0, profile.light))
    exposure = float(np.clip(rng.normal(0.97, 0.07 + 0.1 * profile.light), 0.6, 1.08)) / (1 - 0.35 * fall)
    return Light(fall, shadow, float(np.clip(rng.normal(0.2, 0.45), -1, 1)), glare, exposure)


def _blurred(rng: np.random.Generator, picture: Bytes, sigma: float, moved: bool) -> Bytes:
    """Out of focus by ``sigma`` pixels, and shaken along a short line if ``moved``."""
    out = cv2.GaussianBlur(picture, (0, 0), sigma) if sigma > 0.3 else picture
    if moved:
        length = max(2.0, float(rng.uniform(1.5, 3.5)) * max(sigma, 0.8))
        side = 2 * int(length) + 3
        kernel = np.zeros((side, side), np.float32)
        angle, centre = rng.uniform(0, np.pi), side // 2
        reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        start, end = (centre - reach).round().astype(int), (centre + reach).round().astype(int)
        cv2.line(kernel, start.tolist(), end.tolist(), 1.0, 1)
        out = cv2.filter2D(out, -1, kernel / kernel.sum())
    return out
