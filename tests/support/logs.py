"""A log of 1400 entries as tiles in a dictionary, beside a Merkle tree that is not ours."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import InmemoryTree

from sirekap.ledger import tiles, tree
from sirekap.ledger.log_reader import Fetch, LogFileMissing
from sirekap.ledger.note import ED25519, Signer
from sirekap.ledger.tiles import WIDTH

ORIGIN = "log.example/log"
ENTRIES = [b'{"n":%d}' % n for n in range(1400)]
LEAVES = tree.leaf_hashes(ENTRIES)
OTHER = InmemoryTree(algorithm="sha256")
for content in ENTRIES:
    OTHER.append_entry(content)


def publish(*sizes: int, tidy: bool = True) -> dict[str, bytes]:
    """What lies beside the site after the log has grown to each size; ``tidy``: full tiles replace partial ones."""
    out: dict[tiles.Tile, bytes] = {}
    files: dict[str, bytes] = {}
    before = 0
    for size in sizes:
        out |= tiles.build_tiles(before, LEAVES[before:size], out.__getitem__)
        for number in range(before // WIDTH, -(-size // WIDTH)):
            some = ENTRIES[number * WIDTH : min(size, (number + 1) * WIDTH)]
            files[tiles.bundle_path(number, len(some))] = tiles.bundle(some)
        before = size
    files |= {tile.path: data for tile, data in out.items()}
    full = {path for path in files if ".p/" not in path}
    return {path: data for path, data in files.items() if not tidy or path.partition(".p/")[0] not in full - {path}}


def reading(files: dict[str, bytes]) -> Fetch:
    def fetch(path: str) -> bytes:
        if path not in files:
            raise LogFileMissing(path)
        return files[path]

    return fetch


def key(number: int, name: str = ORIGIN, kind: int = ED25519) -> Signer:
    """A key that is the same on every run."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32), kind)
