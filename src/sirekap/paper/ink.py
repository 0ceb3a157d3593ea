"""The drawn part of a page as PDF operators: lines, boxes, bubbles, tally cells, marks, tags and QR; texts are typst's.

Everything that the reader looks for is drawn from the layout itself, in device grey, in points with the origin at the
bottom left as PDF wants it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from sirekap.paper.layout import Circle, FieldPlace, PageLayout, Rect, Tag
from sirekap.paper.sheet import Dots, Sheet

POINT = 72 / 25.4
"""Points in a millimetre."""
BOX_LINE, CELL_LINE, BUBBLE_LINE, GUIDE_LINE = 0.32, 0.15, 0.22, 0.22
"""Line widths in mm."""
BOX_GREY, CELL_GREY, TOTAL_GREY, BUBBLE_GREY, GUIDE_GREY, TALLY_GUIDE_GREY = 0.25, 0.55, 0.4, 0.2, 0.62, 0.68
"""0 is black, 1 is paper."""
GUIDE_DOTS, TALLY_DOTS, LINE_DOTS = "[0 1.45] 0 d 1 J", "[0 1.2] 0 d 1 J", "[0 1.9] 0 d 1 J"
_TAG_CELLS = 8
_ROUND = 0.5523


def drawing(sheet: Sheet) -> bytes:
    """The operators of one page's drawn part."""
    page = sheet.layout
    parts = [_fill(0, (*page.rules, *page.marks), page.height)]
    parts += [_dotted(dots, page.height) for dots in sheet.dots]
    parts += [tag_cells(tag, page.height) for tag in page.tags]
    parts += [_tallies(page), _bubbles(page), _boxes(page)]
    return "\n".join(part for part in parts if part).encode("ascii")


def tag_cells(tag: Tag, height: float) -> str:
    """One AprilTag as a single filled path."""
    return _modules(tag_modules(tag.id), tag.rect, height)


def qr_cells(modules: Sequence[Sequence[bool]], rect: Rect, height: float) -> bytes:
    """A QR as a single filled path in its rectangle."""
    return _modules(modules, rect, height).encode("ascii")


@functools.lru_cache(maxsize=256)
def tag_modules(number: int) -> tuple[tuple[bool, ...], ...]:
    """The 8 x 8 cells of a tag of family 36h10 with its black border, True is black."""
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    image = np.asarray(cv2.aruco.generateImageMarker(family, number, _TAG_CELLS, borderBits=1))
    return tuple(tuple(bool(cell == 0) for cell in row) for row in image)


def _modules(modules: Sequence[Sequence[bool]], rect: Rect, height: float) -> str:
    """Dark runs in whole modules, so that neighbours meet without a seam."""
    count = len(modules)
    runs = []
    for row, line in enumerate(modules):
        start = None
        for n, dark in enumerate((*line, False)):
            if dark and start is None:
                start = n
            elif not dark and start is not None:
                runs.append(f"{start} {count - 1 - row} {n - start} 1 re")
                start = None
    side = rect.w / count * POINT
    place = f"{side:.6f} 0 0 {side:.6f} {_n(rect.x)} {_n(height - rect.bottom)} cm"
    return f"q {place} 0 g\n" + "\n".join(runs) + "\nf Q"


def _fill(grey: float, rects: Iterable[Rect], height: float) -> str:
    body = "".join(f"{_n(r.x)} {_n(height - r.bottom)} {_n(r.w)} {_n(r.h)} re\n" for r in rects)
    return f"{grey:g} g\n{body}f" if body else ""


def _outline(grey: float, width: float, rects: Iterable[Rect], height: float) -> str:
    """Rectangles stroked inside their outer edges."""
    half = width / 2
    body = "".join(
        f"{_n(r.x + half)} {_n(height - r.bottom + half)} {_n(r.w - width)} {_n(r.h - width)} re\n" for r in rects
    )
    return f"q {grey:g} G {_n(width)} w\n{body}S Q" if body else ""


