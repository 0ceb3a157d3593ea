"""Reading the register's CSV files: a chain of small validators, each failure one sentence.

Pure: text in, rows or complaints out. A complaint names the file, line and column and speaks to a
clerk, in Indonesian and English.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sirekap.election.contests import ContestKind

MAX_COMPLAINTS = 20
MAX_ROLL = 2000

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong in one place. ``line`` counts from 1 (the header); ``column`` is its name."""

    file: str
    line: int
    column: str
    text_id: str
    text_en: str

    def sentence(self, language: str = "id") -> str:
        """The complaint as one sentence."""
        text = self.text_id if language == "id" else self.text_en
        where = f"{self.file}, baris {self.line}" if language == "id" else f"{self.file}, line {self.line}"
        column = f", kolom {self.column}" if language == "id" else f", column {self.column}"
        return f"{where}{column if self.column else ''}: {text}"


@dataclass(frozen=True, slots=True)
class Line:
    """One data row and its place in the file."""

    number: int
    cells: Row


Check = Callable[[str, Line], Iterable[Complaint]]


def read(
    file: str, text: str, header: tuple[str, ...], optional: tuple[str, ...] = ()
) -> tuple[list[Line], list[Complaint]]:
    """Rows of a CSV text whose header holds at least ``header``; a byte-order mark is accepted."""
    cleaned = text.removeprefix("\ufeff")
    if "\0" in cleaned:
        return [], [Complaint(file, 1, "", "berkas ini bukan teks CSV.", "this is not a CSV text file.")]
    try:
        lines = list(csv.reader(io.StringIO(cleaned, newline="")))
    except csv.Error:
        return [], [
            Complaint(
                file,
                1,
                "",
                "tidak dapat dibaca sebagai CSV; mungkin ada tanda kutip yang tidak ditutup.",
                "cannot be read as CSV; a quotation mark may not be closed.",
            )
        ]
    if not lines or not lines[0]:
        return [], [Complaint(file, 1, "", "berkas kosong.", "the file is empty.")]
    found = [name.strip() for name in lines[0]]
    missing = [name for name in header if name not in found]
    unknown = [name for name in found if name not in (*header, *optional)]
    if missing or unknown or len(set(found)) != len(found):
        hint = " Pemisah kolom harus koma." if ";" in lines[0][0] else ""
        hint_en = " Columns are separated by commas." if ";" in lines[0][0] else ""
        return [], [
            Complaint(
                file,
                1,
                ", ".join(missing or unknown or found),
                f"judul kolom harus {', '.join(header)}.{hint}",
                f"the header must be {', '.join(header)}.{hint_en}",
            )
        ]
    return _cells(file, lines, found)


def _cells(file: str, lines: list[list[str]], found: list[str]) -> tuple[list[Line], list[Complaint]]:
    rows: list[Line] = []
    complaints: list[Complaint] = []
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(found):
            complaints.append(
                Complaint(
                    file,
                    number,
                    "",
                    f"ada {len(cells)} kolom, seharusnya {len(found)}; mungkin berkas terpotong.",
                    f"there are {len(cells)} columns, not {len(found)}; the file may be cut off.",
                )
            )
        else:
            rows.append(Line(number, dict(zip(found, (c.strip() for c in cells), strict=True))))
    if not rows and not complaints:
        complaints.append(Complaint(file, 2, "", "tidak ada baris data.", "there are no data rows."))
    return rows, complaints


def digits(column: str, *lengths: int) -> Check:
    """The column holds a code of one of these lengths, digits only."""

    def check(file: str, line: Line) -> Iterator[Complaint]:
        value = line.cells[column]
        if not re.fullmatch(r"[0-9]+", value) or len(value) not in lengths:
            wanted = " atau ".join(map(str, lengths))
            wanted_en = " or ".join(map(str, lengths))
            yield Complaint(
                file,
                line.number,
                column,
                f"“{value}” bukan kode {wanted} angka.",
                f"“{value}” is not a code of {wanted_en} digits.",
            )

    return check


def whole_number(column: str, low: int, high: int) -> Check:
    """The column holds a whole number between ``low`` and ``high``."""

    def check(file: str, line: Line) -> Iterator[Complaint]:
        value = line.cells[column]
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            yield Complaint(
                file,
                line.number,
                column,
                f"“{value}” bukan bilangan bulat antara {low} dan {high}.",
                f"“{value}” is not a whole number between {low} and {high}.",
            )

    return check


def filled(column: str, longest: int) -> Check:
    """The column is not empty and not longer than ``longest`` characters."""

    def check(file: str, line: Line) -> Iterator[Complaint]:
        if not 0 < len(line.cells[column]) <= longest:
            yield Complaint(
                file,
                line.number,
                column,
                f"wajib diisi, paling panjang {longest} huruf.",
                f"must be filled in, at most {longest} characters.",
            )

    return check


