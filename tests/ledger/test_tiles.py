"""Tiles: paths and widths of the C2SP text, growth in steps, proofs read from tiles only."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.ledger import tiles, tree
from sirekap.ledger.errors import TreeError
from sirekap.ledger.tiles import Tile

LEAVES = [tree.leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]


def grown(*sizes: int) -> dict[Tile, bytes]:
    """All tiles of a log whose checkpoints had these sizes."""
    kept: dict[Tile, bytes] = {}
    begin = 0
    for size in sizes:
        kept |= tiles.build_tiles(begin, LEAVES[begin:size], kept.__getitem__)
        begin = size
    return kept


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 999, 12), "tile/1/999.p/12"),
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
    ],
)
def test_path_of_tile_round_trips(tile, path):
    assert (tile.path, tiles.parse_path(path)) == (path, tile)


def test_path_of_bundle_round_trips():
    assert tiles.bundle_path(1234, 7) == "tile/entries/x001/234.p/7"
    assert tiles.parse_path("tile/entries/x001/234.p/7") == Tile(-1, 1234, 7)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/07",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/000\n",
    ],
)
def test_parse_path_anything_else_is_refused(path):
    with pytest.raises(TreeError):
        tiles.parse_path(path)


def test_build_tiles_seventy_thousand_leaves_as_the_specification_counts():
    built = grown(70_000)
    full = [tile for tile in built if tile.width == 256]
    assert [sum(tile.level == level for tile in full) for level in range(3)] == [273, 1, 0]
    assert sorted(set(built) - set(full)) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert built[Tile(0, 0)] == b"".join(LEAVES[:256])
    assert built[Tile(2, 0, 1)] == tree.root(LEAVES[:65536])


def test_build_tiles_exactly_one_full_tile():
    assert sorted(grown(256)) == [Tile(0, 0, 256), Tile(1, 0, 1)]


def test_build_tiles_in_steps_gives_every_checkpoint_its_tiles():
    sizes = (1, 2, 255, 256, 257, 600, 600, 1024, 66_000, 70_000)
    kept, once = grown(*sizes), grown(70_000)
    assert {tile: kept[tile] for tile in once} == once
    for size in sizes:
        node = tiles.tile_nodes(kept.__getitem__, size)
        assert tree.range_hash(0, size, node) == tree.root(LEAVES[:size])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 70_000), st.data())
def test_proofs_from_tiles_verify(size, data):
    index = data.draw(st.integers(0, size - 1))
    kept = ALL
    read = {tile: content for tile, content in kept.items() if tile.width == 256} | partial(size)
    node = tiles.tile_nodes(read.__getitem__, size)
    root = tree.range_hash(0, size, node)
    assert tree.verify_inclusion(LEAVES[index], index, size, tree.inclusion_proof_from(node, index, size), root)
    old = tree.range_hash(0, index + 1, node)
    proof = tree.consistency_proof_from(node, index + 1, size)
    assert tree.verify_consistency(index + 1, size, old, root, proof)


ALL = grown(70_000)


def partial(size: int) -> dict[Tile, bytes]:
    """The partial tiles of the tree of ``size``, cut from the wider ones."""
    cut = {}
    for level in range(3):
        number = (size >> 8 * level) // 256
        width = tiles.tile_width(level, number, size)
        if 0 < width < 256:
            wide = Tile(level, number, tiles.tile_width(level, number, 70_000))
            cut[Tile(level, number, width)] = ALL[wide][: 32 * width]
    return cut


def test_tile_nodes_outside_the_tree_or_damaged_raises():
    kept = grown(300)
    node = tiles.tile_nodes(kept.__getitem__, 300)
    for level, index in ((0, 300), (0, -1), (1, 150), (8, 1), (9, 0)):
        with pytest.raises(TreeError):
            node(level, index)
    with pytest.raises(TreeError):
        tiles.tile_nodes(lambda tile: kept[tile][:-1], 300)(0, 1)


def test_bundle_round_trips_and_refuses_what_does_not_fit():
    entries = [b"", b"a", bytes(65535)]
    assert tiles.bundle(entries) == b"\0\0\0\1a\xff\xff" + bytes(65535)
    assert tiles.parse_bundle(tiles.bundle(entries)) == entries
    for wrong in ([], [b""] * 257, [bytes(65536)]):
        with pytest.raises(TreeError):
            tiles.bundle(wrong)


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\2a", b"\0\0" * 257])
def test_parse_bundle_damaged_is_refused(data):
    with pytest.raises(TreeError):
        tiles.parse_bundle(data)
