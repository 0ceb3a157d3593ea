"""The QR of a sheet: read on the registered page where it is printed, otherwise anywhere in the photograph."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from sirekap.paper import qr as payload
from sirekap.paper.layout import Rect
from sirekap.reading.plane import Floats, project, shrink
from sirekap.reading.result import QrReading

Check = Callable[[bytes, bytes], bool]
SIDE = 300
"""Pixels of the straightened QR with its quiet zone: about nine a module."""
QUIET = 0.14
LONGEST_TEXT = 200
ONLY_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def on_page(grey: NDArray[np.uint8], homography: Floats, rect: Rect) -> str | None:
    """The text of the QR printed at ``rect`` (mm), or None."""
    area = rect.grown(QUIET)
    scale = np.array([[area.w / SIDE, 0, area.x], [0, area.h / SIDE, area.y], [0, 0, 1.0]])
    straight = cv2.warpPerspective(
        grey, homography @ scale, (SIDE, SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=255
    )
    text = _text(np.asarray(straight, np.uint8))
    return text if text is not None else _text(_around(grey, homography, area))


def anywhere(grey: NDArray[np.uint8]) -> tuple[str, Floats] | None:
    """The text and the four corners (4, 2) px, clockwise from the code's own top left, of a QR in the photograph."""
    for longest in (1400, 2600):
        picture, factor = shrink(grey, longest)
        for code in zxingcpp.read_barcodes(picture, formats=ONLY_QR):
            at = code.position
            corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
            if code.text and len(code.text) <= LONGEST_TEXT:
                return code.text, (np.array([(p.x, p.y) for p in corners], np.float64) + 0.5) / factor - 0.5
        if factor == 1.0:
            break
    return None


def interpret(text: str, check: Check | None, known_page: int | None = None) -> QrReading:
    """What a QR's text says; ``known_page`` for designs whose QR is not ours. Unknown texts name nothing."""
    found = payload.parse(text, check)
    if found is None:
        return QrReading(text, None, None, known_page, None, "unverified")
    contest = found.contest_id or str(found.contest)
    return QrReading(text, contest, found.station, found.page, found.generation, str(found.check))


def _text(picture: NDArray[np.uint8]) -> str | None:
    if min(picture.shape) < 21:
        return None
    for code in zxingcpp.read_barcodes(picture, formats=ONLY_QR):
        if code.text and len(code.text) <= LONGEST_TEXT:
            return str(code.text)
    return None


def _around(grey: NDArray[np.uint8], homography: Floats, area: Rect) -> NDArray[np.uint8]:
    corners = [[area.x, area.y], [area.right, area.y], [area.right, area.bottom], [area.x, area.bottom]]
    at = project(homography, corners)
    low = np.maximum(np.floor(at.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(at.max(axis=0)).astype(int), grey.shape[::-1])
    return np.ascontiguousarray(grey[low[1] : max(high[1], low[1]), low[0] : max(high[0], low[0])])
