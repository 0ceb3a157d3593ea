"""The ledger beside the site: C2SP tlog-tiles, checkpoints, the log's public key. Append-only, and safe to cut short.

The signed checkpoint is replaced last, after everything it speaks of is on the disk: whatever a killed run left is
completed by the next. A database that does not contain what was published before is refused.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sirekap.ledger import tiles
from sirekap.ledger.checkpoint import Checkpoint as TreeHead
from sirekap.ledger.checkpoint import parse_checkpoint
from sirekap.ledger.errors import LedgerError
from sirekap.ledger.log_reader import PublishedLog
from sirekap.ledger.note import Signer, split_note
from sirekap.ledger.rotation import key_at
from sirekap.ledger.tiles import WIDTH, Tile
from sirekap.ledger.tree import EMPTY_ROOT, Frontier, leaf_hashes
from sirekap.publication import ledger_public
from sirekap.records.ledger_folder import folder_reader
from sirekap.records.models import Checkpoint, Entry, Leaf
from sirekap.records.replaying import PUBLISHED

LEDGER = PUBLISHED
CHECKPOINT = f"{LEDGER}/checkpoint"
CHECKPOINTS = f"{LEDGER}/checkpoints"
PUBLIC_KEY = f"{LEDGER}/log.vkey"
RECEIPT_KEY = f"{LEDGER}/receipts.vkey"
KEYS = f"{LEDGER}/keys.json"
WITNESSES = f"{LEDGER}/witnesses.json"
CHUNK = 64 * WIDTH
"""Entries held in memory at a time."""


class LedgerForked(LedgerError):
    """The database and the published ledger contradict each other: nothing may be published over it."""

    def __init__(self, published: int, own: int) -> None:
        super().__init__(
            "forked",
            f"Buku besar yang sudah terbit ({published} entri) bukan awal dari buku besar basis data ini ({own}). "
            "Tidak ada yang diterbitkan. Pulihkan basis data yang benar; jangan hapus yang sudah terbit.",
            f"The ledger published before ({published} entries) is not the beginning of this database's ledger "
            f"({own} entries). Nothing was published. Restore the right database; do not delete what is published.",
        )


def publish_ledger(root: Path, log: Signer, *, whole: bool = False, also: tuple[int, ...] = ()) -> int:
    """Bring ``root/buku-besar`` up to the newest signed checkpoint; returns its size (0 before the first).

    Full tiles and bundles are written once, and not looked at again unless ``whole``. ``also``: sizes of earlier
    checkpoints whose co-signatures changed. Raises `LedgerForked` and then
    changes nothing that readers see.
    """
    head = Checkpoint.objects.order_by("size").last()
    if head is None:
        return 0
    expected = TreeHead(log.name, head.size, bytes.fromhex(head.root))
    known = published_head(root)
    _refuse_fork(known, expected)
    start = known.size if known else 0
    if start < head.size:
        _write(root, start, head.size)
    if whole or not _stands(root, expected, known):
        if _root_in_database(start) != (known.root if known else EMPTY_ROOT):
            raise LedgerForked(start, head.size)
        _write(root, 0, head.size)
    _sweep_partial(root, start, head.size)
    _put_public(root, head, log, also)
    return head.size


def _put_public(root: Path, head: Checkpoint, log: Signer, also: tuple[int, ...]) -> None:
    """Keys, witnesses and checkpoints; the newest checkpoint last."""
    chain = ledger_public.keys(log.verifier)
    sizes = {head.size, *also, *ledger_public.latest_sizes().values()}
    for checkpoint in Checkpoint.objects.filter(size__in=sizes):
        _put(root, f"{CHECKPOINTS}/{checkpoint.size}", ledger_public.cosigned(checkpoint))
    _put(root, PUBLIC_KEY, (key_at(chain, head.size).vkey + "\n").encode())
    _put(root, KEYS, ledger_public.keys_json(chain, log.name))
    _put(root, WITNESSES, ledger_public.witnesses_json(log.name, head.size))
    _put(root, CHECKPOINT, ledger_public.cosigned(head))


def publish_receipt_key(root: Path, vkey: str) -> None:
    """Put the public key that signs receipts beside the ledger."""
    _put(root, RECEIPT_KEY, (vkey + "\n").encode())


def published_head(root: Path) -> TreeHead | None:
    """The head that stands published, its signature not looked at; None before the first."""
    try:
        return parse_checkpoint(split_note((root / CHECKPOINT).read_bytes())[0])
    except FileNotFoundError:
        return None


def reader(root: Path, size: int) -> PublishedLog:
    """The published log of ``size`` leaves under a site's root."""
    return PublishedLog(folder_reader(root / LEDGER), size)


