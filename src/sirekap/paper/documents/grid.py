"""Tables of catalogue rows against stations or regions: cut into pages of columns, each page with its sums. mm.

Every column is one text of as many lines as the table has rows, which typst sets far quicker than a cell a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sirekap.election import chasil
from sirekap.election.chasil import Column, Field
from sirekap.election.contests import Contest
from sirekap.election.sheet import Values, column_sums
from sirekap.paper.documents import words
from sirekap.paper.documents.model import Paper
from sirekap.paper.documents.page import INITIALS, MM, Page, turned, upright
from sirekap.paper.typesetting import clean

SMALLEST_PITCH = 3.75
"""Rows are no lower than this where the paper allows; else the sheet is set upright."""
MARK = 5.5
_DIGIT, _STOP, _CAP = 0.572, 0.268, 0.714
"""Widths and height of capitals in Noto Sans, in em."""
_PAD = 1.0
_SECTIONS = {
    "I": "DATA PEMILIH DAN PENGGUNA HAK PILIH",
    "II": "DATA PENGGUNAAN SURAT SUARA",
    "III": "DATA PEMILIH DISABILITAS",
    "IV": "RINCIAN PEROLEHAN SUARA PASANGAN CALON",
    "V": "JUMLAH SUARA SAH DAN TIDAK SAH",
}
_BANDS = {"I.A": "A.  DATA PEMILIH", "I.B": "B.  PENGGUNA HAK PILIH"}
_ADDED = {"I.B.4": " (B.1+B.2+B.3)", "II.1": " (2+3+4)", "V.C": " (A+B)"}
_MARKS = {Column.MEN: "L", Column.WOMEN: "P", Column.SUM: "J"}


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One column: its heading, its figures; ``note`` stands under the heading (a re-vote)."""

    head: str
    values: Values
    note: str = ""


@dataclass(frozen=True, slots=True)
class GridPage:
    """One page: the columns on it, and its sums, (heading, figures)."""

    columns: tuple[GridColumn, ...]
    sums: tuple[tuple[str, Values], ...]


def row_label(field: Field, contest: Contest) -> str:
    """A row's label without its column; the pair's name for its votes."""
    if field.section == "IV":
        return words.pair_name(contest, int(field.stem.rpartition("_")[2]))
    label = field.label_id.rpartition(", ")[0] if field.column else field.label_id
    return label + _ADDED.get(field.row, "")


def row_number(field: Field, fields: Sequence[str]) -> str:
    """A row's number within its section, as on C.Hasil."""
    if field.row == "III":
        return "2." if "disabled_registered_j" in fields else "1."
    return f"{field.row.rpartition('.')[2]}."


