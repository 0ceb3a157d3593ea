"""How people hold phones over forms: profiles of conditions, drawn by seed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bench.second_renderer.bend import Camera, Sheet
from bench.second_renderer.light import Light, Shadow
from bench.second_renderer.sensor import Sensor

Rng = np.random.Generator
LONG, SHORT = 4000, 3000
"""Pixels of a 12-MP picture."""
PROFILES = {
    "typical": "tilt <= 25 degrees, blur <= 2.5 px (standard deviation at 12 MP), room light, sag <= 4 mm",
    "hard": "tilt 12..35 degrees, blur 1..3.5 px, sag <= 8 mm, shadows, gloss, dim light and coarse JPEG each often",
    "wide": "hard, but tilt <= 30 degrees: the registration row",
}


@dataclass(frozen=True, slots=True)
class Capture:
    """One press of the shutter, for a 12-MP picture."""

    profile: str
    sheet: Sheet
    camera: Camera
    light: Light
    sensor: Sensor

    def scaled(self, long_side: int) -> Capture:
        """The same view by a camera with fewer pixels: what the phone's downscaling gives, made directly."""
        factor = long_side / LONG
        if factor == 1:
            return self
        camera = replace(
            self.camera,
            width=round(self.camera.width * factor),
            height=round(self.camera.height * factor),
            focal=self.camera.focal * factor,
        )
        sensor = replace(
            self.sensor,
            blur=max(math.hypot(self.sensor.blur * factor, 0.35), 0.4),
            shot=self.sensor.shot * factor**2,
            read=self.sensor.read * factor,
            sharpen=self.sensor.sharpen * factor,
        )
        return replace(self, camera=camera, sensor=sensor)


def draw(profile: str, width: float, height: float, rng: Rng) -> Capture:
    """Conditions of one photograph of a sheet of ``width`` x ``height`` mm; raises ``KeyError`` for no profile."""
    if profile not in PROFILES:
        raise KeyError(profile)
    hard = profile in ("hard", "wide")
    return Capture(
        profile, _sheet(width, height, hard, rng), _camera(profile, rng), _light(hard, rng), _sensor(profile, hard, rng)
    )


def _sheet(width: float, height: float, hard: bool, rng: Rng) -> Sheet:
    most = 8.0 if hard else 4.0
    sag = float(np.clip(rng.normal(0, most / 3), -most, most))
    wave = float(np.clip(rng.normal(0, most / 8), -most / 4, most / 4))
    direction = rng.choice([0.0, math.pi / 2]) + rng.normal(0, 0.3)
    return Sheet(width, height, sag, wave, float(direction))


def _camera(profile: str, rng: Rng) -> Camera:
    tilt = {
        "typical": 25 * rng.beta(1.4, 2.4),
        "hard": rng.uniform(12, 35),
        "wide": 30 * rng.beta(2, 1.2),
    }[profile]
    return Camera(
        SHORT,
        LONG,
        focal=LONG * rng.uniform(0.68, 0.86),
        tilt=float(tilt),
        azimuth=float(rng.uniform(0, 360)),
        roll=float(np.clip(rng.normal(0, 3.5), -12, 12)),
        fill=float(rng.uniform(0.82, 0.97)),
        drift=(float(rng.uniform(-0.9, 0.9)), float(rng.uniform(-0.9, 0.9))),
        k1=float(rng.uniform(-0.05, 0.03)),
        k2=float(rng.uniform(-0.02, 0.02)),
    )


def _light(hard: bool, rng: Rng) -> Light:
    far = rng.uniform(500, 1600) if hard else rng.uniform(900, 2600)
    angle, lean = rng.uniform(0, 2 * math.pi), rng.uniform(0.2, 0.95 if hard else 0.75)
    lamp = (far * math.cos(angle) * lean, far * math.sin(angle) * lean, -far)
    sky = rng.uniform(0.25, 0.6) if hard else rng.uniform(0.4, 0.8)
    shadows = [
        _shadow(rng, rng.uniform(0.35, 0.85), rng.uniform(4, 30)) for _ in range(rng.integers(0, 3) if hard else 0)
    ]
    if not hard and rng.random() < 0.3:
        shadows = [_shadow(rng, rng.uniform(0.1, 0.4), rng.uniform(25, 80))]
    gloss = rng.uniform(0.1, 0.7) if hard and rng.random() < 0.5 else rng.uniform(0, 0.06)
    return Light(lamp, float(sky), tuple(shadows), float(gloss), float(rng.uniform(25, 140)))


def _shadow(rng: Rng, depth: float, soft: float) -> Shadow:
    """Of a hand, an arm or the phone, coming in from a side."""
    side = rng.integers(4)
    x = (-10.0, 220.0, rng.uniform(0, 210), rng.uniform(0, 210))[side]
    y = (rng.uniform(0, 297), rng.uniform(0, 297), -10.0, 307.0)[side]
    long, short = rng.uniform(60, 170), rng.uniform(25, 80)
    return Shadow(
        float(x), float(y), float(long), float(short), float(rng.uniform(0, math.pi)), float(soft), float(depth)
    )


def _sensor(profile: str, hard: bool, rng: Rng) -> Sensor:
    blur = {
        "typical": 0.5 + 2.0 * rng.beta(1.3, 2.6),
        "hard": rng.uniform(1.0, 3.5),
        "wide": rng.uniform(0.8, 3.5),
    }[profile]
    dim = hard and rng.random() < 0.45
    shot = 10 ** (rng.uniform(-3.4, -2.7) if dim else rng.uniform(-4.6, -3.6))
    exposure = rng.uniform(0.3, 0.6) if dim else rng.uniform(0.62, 1.0)
    warm = rng.normal(0, 0.07 if hard else 0.04)
    low, high = (60, 85) if hard else (76, 92)
    return Sensor(
        blur=float(blur),
        motion=float(rng.uniform(0.3, 1.0) if rng.random() < 0.35 else 0.0),
        angle=float(rng.uniform(0, math.pi)),
        fringe=float(rng.normal(0, 2.2e-4 if hard else 1.2e-4)),
        exposure=float(exposure),
        shot=float(shot),
        read=float(math.sqrt(shot) * 0.06),
        cast=(float(1 - warm + rng.normal(0, 0.02)), float(1 + warm)),
        contrast=float(rng.uniform(0.0, 0.5)),
        smooth=float(rng.uniform(0.5, 0.9) if dim else rng.choice([0.0, 0.3])),
        sharpen=float(rng.choice([0.0, 0.4, 0.8, 1.2])),
        qualities=(int(rng.integers(85, 97)), int(rng.integers(low, high))),
    )
