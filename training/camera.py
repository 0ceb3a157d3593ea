"""A phone camera over a canvas: light, tilt, blur, noise, sharpening and JPEG, then the reader's own crop.

All strengths are drawn around ``hard``: 0 = a good photograph, 1 = a bad one.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from sheet import BOX, Noise, Sheet

from sirekap.paper.layout import Rect
from sirekap.reading import crops

Rng = np.random.Generator
Floats = NDArray[np.float32]


def light(rng: Rng, noise: Noise, shape: tuple[int, int], hard: float) -> tuple[Floats, Floats | None]:
    """Illumination (h, w) in grey levels of white paper, and glare to add or None."""
    rows, columns = shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x, y = x / columns - 0.5, y / rows - 0.5
    level = float(np.clip(rng.normal(185 - 25 * hard, 28 + 15 * hard), 60, 250))
    slope = (0.05 + 0.3 * hard) * rng.standard_normal(2)
    field = 1 + slope[0] * x + slope[1] * y + 0.015 * (1 + hard) * noise.cut(rng, "bend", shape)
    if rng.random() < 0.06 + 0.3 * hard:
        angle, soft = rng.random() * 2 * np.pi, 0.01 + 0.25 * rng.random() ** 2
        edge = (np.cos(angle) * x + np.sin(angle) * y - 0.5 * rng.normal(0, 0.5)) / soft
        depth = 0.1 + (0.2 + 0.3 * hard) * rng.random()
        field = field * (1 - depth / (1 + np.exp(-np.clip(edge, -30, 30))))
    glare = None
    if rng.random() < 0.02 + 0.16 * hard:
        centre, radius = rng.normal(0, 0.5, 2), 0.2 + 0.7 * rng.random()
        away = ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / radius**2
        glare = (30 + 110 * rng.random()) * np.exp(-away)
    return (level * field).astype(np.float32), glare


def view(rng: Rng, shape: tuple[int, int], hard: float) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Homography from canvas to photo pixels, and the photo's width and height."""
    rows, columns = shape
    scale = float(np.clip(rng.lognormal(np.log(0.82), 0.27), 0.42, 1.5))
    if rng.random() < 0.3 * hard:
        scale = 0.38 + 0.2 * rng.random()
    angle = rng.normal(0, 0.06 + 0.2 * hard)
    tilt, axis = np.cos(np.deg2rad(abs(rng.normal(0, 10 + 12 * hard)))), rng.random() * np.pi
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    along = np.array([[np.cos(axis), -np.sin(axis)], [np.sin(axis), np.cos(axis)]])
    linear = scale * turn @ along @ np.diag([1, max(tilt, 0.75)]) @ along.T
    full = np.eye(3)
    full[:2, :2] = linear
    bring = np.array([[1, 0, -columns / 2], [0, 1, -rows / 2], [0, 0, 1.0]])
    lean = np.eye(3)
    lean[2, :2] = rng.normal(0, 0.0004 * (1 + hard), 2)
    full = full @ lean
    reach = 1.38 * BOX
    corners = np.array(
        [[-reach / 2, -reach / 2, 1], [reach / 2, -reach / 2, 1], [reach / 2, reach / 2, 1], [-reach / 2, reach / 2, 1]]
    ).T
    seen = full @ corners
    seen = seen[:2] / seen[2]
    low, high = seen.min(1), seen.max(1)
    to_photo = np.array([[1, 0, -low[0] + rng.random()], [0, 1, -low[1] + rng.random()], [0, 0, 1.0]])
    return to_photo @ full @ bring, (int(high[0] - low[0]) + 2, int(high[1] - low[1]) + 2)


def misplaced(rng: Rng, sheet: Sheet, hard: float) -> NDArray[np.float64]:
    """What registration gets wrong, in canvas pixels: mostly under 3 % of the box, up to 8 %, a little turned."""
    spread = 0.018 + 0.016 * hard
    shift = np.clip(rng.normal(0, spread, 2), -0.08, 0.08) if rng.random() < 0.8 else rng.uniform(-0.08, 0.08, 2)
    angle, grow = rng.normal(0, 0.018 + 0.018 * hard), 1 + rng.normal(0, 0.012 + 0.012 * hard, 2)
    shear = rng.normal(0, 0.012 + 0.015 * hard)
    centre = np.array([sheet.left + sheet.width / 2, sheet.top + sheet.height / 2])
    linear = np.array([[grow[0] * np.cos(angle), -np.sin(angle) + shear], [np.sin(angle), grow[1] * np.cos(angle)]])
    offset = centre + shift * [sheet.width, sheet.height] - linear @ centre
    return np.array([[*linear[0], offset[0]], [*linear[1], offset[1]], [0, 0, 1.0]])


