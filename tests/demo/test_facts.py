"""The demo's data files against each other and against the shared source data."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from sirekap.demo.facts import GOVERNOR, KINDS, REGENT, facts

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def test_facts_counts_of_regions_and_stations() -> None:
    known = facts()
    per_village = {d.code: sum(v.stations for v in known.villages if v.district == d.code) for d in known.districts}
    assert (len(known.districts), len(known.villages)) == (23, 187)
    assert per_village == {d.code: d.stations for d in known.districts}
    assert sum(per_village.values()) == 4236
    assert set(known.region_names) == {"32", "3216"} | set(per_village) | {v.code for v in known.villages}


def test_facts_snapshot_totals() -> None:
    known = facts()
    votes = {k: [sum(c) for c in zip(*(d.counts[k].votes for d in known.districts), strict=True)] for k in KINDS}
    arrived = {k: sum(d.counts[k].arrived for d in known.districts) for k in KINDS}
    early = {k: sum(d.counts[k].early for d in known.districts) for k in KINDS}
    assert votes == {REGENT: [183402, 533447, 607459], GOVERNOR: [83306, 121158, 329363, 762722]}
    assert arrived == {REGENT: 4014, GOVERNOR: 3990}
    assert early == {REGENT: 3996, GOVERNOR: 3966}


def test_facts_official_figures() -> None:
    known = facts()
    assert known.final_votes == (204305, 588399, 666494)
    assert known.stage_votes == (204136, 588323, 666497)
    assert (known.final_invalid, known.stage_invalid) == (43495, 43737)
    assert (known.men, known.women, known.decree_stations) == (1124775, 1127081, 4206)


def test_facts_agree_with_the_source_files() -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared source data is not beside this checkout")
    known = facts()
    with (SHARED / "bekasi_villages.csv").open(encoding="utf-8") as file:
        source = {r["kode_kpu"]: (r["desa_kpu"], int(r["tps_pilkada2024_ESTIMASI"])) for r in csv.DictReader(file)}
    assert {v.code: (v.official, v.stations) for v in known.villages} == source
    for kind in KINDS:
        table = json.loads((SHARED / "sirekap" / f"{kind}_3216_latest.json").read_text())["tungsura"]["table"]
        ids = [p.commission_id for p in known.contests[kind].pairs]
        assert {d.code: (d.stations, d.counts[kind].arrived, d.counts[kind].votes) for d in known.districts} == {
            code: (t["progres"]["total"], t["progres"]["progres"], tuple(t[i] for i in ids))
            for code, t in table.items()
        }
