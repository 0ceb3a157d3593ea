"""The Merkle tree: the RFC's eight leaves, published vectors, and random trees."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.ledger import tree
from sirekap.ledger.errors import TreeError

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Roots of the first n of the eight leaves (RFC 6962 reference implementation)."""

H01 = ROOTS[2]
H03 = ROOTS[4]
H1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
H23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
H47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
H4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
H45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
H6 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
H67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"

HASHES = tree.leaf_hashes(LEAVES)
VECTORS = Path(__file__).parents[3] / "shared" / "data" / "standards" / "rfc6962"
VECTOR_FILES = sorted(path.relative_to(VECTORS).as_posix() for path in VECTORS.glob("*/**/*.json"))
NO_VECTORS = pytest.mark.skipif(not VECTOR_FILES, reason="the published RFC 6962 vectors are not beside the repository")

TREES = st.integers(1, 70).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))
LARGE = [tree.leaf_hash(number.to_bytes(2, "big")) for number in range(70)]
LARGE_ROOTS = [tree.root(LARGE[:size]) for size in range(71)]


def node_of_large(level: int, index: int) -> bytes:
    return tree.root(LARGE[index << level : (index + 1) << level])


@pytest.mark.parametrize("size", range(9))
def test_root_eight_leaves_of_rfc_6962(size):
    assert tree.root(HASHES[:size]).hex() == ROOTS[size]
    frontier = tree.Frontier()
    frontier.append_many(HASHES[:size])
    assert (frontier.size, frontier.root().hex()) == (size, ROOTS[size])


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, [H1, H23, H47]),
        (5, 8, [H4, H67, H03]),
        (2, 3, [H01]),
        (1, 5, [ROOTS[1], H23, H4]),
    ],
)
def test_inclusion_proof_eight_leaves_of_rfc_6962(index, size, path):
    proof = tree.inclusion_proof(HASHES, index, size)
    assert [part.hex() for part in proof] == path
    assert tree.verify_inclusion(HASHES[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [(1, 1, []), (1, 8, [H1, H23, H47]), (6, 8, [H45, H67, H03]), (2, 5, [H23, H4]), (6, 7, [H45, H6, H03])],
)
def test_consistency_proof_eight_leaves_of_rfc_6962(old, new, path):
    proof = tree.consistency_proof(HASHES, old, new)
    assert [part.hex() for part in proof] == path
    assert tree.verify_consistency(old, new, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]), proof)


@NO_VECTORS
def test_vectors_all_are_there():
    assert len(VECTOR_FILES) == 196


@NO_VECTORS
@pytest.mark.parametrize("name", VECTOR_FILES)
def test_verify_published_vector(name):
    vector = json.loads((VECTORS / name).read_text())
    hashes = {key: base64.b64decode(value) for key, value in vector.items() if key in ("root", "root1", "root2")}
    proof = [base64.b64decode(part) for part in vector["proof"] or ()]
    if name.startswith("inclusion/"):
        leaf = base64.b64decode(vector["leafHash"])
        accepted = tree.verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, hashes["root"])
    else:
        sizes = vector["size1"], vector["size2"]
        accepted = tree.verify_consistency(*sizes, hashes["root1"], hashes["root2"], proof)
    assert accepted is not vector["wantErr"]


@NO_VECTORS
def test_roots_published_file():
    published = json.loads((VECTORS / "roots.json").read_text())
    leaves = tree.leaf_hashes(map(bytes.fromhex, published["leaf_inputs_hex"]))
    roots = [tree.root(leaves[:size]).hex() for size in range(len(leaves) + 1)]
    assert roots == published["root_by_tree_size_hex"] == ROOTS


@settings(max_examples=60, deadline=None)
@given(TREES, st.data())
def test_inclusion_random_tree_verifies_and_any_change_fails(place, data):
    index, size = place
    proof = tree.inclusion_proof(LARGE, index, size)
    assert proof == tree.inclusion_proof_from(node_of_large, index, size)
    root = LARGE_ROOTS[size]
    assert tree.verify_inclusion(LARGE[index], index, size, proof, root)
    assert not tree.verify_inclusion(flip(LARGE[index], data), index, size, proof, root)
    assert not tree.verify_inclusion(LARGE[index], index, size, proof, flip(root, data))
    other = data.draw(st.integers(-3, 80).filter(lambda number: number != index))
    assert not tree.verify_inclusion(LARGE[index], other, size, proof, root)
    for changed in changes(proof, data):
        assert not tree.verify_inclusion(LARGE[index], index, size, changed, root)


