"""The simulated rest of West Java: with ours it sums to what was published, and no form breaks a rule."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.demo.facts import GOVERNOR, facts
from sirekap.election.rules_columns import with_errors
from sirekap.election.tally import station_codes
from sirekap.simulate import west_java

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
OURS = (83_000, 121_000, 329_000, 762_000)


def column(results: list[west_java.Result], name: str) -> int:
    return sum(int(r.figures[:, r.fields.index(name)].sum()) for r in results)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32 - 1), st.tuples(*[st.integers(0, 700_000)] * 4), st.integers(0, 90_000))
def test_all_27_sum_to_the_published_result_whatever_ours_is(
    seed: int, ours: tuple[int, int, int, int], invalid: int
) -> None:
    results = list(west_java.results(seed, ours, invalid))
    votes = tuple(column(results, f"votes_{n}") + ours[n - 1] for n in (1, 2, 3, 4))
    assert (votes, column(results, "invalid") + invalid) == (
        (2_204_452, 2_116_017, 4_260_072, 14_130_192),
        993_052,
    )
    for result in results:
        assert not with_errors(result.fields, result.figures, result.missing, 4).any()
        station_codes(np.array(result.codes))
        assert all(code.startswith(result.region) for code in result.codes)
        assert (result.simulated, result.findings, len(result.sheet().columns)) == (True, {}, len(result.sums()))


def test_more_than_the_published_result_is_refused() -> None:
    with pytest.raises(ValueError, match="exceed"):
        next(west_java.results(1, (2_204_453, 0, 0, 0), 0))


def test_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    first, same, other = (next(west_java.results(seed, OURS, 60_000)) for seed in (5, 5, 6))
    assert np.array_equal(first.figures, same.figures) and not np.array_equal(first.figures, other.figures)


def test_the_26_are_those_of_the_commission_without_ours() -> None:
    """Names, codes and numbers of stations against the commission's own files."""
    if not SHARED.exists():
        pytest.skip("the commission's files are not beside this repository")
    listed = json.loads((SHARED / "sirekap" / "district_32_32.json").read_text())
    counts = json.loads((SHARED / "sirekap" / "pkwkp_32_32.json").read_text())["tungsura"]["table"]
    ids = [pair.commission_id for pair in facts().contests[GOVERNOR].pairs]
    real = {
        item["kode"]: (item["nama"], counts[item["kode"]]["progres"]["total"], *(counts[item["kode"]][i] for i in ids))
        for item in listed
        if item["kode"] != "3216"
    }
    ours = {r.code: (r.name.removeprefix("Kabupaten ").upper(), r.stations, *r.partial) for r in west_java.regencies()}
    assert ours == real
