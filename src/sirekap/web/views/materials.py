"""Bahan pleno: before a session, every field row of a region and contest, standing, findings, what is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from sirekap.election import chasil
from sirekap.election.roles import Capability
from sirekap.election.rules import check
from sirekap.election.standing import COUNTED_FROM, Standing
from sirekap.paper.documents.model import DocumentKind
from sirekap.publication.books import pairs_of
from sirekap.records import totals
from sirekap.records.cursors import rows_in
from sirekap.records.models import Contest, Document, SessionCursor, StationContest
from sirekap.web import figures, lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary import papers


@dataclass(frozen=True, slots=True)
class Column:
    """One station or region: its code, name, standing (stations), figures, and how many of its stations count."""

    code: str
    name: str
    row: StationContest | None
    figures: Mapping[str, int | None]
    counted: int
    total: int

    @property
    def standing(self) -> Standing | None:
        """The station's standing."""
        return Standing(self.row.standing) if self.row else None

    @property
    def standing_order(self) -> int:
        """What the list of missing stations is grouped by."""
        return self.row.standing if self.row else 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A region's sheet: a column per station or lower region, and the region's sums."""

    region: str
    contest: Contest
    fields: tuple[chasil.Field, ...]
    columns: list[Column]
    sums: Mapping[str, int]

    @property
    def missing(self) -> list[Column]:
        """Columns not wholly counted."""
        return [c for c in self.columns if c.counted < c.total]

    @property
    def counted(self) -> int:
        """Stations in the sums."""
        return sum(c.counted for c in self.columns)

    @property
    def total(self) -> int:
        """All stations."""
        return sum(c.total for c in self.columns)


def sheet(region: str, contest_id: str) -> Sheet:
    """The sheet of a village, district or regency; 404 for anything else."""
    contest = lookups.contest_of(contest_id, region)
    if contest is None or len(region) not in (4, 6, 10):
        raise Http404
    sums = totals.of_contest(contest_id)
    if region not in sums:
        raise Http404
    columns = _stations(region, contest_id) if len(region) == 10 else _regions(region, contest_id, sums)
    stated = {name for column in columns for name, value in column.figures.items() if value is not None}
    core = set(chasil.field_ids(contest.columns))
    fields = tuple(f for f in chasil.fields(contest.columns, optional=True) if f.id in core or f.id in stated)
    return Sheet(region, contest, fields, columns, sums[region])


def _stations(region: str, contest_id: str) -> list[Column]:
    rows = rows_in(region).filter(contest_id=contest_id).select_related("counted").order_by("pk")
    return [
        Column(
            r.station_id,
            f"TPS {r.station_id[-3:]}",
            r,
            r.counted.figures() if r.counted else {},
            int(r.counted_id is not None),
            1,
        )
        for r in rows
    ]


def _regions(region: str, contest_id: str, sums: Mapping[str, Mapping[str, int]]) -> list[Column]:
    out = []
    for entry in lookups.below(region, contest_id):
        counted = sum(n for standing, n in entry.standing.items() if standing >= COUNTED_FROM)
        shown: Mapping[str, int | None] = sums.get(entry.code, {}) if counted else {}
        out.append(Column(entry.code, entry.name, None, shown, counted, entry.total))
    return out


def _findings(region: str, contest: Contest) -> list[tuple[StationContest, list[tuple[str, str, str]]]]:
    rows = rows_in(region).filter(contest=contest).exclude(findings=[]).select_related("counted").order_by("pk")
    out = []
    for row in rows:
        known = check(row.counted.figures(), contest.columns) if row.counted else []
        out.append((row, figures.finding_lines(row.findings, known, "coordinator")))
    return out


@allow(Capability.READ)
def materials(request: HttpRequest, contest: str, region: str) -> HttpResponse:
    """On screen."""
    found = sheet(region, contest)
    pairs = {f"votes_{p.number}": p.name for p in pairs_of(found.contest)}
    labels = {f.id: pairs.get(f.id, f.label_id) for f in found.fields}
    context: dict[str, Any] = {
        "sheet": found,
        "legend": [(f"{f.row} {(f.column or '').upper()}".strip(), labels[f.id]) for f in found.fields],
        "trail": lookups.trail(region),
        "labels": labels,
        "findings": _findings(region, found.contest),
        "contests": lookups.contests_over(region),
        "papers": papers.papers(
            Document.objects.filter(kind=DocumentKind.BAHAN_PLENO, region_id=region, contest_id=contest).select_related(
                "cursor", "contest"
            )
        )[:1],
        "session": SessionCursor.objects.filter(region_id=region).first(),
        "may_issue": request.actor.may(Capability.PREPARE_PLENARY, region),
        "determined": bool(found.columns) and all((c.standing or 0) == Standing.DETERMINED for c in found.columns),
    }
    return render(request, "materials.html", context)


@allow(Capability.READ)
def materials_csv(request: HttpRequest, contest: str, region: str) -> HttpResponse:
    """The same sheet as CSV: a row per station or region, a column per field, the sums last."""
    found = sheet(region, contest)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    ids = [f.id for f in found.fields]
    writer.writerow(["code", "name", "standing", "counted", "stations", "findings", *ids])
    for column in found.columns:
        standing = column.standing.key if column.standing is not None else ""
        codes = " ".join(column.row.findings) if column.row else ""
        cells = ["" if column.figures.get(i) is None else column.figures[i] for i in ids]
        writer.writerow([column.code, column.name, standing, column.counted, column.total, codes, *cells])
    writer.writerow([region, "JUMLAH", "", found.counted, found.total, "", *(found.sums.get(i, 0) for i in ids)])
    response = HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bahan-pleno-{contest}-{region}.csv"'
    return response
