"""Where people sign on our own sheets, and where the stamp SIMULASI finds room."""

from __future__ import annotations

import functools

from sirekap.paper import frame
from sirekap.paper.chasil import sheets
from sirekap.paper.frame import Heading
from sirekap.paper.identity import Form
from sirekap.paper.layout import Rect

_ABOVE = 6.6
"""Height in mm above a dotted line that a signature fills."""


@functools.cache
def cells(columns: int) -> tuple[Rect, ...]:
    """Cells for signatures, the same on every page: seven officers, then a witness for each vote column."""
    first = sheets(Heading(Form.CHASIL_REGENT, columns))[0]
    lines = [dots for dots in first.dots if frame.SIGNATURES_TOP < dots.y1 < frame.SIGNATURES_BOTTOM]
    return tuple(Rect(dots.x1 + 1.5, dots.y1 - _ABOVE + 0.8, dots.x2 - dots.x1 - 1.5, _ABOVE) for dots in lines)


@functools.cache
def stamp_place(page: int) -> Rect:
    """Room for a stamp to the right of the province in the header of a page; mm."""
    first, other = sheets(Heading(Form.CHASIL_REGENT, 2))[:2]
    province = next(slot.rect for slot in (first if page == 1 else other).slots if slot.name == "province")
    return Rect(province.right + 6.0, province.y - 0.6, 58.0, 6.6)
