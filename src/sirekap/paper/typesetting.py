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
    """The text without control characters (newlines stay), composed."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c)[0] != "C")


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
