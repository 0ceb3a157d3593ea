"""Reading a published log from its tiles, wherever they lie: entries, roots, proofs.

Only what is needed is fetched. Nothing here is believed by itself: compare `PublishedLog.root` with a signed
checkpoint.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

from sirekap.ledger import tiles, tree
from sirekap.ledger.errors import LedgerError, TreeError
from sirekap.ledger.tiles import WIDTH, Tile

Fetch = Callable[[str], bytes]
"""The bytes of a path below the log's prefix, such as ``tile/0/000``; raises `LogFileMissing`."""
KEPT_TILES = 256


class LogFileMissing(LedgerError):
    """A published log lacks a file."""

    def __init__(self, path: str) -> None:
        super().__init__(
            "missing",
            f"Buku besar terbitan tidak memuat {path}. Salinannya tidak lengkap; ambil ulang dari sumbernya.",
            f"The published ledger has no {path}. The copy is incomplete; fetch it again from its source.",
        )
        self.path = path


class PublishedLog:
    """The first ``size`` leaves of a log in tlog-tiles layout."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self.fetch = fetch
        self.size = size
        self.node = tiles.tile_nodes(self.tile, size)
        self._tiles: OrderedDict[Tile, bytes] = OrderedDict()

    def tile(self, tile: Tile) -> bytes:
        """A hash tile; a partial one that is gone is cut from the wider one that took its place."""
        found = self._tiles.get(tile)
        if found is None:
            found = self._whole(tile.path, tile._replace(width=WIDTH).path)[: tile.width * tree.HASH_SIZE]
            self._tiles[tile] = found
            if len(self._tiles) > KEPT_TILES:
                self._tiles.popitem(last=False)
        return found

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` leaves (all by default)."""
        size = self.size if size is None else size
        return tree.range_hash(0, size, self.node) if size else tree.EMPTY_ROOT

    def leaf(self, index: int) -> bytes:
        """The leaf hash at ``index``."""
        return self.node(0, index)

    def leaves(self, number: int) -> list[bytes]:
        """The leaf hashes of level-0 tile ``number``."""
        width = tiles.tile_width(0, number, self.size)
        data = self.tile(Tile(0, number, width))
        return [data[at : at + tree.HASH_SIZE] for at in range(0, len(data), tree.HASH_SIZE)]

    def bundle(self, number: int) -> list[bytes]:
        """The entries beside level-0 tile ``number``; raises `TreeError` unless they hash to its leaves."""
        width = tiles.tile_width(0, number, self.size)
        data = self._whole(tiles.bundle_path(number, width), tiles.bundle_path(number))
        found = tiles.parse_bundle(data)[:width]
        if tree.leaf_hashes(found) != self.leaves(number):
            raise TreeError(
                "bundle",
                f"Entri {number * WIDTH} dan sesudahnya tidak cocok dengan pohonnya. Salinan ini telah berubah.",
                f"Entries from {number * WIDTH} on do not match their tree. This copy has been altered.",
            )
        return found

    def entries(self, start: int = 0) -> Iterator[bytes]:
        """Canonical bytes of every entry from leaf ``start`` on."""
        for number in range(start // WIDTH, -(-self.size // WIDTH)):
            yield from self.bundle(number)[max(0, start - number * WIDTH) :]

    def entry(self, index: int) -> bytes:
        """The entry at a leaf index; raises `TreeError` outside the tree."""
        if not 0 <= index < self.size:
            raise TreeError(
                "index",
                f"Buku besar ini memuat {self.size} entri; tidak ada entri {index}.",
                f"This ledger holds {self.size} entries; there is no entry {index}.",
            )
        return self.bundle(index // WIDTH)[index % WIDTH]

    def find(self, leaf_hash: bytes) -> int | None:
        """Where a leaf hash stands, looked for from the newest tile back; None when it is nowhere."""
        for number in reversed(range(-(-self.size // WIDTH))):
            found = self.leaves(number)
            if leaf_hash in found:
                return number * WIDTH + found.index(leaf_hash)
        return None

    def inclusion(self, index: int) -> list[bytes]:
        """The inclusion proof of a leaf."""
        return tree.inclusion_proof_from(self.node, index, self.size)

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the tree of ``old`` leaves is a prefix of this one."""
        return tree.consistency_proof_from(self.node, old, self.size)

    def _whole(self, path: str, wider: str) -> bytes:
        try:
            return self.fetch(path)
        except LogFileMissing:
            if wider == path:
                raise
            return self.fetch(wider)
