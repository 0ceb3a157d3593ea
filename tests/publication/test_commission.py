"""The commission's own JSON: our files against the files it published, and against programs written for those."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import small_election as se
from support import story
from support.open_sites import AWAITED, CONFIRMED, PHOTOGRAPHED, VERIFIED, OpenSites

from sirekap.election.contests import Pair
from sirekap.publication import commission, opendata
from sirekap.publication.commission import Sum

REAL = Path(__file__).parents[3] / "shared" / "data" / "sirekap"
IDS = {1: "3001", 2: "3002", 3: "3003"}
"""What the small election's register says."""

needs_real = pytest.mark.skipif(
    not REAL.exists(), reason="the commission's files of 2024 lie beside this checkout only"
)


def read(site: Path, path: str) -> Any:
    return json.loads((site / f"{path}.json").read_bytes())


def tps(site: Path, code: str, kind: str = "pkwkk") -> Any:
    return read(site, f"pilkada/hhcw/{kind}/{code[:2]}/{code[:4]}/{code[:6]}/{code[:10]}/{code}")


def shape(value: Any) -> Any:
    """Types in key order; one pair and one region with figures stand for all, a whole float is a number."""
    if isinstance(value, dict):
        value = {k: v for k, v in value.items() if not isinstance(v, dict) or v.get("status_progress", True)}
        keys = ["<id>" if key.isdigit() else key for key in value]
        return list(dict(zip(keys, map(shape, value.values()), strict=True)).items())
    if isinstance(value, list):
        return [shape(value[0])]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


@needs_real
@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("pkwkk_3216_latest", "pilkada/hhcw/pkwkk/32/3216"),
        ("pkwkp_3216_latest", "pilkada/hhcw/pkwkp/32/3216"),
        ("pkwkp_32_32", "pilkada/hhcw/pkwkp/32"),
        ("pkwkk_32_32", "pilkada/hhcw/pkwkk/32"),
        ("pkwkp_0", "pilkada/hhcw/pkwkp/0"),
        ("paslon_pkwkk", "pilkada/paslon/pkwkk"),
        ("paslon_pkwkp", "pilkada/paslon/pkwkp"),
        ("district_32_32", "wilayah/pilkada/pkwkp/32"),
    ],
)
def test_file_has_the_commissions_keys_types_and_order(open_sites: OpenSites, theirs: str, ours: str) -> None:
    expected = shape(json.loads((REAL / f"{theirs}.json").read_bytes()))
    for site in (open_sites.early, open_sites.final):
        assert shape(read(site, ours)) == expected


@needs_real
@pytest.mark.parametrize("name", ["pkwkk_3216_latest", "pkwkp_3216_latest", "pkwkk_32_32", "pkwkp_32_32"])
def test_their_own_file_comes_out_of_their_own_figures(name: str) -> None:
    real = json.loads((REAL / f"{name}.json").read_bytes())
    rows = {}
    for code, row in real["tungsura"]["table"].items():
        ids = dict(enumerate([k for k in row if k.isdigit()], 1))
        votes = {n: row[key] for n, key in ids.items()}
        rows[code] = (Sum(votes, row["progres"]["progres"], row["progres"]["total"]), ids)
    own_ids = dict(enumerate([k for k in real["tungsura"]["chart"] if k.isdigit()], 1))
    own = Sum(
        {n: real["tungsura"]["chart"][key] for n, key in own_ids.items()},
        real["progres"]["progres"],
        real["progres"]["total"],
    )
    assert commission.region_result("hhcw", own, own_ids, rows, real["ts"]) == real


