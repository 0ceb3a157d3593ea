"""What plenaries do beside reading stations, falsified: panels, undone acts, objections, sheets, documents, the court."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support import small_election as se
from support import story
from support.databases import Node, using
from support.signed_papers import file_sheet
from verifier.forge import Bundle, Entry, check
from verifier.night import LOG, Night

from sirekap.evidence.store import open_store
from sirekap.records import migrating
from sirekap.workflow import determination

Rewrite = Callable[[list[Entry]], object]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """The site of the story: an objection that travels, a panel, an undone act, a signed sheet, a superseded result."""
    folder = tmp_path_factory.mktemp("told")
    with django_db_blocker.unblock(), using(f"sqlite:///{folder}/told.sqlite3"):
        migrating.migrate_database()
        night = Night(folder, open_store(str(folder / "evidence")))
        small, store = night.small, night.store
        story._register(small)
        story._count(small, store)
        story._first_district(small, store)
        file_sheet(Node("sqlite", "", "", store, folder, small))
        se.close_district(small, story.SECOND)
        story._regency(small, store)
        chair = small.chairs[se.REGENCY]
        determination.determine(chair, se.REGENT, "2901/2024", small.at, population=900_000)
        story._court(small)
        night.cut("plenary")
    return folder / "plenary"


@pytest.fixture
def bundle(told: Path, tmp_path: Path) -> Bundle:
    return Bundle(told, tmp_path / "bundle")


def find(entries: list[Entry], kind: str, number: int = 0, **body: object) -> Entry:
    found = [e for e in entries if e["kind"] == kind and body.items() <= e["body"].items()]
    return found[number]


def changed(kind: str, change: Callable[[Any], object], number: int = 0) -> Rewrite:
    return lambda entries: change(find(entries, kind, number)["body"])


def without(kind: str, number: int = 0, **body: object) -> Rewrite:
    return lambda entries: entries.remove(find(entries, kind, number, **body))


def in_reissue(body: Any) -> None:
    body["reissues"][0]["figures_sha256"] = "00" * 32


ACTS: dict[str, tuple[Rewrite, str]] = {
    "a district closed over an objection without an answer": (
        without("objection.answered", status="unresolved"),
        "objection",
    ),
    "an objection from below that the regency did not answer": (
        without("objection.answered", status="accepted"),
        "objection",
    ),
    "a member who decides without a panel": (without("panel.changed", event="opened"), "session"),
    "a panel led by a stranger": (changed("panel.changed", lambda b: b.update(lead=str(se.AT))), "session"),
    "an undone act without a reason": (changed("item.reopened", lambda b: b.update(reason="")), "session"),
    "a sheet of other figures": (changed("document.issued", lambda b: b.update(figures_sha256="00" * 32)), "document"),
    "a document of another file": (changed("document.issued", lambda b: b.update(sha256="00" * 32)), "document"),
    "a reissued sheet of other figures": (
        lambda entries: in_reissue(next(e["body"] for e in entries if e["body"].get("reissues"))),
        "sheet",
    ),
    "a result superseded without a ruling": (without("court.recorded", event="granted"), "outcome"),
}


def test_story_is_consistent(program: ModuleType, told: Path) -> None:
    assert check(program, told) == []


@pytest.mark.parametrize("name", ACTS)
def test_falsified_act_of_a_plenary_is_found(program: ModuleType, bundle: Bundle, name: str) -> None:
    change, kind = ACTS[name]
    bundle.rewrite(change, LOG)
    assert kind in {found for found, _ in check(program, bundle.folder)}


def document_of(bundle: Bundle) -> str:
    (found,) = (bundle.folder / "dokumen").glob("*.pdf")
    return f"dokumen/{found.name}"


def rehashed(bundle: Bundle) -> None:
    """Every manifest, the cut's entry and the ledger made anew and signed by the operator."""
    entries = bundle.entries()
    entries[-1]["body"]["manifest_sha256"] = bundle.rehash()
    bundle.write_ledger(entries, LOG)


def test_document_with_one_byte_changed_is_found(program: ModuleType, bundle: Bundle) -> None:
    path = document_of(bundle)
    data = bytearray(bundle.read(path))
    data[len(data) // 2] ^= 1
    bundle.write(path, bytes(data))
    assert ("hash", path) in check(program, bundle.folder)


def test_document_exchanged_with_its_manifests_is_found(program: ModuleType, bundle: Bundle) -> None:
    bundle.write(document_of(bundle), b"%PDF-1.7\n")
    rehashed(bundle)
    assert "document" in {kind for kind, _ in check(program, bundle.folder)}


def test_document_taken_away_is_found(program: ModuleType, bundle: Bundle) -> None:
    bundle.path(document_of(bundle)).unlink()
    rehashed(bundle)
    assert "document" in {kind for kind, _ in check(program, bundle.folder)}


def test_document_that_nobody_issued_is_found(program: ModuleType, bundle: Bundle) -> None:
    bundle.write("dokumen/0193.pdf", b"%PDF-1.7\n")
    assert ("unlisted", "dokumen/0193.pdf") in check(program, bundle.folder)
