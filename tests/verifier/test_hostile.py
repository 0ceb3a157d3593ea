"""What a hostile bundle can hold: every one is a fault in words, never a crash, and nothing is written anywhere."""

from __future__ import annotations

import io
import os
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from verifier.forge import LEDGER, Bundle, check
from verifier.night import LOG

from sirekap.ledger import tiles
from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.ledger.tree import leaf_hashes, root

CHANGES = 500
DEEP = b"[" * 200_000
VILLAGE = "pkwkk/32/3216/321601/3216012001"


@pytest.fixture
def bundle(night: Path, tmp_path: Path) -> Bundle:
    return Bundle(night / "determined", tmp_path / "bundle")


def class_of(path: str) -> str:
    """What kind of file a path is: its top folder (the ledger's parts apart) and its suffix."""
    parts, suffix = path.split("/"), Path(path).suffix
    if parts[0] == LEDGER:
        return "/".join(parts[: 3 if parts[1] == "tile" else 2])
    name = parts[-1] if parts[-1] in ("data.json", "manifest.json") else suffix
    return f"{parts[0] if len(parts) > 1 else ''}:{name}"


def test_random_byte_changes_are_all_found(program: ModuleType, bundle: Bundle) -> None:
    files: dict[str, list[str]] = {}
    for path in sorted(bundle.folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(bundle.folder).as_posix()
            files.setdefault(class_of(name), []).append(name)
    chance = random.Random(6)
    groups, missed = sorted(files), []
    for number in range(CHANGES):
        path = chance.choice(files[groups[number % len(groups)]])
        before = bundle.read(path)
        data = bytearray(before)
        at = chance.randrange(len(data))
        data[at] ^= chance.randrange(1, 256)
        bundle.write(path, bytes(data))
        if not found(program, bundle, path):
            missed.append((path, at))
        bundle.write(path, before)
    assert missed == []
    assert check(program, bundle.folder) == []


def found(program: ModuleType, bundle: Bundle, path: str) -> bool:
    """Whether the verifier names a fault; the photographs' bytes are only read when one was changed."""
    return bool(check(program, bundle.folder, photos="all" if path.startswith("foto/") else "none"))


def tar_of(bundle: Bundle, *extra: tuple[tarfile.TarInfo, bytes]) -> Path:
    target = bundle.folder.parent / "bundle.tar"
    with tarfile.open(target, "w") as tar:
        tar.add(bundle.folder, arcname=".")
        for info, data in extra:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    ("extra", "kind", "where"),
    [
        (member("../outside.txt"), "not_a_file", "../outside.txt"),
        (member("/tmp/absolute.txt"), "not_a_file", "/tmp/absolute.txt"),
        (member("pkwkk/link", tarfile.SYMTYPE, "/etc/passwd"), "not_a_file", "pkwkk/link"),
        (member("pkwkk/hard", tarfile.LNKTYPE, "./index.html"), "not_a_file", "pkwkk/hard"),
        (member("pkwkk/pipe", tarfile.FIFOTYPE), "not_a_file", "pkwkk/pipe"),
        (member("./index.html"), "not_a_file", "index.html"),
    ],
    ids=["above", "absolute", "symlink", "hardlink", "pipe", "twice"],
)
def test_tar_with_a_trap_is_named_and_not_followed(
    program: ModuleType, bundle: Bundle, extra: tarfile.TarInfo, kind: str, where: str
) -> None:
    before = sorted(bundle.folder.parent.iterdir())
    target = tar_of(bundle, (extra, b""))
    assert (kind, where) in check(program, target)
    assert sorted(bundle.folder.parent.iterdir()) == sorted([*before, target])


def test_truncated_tar_is_a_fault(program: ModuleType, bundle: Bundle) -> None:
    target = tar_of(bundle)
    target.write_bytes(target.read_bytes()[: 1_000_000 + 77])
    assert check(program, target)


