"""A page is refitted on its printed marks, as far as they can be seen."""

from __future__ import annotations

import numpy as np

from sirekap.paper import templates
from sirekap.reading import marks

PAGE = templates.get("kwk-bupati-3").page(2)
MILLIMETRE = np.diag([8.0, 8.0, 1.0])
"""Eight pixels to a millimetre."""


def _seen(count: int | None = None) -> marks.Blobs:
    shown = PAGE.marks[:count]
    return marks.Blobs(
        np.array([mark.centre for mark in shown]).reshape(-1, 2) * 8.0,
        np.sqrt([mark.w * mark.h for mark in shown]) * 8.0,
    )


def test_grow_where_every_mark_is_seen_keeps_the_place() -> None:
    found = marks.grow(MILLIMETRE, _seen(), PAGE)
    assert found is not None
    assert np.allclose(found.homography / found.homography[2, 2], MILLIMETRE, atol=1e-6)


def test_grow_where_no_mark_is_seen_finds_nothing() -> None:
    assert marks.grow(MILLIMETRE, _seen(0), PAGE) is None


def test_grow_where_few_marks_are_seen_finds_nothing() -> None:
    assert marks.grow(MILLIMETRE, _seen(5), PAGE) is None
