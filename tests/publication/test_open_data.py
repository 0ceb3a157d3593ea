"""The tables of the open data: what they hold, that they equal the pages, that others' validators accept them."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import Package, Resource
from support import small_election as se
from support import story
from support.open_sites import AWAITED, CONFIRMED, PHOTOGRAPHED, VERIFIED, OpenSites

from sirekap.election import chasil
from sirekap.publication import manifest

DATA = "data"


def rows(site: Path, name: str) -> list[dict[str, Any]]:
    return list(json.loads((site / DATA / f"{name}.json").read_bytes()))


def by_code(site: Path, kind: str = "pkwkk") -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in rows(site, f"{kind}/stations")}


def listed(site: Path, folder: str = "") -> Iterator[tuple[str, str]]:
    found = json.loads((site / folder / manifest.NAME).read_bytes())
    prefix = f"{folder}/" if folder else ""
    for item in found["files"]:
        yield prefix + item["path"], item["sha256"]
    for item in found["children"]:
        yield prefix + item["path"], item["sha256"]
        yield from listed(site, prefix + item["path"].removesuffix(f"/{manifest.NAME}"))


def test_station_row_holds_figures_only_where_they_count(open_sites: OpenSites) -> None:
    found = by_code(open_sites.early)
    said = se.figures(se.row_id(VERIFIED))
    assert {name: found[VERIFIED][name] for name in said} == said
    for code in (PHOTOGRAPHED, CONFIRMED, AWAITED):
        assert {found[code][f.id] for f in chasil.fields(3, optional=True)} == {None}
    assert [found[c]["standing"] for c in (VERIFIED, PHOTOGRAPHED, CONFIRMED, AWAITED)] == [
        "verified",
        "received",
        "confirmed",
        "awaited",
    ]
    assert [found[c]["counted"] for c in (VERIFIED, CONFIRMED)] == [True, False]


def test_station_row_names_its_ancestors_its_photograph_and_its_standing(open_sites: OpenSites) -> None:
    row = by_code(open_sites.early)[VERIFIED]
    assert [row[f"{tier}_name"] for tier in ("province", "regency", "district", "village")] == [
        "Provinsi Jawa Barat",
        "Kabupaten Contoh",
        "Kecamatan Satu",
        "Desa Awal",
    ]
    assert [row[f"{tier}_code"] for tier in ("province", "regency", "district", "village")] == [
        "32",
        "3216",
        "321601",
        "3216012001",
    ]
    assert row["photos"] == hashlib.sha256(se.photo(se.row_id(VERIFIED))).hexdigest()
    assert (row["label"], row["simulated"]) == ("Bukan hasil resmi", True)
    assert by_code(open_sites.final)[VERIFIED]["label"] == "Hasil yang ditetapkan KPU"


def test_confirmed_figures_are_a_stage_marked_as_outside_the_totals(open_sites: OpenSites) -> None:
    found = [row for row in rows(open_sites.early, "pkwkk/stages") if row["code"] == CONFIRMED]
    (row,) = found
    assert (row["stage"], row["in_totals"]) == ("confirmed", False)
    assert row["votes_1"] == se.figures(se.row_id(CONFIRMED))["votes_1"]


def test_exactly_one_stage_of_a_counted_station_is_in_the_totals(open_sites: OpenSites) -> None:
    stations = by_code(open_sites.final)
    stages = [row for row in rows(open_sites.final, "pkwkk/stages") if row["in_totals"]]
    assert {row["code"]: row["votes_1"] for row in stages} == {c: row["votes_1"] for c, row in stations.items()}
    assert len(stages) == len(stations)


def test_figures_of_a_recounted_station_stay_as_replaced(open_sites: OpenSites) -> None:
    found = [row for row in rows(open_sites.final, "pkwkk/stages") if row["code"] == story.RECOUNTED[:13]]
    assert [(row["stage"], row["generation"], row["in_totals"]) for row in found] == [
        ("replaced", 1, False),
        ("verified", 2, False),
        ("decided", 2, True),
    ]
    before, after = se.figures(story.RECOUNTED), se.figures(story.RECOUNTED, shift=5)
    assert [row["votes_1"] for row in found] == [before["votes_1"], after["votes_1"], after["votes_1"]]


def test_deciding_entry_is_the_act_that_made_the_figures(open_sites: OpenSites) -> None:
    corrected = story.CORRECTED[:13]
    index = by_code(open_sites.final)[corrected]["ledger_index"]
    acts = [row for row in rows(open_sites.final, "pkwkk/history") if row["ledger_index"] == index]
    assert {(row["code"], row["kind"]) for row in acts} == {(corrected, "item.corrected")}


def test_history_holds_a_correction_with_old_and_new_reason_and_role(open_sites: OpenSites) -> None:
    before = se.figures(story.CORRECTED)
    acts = [row for row in rows(open_sites.final, "pkwkk/history") if row["kind"] == "item.corrected"]
    assert [(row["field"], row["old"], row["new"], row["reason"], row["role"]) for row in acts] == [
        ("votes_1", before["votes_1"], before["votes_1"] - 2, "Salah salin", "Pleno kecamatan"),
        ("votes_3", before["votes_3"], before["votes_3"] + 2, "Salah salin", "Pleno kecamatan"),
    ]
    assert {row["kind"] for row in rows(open_sites.final, "pkwkk/history")} >= {
        "photo.received", "statement.made", "statement.verified", "item.from_box", "item.deferred",
        "item.recount_entered", "generation.opened", "session.closed", "contest.determined",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["pkwkk", "pkwkp"])
@pytest.mark.parametrize("tier", ["villages", "districts", "regencies", "provinces"])
def test_every_tier_is_the_sum_of_its_stations(open_sites: OpenSites, kind: str, tier: str) -> None:
    for site in (open_sites.early, open_sites.final):
        stations = by_code(site, kind).values()
        for row in rows(site, f"{kind}/{tier}"):
            own = [s for s in stations if s["code"].startswith(row["code"]) and s["counted"]]
            valid = sum(s["valid"] for s in own) if own else None
            total = [s for s in stations if s["code"].startswith(row["code"])]
            assert (row["stations"], row["counted"], row["valid"]) == (len(total), len(own), valid)
            assert row["stations"] == sum(value for name, value in row.items() if name.startswith("at_"))


def test_province_has_no_votes_where_it_holds_several_contests(open_sites: OpenSites) -> None:
    (regent,), (governor,) = (rows(open_sites.final, f"{kind}/provinces") for kind in ("pkwkk", "pkwkp"))
    assert (regent["votes_1"], regent["contest_region"]) == (None, None)
    assert governor["votes_1"] is not None


@pytest.mark.parametrize("table", ["stations", "stages", "history", "villages", "pairs"])
def test_three_formats_say_the_same(open_sites: OpenSites, table: str) -> None:
    said = rows(open_sites.final, f"pkwkk/{table}")
    with open(open_sites.final / DATA / f"pkwkk/{table}.csv", encoding="utf-8", newline="") as handle:
        as_text = [{k: "" if v is None else _spelt(v) for k, v in row.items()} for row in said]
        assert list(csv.DictReader(handle)) == as_text
    parquet = duckdb.read_parquet(str(open_sites.final / DATA / f"pkwkk/{table}.parquet"))
    plain = [column for column in parquet.columns if column != "at"]
    assert parquet.select(*plain).fetchall() == [tuple(row[name] for name in plain) for row in said]


def _spelt(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_data_package_is_accepted_by_frictionless(open_sites: OpenSites) -> None:
    for site in (open_sites.early, open_sites.final):
        descriptor = json.loads((site / DATA / "datapackage.json").read_bytes())
        tables = [r for r in descriptor["resources"] if r["format"] == "csv"]
        package = Package.from_descriptor({**descriptor, "resources": tables}, basepath=str(site / DATA))
        assert package.validate().flatten(["type", "rowNumber", "fieldName", "message"]) == []
        assert len(tables) == 2 * 8


def test_json_tables_are_accepted_by_frictionless(open_sites: OpenSites) -> None:
    descriptor = json.loads((open_sites.final / DATA / "datapackage.json").read_bytes())
    for found in [r for r in descriptor["resources"] if r["format"] == "json"]:
        data = json.loads((open_sites.final / DATA / found["path"]).read_bytes())
        schema = json.loads((open_sites.final / DATA / found["schema"]).read_bytes())
        resource = Resource.from_descriptor({"name": found["name"], "data": data, "schema": schema})
        assert resource.validate().flatten(["type", "rowNumber", "fieldName", "message"]) == [], found["name"]


def test_frictionless_refuses_a_package_with_a_changed_digit(open_sites: OpenSites, tmp_path: Path) -> None:
    descriptor = json.loads((open_sites.final / DATA / "datapackage.json").read_bytes())
    (stations,) = [r for r in descriptor["resources"] if r["name"] == "pkwkk-stations-csv"]
    (tmp_path / "pkwkk").mkdir()
    schema = (open_sites.final / DATA / stations["schema"]).read_bytes()
    (tmp_path / stations["schema"]).write_bytes(schema)
    data = (open_sites.final / DATA / stations["path"]).read_bytes()
    (tmp_path / "stations.csv").write_bytes(data[:-2] + b"9\n")
    resource = Resource.from_descriptor({**stations, "path": "stations.csv"}, basepath=str(tmp_path))
    assert {error[0] for error in resource.validate().flatten(["type"])} == {"hash-count"}


def test_every_file_of_the_open_data_is_in_the_manifest_tree(open_sites: OpenSites) -> None:
    for site in (open_sites.early, open_sites.final):
        known = dict(listed(site))
        for top in ("data", "pilkada", "wilayah"):
            files = [p for p in (site / top).rglob("*") if p.is_file()]
            assert files
            assert {p.relative_to(site).as_posix() for p in files} <= known.keys()
        for path, sha256 in known.items():
            assert hashlib.sha256((site / path).read_bytes()).hexdigest() == sha256, path


def test_no_person_is_named(open_sites: OpenSites) -> None:
    names = ("Ketua 32", "Anggota 32", "KPPS 32", "Operator 1", "Administrator")
    for file in (open_sites.final / DATA).rglob("*.csv"):
        text = file.read_text(encoding="utf-8")
        assert [name for name in names if name in text] == [], file
