"""Checkpoints of the log (https://c2sp.org/tlog-checkpoint): origin, tree size and root as a signed note."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sirekap.ledger.errors import NoteError
from sirekap.ledger.note import Note, Signer, Verifier, sign_note, verify_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
MAX_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log: ``origin`` names the log, ``size`` counts its leaves, ``root`` is 32 bytes."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != 32:
            raise _error("ukuran atau akar pohon salah", "the tree size or the root is wrong")
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise _error("asal atau baris tambahan salah", "the origin or an extension line is wrong")

    @property
    def text(self) -> str:
        """The note text."""
        root = base64.b64encode(self.root).decode("ascii")
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note text; raises `NoteError` unless formatting it again gives exactly ``text``."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not _SIZE.fullmatch(lines[1]):
        raise _error("barisnya tidak lengkap", "its lines are incomplete")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise _error("akar pohon bukan base64", "the root is not base64") from error
    checkpoint = Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))
    if checkpoint.text != text:
        raise _error("bentuknya tidak baku", "it is not in the standard form")
    return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """The signed note of a checkpoint; the signer's key name must be the origin."""
    if signer.name != checkpoint.origin:
        raise _error("nama kunci bukan asal log ini", "the key's name is not this log's origin")
    return sign_note(checkpoint.text, signer)


def open_checkpoint(note: bytes, log: Verifier, witnesses: Iterable[Verifier] = ()) -> tuple[Checkpoint, Note]:
    """The checkpoint in ``note``, signed by ``log`` under its own origin; raises `NoteError` otherwise.

    Which witnesses have signed stands in ``Note.verified``; a wrong signature of a known witness is an error.
    """
    opened = verify_note(note, (log, *witnesses))
    checkpoint = parse_checkpoint(opened.text)
    signed = {(signature.name, signature.key_id) for signature in opened.verified}
    if checkpoint.origin != log.name or (log.name, log.key_id) not in signed:
        raise _error("tidak ditandatangani oleh log ini", "this log has not signed it")
    return checkpoint, opened


def _error(text_id: str, text_en: str) -> NoteError:
    return NoteError(
        "checkpoint",
        f"Titik periksa buku besar tidak sah: {text_id}. Jangan dipakai; ambil ulang dari sumbernya.",
        f"The ledger checkpoint is not valid: {text_en}. Do not use it; fetch it again.",
    )
