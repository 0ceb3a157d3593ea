"""The QR of a sheet: contest, station, page and generation, a checksum anyone may check, and an HMAC for the server.

Text, 37 characters of QR's alphanumeric alphabet (version 2, level M), upper case, no blanks::

    S1 F SSSSSSSSSSSSS P GG KKK MMMMMMMMMMMM CCC

``F`` form (G, B: C.Hasil of governor, regent; H, C: Salinan), station (13 digits), page, generation (01-99), key id
(16 bits), HMAC (the first 8 bytes of HMAC-SHA256 over everything before it), CRC-16 over everything before it. A sheet
printed without a key has neither key id nor HMAC (22 characters). The station of a blank sheet is 13 zeros.
"""

from __future__ import annotations

import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from sirekap.election.contests import SCOPE_LENGTH, ContestKind
from sirekap.keys import Key
from sirekap.paper.identity import MAX_PAGES, Form

PREFIX = "S1"
NO_STATION = "0" * 13
MAC_BYTES = 8
MAX_GENERATION = 99
Check = Callable[[bytes, bytes], bool]
"""Whether a MAC (8 bytes) belongs to the signed bytes: what a server passes to the reader."""

_FORMS = {
    "G": Form.CHASIL_GOVERNOR,
    "B": Form.CHASIL_REGENT,
    "H": Form.SALINAN_GOVERNOR,
    "C": Form.SALINAN_REGENT,
}
_LETTERS = {form: letter for letter, form in _FORMS.items()}
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:"
"""QR's alphanumeric alphabet without the blank, which programs like to strip."""
_PLAIN, _KEY, _MAC, _CRC = 19, 3, 12, 3


class QrCheck(StrEnum):
    """What is known of a QR's origin."""

    VALID = "valid"
    UNVERIFIED = "unverified"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Payload:
    """What a QR says. ``station`` is None on a blank sheet. ``mac`` is empty on a sheet printed without a key.

    ``check``: ``bad`` when the checksum fails, or the server's key did not sign it; ``unverified`` without a key.
    """

    text: str
    form: Form
    station: str | None
    page: int
    generation: int
    key_id: str = ""
    mac: bytes = b""
    check: QrCheck = QrCheck.UNVERIFIED

    @property
    def contest(self) -> ContestKind:
        """The kind of contest."""
        return self.form.contest

    @property
    def contest_id(self) -> str | None:
        """The contest's id by the station's region, e.g. ``pkwkk-3216``; None on a blank sheet."""
        return f"{self.contest}-{self.station[: SCOPE_LENGTH[self.contest]]}" if self.station else None

    @property
    def signed(self) -> bytes:
        """What the HMAC is over: the text before it, with the key id."""
        return self.text[: _PLAIN + _KEY].encode("ascii")


def encode(form: Form, station: str | None, page: int, generation: int = 1, key: Key | None = None) -> str:
    """The text of a sheet's QR; raises ``ValueError`` for a station that is not 13 digits, a page or generation."""
    code = NO_STATION if station is None else station
    if len(code) != 13 or not (code.isascii() and code.isdecimal()):
        raise ValueError(f"a station code has 13 digits, got {station!r}")
    if not 1 <= page <= MAX_PAGES or not 1 <= generation <= MAX_GENERATION:
        raise ValueError(f"no QR for page {page}, generation {generation}")
    text = f"{PREFIX}{_LETTERS[form]}{code}{page}{generation:02d}"
    if key is not None:
        text += key_id(key)
        text += _number(int.from_bytes(key.mac(text.encode("ascii"))[:MAC_BYTES]), _MAC)
    return text + _checksum(text)


def parse(text: str, check: Check | None = None) -> Payload | None:
    """What a QR's text says, or None when it is not one of ours.

    Without ``check`` (a phone, the public) a text whose checksum holds is ``unverified``. With it (the server) only
    what its key signed is ``valid``; a sheet of another key, or of none, is ``bad``.
    """
    signed = len(text) == _PLAIN + _KEY + _MAC + _CRC
    if not text.startswith(PREFIX) or (not signed and len(text) != _PLAIN + _CRC):
        return None
    form = _FORMS.get(text[2])
    numbers = text[3:_PLAIN]
    if form is None or not (numbers.isascii() and numbers.isdecimal()):
        return None
    station, page, generation = numbers[:13], int(numbers[13]), int(numbers[14:])
    if not 1 <= page <= MAX_PAGES or generation < 1:
        return None
    value = _value(text[_PLAIN + _KEY : -_CRC]) if signed else None
    mac = value.to_bytes(MAC_BYTES) if value is not None and value < 1 << 8 * MAC_BYTES else b""
    payload = Payload(
        text=text,
        form=form,
        station=None if station == NO_STATION else station,
        page=page,
        generation=generation,
        key_id=text[_PLAIN : _PLAIN + _KEY] if signed else "",
        mac=mac,
        check=QrCheck.UNVERIFIED,
    )
    return _with_check(payload, _verdict(payload, check, signed))


def checker(key: Key) -> Check:
    """The server's check with its QR key, in constant time."""

    def check(signed: bytes, mac: bytes) -> bool:
        return hmac.compare_digest(key.mac(signed)[:MAC_BYTES], mac)

    return check


def key_id(key: Key) -> str:
    """Three characters that tell one QR key from another and nothing of the secret."""
    return _number(int.from_bytes(key.mac(b"sirekap qr key id")[:2]), _KEY)


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The 25 x 25 modules of the QR, True is dark; version 2 with the strongest correction that fits."""
    import segno

    code = segno.make_qr(text, version=2, error="m", boost_error=True)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def _verdict(payload: Payload, check: Check | None, signed: bool) -> QrCheck:
    text = payload.text
    if text[-_CRC:] != _checksum(text[:-_CRC]) or (signed and not payload.mac):
        return QrCheck.BAD
    if check is None:
        return QrCheck.UNVERIFIED
    return QrCheck.VALID if payload.mac and check(payload.signed, payload.mac) else QrCheck.BAD


def _with_check(payload: Payload, check: QrCheck) -> Payload:
    return replace(payload, check=check)


def _checksum(text: str) -> str:
    return _number(binascii.crc_hqx(text.encode("utf-8"), 0xFFFF), _CRC)


def _number(value: int, length: int) -> str:
    out = ""
    for _ in range(length):
        value, digit = divmod(value, len(_DIGITS))
        out = _DIGITS[digit] + out
    return out


def _value(text: str) -> int | None:
    value = 0
    for character in text:
        digit = _DIGITS.find(character)
        if digit < 0:
            return None
        value = value * len(_DIGITS) + digit
    return value
