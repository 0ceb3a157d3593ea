"""Standing: the rung that the facts of one station-contest support."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.election import standing as st_
from sirekap.election.standing import Facts, Standing, Tier, standing

LADDER = Facts(pages=0b111, read=True, confirmed=True, verified=True, ratified=Tier.PROVINCE, determined=True)

facts = st.builds(
    Facts,
    pages=st.integers(0, 7),
    read=st.booleans(),
    confirmed=st.booleans(),
    verified=st.booleans(),
    ratified=st.sampled_from(Tier),
    determined=st.booleans(),
)


@pytest.mark.parametrize(
    ("given_", "rung"),
    [
        (Facts(), Standing.AWAITED),
        (Facts(pages=0b011), Standing.AWAITED),
        (Facts(pages=0b111), Standing.RECEIVED),
        (Facts(pages=0b111, read=True), Standing.READ),
        (Facts(pages=0b111, read=True, confirmed=True), Standing.CONFIRMED),
        (Facts(confirmed=True), Standing.CONFIRMED),
        (Facts(pages=0b111, confirmed=True, verified=True), Standing.VERIFIED),
        (replace(LADDER, ratified=Tier.DISTRICT, determined=False), Standing.DISTRICT),
        (replace(LADDER, ratified=Tier.REGENCY, determined=False), Standing.REGENCY),
        (replace(LADDER, determined=False), Standing.PROVINCE),
        (LADDER, Standing.DETERMINED),
    ],
)
def test_standing_is_the_highest_rung_the_facts_support(given_: Facts, rung: Standing) -> None:
    assert standing(given_) is rung


@pytest.mark.parametrize(("columns", "all_"), [(1, 0b111), (4, 0b111), (5, 0b1111), (8, 0b1111), (9, 0b11111)])
def test_received_needs_every_page_of_this_form(columns: int, all_: int) -> None:
    assert st_.all_pages(columns) == all_
    assert standing(Facts(pages=all_, columns=columns)) is Standing.RECEIVED
    for page in st_.page_numbers(all_):
        assert standing(Facts(pages=all_ & ~(1 << (page - 1)), columns=columns)) is Standing.AWAITED
    assert st_.page_numbers(0b10110) == (2, 3, 5)


def test_plenary_may_ratify_from_the_box_without_any_photo() -> None:
    assert standing(Facts(ratified=Tier.DISTRICT)) is Standing.DISTRICT


@given(facts)
def test_more_facts_never_lower_the_standing(known: Facts) -> None:
    for more in (
        replace(known, pages=0b111),
        replace(known, read=True),
        replace(known, confirmed=True),
        replace(known, verified=True),
        replace(known, ratified=Tier(min(known.ratified + 1, Tier.PROVINCE))),
        replace(known, determined=True),
    ):
        assert standing(more) >= standing(known)


def test_totals_count_from_verified() -> None:
    assert st_.COUNTED_FROM is Standing.VERIFIED
    counted = [s.key for s in Standing if s >= st_.COUNTED_FROM]
    assert counted == ["verified", "district", "regency", "province", "determined"]


def test_keys_and_labels_cover_every_rung() -> None:
    keys = "awaited received read confirmed verified district regency province determined"
    assert " ".join(s.key for s in Standing) == keys
    assert [t.key for t in Tier] == ["none", "district", "regency", "province"]
    assert set(st_.LABEL_ID) == set(st_.LABEL_EN) == set(Standing)
