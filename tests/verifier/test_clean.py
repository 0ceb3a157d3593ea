"""A bundle nobody touched passes at every stage of the election, from a folder, a tar and a web server."""

from __future__ import annotations

import functools
import http.server
import json
import re
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from verifier.conftest import PROGRAM
from verifier.forge import Bundle, check
from verifier.night import STAGES

SOURCES = Path(__file__).parents[2] / "src"


def run(*arguments: object) -> tuple[int, dict[str, object]]:
    done = subprocess.run(
        [sys.executable, PROGRAM, *map(str, arguments), "--json"], capture_output=True, text=True, cwd="/"
    )
    assert not done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def address(night: Path) -> Iterator[str]:
    """The determined site behind a plain web server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None: ...

    handler = functools.partial(Quiet, directory=str(night / "determined"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("stage", STAGES)
def test_clean_bundle_of_every_stage_has_no_fault(program: ModuleType, night: Path, stage: str) -> None:
    assert check(program, night / stage) == []


def test_verdict_without_anything_from_outside_is_unwitnessed(night: Path) -> None:
    code, said = run(night / "determined")
    assert (code, said["verdict"], said["faults"]) == (0, "consistent, unwitnessed", [])
    assert said["checked"] == {"leaves": said["size"], "photos": 25, "stations": 24, "totals": 30, "documents": 0}


@pytest.mark.parametrize("known", STAGES[:3])
def test_verdict_with_an_earlier_checkpoint_is_ok(night: Path, known: str) -> None:
    code, said = run(night / "determined", "--known", night / known / "buku-besar/checkpoint")
    assert (code, said["verdict"], said["faults"]) == (0, "ok", [])


def test_verdict_with_the_key_is_ok(night: Path) -> None:
    code, said = run(night / "determined", "--key", night / "determined/buku-besar/log.vkey")
    assert (code, said["verdict"], said["faults"]) == (0, "ok", [])


@pytest.mark.parametrize("stage", ["determined", "rotated"])
def test_first_and_present_key_both_vouch_after_a_rotation(program: ModuleType, night: Path, stage: str) -> None:
    assert check(program, night / "rotated", key=str(night / stage / "buku-besar/log.vkey")) == []


def test_two_bundles_of_one_log_are_consistent(program: ModuleType, night: Path) -> None:
    assert check(program, night / "determined", against=str(night / "counting")) == []
    assert check(program, night / "counting", against=str(night / "determined")) == []


def test_tar_is_checked_without_being_unpacked(night: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bundle.tar", "w") as tar:
        tar.add(night / "determined", arcname=".")
    code, said = run(tmp_path / "bundle.tar")
    assert (code, said["verdict"], said["faults"]) == (0, "consistent, unwitnessed", [])
    assert [p.name for p in tmp_path.iterdir()] == ["bundle.tar"]


def test_web_server_gives_the_same_verdict_as_its_folder(address: str, night: Path) -> None:
    code, said = run(address, "--photos", "all")
    _, local = run(night / "determined")
    assert code == 0
    assert {**said, "source": ""} == {**local, "source": ""}


def test_program_shares_no_code_with_the_system() -> None:
    text = PROGRAM.read_text()
    assert not re.search(r"^\s*(from|import)\s+(sirekap|django)", text, re.MULTILINE)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    runs = {tuple(lines[n : n + 6]) for n in range(len(lines) - 5)}
    for source in SOURCES.rglob("*.py"):
        theirs = [line.strip() for line in source.read_text().splitlines() if line.strip()]
        shared = runs & {tuple(theirs[n : n + 6]) for n in range(len(theirs) - 5)}
        assert not shared, (source, shared)


def test_program_knows_every_kind_of_entry(program: ModuleType) -> None:
    from sirekap.records import projections

    acts = [kind.replace(".", "_") for kind in (*projections.PROJECTIONS, *projections.OF_ROW)]
    assert [act for act in acts if not hasattr(program.Ledger, act)] == []


def test_reference_names_every_kind_and_every_key_of_its_body(night: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/reference/published-formats.md").read_text().split("## An entry")[1]
    rows = re.findall(r"^\| `([a-z]+\.[a-z]+)` \| ([^|]*) \|", page, re.MULTILINE)
    named = {kind: set(re.findall(r"`([a-z0-9_]+)`", keys)) for kind, keys in rows}
    from sirekap.records import projections

    assert named.keys() == {*projections.PROJECTIONS, *projections.OF_ROW}
    real: dict[str, set[str]] = {}
    for entry in Bundle(night / "rotated", night / "read").entries():
        real.setdefault(entry["kind"], set()).update(entry["body"])
    assert {kind: named[kind] for kind in real} == real


def test_program_knows_every_field_of_the_form(program: ModuleType) -> None:
    from sirekap.election import chasil

    for columns in range(2, chasil.MAX_COLUMNS + 1):
        known, required, _ = program.form(columns)
        assert known == {*chasil.field_ids(columns, optional=True)}
        assert {program.FIELDS[place] for place in required} == {*chasil.field_ids(columns)}


def test_program_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    names = re.findall(r"^(?:from|import) ([a-z_0-9., ]+?)(?: import .*)?$", PROGRAM.read_text(), re.MULTILINE)
    roots = {part.strip().split(".")[0] for name in names for part in name.split(",")}
    assert roots - sys.stdlib_module_names == {"cryptography"}
