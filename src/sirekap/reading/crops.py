"""Digit boxes cut straight from the photograph: 40 x 40 grey crops, normalised so that paper is 0 and ink is 1."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import Rect

SIDE = 40
"""Width and height of a crop in pixels."""
MARGIN = 0.12
"""Share of the box's width and height that a crop shows around the box on every side."""
OVERSAMPLE = 2
"""Crops are sampled at twice the side and averaged down, so that large photographs do not alias."""


def cut(grey: NDArray[np.uint8], homography: NDArray[np.float64], boxes: Sequence[Rect]) -> NDArray[np.uint8]:
    """Crops (n, 40, 40) of ``boxes`` (mm).

    ``homography`` maps mm on the page to pixels of ``grey``: one (3, 3) for all, or one per box (n, 3, 3).
    """
    out = np.empty((len(boxes), SIDE, SIDE), np.uint8)
    size = SIDE * OVERSAMPLE
    own = np.broadcast_to(homography, (len(boxes), 3, 3))
    for number, box in enumerate(boxes):
        area = box.grown(MARGIN)
        scale = np.array([[area.w / size, 0, area.x], [0, area.h / size, area.y], [0, 0, 1.0]])
        centre = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
        matrix = own[number] @ scale @ centre
        large = cv2.warpPerspective(
            grey, matrix, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        out[number] = cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return out


def normalise(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Crops (n, 40, 40) of 0..255 grey to float32 in 0..1 where 0 is paper and 1 the darkest ink of a normal pen.

    Paper level is the 85th percentile of each crop; contrast is divided by the paper level and by 0.75, clipped. A
    blank box stays near 0: contrast is never stretched to what happens to be there.
    """
    flat = crops.reshape(len(crops), -1)
    paper = np.maximum(np.percentile(flat, 85, axis=1), 30.0).astype(np.float32)
    scaled = (paper[:, None] - flat.astype(np.float32)) / (0.75 * paper[:, None])
    return np.clip(scaled, 0.0, 1.0).reshape(crops.shape).astype(np.float32)
