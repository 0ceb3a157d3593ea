"""Reads D.Hasil back from its PDF as a person does: by the headings of columns and the labels of rows, where they stand.

Knows nothing of the code that printed it: only texts on pages and where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

ROWS = {
    ("A", "Pemilih dalam DPT"): "roll_dpt",
    ("A", "Pemilih pindahan (DPPh)"): "roll_dpph",
    ("A", "Pemilih tambahan (DPTb)"): "roll_dptb",
    ("A", "Jumlah pemilih"): "roll_total",
    ("B", "Pengguna hak pilih dalam DPT"): "voted_dpt",
    ("B", "Pengguna hak pilih pindahan (DPPh)"): "voted_dpph",
    ("B", "Pengguna hak pilih tambahan (DPTb)"): "voted_dptb",
    ("B", "Jumlah pengguna hak pilih (B.1+B.2+B.3)"): "voted_total",
    ("II", "Surat suara diterima, termasuk cadangan (2+3+4)"): "ballots_received",
    ("II", "Surat suara digunakan"): "ballots_used",
    ("II", "Surat suara dikembalikan (rusak/keliru coblos)"): "ballots_spoiled",
    ("II", "Surat suara tidak digunakan, termasuk sisa cadangan"): "ballots_unused",
    ("III", "Pemilih disabilitas terdaftar"): "disabled_registered",
    ("III", "Pemilih disabilitas yang memilih"): "disabled",
    ("V", "Jumlah suara sah"): "valid",
    ("V", "Jumlah suara tidak sah"): "invalid",
    ("V", "Jumlah suara sah dan tidak sah (A+B)"): "total",
}
"""(section, label) -> stem of the field."""
FIGURE = re.compile(r"–|\d{1,3}(\.\d{3})*")


@dataclass(frozen=True, slots=True)
class Text:
    """One text on a page, in points from the lower left."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def x(self) -> float:
        """Its middle."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """Its middle."""
        return (self.bottom + self.top) / 2


@dataclass(slots=True)
class Table:
    """One page of a table: what its line under the title says, and figures by column heading and field."""

    about: str
    columns: dict[str, dict[str, int | None]] = field(default_factory=dict)


def texts(pdf: bytes) -> list[list[Text]]:
    """The texts of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [list(_texts(page)) for page in document]
    finally:
        document.close()


def tables(pdf: bytes) -> list[Table]:
    """Every page that holds a table of the catalogue's rows."""
    return [_table(page) for page in texts(pdf) if any(text.text == "URAIAN" for text in page)]


def _texts(page: pypdfium2.PdfPage) -> Iterator[Text]:
    textpage = page.get_textpage()
    for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], textpage=textpage):
        said = found.extract().strip()
        if said:
            yield Text(said, *found.get_bounds())


def _table(page: list[Text]) -> Table:
    first = next(text for text in page if re.match(r"I\. +DATA PEMILIH", text.text))
    caption = next(text for text in page if text.text == "URAIAN")
    foot = max(text.bottom for text in page if text.text == "PARAF" or text.text.startswith("HASH"))
    heads = _heads([t for t in page if t.bottom > first.top and abs(t.y - caption.y) < 13 and t.left > caption.right])
    body = [text for text in page if foot < text.bottom < first.top + 1]
    edge = 6 + max(text.right for text in body if text.text in ("L", "P", "J"))
    labels = _labels([text for text in body if text.left <= edge])
    about = " ".join(t.text for t in page if caption.top + 12 < t.bottom < caption.top + 34)
    table = Table(about, {head: {} for _, head in heads})
    figures = [text for text in body if text.left > edge and FIGURE.fullmatch(text.text)]
    rights = _rights(figures)
    assert len(rights) == len(heads)
    for text in figures:
        head = heads[min(range(len(rights)), key=lambda n: abs(rights[n] - text.right))][1]
        name = min(labels, key=lambda found: abs(found[0] - text.y))[1]
        assert name not in table.columns[head], (head, name, text)
        table.columns[head][name] = None if text.text == "–" else int(text.text.replace(".", ""))
    return table


def _rights(figures: list[Text]) -> list[float]:
    """Where the columns end: figures are set flush right."""
    out: list[float] = []
    for right in sorted(text.right for text in figures):
        if not out or right - out[-1] > 4:
            out.append(right)
    return out


def _heads(found: list[Text]) -> list[tuple[float, str]]:
    """(middle, words) of each column, from left to right; a heading's lines stand over each other."""
    columns: list[list[Text]] = []
    for text in sorted(found, key=lambda t: t.x):
        if columns and abs(columns[-1][0].x - text.x) < 6:
            columns[-1].append(text)
        else:
            columns.append([text])
    return [(lines[0].x, " ".join(t.text for t in sorted(lines, key=lambda t: -t.y))) for lines in columns]


def _whole(found: list[Text]) -> list[Text]:
    """Texts from top to bottom; the lines of a wrapped label are one text."""
    out: list[Text] = []
    for text in sorted(found, key=lambda t: -t.y):
        above = next((t for t in out if abs(t.left - text.left) < 2 and 0 < t.bottom - text.top < 3), None)
        if above is None:
            out.append(text)
        else:
            out[out.index(above)] = Text(f"{above.text} {text.text}", above.left, text.bottom, above.right, above.top)
    return out


def _labels(found: list[Text]) -> list[tuple[float, str]]:
    """(middle, field id) of each row, from section bands, labels and the marks L, P, J."""
    out: list[tuple[float, str]] = []
    section, marks = "", [text for text in found if text.text in ("L", "P", "J")]
    for text in _whole(found):
        band = re.match(r"(I|II|III|IV|V|A|B)\. +[A-Z]{2}", text.text)
        if band:
            section = band[1]
        elif section == "IV" and not re.fullmatch(r"\d+\.", text.text):
            number = next(t.text for t in found if re.fullmatch(r"\d+\.", t.text) and abs(t.y - text.y) < 3)
            out.append((text.y, f"votes_{number[:-1]}"))
        elif (section, text.text) in ROWS:
            stem = ROWS[section, text.text]
            own = [mark for mark in marks if abs(mark.y - text.y) < 21]
            triple = sorted(sorted(own, key=lambda m: abs(m.y - text.y))[:3], key=lambda m: -m.y)
            if section in ("A", "B", "III"):
                assert [mark.text for mark in triple] == ["L", "P", "J"], text
                out += [(mark.y, f"{stem}_{mark.text.lower()}") for mark in triple]
            else:
                out.append((text.y, stem))
    return out