def test_something_else_than_a_bundle_is_a_fault(program: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("halo")
    (tmp_path / "empty").mkdir()
    for name in ("note.txt", "empty", "nowhere"):
        assert len(check(program, tmp_path / name)) == 1


def pipe(bundle: Bundle) -> None:
    bundle.path("index.html").unlink()
    os.mkfifo(bundle.path("index.html"))


def endless(bundle: Bundle) -> None:
    bundle.path("index.html").unlink()
    os.symlink("/dev/zero", bundle.path("index.html"))


def linked_folder(bundle: Bundle) -> None:
    os.symlink("/", bundle.path("pkwkk/deeper"))


def escaping(bundle: Bundle) -> None:
    bundle.edit("manifest.json", lambda m: m["files"].append({"path": "../../x", "sha256": "00" * 32, "size": 1}))


def huge_size(bundle: Bundle) -> None:
    bundle.edit("manifest.json", lambda m: m["files"][0].update(size=2**60))


def own_child(bundle: Bundle) -> None:
    bundle.edit("manifest.json", lambda m: m["children"].append({"path": "/manifest.json", "sha256": "0", "size": 1}))


def data(content: bytes) -> Callable[[Bundle], None]:
    return lambda bundle: bundle.write(f"{VILLAGE}/data.json", content)


def odd(change: Callable[[dict], object], raw: bool = False) -> Callable[[Bundle], None]:
    return lambda bundle: bundle.edit(f"{VILLAGE}/data.json", change, raw=raw)


TRAPS: dict[str, Callable[[Bundle], None]] = {
    "a pipe": pipe,
    "an endless device": endless,
    "a folder that links to the root": linked_folder,
    "a path that leaves the bundle": escaping,
    "a size nobody can hold": huge_size,
    "a manifest that lists itself": own_child,
    "deep JSON": data(DEEP),
    "a deep object": data(b'{"a":' * 100_000),
    "bad UTF-8": data(b'{"code":"\xff\xfe"}'),
    "half a surrogate": data(b'{"code":"\\ud800"}'),
    "an endless number": data(b'{"code":' + b"9" * 100_000 + b"}"),
    "not a number": data(b'{"code":NaN}'),
    "nothing": data(b""),
    "a list": data(b"[]"),
    "stations that are numbers": odd(lambda d: d["stations"].update(rows=[1, 2, 3]), raw=True),
    "stations of one column": odd(lambda d: d["stations"].update(rows=[["3216012001001"]]), raw=True),
    "columns that are text": odd(lambda d: d["stations"].update(columns="code"), raw=True),
    "a text of nowhere": odd(
        lambda d: d["stations"]["rows"][2][11][-1].__setitem__(slice(6, 9), [999, None, [[0, 1, 2]]]), raw=True
    ),
    "figures that are text": odd(lambda d: d["forms"][0].__setitem__(0, "x"), raw=True),
    "figures beyond the boxes": odd(lambda d: d["stations"][0]["figures"]["counted"].update(votes_1=10**30)),
    "a station of nowhere": odd(lambda d: d["stations"][0].update(code="../../etc")),
    "evidence elsewhere": odd(lambda d: d["stations"][2]["history"][-1].update(evidence="/etc/passwd")),
    "a document elsewhere": odd(
        lambda d: d["documents"].append({"path": "../../../etc/passwd", "sha256": "00" * 32, "title": "x"})
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_hostile_file_is_a_fault_and_no_crash(program: ModuleType, bundle: Bundle, name: str) -> None:
    TRAPS[name](bundle)
    before = sorted(bundle.folder.rglob("*"))
    assert check(program, bundle.folder)
    assert sorted(bundle.folder.rglob("*")) == before


@pytest.mark.parametrize("name", [n for n in TRAPS if not n.startswith(("a pipe", "an endless d", "a folder"))])
def test_hostile_file_recorded_by_the_operator_is_a_fault_and_no_crash(
    program: ModuleType, bundle: Bundle, name: str
) -> None:
    TRAPS[name](bundle)
    entries = bundle.entries()
    if TRAPS[name] not in (escaping, huge_size, own_child):
        entries[-1]["body"]["manifest_sha256"] = bundle.rehash()
        bundle.write_ledger(entries, LOG)
    assert check(program, bundle.folder)


HOSTILE_ENTRIES = {
    "deep": DEEP[:60_000],
    "no JSON": b"\x00\xff",
    "a list": b"[]",
    "a number": b"7",
    "nothing": b"",
    "an act on no row": b'{"actor":{"person":null,"region":"","role":"machine"},"at":"","body":{"row":"x"},"id":"",'
    b'"kind":"photo.read","v":1}',
    "a method of the program": b'{"actor":{"person":null,"region":"","role":"system"},"at":"","body":{},"id":"",'
    b'"kind":"__init__","v":1}',
    "a kind that is no text": b'{"actor":{"person":null,"region":"","role":"system"},"at":"","body":{},"id":"",'
    b'"kind":[1],"v":1}',
}


@pytest.mark.parametrize("name", HOSTILE_ENTRIES)
def test_hostile_entry_is_a_fault_and_no_crash(program: ModuleType, bundle: Bundle, name: str) -> None:
    entries = bundle.entries()
    bundle.write_ledger(entries, LOG, {5: HOSTILE_ENTRIES[name]} if HOSTILE_ENTRIES[name] else {5: b" "})
    assert any(where.startswith("entry 5") for _, where in check(program, bundle.folder))


def test_checkpoint_of_a_vast_tree_is_a_fault_at_once(program: ModuleType, bundle: Bundle) -> None:
    for size in (2**62, 10**9):
        head = Checkpoint(LOG.name, size, root(leaf_hashes([b"x"])))
        bundle.write(f"{LEDGER}/checkpoint", sign_checkpoint(head, LOG))
        assert check(program, bundle.folder)


def test_bundle_of_entries_with_another_number_is_a_fault(program: ModuleType, bundle: Bundle) -> None:
    (path,) = [p for p in (bundle.folder / LEDGER / "tile/entries").rglob("159") if p.is_file()]
    kept = tiles.parse_bundle(path.read_bytes())[:-1]
    bundle.write(path.relative_to(bundle.folder).as_posix(), tiles.bundle(kept))
    assert [kind for kind, _ in check(program, bundle.folder)] == ["bundle"]
