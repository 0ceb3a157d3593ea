"""The rows of the figure tables: plain tuples, made once, so that templates only print."""

from __future__ import annotations

from dataclasses import dataclass

from sirekap.election import chasil
from sirekap.election.chasil import Column, Figures
from sirekap.election.contests import Pair
from sirekap.election.standing import Standing
from sirekap.publication.model import StationView
from sirekap.publication.texts import Text, say

Cell = tuple[int | None, int | str | None]
"""What the paper was stated to say (``None`` = not asked) and what stands now; ``""`` prints nothing."""


def _label(members: list[chasil.Field]) -> Text:
    first = members[0]
    if first.column is None:
        return Text(first.label_id, first.label_en)
    return Text(first.label_id.rpartition(",")[0], first.label_en.rpartition(",")[0])


def _stems() -> tuple[tuple[Text, tuple[str | None, str | None, str]], ...]:
    by_stem: dict[str, list[chasil.Field]] = {}
    for entry in chasil.ADMINISTRATION:
        by_stem.setdefault(entry.stem, []).append(entry)
    out = []
    for stem, members in by_stem.items():
        ids = {m.column: m.id for m in members}
        out.append((_label(members), (ids.get(Column.MEN), ids.get(Column.WOMEN), ids.get(Column.SUM, stem))))
    return tuple(out)


_STEMS = _stems()
_SUMMARY = tuple((f.id, Text(f.label_id, f.label_en)) for f in chasil.SUMMARY)


def administration(now: Figures, before: Figures | None = None) -> list[tuple[Text, list[Cell]]]:
    """Sections I-III as (label, [men, women, sum]); rows the layout does not print are left out.

    With ``before``, a cell also carries the earlier figure, for the page to show what changed.
    """
    old: Figures = before or {}
    rows: list[tuple[Text, list[Cell]]] = []
    for label, ids in _STEMS:
        if ids[2] in now:
            rows.append((label, [(old.get(i), now.get(i)) if i else (None, "") for i in ids]))
    return rows


@dataclass(frozen=True, slots=True)
class Votes:
    """The vote table of a station: column titles, rows of (pair, cells), whether any cell differs."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Pair, tuple[tuple[int | None, bool], ...]], ...]
    changed: bool


def votes(view: StationView) -> Votes:
    """The value chain of the votes: stated by KPPS, verified, decided in a plenary, as far as they exist.

    A cell is marked when it differs from the one to its left. Sum rows have pair number 0.
    """
    decided = say("Disahkan pleno" if view.standing >= Standing.DISTRICT else "Dibacakan di pleno")
    chain = ((say("Diisi KPPS"), view.written), (say("Terverifikasi"), view.verified), (decided, view.decided))
    present = [(title, figures) for title, figures in chain if figures is not None]
    lines = [(pair, f"votes_{pair.number}") for pair in view.pairs]
    lines += [(Pair(0, label), field_id) for field_id, label in _SUMMARY]
    rows = []
    changed = False
    for pair, field_id in lines:
        values = [figures.get(field_id) for _, figures in present]
        marks = [i > 0 and values[i] != values[i - 1] for i in range(len(values))]
        changed = changed or any(marks)
        rows.append((pair, tuple(zip(values, marks, strict=True))))
    return Votes(tuple(title for title, _ in present), tuple(rows), changed)
