"""Layouts: every figure has one place, nothing overlaps, everything can be printed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from sirekap.election import chasil as catalogue
from sirekap.paper import templates
from sirekap.paper.frame import MARGIN
from sirekap.paper.identity import Corner, Form, TagIdentity, parse_tag
from sirekap.paper.layout import FieldPlace, Layout, PageLayout, Rect, from_json, to_json

OURS = [f"{form.slug}-{columns}" for form in Form for columns in range(2, 11)]


def drawn(page: PageLayout) -> Iterator[tuple[str, Rect]]:
    """Everything that keeps a place of its own."""
    assert page.qr is not None
    yield "qr", page.qr
    yield from ((f"tag {tag.id}", tag.rect) for tag in page.tags)
    yield from ((f"mark {n}", mark) for n, mark in enumerate(page.marks))
    for place in page.fields:
        yield from parts(place)


def parts(place: FieldPlace) -> Iterator[tuple[str, Rect]]:
    yield from ((f"{place.field} digit {n}", box) for n, box in enumerate(place.digits))
    if place.words:
        yield f"{place.field} words", place.words
    yield from ((f"{place.field} tally {n}", cell) for n, cell in enumerate(place.tally))
    yield from ((f"{place.field} row {n}", box) for n, row in enumerate(place.row_totals) for box in row)
    for column in place.bubbles:
        yield from (
            (f"{place.field} bubble {n}", Rect(c.x - c.r, c.y - c.r, 2 * c.r, 2 * c.r)) for n, c in enumerate(column)
        )


def overlap(a: Rect, b: Rect, least: float = 1e-6) -> bool:
    return a.x < b.right - least and b.x < a.right - least and a.y < b.bottom - least and b.y < a.bottom - least


def test_names_hold_our_forms_and_the_data_files() -> None:
    assert templates.names()[: len(OURS)] == tuple(OURS)
    assert "kwk-2024" in templates.names()
    assert [templates.get(name).name for name in templates.names()] == list(templates.names())


def test_get_unknown_name_raises() -> None:
    with pytest.raises(KeyError):
        templates.get("kwk-bupati-11")


@pytest.mark.parametrize("name", OURS)
def test_every_required_field_has_exactly_one_place(name: str) -> None:
    layout = templates.get(name)
    placed = [place.field for page in layout.pages for place in page.fields]
    assert placed == list(catalogue.field_ids(layout.columns))


@pytest.mark.parametrize("name", [name for name in OURS if name.startswith("kwk")])
def test_fields_stand_on_the_page_the_catalogue_names(name: str) -> None:
    layout = templates.get(name)
    assert len(layout.pages) == catalogue.page_count(layout.columns)
    for page in layout.pages:
        expected = [field.id for field in catalogue.fields_of_page(page.page, layout.columns)]
        assert [place.field for place in page.fields] == expected


@pytest.mark.parametrize("name", OURS)
def test_nothing_overlaps_and_everything_can_be_printed(name: str) -> None:
    for page in templates.get(name).pages:
        things = list(drawn(page))
        assert [(a, b) for (a, one), (b, other) in combinations(things, 2) if overlap(one, other)] == []
        crossed = [label for label, thing in things for rule in page.rules if overlap(thing, rule)]
        assert crossed == []
        outside = [
            rect
            for rect in (*(thing for _, thing in things), *page.rules)
            if rect.x < MARGIN
            or rect.y < MARGIN
            or rect.right > page.width - MARGIN + 1e-9
            or rect.bottom > page.height - MARGIN + 1e-9
        ]
        assert outside == []


@pytest.mark.parametrize("name", [name for name in OURS if name.startswith("kwk")])
def test_votes_have_bubbles_tally_words_and_room_for_600_voters(name: str) -> None:
    layout = templates.get(name)
    places = {place.field: place for page in layout.pages for place in page.fields}
    tallied = [f"votes_{n}" for n in range(1, layout.columns + 1)] + ["invalid"]
    assert [field for field, place in places.items() if place.tally] == [*tallied[:-1], "invalid"]
    for field in (*tallied, "valid", "total"):
        place = places[field]
        assert [len(column) for column in place.bubbles] == [10, 10, 10]
        assert place.words is not None
        for box, column in zip(place.digits, place.bubbles, strict=True):
            assert {round(circle.x, 6) for circle in column} == {round(box.centre[0], 6)}
            assert min(circle.y - circle.r for circle in column) > box.bottom
    for field in tallied:
        place = places[field]
        assert 5 * len(place.tally) >= 600
        assert len(place.tally) % len(place.row_totals) == 0
        assert 5 * len(place.tally) // len(place.row_totals) <= 99
        assert {len(row) for row in place.row_totals} == {2}


@pytest.mark.parametrize("name", OURS)
def test_figures_have_three_boxes_of_the_agreed_size(name: str) -> None:
    boxes = [place.digits for page in templates.get(name).pages for place in page.fields]
    assert {len(digits) for digits in boxes} == {3}
    assert {(round(box.w, 6), round(box.h, 6)) for digits in boxes for box in digits} == {(7.0, 9.0)}


@pytest.mark.parametrize("name", OURS)
def test_tags_name_form_columns_page_and_their_corner(name: str) -> None:
    layout = templates.get(name)
    for page in layout.pages:
        found = [parse_tag(tag.id) for tag in page.tags]
        form = next(form for form in Form if name.startswith(f"{form.slug}-"))
        assert found == [TagIdentity(form, layout.columns, page.page, corner) for corner in Corner]
        corners = [(tag.rect.x < 105, tag.rect.y < 148) for tag in page.tags]
        assert corners == [(True, True), (False, True), (False, False), (True, False)]


@pytest.mark.parametrize("name", OURS)
def test_qr_modules_are_at_least_1_4_mm(name: str) -> None:
    for page in templates.get(name).pages:
        assert page.qr is not None
        assert (page.qr.w / 25, page.qr.h / 25) == (1.4, 1.4)


def test_official_design_is_named_and_never_read() -> None:
    layout = templates.get("kwk-2024")
    assert not layout.geometry_known
    assert [[tag.id for tag in page.tags] for page in layout.pages] == [[101], [102], [103]]
    assert [place for page in layout.pages for place in page.fields] == []


@pytest.mark.parametrize("name", ["kwk-gubernur-10", "salinan-bupati-2", "kwk-2024"])
def test_layout_survives_json(name: str) -> None:
    once = to_json(templates.get(name))
    again: Layout = from_json(once)
    assert to_json(again) == once
