"""The log's keys over time. A rotation is an entry of the log itself, signed by the old key and by the new one.

The key in force at tree size n is the new key of the last rotation whose leaf index is below n. The note's text is

    sirekap/log-rotation/v1
    <origin>
    <old vkey>
    <new vkey>

each line ended by a newline. Both keys bear the origin as their name; their key ids tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sirekap.ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from sirekap.ledger.errors import NoteError
from sirekap.ledger.note import ED25519, Note, Signer, Verifier, parse_vkey, sign_note, split_note, verify_note

HEADER = "sirekap/log-rotation/v1"
ENTRY_KIND = "log.rotated"


@dataclass(frozen=True, slots=True)
class KeyInForce:
    """A key of the log and the smallest tree size whose checkpoint it signs. ``entry``: the rotation's leaf index."""

    verifier: Verifier
    since: int
    entry: int | None


def rotation_note(old: Signer, new: Signer) -> str:
    """The note that hands the log over from ``old`` to ``new``; raises `NoteError` unless both bear its origin."""
    if old.name != new.name or old.kind != ED25519 or new.kind != ED25519 or old.verifier == new.verifier:
        raise _error("kunci lama dan baru tidak cocok", "the old and the new key do not fit")
    text = "".join(f"{line}\n" for line in (HEADER, old.name, old.verifier.vkey, new.verifier.vkey))
    return sign_note(text, old, new).decode()


def open_rotation(note: str, old: Verifier) -> Verifier:
    """The key that ``old`` hands the log over to; raises `NoteError` unless both have signed exactly that."""
    text, _ = split_note(note.encode())
    lines = text.split("\n")
    if len(lines) != 5 or lines[:3] != [HEADER, old.name, old.vkey] or lines[4]:
        raise _error("isinya bukan serah terima dari kunci ini", "it is no handing over by this key")
    new = parse_vkey(lines[3])
    if new.name != old.name or new.kind != ED25519 or new == old:
        raise _error("kunci barunya salah", "its new key is wrong")
    signed = {signature.key_id for signature in verify_note(note.encode(), (old, new)).verified}
    if signed != {old.key_id, new.key_id}:
        raise _error("tidak ditandatangani kedua kunci", "not both keys have signed it")
    return new


def key_chain(first: Verifier, rotations: Iterable[tuple[int, str]]) -> tuple[KeyInForce, ...]:
    """The keys from ``first`` on, following (leaf index, note) of every rotation after it, in order."""
    chain = [KeyInForce(first, 0, None)]
    for index, note in rotations:
        chain.append(KeyInForce(open_rotation(note, chain[-1].verifier), index + 1, index))
    return tuple(chain)


def key_at(chain: Sequence[KeyInForce], size: int) -> Verifier:
    """The key that signs the checkpoint of ``size`` leaves."""
    return next(key.verifier for key in reversed(chain) if key.since <= size or key.entry is None)


def open_in_chain(
    note: bytes, chain: Sequence[KeyInForce], witnesses: Iterable[Verifier] = ()
) -> tuple[Checkpoint, Note]:
    """The checkpoint in ``note``, signed by the key in force at its size; raises `NoteError` otherwise."""
    claimed = parse_checkpoint(split_note(note)[0])
    return open_checkpoint(note, key_at(chain, claimed.size), witnesses)


def _error(text_id: str, text_en: str) -> NoteError:
    return NoteError(
        "rotation",
        f"Pergantian kunci buku besar tidak sah: {text_id}. Jangan percaya kunci barunya.",
        f"The rotation of the log's key is not valid: {text_en}. Do not trust the new key.",
    )
