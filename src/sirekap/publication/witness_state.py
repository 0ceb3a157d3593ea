"""What a witness keeps on its own machine: its key, and what it saw of the log last."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sirekap.ledger.checkpoint import parse_checkpoint
from sirekap.ledger.errors import LedgerError, NoteError
from sirekap.ledger.note import COSIGNATURE, Signer, Verifier, parse_vkey, split_note, verify_note
from sirekap.ledger.witnessing import Forked, proves_fork

_PREFIX = "PRIVATE+KEY+"
_FORMAT = "sirekap-witness-state-1"
FORK_FORMAT = "sirekap-fork-1"


@dataclass(frozen=True, slots=True)
class Seen:
    """The log's key as trusted from the first time on (None: not known), and the last checkpoint seen."""

    log: Verifier | None
    note: bytes


def make_key(file: Path, name: str) -> Verifier:
    """Write a new witness key to ``file`` (0600) and its public half to ``file.vkey``.

    Raises `NoteError` for a bad name, `LedgerError` when a file is there already. The key file holds one line,
    ``PRIVATE+KEY+name+key id+base64(type || seed)``.
    """
    seed = secrets.token_bytes(32)
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(seed), COSIGNATURE)
    verifier = signer.verifier
    data = base64.b64encode(bytes((COSIGNATURE,)) + seed).decode("ascii")
    try:
        _write_new(file, f"{_PREFIX}{name}+{verifier.key_id.hex()}+{data}\n", 0o600)
        _write_new(public_file(file), verifier.vkey + "\n", 0o644)
    except FileExistsError as error:
        raise LedgerError(
            "key_exists",
            f"{error.filename} sudah ada dan tidak ditimpa. Pilih nama berkas lain.",
            f"{error.filename} exists and is not overwritten. Choose another file name.",
        ) from error
    return verifier


def public_file(file: Path) -> Path:
    """Where the public half of a witness key lies."""
    return file.with_name(file.name + ".vkey")


def load_key(file: Path) -> Signer:
    """The witness's signer; raises `LedgerError` unless ``file`` is what `make_key` wrote and closed to others."""
    try:
        if file.stat().st_mode & 0o077:
            raise LedgerError(
                "key_open",
                f"{file} dapat dibuka pengguna lain. Jalankan: chmod 600 {file}",
                f"{file} is open to other users. Run: chmod 600 {file}",
            )
        text = file.read_text(encoding="utf-8").strip()
        name, key_id, data = text.removeprefix(_PREFIX).split("+", 2)
        raw = base64.b64decode(data, validate=True)
        signer = Signer(name, Ed25519PrivateKey.from_private_bytes(raw[1:]), raw[0])
        if text.startswith(_PREFIX) and signer.kind == COSIGNATURE and signer.verifier.key_id.hex() == key_id:
            return signer
    except (OSError, UnicodeDecodeError, ValueError, binascii.Error, IndexError, NoteError):
        pass
    raise LedgerError(
        "key",
        f"{file} bukan kunci saksi. Buat dengan: sirekap ledger witness-key",
        f"{file} is no witness key. Make one with: sirekap ledger witness-key",
    )


def load_seen(file: Path) -> Seen | None:
    """What ``file`` says was seen: a state written by `save_seen`, or any checkpoint note. None when it is absent."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    try:
        found = json.loads(data)
        if found["format"] == _FORMAT:
            return Seen(parse_vkey(found["log"]), found["note"].encode())
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    try:
        split_note(data)
    except NoteError as error:
        raise LedgerError(
            "state",
            f"{file} bukan catatan saksi. Tanpa catatan itu buku besar yang terbelah tidak ketahuan; pulihkan dulu.",
            f"{file} is no witness's state. Without it a forked log goes unnoticed; restore it first.",
        ) from error
    return Seen(None, data)


def save_seen(file: Path, seen: Seen) -> None:
    """Replace the state, whole or not at all, durably."""
    assert seen.log is not None
    text = json.dumps({"format": _FORMAT, "log": seen.log.vkey, "note": seen.note.decode()}, indent=1) + "\n"
    temporary = file.with_name(file.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(descriptor)
    os.replace(temporary, file)


def save_fork(file: Path, forked: Forked, log: Verifier) -> Path:
    """Keep both notes that contradict each other beside ``file``; returns where."""
    name = hashlib.sha256(b"".join(forked.notes)).hexdigest()[:12]
    target = file.with_name(f"{file.name}.forked-{name}.json")
    kept = {
        "format": FORK_FORMAT,
        "log": log.vkey,
        "what": forked.text_en,
        "notes": [note.decode() for note in forked.notes],
        "prefix": forked.found.prefix.hex(),
        "proof": [part.hex() for part in forked.found.proof],
    }
    target.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return target


def fork_holds(file: Path, keys: Sequence[Verifier]) -> bool:
    """Whether a file of `save_fork` proves a fork of the log that has these keys. Raises `NoteError`, `LedgerError`."""
    try:
        kept = json.loads(file.read_bytes())
        notes = [note.encode() for note in kept["notes"]]
        prefix, proof = bytes.fromhex(kept["prefix"]), [bytes.fromhex(part) for part in kept["proof"]]
        if kept["format"] != FORK_FORMAT or len(notes) != 2:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LedgerError("fork", f"{file} bukan bukti keterbelahan.", f"{file} is no proof of a fork.") from error
    one, other = (parse_checkpoint(verify_note(note, keys).text) for note in notes)
    return proves_fork(one, other, prefix, proof)


def _write_new(file: Path, text: str, mode: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with open(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(descriptor)
