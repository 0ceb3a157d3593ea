"""Amounts in words: near misses of a recogniser are taken for the number they must be, others for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.election.terbilang import terbilang
from sirekap.reading.words import candidates, edit_distance, letters, spelled


@pytest.mark.parametrize("number", [*range(0, 1000, 7), 1, 11, 18, 100, 999])
def test_correct_words_give_their_number(number: int) -> None:
    found = candidates(terbilang(number).upper())
    assert max(found, key=lambda n: found[n]) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("SERATUSDUAPULUHTIGA", 123),
        ("EMPAT PULUH L1MA", 45),
        ("PUA RATUS TIGA PULUH LIMA", 235),
        ("OELAPANBELAS", 18),
        ("ENAM PULUH TUJH", 67),
    ],
)
def test_near_miss_is_understood(said: str, number: int) -> None:
    found = candidates(said)
    assert max(found, key=lambda n: found[n]) == number
    assert sum(found.values()) <= 0.985 + 1e-9


@pytest.mark.parametrize("said", ["", "X", "--", "KPPS DESA SUKAMAJU", "tulis dengan huruf kapital"])
def test_what_is_no_number_gives_nothing(said: str) -> None:
    assert candidates(said) == {}


def test_second_line_goes_on_with_the_number_unless_it_is_print() -> None:
    assert next(iter(spelled(["DUA RATUS", "TIGA PULUH"]))) == 230
    assert next(iter(spelled(["DELAPAN BELAS", "ditulis per huruf"]))) == 18
    assert spelled([]) == {}


@given(st.text("ABCDE", max_size=9), st.text("ABCDE", max_size=9))
def test_edit_distance_is_symmetric_and_bounded(first: str, second: str) -> None:
    found = edit_distance(first, second, 5)
    assert found == edit_distance(second, first, 5) <= 5
    assert (found == 0) == (first == second)


def test_letters_take_lookalike_signs() -> None:
    assert letters("5EPULUH  1-X") == "SEPULUHIX"
