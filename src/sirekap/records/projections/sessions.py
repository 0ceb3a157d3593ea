"""Entries about the conduct of a session: items undone or accepted together, attendance, panels."""

from __future__ import annotations

import uuid
from typing import Any

from sirekap.records import cursors
from sirekap.records.models import (
    Attendance,
    Correction,
    Entry,
    ItemDecision,
    ItemReopened,
    PanelChange,
    StationContest,
    Verification,
)
from sirekap.records.projections.objections import sheets_reissued
from sirekap.records.projections.plenary import begin_reading
from sirekap.records.projections.register import derived_id

Json = dict[str, Any]
KEEPS_FIGURES = ("deferred", "recount_entered")
"""Decisions that leave the decided figures as they are."""


def item_reopened(entry: Entry, actor: Json, body: Json) -> None:
    """A session took back its decisions on one station: what stood before them stands again.

    Not among the kinds of single rows: it reads the row's earlier facts, which a replay must have stored by then.
    """
    row = StationContest.objects.select_related("contest").get(pk=body["row"])
    begin_reading(entry, body)
    ItemReopened.objects.create(
        entry=entry,
        id=derived_id(entry.id, "reopened"),
        row=row,
        generation=body["generation"],
        at=entry.at,
        session_id=uuid.UUID(body["session"]),
        tier=body["tier"],
        reason=body["reason"],
    )
    last = last_act(row, body["generation"])
    row.decided_id = last.figures_id if last else None
    row.decided_tier = last.tier if last else 0
    row.findings = last.findings if last else _verified_findings(row, body["generation"])
    sheets_reissued(entry, body)
    cursors.save(row, entry, "decided", "decided_tier", "findings")


def last_act(
    row: StationContest, generation: int, without: uuid.UUID | None = None
) -> ItemDecision | Correction | None:
    """The act whose figures stand as decided in a generation: the last one its session did not take back.

    ``without``: a session all of whose acts count as taken back.
    """
    own = {"row": row, "generation": generation}
    undone: dict[uuid.UUID | None, int] = {}
    for session, seq in ItemReopened.objects.filter(**own).order_by("entry_id").values_list("session_id", "entry_id"):
        undone[session] = seq
    decisions = [*ItemDecision.objects.filter(**own).exclude(decision__in=KEEPS_FIGURES)]
    acts: list[ItemDecision | Correction] = [*decisions, *Correction.objects.filter(**own)]
    standing = [act for act in acts if act.entry_id > undone.get(act.session_id, 0) and act.session_id != without]
    return max(standing, key=lambda act: act.entry_id, default=None)


def _verified_findings(row: StationContest, generation: int) -> list[str]:
    own = {"row": row, "generation": generation}
    recounts = ItemDecision.objects.filter(**own, decision="recount_entered")
    found: list[Any] = [*Verification.objects.filter(**own), *recounts]
    last = max(found, key=lambda fact: fact.entry_id, default=None)
    return list(last.findings) if last else []


def items_accepted(entry: Entry, actor: Json, body: Json) -> None:
    """Clean stations of one village accepted together, each as it stands verified."""
    begin_reading(entry, body)
    session = uuid.UUID(body["session"])
    ItemDecision.objects.bulk_create(
        [
            ItemDecision(
                entry=entry,
                id=derived_id(entry.id, item["row"]),
                row_id=item["row"],
                generation=item["generation"],
                at=entry.at,
                session_id=session,
                tier=body["tier"],
                decision="accepted",
                figures_id=uuid.UUID(item["figures_id"]),
                findings=[],
                second=None,
                reason="",
            )
            for item in body["items"]
        ]
    )
    figures = {item["row"]: uuid.UUID(item["figures_id"]) for item in body["items"]}
    rows = list(StationContest.objects.select_related("contest").filter(pk__in=figures).order_by("pk"))
    for row in rows:
        row.decided_id, row.decided_tier, row.findings = figures[row.pk], body["tier"], []
        row.last_seq = entry.seq
        cursors.derive(row)
    StationContest.objects.bulk_update(
        rows, ["decided", "decided_tier", "findings", "standing", "counted", "last_seq"], batch_size=50
    )


def attendance_recorded(entry: Entry, actor: Json, body: Json) -> None:
    """Somebody came or left. The name stays out of the ledger."""
    Attendance.objects.create(
        entry=entry,
        id=derived_id(entry.id, "attendance"),
        session_id=uuid.UUID(body["session"]),
        capacity=body["capacity"],
        pair_id=body["pair"],
        person_id=uuid.UUID(body["person"]) if body["person"] else None,
        commitment=body["commitment"],
        mandate=body["mandate"],
        present=body["present"],
        at=entry.at,
    )


def panel_changed(entry: Entry, actor: Json, body: Json) -> None:
    """A panel opened or closed."""
    PanelChange.objects.create(
        entry=entry,
        id=derived_id(entry.id, "panel"),
        session_id=uuid.UUID(body["session"]),
        number=body["number"],
        event=body["event"],
        villages=body["villages"],
        lead=uuid.UUID(body["lead"]),
        at=entry.at,
    )


KINDS = {
    "item.reopened": item_reopened,
    "items.accepted": items_accepted,
    "attendance.recorded": attendance_recorded,
    "panel.changed": panel_changed,
}
