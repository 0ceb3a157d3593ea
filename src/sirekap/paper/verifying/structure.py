"""The bytes of a document before its first signature: every one belongs to exactly one object in use.

No second cross-reference, no free, doubled or unreferenced object, no bytes between objects: nothing can be hidden
in the file for a later reader to find (ISO 32000-1, 7.5; "shadow attacks", Mainka et al. 2021).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from sirekap.paper.signing import revision
from sirekap.paper.signing.errors import SigningError

HEADER = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"
MOST_OBJECTS = 200_000
_STREAM = re.compile(rb"[1-9][0-9]{0,6} 0 obj\n<<.*?>>\nstream\n", re.S)
_LENGTH = re.compile(rb"/Length ([0-9]{1,9})(?= )")


class Misbuilt(Exception):
    """The file is not in the one form; the argument names the part."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Cross-reference: object -> offset, object -> (object stream, place), and the table's own number."""

    offsets: dict[int, int]
    packed: dict[int, tuple[int, int]]


def check_base(base: bytes) -> None:
    """Raise :class:`Misbuilt` unless the first revision is built as `signing.prepare` builds it."""
    if not base.startswith(HEADER):
        raise Misbuilt("header")
    try:
        last = revision.tail(base)
    except SigningError:
        raise Misbuilt("trailer") from None
    if last.previous is not None:
        raise Misbuilt("revisions")
    table = _table(base, last)
    _check_numbers(table, last)
    order = sorted(table.offsets.items(), key=lambda item: item[1])
    if order[0][1] != len(HEADER) or order[-1][1] != last.startxref:
        raise Misbuilt("first or last object")
    ends = [offset for _, offset in order[1:]] + [base.rindex(b"startxref\n")]
    for (number, start), end in zip(order, ends, strict=True):
        _check_object(base, number, start, end)


def _table(base: bytes, last: revision.Tail) -> _Table:
    head = _STREAM.match(base, last.startxref, last.startxref + 1200)
    widths = re.search(rb"/W \[ 1 ([1-4]) ([1-3]) \]", head[0]) if head else None
    length = _LENGTH.search(head[0]) if head else None
    if head is None or widths is None or length is None or b"/Index" in head[0] or last.size > MOST_OBJECTS:
        raise Misbuilt("cross-reference")
    first, second = int(widths[1]), int(widths[2])
    row = 1 + first + second
    if b"/Filter /FlateDecode /DecodeParms << /Columns %d /Predictor 12 >>" % row not in head[0]:
        raise Misbuilt("cross-reference filter")
    raw = _inflated(base[head.end() : head.end() + int(length[1])], (row + 1) * last.size)
    return _rows(_unpredicted(raw, row), first)


def _inflated(data: bytes, size: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        out = engine.decompress(data, size + 1)
    except zlib.error:
        raise Misbuilt("cross-reference data") from None
    if len(out) != size or not engine.eof or engine.unused_data:
        raise Misbuilt("cross-reference size")
    return out


def _unpredicted(raw: bytes, row: int) -> list[bytes]:
    """Rows of a table under PNG's "up" predictor."""
    out, before = [], bytes(row)
    for start in range(0, len(raw), row + 1):
        if raw[start] != 2:
            raise Misbuilt("cross-reference predictor")
        before = bytes((a + b) & 0xFF for a, b in zip(before, raw[start + 1 : start + 1 + row], strict=True))
        out.append(before)
    return out


def _rows(rows: list[bytes], first: int) -> _Table:
    offsets: dict[int, int] = {}
    packed: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        kind, one, two = row[0], int.from_bytes(row[1 : 1 + first], "big"), int.from_bytes(row[1 + first :], "big")
        if number == 0:
            if (kind, one) != (0, 0):
                raise Misbuilt("free objects")
        elif kind == 1 and two == 0:
            offsets[number] = one
        elif kind == 2:
            packed[number] = (one, two)
        else:
            raise Misbuilt("free objects")
    if not offsets or len(set(offsets.values())) != len(offsets):
        raise Misbuilt("doubled objects")
    return _Table(offsets, packed)


def _check_numbers(table: _Table, last: revision.Tail) -> None:
    """Packed objects lie in object streams that exist, each place once and without gaps."""
    places: dict[int, set[int]] = {}
    for container, place in table.packed.values():
        if container not in table.offsets or place in places.setdefault(container, set()):
            raise Misbuilt("packed objects")
        places[container].add(place)
    if any(len(found) != max(found) + 1 for found in places.values()):
        raise Misbuilt("packed objects")
    if len(table.offsets) + len(table.packed) != last.size - 1:
        raise Misbuilt("count of objects")


def _check_object(base: bytes, number: int, start: int, end: int) -> None:
    opening = b"%d 0 obj\n" % number
    if not base.startswith(opening, start) or not base.endswith(b"\nendobj\n", start, end):
        raise Misbuilt(f"object {number}")
    stream = _STREAM.match(base, start, end)
    if stream is None:
        if base.find(b"endobj", start, end - 7) != -1:
            raise Misbuilt(f"object {number}")
        return
    length = _LENGTH.findall(base, start, stream.end())
    rest = b"\nendstream\nendobj\n"
    if len(length) != 1 or base[stream.end() + int(length[0]) : end] != rest or b"endobj" in stream[0]:
        raise Misbuilt(f"stream {number}")
