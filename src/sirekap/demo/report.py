"""The demo's summary: what acceptance checks read (keys may be added, never renamed)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from sirekap.demo.cast import REGENCY
from sirekap.demo.night import Night
from sirekap.election.contests import ContestKind
from sirekap.election.roles import Role
from sirekap.publication.ledger_files import PUBLIC_KEY
from sirekap.records import queries, totals
from sirekap.records.models import (
    Checkpoint,
    ContestCursor,
    Document,
    DocumentCursor,
    DocumentRefusal,
    Objection,
    Photo,
    PhotoReading,
    ReceivedRegion,
    Statement,
    StationContest,
    Verification,
)
from sirekap.workflow import objections


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
        "objections": objections_by_stage(),
        "documents_issued": dict(Counter(Document.objects.values_list("kind", flat=True))),
        "sheets_signed": DocumentCursor.objects.filter(complete=True, document__kind__startswith="dhasil_").count(),
        "signatures_refused": DocumentRefusal.objects.count(),
        "received_regions": ReceivedRegion.objects.count(),
        "offline": night.plenaries.laptop.merged,
        "ledger": {"size": head.size if head else 0, "root": head.root if head else ""},
        "photos": Photo.objects.count(),
        "photos_read": PhotoReading.objects.values("photo").distinct().count(),
        "readings": readings(night),
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


def objections_by_stage() -> dict[str, int]:
    """Where the objections and incidents stand, by stage."""
    every = Objection.objects.order_by("entry_id")
    return dict(Counter(objections.one(found).standing.stage.value for found in every))


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


def readings(night: Night) -> dict[str, int]:
    """How the machine did on the photographed forms, against what the plan says is on the paper.

    ``forms``: decoded, of which ``accept`` (every page read, no doubt), ``review``, ``refused``; ``figures`` it stated,
    ``misread`` of them, and ``misread_counted`` of those that stand in verified figures; ``without_operator``: forms
    verified by committee and machine alone; ``flagged_photos`` with something wrong that the officer was told;
    ``retaken`` after such a flag.
    """
    last: dict[str, str] = {}
    for found in PhotoReading.objects.filter(form__isnull=False).order_by("entry_id").iterator(500):
        verdict = str(found.form["verdict"])
        last[found.row_id] = verdict if found.complete or verdict != "accept" else "review"
    verdicts = list(last.values())
    stated, misread, counted = 0, 0, 0
    for statement in Statement.objects.filter(human=False).select_related("figures"):
        code, _, kind = statement.row_id.rpartition("-")
        paper = night.plan.figures(ContestKind(kind), night.plan.index[code])
        figures = statement.figures.figures()
        wrong = {name: value for name, value in figures.items() if value != paper[name]}
        stated, misread = stated + len(figures), misread + len(wrong)
        for standing in Verification.objects.filter(row=statement.row_id, generation=1).select_related("figures"):
            counted += sum(standing.figures.figures().get(name) == value for name, value in wrong.items())
    helped = set(Statement.objects.filter(row__in=last, role=Role.OPERATOR).values_list("row_id", flat=True))
    verified = set(StationContest.objects.filter(pk__in=last, verified__isnull=False).values_list("pk", flat=True))
    return {
        "forms": len(last),
        "accept": verdicts.count("accept"),
        "review": verdicts.count("review"),
        "refused": verdicts.count("refused"),
        "figures": stated,
        "misread": misread,
        "misread_counted": counted,
        "without_operator": len(verified - helped),
        "flagged_photos": sum(bool(found.flags) for found in PhotoReading.objects.iterator(500)),
        "retaken": night.photographed.retaken if night.photographed else 0,
    }
