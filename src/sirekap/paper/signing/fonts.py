"""The one font of signature appearances: Noto Sans cut down to Western Latin, embedded as it is.

``latin.ttf`` is part of the file format: documents that were signed with it are checked by drawing their boxes again.
It was made from ``paper/fonts/NotoSans-Regular.ttf`` (SIL Open Font License 1.1) with fontTools' ``pyftsubset``.
"""

from __future__ import annotations

import functools
import struct
from importlib import resources

FIRST, LAST = 32, 255
ENCODING = "cp1252"


@functools.cache
def program() -> bytes:
    """The TrueType font program."""
    return resources.files("sirekap.paper.signing").joinpath("latin.ttf").read_bytes()


@functools.cache
def widths() -> tuple[int, ...]:
    """Advance of each byte `FIRST` to `LAST` of Windows-1252, in thousandths of the font size; 0: not there."""
    tables, font = _tables(), program()
    (units,) = struct.unpack_from(">H", font, tables["head"] + 18)
    (count,) = struct.unpack_from(">H", font, tables["hhea"] + 34)
    glyphs = _glyphs(tables["cmap"])
    out = []
    for code in range(FIRST, LAST + 1):
        try:
            glyph = glyphs.get(ord(bytes([code]).decode(ENCODING)))
        except UnicodeDecodeError:
            glyph = None
        if glyph is None:
            out.append(0)
            continue
        (advance,) = struct.unpack_from(">H", font, tables["hmtx"] + 4 * min(glyph, count - 1))
        out.append(round(advance * 1000 / units))
    return tuple(out)


def encoded(text: str) -> bytes:
    """The text in the font's encoding; characters it lacks become a question mark."""
    from sirekap.paper.typesetting import clean

    raw = clean(" ".join(text.split())).encode(ENCODING, "replace")
    return bytes(c if FIRST <= c <= LAST and widths()[c - FIRST] else 0x3F for c in raw)


def length(text: bytes) -> int:
    """Width of encoded text in thousandths of the font size."""
    return sum(widths()[c - FIRST] for c in text)


def _tables() -> dict[str, int]:
    font = program()
    (count,) = struct.unpack_from(">H", font, 4)
    out = {}
    for n in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * n)
        out[tag.decode("ascii")] = offset
    return out


def _glyphs(cmap: int) -> dict[int, int]:
    """Unicode -> glyph of the font's format 4 subtable."""
    font = program()
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for n in range(count):
        (offset,) = struct.unpack_from(">L", font, cmap + 4 + 8 * n + 4)
        start = cmap + offset
        if struct.unpack_from(">H", font, start)[0] == 4:
            return _format_4(start)
    raise AssertionError("latin.ttf has no format 4 character map")


def _format_4(start: int) -> dict[int, int]:
    font = program()
    segments = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", font, start + 14)
    at = start + 16 + 2 * segments
    starts = struct.unpack_from(f">{segments}H", font, at)
    deltas = struct.unpack_from(f">{segments}H", font, at + 2 * segments)
    place = at + 4 * segments
    offsets = struct.unpack_from(f">{segments}H", font, place)
    out = {}
    for n in range(segments):
        for code in range(starts[n], min(ends[n], 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                (glyph,) = struct.unpack_from(">H", font, place + 2 * n + offsets[n] + 2 * (code - starts[n]))
            out[code] = (glyph + deltas[n]) & 0xFFFF
    return {code: glyph for code, glyph in out.items() if glyph}