def _refuse_fork(known: TreeHead | None, own: TreeHead) -> None:
    if known is None:
        return
    same_size = known.size == own.size and known.root != own.root
    if known.origin != own.origin or known.size > own.size or same_size:
        raise LedgerForked(known.size, own.size)


def _stands(root: Path, head: TreeHead, known: TreeHead | None) -> bool:
    """Whether the tiles on the disk give the head's root, and that of what was published before."""
    try:
        log = reader(root, head.size)
        return log.root() == head.root and (known is None or log.root(known.size) == known.root)
    except LedgerError:
        return False


def _root_in_database(size: int) -> bytes:
    tree = Frontier()
    for found in Leaf.objects.filter(index__lt=size).order_by("index").values_list("entry__leaf_hash").iterator(5000):
        tree.append(bytes(found[0]))
    return tree.root()


def _write(root: Path, start: int, size: int) -> None:
    """Write the tiles and bundles of leaves ``start`` to ``size``, durably; gives up where the old ones are damaged."""
    log = reader(root, start)
    kept: dict[Tile, bytes] = {}
    written: list[str] = []

    def held(tile: Tile) -> bytes:
        return kept.get(tile) or log.tile(tile)

    try:
        carried = log.bundle(start // WIDTH) if start % WIDTH else []
        entries, done = islice(_entries(start), size - start), start
        while new := list(islice(entries, CHUNK - done % WIDTH)):
            built = tiles.build_tiles(done, leaf_hashes(new), held)
            carried = _write_bundles(root, done - len(carried), [*carried, *new], size, written)
            done += len(new)
            kept = _write_tiles(root, kept | built, done, written)
    except LedgerError:
        if start == 0:
            raise
        return
    for tile, data in kept.items():
        _note(root, tile.path, data, written)
    _sync(root, written)


def _entries(start: int) -> Iterator[bytes]:
    found = Entry.objects.filter(leaf__index__gte=start).order_by("leaf__index").values_list("content", flat=True)
    for content in found.iterator(2000):
        yield bytes(content)


def _write_bundles(root: Path, first: int, entries: list[bytes], size: int, written: list[str]) -> list[bytes]:
    """Bundles of entries that begin at leaf ``first``, a multiple of 256; returns those of an unfinished one."""
    for at in range(0, len(entries), WIDTH):
        some = entries[at : at + WIDTH]
        if len(some) == WIDTH or first + at + len(some) == size:
            _note(root, tiles.bundle_path((first + at) // WIDTH, len(some)), tiles.bundle(some), written)
    unfinished = len(entries) % WIDTH
    return entries[-unfinished:] if unfinished else []


def _write_tiles(root: Path, built: dict[Tile, bytes], size: int, written: list[str]) -> dict[Tile, bytes]:
    """Write the full tiles; return the partial ones that the tree of ``size`` still has."""
    partial = {}
    for tile, data in built.items():
        if tile.width == WIDTH:
            _note(root, tile.path, data, written)
        elif tile.width == tiles.tile_width(tile.level, tile.number, size):
            partial[tile] = data
    return partial


def _note(root: Path, path: str, data: bytes, written: list[str]) -> None:
    if _replaced(root, f"{LEDGER}/{path}", data):
        written.append(f"{LEDGER}/{path}")


def _replaced(root: Path, path: str, data: bytes) -> bool:
    """Make ``path`` hold ``data``, whole or not at all; False when it does already."""
    target = root / path
    try:
        if target.read_bytes() == data:
            return False
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
    temporary = root / LEDGER / ".writing"
    temporary.write_bytes(data)
    os.replace(temporary, target)
    return True


def _put(root: Path, path: str, data: bytes) -> None:
    """As `_replaced`, and durable."""
    if _replaced(root, path, data):
        _sync(root, [path])


def _sync(root: Path, written: list[str]) -> None:
    """Force files and their folders to the disk."""
    folders = {os.path.dirname(path) for path in written}
    for path in (*written, *folders):
        descriptor = os.open(root / path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep_partial(root: Path, start: int, size: int) -> None:
    """Remove partial tiles and bundles whose full one stands since this run."""
    level = 0
    while size >> (tiles.HEIGHT * level):
        first, last = (leaves >> (tiles.HEIGHT * (level + 1)) for leaves in (start, size))
        for number in range(first, last):
            shutil.rmtree(root / LEDGER / f"{Tile(level, number).path}.p", ignore_errors=True)
            if level == 0:
                shutil.rmtree(root / LEDGER / f"{tiles.bundle_path(number)}.p", ignore_errors=True)
        level += 1
