"""What the reader saw, drawn on the photograph: every digit box in the colour of its certainty, with the text read."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from sirekap.paper import templates
from sirekap.paper.layout import FieldPlace, PageLayout
from sirekap.reading.decode import MOST_BYTES, decode
from sirekap.reading.plane import project, scale_at
from sirekap.reading.result import FieldReading, PageEvidence, Reading, Reason

SURE, DOUBTFUL, UNREAD, SEEN = (0, 120, 60), (190, 110, 0), (190, 20, 40), (40, 90, 200)
Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Matrix = NDArray[np.float64]
LONGEST = 3000
"""Long side of the drawing in pixels."""


def colour_of(reading: FieldReading | None) -> Colour:
    """Green: stated and beyond doubt. Amber: read, with a doubt or only a proposal. Red: not read."""
    if reading is None or (reading.value is None and reading.proposal is None):
        return UNREAD
    return SURE if reading.value is not None and not reading.doubt else DOUBTFUL


def text_of(reading: FieldReading | None) -> str:
    """``45``, ``45?`` for a proposal, ``-`` for nothing."""
    if reading is None or (reading.value is None and reading.proposal is None):
        return "-"
    return str(reading.value) if reading.value is not None else f"{reading.proposal}?"


def overlay(data: bytes, evidence: PageEvidence, reading: Reading) -> bytes | Reason:
    """A PNG of the photograph ``data`` with what was read; the `Reason` when the file cannot be opened.

    Boxes are drawn where the page's homography puts them; what was read of a field stands above its boxes.
    """
    picture = decode(data, most_bytes=max(MOST_BYTES, len(data)), full=True)
    if isinstance(picture, Reason):
        return picture
    base = _colours(data, picture.grey)
    factor = min(1.0, LONGEST / max(base.size))
    if factor < 1:
        base = base.resize((round(base.width * factor), round(base.height * factor)), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(base)
    if evidence.homography and evidence.template and evidence.page:
        page = templates.get(evidence.template).page(evidence.page)
        matrix = np.diag([factor, factor, 1.0]) @ np.asarray(evidence.homography).reshape(3, 3)
        _page(draw, page, matrix, evidence, reading, factor)
    _banner(draw, base.width, reading)
    out = io.BytesIO()
    base.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _colours(data: bytes, grey: NDArray[np.uint8]) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data)) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
            if upright.size == grey.shape[::-1]:
                return upright
    except (OSError, ValueError, SyntaxError):
        pass
    return Image.fromarray(grey).convert("RGB")


def _page(
    draw: ImageDraw.ImageDraw,
    page: PageLayout,
    matrix: Matrix,
    evidence: PageEvidence,
    reading: Reading,
    factor: float,
) -> None:
    scale = float(scale_at(matrix, [[page.width / 2, page.height / 2]])[0])
    width = max(2, round(0.35 * scale))
    size = max(11, round(3.0 * scale))
    font = ImageFont.load_default(size)
    for tag in page.tags:
        r = tag.rect
        _polygon(draw, matrix, [(r.x, r.y), (r.right, r.y), (r.right, r.bottom), (r.x, r.bottom)], SEEN, width)
    for place in page.fields:
        found = reading.fields.get(place.field)
        colour = colour_of(found)
        own = _own(matrix, place, evidence, factor)
        for b in place.digits:
            _polygon(draw, own, [(b.x, b.y), (b.right, b.y), (b.right, b.bottom), (b.x, b.bottom)], colour, width)
        if place.field in evidence.fields and place.digits:
            left, top, _, _ = evidence.fields[place.field].box
            _label(draw, (left * factor, top * factor), text_of(found), colour, font, size)


def _own(matrix: Matrix, place: FieldPlace, evidence: PageEvidence, factor: float) -> Matrix:
    """The page's homography moved so that a field's boxes lie in the rectangle where they were really found."""
    if place.field not in evidence.fields or not place.digits:
        return matrix
    corners = [(x, y) for b in place.digits for x in (b.x, b.right) for y in (b.y, b.bottom)]
    at = project(matrix, corners)
    low, high = at.min(axis=0), at.max(axis=0)
    left, top, width, height = (factor * side for side in evidence.fields[place.field].box)
    sx, sy = width / max(high[0] - low[0], 1.0), height / max(high[1] - low[1], 1.0)
    return np.array([[sx, 0, left - sx * low[0]], [0, sy, top - sy * low[1]], [0, 0, 1.0]]) @ matrix


def _label(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: Colour, font: Font, size: int
) -> None:
    x, y = at[0], at[1] - 1.15 * size
    width = draw.textlength(text, font=font)
    draw.rectangle((x, y, x + width + 0.5 * size, y + 1.2 * size), fill=colour)
    draw.text((x + 0.25 * size, y), text, fill=(255, 255, 255), font=font)


def _polygon(
    draw: ImageDraw.ImageDraw,
    matrix: Matrix,
    corners: list[tuple[float, float]],
    colour: Colour,
    width: int,
) -> None:
    points = [(float(x), float(y)) for x, y in project(matrix, corners)]
    draw.line([*points, points[0], points[1]], fill=colour, width=width, joint="curve")


def _banner(draw: ImageDraw.ImageDraw, width: int, reading: Reading) -> None:
    words = {"accept": "DITERIMA", "review": "PERLU DIPERIKSA", "refused": "DITOLAK"}[reading.verdict.value]
    colour = {"accept": SURE, "review": DOUBTFUL, "refused": UNREAD}[reading.verdict.value]
    size = max(16, width // 45)
    name = " · ".join(str(part) for part in (reading.template, reading.page and f"hal. {reading.page}") if part)
    draw.rectangle((0, 0, width, 2 * size), fill=colour)
    font = ImageFont.load_default(size)
    draw.text((size, size // 2), f"{words}   {name}", fill=(255, 255, 255), font=font)
