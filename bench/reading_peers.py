"""Other readers on the same pictures: three-digit numbers in three printed boxes, exact match.

A peer is given every number twice, with the printed boxes and with the boxes' insides side by side, and the better of
its two scores counts.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench import reading_crops
from bench.reading_crops import Task, rng_of
from bench.reading_stats import rate
from bench.second_renderer import capture, forms, hand, ink, photograph
from sirekap.paper import templates
from sirekap.paper.layout import Rect
from sirekap.reading import crops, digits

Bytes = NDArray[np.uint8]
HEIGHT = 96
"""Pixels of a strip: about what both peers are made for."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number: what is written, with and without the printed boxes, and what our net reads."""

    written: str
    boxed: Bytes
    inside: Bytes
    ours: str


def numbers(task: Task) -> list[Number]:
    """The numbers of one page of votes, three digits each, photographed."""
    rng = rng_of(task, 6)
    layout = templates.get("kwk-gubernur-4")
    page = layout.page(1)
    hands = reading_crops.source(task.source)
    writer = hand.draw(hands.writer(int(rng.integers(len(hands)))), rng)
    fields = {}
    for place in page.fields:
        value = int(rng.integers(100, 1000))
        boxes, _ = forms.spell(value, forms.Lead.ZERO, rng)
        fields[place.field] = forms.Filled(value, value, boxes)
    form = forms.Form(layout.columns, fields)
    shot = capture.draw(task.profile, page.width, page.height, rng).scaled(task.long_side)
    out = []
    for patch in photograph.patches(layout.name, page, form, writer, ink.stock(rng), shot, rng):
        picture, homography = reading_crops.as_read(patch)
        for place in patch.places:
            read = digits.log_probabilities(crops.cut(picture, homography, place.digits))
            ours = "".join(str(best) if best < 10 else "?" for best in read.argmax(axis=1))
            first, last = place.digits[0], place.digits[-1]
            whole = Rect(first.x, first.y, last.right - first.x, first.h).grown(0.06)
            inside = [_cut(picture, homography, box.grown(-0.07)) for box in place.digits]
            written = f"{form.fields[place.field].written:03d}"
            out.append(Number(written, _cut(picture, homography, whole), np.hstack(inside), ours))
    return out


def compare(found: Sequence[Number], *, wanted: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """Figures of all three, and why a peer is missing."""
    figures = rate("ours_number", sum(number.ours == number.written for number in found), len(found))
    notes: dict[str, str] = {}
    for name, prepare in (("rapidocr", _rapidocr), ("tesseract", _tesseract)):
        key = f"peer_{name}_number"
        read = prepare() if wanted else None
        if read is None:
            figures |= {key: None, f"{key}_n": 0}
            notes[name] = f"{HOW[name]}: null" if wanted else "not asked for: null"
            continue
        right = [
            sum(_digits(text) == number.written for text, number in zip(read(pictures), found, strict=True))
            for pictures in ([number.boxed for number in found], [number.inside for number in found])
        ]
        figures |= rate(key, max(right), len(found))
        notes[name] = f"right with boxes {right[0]}, without {right[1]}, of {len(found)}"
    return figures, notes


HOW = {
    "rapidocr": "not installed (extra `words`)",
    "tesseract": "not installed (Debian package tesseract-ocr)",
}


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text.replace("O", "0").replace("o", "0").replace("l", "1").replace("I", "1"))


def _cut(grey: Bytes, homography: NDArray[np.float64], rect: Rect) -> Bytes:
    scale = rect.h / HEIGHT
    width = round(rect.w / scale)
    matrix = homography @ np.array([[scale, 0, rect.x], [0, scale, rect.y], [0, 0, 1.0]])
    cut: Bytes = cv2.warpPerspective(
        grey, matrix, (width, HEIGHT), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return cut


def _rapidocr() -> Callable[[list[Bytes]], list[str]] | None:
    if importlib.util.find_spec("rapidocr") is None:
        return None
    import logging

    from rapidocr import RapidOCR  # type: ignore[import-not-found, unused-ignore]

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    engine = RapidOCR()

    def read(pictures: list[Bytes]) -> list[str]:
        out = []
        for picture in pictures:
            got = engine(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True)
            out.append("".join(got.txts or ()))
        return out

    return read


def _tesseract() -> Callable[[list[Bytes]], list[str]] | None:
    program = shutil.which("tesseract")
    if program is None:
        return None

    def read(pictures: list[Bytes]) -> list[str]:
        with tempfile.TemporaryDirectory(prefix="sirekap-peer-") as name:
            folder = Path(name)
            for number, picture in enumerate(pictures):
                cv2.imwrite(
                    str(folder / f"{number:05d}.png"), cv2.copyMakeBorder(picture, 20, 20, 20, 20, cv2.BORDER_REPLICATE)
                )
            listed = folder / "list.txt"
            listed.write_text("\n".join(str(folder / f"{number:05d}.png") for number in range(len(pictures))) + "\n")
            command = [program, str(listed), "stdout", "--psm", "7", "-c", "tessedit_char_whitelist=0123456789"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        return (done.stdout.split("\f") + [""] * len(pictures))[: len(pictures)]

    return read
