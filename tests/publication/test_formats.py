"""Formatting for Indonesian readers: whole values."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sirekap.election.standing import Standing
from sirekap.publication import formats


def test_months_and_labels_know_their_english() -> None:
    said = [
        formats.clock(datetime(2024, 12, 28, 3, 15, tzinfo=UTC)),
        formats.day(date(2025, 1, 9)),
        formats.period(date(2024, 11, 29), date(2024, 12, 3)),
        formats.period(date(2024, 12, 29), date(2025, 1, 3)),
        formats.below_label("3216"),
        formats.lower(formats.below_label("3216")),
        formats.lower(formats.below_label("3216011007")),
        formats.standing_label(Standing.VERIFIED),
        formats.field_label("valid"),
        formats.generation_label("PSU"),
        formats.generation_label("HSU"),
        formats.generation_label("?"),
    ]
    assert [(str(text), text.en) for text in said] == [
        ("28 Desember 2024 10.15 WIB", "28 December 2024 10.15 WIB"),
        ("9 Januari 2025", "9 January 2025"),
        ("29 November – 3 Desember 2024", "29 November – 3 December 2024"),
        ("29 Desember 2024 – 3 Januari 2025", "29 December 2024 – 3 January 2025"),
        ("Kecamatan", "District"),
        ("kecamatan", "district"),
        ("TPS", "TPS"),
        ("Terverifikasi", "Verified"),
        ("Jumlah suara sah", "Valid votes"),
        ("Pemungutan suara ulang", "Re-vote"),
        ("Hitung ulang", "Recount"),
        ("?", "?"),
    ]


def test_thousands_groups_with_dots() -> None:
    values = [0, 999, 1000, 1459198, -78095, None]
    assert [formats.thousands(v) for v in values] == ["0", "999", "1.000", "1.459.198", "-78.095", "–"]


@pytest.mark.parametrize(
    ("part", "whole", "digits", "expected"),
    [
        (666494, 1459198, 2, "45,68%"),
        (1, 3, 2, "33,33%"),
        (2, 3, 2, "66,67%"),
        (1, 8, 0, "13%"),
        (1, 200, 0, "1%"),
        (0, 5, 2, "0,00%"),
        (5, 5, 2, "100,00%"),
        (0, 0, 2, "–"),
    ],
)
def test_percent_rounds_half_up(part: int, whole: int, digits: int, expected: str) -> None:
    assert formats.percent(part, whole, digits) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (8471, 8472, "99,9%"),
        (8472, 8472, "100%"),
        (0, 8472, "0%"),
        (1, 8472, "<0,1%"),
        (7668, 8472, "90,5%"),
        (0, 0, "–"),
    ],
)
def test_progress_percent_never_rounds_up_to_complete(part: int, whole: int, expected: str) -> None:
    assert formats.progress_percent(part, whole) == expected


def test_ratio_stays_within_the_bar() -> None:
    assert [formats.ratio(*x) for x in [(1, 3), (9, 3), (-1, 3), (1, 0)]] == ["33.33%", "100.00%", "0.00%", "0%"]


def test_clock_prints_the_zone_it_is_asked_for() -> None:
    at = datetime(2024, 11, 28, 17, 30, 4, tzinfo=UTC)
    assert [formats.clock(at, z) for z in formats.ZONES] == [
        "29 November 2024 00.30 WIB",
        "29 November 2024 01.30 WITA",
        "29 November 2024 02.30 WIT",
    ]
    assert formats.iso(at) == "2024-11-28T17:30:04Z"


def test_clock_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.clock(datetime(2024, 11, 28))


def test_period_says_each_part_once() -> None:
    windows = [
        (date(2024, 11, 27), date(2024, 11, 27)),
        (date(2024, 11, 27), date(2024, 11, 28)),
        (date(2024, 11, 29), date(2024, 12, 6)),
        (date(2024, 12, 30), date(2025, 1, 2)),
    ]
    assert [formats.period(*w) for w in windows] == [
        "27 November 2024",
        "27–28 November 2024",
        "29 November – 6 Desember 2024",
        "30 Desember 2024 – 2 Januari 2025",
    ]


def test_tier_labels_follow_the_code() -> None:
    codes = ["32", "3216", "321601", "3216011007"]
    assert [(formats.tier_label(c), formats.below_label(c)) for c in codes] == [
        ("Provinsi", "Kabupaten/Kota"),
        ("Kabupaten/Kota", "Kecamatan"),
        ("Kecamatan", "Desa/Kelurahan"),
        ("Desa/Kelurahan", "TPS"),
    ]


def test_colour_lets_nothing_but_hex_through() -> None:
    hostile = ["#B67352", "red", '#fff"/><script>', "url(x)", "#B67352\n"]
    assert [formats.colour(v) for v in hostile] == ["#B67352", *["#888888"] * 4]
    assert [formats.ink_on(v) for v in ("#ffffff", "#000000", "#B67352")] == ["#000000", "#ffffff", "#000000"]


def test_standing_texts_cover_every_rung() -> None:
    assert set(formats.STANDING_MEANING) == set(Standing)
    assert formats.standing_label(Standing.VERIFIED) == "Terverifikasi"
