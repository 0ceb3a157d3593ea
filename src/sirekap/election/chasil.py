"""The field catalogue of C.HASIL-KWK: the one list every other room derives its fields from.

Source: MODEL C.HASIL-KWK-GUBERNUR / -BUPATI/WALIKOTA (PKPU 18/2024). Figures are integers;
``None`` means the paper leaves the box empty or the field was not entered.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_COLUMNS = 10
"""Most vote columns a contest may have (candidate pairs plus a blank column)."""

COLUMNS_PER_PAGE = 4
"""Vote columns on one page of the form; more flow to further pages."""

Figures = Mapping[str, int | None]
"""Field id -> figure, the shape every room uses for what one form says."""


class Column(StrEnum):
    """The three columns of administration rows: men, women, sum."""

    MEN = "l"
    WOMEN = "p"
    SUM = "j"


@dataclass(frozen=True, slots=True)
class Field:
    """One box on the form.

    ``row`` is the form's own numbering (``I.B.4``); ``stem`` groups the L/P/J columns of a
    row; ``digits`` is the number of digit boxes; ``optional`` marks rows only some layouts
    print; ``blind`` marks figures the station committee keys before it sees any reading.
    ``page`` is ``None`` for the last page, whose number depends on the vote columns (`page_of`).
    """

    id: str
    stem: str
    row: str
    section: str
    label_id: str
    label_en: str
    column: Column | None
    page: int | None
    digits: int = 3
    optional: bool = False
    blind: bool = False

    @property
    def maximum(self) -> int:
        """Largest figure the boxes can hold."""
        return int(10**self.digits - 1)


_COLUMN_LABEL_ID = {Column.MEN: "laki-laki", Column.WOMEN: "perempuan", Column.SUM: "jumlah"}
_COLUMN_LABEL_EN = {Column.MEN: "men", Column.WOMEN: "women", Column.SUM: "sum"}

# (stem, row, section, label_id, label_en, has L/P/J columns, page, optional)
_ROWS: tuple[tuple[str, str, str, str, str, bool, int, bool], ...] = (
    ("roll_dpt", "I.A.1", "I.A", "Pemilih dalam DPT", "Voters on the permanent roll (DPT)", True, 1, False),
    ("roll_dpph", "I.A.2", "I.A", "Pemilih pindahan (DPPh)", "Movers (DPPh)", True, 1, True),
    ("roll_dptb", "I.A.3", "I.A", "Pemilih tambahan (DPTb)", "ID-card voters (DPTb)", True, 1, True),
    ("roll_total", "I.A.4", "I.A", "Jumlah pemilih", "Voters, total", True, 1, True),
    ("voted_dpt", "I.B.1", "I.B", "Pengguna hak pilih dalam DPT", "Voted, permanent roll (DPT)", True, 1, False),
    ("voted_dpph", "I.B.2", "I.B", "Pengguna hak pilih pindahan (DPPh)", "Voted, movers (DPPh)", True, 1, False),
    ("voted_dptb", "I.B.3", "I.B", "Pengguna hak pilih tambahan (DPTb)", "Voted, ID card (DPTb)", True, 1, False),
    ("voted_total", "I.B.4", "I.B", "Jumlah pengguna hak pilih", "Voted, total", True, 1, False),
    (
        "ballots_received",
        "II.1",
        "II",
        "Surat suara diterima, termasuk cadangan",
        "Ballots received, with reserve",
        False,
        1,
        False,
    ),
    ("ballots_used", "II.2", "II", "Surat suara digunakan", "Ballots used", False, 1, False),
    (
        "ballots_spoiled",
        "II.3",
        "II",
        "Surat suara dikembalikan (rusak/keliru coblos)",
        "Ballots returned, spoiled",
        False,
        1,
        False,
    ),
    (
        "ballots_unused",
        "II.4",
        "II",
        "Surat suara tidak digunakan, termasuk sisa cadangan",
        "Ballots unused",
        False,
        1,
        False,
    ),
    (
        "disabled_registered",
        "III.1",
        "III",
        "Pemilih disabilitas terdaftar",
        "Disabled voters registered",
        True,
        1,
        True,
    ),
    ("disabled", "III", "III", "Pemilih disabilitas yang memilih", "Disabled voters who voted", True, 1, False),
)


def _expand() -> tuple[Field, ...]:
    out: list[Field] = []
    for stem, row, section, label_id, label_en, has_columns, page, optional in _ROWS:
        for column in tuple(Column) if has_columns else (None,):
            suffix = f", {_COLUMN_LABEL_ID[column]}" if column else ""
            suffix_en = f", {_COLUMN_LABEL_EN[column]}" if column else ""
            out.append(
                Field(
                    id=f"{stem}_{column}" if column else stem,
                    stem=stem,
                    row=row,
                    section=section,
                    label_id=label_id + suffix,
                    label_en=label_en + suffix_en,
                    column=column,
                    page=page,
                    optional=optional,
                )
            )
    return tuple(out)


def vote_field(number: int) -> Field:
    """The votes of candidate pair ``number`` (or of the blank column), section IV, from page 2 on."""
    if not 1 <= number <= MAX_COLUMNS:
        raise ValueError(f"vote column must be 1..{MAX_COLUMNS}, got {number}")
    return Field(
        id=f"votes_{number}",
        stem=f"votes_{number}",
        row=f"IV.{number}",
        section="IV",
        label_id=f"Suara pasangan calon nomor urut {number}",
        label_en=f"Votes of candidate pair {number}",
        column=None,
        page=2 + (number - 1) // COLUMNS_PER_PAGE,
        blind=True,
    )


ADMINISTRATION: tuple[Field, ...] = _expand()
"""Sections I-III in form order."""

VOTES: tuple[Field, ...] = tuple(vote_field(n) for n in range(1, MAX_COLUMNS + 1))
"""Section IV for the widest contest."""

SUMMARY: tuple[Field, ...] = (
    Field("valid", "valid", "V.A", "V", "Jumlah suara sah", "Valid votes", None, None, blind=True),
    Field("invalid", "invalid", "V.B", "V", "Jumlah suara tidak sah", "Invalid votes", None, None, blind=True),
    Field(
        "total",
        "total",
        "V.C",
        "V",
        "Jumlah suara sah dan tidak sah",
        "Valid and invalid votes",
        None,
        None,
        blind=True,
    ),
)
"""Section V, on the last page."""

CATALOGUE: tuple[Field, ...] = ADMINISTRATION + VOTES + SUMMARY
"""Every field any contest can have, in form order."""

BY_ID: dict[str, Field] = {field.id: field for field in CATALOGUE}


@functools.cache
def fields(columns: int, *, optional: bool = False) -> tuple[Field, ...]:
    """Fields of a form with ``columns`` vote columns, in form order.

    ``optional=True`` adds the rows that only some layouts print.
    """
    if not 1 <= columns <= MAX_COLUMNS:
        raise ValueError(f"a contest has 1..{MAX_COLUMNS} vote columns, got {columns}")
    administration = tuple(f for f in ADMINISTRATION if optional or not f.optional)
    return administration + VOTES[:columns] + SUMMARY


@functools.cache
def field_ids(columns: int, *, optional: bool = False) -> tuple[str, ...]:
    """The ids of :func:`fields`."""
    return tuple(f.id for f in fields(columns, optional=optional))


@functools.cache
def blind_ids(columns: int) -> tuple[str, ...]:
    """Fields the station committee keys before any reading is shown (votes, valid, invalid, total)."""
    return tuple(f.id for f in fields(columns) if f.blind)


def page_count(columns: int) -> int:
    """Pages of a form: administration, one per four vote columns, section V. ``ValueError`` unless 1..10 columns."""
    if not 1 <= columns <= MAX_COLUMNS:
        raise ValueError(f"a contest has 1..{MAX_COLUMNS} vote columns, got {columns}")
    return 2 + -(-columns // COLUMNS_PER_PAGE)


def page_of(field_id: str, columns: int) -> int:
    """The page of a field, from 1; ``KeyError`` for a field that no form with ``columns`` vote columns has."""
    if field_id not in field_ids(columns, optional=True):
        raise KeyError(field_id)
    page = BY_ID[field_id].page
    return page_count(columns) if page is None else page


@functools.cache
def fields_of_page(page: int, columns: int, *, optional: bool = False) -> tuple[Field, ...]:
    """The fields of :func:`fields` on one page, in form order; ``ValueError`` for a page the form does not have."""
    if not 1 <= page <= page_count(columns):
        raise ValueError(f"a form with {columns} vote columns has pages 1..{page_count(columns)}, got {page}")
    return tuple(f for f in fields(columns, optional=optional) if page_of(f.id, columns) == page)