def test_station_in_the_totals_says_everything(open_sites: OpenSites) -> None:
    found = tps(open_sites.early, VERIFIED)
    said = se.figures(se.row_id(VERIFIED))
    photo = read_photo(open_sites.early, VERIFIED)
    assert found == {
        "mode": "hhcw",
        "tungsura": {
            "chart": {IDS[n]: said[f"votes_{n}"] for n in IDS},
            "administrasi": {
                **{f"pemilih_dpt_{c}": said[f"roll_dpt_{c}"] for c in "lpj"},
                **{f"pengguna_dpt_{c}": said[f"voted_dpt_{c}"] for c in "lpj"},
                **{f"pengguna_dptb_{c}": said[f"voted_dpph_{c}"] for c in "lpj"},
                **{f"pengguna_non_dpt_{c}": said[f"voted_dptb_{c}"] for c in "lpj"},
                **{f"pengguna_total_{c}": said[f"voted_total_{c}"] for c in "lpj"},
                "suara_sah": said["valid"],
                "suara_tidak_sah": said["invalid"],
                "suara_total": said["total"],
            },
        },
        "psu": "Reguler",
        "status_suara": True,
        "status_adm": True,
        "images": [f"/{photo}"] * 3,
        "ts": "2024-11-30 13:00:00",
    }
    assert (open_sites.early / photo).exists()


def read_photo(site: Path, code: str) -> str:
    (photo,) = next(
        s for s in opendata.read_region((site / f"{village(code)}.json").read_bytes())["stations"] if s["code"] == code
    )["photos"]
    return str(photo["path"])


def village(code: str) -> str:
    return f"pkwkk/{code[:2]}/{code[:4]}/{code[:6]}/{code[:10]}/data"


@pytest.mark.parametrize("code", [PHOTOGRAPHED, CONFIRMED, AWAITED])
def test_station_below_verified_gives_no_figure_away(open_sites: OpenSites, code: str) -> None:
    found = tps(open_sites.early, code)
    assert found["tungsura"] == {"chart": None, "administrasi": None}
    assert (found["status_suara"], found["status_adm"]) == (False, False)
    assert len(found["images"]) == (0 if code == AWAITED else 3)
    rows = read(open_sites.early, f"pilkada/hhcw/pkwkk/32/3216/321601/{code[:10]}")["tungsura"]["table"]
    if code in rows:
        assert rows[code] == {
            "psu": "Reguler",
            "progres": {"total": 1, "persen": 0.0, "progres": 0},
            "status_progress": False,
        }


def test_rows_sum_to_the_chart_at_every_tier(open_sites: OpenSites) -> None:
    for site in (open_sites.early, open_sites.final):
        for path in ("32/3216", "32/3216/321601", "32/3216/321601/3216012001"):
            found = read(site, f"pilkada/hhcw/pkwkk/{path}")
            table, chart = found["tungsura"]["table"].values(), found["tungsura"]["chart"]
            assert {i: chart[i] for i in IDS.values()} == {i: sum(r.get(i, 0) for r in table) for i in IDS.values()}
            assert found["progres"] == {
                "total": sum(r["progres"]["total"] for r in table),
                "progres": sum(r["progres"]["progres"] for r in table),
            }


def test_region_where_nothing_counts_leaves_the_pairs_out_as_the_commissions_file_did() -> None:
    """As the commission's file of regency 9504 stood while none of its 677 stations had arrived (26 November 2024)."""
    nothing = Sum({1: 0, 2: 0}, 0, 36)
    progress = {"total": 36, "persen": 0.0, "progres": 0}
    found = commission.region_result("hhcw", nothing, {1: "8", 2: "9"}, {"950401": (nothing, {1: "8"})}, "t")
    assert found == {
        "mode": "hhcw",
        "tungsura": {
            "chart": {"progres": progress},
            "table": {"950401": {"psu": "Reguler", "progres": progress, "status_progress": False}},
        },
        "psu": "Reguler",
        "progres": {"total": 36, "progres": 0},
        "ts": "t",
    }


