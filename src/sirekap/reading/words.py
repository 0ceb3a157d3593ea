"""Amounts in words as a second opinion: a general text recogniser, then the nearest of the thousand number words.

Needs the extra ``words`` (`rapidocr`, 27 MB); slow (about 0.1 s a field), so it is off unless asked for.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sirekap.election.terbilang import terbilang
from sirekap.paper.layout import Rect
from sirekap.reading.numbers import FIGURES
from sirekap.reading.registration import Registration
from sirekap.reading.result import FieldEvidence

HEIGHT = 48
"""Pixels of a straightened line; the recogniser's own height."""
LINE = 9.0
"""mm above which a place for words holds two lines."""
NEAREST, FARTHEST = 3, 5
"""Edit distance up to which a number word is accepted, and from which nothing is said."""
CANDIDATES = 5
SHORTEST = 3


class WordsUnavailable(RuntimeError):
    """The recogniser is not installed."""

    def __init__(self) -> None:
        super().__init__("rapidocr is not installed")
        self.text_id = "Pembaca huruf belum terpasang; jalankan `uv sync --extra words`, atau baca tanpa --words."
        self.text_en = "The words reader is not installed; run `uv sync --extra words`, or leave out --words."


def available() -> bool:
    """Whether the extra ``words`` is installed."""
    return importlib.util.find_spec("rapidocr") is not None


def with_words(
    grey: NDArray[np.uint8], found: Registration, fields: Mapping[str, FieldEvidence]
) -> dict[str, FieldEvidence]:
    """The evidence with ``words`` filled in where the page has a place; `WordsUnavailable` without the extra."""
    out = dict(fields)
    for place in found.page.fields:
        if place.words is None or place.field not in out:
            continue
        said = [recognise(line) for line in lines(grey, found, place.field, place.words)]
        out[place.field] = replace(out[place.field], words=spelled(said))
    return out


def spelled(said: Sequence[str]) -> dict[int, float]:
    """`candidates` of all lines, or of the first alone when together they spell nothing (print may stand below)."""
    return candidates(" ".join(said)) or candidates(said[0] if said else "")


def lines(grey: NDArray[np.uint8], found: Registration, field: str, rect: Rect) -> list[NDArray[np.uint8]]:
    """The straightened lines (48 pixels high) of a place for words."""
    count = 2 if rect.h > LINE else 1
    height = rect.h / count
    return [_straight(grey, found, field, Rect(rect.x, rect.y + n * height, rect.w, height)) for n in range(count)]


def _straight(grey: NDArray[np.uint8], found: Registration, field: str, rect: Rect) -> NDArray[np.uint8]:
    width = round(HEIGHT * rect.w / rect.h)
    scale = np.array([[rect.w / width, 0, rect.x], [0, rect.h / HEIGHT, rect.y], [0, 0, 1.0]])
    matrix = found.at(field, rect) @ scale
    how = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(grey, matrix, (width, HEIGHT), flags=how, borderValue=255), np.uint8)


def recognise(line: NDArray[np.uint8]) -> str:
    """The text of one line (height, width) in grey, empty when nothing is written there."""
    if _empty(line):
        return ""
    answer = _engine()(cv2.cvtColor(line, cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True)
    return " ".join(answer.txts or ()) if answer is not None else ""


def _empty(line: NDArray[np.uint8]) -> bool:
    paper = float(np.percentile(line, 80))
    return float((line < 0.6 * paper).mean()) < 0.004


@functools.cache
def _engine() -> Any:
    if not available():
        raise WordsUnavailable
    import logging

    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"Global.log_level": "error"})


@functools.cache
def _lexicon() -> tuple[str, ...]:
    return tuple(letters(terbilang(n)) for n in range(FIGURES))


def letters(text: str) -> str:
    """Capital letters only; signs that are often read for letters are taken as those."""
    plain = text.upper().translate(str.maketrans("01345689|", "OIEASGBGI"))
    return re.sub(r"[^A-Z]", "", plain)


def candidates(text: str) -> dict[int, float]:
    """Numbers 0..999 that ``text`` may spell, with probabilities that leave room for none; empty when it spells none.

    An edit distance of at most 3 is accepted, from 5 nothing is said; a distance that several numbers share is shared.
    """
    written = letters(text)
    if len(written) < SHORTEST:
        return {}
    distances = {n: edit_distance(written, word, FARTHEST) for n, word in enumerate(_lexicon())}
    best = min(distances.values())
    allowed = min(FARTHEST - 1, max(1, len(written) // 3))
    if best > allowed:
        return {}
    weights = {n: 12.0 ** -(d - best) for n, d in distances.items() if d < FARTHEST and d - best <= 2}
    total = sum(weights.values())
    sure = 0.985 if best <= 1 else 0.95 if best <= NEAREST else 0.5
    ranked = sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:CANDIDATES]
    return {n: sure * weight / total for n, weight in ranked}


def edit_distance(first: str, second: str, limit: int) -> int:
    """Levenshtein distance, or ``limit`` when it is that or more."""
    if abs(len(first) - len(second)) >= limit:
        return limit
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)
