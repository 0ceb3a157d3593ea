"""The demo's summary: what acceptance checks read (keys may be added, never renamed)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sirekap.demo.cast import REGENCY
from sirekap.demo.night import Night
from sirekap.election.contests import ContestKind
from sirekap.publication.publish import PUBLIC_KEY
from sirekap.records import queries, totals
from sirekap.records.models import Checkpoint, ContestCursor, Photo, Verification


def summary(night: Night, folder: Path) -> dict[str, Any]:
    """Everything but timings and the replay."""
    head = Checkpoint.objects.order_by("size").last()
    return {
        "contests": {kind.value: contest(night, kind) for kind in sorted(night.plan.contests)},
        "stages": night.stages,
        "snapshot": night.snapshot,
        "findings": queries.findings_ever(),
        "refused_entries": night.refused,
        "corrections": {
            "district": len(night.plan.district_corrections),
            "regency": len(night.plan.regency_corrections),
        },
        "ledger": {"size": head.size if head else 0, "root": head.root if head else ""},
        "photos": Photo.objects.count(),
        "photos_read": 0,
        "silently_wrong": silently_wrong(night),
        "simulated": True,
        "seed": night.plan.seed,
        "clock": night.now.isoformat(),
        "arrived": round(night.arrived / (2 * len(night.plan.stations)), 4),
        "site": str(folder / "site"),
        "bundle": str(folder / "site"),
        "documents": str(folder / "documents"),
        "public_key": str(folder / "site" / PUBLIC_KEY),
    }


def contest(night: Night, kind: ContestKind) -> dict[str, Any]:
    """One contest in the regency: sums of counted stations, stations at each rung, winner."""
    found = night.plan.contests[kind]
    figures = totals.of_contest(found.id)[REGENCY]
    standing, _ = queries.standing_counts(REGENCY, found.id)
    return {
        "votes": night.votes(found.id),
        "valid": figures["valid"],
        "invalid": figures["invalid"],
        "stations": sum(standing.values()),
        "standing": {rung.key: n for rung, n in standing.items()},
        "winner": ContestCursor.objects.get(pk=found.id).winner,
    }


def silently_wrong(night: Night) -> int:
    """Verified figures that differ from the simulated paper although no finding says so."""
    wrong = 0
    for found in Verification.objects.select_related("figures").iterator(500):
        code, _, kind = found.row_id.rpartition("-")
        paper = night.plan.figures(ContestKind(kind), night.plan.index[code])
        same = found.figures.figures() == paper
        wrong += found.generation == 1 and not same and not found.findings
    return wrong
