"""The log's key changes hands only by a note that both keys have signed."""

from __future__ import annotations

import pytest
from support.logs import ORIGIN, key

from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.ledger.errors import NoteError
from sirekap.ledger.note import COSIGNATURE, Signer, sign_note
from sirekap.ledger.rotation import HEADER, key_at, key_chain, open_in_chain, open_rotation, rotation_note

A, B, C = key(1), key(2), key(3)


def test_rotation_note_is_the_documented_text() -> None:
    text, _, signatures = rotation_note(A, B).partition("\n\n")
    assert text == f"sirekap/log-rotation/v1\n{ORIGIN}\n{A.verifier.vkey}\n{B.verifier.vkey}"
    assert signatures.count("\n") == 2
    assert open_rotation(rotation_note(A, B), A.verifier) == B.verifier


def test_chain_names_the_key_of_every_size() -> None:
    chain = key_chain(A.verifier, [(9, rotation_note(A, B)), (20, rotation_note(B, C))])
    assert [(k.verifier, k.since, k.entry) for k in chain] == [
        (A.verifier, 0, None),
        (B.verifier, 10, 9),
        (C.verifier, 21, 20),
    ]
    assert [key_at(chain, size) for size in (0, 9, 10, 20, 21, 10**9)] == [k.verifier for k in (A, A, B, B, C, C)]


def test_checkpoint_by_a_key_not_in_force_is_refused() -> None:
    chain = key_chain(A.verifier, [(9, rotation_note(A, B))])
    for size, right, wrong in ((9, A, B), (10, B, A)):
        head = Checkpoint(ORIGIN, size, bytes(32))
        assert open_in_chain(sign_checkpoint(head, right), chain)[0] == head
        with pytest.raises(NoteError):
            open_in_chain(sign_checkpoint(head, wrong), chain)


@pytest.mark.parametrize(
    ("old", "new"),
    [(A, A), (A, key(2, "other.example/log")), (A, key(2, kind=COSIGNATURE)), (key(1, kind=COSIGNATURE), B)],
)
def test_keys_that_do_not_fit_make_no_rotation(old: Signer, new: Signer) -> None:
    with pytest.raises(NoteError):
        rotation_note(old, new)


def forged(*signers: Signer, header: str = HEADER, old: Signer = A, new: Signer = B, more: str = "") -> str:
    return sign_note(f"{header}\n{ORIGIN}\n{old.verifier.vkey}\n{new.verifier.vkey}\n{more}", *signers).decode()


@pytest.mark.parametrize(
    "note",
    [
        forged(A),
        forged(B),
        forged(A, C),
        forged(A, B, header="sirekap/log-rotation/v2"),
        forged(A, B, old=C),
        forged(A, new=A),
        forged(A, B, more="more\n"),
        forged(A, B).replace(B.verifier.vkey, C.verifier.vkey),
        sign_checkpoint(Checkpoint(ORIGIN, 9, bytes(32)), A).decode(),
        "",
    ],
)
def test_anything_but_both_signatures_over_the_text_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        open_rotation(note, A.verifier)


def test_chain_with_a_rotation_of_another_key_is_refused() -> None:
    with pytest.raises(NoteError):
        key_chain(A.verifier, [(9, rotation_note(B, C))])
