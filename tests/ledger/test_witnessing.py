"""A witness signs growth, and keeps the proof when the log contradicts itself."""

from __future__ import annotations

import pytest
from support.logs import ENTRIES, ORIGIN, OTHER, key, publish, reading

from sirekap.ledger import tiles, tree
from sirekap.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from sirekap.ledger.errors import LedgerError, NoteError
from sirekap.ledger.log_reader import PublishedLog
from sirekap.ledger.note import COSIGNATURE, Signer, cosign
from sirekap.ledger.rotation import KeyInForce, key_chain, rotation_note
from sirekap.ledger.witnessing import Forked, NotNewer, Verdict, compare, cosign_growth

A, B = key(1), key(2)
WITNESS, SECOND = (key(n, f"w{n}.example", COSIGNATURE) for n in (8, 9))
CHAIN = (KeyInForce(A.verifier, 0, None),)
AT = 1_732_763_704


def head(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, OTHER.get_root(size))


def note(size: int, signer: Signer = A) -> bytes:
    return sign_checkpoint(head(size), signer)


def log(size: int) -> PublishedLog:
    return PublishedLog(reading(publish(size)), size)


def forked(size: int, changed: int) -> tuple[bytes, PublishedLog]:
    """A whole log of its own, signed by the same key, in which one entry reads otherwise."""
    entries = [*ENTRIES[:changed], b'{"n":"other"}', *ENTRIES[changed + 1 : size]]
    built = {tile.path: data for tile, data in tiles.build_tiles(0, tree.leaf_hashes(entries), lambda t: b"").items()}
    found = PublishedLog(reading(built), size)
    return sign_checkpoint(Checkpoint(ORIGIN, size, found.root()), A), found


@pytest.mark.parametrize(("before", "now"), [(None, 1), (None, 700), (1, 700), (256, 257), (700, 700), (512, 1400)])
def test_growth_is_cosigned(before: int | None, now: int) -> None:
    known = None if before is None else note(before)
    done = cosign_growth(note(now), known, CHAIN, log(now), WITNESS, AT)
    assert done.note == cosign(note(now), WITNESS, AT)
    found, opened = open_checkpoint(done.note, A.verifier, [WITNESS.verifier])
    assert (found, done.head) == (head(now), head(now))
    assert [(s.name, s.time) for s in opened.verified] == [(ORIGIN, None), (WITNESS.name, AT)]


def test_signing_again_replaces_only_the_own_line() -> None:
    both = cosign(cosign(note(700), SECOND, 5), WITNESS, 6)
    done = cosign_growth(both, note(700), CHAIN, log(700), WITNESS, AT)
    assert done.note == cosign(cosign(note(700), SECOND, 5), WITNESS, AT)


@pytest.mark.parametrize(("before", "now", "changed"), [(700, 700, 3), (300, 700, 3), (257, 1400, 256)])
def test_fork_is_refused_with_both_notes_as_proof(before: int, now: int, changed: int) -> None:
    other, shown = forked(now, changed)
    with pytest.raises(Forked, match="FORKED") as caught:
        cosign_growth(other, note(before), CHAIN, shown, WITNESS, AT)
    assert caught.value.notes == (note(before), other)


def test_fork_after_what_was_seen_is_no_contradiction() -> None:
    other, shown = forked(700, 400)
    assert cosign_growth(other, note(300), CHAIN, shown, WITNESS, AT).head.size == 700


def test_shorter_log_than_seen_before_is_refused() -> None:
    with pytest.raises(NotNewer, match="although 700 were seen"):
        cosign_growth(note(300), note(700), CHAIN, log(300), WITNESS, AT)


def test_tiles_of_another_tree_are_refused() -> None:
    with pytest.raises(LedgerError, match="do not give the signed root"):
        cosign_growth(note(700), None, CHAIN, forked(700, 3)[1], WITNESS, AT)


@pytest.mark.parametrize("wrong", [note(700, B), note(700).replace(b"700", b"701"), b"", b"x\n\n"])
def test_note_the_log_has_not_signed_is_refused(wrong: bytes) -> None:
    with pytest.raises(NoteError):
        cosign_growth(wrong, None, CHAIN, log(700), WITNESS, AT)


def test_another_log_than_seen_before_is_refused() -> None:
    stranger = key(1, "other.example/log")
    known = sign_checkpoint(Checkpoint(stranger.name, 3, bytes(32)), stranger)
    with pytest.raises(NoteError):
        cosign_growth(note(700), known, CHAIN, log(700), WITNESS, AT)


def test_witness_follows_a_rotation() -> None:
    chain = key_chain(A.verifier, [(500, rotation_note(A, B))])
    assert cosign_growth(note(700, B), note(300), chain, log(700), WITNESS, AT).head == head(700)
    with pytest.raises(NoteError):
        cosign_growth(note(700), note(300), chain, log(700), WITNESS, AT)


def test_damaged_tiles_accuse_nobody() -> None:
    files = publish(700)
    for path in [p for p in files if p.startswith("tile/0/")]:
        files[path] = bytes(len(files[path]))
    damaged = PublishedLog(reading(files), 700)
    assert compare(head(300), head(700), damaged).verdict is Verdict.UNPROVEN
    partly = publish(700)
    partly["tile/0/001"] = bytes(256 * 32)
    assert compare(head(300), head(700), PublishedLog(reading(partly), 700)).verdict is Verdict.UNPROVEN


def test_compare_says_equal_consistent_forked_or_unproven() -> None:
    other, shown = forked(700, 3)
    fork = open_checkpoint(other, A.verifier)[0]
    stranger = Checkpoint("other.example/log", 3, bytes(32))
    empty = Checkpoint(ORIGIN, 0, tree.EMPTY_ROOT)
    cases = [
        (head(700), head(700), log(700)),
        (head(300), head(700), log(700)),
        (head(700), head(300), log(1400)),
        (empty, head(700), log(700)),
        (head(700), fork, log(700)),
        (head(300), fork, shown),
        (head(300), fork, log(700)),
        (head(300), head(1400), log(700)),
        (stranger, head(700), log(700)),
    ]
    assert [compare(*case).verdict.value for case in cases] == [
        "equal",
        "consistent",
        "consistent",
        "consistent",
        "forked",
        "forked",
        "unproven",
        "unproven",
        "unproven",
    ]
