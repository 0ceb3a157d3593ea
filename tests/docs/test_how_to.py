"""The how-to pages work when typed as they stand."""

from __future__ import annotations

import ast
import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import resolve

from sirekap.web.views import errors
from sirekap.workflow import csv_import

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
CSV_PAGE = (HOW_TO / "import-csv.md").read_text(encoding="utf-8")
REPLAY_PAGE = (HOW_TO / "replay-and-check.md").read_text(encoding="utf-8")
WITNESS_PAGE = (HOW_TO / "witness.md").read_text(encoding="utf-8")
RUN_PAGE = (HOW_TO / "run-a-real-election.md").read_text(encoding="utf-8")
CSV: dict[str, str] = dict(re.findall(r"^## (\w+\.csv)\n.*?^```csv\n(.*?)^```", CSV_PAGE, re.MULTILINE | re.DOTALL))


def blocks(page: str, language: str) -> list[str]:
    """Code blocks of a page in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def test_csv_examples_are_accepted() -> None:
    names, complaints = csv_import.regions(CSV["regions.csv"])
    complaints += csv_import.pairs(CSV["pairs.csv"])[1]
    complaints += csv_import.stations(CSV["stations.csv"], names)[1]
    assert complaints == []


def test_csv_complaints_are_worded_as_shown() -> None:
    known = ("3216012001",)
    heads = {name: text.splitlines()[0] + "\n" for name, text in CSV.items()}
    station, pair = "code,dpt_l,dpt_p\n", heads["pairs.csv"]
    found = [
        csv_import.stations(station + "3216012001001,250\n", known),
        csv_import.stations(station + "3216012001001,250,260\n3216012001001,251,262\n", known),
        csv_import.stations(station + "3216012009001,250,260\n", known),
        csv_import.stations(station + "321601200100,250,260\n", known),
        csv_import.stations(station + "3216012001001,-3,260\n", known),
        csv_import.stations(station + "3216012001001,250.5,260\n", known),
        csv_import.stations("code;dpt_l;dpt_p\n", known),
        csv_import.pairs(pair + "bupati,1,A dan B,#B67352,1\n"),
        csv_import.pairs(pair + "pkwkk,1,A dan B,merah,1\n"),
        csv_import.regions(heads["regions.csv"] + "32,Jawa Barat\n321601,Kecamatan Satu\n"),
    ]
    sentences = [complaint.sentence() for _, complaints in found for complaint in complaints]
    assert blocks(CSV_PAGE, "text") == ["\n".join(sentences) + "\n"]


def test_screens_named_exist() -> None:
    addresses = {a for page in HOW_TO.glob("*.md") for a in re.findall(r"`(/petugas/[^`]*)`", page.read_text("utf-8"))}
    assert addresses and [a for a in sorted(addresses) if resolve(a).func is errors.not_found] == []


@pytest.fixture
def node(tmp_path: Path) -> dict[str, str]:
    """The environment of an empty production node, and the folder ``daftar`` of the CSV page."""
    (tmp_path / "daftar").mkdir()
    for name, text in CSV.items():
        (tmp_path / "daftar" / name).write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SIREKAP_", "DJANGO_"))}
    return environment | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SIREKAP_MODE": "production",
        "SIREKAP_SECRET_KEY": secrets.token_urlsafe(50),
        "SIREKAP_ALLOWED_HOSTS": "petugas.kpu.example",
        "SIREKAP_DATABASE_URL": f"sqlite:///{tmp_path / 'sirekap.sqlite3'}",
        "SIREKAP_EVIDENCE": str(tmp_path / "evidence"),
        "SIREKAP_KEYS": str(tmp_path / "keys"),
        "SIREKAP_SITE": str(tmp_path / "site"),
        "SIREKAP_LOG_ORIGIN": "kpu.example/3216/log",
    }


def type_in(script: str, node: dict[str, str], folder: Path) -> str:
    """Run a shell script, answering every password prompt; standard output."""
    done = subprocess.run(
        ["sh", "-ec", script],
        cwd=folder,
        env=node,
        input="kata-sandi-uji\n" * 20,
        text=True,
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_real_election_set_up_replayed_and_published(node: dict[str, str], tmp_path: Path) -> None:
    """The set-up of the one page, then every check of the other, typed as they stand."""
    keys, election, people = (
        block for block in blocks(RUN_PAGE, "sh") if block.startswith("sirekap ") and "serve" not in block
    )
    type_in(keys, node, tmp_path)
    assert "stations: 3" in type_in(election, node, tmp_path)
    for line in people.splitlines():
        type_in(line, node, tmp_path)
    sanity, rebuild, replay, digest, proofs = blocks(REPLAY_PAGE, "sh")
    assert json.loads(type_in(sanity, node, tmp_path)) == {"ok": True, "checked": 0, "problems": 0}
    assert json.loads(type_in(rebuild, node, tmp_path)) == {"rows": 5, "changed": 0}
    replayed = type_in(replay.replace("/tmp/replay.sqlite3", str(tmp_path / "replay.sqlite3")), node, tmp_path)
    assert json.loads(replayed.splitlines()[-1])["digest"] == ast.literal_eval(type_in(digest, node, tmp_path))
    type_in("sirekap publish", node, tmp_path)
    (tmp_path / "compare.py").write_text(blocks(REPLAY_PAGE, "python")[0], encoding="utf-8")
    compared = type_in("python compare.py site/buku-besar", node, tmp_path)
    assert compared.startswith("kpu.example/3216/log: ")
    assert [json.loads(line)["ok"] for line in type_in(proofs, node, tmp_path).splitlines()] == [True, True]
    witness(node, tmp_path)


def witness(node: dict[str, str], folder: Path) -> None:
    """The page for witnesses, typed as it stands, with the published folder for the address."""
    (folder / "log.vkey").write_text((folder / "site/buku-besar/log.vkey").read_text())
    make, register, cosign, countersigned, compare = (
        block.replace("https://hasil.kpu.example/", "site") for block in blocks(WITNESS_PAGE, "sh")
    )
    type_in(make, node, folder)
    type_in(register, node, folder)
    size = json.loads(type_in(cosign, node, folder))["size"]
    assert json.loads(type_in(countersigned, node, folder)) == {
        "ok": True,
        "size": size,
        "added": ["saksi.kampus.example"],
        "published": True,
    }
    (folder / "mine.checkpoint").write_bytes((folder / "saksi.cosigned").read_bytes())
    (folder / "yours.checkpoint").write_bytes((folder / "site/buku-besar/checkpoint").read_bytes())
    assert "verdict: equal" in type_in(compare, node, folder)
    type_in('sirekap keys rotate --reason "Kunci lama dicabut"; sirekap publish', node, folder)
    assert json.loads(type_in(cosign, node, folder))["size"] > size
