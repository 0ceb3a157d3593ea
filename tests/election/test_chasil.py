"""The field catalogue: the one list every room derives its fields from."""

from __future__ import annotations

import dataclasses

import pytest

from sirekap.election import chasil
from sirekap.election.chasil import Column

CORE_ADMINISTRATION = [
    *("roll_dpt_l", "roll_dpt_p", "roll_dpt_j"),
    *("voted_dpt_l", "voted_dpt_p", "voted_dpt_j"),
    *("voted_dpph_l", "voted_dpph_p", "voted_dpph_j"),
    *("voted_dptb_l", "voted_dptb_p", "voted_dptb_j"),
    *("voted_total_l", "voted_total_p", "voted_total_j"),
    *("ballots_received", "ballots_used", "ballots_spoiled", "ballots_unused"),
    *("disabled_l", "disabled_p", "disabled_j"),
]
OPTIONAL_STEMS = {"roll_dpph", "roll_dptb", "roll_total", "disabled_registered"}


def test_core_fields_of_three_columns_are_in_form_order() -> None:
    expected = [*CORE_ADMINISTRATION, "votes_1", "votes_2", "votes_3", "valid", "invalid", "total"]
    assert list(chasil.field_ids(3)) == expected


def test_optional_fields_only_add_the_rows_that_some_layouts_print() -> None:
    extra = set(chasil.field_ids(3, optional=True)) - set(chasil.field_ids(3))
    assert extra == {f"{stem}_{column}" for stem in OPTIONAL_STEMS for column in Column}
    assert {f.stem for f in chasil.CATALOGUE if f.optional} == OPTIONAL_STEMS


def test_catalogue_is_the_widest_form() -> None:
    assert chasil.fields(chasil.MAX_COLUMNS, optional=True) == chasil.CATALOGUE
    assert list(chasil.BY_ID) == [f.id for f in chasil.CATALOGUE]
    assert len(chasil.BY_ID) == len(chasil.CATALOGUE) == 14 * 3 - 4 * 2 + 10 + 3


def test_field_ids_are_stable_words_for_other_programs() -> None:
    for field in chasil.CATALOGUE:
        assert field.id == (f"{field.stem}_{field.column}" if field.column else field.stem)
        assert field.id.replace("_", "").isalnum()
        assert field.id == field.id.lower()


def test_every_field_has_labels_section_and_page() -> None:
    for field in chasil.CATALOGUE:
        assert field.label_id
        assert field.label_en
        assert field.label_id != field.label_en
        assert field.row.startswith(field.section)
        votes = 2 + (int(field.row.split(".")[1]) - 1) // 4 if field.section == "IV" else 0
        assert field.page == {"I": 1, "II": 1, "III": 1, "IV": votes, "V": None}[field.section.split(".")[0]]
    assert len({f.label_id for f in chasil.CATALOGUE}) == len(chasil.CATALOGUE)
    assert len({f.label_en for f in chasil.CATALOGUE}) == len(chasil.CATALOGUE)


def test_every_row_with_columns_has_men_women_and_sum() -> None:
    stems = {f.stem for f in chasil.CATALOGUE if f.column}
    for stem in stems:
        assert [f.column for f in chasil.CATALOGUE if f.stem == stem] == [Column.MEN, Column.WOMEN, Column.SUM]


def test_maximum_is_what_the_digit_boxes_hold() -> None:
    field = chasil.BY_ID["valid"]
    assert (field.digits, field.maximum) == (3, 999)
    assert dataclasses.replace(field, digits=4).maximum == 9999


def test_blind_fields_are_votes_valid_invalid_and_total() -> None:
    assert chasil.blind_ids(2) == ("votes_1", "votes_2", "valid", "invalid", "total")


@pytest.mark.parametrize("columns", [0, -1, chasil.MAX_COLUMNS + 1])
def test_impossible_number_of_columns_raises(columns: int) -> None:
    with pytest.raises(ValueError, match="vote columns"):
        chasil.fields(columns)
    with pytest.raises(ValueError, match="vote column"):
        chasil.vote_field(columns)


@pytest.mark.parametrize(("columns", "pages"), [(1, 3), (2, 3), (4, 3), (5, 4), (8, 4), (9, 5), (10, 5)])
def test_four_vote_columns_fill_a_page_and_section_v_stands_on_the_last(columns: int, pages: int) -> None:
    assert chasil.page_count(columns) == pages
    assert [chasil.page_of(f"votes_{n}", columns) for n in range(1, columns + 1)] == [
        2 + (n - 1) // 4 for n in range(1, columns + 1)
    ]
    assert {chasil.page_of(name, columns) for name in ("valid", "invalid", "total")} == {pages}
    by_page = [chasil.fields_of_page(page, columns, optional=True) for page in range(1, pages + 1)]
    assert tuple(field for page in by_page for field in page) == chasil.fields(columns, optional=True)
    assert all(by_page)


def test_pages_and_fields_that_a_form_does_not_have_are_refused() -> None:
    for columns in (0, chasil.MAX_COLUMNS + 1):
        with pytest.raises(ValueError, match="vote columns"):
            chasil.page_count(columns)
    with pytest.raises(ValueError, match=r"pages 1\.\.3, got 4"):
        chasil.fields_of_page(4, 4)
    with pytest.raises(KeyError):
        chasil.page_of("votes_5", 4)
