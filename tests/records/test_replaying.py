"""The published entries alone give back every figure, standing and total."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import postgres, story
from support import small_election as se
from support.databases import Node, using

from sirekap.ledger import canonical
from sirekap.ledger.tree import leaf_hash
from sirekap.records import replaying
from sirekap.records.migrating import migrate_database
from sirekap.records.models import Entry, Leaf, SequencerState, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import sequencing


def exported(node: Node) -> tuple[Path, tuple[int, bytes], dict[str, str]]:
    """The story's ledger as a file, its head and the state it led to."""
    story.tell(node.small, node.store)
    file = node.folder / "entries.jsonl"
    count = replaying.export(file)
    state = SequencerState.objects.get(pk=1)
    head = (state.size, replaying.root_of(file)[1])
    assert (count, Leaf.objects.count(), Entry.objects.count()) == (state.size, state.size, state.size)
    return file, head, replaying.state_digest()


def test_export_writes_entries_in_leaf_order(local: Node) -> None:
    file, (size, root), _ = exported(local)
    lines = file.read_bytes().splitlines()
    assert lines == [bytes(leaf.entry.content) for leaf in Leaf.objects.order_by("index").select_related("entry")]
    assert [canonical.dumps(canonical.loads(line)) for line in lines] == lines
    result = sequencing.sequence(local.small.at)
    assert result == sequencing.Sequenced(0, size, root.hex())


def test_replay_gives_equal_state(node: Node, tmp_path: Path) -> None:
    file, head, digest = exported(node)
    with using(f"sqlite:///{tmp_path / 'copy.sqlite3'}"):
        migrate_database()
        steps: list[int] = []
        assert replaying.replay_file(file, head, steps.append) == head[0] == sum(steps)
        assert replaying.state_digest() == digest
        assert rebuild()["changed"] == 0
        again = tmp_path / "again.jsonl"
        replaying.export(again)
        assert again.read_bytes() == file.read_bytes()
        assert sequencing.sequence(node.small.at) == sequencing.Sequenced(0, head[0], head[1].hex())


@pytest.mark.postgresql
def test_replay_of_local_ledger_on_postgresql_gives_equal_state(
    local: Node, central: Node, postgresql_server: postgres.Server, tmp_path: Path
) -> None:
    with using(local.url):
        file, head, digest = exported(local)
    fresh = postgresql_server.create(grants=False)
    with using(fresh.app_url, fresh.owner_url):
        migrate_database()
        assert replaying.replay_file(file, head) == head[0]
        assert (replaying.state_digest(), rebuild()["changed"]) == (digest, 0)
    postgresql_server.drop(fresh.name)


def test_replay_into_filled_database_is_refused(local: Node) -> None:
    file, head, digest = exported(local)
    with pytest.raises(replaying.ReplayError, match="holds entries already"):
        replaying.replay_file(file, head)
    assert replaying.state_digest() == digest


def test_replay_of_altered_file_is_refused_by_checkpoint(local: Node, tmp_path: Path) -> None:
    file, head, _ = exported(local)
    lines = file.read_bytes().splitlines(keepends=True)
    altered = [line.replace(b"Pasangan pkwkk 1", b"Pasangan pkwkk 9") for line in lines]
    variants = {"altered": altered, "cut": lines[:-1], "swapped": [*lines[:-2], lines[-1], lines[-2]]}
    with using(f"sqlite:///{tmp_path / 'copy.sqlite3'}"):
        migrate_database()
        for name, variant in variants.items():
            bad = tmp_path / f"{name}.jsonl"
            bad.write_bytes(b"".join(variant))
            with pytest.raises(replaying.ReplayError, match="does not match the ledger's checkpoint"):
                replaying.replay_file(bad, head)
            assert (name, Entry.objects.count()) == (name, 0)


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b'{"a": 1}', b"\xff", b'{"actor":{"person":null},"at":"x","body":{},"id":"y","kind":"z","v":1}'],
)
def test_replay_of_damaged_line_names_it(empty: str, tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(line + b"\n")
    with pytest.raises(replaying.ReplayError, match="Entry 1 is damaged"):
        replaying.replay_file(file)
    assert Entry.objects.count() == 0


def test_replay_of_unknown_kind_is_refused(empty: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    content = {
        "v": 1,
        "id": "01936c34-7f00-7fa0-b56c-eea4c6a6b71f",
        "kind": "future.act",
        "at": "2024-11-27T06:00:00.000000Z",
        "actor": {"person": None, "role": "system", "region": ""},
        "body": {},
    }
    file.write_bytes(canonical.dumps(content) + b"\n")
    with pytest.raises(replaying.ReplayError, match=r"future\.act"):
        replaying.replay_file(file)


def test_root_of_part_of_file(local: Node) -> None:
    file, (size, root), _ = exported(local)
    first = file.read_bytes().splitlines()[0]
    assert replaying.root_of(file, 1) == (1, leaf_hash(first))
    assert replaying.root_of(file, size + 5) == (size, root)


def test_state_digest_locates_a_difference(local: Node) -> None:
    se.verify(local.small, local.store, se.rows_of("")[0])
    before = replaying.state_digest()
    StationContest.objects.filter(pk=se.rows_of("")[0]).update(counted=None)
    after = replaying.state_digest()
    assert {name for name in before if before[name] != after[name]} == {"cursors", "totals"}
