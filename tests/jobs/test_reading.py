"""The lease loop and its pool: every photograph is read once, whoever is killed."""

from __future__ import annotations

import dataclasses
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support import plain_reader
from support import small_election as se
from support.databases import Node, central, local, node, postgresql_template, sqlite_template

from sirekap import keys
from sirekap.cli import main
from sirekap.jobs.reading import Reader, qr_checker
from sirekap.paper import qr
from sirekap.paper.identity import Form
from sirekap.reading.result import PageEvidence, QrReading
from sirekap.reading.sandbox import SandboxError
from sirekap.reading.version import READER
from sirekap.records.models import Entry, Photo, PhotoReading, ReadingJob, Statement, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.records.replaying import state_digest
from sirekap.workflow import intake, reading_queue

__all__ = ["central", "local", "node", "postgresql_template", "sqlite_template"]

ROWS = se.rows_of(se.DISTRICTS[0])[:4]


def send(node: Node, rows: list[str] = ROWS) -> int:
    for row in rows:
        for number in (1, 2, 3):
            picture = se.photo(f"{row}/{number}")
            intake.receive_photo(node.small.kpps[row[:13]], node.store, row, 1 << (number - 1), picture, node.small.at)
    return 3 * len(rows)


def reader(node: Node, processes: int = 0, **changes: Any) -> Reader:
    options = {"look": plain_reader.look, "judge": plain_reader.judge, "clock": lambda: node.small.at} | changes
    return Reader(node.store, processes, **options)


def all_read_once(photos: int) -> None:
    """0 lost, 0 double."""
    assert Counter(PhotoReading.objects.values_list("photo_id", flat=True)) == Counter(
        Photo.objects.values_list("pk", flat=True)
    )
    assert reading_queue.counts() == {"queued": 0, "leased": 0, "done": photos, "failed": 0}
    assert Entry.objects.filter(kind="photo.read").count() == photos
    assert set(StationContest.objects.filter(pk__in=ROWS).values_list("read", flat=True)) == {True}
    assert Statement.objects.count() == photos // 3
    assert rebuild()["changed"] == 0


@pytest.mark.parametrize("processes", [0, 1])
def test_the_queue_is_read_to_its_end(local: Node, processes: int) -> None:
    photos = send(local)
    steps: list[int] = []
    with reader(local, processes) as loop:
        done = loop.run_once(steps.append)
    assert (done.read, done.complete, done.verified, done.given_up, sum(steps)) == (photos, len(ROWS), 0, 0, photos)
    all_read_once(photos)


def test_processes_at_once_read_every_photo_once_though_one_is_killed(node: Node) -> None:
    photos = send(node)
    running = [node.start("read_queue", processes=0, seconds=3) for _ in range(3)]
    for process in running:
        process.await_ready()
    for process in running:
        process.go()
    while PhotoReading.objects.count() < 2:
        time.sleep(0.02)
    running[0].kill()
    for process in running[1:]:
        assert process.result()["ok"] > 0
    deadline = time.monotonic() + 20
    while PhotoReading.objects.count() < photos and time.monotonic() < deadline:
        with reader(node) as loop:
            loop.run_once()
        time.sleep(0.1)
    all_read_once(photos)


