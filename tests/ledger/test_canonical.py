"""Canonical JSON: RFC 8785 within the ledger's types."""

import json
from enum import IntEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.ledger import canonical
from sirekap.ledger.errors import CanonicalError

LIMIT = canonical.INT_LIMIT
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LIMIT + 1, LIMIT - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


class Rung(IntEnum):
    ONE = 1


def code_of(call, value) -> str:
    with pytest.raises(CanonicalError) as caught:
        call(value)
    assert caught.value.text_id and caught.value.text_en
    return caught.value.code


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_dumps_any_value_round_trips_and_equals_the_reference(value):
    data = canonical.dumps(value)
    assert canonical.loads(data) == value
    assert data == canonical._write(value).encode()
    assert canonical.dumps(json.loads(json.dumps(value))) == data


def test_dumps_keys_follow_utf16_code_units_of_rfc_8785():
    # The sorting example of RFC 8785 section 3.2.3; by code point the emoji would come last.
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(canonical.loads(canonical.dumps(value))) == order
    assert list(canonical.loads(canonical.dumps([{"outer": value}]))[0]["outer"]) == order


def test_dumps_text_is_escaped_as_rfc_8785_says():
    text = '\u20ac$\u000f\nA\'B"\\\\"/\u007f\u2028\b\t\f\r\u0000'
    assert canonical.dumps(text) == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f\u2028\\b\\t\\f\\r\\u0000"'.encode()


def test_dumps_plain_entry_gives_known_bytes():
    entry = {"kind": "verify", "figures": {"votes_1": 123, "valid": None}, "saw": (), "blind": True}
    assert canonical.dumps(entry) == b'{"blind":true,"figures":{"valid":null,"votes_1":123},"kind":"verify","saw":[]}'


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.5, "float"),
        (float("nan"), "float"),
        ({"a": [1.0]}, "float"),
        (b"x", "bytes"),
        (bytearray(b"x"), "bytes"),
        (LIMIT, "range"),
        (-LIMIT, "range"),
        ("\ud800", "surrogate"),
        ({"\udfff": 1}, "surrogate"),
        ({"\udfff": 1, "\U0001f600": 2}, "surrogate"),
        ({1: 2}, "key"),
        ({None: 2}, "key"),
        ({"a": {1, 2}}, "type"),
        (Rung.ONE, "type"),
        (object(), "type"),
    ],
)
def test_dumps_forbidden_value_is_refused(value, code):
    assert code_of(canonical.dumps, value) == code


def test_dumps_value_that_refers_to_itself_is_refused():
    loop: list = []
    loop.append(loop)
    assert code_of(canonical.dumps, loop) == "depth"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "syntax"),
        (b"{", "syntax"),
        (b"\xff", "syntax"),
        (b"\xef\xbb\xbf1", "syntax"),
        (b"[" * 100_000, "syntax"),
        (b"9" * 5000, "syntax"),
        (b"1.0", "float"),
        (b"1e3", "float"),
        (b"NaN", "float"),
        (b"-Infinity", "float"),
        (b"9007199254740992", "range"),
        (b'"\\ud800"', "surrogate"),
        (b'{"a":1,"a":1}', "duplicate"),
        (b'[{"a":1,"a":2}]', "duplicate"),
        (b'{"b":1,"a":2}', "not_canonical"),
        (b'{"a": 1}', "not_canonical"),
        (b"1 ", "not_canonical"),
        (b"-0", "not_canonical"),
        (b'"\\u0041"', "not_canonical"),
        (b'"\\/"', "not_canonical"),
        (b'"\\u000A"', "not_canonical"),
    ],
)
def test_loads_anything_but_canonical_is_refused(data, code):
    assert code_of(canonical.loads, data) == code