def test_recap_holds_ratified_stations_only(open_sites: OpenSites) -> None:
    early, final = (read(site, "pilkada/hr/pkwkk/32/3216") for site in (open_sites.early, open_sites.final))
    assert early["tungsura"]["chart"]["progres"] == {"total": 12, "persen": 0.0, "progres": 0}
    assert final["tungsura"]["chart"]["progres"]["persen"] == 100.0
    assert {**final, "mode": "hhcw"} == read(open_sites.final, "pilkada/hhcw/pkwkk/32/3216")
    assert read(open_sites.final, "pilkada/hr/pkwkp/32")["mode"] == "hr"


def test_recount_stays_regular_in_the_commissions_words(open_sites: OpenSites) -> None:
    assert tps(open_sites.final, story.RECOUNTED[:13])["psu"] == "Reguler"
    assert [commission.result_kind(k) for k in ("Hitung ulang", "PSU", "PSL")] == ["Reguler", "PSU", "PSL"]


def test_a_scraper_that_walks_down_from_the_nation_finds_every_station(open_sites: OpenSites) -> None:
    """As public scrapers do it: lists by level, then one object per station."""
    for site in (open_sites.early, open_sites.final):
        votes, seen, images = dict.fromkeys(IDS.values(), 0), [], 0
        for province in read(site, "wilayah/pilkada/pkwkk/0"):
            for regency in read(site, f"wilayah/pilkada/pkwkk/{province['kode']}"):
                above = f"{province['kode']}/{regency['kode']}"
                for district in read(site, f"wilayah/pilkada/pkwkk/{above}"):
                    for place in read(site, f"wilayah/pilkada/pkwkk/{above}/{district['kode']}"):
                        path = f"{above}/{district['kode']}/{place['kode']}"
                        for station in read(site, f"wilayah/pilkada/pkwkk/{path}"):
                            assert station["tingkat"] == 5
                            data = read(site, f"pilkada/hhcw/pkwkk/{path}/{station['kode']}")
                            seen.append(station["kode"])
                            images += len(data["images"])
                            for pair, found in (data["tungsura"].get("chart") or {}).items():
                                votes[pair] += found
        assert sorted(seen) == list(se.STATIONS)
        chart = read(site, "pilkada/hhcw/pkwkk/32/3216")["tungsura"]["chart"]
        assert votes == {pair: chart[pair] for pair in votes}
        assert images


def test_place_is_named_as_the_commission_names_it() -> None:
    regions = [("3275", "Kota Bekasi"), ("3216", "Kabupaten Bekasi"), ("3217", "Bandung Barat")]
    assert commission.places(regions) == [
        {"nama": "BANDUNG BARAT", "id": 3217, "kode": "3217", "tingkat": 2},
        {"nama": "BEKASI", "id": 3216, "kode": "3216", "tingkat": 2},
        {"nama": "KOTA BEKASI", "id": 3275, "kode": "3275", "tingkat": 2},
    ]


def test_pair_is_spelt_as_the_commission_spells_it() -> None:
    pairs = [Pair(1, "A, S.H. – B", "#B67352", "1000561"), Pair(2, "Kolom kosong", "#8CB9BD")]
    assert commission.candidates({"3207": pairs}, {"3207": "2024-11-21 21:55:15"}) == {
        "3207": {
            "1000561": {"ts": "2024-11-21 21:55:15", "nama": "A, S.H. - B", "warna": "#B67352", "nomor_urut": 1},
            "9320702": {"ts": "2024-11-21 21:55:15", "nama": "KOLOM KOSONG - ", "warna": "#8CB9BD", "nomor_urut": 2},
        }
    }


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_percent_is_complete_only_when_everything_is_in(done: int, more: int) -> None:
    total = done + more
    value = commission.percent(done, total)
    assert (value == 100.0) == (total > 0 and not more)
    assert value == 0 if not total else abs(value - done / total * 100) <= 0.01


def test_time_is_local() -> None:
    at = datetime(2024, 11, 28, 3, 15, 4, tzinfo=UTC)
    assert commission.stamp(at, ZoneInfo("Asia/Jakarta")) == "2024-11-28 10:15:04"
