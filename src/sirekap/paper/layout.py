"""Geometry of a sheet of paper in millimetres: what the printer draws is where the reader looks.

A layout is data. Computed sheets (`paper.chasil`) and drawn templates (``paper/templates/*.json``) give the
same objects. Origin top left of the page, x to the right, y down. A3 and plano prints are the same layout, scaled.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle: left, top, width, height in mm."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """x of the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """y of the bottom edge."""
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        """The middle point."""
        return self.x + self.w / 2, self.y + self.h / 2

    def grown(self, share: float) -> Rect:
        """The rectangle with ``share`` of its width and height added on every side (negative shrinks)."""
        return Rect(
            self.x - self.w * share, self.y - self.h * share, self.w * (1 + 2 * share), self.h * (1 + 2 * share)
        )


@dataclass(frozen=True, slots=True)
class Circle:
    """A printed bubble: centre and radius in mm."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Tag:
    """An AprilTag of family 36h10. ``rect`` is the outer edge of its black border."""

    id: int
    rect: Rect


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where one figure of the catalogue is written.

    ``digits``: outer edges of the printed digit boxes, left to right. ``bubbles``: one column per digit box, ten
    circles for 0..9 each, or empty. ``words``: where the amount in words stands. ``tally``: tally cells of five
    strokes in reading order. ``row_totals``: boxes beside the tally rows, one tuple of boxes a row.
    """

    field: str
    digits: tuple[Rect, ...]
    bubbles: tuple[tuple[Circle, ...], ...] = ()
    words: Rect | None = None
    tally: tuple[Rect, ...] = ()
    row_totals: tuple[tuple[Rect, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class PageLayout:
    """One page. ``rules``: printed straight lines as thin rectangles; ``marks``: solid black printed squares and bars.

    Registration is proved on ``rules`` and on the borders of the digit boxes. ``codes``: texts of printed codes
    that name this page of a design whose QR is not ours.
    """

    page: int
    width: float
    height: float
    fields: tuple[FieldPlace, ...]
    tags: tuple[Tag, ...] = ()
    marks: tuple[Rect, ...] = ()
    rules: tuple[Rect, ...] = ()
    qr: Rect | None = None
    codes: tuple[str, ...] = ()

    def place(self, field: str) -> FieldPlace:
        """The place of one field; ``KeyError`` when it is not on this page."""
        for place in self.fields:
            if place.field == field:
                return place
        raise KeyError(field)


@dataclass(frozen=True, slots=True)
class Layout:
    """All pages of one form. ``columns``: its vote columns. ``title``: the form's own name.

    ``geometry_known`` is False for a design of which no sheet is at hand: its page may be named, its figures are
    never read.
    """

    name: str
    title: str
    columns: int
    pages: tuple[PageLayout, ...]
    geometry_known: bool = True
    source: str = ""

    def page(self, number: int) -> PageLayout:
        """One page by its printed number, from 1; ``KeyError`` when there is none."""
        for page in self.pages:
            if page.page == number:
                return page
        raise KeyError(number)


def to_json(layout: Layout) -> str:
    """The layout as JSON, rounded to 0.001 mm."""

    def rounded(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 3)
        if isinstance(value, dict):
            return {key: rounded(item) for key, item in value.items()}
        return [rounded(item) for item in value] if isinstance(value, list | tuple) else value

    return json.dumps(rounded(dataclasses.asdict(layout)), ensure_ascii=False)


def from_json(text: str) -> Layout:
    """The layout that `to_json` wrote; raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
    found = json.loads(text)
    pages = tuple(_page(page) for page in found.pop("pages"))
    return Layout(**found, pages=pages)


def _page(found: Mapping[str, Any]) -> PageLayout:
    plain = {key: found[key] for key in ("page", "width", "height") if key in found}
    qr = found.get("qr")
    return PageLayout(
        **plain,
        fields=tuple(_place(place) for place in found["fields"]),
        tags=tuple(Tag(tag["id"], Rect(**tag["rect"])) for tag in found.get("tags", ())),
        marks=tuple(Rect(**mark) for mark in found.get("marks", ())),
        rules=tuple(Rect(**rule) for rule in found.get("rules", ())),
        qr=Rect(**qr) if qr else None,
        codes=tuple(found.get("codes", ())),
    )


def _place(found: Mapping[str, Any]) -> FieldPlace:
    words = found.get("words")
    return FieldPlace(
        field=found["field"],
        digits=tuple(Rect(**box) for box in found["digits"]),
        bubbles=tuple(tuple(Circle(**circle) for circle in column) for column in found.get("bubbles", ())),
        words=Rect(**words) if words else None,
        tally=tuple(Rect(**cell) for cell in found.get("tally", ())),
        row_totals=tuple(tuple(Rect(**box) for box in row) for row in found.get("row_totals", ())),
    )
