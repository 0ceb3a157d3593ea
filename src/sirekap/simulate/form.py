"""A whole form from one order: printed, filled in by one person, each page photographed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sirekap.election.chasil import Figures
from sirekap.keys import Key
from sirekap.paper.frame import Heading
from sirekap.paper.identity import layout_name
from sirekap.paper.layout import Layout
from sirekap.paper.printing import Station, print_forms
from sirekap.paper.raster import pdf_image
from sirekap.paper.templates import get
from sirekap.simulate import camera, fill
from sirekap.simulate.camera import Profile, Shot
from sirekap.simulate.fill import Written
from sirekap.simulate.ink import Bytes

A4_DPI_AT = 2560 / 200
"""Long side of the picture for each dot per inch of the print: about one printed dot a pixel."""


@dataclass(frozen=True, slots=True)
class Order:
    """One form to make. Everything follows from it: the same order gives the same bytes.

    ``slips``: chance that the writer makes a human slip. ``key``: signs the QR. ``profile``: one of `camera.PROFILES`.
    """

    heading: Heading
    figures: Figures
    seed: int
    station: Station | None = None
    key: Key | None = None
    slips: float = 0.05
    profile: str = "typical"
    long_side: int = 2560

    @property
    def layout(self) -> Layout:
        """The geometry of the form."""
        return get(layout_name(self.heading.form, self.heading.columns))

    def written(self) -> Written:
        """What stands on the paper, without drawing it."""
        return fill.write(self.layout, self.figures, self.seed, self.slips)

    def profile_named(self, name: str) -> Profile:
        """How people photograph, at this order's size of picture."""
        return replace(camera.PROFILES[name], long_side=self.long_side)

    def seed_of(self, page: int, attempt: int = 0) -> int:
        """A number of its own for every photograph; of the same page taken again, another one."""
        return (self.seed * 64 + page) * 16 + attempt


@dataclass(frozen=True, slots=True)
class Photographed:
    """The photographs of one form by page, and what stands on it."""

    order: Order
    written: Written
    shots: Mapping[int, Shot]

    def truth(self) -> dict[str, Any]:
        """For a JSON file beside the pictures."""
        station = self.order.station.code if self.order.station else None
        shots = {str(page): shot.as_dict() for page, shot in self.shots.items()}
        return self.written.as_dict() | {"station": station, "notice": fill.NOTICE, "photographs": shots}


def sheets(order: Order) -> dict[int, Bytes]:
    """The filled pages by number, (h, w, 3) BGR, as a scanner would see them."""
    layout, written = order.layout, order.written()
    dpi = max(120.0, order.long_side / A4_DPI_AT)
    pdf = print_forms(order.heading, [order.station], key=order.key)
    return {
        page: fill.page(pdf_image(pdf, index, dpi), layout, page, written)
        for index, page in enumerate(fill.pages_of(layout))
    }


def photograph(order: Order) -> Photographed:
    """Print, fill in and photograph all pages of a form."""
    shots = {
        page: camera.photograph(sheet, order.seed_of(page), order.profile_named(order.profile))
        for page, sheet in sheets(order).items()
    }
    return Photographed(order, order.written(), shots)
