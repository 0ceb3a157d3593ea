"""The sheets as printed, in pixels, made by the program itself: its paper is photographed here, its reader tested."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.paper import templates
from sirekap.paper.frame import Heading
from sirekap.paper.printing import Station
from sirekap.paper.raster import page_image

NAMES = ("ACENG NURHADI\nSITI ROHMAH", "BAMBANG WIJAYA\nDEWI LESTARI", "CECEP SUHERMAN\nRINA MARLINA")
STATION = Station("3216010001007", "LENGGAHJAYA", "CABANGBUNGIN", "BEKASI", "JAWA BARAT")


@functools.cache
def grey(design: str, page: int, density: float) -> NDArray[np.uint8]:
    """One printed page (h, w), 255 is paper, ``density`` pixels a mm, with names and a station's header and QR."""
    layout = templates.get(design)
    form, columns = templates.form_of(design)
    pairs = tuple(NAMES[number % len(NAMES)] for number in range(columns))
    heading = Heading(form, columns, "PEMILIHAN TAHUN 2024", "2024", pairs)
    page_pixels = page_image(layout, page, density * 25.4, heading=heading, station=STATION)
    wanted = (round(density * layout.page(page).width), round(density * layout.page(page).height))
    if page_pixels.shape[::-1] != wanted:
        page_pixels = cv2.resize(page_pixels, wanted, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(page_pixels)
