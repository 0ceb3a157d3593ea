"""Whether the sheet (D.Hasil) in force of a region is signed, waits for signatures, or no longer says what stands."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sirekap.records.models import Document, SessionCursor, SheetVersion, StationContest
from sirekap.records.ranges import within

SHEET_KINDS = "dhasil_"
"""How the kinds of documents that print a sheet begin."""


class SheetState(StrEnum):
    """Whether a version carries the signatures that the law asks for (chair and two members)."""

    WAITING_SIGNATURES = "waiting_signatures"
    SIGNED = "signed"


LABEL_ID = {SheetState.WAITING_SIGNATURES: "Menunggu tanda tangan", SheetState.SIGNED: "Ditandatangani"}
LABEL_EN = {SheetState.WAITING_SIGNATURES: "Waiting for signatures", SheetState.SIGNED: "Signed"}
OUTDATED_ID = "Ada TPS yang dipungut atau dihitung ulang sesudah lembar ini"
OUTDATED_EN = "A station has voted or was counted again since this sheet"


@dataclass(frozen=True, slots=True)
class SheetStatus:
    """The version in force of a sheet. ``document``: its signed document, else the one issued last, if any.

    ``outdated``: a station on it has a new generation that its session has not ratified, so it must be reopened.
    """

    version: SheetVersion
    state: SheetState
    document: uuid.UUID | None = None
    outdated: bool = False


def sheet_status(region: str, tier: int, contest: str) -> SheetStatus | None:
    """The status of one region's sheet; ``None`` before it first closed."""
    found = sheet_statuses(contest, [region]).get(region)
    return found if found is not None and found.version.tier == tier else None


def sheet_statuses(contest: str, regions: Iterable[str] | None = None) -> dict[str, SheetStatus]:
    """Region -> status of its sheet in force, for these regions or all that have one, in a fixed number of queries."""
    versions = SheetVersion.objects.filter(contest_id=contest).order_by("version")
    if regions is not None:
        versions = versions.filter(region_id__in=list(regions))
    latest = {version.region_id: version for version in versions}
    issued = Document.objects.filter(contest_id=contest, kind__startswith=SHEET_KINDS, region_id__in=list(latest))
    last: dict[str, tuple[bool, int, uuid.UUID]] = {}
    for document in issued.select_related("cursor"):
        version = latest[document.region_id]
        if (document.version, document.figures_sha256) == (version.version, version.figures_sha256):
            this = (document.cursor.complete, document.entry_id, document.pk)
            last[document.region_id] = max(last.get(document.region_id, this), this)
    behind = _behind(contest, latest.values())
    out = {}
    for region, version in latest.items():
        signed, _, document_id = last.get(region, (False, 0, None))
        state = SheetState.SIGNED if signed else SheetState.WAITING_SIGNATURES
        out[region] = SheetStatus(version, state, document_id, region in behind)
    return out


def _behind(contest: str, versions: Iterable[SheetVersion]) -> set[str]:
    """Regions some of whose stations their own session has not ratified in their present generation."""
    tiers = {version.region_id: version.tier for version in versions}
    top = max(tiers.values(), default=0)
    rows = StationContest.objects.filter(contest_id=contest, closed=False, generation__gt=1, ratified_tier__lt=top)
    return {
        code[:length]
        for code, ratified in rows.order_by().values_list("station_id", "ratified_tier")
        for length in (6, 4, 2)
        if ratified < tiers.get(code[:length], 0)
    }


def reissued_below(session: SessionCursor) -> list[SheetStatus]:
    """Sheets below a session that were replaced since they closed and are not signed again, by contest and region.

    The session may go on; its record says so.
    """
    out = []
    for contest in session.contests:
        inside = SheetVersion.objects.filter(within("region_id", session.region_id), contest_id=contest, version__gt=1)
        regions = set(inside.filter(tier__lt=session.tier).order_by().values_list("region_id", flat=True))
        found = sheet_statuses(contest, regions)
        out += [found[r] for r in sorted(found) if found[r].state is SheetState.WAITING_SIGNATURES]
    return out
