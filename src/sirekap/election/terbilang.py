"""Numbers in Indonesian words, as C.Hasil has them written beside the figures (terbilang)."""

from __future__ import annotations

MOST = 999_999_999
UNITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_SCALES = ((1_000_000, "juta"), (1_000, "ribu"), (100, "ratus"), (10, "puluh"))


def terbilang(number: int) -> str:
    """``number`` (0..999,999,999) in words, lower case: 1_117 is ``seribu seratus tujuh belas``.

    One ten, hundred and thousand are written together (``sepuluh``, ``seratus``, ``seribu``), a million is not. Raises
    ``ValueError`` outside the range.
    """
    if not 0 <= number <= MOST:
        raise ValueError(f"0..{MOST} can be written in words, got {number}")
    return " ".join(_words(number)) if number else UNITS[0]


def _words(number: int) -> list[str]:
    """The words of a positive number; none for zero."""
    if number < 10:
        return [UNITS[number]] if number else []
    if 10 < number < 20:
        return ["sebelas"] if number == 11 else [UNITS[number - 10], "belas"]
    for scale, name in _SCALES:
        if number >= scale:
            count, rest = divmod(number, scale)
            head = [f"se{name}"] if count == 1 and scale < 1_000_000 else [*_words(count), name]
            return head + _words(rest)
    raise AssertionError(number)
