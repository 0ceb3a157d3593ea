"""The figures of a sheet: one canonical form, one hash, sums that anybody can repeat."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.election import chasil
from sirekap.election.sheet import SheetError, SheetFigures, asked_chunks, chunks, parse, same_chunk, summed
from sirekap.election.standing import Tier

SMALL = SheetFigures(
    "pkwkk-3216",
    Tier.DISTRICT,
    "321601",
    ("votes_1", "votes_2", "valid"),
    (("3216012001001", (7, 0, 7)), ("3216012001002", (3, None, 3)), ("3216012002001", (1, None, None))),
)
TEXT = (
    b'{"columns":[["3216012001001",[7,0,7]],["3216012001002",[3,null,3]],["3216012002001",[1,null,null]]],'
    b'"contest":"pkwkk-3216","fields":["votes_1","votes_2","valid"],"region":"321601","tier":"district"}'
)


@st.composite
def sheets(draw: st.DrawFn, region: str = "321601") -> SheetFigures:
    """A district's sheet of up to 30 stations."""
    fields = chasil.field_ids(draw(st.integers(1, 10)), optional=draw(st.booleans()))
    codes = draw(st.sets(st.tuples(st.integers(2001, 2004), st.integers(1, 999)), min_size=1, max_size=30))
    figure = st.one_of(st.none(), st.integers(0, 999))
    values = st.tuples(*[figure] * len(fields))
    columns = tuple((f"{region}{village}{number:03d}", draw(values)) for village, number in sorted(codes))
    return SheetFigures("pkwkp-32", Tier.DISTRICT, region, fields, columns)


def test_a_sheet_is_written_canonically_and_hashed() -> None:
    assert SMALL.canonical() == TEXT
    assert SMALL.figures_sha256() == hashlib.sha256(TEXT).hexdigest()
    assert parse(TEXT) == SMALL


def test_sums_leave_a_row_blank_only_where_every_station_does() -> None:
    assert SMALL.totals() == (11, 0, 10)
    assert SMALL.blanks() == (0, 2, 1)
    assert SMALL.by_village() == (("3216012001", (10, 0, 10)), ("3216012002", (1, None, None)))
    assert SMALL.within("3216012002") == (("3216012002001", (1, None, None)),)
    assert SMALL.total("valid") == 10
    with pytest.raises(KeyError):
        SMALL.total("invalid")


@given(sheets())
def test_a_sheet_survives_its_text(sheet: SheetFigures) -> None:
    assert parse(sheet.canonical()) == sheet
    assert json.loads(sheet.canonical())["fields"] == list(sheet.fields)


@given(sheets(), sheets("321602"))
def test_upper_sheets_add_up_to_the_stations(first: SheetFigures, second: SheetFigures) -> None:
    second = SheetFigures(
        second.contest,
        second.tier,
        second.region,
        first.fields,
        tuple((code, first.columns[0][1]) for code, _ in second.columns),
    )
    regency = summed(Tier.REGENCY, "3216", [second, first])
    assert [code for code, _ in regency.columns] == ["321601", "321602"]
    every = [values for sheet in (first, second) for _, values in sheet.columns]
    for n, total in enumerate(regency.totals()):
        present = [values[n] for values in every if values[n] is not None]
        assert total == (sum(present) if present else None)
    villages = first.by_village()
    assert sum(len(first.within(code)) for code, _ in villages) == len(first.columns)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        TEXT + b" ",
        TEXT.replace(b'"district"', b'"hall"'),
        TEXT.replace(b'"district"', b'"regency"'),
        TEXT.replace(b'"region":"321601"', b'"region":"321602"'),
        TEXT.replace(b"pkwkk-3216", b"pkwkk-3217"),
        TEXT.replace(b'"votes_1","votes_2"', b'"votes_2","votes_1"'),
        TEXT.replace(b'"valid"', b'"elsewhere"'),
        TEXT.replace(b"[7,0,7]", b"[7,0]"),
        TEXT.replace(b"[7,0,7]", b"[7,true,7]"),
        TEXT.replace(b"[7,0,7]", b"[7,-1,7]"),
        TEXT.replace(b"[7,0,7]", b"[7,0.0,7]"),
        TEXT.replace(b"3216012001002", b"3216012001001"),
        TEXT.replace(b"3216012002001", b"3216012000001"),
        TEXT.replace(b'"columns":[[', b'"columns":[5,['),
        TEXT.replace(b'"contest":"pkwkk-3216"', b'"contest":5'),
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(SheetError):
        parse(text)


def test_sheets_of_different_rows_have_no_sum() -> None:
    other = SheetFigures("pkwkk-3216", Tier.DISTRICT, "321602", ("valid",), (("3216022001001", (1,)),))
    for lower in ([], [SMALL, other]):
        with pytest.raises(SheetError):
            summed(Tier.REGENCY, "3216", lower)


def test_a_hash_is_printed_in_sixteen_groups_of_four() -> None:
    sha256 = SMALL.figures_sha256()
    assert len(chunks(sha256)) == 16
    assert "".join(chunks(sha256)) == sha256
    assert same_chunk(f" {chunks(sha256)[3].upper()} ", chunks(sha256)[3])
    assert not same_chunk("", chunks(sha256)[3])
    for bad in ("", sha256[1:], sha256.upper() + "G"):
        with pytest.raises(ValueError):
            chunks(bad)


@given(st.uuids(), st.binary(min_size=32, max_size=32))
def test_two_different_groups_are_asked_for_and_always_the_same(session: object, digest: bytes) -> None:
    asked = asked_chunks(session, digest.hex())
    assert 0 <= asked[0] < asked[1] <= 15
    assert asked == asked_chunks(str(session).upper(), digest.hex())


def test_every_group_is_asked_for_somewhere() -> None:
    sha256 = SMALL.figures_sha256()
    assert {group for n in range(200) for group in asked_chunks(n, sha256)} == set(range(16))
