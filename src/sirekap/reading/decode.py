"""Untrusted bytes to an upright grey picture, or one clear reason why not. Call it in the worker of `sandbox`.

Large JPEGs are decoded at half size straight from their DCT coefficients: 2,000 pixels on an A4 page are 6.7 a
millimetre, more than the 40 x 40 crops hold.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from sirekap.reading.messages import reason
from sirekap.reading.result import Reason

MOST_BYTES = 25_000_000
MOST_PIXELS = 60_000_000
MOST_SIDE = 20_000
MOST_RATIO = 12
ENOUGH = 1_900
"""Long side in pixels that a reduced decode keeps at least."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright picture: ``grey`` (height, width) is the photograph divided by ``reduced``.

    ``size``: width, height of the full photograph in pixels, upright. ``flags``: what is odd about the file.
    """

    grey: Grey
    reduced: int
    size: tuple[int, int]
    format: str
    flags: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Header:
    size: tuple[int, int]
    format: str
    mode: str
    orientation: int
    flags: tuple[Reason, ...] = field(default=())


def decode(data: bytes, *, most_bytes: int = MOST_BYTES, full: bool = False) -> Picture | Reason:
    """The picture in ``data``, or the `Reason` for refusing it. Raises nothing that the bytes can cause.

    ``full`` asks for every pixel; otherwise a JPEG may come at half its size.
    """
    if len(data) > most_bytes:
        return reason("too_many_bytes", limit=most_bytes // 1_000_000)
    header = _header(data)
    if isinstance(header, Reason):
        return header
    reduced = 1 if full or header.format not in ("JPEG", "MPO") or max(header.size) // 2 < ENOUGH else 2
    try:
        grey = _pixels(data, header, reduced)
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError, cv2.error):
        return reason("undecodable")
    if grey is None or grey.ndim != 2 or min(grey.shape) < 8:
        return reason("undecodable")
    upright = _turn(grey, header.orientation)
    width, height = header.size
    size = (height, width) if header.orientation >= 5 else (width, height)
    return Picture(upright, reduced, size, header.format, header.flags)


def _header(data: bytes) -> _Header | Reason:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
                    return reason("too_many_pixels", width=width, height=height)
                if min(width, height) < 8 or max(width, height) > MOST_RATIO * min(width, height):
                    return reason("undecodable")
                kind = image.format or ""
                flags = []
                if kind != "MPO" and getattr(image, "is_animated", False):
                    flags.append(reason("animated"))
                if kind in ("JPEG", "MPO") and not jpeg_complete(data):
                    flags.append(reason("truncated"))
                return _Header((width, height), kind, image.mode, _orientation(image), tuple(flags))
    except Image.DecompressionBombError:
        return reason("too_many_pixels", width="?", height="?")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        ArithmeticError,
        LookupError,
        TypeError,
    ):
        return reason("undecodable")


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def jpeg_complete(data: bytes) -> bool:
    """Whether the first picture of a JPEG reaches its end marker."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xDA:
            return data.find(b"\xff\xd9", at) >= 0
        elif marker == 0xD9:
            return True
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def _pixels(data: bytes, header: _Header, reduced: int) -> Grey | None:
    if header.format in ("JPEG", "MPO") and header.mode in ("L", "RGB"):
        how = cv2.IMREAD_REDUCED_GRAYSCALE_2 if reduced == 2 else cv2.IMREAD_GRAYSCALE
        found = cv2.imdecode(np.frombuffer(data, np.uint8), how | cv2.IMREAD_IGNORE_ORIENTATION)
        return None if found is None else np.asarray(found, np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if reduced == 2:
                image.draft(image.mode, (image.width // 2, image.height // 2))
            image.load()
            return _grey(image)


def _grey(image: Image.Image) -> Grey:
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        deep = np.asarray(image).astype(np.float32)
        top = float(deep.max())
        scale = 257.0 if top > 255 else 1.0
        return np.asarray(np.clip(np.nan_to_num(deep) / scale, 0, 255), np.uint8)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, image)
    return np.asarray(image.convert("L"), np.uint8)


def _turn(grey: Grey, orientation: int) -> Grey:
    """``grey`` made upright from its EXIF orientation 1..8."""
    if orientation in (2, 4, 5, 7):
        grey = grey[:, ::-1]
    turns = {1: 0, 2: 0, 3: 2, 4: 2, 5: 1, 6: 3, 7: 3, 8: 1}[orientation]
    return np.ascontiguousarray(np.rot90(grey, turns))