@settings(max_examples=60, deadline=None)
@given(TREES, st.data())
def test_consistency_random_tree_verifies_and_any_change_fails(place, data):
    old, new = place[0] + 1, place[1]
    proof = tree.consistency_proof(LARGE, old, new)
    assert proof == tree.consistency_proof_from(node_of_large, old, new)
    roots = LARGE_ROOTS[old], LARGE_ROOTS[new]
    assert tree.verify_consistency(old, new, *roots, proof)
    assert not tree.verify_consistency(old, new, flip(roots[0], data), roots[1], proof)
    assert not tree.verify_consistency(old, new, roots[0], flip(roots[1], data), proof)
    assert not tree.verify_consistency(0, new, *roots, proof)
    for changed in changes(proof, data):
        assert not tree.verify_consistency(old, new, *roots, changed)


def flip(value: bytes, data) -> bytes:
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    return (int.from_bytes(value, "big") ^ 1 << bit).to_bytes(len(value), "big")


def changes(proof: list[bytes], data) -> list[list[bytes]]:
    """The proof lengthened, shortened, reordered, with one bit changed, with a byte moved between neighbours."""
    result = [[*proof, bytes(32)], [bytes(32), *proof]]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        result += [proof[:at] + proof[at + 1 :], [*proof[:at], flip(proof[at], data), *proof[at + 1 :]]]
        result += [[*proof[:at], proof[at] + b"\0", *proof[at + 1 :]], [*proof[:at], proof[at][:-1], *proof[at + 1 :]]]
    if len(proof) > 1:
        result.append(proof[::-1])
    return result


def test_verify_inclusion_byte_moved_from_leaf_to_sibling_is_refused():
    leaf, sibling = HASHES[0], HASHES[1]
    root = tree.node_hash(leaf, sibling)
    assert tree.verify_inclusion(leaf, 0, 2, [sibling], root)
    assert not tree.verify_inclusion(leaf[:-1], 0, 2, [leaf[-1:] + sibling], root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 8), (8, 8), (9, 8), (0, 9), (0, -1)])
def test_inclusion_proof_impossible_place_raises(index, size):
    with pytest.raises(TreeError):
        tree.inclusion_proof(HASHES, index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 8), (5, 4), (-1, 8), (1, 9)])
def test_consistency_proof_impossible_sizes_raise(old, new):
    with pytest.raises(TreeError):
        tree.consistency_proof(HASHES, old, new)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=6))
def test_frontier_appended_in_steps_equals_root(steps):
    frontier, size = tree.Frontier(), 0
    for step in steps:
        end = min(70, size + step)
        frontier.append_many(LARGE[size:end])
        size = end
        state = json.loads(json.dumps(frontier.to_hex()))
        assert len(state) == size.bit_count()
        frontier = tree.Frontier.from_hex(frontier.size, state)
        assert (frontier.size, frontier.root()) == (size, LARGE_ROOTS[size])


@pytest.mark.parametrize(
    ("size", "nodes"),
    [(-1, []), (0, [ROOTS[1]]), (3, [ROOTS[1]]), (1, ["zz"]), (1, ["00"]), (1, [ROOTS[1] + "00"])],
)
def test_frontier_from_hex_that_does_not_fit_raises(size, nodes):
    with pytest.raises(TreeError):
        tree.Frontier.from_hex(size, nodes)


def test_frontier_append_of_no_hash_raises_and_changes_nothing():
    frontier = tree.Frontier()
    frontier.append(HASHES[0])
    with pytest.raises(TreeError):
        frontier.append_many([HASHES[1], b"short"])
    assert (frontier.size, frontier.root().hex()) == (1, ROOTS[1])
