"""Printing a region: from the database, or blank without one."""

from __future__ import annotations

import json
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from support.databases import Node
from support.small_election import STATIONS

from sirekap import keys
from sirekap.cli import main
from sirekap.paper.batch import Order, print_to
from sirekap.paper.frame import Heading
from sirekap.paper.identity import Form
from sirekap.paper.printing import Station

VILLAGE = "3216012001"


def invoke(*arguments: str) -> tuple[int, dict[str, object], str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, json.loads(result.stdout) if result.stdout else {}, result.stderr


def written(folder: Path) -> dict[str, int]:
    out = {}
    for file in sorted(folder.rglob("*.*")):
        with pikepdf.open(file) as pdf:
            out[str(file.relative_to(folder))] = len(pdf.pages)
    return out


def chasil(folder: Path, *arguments: str) -> tuple[int, dict[str, object], str]:
    return invoke("paper", "chasil", "--out", str(folder), "--json", *arguments)


def test_village_gives_one_file_a_station_and_contest(
    local: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.init(tmp_path / "keys", demo=True, allow_in_repo=True)
    monkeypatch.setenv("SIREKAP_DATABASE_URL", local.url)
    monkeypatch.setenv("SIREKAP_KEYS", str(tmp_path / "keys"))
    status, result, errors = chasil(tmp_path / "out", "--region", VILLAGE)
    assert status == 0, errors
    counted = {name: result[name] for name in ("ok", "files", "forms", "pages", "signed")}
    assert counted == {"ok": True, "files": 6, "forms": 6, "pages": 18, "signed": True}
    assert written(tmp_path / "out") == {
        f"{VILLAGE}/{station}-{form}.pdf": 3
        for station in STATIONS
        if station.startswith(VILLAGE)
        for form in ("kwk-bupati", "kwk-gubernur")
    }


def test_one_file_one_contest_and_blank(local: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIREKAP_DATABASE_URL", local.url)
    monkeypatch.setenv("SIREKAP_KEYS", str(tmp_path / "no-keys"))
    chasil(tmp_path / "one", "--region", "321601", "--one-file", "--form", "salinan")
    chasil(tmp_path / "blank", "--region", "3216", "--blank", "--contest", "pkwkk", "--size", "a3")
    _, result, errors = chasil(tmp_path / "station", "--region", STATIONS[0], "--contest", "pkwkp-32")
    assert (result["signed"], "Tanpa kunci QR" in errors) == (False, True)
    assert {folder: written(tmp_path / folder) for folder in ("one", "blank", "station")} == {
        "one": {"321601-salinan-bupati.pdf": 12, "321601-salinan-gubernur.pdf": 12},
        "blank": {"3216-kwk-bupati-kosong.pdf": 3},
        "station": {f"{VILLAGE}/{STATIONS[0]}-kwk-gubernur.pdf": 3},
    }


@pytest.mark.parametrize(("region", "words"), [("99", "Tidak ada TPS"), ("32x", "bukan 2, 4, 6, 10, atau 13 angka")])
def test_unknown_region_is_said_in_plain_words(
    local: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, region: str, words: str
) -> None:
    monkeypatch.setenv("SIREKAP_DATABASE_URL", local.url)
    status, result, errors = chasil(tmp_path / "out", "--region", region)
    assert (status, result, words in errors) == (1, {}, True)
    assert not (tmp_path / "out").exists()


def test_blank_form_needs_no_database(tmp_path: Path) -> None:
    file = tmp_path / "formulir.pdf"
    arguments = ("paper", "blank", "--form", "kwk-gubernur", "--columns", "5", "--out", str(file), "--json")
    status, result, _ = invoke(*arguments, "--size", "plano")
    assert (status, result["pages"]) == (0, 4)
    with pikepdf.open(file) as pdf:
        assert [round(float(side) / 72 * 25.4) for side in pdf.pages[0].MediaBox] == [0, 0, 600, 900]


def test_sole_pair_with_more_columns_is_refused(tmp_path: Path) -> None:
    file = str(tmp_path / "x.pdf")
    status, _, errors = invoke("paper", "blank", "--form", "kwk-bupati", "--columns", "3", "--sole", "--out", file)
    assert (status, "--columns 2" in errors) == (2, True)


def test_processes_print_the_same_files_as_one_process(tmp_path: Path) -> None:
    stations = tuple(Station(f"3216012001{n:03d}", "Desa", "Kecamatan", "Kabupaten", "Provinsi") for n in range(1, 3))
    orders = [Order(Heading(form, 2), stations, form.slug) for form in (Form.SALINAN_REGENT, Form.SALINAN_GOVERNOR)]
    sides = {workers: list(print_to(tmp_path / str(workers), orders, workers=workers)) for workers in (0, 2)}
    contents = [
        {file.path.name: file.path.read_bytes() for file in sorted(side, key=lambda file: file.path.name)}
        for side in sides.values()
    ]
    assert contents[0] == contents[1]
    assert list(tmp_path.rglob("*.part")) == []