def _blurred(rng: Rng, photo: Floats, zoom: float, hard: float) -> Floats:
    """Defocus and motion; ``zoom`` = photo pixels per crop pixel."""
    sigma = (abs(rng.normal(0.35, 0.3)) if rng.random() > 0.6 * hard else 0.6 + 1.7 * rng.random()) * zoom
    sigma = max(sigma, 0.35)
    if rng.random() < 0.25 and sigma > 0.8:
        radius = sigma * 1.9
        side = 2 * int(np.ceil(radius)) + 1
        offset = np.mgrid[0:side, 0:side] - side // 2
        disc = np.clip(radius + 0.5 - np.hypot(offset[0], offset[1]), 0, 1).astype(np.float32)
        photo = cv2.filter2D(photo, -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE)
    else:
        photo = cv2.GaussianBlur(photo, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    if rng.random() < 0.06 + 0.3 * hard:
        length, angle = (0.8 + 3.2 * rng.random() * (0.4 + 0.6 * hard)) * zoom, rng.random() * np.pi
        side = 2 * int(np.ceil(length / 2)) + 3
        kernel = np.zeros((side, side), np.float32)
        step = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        ends = np.round((side / 2 - 0.5 + np.array([-step, step])) * 16).astype(int)
        cv2.line(kernel, tuple(map(int, ends[0])), tuple(map(int, ends[1])), 1.0, 1, cv2.LINE_AA, 4)
        if kernel.sum() > 0:
            photo = cv2.filter2D(photo, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
    return photo


def photograph(rng: Rng, noise: Noise, page: Floats, sheet: Sheet, hard: float) -> NDArray[np.uint8]:
    """The 40 x 40 crop of the box after the page (reflectance 0..1) was photographed and registered."""
    lit, glare = light(rng, noise, page.shape, hard)
    scene = page * lit
    if glare is not None:
        scene = scene + glare * (0.5 + 0.5 * page)
    if rng.random() < 0.15 + 0.3 * hard:
        veil = 0.25 * rng.random()
        scene = scene * (1 - veil) + float(lit.mean()) * veil
    homography, size = view(rng, page.shape, hard)
    # with INTER_AREA absent from warps, soften first where the photo is much smaller than the canvas
    photo = cv2.warpPerspective(scene, homography, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    zoom = float(np.sqrt(abs(np.linalg.det(homography[:2, :2])))) * BOX * (1 + 2 * crops.MARGIN) / crops.SIDE
    photo = _blurred(rng, photo, zoom, hard)
    sigma = abs(rng.normal(1.5, 1.5)) + hard * 9 * rng.random() ** 2
    rows, columns = photo.shape
    grain = noise.cut(rng, "fine" if rng.random() < 0.4 else "grain" if rng.random() < 0.1 else "fine", photo.shape)
    photo = photo + sigma * (0.5 * grain + 0.85 * rng.standard_normal((rows, columns), np.float32))
    if rng.random() < 0.4:
        amount = 0.3 + 1.2 * rng.random()
        photo = photo + amount * (photo - cv2.GaussianBlur(photo, (0, 0), 0.8 + 0.8 * rng.random()))
    if rng.random() < 0.1:
        photo = 255 * np.clip(photo / 255, 0, 1) ** float(np.exp(rng.normal(0, 0.2)))
    grey = np.clip(photo, 0, 255).astype(np.uint8)
    if rng.random() < 0.08:
        grey = cv2.medianBlur(grey, 3)
    quality = int(np.clip(rng.normal(82 - 22 * hard, 10), 30, 97))
    grey = cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)
    box = Rect(sheet.left, sheet.top, sheet.width, sheet.height)
    return crops.cut(grey, homography @ misplaced(rng, sheet, hard), [box])[0]
