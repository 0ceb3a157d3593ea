"""What a cut rewrites of the open data: what changed on a small site, part by part on a large one; spreadsheets."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from frictionless import Package
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from support import small_election as se
from support import story
from support.databases import Node
from support.open_sites import OpenSites

from sirekap.publication import datasets, model, open_data, publish, tabular

FIRST = se.STATIONS[0]


def cut(node: Node, minutes: int, folder: str = "site", *, whole: bool = False) -> model.Report | None:
    at = se.AT + timedelta(minutes=minutes)
    return publish.publish(node.folder / folder, node.store, story.SIGNER, at, whole=whole)


def machine_files(site: Path) -> dict[str, str]:
    tops = ("data", "pilkada", "wilayah")
    files = [p for top in tops for p in (site / top).rglob("*") if p.is_file()]
    return {p.relative_to(site).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_cut_after_one_station_equals_a_whole_cut_and_leaves_the_other_contest_alone(local: Node) -> None:
    se.verify(local.small, local.store, se.row_id(FIRST))
    cut(local, 0)
    se.verify(local.small, local.store, se.row_id(se.STATIONS[1]))
    report = cut(local, 1)
    assert report is not None
    written = {p for p in report.paths_written if p.startswith(("data/", "pilkada/", "wilayah/"))}
    tables = {p for p in written if p.startswith("data/pkw") and not p.endswith("manifest.json")}
    assert {p.split("/")[1] for p in tables} == {"pkwkk"}
    stations = {p for p in written if len(p.rpartition("/")[2]) == len("3216012001001.json")}
    assert stations == {f"pilkada/hhcw/pkwkk/32/3216/321601/3216012001/{se.STATIONS[1]}.json"}
    assert not [p for p in written if p.startswith("wilayah/")]
    partial = machine_files(local.folder / "site")
    publish.publish(local.folder / "again", local.store, story.SIGNER, se.AT + timedelta(minutes=1), whole=True)
    whole = machine_files(local.folder / "again")
    assert whole.keys() == partial.keys()
    stamped = ("manifest.json", "atom.xml", "datapackage.json", "index.html", "parts.json", "/0.json", ".parquet")
    differing = [p for p, sha in partial.items() if whole[p] != sha and not p.endswith(stamped)]
    assert differing == []


def test_large_site_keeps_parts_and_renews_the_longest_outdated_first(
    local: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_data, "LARGE", 5)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, open_data_rows=1))
    cut(local, 0)
    site = local.folder / "site"
    for station in (se.STATIONS[0], se.STATIONS[-1]):
        se.verify(local.small, local.store, se.row_id(station))
    before = machine_files(site)
    cut(local, 1)
    assert waiting(site) == ["321602"]
    assert counted(site, "321601") == 1
    assert counted(site, "321602") == 0
    package = {p for p in machine_files(site) if machine_files(site)[p] == before.get(p)}
    assert "data/datapackage.json" in package
    assert cut(local, 2) is not None
    assert (waiting(site), counted(site, "321602")) == ([], 1)
    assert cut(local, 3) is None
    assert not (site / "pilkada").exists()


def waiting(site: Path) -> list[str]:
    found = json.loads((site / open_data.PARTS).read_bytes())["parts"]
    return [part["region"] for part in found if part["since"] is not None]


def counted(site: Path, district: str) -> int:
    file = site / f"data/pkwkk/stations/{district[:4]}/{district}.json.gz"
    return sum(row["counted"] for row in json.loads(gzip.decompress(file.read_bytes())))


def test_parts_of_a_large_site_are_all_in_the_package(local: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_data, "LARGE", 5)
    cut(local, 0)
    data = local.folder / "site" / "data"
    descriptor = json.loads((data / "datapackage.json").read_bytes())
    resources = descriptor["resources"]
    paths = [p for r in resources for p in ([r["path"]] if isinstance(r["path"], str) else r["path"])]
    files = {p.relative_to(data).as_posix() for p in data.rglob("*") if p.suffix in (".csv", ".gz", ".parquet")}
    assert files - set(paths) == set()
    assert all((data / path).exists() for path in paths)
    tables = [r for r in resources if r["format"] == "csv"]
    package = Package.from_descriptor({**descriptor, "resources": tables}, basepath=str(data))
    assert package.validate().flatten(["type", "rowNumber", "fieldName", "message"]) == []
    assert [row["code"] for row in package.get_resource("pkwkk-stations-csv").read_rows()] == list(se.STATIONS)


@given_settings(max_examples=20)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12), max_size=5))
def test_text_of_people_survives_and_starts_no_formula(names: list[str]) -> None:
    table = datasets.pairs_table()
    rows: list[dict[str, Any]] = [{"contest": "pkwkk", "number": n, "name": name} for n, name in enumerate(names)]
    files = tabular.render(table, rows)
    assert [row["name"] for row in json.loads(files["json"])] == names
    said = list(csv.DictReader(files["csv"].decode().splitlines(keepends=True)))
    assert [row["name"] for row in said] == [f"'{n}" if n[:1] in {"=", "+", "-", "@"} else n for n in names]


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = [{"contest": "pkwkk", "number": n, "name": f"=cmd|'{n}"} for n in range(5)]
    assert tabular.render(datasets.pairs_table(), rows) == tabular.render(datasets.pairs_table(), rows)


def test_row_with_a_key_that_is_no_column_is_refused() -> None:
    with pytest.raises(ValueError, match="pairs has no column secret"):
        tabular.render(datasets.pairs_table(), [{"contest": "pkwkk", "secret": 1}])


def test_every_column_has_both_languages() -> None:
    for table in (*open_data._station_tables(10), *open_data._top_tables(10), datasets.pairs_table()):
        assert [c.name for c in table.columns if not (c.label_id and c.label_en)] == []
        assert len({c.name for c in table.columns}) == len(table.columns)


def test_page_of_the_open_data_links_every_single_file(open_sites: OpenSites) -> None:
    html = (open_sites.final / "data/index.html").read_text()
    tables = [p for p in (open_sites.final / "data").rglob("*") if p.suffix in (".csv", ".parquet")]
    missing = [p for p in tables if f'href="{p.relative_to(open_sites.final / "data").as_posix()}"' not in html]
    assert (missing, len(tables)) == ([], 2 * 2 * 8)
