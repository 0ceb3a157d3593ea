"""Versions of a region's sheet (D.Hasil): what a higher tier's decision re-issues, and what changed between two.

A version is made when its session closes over new figures, and when a plenary above decides something that changes
them. Every version can be put together again from the facts, and any two compared cell by cell.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from sirekap.election.plenary import SessionState
from sirekap.election.sheet import SheetFigures
from sirekap.election.standing import Tier
from sirekap.records.history import states_after
from sirekap.records.models import (
    Correction,
    FigureSet,
    Generation,
    ItemDecision,
    ItemReopened,
    SessionCursor,
    SheetVersion,
    StationContest,
    Verification,
)
from sirekap.records.ranges import within
from sirekap.workflow.sheets import Figures, sheet_of

LENGTH_OF_TIER = {Tier.DISTRICT: 6, Tier.REGENCY: 4, Tier.PROVINCE: 2}
_CHANGING = (Correction, ItemDecision, ItemReopened, Generation, Verification)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure that differs between two versions: of a station, or of the whole sheet when ``station`` is empty."""

    station: str
    field: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Cause:
    """An act between two versions that changed a station's figures; ``kind`` is that of its entry."""

    entry: uuid.UUID
    kind: str
    station: str
    tier: int
    session: uuid.UUID | None
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one version of a sheet to another: station rows, their sums, and the acts that did it."""

    older: int
    newer: int
    rows: tuple[Cell, ...]
    totals: tuple[Cell, ...]
    causes: tuple[Cause, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data for files and screens."""
        return {
            "older": self.older,
            "newer": self.newer,
            "rows": [[c.station, c.field, c.old, c.new] for c in self.rows],
            "totals": [[c.field, c.old, c.new] for c in self.totals],
            "causes": [
                {"entry": str(c.entry), "kind": c.kind, "station": c.station, "tier": c.tier, "reason": c.reason}
                for c in self.causes
            ],
        }


def reissues(row: StationContest, tier: int, figures: Figures) -> list[dict[str, Any]]:
    """The sheets below ``tier`` that change when the row's figures become ``figures``, each with its next version.

    A sheet whose session is open again gets its next version when that closes.
    """
    regions = [row.station_id[: LENGTH_OF_TIER[lower]] for lower in LENGTH_OF_TIER if lower < tier]
    closed = SessionCursor.objects.filter(region_id__in=regions, state=SessionState.CLOSED.value)
    out = []
    for session in closed.order_by("tier"):
        last = latest(session.region_id, row.contest_id)
        if last is None or row.contest_id not in session.contests:
            continue
        sha256 = sheet_of(session, row.contest_id, {row.station_id: figures}).figures_sha256()
        if sha256 != last.figures_sha256:
            out.append(
                {
                    "tier": session.tier,
                    "region": session.region_id,
                    "contest": row.contest_id,
                    "version": last.version + 1,
                    "figures_sha256": sha256,
                }
            )
    return out


def with_reissues(row: StationContest, tier: int, figures: Figures) -> dict[str, Any]:
    """The part of an entry's body that names the sheets it re-issues; empty when it re-issues none."""
    found = reissues(row, tier, figures) if tier > Tier.DISTRICT else []
    return {"reissues": found} if found else {}


def latest(region: str, contest: str) -> SheetVersion | None:
    """The version of a region's sheet in force."""
    return SheetVersion.objects.filter(region_id=region, contest_id=contest).order_by("version").last()


def versions(region: str, contest: str) -> list[SheetVersion]:
    """Every version of a region's sheet, oldest first."""
    return list(SheetVersion.objects.filter(region_id=region, contest_id=contest).order_by("version"))


def sheet_at(version: SheetVersion) -> SheetFigures:
    """The figures of one version, from the facts up to it."""
    session = SessionCursor.objects.get(region_id=version.region_id, tier=version.tier)
    changed = _changed(version, version.entry_id, None)
    then = {code: figures for code, (figures,) in _figures(changed, [version.entry_id])}
    return sheet_of(session, version.contest_id, then)


def difference(older: SheetVersion, newer: SheetVersion) -> Difference:
    """What changed from ``older`` to ``newer``, two versions of one sheet, row by row."""
    changed = _changed(newer, older.entry_id, newer.entry_id)
    rows: list[Cell] = []
    for code, (before, after) in _figures(changed, [older.entry_id, newer.entry_id]):
        rows += _cells(code, before or {}, after or {})
    sums = [dict(zip(sheet.fields, sheet.totals(), strict=True)) for sheet in (sheet_at(older), sheet_at(newer))]
    totals = _cells("", *sums)
    causes = _causes(changed, older.entry_id, newer.entry_id)
    return Difference(older.version, newer.version, tuple(rows), tuple(totals), tuple(causes))


def _cells(code: str, before: Mapping[str, int | None], after: Mapping[str, int | None]) -> list[Cell]:
    names = [*after, *(name for name in before if name not in after)]
    return [Cell(code, f, before.get(f), after.get(f)) for f in names if before.get(f) != after.get(f)]


def _between(after: int, until: int | None) -> Q:
    return Q(entry_id__gt=after) & (Q(entry_id__lte=until) if until is not None else Q())


def _changed(version: SheetVersion, after: int, until: int | None) -> list[str]:
    """Rows of a sheet that some fact after one entry, up to another, may have changed."""
    inside = within("row_id", version.region_id) & Q(row__contest_id=version.contest_id) & _between(after, until)
    found: set[str] = set()
    for model in _CHANGING:
        found.update(model.objects.filter(inside).order_by().values_list("row_id", flat=True))
    return sorted(found)


def _figures(rows: Sequence[str], seqs: Sequence[int]) -> Iterator[tuple[str, tuple[Figures, ...]]]:
    """Station -> its figures, decided or else verified, right after each entry."""
    found = [
        (row.station_id, tuple((state.decided_id or state.verified_id) if state else None for state in states))
        for row, states in states_after(rows, seqs)
    ]
    sets = FigureSet.objects.in_bulk([pk for _, pks in found for pk in pks if pk])
    for code, pks in found:
        yield code, tuple(sets[pk].figures() if pk else None for pk in pks)


def _causes(rows: Sequence[str], after: int, until: int) -> list[Cause]:
    out: list[tuple[int, Cause]] = []
    for model in (Correction, ItemDecision, ItemReopened, Generation):
        facts = model.objects.filter(_between(after, until), row_id__in=rows).select_related("entry")
        for fact in facts:
            tier, session = getattr(fact, "tier", 0), fact.session_id
            station = fact.row_id[:13]
            cause = Cause(fact.entry.id, fact.entry.kind, station, tier, session, fact.reason, fact.at)
            out.append((fact.entry_id, cause))
    return [cause for _, cause in sorted(out, key=lambda item: (item[0], item[1].station))]
