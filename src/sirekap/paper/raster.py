"""Pixels of our own printed pages: for simulation, for screens, and to prove the print where the layout says it is."""

from __future__ import annotations

import functools

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
from numpy.typing import NDArray

from sirekap.paper.frame import Heading
from sirekap.paper.layout import Layout
from sirekap.paper.printing import Station, print_forms
from sirekap.paper.templates import form_of


def page_image(
    layout: Layout,
    page: int,
    dpi: float = 150.0,
    *,
    heading: Heading | None = None,
    station: Station | None = None,
) -> NDArray[np.uint8]:
    """One printed page (height, width) in grey, 255 is paper; do not write into it (it is shared).

    ``heading`` names the contest and pairs, ``station`` pre-fills header and QR; without them the page is blank.
    Pixel (0, 0) has its outer corner at 0, 0 mm; scale ``dpi / 25.4`` pixels a mm. ``KeyError`` for a layout that is
    not printed here, or a page it does not have.
    """
    form, columns = form_of(layout.name)
    layout.page(page)
    return _image(heading or Heading(form, columns), station, page, dpi)


def pdf_image(pdf: bytes, index: int, dpi: float) -> NDArray[np.uint8]:
    """Page ``index`` (from 0) of a PDF as (height, width) grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[index].render(scale=dpi / 72, grayscale=True)
        return np.array(bitmap.to_numpy(), np.uint8).reshape(bitmap.height, bitmap.width)
    finally:
        document.close()


@functools.lru_cache(maxsize=24)
def _image(heading: Heading, station: Station | None, page: int, dpi: float) -> NDArray[np.uint8]:
    image = pdf_image(_pdf(heading, station), page - 1, dpi)
    image.setflags(write=False)
    return image


@functools.lru_cache(maxsize=8)
def _pdf(heading: Heading, station: Station | None) -> bytes:
    return print_forms(heading, [station])
