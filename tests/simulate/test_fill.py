"""What is written is decided by the seed alone, and every sheet says that it is simulated."""

from __future__ import annotations

import numpy as np
import pytest

from sirekap.election.contests import ContestKind
from sirekap.paper.layout import Rect
from sirekap.simulate import fill
from sirekap.simulate.fill import FOOT, write
from sirekap.simulate.form import sheets
from sirekap.simulate.hand import writer
from sirekap.simulate.ink import Bytes
from sirekap.simulate.signing import stamp_place

from .conftest import order


def redness(sheet: Bytes, place: Rect) -> float:
    """Share of clearly red pixels in a place (mm on A4)."""
    scale = sheet.shape[1] / 210
    part = sheet[
        round(place.y * scale) : round(place.bottom * scale), round(place.x * scale) : round(place.right * scale)
    ].astype(int)
    return float(((part[..., 2] - part[..., 1] > 60) & (part[..., 2] - part[..., 0] > 60)).mean())


def test_writing_is_the_same_for_the_same_seed() -> None:
    o = order(seed=31, slips=0.5)
    assert o.written() == o.written()
    assert o.written() != order(seed=32, slips=0.5).written()


def test_without_slips_boxes_say_the_figures() -> None:
    for seed in range(40):
        o = order(seed=seed)
        found = o.written()
        blank = {name for name, text in found.boxes.items() if not text.strip()}
        assert found.meant == o.figures
        assert {n: v for n, v in found.written.items() if n not in blank} == {
            n: v for n, v in o.figures.items() if n not in blank
        }
        assert all(o.figures[name] == 0 for name in blank)
        assert blank == set() or writer(seed).leaves_zero_blank


def test_slips_are_named_and_nothing_else_differs() -> None:
    kinds = set()
    for seed in range(60):
        found = order(seed=seed, slips=1.0).written()
        differing = {n for n, v in found.written.items() if v is not None and v != found.meant[n]}
        assert differing == set(found.slips)
        kinds |= set(found.slips.values())
    assert kinds == {"digit", "sum"}


def test_five_forms_in_a_hundred_hold_a_slip() -> None:
    layout = order().layout
    figures = order().figures
    slipped = sum(bool(write(layout, figures, seed).slips) for seed in range(600))
    assert 15 <= slipped <= 50


def test_figure_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        write(order().layout, {"total": 1000}, 1)


def test_pages_are_stamped_simulated_and_drawn_the_same_again() -> None:
    o = order(ContestKind.GOVERNOR, seed=3, long_side=1600)
    first, again = sheets(o), sheets(o)
    for page, sheet in first.items():
        assert redness(sheet, stamp_place(page)) > 0.05
        assert redness(sheet, FOOT) > 0.05
        assert np.array_equal(sheet, again[page])


def test_notice_says_what_it_is() -> None:
    assert (fill.LABEL, fill.NOTICE) == ("SIMULASI", "SIMULASI - BUKAN FORMULIR ASLI")


def test_form_without_figures_stays_empty_but_for_signatures() -> None:
    o = order(seed=3, long_side=1600)
    empty = write(o.layout, {}, 3, 0.0)
    assert set(empty.boxes.values()) == {"   "}
    assert set(empty.written.values()) == {None}