def at_most(column: str, longest: int) -> Check:
    """The column, which may be empty, is not longer than ``longest`` characters."""

    def check(file: str, line: Line) -> Iterator[Complaint]:
        if len(line.cells[column]) > longest:
            yield Complaint(
                file,
                line.number,
                column,
                f"paling panjang {longest} huruf.",
                f"must have at most {longest} characters.",
            )

    return check


def contest_kind(column: str) -> Check:
    """The column names a kind of contest."""

    def check(file: str, line: Line) -> Iterator[Complaint]:
        if line.cells[column] not in set(ContestKind):
            yield Complaint(
                file,
                line.number,
                column,
                f"“{line.cells[column]}” bukan jenis pemilihan; pakai pkwkp (gubernur) atau pkwkk (bupati/wali kota).",
                f"“{line.cells[column]}” is not a contest; use pkwkp (governor) or pkwkk (regent/mayor).",
            )

    return check


def colour(column: str) -> Check:
    """The column holds a colour like ``#B67352``."""

    def check(file: str, line: Line) -> Iterator[Complaint]:
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", line.cells[column]):
            yield Complaint(
                file, line.number, column, "warna ditulis seperti #B67352.", "a colour is written like #B67352."
            )

    return check


def unique(file: str, lines: Iterable[Line], *columns: str) -> Iterator[Complaint]:
    """No two rows share the same values in ``columns``."""
    first: dict[tuple[str, ...], int] = {}
    for line in lines:
        key = tuple(line.cells[c] for c in columns)
        if key in first:
            yield Complaint(
                file,
                line.number,
                columns[-1],
                f"“{' '.join(key)}” sudah ada pada baris {first[key]}.",
                f"“{' '.join(key)}” stands on line {first[key]} already.",
            )
        first.setdefault(key, line.number)


def apply(file: str, lines: Iterable[Line], checks: Iterable[Check]) -> list[Complaint]:
    """All complaints of the checks over the lines."""
    checks = tuple(checks)
    return [complaint for line in lines for check in checks for complaint in check(file, line)]


def regions(text: str) -> tuple[dict[str, str], list[Complaint]]:
    """``code,name`` -> names by code."""
    lines, complaints = read("regions.csv", text, ("code", "name"))
    complaints += apply("regions.csv", lines, [digits("code", 2, 4, 6, 10), filled("name", 120)])
    complaints += unique("regions.csv", lines, "code")
    codes = {line.cells["code"] for line in lines}
    shorter = {4: 2, 6: 4, 10: 6}
    for line in lines:
        code = line.cells["code"]
        if len(code) in shorter and code[: shorter[len(code)]] not in codes:
            complaints.append(
                Complaint(
                    "regions.csv",
                    line.number,
                    "code",
                    f"wilayah induk {code[: shorter[len(code)]]} tidak ada dalam berkas.",
                    f"its parent region {code[: shorter[len(code)]]} is not in the file.",
                )
            )
    return {line.cells["code"]: line.cells["name"] for line in lines}, complaints


def pairs(text: str) -> tuple[list[Row], list[Complaint]]:
    """``contest,number,name,colour,commission_id`` -> rows in file order."""
    lines, complaints = read("pairs.csv", text, ("contest", "number", "name", "colour", "commission_id"))
    checks = [
        contest_kind("contest"),
        whole_number("number", 1, 10),
        filled("name", 200),
        colour("colour"),
        at_most("commission_id", 20),
    ]
    complaints += apply("pairs.csv", lines, checks)
    complaints += unique("pairs.csv", lines, "contest", "number")
    return [line.cells for line in lines], complaints


def stations(text: str, known_regions: Iterable[str]) -> tuple[list[Row], list[Complaint]]:
    """``code,dpt_l,dpt_p`` (optional ``contests``) -> rows in file order."""
    lines, complaints = read("stations.csv", text, ("code", "dpt_l", "dpt_p"), ("contests",))
    checks = [digits("code", 13), whole_number("dpt_l", 0, MAX_ROLL), whole_number("dpt_p", 0, MAX_ROLL)]
    complaints += apply("stations.csv", lines, checks)
    complaints += unique("stations.csv", lines, "code")
    known = set(known_regions)
    for line in lines:
        village = line.cells["code"][:10]
        if len(line.cells["code"]) == 13 and village not in known:
            complaints.append(
                Complaint(
                    "stations.csv",
                    line.number,
                    "code",
                    f"desa/kelurahan {village} tidak dikenal.",
                    f"village {village} is unknown.",
                )
            )
        for kind in line.cells.get("contests", "").split():
            if kind not in set(ContestKind):
                complaints.append(
                    Complaint(
                        "stations.csv",
                        line.number,
                        "contests",
                        f"“{kind}” bukan jenis pemilihan.",
                        f"“{kind}” is not a contest.",
                    )
                )
    return [line.cells for line in lines], complaints