def _strokes(
    grey: float, width: float, style: str, lines: Iterable[tuple[float, float, float, float]], h: float
) -> str:
    body = "".join(f"{_n(x1)} {_n(h - y1)} m {_n(x2)} {_n(h - y2)} l\n" for x1, y1, x2, y2 in lines)
    return f"q {grey:g} G {_n(width)} w {style}\n{body}S Q" if body else ""


def _dotted(dots: Dots, height: float) -> str:
    return _strokes(dots.grey / 100, 0.22, LINE_DOTS, [(dots.x1, dots.y1, dots.x2, dots.y2)], height)


def _boxes(page: PageLayout) -> str:
    digits = [box for place in page.fields for box in place.digits]
    totals = [box for place in page.fields for row in place.row_totals for box in row]
    guides = [line for box in digits for line in guide(box)]
    return "\n".join(
        (
            _strokes(GUIDE_GREY, GUIDE_LINE, GUIDE_DOTS, guides, page.height),
            _outline(TOTAL_GREY, CELL_LINE, totals, page.height),
            _outline(BOX_GREY, BOX_LINE, digits, page.height),
        )
    )


def guide(box: Rect) -> tuple[tuple[float, float, float, float], ...]:
    """The dotted guide of a box, as of a seven-segment display: x1, y1, x2, y2 of each stroke."""
    left, right = box.x + 0.27 * box.w, box.x + 0.73 * box.w
    top, middle, bottom = box.y + 0.17 * box.h, box.y + 0.5 * box.h, box.y + 0.83 * box.h
    across = tuple((left, y, right, y) for y in (top, middle, bottom))
    return (*across, (left, top, left, bottom), (right, top, right, bottom))


def _bubbles(page: PageLayout) -> str:
    circles = [circle for place in page.fields for column in place.bubbles for circle in column]
    body = "".join(_circle(circle, page.height) for circle in circles)
    return f"q {BUBBLE_GREY:g} G {_n(BUBBLE_LINE)} w\n{body}S Q" if body else ""


def _circle(circle: Circle, height: float) -> str:
    x, y, r = circle.x, height - circle.y, circle.r - BUBBLE_LINE / 2
    k = r * _ROUND
    curves = (
        (x + r, y + k, x + k, y + r, x, y + r),
        (x - k, y + r, x - r, y + k, x - r, y),
        (x - r, y - k, x - k, y - r, x, y - r),
        (x + k, y - r, x + r, y - k, x + r, y),
    )
    return f"{_n(x + r)} {_n(y)} m\n" + "".join(f"{' '.join(_n(v) for v in curve)} c\n" for curve in curves) + "h\n"


def _tallies(page: PageLayout) -> str:
    cells = [cell for place in page.fields for cell in place.tally]
    edges = [line for place in page.fields if place.tally for line in _lattice(place)]
    guides = [line for cell in cells for line in tally_guide(cell)]
    return "\n".join(
        (
            _strokes(CELL_GREY, CELL_LINE, "", edges, page.height),
            _strokes(TALLY_GUIDE_GREY, 0.16, TALLY_DOTS, guides, page.height),
        )
    )


def _lattice(place: FieldPlace) -> list[tuple[float, float, float, float]]:
    xs = sorted({round(edge, 4) for cell in place.tally for edge in (cell.x, cell.right)})
    ys = sorted({round(edge, 4) for cell in place.tally for edge in (cell.y, cell.bottom)})
    return [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[0], x, ys[-1]) for x in xs]


def tally_guide(cell: Rect) -> tuple[tuple[float, float, float, float], ...]:
    """The dotted guide of a tally cell: four leaning strokes and the fifth through them."""
    top, bottom, lean = cell.y + 0.2 * cell.h, cell.bottom - 0.2 * cell.h, 0.06 * cell.w
    standing = tuple((cell.x + s * cell.w + lean, top, cell.x + s * cell.w, bottom) for s in (0.2, 0.37, 0.54, 0.71))
    return (*standing, (cell.x + 0.12 * cell.w, bottom - 0.12 * cell.h, cell.x + 0.88 * cell.w, top + 0.12 * cell.h))


def _n(mm: float) -> str:
    return f"{round(mm * POINT, 3):g}"
