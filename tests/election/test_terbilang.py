"""Numbers in Indonesian words, checked by reading them back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.election.terbilang import MOST, UNITS, terbilang

_DIGIT = {word: n for n, word in enumerate(UNITS)}


def _read_back(text: str) -> int:
    """The number that well-formed words say: an independent parser, left to right."""
    total = part = digit = 0
    for word in text.split():
        match word:
            case "juta" | "ribu":
                total += (part + digit) * (1_000_000 if word == "juta" else 1_000)
                part = digit = 0
            case "seribu":
                total += 1_000
            case "ratus" | "puluh":
                part += digit * (100 if word == "ratus" else 10)
                digit = 0
            case "seratus" | "sepuluh" | "sebelas":
                part += {"seratus": 100, "sepuluh": 10, "sebelas": 11}[word]
            case "belas":
                part, digit = part + 10 + digit, 0
            case _:
                digit = _DIGIT[word]
    return total + part + digit


def test_words_of_every_number_to_9999_read_back() -> None:
    words = [terbilang(n) for n in range(10_000)]
    assert [_read_back(text) for text in words] == list(range(10_000))
    assert len(set(words)) == 10_000


@given(st.integers(0, MOST))
def test_words_of_any_number_read_back(number: int) -> None:
    assert _read_back(terbilang(number)) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (18, "delapan belas"),
        (45, "empat puluh lima"),
        (100, "seratus"),
        (235, "dua ratus tiga puluh lima"),
        (1_000, "seribu"),
        (1_117, "seribu seratus tujuh belas"),
        (11_000, "sebelas ribu"),
        (100_001, "seratus ribu satu"),
        (101_000, "seratus satu ribu"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (
            MOST,
            "sembilan ratus sembilan puluh sembilan juta sembilan ratus sembilan puluh sembilan ribu "
            "sembilan ratus sembilan puluh sembilan",
        ),
    ],
)
def test_words_are_those_of_an_official_form(number: int, words: str) -> None:
    assert terbilang(number) == words


@pytest.mark.parametrize("number", [-1, MOST + 1])
def test_number_out_of_range_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        terbilang(number)
