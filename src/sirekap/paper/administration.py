"""Page 1: sections I to III, voters and ballots. mm on A4."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sirekap.election import chasil
from sirekap.election.chasil import Column, Field
from sirekap.paper.frame import LEFT, RIGHT, Heading, frame
from sirekap.paper.layout import FieldPlace, Rect
from sirekap.paper.sheet import BOX_H, HAIR, LINE, Builder, Sheet, boxes, boxes_width

GROUP = 30.0
"""Width of one column of three digit boxes."""
ROW = 12.4
_SECTIONS = {
    "I": "DATA PEMILIH DAN PENGGUNA HAK PILIH",
    "II": "DATA PENGGUNAAN SURAT SUARA",
    "III": "DATA PEMILIH DISABILITAS",
}
_BANDS = {"I.A": "A.   DATA PEMILIH", "I.B": "B.   PENGGUNA HAK PILIH"}
_COLUMNS = {Column.MEN: "LAKI-LAKI (L)", Column.WOMEN: "PEREMPUAN (P)", Column.SUM: "JUMLAH (L+P)"}
_ADDED = {"I.B.4": " (B.1 + B.2 + B.3)", "II.1": " (II.2 + II.3 + II.4)"}


def administration(heading: Heading) -> Sheet:
    """The page of the required administration fields of the catalogue."""
    builder = Builder(1)
    frame(builder, heading, preamble=True)
    y = 62.2
    required = [field for field in chasil.fields(heading.columns) if field.section[0] == "I" and field.section != "IV"]
    for name, members in groupby(required, lambda field: field.section.split(".")[0]):
        y = _table(builder, name, list(members), y)
    return builder.done()


def row_label(field: Field) -> str:
    """The catalogue's label of a whole row, without its column."""
    return field.label_id.rpartition(", ")[0] if field.column else field.label_id


def _table(builder: Builder, section: str, fields: Sequence[Field], y: float) -> float:
    """One section from ``y`` down; returns where the next one starts."""
    builder.text(Rect(LEFT, y, RIGHT - LEFT, 5.0), f"{section}.", 8.0, bold=True)
    builder.text(Rect(LEFT + 8.0, y, RIGHT - LEFT, 5.0), _SECTIONS[section], 8.0, bold=True)
    top = y + 5.2
    columns = [field.column for field in fields[:3]] if fields[0].column else [None]
    edge = RIGHT - GROUP * len(columns)
    builder.centred(Rect(LEFT, top, edge - LEFT, 5.6), "URAIAN", 6.6)
    for n, column in enumerate(columns):
        title = _COLUMNS[column] if column else "JUMLAH"
        builder.centred(Rect(edge + n * GROUP, top, GROUP, 5.6), title, 6.6)
    y = top + 5.6
    spans: list[tuple[float, float]] = []
    for part, members in groupby(fields, lambda field: field.section):
        if part in _BANDS:
            builder.across(LEFT, RIGHT, y, LINE)
            builder.text(Rect(LEFT + 2.0, y, 120.0, 5.0), _BANDS[part], 7.0, bold=True)
            y += 5.0
        builder.across(LEFT, RIGHT, y, LINE)
        start = y
        for n, (_, row) in enumerate(groupby(members, lambda field: field.stem)):
            if n:
                builder.across(LEFT, RIGHT, y, HAIR)
            y = _row(builder, list(row), y, edge)
        spans.append((start, y))
    builder.frame(Rect(LEFT, top, RIGHT - LEFT, y - top))
    for n in range(len(columns)):
        for start, end in ((top, top + 5.6), *spans):
            builder.down(edge + n * GROUP, start, end, LINE)
    return y + 1.4


def _row(builder: Builder, fields: Sequence[Field], y: float, edge: float) -> float:
    first = fields[0]
    label = row_label(first) + _ADDED.get(first.row, "")
    number = first.row.rpartition(".")[2] if "." in first.row else "1"
    builder.text(Rect(LEFT + 3.0, y, 6.0, ROW), f"{number}.", 7.4)
    bold = first.stem.endswith("_total")
    builder.text(Rect(LEFT + 8.5, y, edge - LEFT - 11.0, ROW), label, 7.4, bold=bold)
    for n, field in enumerate(fields):
        x = edge + n * GROUP + (GROUP - boxes_width(field.digits)) / 2
        builder.fields.append(FieldPlace(field.id, boxes(x, y + (ROW - BOX_H) / 2, field.digits)))
    return y + ROW
