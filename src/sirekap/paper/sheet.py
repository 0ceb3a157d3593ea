"""A page under construction: every line, box and text is placed once, and both printer and reader take it from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sirekap.paper.layout import Circle, FieldPlace, PageLayout, Rect, Tag

WIDTH, HEIGHT = 210.0, 297.0
"""The master size, A4 upright, in mm."""
HAIR, LINE, FRAME = 0.18, 0.25, 0.5
"""Widths of printed lines in mm: inside a table, between its rows, around it."""
BOX_W, BOX_H, BOX_PITCH = 7.0, 9.0, 9.0
"""A digit box and the distance from one to the next, in mm."""


class Align(StrEnum):
    """How a text sits in its rectangle, across."""

    LEFT = "left"
    CENTRE = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Caption:
    """A printed text in a rectangle, in the middle from top to bottom. ``size`` in points; newlines are kept.

    ``grey``: 0 black to 100 white. ``leading``: em between lines. A text too wide for its rectangle is made smaller.
    """

    rect: Rect
    text: str
    size: float = 7.0
    bold: bool = False
    italic: bool = False
    align: Align = Align.LEFT
    grey: int = 0
    leading: float = 0.45


@dataclass(frozen=True, slots=True)
class Slot:
    """A blank of the header: a dotted line by hand, or the text of the station in a pre-filled sheet."""

    name: str
    rect: Rect
    size: float = 8.0


@dataclass(frozen=True, slots=True)
class Dots:
    """A dotted line in light grey or black for writing on, from one point to another, mm."""

    x1: float
    y1: float
    x2: float
    y2: float
    grey: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: the layout for the reader, and what only people look at."""

    layout: PageLayout
    captions: tuple[Caption, ...]
    slots: tuple[Slot, ...]
    dots: tuple[Dots, ...]


@dataclass(slots=True)
class Builder:
    """Collects one page."""

    page: int
    fields: list[FieldPlace] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    marks: list[Rect] = field(default_factory=list)
    rules: list[Rect] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    dots: list[Dots] = field(default_factory=list)
    qr: Rect | None = None

    def done(self) -> Sheet:
        """The finished page."""
        layout = PageLayout(
            self.page,
            WIDTH,
            HEIGHT,
            tuple(self.fields),
            tuple(self.tags),
            tuple(self.marks),
            tuple(self.rules),
            self.qr,
        )
        return Sheet(layout, tuple(self.captions), tuple(self.slots), tuple(self.dots))

    def across(self, x1: float, x2: float, y: float, width: float = LINE) -> None:
        """A horizontal line, its middle at ``y``."""
        self.rules.append(Rect(x1 - width / 2, y - width / 2, x2 - x1 + width, width))

    def down(self, x: float, y1: float, y2: float, width: float = LINE) -> None:
        """A vertical line, its middle at ``x``."""
        self.rules.append(Rect(x - width / 2, y1 - width / 2, width, y2 - y1 + width))

    def frame(self, rect: Rect, width: float = FRAME) -> None:
        """Four lines around a rectangle."""
        self.across(rect.x, rect.right, rect.y, width)
        self.across(rect.x, rect.right, rect.bottom, width)
        self.down(rect.x, rect.y, rect.bottom, width)
        self.down(rect.right, rect.y, rect.bottom, width)

    def text(
        self,
        rect: Rect,
        text: str,
        size: float = 7.0,
        *,
        bold: bool = False,
        italic: bool = False,
        align: Align = Align.LEFT,
        grey: int = 0,
        leading: float = 0.45,
    ) -> None:
        """A text in the middle of a rectangle's height."""
        self.captions.append(Caption(rect, text, size, bold, italic, align, grey, leading))

    def centred(self, rect: Rect, text: str, size: float = 7.0, *, bold: bool = True) -> None:
        """A text in the middle of a rectangle."""
        self.text(rect, text, size, bold=bold, align=Align.CENTRE)


def boxes(x: float, y: float, count: int = 3) -> tuple[Rect, ...]:
    """``count`` digit boxes from the left edge ``x`` at the top edge ``y``."""
    return tuple(Rect(x + n * BOX_PITCH, y, BOX_W, BOX_H) for n in range(count))


def boxes_width(count: int = 3) -> float:
    """mm from the left edge of the first box to the right edge of the last."""
    return (count - 1) * BOX_PITCH + BOX_W


def bubbles(digits: Sequence[Rect], top: float, pitch: float, radius: float) -> tuple[tuple[Circle, ...], ...]:
    """Ten circles 0..9 in a column under each box; ``top`` is the middle of the first."""
    return tuple(tuple(Circle(box.centre[0], top + n * pitch, radius) for n in range(10)) for box in digits)


def grid(area: Rect, rows: int, cells: int) -> tuple[Rect, ...]:
    """Equal cells of an area in reading order."""
    w, h = area.w / cells, area.h / rows
    return tuple(Rect(area.x + n * w, area.y + row * h, w, h) for row in range(rows) for n in range(cells))


def inset(rect: Rect, across: float, down: float = 0.0) -> Rect:
    """The rectangle made smaller by so many mm on each side."""
    return Rect(rect.x + across, rect.y + down, rect.w - 2 * across, rect.h - 2 * down)


def split(rect: Rect, widths: Iterable[float]) -> tuple[Rect, ...]:
    """Columns of a rectangle with these widths, left to right."""
    out, x = [], rect.x
    for width in widths:
        out.append(Rect(x, rect.y, width, rect.h))
        x += width
    return tuple(out)
