"""`sirekap simulate form`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from sirekap.cli import main


def run(*options: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["simulate", "form", *options])
    return result.exit_code, result.output


def test_form_writes_pictures_and_truth(tmp_path: Path) -> None:
    figures = tmp_path / "angka.json"
    figures.write_text(json.dumps({"votes_1": 12, "votes_2": 101, "votes_3": 0, "valid": 113}))
    out = tmp_path / "out"
    options = ("--form", "kwk-bupati-3", "--figures", str(figures), "--seed", "3", "--long-side", "1200")
    status, output = run(*options, "--slips", "0", "--out", str(out), "--json")
    assert status == 0, output
    result = json.loads(output.splitlines()[-1])
    stem = "simulasi-kwk-bupati-3-00003"
    names = [f"{stem}-1.jpg", f"{stem}-2.jpg", f"{stem}-3.jpg", f"{stem}.json"]
    assert (result["ok"], result["simulated"], result["forms"]) == (True, True, 1)
    assert sorted(p.name for p in out.iterdir()) == names
    truth = json.loads((out / names[3]).read_text())
    assert (truth["simulated"], truth["written"]["votes_2"], truth["written"]["total"]) == (True, 101, None)


def test_form_with_unknown_layout_or_figures_is_refused(tmp_path: Path) -> None:
    assert run("--form", "kwk-2024", "--out", str(tmp_path))[0] == 2
    figures = tmp_path / "angka.json"
    for bad in ('{"suara": 3}', "[]", '{"total": "12"}', '{"total": 1000}'):
        figures.write_text(bad)
        assert run("--figures", str(figures), "--out", str(tmp_path / "o"))[0] == 2
    assert run("--station", "12", "--out", str(tmp_path))[0] == 2
