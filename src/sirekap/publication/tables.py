"""The rows of the figure tables: plain tuples, made once, so that templates only print."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from sirekap.election import chasil
from sirekap.election.chasil import Column, Figures
from sirekap.election.contests import Pair
from sirekap.election.rules_base import Identity
from sirekap.election.rules_table import IDENTITIES
from sirekap.election.standing import Standing
from sirekap.publication.model import StationView
from sirekap.publication.texts import Text, say

Cell = tuple[int | None, int | str | None]
"""What the paper was stated to say (``None`` = not asked) and what stands now; ``""`` prints nothing."""

SECTIONS = {
    "I.A": say("I.A Data pemilih"),
    "I.B": say("I.B Pengguna hak pilih"),
    "II": say("II. Surat suara"),
    "III": say("III. Pemilih disabilitas"),
    "IV": say("IV. Perolehan suara"),
    "V": say("V. Suara sah dan tidak sah"),
}


def _label(members: list[chasil.Field]) -> Text:
    first = members[0]
    if first.column is None:
        return Text(first.label_id, first.label_en)
    return Text(first.label_id.rpartition(",")[0], first.label_en.rpartition(",")[0])


class _Stem(NamedTuple):
    label: Text
    row: str
    section: str
    ids: tuple[str | None, str | None, str]


def _stems() -> tuple[_Stem, ...]:
    by_stem: dict[str, list[chasil.Field]] = {}
    for entry in chasil.ADMINISTRATION:
        by_stem.setdefault(entry.stem, []).append(entry)
    out = []
    for stem, members in by_stem.items():
        own = {m.column: m.id for m in members}
        ids = (own.get(Column.MEN), own.get(Column.WOMEN), own.get(Column.SUM, stem))
        out.append(_Stem(_label(members), members[0].row, members[0].section, ids))
    return tuple(out)


_STEMS = _stems()
_SUMMARY = tuple(_Stem(Text(f.label_id, f.label_en), f.row, f.section, (None, None, f.id)) for f in chasil.SUMMARY)


def administration(now: Figures, before: Figures | None = None) -> list[tuple[Text, list[Cell]]]:
    """Sections I-III as (label, [men, women, sum]); rows the layout does not print are left out.

    With ``before``, a cell also carries the earlier figure, for the page to show what changed.
    """
    old: Figures = before or {}
    rows: list[tuple[Text, list[Cell]]] = []
    for stem in _STEMS:
        if stem.ids[2] in now:
            rows.append((stem.label, [(old.get(i), now.get(i)) if i else (None, "") for i in stem.ids]))
    return rows


class Figure(NamedTuple):
    """One figure. ``earlier``: what stood before it, oldest first. ``computed``: the sum of its parts, if another."""

    value: int | None
    earlier: tuple[int | None, ...] = ()
    computed: int | None = None


class Line(NamedTuple):
    """One row of the form: label (a pair's name in section IV), number; men, women, sum (``None``: not asked)."""

    label: str
    row: str
    cells: tuple[Figure | None, Figure | None, Figure]
    pair: Pair | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """Every row of the form by section, and whether any figure is not the sum of its parts."""

    sections: tuple[tuple[Text, tuple[Line, ...]], ...]
    inconsistent: bool


@functools.cache
def _sums(columns: int) -> tuple[Identity, ...]:
    """The rows of a form that are sums of other rows, whichever comes first for one row."""
    checks = [rule.check(columns) for rule in IDENTITIES if rule.check]
    return tuple(check for check in checks if isinstance(check, Identity) and len(check.terms) > 1)


def computed(figures: Figures, columns: int) -> dict[str, int]:
    """Field id -> sum of its parts, for every written sum that differs from it. Nothing is altered anywhere."""
    known = {name: value for name, value in figures.items() if value is not None}
    out: dict[str, int] = {}
    for check in _sums(columns):
        gap = check.residual(known)
        if gap:
            out.setdefault(check.target, known[check.target] - gap)
    return out


def form(figures: Figures, pairs: tuple[Pair, ...], before: tuple[Figures, ...] = (), *, votes: bool = False) -> Form:
    """Sections I-III of a form or of a sum of forms, with ``votes`` IV and V too; unprinted rows are left out.

    ``pairs``: the vote columns, none where no vote may be printed. ``before``: earlier figures, oldest first.
    """
    parts = computed(figures, len(pairs)) if pairs else {}
    stems = list(_STEMS)
    by_field = {f"votes_{pair.number}": pair for pair in pairs}
    if votes:
        stems += [_Stem(Text("", ""), f"IV.{p.number}", "IV", (None, None, name)) for name, p in by_field.items()]
        stems += _SUMMARY
    sections: dict[str, list[Line]] = {}
    for stem in stems:
        if stem.ids[2] not in figures:
            continue
        men, women = (None if i is None else _figure(i, figures, before, parts) for i in stem.ids[:2])
        total = _figure(stem.ids[2], figures, before, parts)
        pair = by_field.get(stem.ids[2])
        line = Line(pair.name if pair else stem.label, stem.row, (men, women, total), pair)
        sections.setdefault(stem.section, []).append(line)
    return Form(tuple((SECTIONS[name], tuple(lines)) for name, lines in sections.items()), bool(parts))


def sums(figures: Figures, pairs: tuple[Pair, ...]) -> dict[str, Figure]:
    """The figures of section V by field id, each with what its parts add up to where that differs."""
    parts = computed(figures, len(pairs)) if pairs else {}
    names = (stem.ids[2] for stem in _SUMMARY)
    return {name: Figure(figures.get(name), (), parts.get(name)) for name in names}


def result(figures: Figures, pairs: tuple[Pair, ...]) -> Form:
    """Sections IV and V alone."""
    ids = {f"votes_{pair.number}" for pair in pairs} | {stem.ids[2] for stem in _SUMMARY}
    return form({name: value for name, value in figures.items() if name in ids}, pairs, votes=True)


def _figure(name: str, figures: Figures, before: tuple[Figures, ...], parts: Mapping[str, int]) -> Figure:
    chain = [stage[name] for stage in (*before, figures) if name in stage]
    told = [value for value, _ in groupby(chain)]
    return Figure(figures.get(name), tuple(told[:-1]), parts.get(name))


class Said(NamedTuple):
    """One cell of the votes' value chain: ``differs`` from the column to its left; see `Figure` for ``computed``."""

    value: int | None
    differs: bool
    computed: int | None


@dataclass(frozen=True, slots=True)
class Votes:
    """The vote table of a station: column titles, rows of (pair, cells), what is odd. Sum rows have pair number 0."""

    columns: tuple[tuple[Text, ...], ...]
    rows: tuple[tuple[Pair, tuple[Said, ...]], ...]
    changed: bool
    inconsistent: bool


def votes(view: StationView) -> Votes:
    """The value chain of the votes: stated by KPPS, verified, decided in a plenary, as far as they exist.

    Stages that say the same share a column, so that what differs stands out.
    """
    lines = [(pair, f"votes_{pair.number}") for pair in view.pairs]
    lines += [(Pair(0, stem.label), stem.ids[2]) for stem in _SUMMARY]
    ids = [name for _, name in lines]
    stages = _stages(view, ids)
    parts = [computed(figures, len(view.pairs)) for _, figures in stages]
    rows = []
    changed = False
    for pair, name in lines:
        values = [figures.get(name) for _, figures in stages]
        marks = [i > 0 and values[i] != values[i - 1] for i in range(len(values))]
        changed = changed or any(marks)
        cells = (Said(v, mark, part.get(name)) for v, mark, part in zip(values, marks, parts, strict=True))
        rows.append((pair, tuple(cells)))
    inconsistent = any(name in part for part in parts for name in ids)
    return Votes(tuple(titles for titles, _ in stages), tuple(rows), changed, inconsistent)


def _stages(view: StationView, ids: list[str]) -> list[tuple[tuple[Text, ...], Figures]]:
    decided = say("Disahkan pleno" if view.standing >= Standing.DISTRICT else "Dibacakan di pleno")
    chain = ((say("Diisi KPPS"), view.written), (say("Terverifikasi"), view.verified), (decided, view.decided))
    out: list[tuple[tuple[Text, ...], Figures]] = []
    for title, figures in chain:
        if figures is None:
            continue
        if out and all(out[-1][1].get(name) == figures.get(name) for name in ids):
            out[-1] = (*out[-1][0], title), figures
        else:
            out.append(((title,), figures))
    return out
