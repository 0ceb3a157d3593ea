"""What the typst template knows how to set: the building blocks of running text. mm and points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sirekap.election.conduct import Capacity
from sirekap.paper.documents import words
from sirekap.paper.documents.model import Head, SignatureState, Signer
from sirekap.paper.typesetting import clean

Item = dict[str, Any]
Run = str | list[tuple[str, str]]
"""Plain text, or pieces of (``b`` bold, ``i`` italic or empty, text)."""

LONGEST, BREAK = 30, "\u200b"
"""Letters of a word that always fit a line, and the mark where it may break."""
_LONG = re.compile(rf"\S{{{LONGEST + 1},}}")
_ID = re.compile(r"\W?[0-9a-f-]{31,64}\W?")
BOX = 24.0
"""Height of a signature box."""


def tidy(text: Run) -> Any:
    """The text in characters our fonts have; a word longer than any line may break, ids and hashes excepted."""
    if isinstance(text, str):
        return _LONG.sub(_breakable, clean(text))
    return [[style, tidy(piece)] for style, piece in text]


def _breakable(word: re.Match[str]) -> str:
    whole = word[0]
    if _ID.fullmatch(whole):
        return whole
    return BREAK.join(whole[start : start + LONGEST] for start in range(0, len(whole), LONGEST))


def paragraph(text: Run, *, align: str = "j", size: float = 9.0, above: float = 7.0) -> Item:
    """One paragraph. ``align``: j justified, l, c, r."""
    return {"t": "p", "text": tidy(text), "align": align, "size": size, "above": above}


def heading(text: str, size: float = 9.0) -> Item:
    """A heading that stays with what follows."""
    return {"t": "h", "text": clean(text), "size": size}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    cells: tuple[Run, ...]
    bold: bool = False


def table(
    widths: Sequence[float | str],
    head: Sequence[str],
    rows: Sequence[Row],
    *,
    align: str,
    size: float = 8.0,
    tight: float = 1.1,
    top: bool = False,
) -> Item:
    """A table that breaks between rows and repeats its head. ``widths``: mm, 0 as needed, or a share such as ``"1"``.

    ``align``: one letter a column. ``top``: cells start at the top of their row.
    """
    return {
        "t": "table",
        "widths": list(widths),
        "head": [clean(cell) for cell in head],
        "rows": [{"cells": [tidy(cell) for cell in row.cells], "bold": row.bold} for row in rows],
        "align": list(align),
        "size": size,
        "tight": tight,
        "top": top,
    }


def pairs(
    rows: Sequence[tuple[Run, Run]],
    *,
    label: float = 34.0,
    size: float = 9.0,
    gap: float = 1.6,
    above: float = 7.0,
    justify: bool = False,
) -> Item:
    """Lines of label : value."""
    return {
        "t": "pairs",
        "rows": [[tidy(name), tidy(value)] for name, value in rows],
        "label": label,
        "size": size,
        "gap": gap,
        "above": above,
        "justify": justify,
    }


def listing(
    title: str, rows: Sequence[tuple[str, Run]], *, size: float = 10.0, above: float = 9.0, sticky: bool = False
) -> Item:
    """A decree's ``Menimbang : a. ...``. ``sticky``: it stays on the page of what follows."""
    return {
        "t": "list",
        "title": title,
        "rows": [[clean(mark), tidy(text)] for mark, text in rows],
        "label": 27.0,
        "marker": 6.5,
        "size": size,
        "gap": 1.6,
        "above": above,
        "sticky": sticky,
    }


def page_break() -> Item:
    """A new page, unless the page is still empty."""
    return {"t": "break"}


class Boxes:
    """Signature boxes of one document: numbers them, so that the places found on the pages can be told apart."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._places: dict[Capacity, int] = {}
        self.signers: list[Signer] = []

    def block(self, signers: Sequence[Signer], columns: int, height: float = BOX) -> Item:
        """All boxes, ``columns`` side by side."""
        return {"t": "sign", "columns": columns, "boxes": [self._box(signer, height) for signer in signers]}

    def right(self, lines: Sequence[Run], signer: Signer, title: str, size: float) -> Item:
        """Place, date and one box at the right, as letters are signed. ``title``: the signer's office in full."""
        inner: list[Item] = [{"t": "line", "text": tidy(line), "size": size} for line in lines]
        return {"t": "right", "w": 90.0, "items": [*inner, {"t": "box", "box": self._box(signer, 32.0, title)}]}

    def _box(self, signer: Signer, height: float, title: str = "") -> Item:
        place = self._places[signer.capacity] = self._places.get(signer.capacity, 0) + 1
        stamp, note = _stamp(signer)
        self.signers.append(signer)
        return {
            "n": len(self.signers) - 1,
            "h": height,
            "w": 0,
            "title": clean(title or words.signer_title(signer, self._head, place)),
            "name": clean(signer.name) or "Nama:",
            "stamp": stamp,
            "note": clean(note),
        }


def _stamp(signer: Signer) -> tuple[str, str]:
    if signer.state is SignatureState.REFUSED:
        return "TIDAK BERSEDIA MENANDATANGANI", f"Alasan: {signer.reason or 'tidak disebutkan'}"
    if signer.state is SignatureState.ABSENT:
        return "TIDAK HADIR", signer.reason
    return "", ""