class Grid:
    """The geometry of one sheet's tables: rows are the same on all its pages."""

    def __init__(self, paper: Paper, contest: Contest, fields: Sequence[str], caption: str) -> None:
        self.fields = tuple(fields)
        self._contest = contest
        self._caption = caption
        lines = self._lines()
        across = turned(paper)
        self.head = 9.0
        fits = (across.tall - INITIALS - self.head) / lines >= SMALLEST_PITCH
        self.page: Page = across if fits else upright(paper)
        self.label = min(96.0, self.page.wide * 0.235) if fits else 58.0
        self.pitch = min((self.page.tall - INITIALS - self.head) / lines, 6.6)
        self.size = min(self.pitch * 0.64 * MM, 9.6)
        self.label_size = min(self.size * 0.92, 8.6)

    def geometry(self) -> dict[str, Any]:
        """What the template needs once."""
        return {
            "label": self.label,
            "mark": MARK,
            "pitch": self.pitch,
            "head": self.head,
            "height": self.head + self.pitch * self._lines(),
            "cap": self.size / MM * _CAP,
            "size": self.size,
            "label_size": self.label_size,
            "head_size": 7.0,
            "pad": _PAD,
            "caption": clean(self._caption),
            "first": self.head + self.pitch * self._leading(),
            "rows": self._rows(),
        }

    def cut(self, columns: Sequence[GridColumn], narrowest: float, last: str) -> list[GridPage]:
        """The columns in pages of about equal width, with sums of each page and so far; ``last``: heading of the end.

        ``narrowest``: mm that a column's heading needs.
        """
        total = column_sums([column.values for column in columns], len(self.fields))
        one = max([narrowest, *(self._width(column.values) for column in columns)])
        wide = self._width(total, bold=True)
        room = self.page.wide - self.label
        if len(columns) * one + wide <= room:
            return [GridPage(tuple(columns), ((last, total),))]
        each = max(1, int((room - 3 * wide) // one))
        count = -(-len(columns) // each)
        each = -(-len(columns) // count)
        out, before = [], None
        for start in range(0, len(columns), each):
            chosen = tuple(columns[start : start + each])
            here = column_sums([column.values for column in chosen], len(self.fields))
            sums: list[tuple[str, Values]] = [("JUMLAH HALAMAN INI", here)]
            if before is not None:
                so_far = column_sums([before, here], len(self.fields))
                end = start + each >= len(columns)
                sums += [("JUMLAH PINDAHAN", before), (last if end else "JUMLAH SAMPAI HALAMAN INI", so_far)]
                before = so_far
            else:
                before = here
            out.append(GridPage(chosen, tuple(sums)))
        return out

    def part(
        self, table: int, page: GridPage, places: Sequence[Sequence[str]], initials: Sequence[str], *, widest: float
    ) -> dict[str, Any]:
        """One page for the template. ``widest``: mm that a column is at most given; ``initials``: who signs briefly."""
        wide = max(self._width(values, bold=True) for _, values in page.sums)
        room = self.page.wide - self.label - wide * len(page.sums)
        each = min(room / len(page.columns), widest)
        x, out = self.label, []
        for column in page.columns:
            heading = f"{column.head}\n{column.note}" if column.note else column.head
            out.append(self._column(x, each, heading, column.values, total=False))
            x += each
        for heading, values in page.sums:
            out.append(self._column(x, wide, heading, values, total=True))
            x += wide
        return {
            "kind": "grid",
            "table": table,
            "width": x,
            "columns": out,
            "places": [list(place) for place in places],
            "initials": list(initials),
        }

    def _column(self, x: float, width: float, head: str, values: Values, *, total: bool) -> dict[str, Any]:
        figures = dict(zip(self.fields, values, strict=True))
        lines = ["" if field is None else words.number(figures[field]) for field in self._order()]
        text = "\n".join(lines[self._leading() :])
        return {
            "x": round(x, 3),
            "w": round(width, 3),
            "head": clean(head),
            "fit": len(head) > len("TPS\n001"),
            "text": text,
            "total": total,
        }

    def _width(self, values: Values, *, bold: bool = False) -> float:
        """What the widest figure needs, at least what a heading of sums needs."""
        longest = max((words.number(value) for value in values), key=len, default="0")
        stops = longest.count(".")
        need = ((len(longest) - stops) * _DIGIT + stops * _STOP) * self.size / MM
        return max(need * (1.06 if bold else 1.0) + _PAD + 1.0, 14.0 if bold else 0.0)

    def _sections(self) -> list[tuple[str, list[tuple[str, list[list[Field]]]]]]:
        """Sections of parts of rows of fields, in form order."""
        members = [chasil.BY_ID[name] for name in self.fields]
        return [
            (
                section,
                [
                    (part, [list(row) for _, row in groupby(rows, lambda field: field.stem)])
                    for part, rows in groupby(parts, lambda field: field.section)
                ],
            )
            for section, parts in groupby(members, lambda field: field.section.split(".")[0])
        ]

    def _order(self) -> list[str | None]:
        """The field of each line; None for a band."""
        order: list[str | None] = []
        for _, parts in self._sections():
            order.append(None)
            for part, rows in parts:
                if part in _BANDS:
                    order.append(None)
                order += [field.id for row in rows for field in row]
        return order

    def _lines(self) -> int:
        return len(self._order())

    def _leading(self) -> int:
        """Bands before the first figure."""
        return next(n for n, field in enumerate(self._order()) if field is not None)

    def _rows(self) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        y = self.head
        for section, parts in self._sections():
            out.append(self._band(y, f"{section}.  {_SECTIONS[section]}"))
            y += self.pitch
            for part, rows in parts:
                if part in _BANDS:
                    out.append(self._band(y, _BANDS[part]))
                    y += self.pitch
                for row in rows:
                    out.append(self._row(y, row))
                    y += self.pitch * len(row)
        return out

    def _band(self, y: float, text: str) -> dict[str, Any]:
        return {"kind": "band", "y": y, "h": self.pitch, "text": text}

    def _row(self, y: float, row: list[Field]) -> dict[str, Any]:
        first = row[0]
        return {
            "kind": "row",
            "y": y,
            "h": self.pitch * len(row),
            "number": row_number(first, self.fields),
            "text": clean(row_label(first, self._contest)),
            "marks": [_MARKS[field.column] for field in row if field.column],
            "bold": first.stem.endswith("_total") or first.section in ("IV", "V"),
        }
