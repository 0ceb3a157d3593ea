"""Entries about the count: photographs, statements with their verification, generations."""

from __future__ import annotations

import uuid
from typing import Any

from sirekap.records import cursors
from sirekap.records.models import Entry, Generation, Photo, Statement, StatementSeen, StationContest, Verification
from sirekap.records.projections.plenary import begin_reading
from sirekap.records.projections.register import derived_id

Json = dict[str, Any]


def photo_received(entry: Entry, actor: Json, body: Json, row: StationContest) -> None:
    """A photograph of pages of one form."""
    Photo.objects.create(
        entry=entry,
        id=uuid.UUID(body["photo"]),
        row=row,
        generation=body["generation"],
        at=entry.at,
        pages=body["pages"],
        sha256=body["sha256"],
        size=body["size"],
        media_type=body["media_type"],
        uploader=entry.actor,
        role=actor["role"],
    )
    row.pages |= body["pages"]
    cursors.save(row, entry, "pages")


def statement_made(entry: Entry, actor: Json, body: Json, row: StationContest) -> None:
    """A statement of figures and, when it settles the form, the verification it brings about."""
    statement_id = uuid.UUID(body["statement"])
    Statement.objects.create(
        entry=entry,
        id=statement_id,
        row=row,
        generation=body["generation"],
        at=entry.at,
        author=uuid.UUID(body["author"]),
        role=actor["role"],
        human=body["human"],
        paper_wrong=body["paper_wrong"],
        reason=body["reason"],
        open_fields=body["open"],
        figures=cursors.new_figures(statement_id, body["figures"]),
    )
    for saw in body["saw"]:
        StatementSeen.objects.create(id=f"{statement_id}/{saw}", statement_id=statement_id, saw_id=uuid.UUID(saw))
    if actor["role"] == "kpps":
        row.confirmed = True
    row.open_fields = body["open"]
    changed = ["confirmed", "open_fields"]
    if body["verified"] is not None:
        _verify(entry, row, body)
        changed += ["verified", "findings"]
    cursors.save(row, entry, *changed)


def _verify(entry: Entry, row: StationContest, body: Json) -> None:
    verification_id = derived_id(entry.id, "verified")
    verified = body["verified"]
    figures = cursors.new_figures(verification_id, verified["figures"])
    Verification.objects.create(
        entry=entry,
        id=verification_id,
        row=row,
        generation=body["generation"],
        at=entry.at,
        figures=figures,
        findings=verified["findings"],
    )
    row.verified = figures
    row.findings = verified["findings"]


def generation_opened(entry: Entry, actor: Json, body: Json, row: StationContest) -> None:
    """A recount, re-vote or kin: the row starts again, earlier generations stay readable."""
    Generation.objects.create(
        entry=entry,
        id=derived_id(entry.id, "generation"),
        row=row,
        generation=body["generation"],
        at=entry.at,
        kind=body["generation_kind"],
        reason=body["reason"],
        session_id=uuid.UUID(body["session"]) if body["session"] else None,
        order=body.get("order"),
    )
    if body["session"]:
        begin_reading(entry, body)
    cursors.start_generation(row, body["generation"])
    cursors.save(row, entry, *cursors.GENERATION_FIELDS)


KINDS = {
    "photo.received": photo_received,
    "statement.made": statement_made,
    "generation.opened": generation_opened,
}
