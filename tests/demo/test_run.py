"""`sirekap demo` as a newcomer runs it: the real command, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sirekap.demo.facts import facts
from sirekap.demo.generate import generate
from sirekap.demo.run import MARKER, WIB, DemoError, parse_until, prepare

RUNGS = (
    "awaited",
    "received",
    "read",
    "confirmed",
    "verified",
    "district",
    "regency",
    "province",
    "determined",
)


PLACEHOLDERS, JPEGS, REVOTES = 8472 - 82, 82 * 3 + 6, 1
"""One drawn picture a form; in one district a photograph of every page, six of them bad and taken again."""


def run(folder: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "sirekap.cli", "demo", "--no-serve", "--json", "--dir", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("\n") == 1, "one JSON object on stdout and nothing else"
    return dict(json.loads(done.stdout))


def standing(**counts: int) -> dict[str, int]:
    return {rung: counts.get(rung, 0) for rung in RUNGS}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("demo") / "whole"
    return folder, run(folder)


def test_whole_demo_reaches_the_determined_figures(whole: tuple[Path, dict[str, Any]]) -> None:
    _, result = whole
    regent = result["contests"]["pkwkk"]
    assert regent == {
        "votes": [204305, 588399, 666494],
        "valid": 1459198,
        "invalid": 43495,
        "stations": 4236,
        "standing": standing(determined=4236),
        "winner": 3,
    }
    governor = result["contests"]["pkwkp"]
    assert (governor["stations"], governor["standing"], governor["winner"]) == (4236, standing(determined=4236), 4)
    assert result["stages"]["pkwkk"] == {
        "districts_closed": [204136, 588323, 666497],
        "determined": [204305, 588399, 666494],
    }
    assert result["stages"]["pkwkp"]["determined"] == [2204452, 2116017, 4260072, 14130192]
    assert (result["replay_equal"], result["silently_wrong"]) == (True, 0)
    assert result["photos"] == PLACEHOLDERS + JPEGS + REVOTES


def test_whole_demo_moves_the_regent_by_named_corrections_only(whole: tuple[Path, dict[str, Any]]) -> None:
    _, result = whole
    before, after = result["stages"]["pkwkk"].values()
    moved = [0, 0, 0]
    for correction in generate(2024).regency_corrections:
        for change in correction.changes:
            if change.field.startswith("votes_"):
                moved[int(change.field[-1]) - 1] += change.new - change.old
    assert [b + m for b, m in zip(before, moved, strict=True)] == after
    assert result["corrections"]["regency"] == 11


def test_whole_demo_settles_every_dispute(whole: tuple[Path, dict[str, Any]]) -> None:
    _, result = whole
    assert result["objections"] == {"accepted": 11, "refused": 1}
    assert result["offline"]["region"] == "321614"
    assert result["received_regions"] == 26


def test_whole_demo_signs_its_documents(whole: tuple[Path, dict[str, Any]]) -> None:
    _, result = whole
    documents = Path(result["documents"])
    sheets = {p.name for p in documents.glob("dhasil_*.pdf")}
    first = {
        *(f"dhasil_kecamatan-{d.code}-{kind}-v1.pdf" for d in facts().districts for kind in ("pkwkk", "pkwkp")),
        *(f"dhasil_kabko-3216-{kind}-v1.pdf" for kind in ("pkwkk", "pkwkp")),
        "dhasil_prov-32-pkwkp-v1.pdf",
    }
    assert len(first) == 49
    assert first <= sheets
    assert result["sheets_signed"] == len(sheets)
    assert result["signatures_refused"] >= 1
    assert {p.name for p in documents.glob("sk_*.pdf")} == {
        "sk_hasil-32-pkwkp-v1.pdf",
        "sk_hasil-3216-pkwkk-v1.pdf",
        "sk_terpilih-32-pkwkp-v1.pdf",
        "sk_terpilih-3216-pkwkk-v1.pdf",
    }


def test_whole_demo_shows_the_snapshot_of_28_november(whole: tuple[Path, dict[str, Any]]) -> None:
    _, result = whole
    expected = {
        kind.value: {
            district.code: {"arrived": district.counts[kind].arrived, "votes": list(district.counts[kind].votes)}
            for district in facts().districts
        }
        for kind in facts().districts[0].counts
    }
    assert result["snapshot"] == expected


def test_whole_demo_finds_the_seeded_errors(whole: tuple[Path, dict[str, Any]]) -> None:
    _, result = whole
    assert result["findings"] == {"E202": 1, "E203": 12, "E502": 1, "W402": 2}
    assert result["refused_entries"] >= 60


def test_whole_demo_leaves_every_file_it_names(whole: tuple[Path, dict[str, Any]]) -> None:
    folder, result = whole
    site = Path(result["site"])
    home = (site / "index.html").read_text()
    assert "Simulasi" in home and "666.494" in home
    assert Path(result["public_key"]).is_file()
    head = (site / "buku-besar/checkpoint").read_text().splitlines()
    assert head[1] == str(result["ledger"]["size"])
    assert [line.split(" ")[1] for line in head[4:]] == ["demo.sirekap.local/log", "kampus.demo.sirekap.local"]
    assert sorted(p.name for p in Path(result["documents"]).glob("*.json")) == [
        "penetapan-pkwkk-3216.json",
        "penetapan-pkwkp-32.json",
    ]
    assert (folder / "kartu-masuk.txt").stat().st_mode & 0o777 == 0o600
    stations = [p for p in (site / "pkwkk").rglob("*.html") if p.stem.isdigit()]
    assert len(stations) == 4236
    drawn, photographed = (list((site / "foto").rglob(f"*.{kind}")) for kind in ("png", "jpg"))
    assert len(drawn) == PLACEHOLDERS + REVOTES + sum(result["corrections"].values())
    assert max(p.stat().st_size for p in drawn) <= 15_000
    assert len(photographed) == JPEGS
    assert max(p.stat().st_size for p in photographed) <= 500_000
    assert sum(p.stat().st_size for p in photographed) <= 90_000_000


def test_whole_demo_reads_every_photograph_and_counts_no_misreading(whole: tuple[Path, dict[str, Any]]) -> None:
    _, result = whole
    found = result["readings"]
    assert result["photos_read"] == JPEGS
    assert (found["forms"], found["retaken"], found["misread_counted"]) == (82, 6, 0)
    assert found["accept"] + found["review"] + found["refused"] == 82
    assert found["flagged_photos"] >= 6
    assert 0 < found["without_operator"] <= 82
    assert found["figures"] >= 1500


def test_early_stop_serves_that_moment(tmp_path: Path) -> None:
    result = run(tmp_path / "early", "--until", "arrived=0.02")
    assert (result["arrived"], result["replay_equal"], result["silently_wrong"]) == (0.0201, True, 0)
    assert result["contests"]["pkwkk"]["winner"] is None
    assert result["contests"]["pkwkk"]["standing"]["determined"] == 0
    assert "Bukan hasil resmi" in (Path(result["site"]) / "index.html").read_text()
    assert result["photos_read"] == 0


def test_until_by_share_and_by_time() -> None:
    at = datetime(2024, 11, 28, 10, 15, tzinfo=WIB)
    assert [parse_until("arrived=0.905", 1000)(at, n) for n in (904, 905)] == [False, True]
    by_time = parse_until("at=2024-11-28T10:15", 1000)
    assert [by_time(at, 0), by_time(at.replace(minute=16), 0)] == [False, True]
    assert parse_until("", 1000)(at, 1000) is False


@pytest.mark.parametrize("text", ["arrived", "arrived=2", "arrived=x", "at=yesterday", "until=1"])
def test_until_unknown_is_refused(text: str) -> None:
    with pytest.raises(DemoError):
        parse_until(text, 1000)


def test_folder_with_other_files_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DemoError):
        prepare(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_folder_of_an_earlier_demo_is_emptied(tmp_path: Path) -> None:
    prepare(tmp_path / "demo")
    (tmp_path / "demo" / "old").write_text("x")
    prepare(tmp_path / "demo")
    assert [p.name for p in (tmp_path / "demo").iterdir()] == [MARKER]
