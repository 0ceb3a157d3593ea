"""Entries about plenary sessions, decisions, corrections and the determination."""

from __future__ import annotations

import uuid
from typing import Any

from sirekap.election.plenary import SessionState
from sirekap.election.standing import Tier
from sirekap.records import cursors
from sirekap.records.models import (
    ContestCursor,
    Correction,
    CorrectionField,
    Determination,
    Elected,
    Entry,
    ItemDecision,
    RegionTaken,
    SessionCursor,
    SessionEvent,
    StationContest,
)
from sirekap.records.projections.objections import sheets_closed, sheets_reissued
from sirekap.records.projections.register import derived_id

Json = dict[str, Any]


def _session_of(entry: Entry, body: Json) -> SessionCursor:
    session_id = uuid.UUID(body["session"])
    session = SessionCursor.objects.filter(pk=session_id).first()
    if session is not None:
        return session
    if body["event"] not in ("convened", "opened"):
        raise SessionCursor.DoesNotExist(session_id)
    return SessionCursor.objects.create(
        id=session_id, tier=body["tier"], region_id=body["region"], contests=body["contests"], state=body["state"]
    )


def session_changed(entry: Entry, actor: Json, body: Json) -> None:
    """A transition of a session; convening or opening starts it, closing it ratifies its rows at its tier."""
    session = _session_of(entry, body)
    SessionEvent.objects.create(
        entry=entry,
        id=derived_id(entry.id, "event"),
        session=session,
        event=body["event"],
        at=entry.at,
        detail=body["detail"],
    )
    session.state = body["state"]
    session.last_seq = entry.seq
    if body["event"] == "opened":
        session.opened_at = entry.at
    if body["event"] == "reopened":
        session.closed_at = None
    if body["event"] == "closed":
        session.closed_at = entry.at
        cursors.ratify(session.region_id, session.contests, Tier(session.tier), entry)
        sheets_closed(entry, session, body["detail"]["figures_sha256"])
    session.save()


def begin_reading(entry: Entry, body: Json) -> None:
    """The first reading moves its session from opened to reading."""
    if body["began"]:
        SessionCursor.objects.filter(pk=body["session"]).update(state=SessionState.READING.value, last_seq=entry.seq)


def _decided(entry: Entry, row: StationContest, tier: int, figures: Any, findings: list[str]) -> None:
    row.decided = figures
    row.decided_tier = tier
    row.findings = findings
    cursors.save(row, entry, "decided", "decided_tier", "findings")


def item_decided(entry: Entry, actor: Json, body: Json, row: StationContest) -> None:
    """A plenary read one station: accepted, taken from the sealed box, deferred, or recounted.

    The figures of a recount become the row's verified ones; accepting them is a later decision.
    """
    begin_reading(entry, body)
    item_id = derived_id(entry.id, "item")
    figures_id = body["figures_id"] and uuid.UUID(body["figures_id"])
    if body["figures"] is not None:
        figures_id = cursors.new_figures(item_id, body["figures"]).id
    ItemDecision.objects.create(
        entry=entry,
        id=item_id,
        row=row,
        generation=body["generation"],
        at=entry.at,
        session_id=uuid.UUID(body["session"]),
        tier=body["tier"],
        decision=body["decision"],
        figures_id=figures_id,
        findings=body["findings"],
        second=uuid.UUID(body["second"]) if body["second"] else None,
        reason=body["reason"],
    )
    if body["decision"] == "recount_entered":
        row.verified_id = figures_id
        row.findings = body["findings"]
    elif body["decision"] != "deferred":
        row.decided_id = figures_id
        row.decided_tier = body["tier"]
        row.findings = body["findings"]
    sheets_reissued(entry, body)
    cursors.save(row, entry, "verified", "decided", "decided_tier", "findings")


def item_corrected(entry: Entry, actor: Json, body: Json, row: StationContest) -> None:
    """A set of fields of one station corrected, as one decision."""
    begin_reading(entry, body)
    correction_id = derived_id(entry.id, "correction")
    figures = cursors.new_figures(correction_id, body["figures"])
    correction = Correction.objects.create(
        entry=entry,
        id=correction_id,
        row=row,
        generation=body["generation"],
        at=entry.at,
        session_id=uuid.UUID(body["session"]),
        tier=body["tier"],
        reason=body["reason"],
        evidence=body["evidence"],
        first=uuid.UUID(body["authorised"][0]),
        second=uuid.UUID(body["authorised"][1]),
        figures=figures,
        findings=body["findings"],
    )
    CorrectionField.objects.bulk_create(
        [
            CorrectionField(
                id=f"{correction_id}/{field}",
                correction=correction,
                field=field,
                old=change["old"],
                new=change["new"],
            )
            for field, change in body["changes"].items()
        ]
    )
    sheets_reissued(entry, body)
    _decided(entry, row, body["tier"], figures, body["findings"])


def region_taken(entry: Entry, actor: Json, body: Json) -> None:
    """A higher session read a lower region's closed sheet."""
    RegionTaken.objects.create(
        entry=entry,
        id=derived_id(entry.id, "taken"),
        session_id=uuid.UUID(body["session"]),
        region_id=body["region"],
        at=entry.at,
    )
    begin_reading(entry, body)


def contest_determined(entry: Entry, actor: Json, body: Json) -> None:
    """The commission's decision on a contest's result."""
    Determination.objects.create(
        entry=entry,
        id=derived_id(entry.id, "determination"),
        contest_id=body["contest"],
        decision_number=body["decision_number"],
        at=entry.at,
        totals=body["totals"],
        outcome=body["outcome"],
        human_decision=body["human_decision"],
    )
    cursors.determine(body["contest"], entry)
    ContestCursor.objects.filter(pk=body["contest"]).update(state="determined", winner=body["outcome"]["winner"])


def contest_elected(entry: Entry, actor: Json, body: Json) -> None:
    """The elected pair, after the court's register or ruling."""
    Elected.objects.create(
        entry=entry,
        id=derived_id(entry.id, "elected"),
        contest_id=body["contest"],
        pair=body["pair"],
        basis=body["basis"],
        reference=body["reference"],
        decision_number=body.get("decision_number", ""),
        at=entry.at,
    )
    ContestCursor.objects.filter(pk=body["contest"]).update(state="elected", winner=body["pair"])


KINDS = {
    "session.changed": session_changed,
    "region.taken": region_taken,
    "contest.determined": contest_determined,
    "contest.elected": contest_elected,
}

OF_ROW = {"item.decided": item_decided, "item.corrected": item_corrected}
