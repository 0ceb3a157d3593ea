"""Hash tiles and entry bundles of C2SP tlog-tiles (https://c2sp.org/tlog-tiles).

A tile of level L holds up to 256 hashes, each of a complete subtree over 256**L leaves. Full tiles never change, so
a growing log writes O(new leaves) bytes and any proof reads a handful of tiles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sirekap.ledger.errors import TreeError
from sirekap.ledger.tree import HASH_SIZE, Node, root

WIDTH = 256
HEIGHT = 8
MAX_ENTRY = 0xFFFF
"""Largest entry of a bundle, in bytes: its length is written in 16 bits."""

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class Tile(NamedTuple):
    """One hash tile: level 0..63, number within the level, width 1..256 (256 = full)."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Path below the log's prefix, such as ``tile/0/x001/234.p/12``."""
        return f"tile/{self.level}/{_index_path(self.number, self.width)}"


TileReader = Callable[[Tile], bytes]
"""Returns the ``32 * width`` bytes of a tile."""


def bundle_path(number: int, width: int = WIDTH) -> str:
    """Path of the entry bundle beside level-0 tile ``number``."""
    return f"tile/entries/{_index_path(number, width)}"


def parse_path(path: str) -> Tile:
    """The tile a path names; an entry bundle has level -1. Raises `TreeError` unless the path is the exact one."""
    match = _PATH.fullmatch(path)
    if match:
        level, digits, width = match.groups()
        number = int(digits.replace("x", "").replace("/", ""))
        tile = Tile(-1 if level == "entries" else int(level), number, int(width or WIDTH))
        exact = bundle_path(tile.number, tile.width) if tile.level < 0 else tile.path
        if exact == path and tile.level < 64:
            return tile
    raise _error(f"jalur {path!r}", f"path {path!r}")


def tile_width(level: int, number: int, size: int) -> int:
    """Width that tile ``number`` of ``level`` has in a tree of ``size`` leaves; 0 when it is not there."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def build_tiles(size: int, new_leaves: Sequence[bytes], read: TileReader) -> dict[Tile, bytes]:
    """The tiles that appending ``new_leaves`` (leaf hashes) to a tree of ``size`` leaves creates or widens.

    ``read`` is called for the partial tiles of the old tree only.
    """
    tiles: dict[Tile, bytes] = {}
    level, begin, hashes = 0, size, list(new_leaves)
    while hashes:
        first, partial = divmod(begin, WIDTH)
        if partial:
            hashes = _hashes(read, Tile(level, first, partial)) + hashes
        above = []
        for offset in range(0, len(hashes), WIDTH):
            chunk = hashes[offset : offset + WIDTH]
            tiles[Tile(level, first + offset // WIDTH, len(chunk))] = b"".join(chunk)
            if len(chunk) == WIDTH:
                above.append(root(chunk))
        level, begin, hashes = level + 1, first, above
    return tiles


def tile_nodes(read: TileReader, size: int) -> Node:
    """A `Node` reader over the tiles of a tree of ``size`` leaves, for proofs without the leaves."""

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        number, offset = divmod(index << height, WIDTH)
        width = tile_width(tile_level, number, size)
        if index < 0 or offset + (1 << height) > width:
            raise _error(f"simpul {level}/{index} pada pohon {size}", f"node {level}/{index} in a tree of {size}")
        return root(_hashes(read, Tile(tile_level, number, width))[offset : offset + (1 << height)])

    return node


def bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle of 1 to 256 entries: each after its length as a big-endian 16-bit number."""
    if not 1 <= len(entries) <= WIDTH or any(len(entry) > MAX_ENTRY for entry in entries):
        raise _error("bundel entri terlalu besar atau kosong", "an entry bundle too large or empty")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; raises `TreeError` when it is cut short or holds no or more than 256 entries."""
    entries, at = [], 0
    while at < len(data):
        begin = at + 2
        at = begin + int.from_bytes(data[at:begin], "big")
        entries.append(data[begin:at])
    if at != len(data) or not 1 <= len(entries) <= WIDTH:
        raise _error("bundel entri rusak", "a damaged entry bundle")
    return entries


def _hashes(read: TileReader, tile: Tile) -> list[bytes]:
    data = read(tile)
    if len(data) != tile.width * HASH_SIZE:
        raise _error(f"ubin {tile.path} rusak", f"tile {tile.path} is damaged")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def _index_path(number: int, width: int) -> str:
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return path if width == WIDTH else f"{path}.p/{width}"


def _error(text_id: str, text_en: str) -> TreeError:
    return TreeError(
        "tile",
        f"Ubin buku besar tidak dapat dipakai: {text_id}. Bangun ulang ubin dari entri.",
        f"The ledger tiles cannot be used: {text_en}. Rebuild the tiles from the entries.",
    )
