"""The ledger beside the site: tiles grow with the log, a killed run is completed, a fork is refused."""

from __future__ import annotations

import shutil
import time
from base64 import b64encode
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import story
from support.databases import Node

from sirekap.ledger.checkpoint import open_checkpoint
from sirekap.ledger.errors import CanonicalError
from sirekap.ledger.note import parse_vkey
from sirekap.ledger.tree import leaf_hash, leaf_hashes, root
from sirekap.publication import ledger_files
from sirekap.records.journal import SYSTEM, append
from sirekap.records.models import Entry
from sirekap.records.replaying import entries_in
from sirekap.workflow import sequencing

LOG = story.SIGNER


def grow(node: Node, entries: int) -> None:
    """So many entries more, then the sequencer."""
    with transaction.atomic():
        for number in range(entries):
            append("ledger.opened", SYSTEM, node.small.at, {"number": number})
    sequencing.sequence(node.small.at, LOG)


def files_of(site: Path) -> dict[str, bytes]:
    return {str(p.relative_to(site)): p.read_bytes() for p in sorted(site.rglob("*")) if p.is_file()}


def own_entries() -> list[bytes]:
    return [bytes(e) for e in Entry.objects.order_by("leaf__index").values_list("content", flat=True)]


def check(site: Path) -> int:
    """The published entries are the database's, and the signed checkpoint is over them."""
    entries = list(entries_in(site))
    head, _ = open_checkpoint(
        (site / ledger_files.CHECKPOINT).read_bytes(),
        parse_vkey((site / ledger_files.PUBLIC_KEY).read_text().strip()),
    )
    assert (head.size, head.root) == (len(entries), root(leaf_hashes(entries)))
    assert entries == own_entries()[: head.size]
    return head.size


def test_published_ledger_is_the_database_at_every_size(node: Node) -> None:
    site = node.folder / "site"
    sizes, kept = [], {}
    for more in (0, 1, 150, 100, 270, 0):
        grow(node, more)
        assert ledger_files.publish_ledger(site, LOG) == check(site)
        sizes.append(check(site))
        full = {name: data for name, data in files_of(site).items() if "/tile/" in name and ".p/" not in name}
        assert {name: full[name] for name in kept} == kept
        kept = full
    heads = sorted(int(p.name) for p in (site / ledger_files.CHECKPOINTS).iterdir())
    assert heads == sorted(set(sizes))
    assert not (site / "buku-besar/tile/0/000.p").exists()
    assert not (site / "buku-besar/tile/entries/000.p").exists()


def test_published_in_steps_equals_published_at_once(local: Node) -> None:
    stepwise, once = local.folder / "stepwise", local.folder / "once"
    for more in (3, 250, 300):
        grow(local, more)
        ledger_files.publish_ledger(stepwise, LOG)
    ledger_files.publish_ledger(once, LOG)
    assert {name: files_of(stepwise)[name] for name in files_of(once)} == files_of(once)


def test_publishing_again_writes_nothing(local: Node) -> None:
    grow(local, 300)
    site = local.folder / "site"
    ledger_files.publish_ledger(site, LOG)
    before = {p: p.stat().st_mtime_ns for p in site.rglob("*")}
    ledger_files.publish_ledger(site, LOG)
    assert {p: p.stat().st_mtime_ns for p in site.rglob("*")} == before


def test_without_a_checkpoint_nothing_is_published(empty: str, tmp_path: Path) -> None:
    assert ledger_files.publish_ledger(tmp_path / "site", LOG) == 0
    assert not (tmp_path / "site").exists()


EDGE = ["tile/0/001.p/*", "tile/1/000.p/*", "tile/entries/001.p/*"]


@pytest.mark.parametrize(
    ("victim", "harm", "whole"),
    [
        *((victim, harm, False) for victim in EDGE for harm in ("lost", "emptied", "altered")),
        ("tile/0/000", "lost", True),
        ("tile/entries/000", "altered", True),
    ],
)
def test_damaged_files_are_written_anew(local: Node, victim: str, harm: str, whole: bool) -> None:
    site = local.folder / "site"
    grow(local, 300)
    ledger_files.publish_ledger(site, LOG)
    (file,) = (site / "buku-besar").glob(victim)
    data = file.read_bytes()
    if harm == "lost":
        file.unlink()
    else:
        file.write_bytes(b"" if harm == "emptied" else bytes((data[0] ^ 1,)) + data[1:])
    grow(local, 2)
    ledger_files.publish_ledger(site, LOG, whole=whole)
    assert check(site) > 300


def test_other_database_than_the_published_one_is_refused(local: Node) -> None:
    site = local.folder / "site"
    grow(local, 1)
    ledger_files.publish_ledger(site, LOG)
    published = files_of(site)
    forged = site / "buku-besar/checkpoint"
    lines = forged.read_text().splitlines(keepends=True)
    for name, altered in {
        "root": [*lines[:2], b64encode(leaf_hash(b"other")).decode() + "\n", *lines[3:]],
        "longer": [lines[0], f"{int(lines[1]) + 5}\n", *lines[2:]],
        "origin": ["other.example/log\n", *lines[1:]],
    }.items():
        forged.write_text("".join(altered))
        before = files_of(site)
        with pytest.raises(ledger_files.LedgerForked, match="Nothing was published"):
            ledger_files.publish_ledger(site, LOG)
        assert (name, files_of(site)) == (name, before)
        forged.write_bytes(published["buku-besar/checkpoint"])
    grow(local, 3)
    forged.write_text("".join([*lines[:2], b64encode(leaf_hash(b"other")).decode() + "\n", *lines[3:]]))
    with pytest.raises(ledger_files.LedgerForked):
        ledger_files.publish_ledger(site, LOG)


def test_publishing_killed_again_and_again_is_completed_by_the_next(local: Node) -> None:
    """kill -9 after every second file: readers keep the old head, and the last run ends where an undisturbed one does."""
    site, once, paused = (local.folder / name for name in ("site", "once", "paused"))
    grow(local, 250)
    ledger_files.publish_ledger(site, LOG)
    before = check(site)
    shutil.copytree(site, once)
    grow(local, 300)
    ledger_files.publish_ledger(once, LOG)
    kills = 0
    while True:
        running = local.start("publish_ledger", site=str(site), writes=2)
        running.await_ready()
        running.go()
        while running.process.poll() is None and not paused.exists():
            time.sleep(0.005)
        if not paused.exists():
            assert running.result()["ok"] < 2
            break
        running.kill()
        paused.unlink()
        kills += 1
        if check(site) != before:
            break
    assert kills >= 3
    ledger_files.publish_ledger(site, LOG)
    assert files_of(site) == files_of(once)


def test_entry_that_no_bundle_could_hold_is_refused_when_it_is_made(local: Node) -> None:
    before = Entry.objects.count()
    with transaction.atomic(), pytest.raises(CanonicalError, match="too large for one ledger entry"):
        append("ledger.opened", SYSTEM, local.small.at, {"text": "x" * 65_500})
    assert Entry.objects.count() == before


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 130), min_size=1, max_size=4))
def test_any_growth_gives_whole_tiles(local: Node, steps: list[int]) -> None:
    site = local.folder / "grown"
    shutil.rmtree(site, ignore_errors=True)
    for more in steps:
        grow(local, more)
        ledger_files.publish_ledger(site, LOG)
        check(site)
