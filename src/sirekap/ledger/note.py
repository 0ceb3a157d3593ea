"""Signed notes (https://c2sp.org/signed-note) with Ed25519, and Ed25519 cosignatures (https://c2sp.org/tlog-cosignature).

A note is a text that ends in a newline, an empty line, and lines ``— <key name> base64(key id || signature)``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sirekap.ledger.errors import NoteError

ED25519 = 0x01
"""Signature type of a plain note signature, 64 bytes."""
COSIGNATURE = 0x04
"""Signature type of a witness's cosignature: 8 bytes of POSIX seconds, then 64 bytes."""

MAX_SIGNATURES = 100
MAX_TIME = 2**63 - 1
MAX_NOTE = 1 << 20
"""Largest note read, in bytes."""
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under a name: 32 raw Ed25519 bytes, signature type `ED25519` or `COSIGNATURE`."""

    name: str
    public_key: bytes
    kind: int = ED25519

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_key) != 32 or self.kind not in (ED25519, COSIGNATURE):
            raise _error("kunci publik bukan Ed25519", "the public key is not an Ed25519 key")

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name || 0x0A || type || public key)."""
        return sha256(self.name.encode() + bytes((0x0A, self.kind)) + self.public_key).digest()[:4]

    @property
    def vkey(self) -> str:
        """Text form: ``name+hex(key id)+base64(type || public key)``."""
        return f"{self.name}+{self.key_id.hex()}+{_b64(bytes((self.kind,)) + self.public_key)}"

    def verify(self, text: str, signature: bytes) -> bool:
        """Whether ``signature`` (without key id) is this key's over the note text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            if _time(signature) > MAX_TIME:
                return False
            message, signature = _cosigned(text, _time(signature)), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name. The key never appears in its repr."""

    name: str
    private_key: Ed25519PrivateKey = field(repr=False)
    kind: int = ED25519

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.private_key.public_key().public_bytes_raw(), self.kind)

    def sign(self, text: str, at: int | None = None) -> Signature:
        """Sign the note text. A cosignature needs ``at``, POSIX seconds; a plain signature must have none."""
        if (self.kind == COSIGNATURE) != (at is not None):
            raise _error("waktu hanya untuk tanda tangan saksi", "a time belongs to a cosignature, and only there")
        if at is None:
            data = self.private_key.sign(text.encode())
        elif 0 <= at <= MAX_TIME:
            data = at.to_bytes(8, "big") + self.private_key.sign(_cosigned(text, at))
        else:
            raise _error("waktu di luar jangkauan", "the time is out of range")
        return Signature(self.name, self.verifier.key_id, data, at)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. ``time`` (POSIX seconds) is set only on a verified or freshly made cosignature."""

    name: str
    key_id: bytes
    data: bytes
    time: int | None = None

    @property
    def line(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {_b64(self.key_id + self.data)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note. Only ``verified`` signatures say anything; ``unknown`` ones are from keys not asked about."""

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


def parse_vkey(text: str) -> Verifier:
    """The verifier a vkey text names; raises `NoteError` unless name, id and key fit each other."""
    parts = text.split("+", 2)
    if len(parts) == 3:
        data = _unb64(parts[2])
        if data and len(data) == 33:
            verifier = Verifier(parts[0], data[1:], data[0])
            if verifier.vkey == text:
                return verifier
    raise _error("teks kunci publik rusak", "the public key text is damaged")


def sign_note(text: str, *signers: Signer) -> bytes:
    """The note of ``text`` with one plain signature line per signer."""
    _check_text(text)
    if not signers:
        raise _error("tidak ada penanda tangan", "there is no signer")
    return (text + "\n" + "".join(signer.sign(text).line for signer in signers)).encode()


def cosign(note: bytes, signer: Signer, at: int) -> bytes:
    """The note with a cosignature line added; ``at`` in POSIX seconds. Verify the note and its history first."""
    text, _ = split_note(note)
    return note + signer.sign(text, at).line.encode()


def verify_note(note: bytes, verifiers: Iterable[Verifier]) -> Note:
    """Parse and verify a note.

    Raises `NoteError` when it is malformed, when a signature of a known key fails, or when no known key signed it.
    """
    text, signatures = split_note(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    verified, unknown = [], []
    for signature in signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            unknown.append(signature)
        elif not verifier.verify(text, signature.data):
            raise _error(f"tanda tangan {signature.name} tidak cocok", f"the signature of {signature.name} is wrong")
        else:
            time = _time(signature.data) if verifier.kind == COSIGNATURE else None
            verified.append(Signature(signature.name, signature.key_id, signature.data, time))
    if not verified:
        raise _error("tidak ada tanda tangan dari kunci yang dikenal", "no known key has signed it")
    return Note(text, tuple(verified), tuple(unknown))


def split_note(note: bytes) -> tuple[str, tuple[Signature, ...]]:
    """Text and signature lines of a note, nothing verified; raises `NoteError` when malformed."""
    if len(note) > MAX_NOTE:
        raise _error("catatan terlalu besar", "the note is too large")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _error("catatan bukan UTF-8", "the note is not UTF-8") from error
    head, empty, tail = whole.rpartition("\n\n")
    lines = tail.split("\n")
    if not empty or lines.pop() or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise _error("baris tanda tangan rusak", "the signature lines are damaged")
    text = head + "\n"
    _check_text(text)
    return text, tuple(_parse_line(line) for line in lines)


def _parse_line(line: str) -> Signature:
    parts = line.removeprefix(_DASH).split(" ")
    data = _unb64(parts[1]) if line.startswith(_DASH) and len(parts) == 2 else None
    if data is None or len(data) < 5:
        raise _error("baris tanda tangan rusak", "a signature line is damaged")
    _check_name(parts[0])
    return Signature(parts[0], data[:4], data[4:])


def _time(cosignature: bytes) -> int:
    return int.from_bytes(cosignature[:8], "big")


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _check_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise _error(f"nama kunci {name!r} tidak sah", f"the key name {name!r} is not allowed")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise _error("teks catatan tidak sah", "the note text is not allowed")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise _error("teks catatan bukan UTF-8", "the note text is not UTF-8")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes | None:
    """Decoded bytes, or None unless ``text`` is the one canonical encoding of them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _b64(data) == text else None


def _error(text_id: str, text_en: str) -> NoteError:
    return NoteError(
        "note",
        f"Catatan bertanda tangan tidak dapat dipercaya: {text_id}. Abaikan isinya dan ambil ulang dari sumbernya.",
        f"The signed note cannot be trusted: {text_en}. Ignore what it says and fetch it again.",
    )
