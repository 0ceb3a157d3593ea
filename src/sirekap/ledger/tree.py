"""The Merkle tree of RFC 6962 / RFC 9162 section 2.1, with SHA-256.

Hashes are 32 raw bytes; leaves are numbered from 0. Proofs come either from a list of leaf hashes or, without
holding the leaves, from a `Node` reader (see `sirekap.ledger.tiles`). Verifiers return False, never raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from sirekap.ledger.errors import TreeError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves."""

Node = Callable[[int, int], bytes]
"""``node(level, index)`` is the hash of the complete subtree over leaves [index << level, (index + 1) << level)."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 || data)."""
    return sha256(b"\x00" + data).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Leaf hashes of many entries, in order."""
    return [sha256(b"\x00" + data).digest() for data in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Root of the tree over these leaf hashes; `EMPTY_ROOT` for none."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = iter(level)
        level = [sha256(b"\x01%b%b" % pair).digest() for pair in zip(pairs, pairs, strict=False)]
        level += odd
    return level[0]


def _split(size: int) -> int:
    """Largest power of two below ``size`` (size >= 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Leaf ranges [begin, end) whose subtree hashes are the inclusion proof, deepest first."""
    if not 0 <= index < size:
        raise _error(f"daun {index} pada pohon {size}", f"leaf {index} of a tree of {size}")
    begin, end = 0, size
    ranges = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """Leaf ranges [begin, end) whose subtree hashes prove that tree ``old`` is a prefix of tree ``new``."""
    if not 0 < old <= new:
        raise _error(f"ukuran {old} ke {new}", f"sizes {old} to {new}")
    begin, end = 0, new
    ranges = []
    while old < end:
        middle = begin + _split(end - begin)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    if begin:
        ranges.append((begin, end))
    return ranges[::-1]


def range_hash(begin: int, end: int, node: Node) -> bytes:
    """Hash of the subtree over leaves [begin, end), a range as `inclusion_ranges` or a whole tree gives."""
    size = end - begin
    if size < 1:
        raise _error(f"rentang {begin}..{end}", f"range {begin}..{end}")
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, begin >> level)
    middle = begin + _split(size)
    return node_hash(range_hash(begin, middle, node), range_hash(middle, end, node))


def inclusion_proof(hashes: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """Audit path of leaf ``index`` in the tree of the first ``size`` leaf hashes; raises `TreeError`."""
    _enough(hashes, size)
    return [root(hashes[begin:end]) for begin, end in inclusion_ranges(index, size)]


def consistency_proof(hashes: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """Proof that the tree of the first ``old`` leaves is a prefix of that of ``new``; size 0 raises `TreeError`."""
    _enough(hashes, new)
    return [root(hashes[begin:end]) for begin, end in consistency_ranges(old, new)]


def inclusion_proof_from(node: Node, index: int, size: int) -> list[bytes]:
    """As `inclusion_proof`, reading O(log size) nodes."""
    return [range_hash(begin, end, node) for begin, end in inclusion_ranges(index, size)]


def consistency_proof_from(node: Node, old: int, new: int) -> list[bytes]:
    """As `consistency_proof`, reading O(log new) nodes."""
    return [range_hash(begin, end, node) for begin, end in consistency_ranges(old, new)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether ``proof`` shows leaf hash ``leaf`` at ``index`` in the tree (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or any(len(part) != HASH_SIZE for part in (leaf, *proof)):
        return False
    fn, sn, running = index, size - 1, leaf
    for part in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            running = node_hash(part, running)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            running = node_hash(running, part)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and running == expected_root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that tree ``old`` is a prefix of tree ``new`` (RFC 9162 section 2.1.4.2).

    A tree of size 0 is a prefix of everything and proves nothing: rejected.
    """
    if not 0 < old <= new or any(len(part) != HASH_SIZE for part in proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not proof:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old_running = new_running = path[0]
    for part in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old_running, new_running = node_hash(part, old_running), node_hash(part, new_running)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new_running = node_hash(new_running, part)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old_running == old_root and new_running == new_root


class Frontier:
    """The right edge of a growing tree: enough to append and to know the root, in O(log n) state.

    Holds the roots of the complete subtrees that make up the leaves so far, largest first.
    """

    __slots__ = ("_nodes", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._nodes: list[bytes] = []

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.append_many((leaf,))

    def append_many(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order; a hash that is not 32 bytes raises `TreeError` and adds nothing."""
        added = list(leaves)
        _hashes_only(added)
        size, nodes = self._size, self._nodes
        for running in added:
            rest = size
            while rest & 1:
                running = sha256(b"\x01" + nodes.pop() + running).digest()
                rest >>= 1
            nodes.append(running)
            size += 1
        self._size = size

    def root(self) -> bytes:
        """Root of the tree so far."""
        if not self._nodes:
            return EMPTY_ROOT
        running = self._nodes[-1]
        for left in reversed(self._nodes[:-1]):
            running = node_hash(left, running)
        return running

    def to_hex(self) -> list[str]:
        """The state beside ``size``: one lower-case hex hash per one-bit of ``size``, largest subtree first."""
        return [node.hex() for node in self._nodes]

    @classmethod
    def from_hex(cls, size: int, nodes: Sequence[str]) -> Frontier:
        """Rebuild from ``size`` and `to_hex`; raises `TreeError` when they do not fit each other."""
        if size < 0 or len(nodes) != size.bit_count():
            raise _error(f"{len(nodes)} simpul untuk {size} daun", f"{len(nodes)} nodes for {size} leaves")
        frontier = cls()
        try:
            frontier._nodes = [bytes.fromhex(node) for node in nodes]
        except ValueError as error:
            raise _error("hash bukan heksadesimal", "a hash is not hexadecimal") from error
        _hashes_only(frontier._nodes)
        frontier._size = size
        return frontier


def _hashes_only(hashes: Sequence[bytes]) -> None:
    if any(len(part) != HASH_SIZE for part in hashes):
        raise _error("hash tidak 32 byte", "a hash is not 32 bytes")


def _enough(hashes: Sequence[bytes], size: int) -> None:
    if size > len(hashes):
        raise _error(f"ukuran {size}, hanya {len(hashes)} daun", f"size {size} with only {len(hashes)} leaves")


def _error(text_id: str, text_en: str) -> TreeError:
    return TreeError(
        "tree",
        f"Permintaan pada pohon buku besar tidak mungkin: {text_id}. Periksa ukuran dan indeksnya.",
        f"The ledger tree cannot do this: {text_en}. Check the size and the index.",
    )
