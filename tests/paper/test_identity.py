"""Tag ids name form, columns, page and corner, and nothing else does."""

from __future__ import annotations

import pytest

from sirekap.paper.identity import OFFICIAL_PAGES, Corner, Form, TagIdentity, parse_tag, tag_id

EVERY = [
    TagIdentity(form, columns, page, corner)
    for form in Form
    for columns in range(1, 11)
    for page in range(1, 9)
    for corner in Corner
]


def test_tag_id_every_identity_comes_back() -> None:
    ids = [tag_id(it.form, it.columns, it.page, it.corner) for it in EVERY]
    assert [parse_tag(number) for number in ids] == EVERY
    assert ids == list(range(200, 1480))


@pytest.mark.parametrize("number", [-1, 0, *OFFICIAL_PAGES, 199, 1480, 2319])
def test_parse_tag_foreign_id_is_none(number: int) -> None:
    assert parse_tag(number) is None


@pytest.mark.parametrize(("columns", "page"), [(0, 1), (11, 1), (3, 0), (3, 9)])
def test_tag_id_out_of_range_is_refused(columns: int, page: int) -> None:
    with pytest.raises(ValueError, match="no tag"):
        tag_id(Form.CHASIL_REGENT, columns, page, Corner.TOP_LEFT)


def test_layout_name_says_form_and_columns() -> None:
    found = parse_tag(tag_id(Form.SALINAN_REGENT, 3, 2, Corner.BOTTOM_LEFT))
    assert found is not None
    assert (found.layout, found.form.is_copy, found.form.contest.value) == ("salinan-bupati-3", True, "pkwkk")
