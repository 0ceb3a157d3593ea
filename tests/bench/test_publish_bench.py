"""The benches of publishing and verifying return every figure of the contract from a tiny nation."""

from __future__ import annotations

import json

import pytest

from bench import BENCHES, nation, publish, verify

PUBLISH = [
    "stations",
    "first_cut_s",
    "cut_1000_s",
    "cut_1000_bytes",
    "cut_1000_files",
    "peak_rss_mb",
    "home_bytes_compressed",
    "station_bytes_compressed",
]
VERIFY = ["entries", "seconds", "ratio_parse_hash", "ratio_photos"]


def test_nation_has_the_shape_it_says() -> None:
    codes = nation.codes_of(5_000)
    assert (len(codes), codes == sorted(set(codes)), {len(code) for code in codes}) == (5_000, True, {13})
    assert (len({c[:10] for c in codes}), len({c[:6] for c in codes}), len({c[:4] for c in codes})) == (962, 84, 6)


@pytest.mark.slow
def test_publish_bench_has_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "QUICK", 60)
    monkeypatch.setattr(publish, "QUICK_CHANGED", 3)
    result = json.loads(json.dumps(publish.run(quick=True)))
    assert ("publish" in BENCHES, [name for name in PUBLISH if not result["figures"][name] > 0]) == (True, [])
    assert result["figures"]["home_bytes_compressed"] <= 40_000


@pytest.mark.slow
def test_verify_bench_has_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "QUICK", 30)
    monkeypatch.setattr(verify, "QUICK_PHOTOS", 2)
    result = json.loads(json.dumps(verify.run(quick=True)))
    assert ("verify" in BENCHES, [name for name in VERIFY if not result["figures"][name] > 0]) == (True, [])
