"""A cut rendered by several processes is, byte for byte, the cut of one; each reads the parent's state of the database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support import small_election as se
from support import story
from support.databases import Node

from sirekap.publication import load, model, rendering
from sirekap.records.models import Checkpoint
from sirekap.records.snapshot import can_join, consistent_read
from sirekap.workflow import sequencing


def _files(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def _spied(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The batches that this process itself writes from now on."""
    written: list[object] = []
    batch = rendering._Work.batch

    def spied(work: rendering._Work, some: rendering.Batch) -> int:
        written.append(some)
        return batch(work, some)

    monkeypatch.setattr(rendering._Work, "batch", spied)
    return written


def test_several_processes_write_what_one_writes(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "PARALLEL_FROM", 1)
    monkeypatch.setattr(rendering.load_stations, "BATCH", 2)
    for station in se.STATIONS[:3]:
        se.verify(node.small, node.store, se.row_id(station))
    sequencing.sequence(node.small.at, story.SIGNER)
    head = Checkpoint.objects.order_by("size").last()
    assert head is not None
    cut = model.Cut(1, node.small.at + timedelta(minutes=1), head.size, head.root)
    reports, told = {}, []
    written_here = _spied(monkeypatch)
    with consistent_read():
        assert can_join()
        for processes in (1, 2):
            source = load.source(cut, load.Kept())
            root = node.folder / f"site-{processes}"
            root.mkdir()
            done: list[tuple[int, int]] = []
            reports[processes] = rendering.render(
                root, source, node.store, None, lambda *progress, done=done: done.append(progress), processes
            )
            told.append(done[-1])
            assert bool(written_here) is (processes == 1)
            written_here.clear()
    one, two = (_files(node.folder / f"site-{n}") for n in (1, 2))
    assert {path for path in one.keys() | two.keys() if one.get(path) != two.get(path)} == set()
    assert (told[0], reports[1].manifest_sha256, reports[1].files, reports[1].bytes_written) == (
        told[1],
        reports[2].manifest_sha256,
        reports[2].files,
        reports[2].bytes_written,
    )


def test_no_other_process_joins_outside_a_consistent_read(node: Node) -> None:
    assert can_join() is (node.engine == "sqlite")
