"""Texts to PDF/A with typst: our own fonts only, no clock, the same bytes from the same texts."""

from __future__ import annotations

import functools
import json
import unicodedata
from collections.abc import Sequence
from importlib import resources
from typing import Any, Final

import typst

from sirekap.paper.sheet import HEIGHT, WIDTH, Align, Caption

STANDARD: Final = "a-2b"
AUTHOR = "Sirekap"
GLYPHS = ((0x20, 0x7E), (0xA0, 0x24F), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026))
"""What all three shipped fonts can show."""


class TypesettingError(Exception):
    """typst refused; a bug of ours, since texts are data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.text_id = f"Halaman tidak dapat disusun ({reason}). Laporkan ini sebagai kesalahan program."
        self.text_en = f"The page cannot be typeset ({reason}). Report this as a bug."


def pages_of_text(pages: Sequence[Sequence[Caption]], title: str) -> bytes:
    """A PDF/A-2b of A4 pages that hold nothing but these texts."""
    data = {
        "title": clean(title),
        "author": AUTHOR,
        "width": WIDTH,
        "height": HEIGHT,
        "pages": [[_caption(caption) for caption in page] for page in pages],
    }
    try:
        found: Any = _compiler().compile(
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=0,
            pdf_tags=False,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise TypesettingError(str(error)) from error
    return bytes(found)


def clean(text: str) -> str:
    """The text in characters that our fonts have: others lose their accents, or become a question mark."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_printable(c) for c in composed if c == "\n" or unicodedata.category(c)[0] not in "CM")


def _printable(character: str) -> str:
    if character == "\n" or _has(character):
        return character
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if _has(c))
    return plain or "?"


def _has(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in GLYPHS)


def _caption(caption: Caption) -> dict[str, Any]:
    rect = caption.rect
    return {
        "x": round(rect.x, 3),
        "y": round(rect.y, 3),
        "w": round(rect.w, 3),
        "h": round(rect.h, 3),
        "text": clean(caption.text),
        "size": caption.size,
        "bold": caption.bold,
        "italic": caption.italic,
        "align": Align(caption.align).value,
        "grey": caption.grey,
        "leading": caption.leading,
        "one": "\n" in caption.text or rect.h < caption.size * 0.8,
    }


@functools.cache
def _compiler() -> typst.Compiler:
    package = resources.files("sirekap.paper")
    return typst.Compiler(
        str(package.joinpath("sheet.typ")),
        font_paths=[str(package.joinpath("fonts"))],
        ignore_system_fonts=True,
    )
