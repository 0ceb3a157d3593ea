"""One station's figures as they are read aloud: every source beside what stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sirekap.election import chasil
from sirekap.election.contests import Pair
from sirekap.web.station_view import Column

MOST_SOURCES = 3
"""Sources shown beside the figures in force; all of them stand in the table of every field."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of one field. ``known``: it says something; ``differs``: something else than now."""

    value: int | None
    known: bool
    differs: bool


@dataclass(frozen=True, slots=True)
class VoteLine:
    """One row of section IV or V: its label, the pair (None in section V), every source, what stands now."""

    label: str
    row: str
    pair: Pair | None
    said: tuple[Said, ...]
    now: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of sections I-III, and the sources that say otherwise as (title, figure)."""

    now: int | None
    others: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class AdministrationLine:
    """One row of sections I-III: men, women, sum; ``None`` where the form has no such box."""

    label: str
    row: str
    cells: tuple[Cell | None, Cell | None, Cell | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read aloud. ``now``: title of the figures in force, empty when there are none."""

    sources: tuple[str, ...]
    now: str
    votes: tuple[VoteLine, ...]
    administration: tuple[AdministrationLine, ...]


def reading(columns: Sequence[Column], in_force: bool, pairs: Sequence[Pair]) -> Reading:
    """The figures of one station in the order they are read.

    ``columns``: the value chain, oldest first; ``in_force``: its last column is what stands now.
    """
    now = columns[-1] if in_force else None
    sources = [c for c in columns if c is not now]
    current: Mapping[str, int | None] = now.figures if now else {}
    stated = {name for column in columns for name in column.figures}
    shown = sources[-MOST_SOURCES:]
    return Reading(
        tuple(_short(c.title) for c in shown),
        now.title if now else "",
        tuple(_votes(pairs, shown, current, in_force)),
        tuple(_administration(stated, sources, current, in_force)),
    )


def _short(title: str) -> str:
    """A column's title in little space."""
    return _("Mesin") if title == _("Bacaan mesin") else title


def _votes(
    pairs: Sequence[Pair], sources: Sequence[Column], now: Mapping[str, int | None], in_force: bool
) -> list[VoteLine]:
    lines: list[tuple[str, str, str, Pair | None]] = [(f"votes_{p.number}", p.name, f"IV.{p.number}", p) for p in pairs]
    lines += [(f.id, f.label_id, f.row, None) for f in chasil.SUMMARY]
    return [
        VoteLine(label, row, pair, tuple(_said(name, c, now, in_force) for c in sources), now.get(name))
        for name, label, row, pair in lines
    ]


def _said(name: str, source: Column, now: Mapping[str, int | None], in_force: bool) -> Said:
    known = name in source.figures
    value = source.figures.get(name)
    return Said(value, known, in_force and known and value != now.get(name))


def _administration(
    stated: set[str], sources: Sequence[Column], now: Mapping[str, int | None], in_force: bool
) -> list[AdministrationLine]:
    by_stem: dict[str, list[chasil.Field]] = {}
    for entry in chasil.ADMINISTRATION:
        if entry.id in stated:
            by_stem.setdefault(entry.stem, []).append(entry)
    return [_line(members, sources, now, in_force) for members in by_stem.values()]


def _line(
    members: Sequence[chasil.Field], sources: Sequence[Column], now: Mapping[str, int | None], in_force: bool
) -> AdministrationLine:
    cells: dict[str, Cell] = {}
    for entry in members:
        said = [(c.title, c.figures[entry.id]) for c in sources if entry.id in c.figures]
        value = now.get(entry.id)
        others = tuple((t, v) for t, v in said if v != value) if in_force else tuple(said)
        cells[entry.column or "j"] = Cell(value, others)
    first = members[0]
    label = first.label_id if first.column is None or len(members) == 1 else first.label_id.rpartition(",")[0]
    return AdministrationLine(label, first.row, (cells.get("l"), cells.get("p"), cells.get("j")))
