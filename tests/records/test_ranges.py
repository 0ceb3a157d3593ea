"""A region is a range of keys under every collation."""

from __future__ import annotations

import itertools

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import postgres
from support import small_election as se
from support.databases import Node

from sirekap.records.models import StationContest
from sirekap.records.ranges import within

REGIONS = ["", se.PROVINCE, se.REGENCY, *se.DISTRICTS, *se.VILLAGES, *se.STATIONS, "31", "33", "321603", "3216012003"]
CODES = st.text("0123456789", min_size=1, max_size=13)
COLLATIONS = ["C", "und-x-icu", "id-ID-x-icu", "en-US-x-icu"]


def bounds(region: str) -> tuple[str, str]:
    limits = dict(within("pk", region).children)
    return limits["pk__gte"], limits.get("pk__lt", ":")


def test_within_is_the_rows_that_start_with_the_code(node: Node) -> None:
    keys = list(StationContest.objects.values_list("pk", flat=True))
    assert len(keys) == 24
    found = {r: list(StationContest.objects.filter(within("pk", r)).values_list("pk", flat=True)) for r in REGIONS}
    assert found == {r: [key for key in sorted(keys) if key.startswith(r)] for r in REGIONS}


@given(CODES, CODES)
def test_bounds_hold_exactly_the_codes_with_the_prefix(region: str, code: str) -> None:
    low, high = bounds(region)
    assert (low <= code < high) == code.startswith(region)


@given(st.integers(1, 13), CODES)
def test_bounds_of_the_last_region_are_open_above(length: int, code: str) -> None:
    low, high = bounds("9" * length)
    assert (low <= code < high) == code.startswith("9" * length)


@pytest.mark.postgresql
@pytest.mark.parametrize("collation", COLLATIONS)
def test_within_holds_under_collation(postgresql_database: postgres.Database, collation: str) -> None:
    """Codes with every neighbour of 9 and 0, and the cursor's own keys with their dash."""
    codes = ["".join(c) for n in (2, 4) for c in itertools.product("019", repeat=n)]
    keys = [f"{code}-{kind}" for code in codes for kind in ("pkwkk", "pkwkp")] + codes
    with psycopg.connect(postgresql_database.owner_url) as connection:
        connection.execute(f'CREATE TABLE t (k varchar(24) COLLATE "{collation}" PRIMARY KEY)'.encode())
        connection.cursor().executemany("INSERT INTO t VALUES (%s)", [(key,) for key in keys])
        found = {}
        for region in codes:
            low, high = bounds(region)
            query = "SELECT k FROM t WHERE k >= %s" + (" AND k < %s" if high != ":" else "")
            rows = connection.execute(query.encode(), [low, high][: 1 + (high != ":")])
            found[region] = sorted(key for (key,) in rows)
    assert found == {region: sorted(key for key in keys if key.startswith(region)) for region in codes}


@pytest.mark.postgresql
def test_icu_collations_under_test_sort_otherwise_than_c(postgresql_database: postgres.Database) -> None:
    words = ["a_b", "ab", "B", "a-c"]
    with psycopg.connect(postgresql_database.owner_url) as connection:
        query = 'SELECT w FROM unnest(%s::text[]) w ORDER BY w COLLATE "und-x-icu"'
        assert [w for (w,) in connection.execute(query, [words])] != sorted(words)