def test_a_killed_loop_takes_the_processes_that_see_along(local: Node) -> None:
    send(local)
    process = local.start("read_queue", processes=1, seconds=1, real=True)
    process.await_ready()
    process.go()
    while not PhotoReading.objects.exists():
        time.sleep(0.02)
    children = children_of(process.process.pid)
    assert children
    process.kill()
    deadline = time.monotonic() + 10
    while any(alive(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [child for child in children if alive(child)] == []


def children_of(parent: int) -> list[int]:
    return [int(n) for task in Path(f"/proc/{parent}/task").iterdir() for n in (task / "children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_killed_between_reading_and_commit_leaves_nothing_and_is_read_again(node: Node) -> None:
    send(node, ROWS[:1])
    wall = node.small.at
    (leased, *_) = reading_queue.lease("killed", wall, most=3)
    before = (state_digest(), Entry.objects.count())
    arguments = {name: getattr(leased, name) for name in ("job", "sha256", "row", "owner", "attempt")}
    process = node.start("record", photo=str(leased.photo), pause=True, **arguments)
    process.await_ready()
    process.go()
    process.await_file("paused")
    process.kill()
    assert (state_digest(), Entry.objects.count()) == before
    assert ReadingJob.objects.get(pk=leased.job).state == "leased"
    assert reading_queue.sweep(wall + reading_queue.LEASE) == (3, 0)
    with reader(node) as loop:
        assert loop.run_once().read == 3
    assert Entry.objects.filter(kind="photo.read").count() == 3
    assert rebuild()["changed"] == 0


def test_two_processes_that_record_the_same_lease_record_once(node: Node) -> None:
    send(node, ROWS[:1])
    (leased,) = reading_queue.lease("both", node.small.at)
    act = {name: getattr(leased, name) for name in ("job", "sha256", "row", "owner", "attempt")}
    results = node.together(*[("record", act | {"photo": str(leased.photo)})] * 2)
    assert sorted(r["ok"] for r in results) == [False, True]
    assert (PhotoReading.objects.count(), Entry.objects.filter(kind="photo.read").count()) == (1, 1)


def test_a_photo_whose_reading_raises_is_tried_again_then_left_to_people(local: Node) -> None:
    send(local, ROWS[:1])
    with reader(local, 1, look=plain_reader.break_down) as loop:
        done = loop.run_once()
    assert (done.read, done.given_up) == (0, 9)
    assert reading_queue.counts() == {"queued": 0, "leased": 0, "done": 0, "failed": 3}
    assert set(ReadingJob.objects.values_list("error", flat=True)) == {"RuntimeError: broken"}
    assert list(PhotoReading.objects.values_list("verdict", "complete")) == [("refused", False)] * 3


@pytest.mark.parametrize("processes", [0, 1])
def test_a_broken_installation_blames_no_photo(local: Node, processes: int) -> None:
    send(local, ROWS[:1])
    with reader(local, processes, look=plain_reader.no_process) as loop, pytest.raises(SandboxError):
        loop.run_once()
    assert set(ReadingJob.objects.values_list("state", "attempts")) == {("queued", 0)}


def test_the_real_reader_refuses_what_is_no_form_and_the_queue_goes_on(local: Node) -> None:
    send(local, ROWS[:1])
    with Reader(local.store, clock=lambda: local.small.at) as loop:
        assert loop.run_once().read == 3
    assert set(PhotoReading.objects.values_list("verdict", "page", "reader")) == {("review", None, READER)}
    assert all(reading.flags for reading in PhotoReading.objects.all())


def test_a_missing_file_is_given_up_and_said(local: Node) -> None:
    send(local, ROWS[:1])
    sha256 = Photo.objects.order_by("entry_id").values_list("sha256", flat=True)[0]
    path = local.store.path(sha256)
    assert path is not None
    path.chmod(0o600)
    path.unlink()
    with reader(local) as loop:
        loop.run_once()
    assert reading_queue.counts() == {"queued": 0, "leased": 0, "done": 2, "failed": 1}
    assert ReadingJob.objects.get(state="failed").error.startswith("EvidenceMissing")
    assert sorted(PhotoReading.objects.values_list("verdict", flat=True)) == ["accept", "accept", "refused"]
    assert (Statement.objects.count(), PhotoReading.objects.exclude(form=None).count()) == (1, 1)


def test_stopped_loop_hands_its_photos_back(local: Node) -> None:
    send(local, ROWS[:1])
    loop = reader(local, 1, look=plain_reader.look_slowly)
    loop.step(0)
    assert reading_queue.counts()["leased"] == 2
    loop.close()
    assert reading_queue.counts() == {"queued": 3, "leased": 0, "done": 0, "failed": 0}


def test_the_qr_is_checked_with_the_nodes_key(local: Node, tmp_path: Path) -> None:
    assert qr_checker(tmp_path / "none", "development") is None
    keys.init(tmp_path / "keys", "node.example", demo=True, allow_in_repo=True)
    check = qr_checker(tmp_path / "keys", "development")
    own = qr.encode(Form.CHASIL_REGENT, ROWS[0][:13], 1, 1, keys.load(tmp_path / "keys", keys.Purpose.QR))
    foreign = qr.encode(Form.CHASIL_REGENT, ROWS[0][:13], 2, 1)

    def look(data: bytes) -> PageEvidence:
        seen = plain_reader.look(data)
        text = own if seen.page == 1 else foreign
        return dataclasses.replace(seen, qr=QrReading(text, se.REGENT, ROWS[0][:13], seen.page, 1, "unverified"))

    send(local, ROWS[:1])
    with reader(local, look=look, qr_check=check) as loop:
        loop.run_once()
    found = {r.page: (r.qr["check"], [reason["code"] for reason in r.reasons]) for r in PhotoReading.objects.all()}
    assert found == {1: ("valid", []), 2: ("bad", ["qr_bad"]), 3: ("bad", ["qr_bad"])}


def test_verbs_of_the_queue_print_one_object(local: Node, settings: Any) -> None:
    send(local, ROWS[:1])

    def verb(*arguments: str) -> dict[str, Any]:
        result = CliRunner().invoke(main, ["reading", *arguments, "--json"])
        assert result.exit_code == 0, result.stderr
        return dict(json.loads(result.stdout))

    none = {"accept": 0, "review": 0, "refused": 0}
    empty = {"queued": 0, "leased": 0, "done": 0, "failed": 0}
    status = {"ok": True, "reader": READER, "jobs": empty | {"queued": 3}, "readings": none, "forms": 0}
    assert verb("status") == status
    settings.CONFIG = dataclasses.replace(settings.CONFIG, evidence=str(local.folder / "evidence"))
    done = verb("run", "--prune")
    assert done.pop("seconds") > 0
    assert done == {
        "ok": True,
        "queued_again": 0,
        "read": 3,
        "complete": 0,
        "verified": 0,
        "given_up": 0,
        "jobs": empty | {"done": 3},
        "pruned": 0,
    }
    assert verb("status") == status | {"jobs": empty | {"done": 3}, "readings": none | {"review": 3}}
    out = local.folder / "crops"
    assert verb("export", "--out", str(out)) == {
        "ok": True,
        "folder": str(out),
        "photos": 0,
        "fields": 0,
        "boxes": 0,
        "labelled": 0,
    }
    assert (out / "labels.csv").read_text().startswith("file,photo_sha256,field,box,value,label,opinion")
