"""Entries about objections, new versions of sheets, and the court."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sirekap.records import cursors
from sirekap.records.models import (
    ContestCursor,
    ContestReopened,
    CourtRecord,
    Entry,
    Objection,
    ObjectionAnswer,
    ObjectionAttachment,
    ObjectionPublished,
    SessionCursor,
    SheetVersion,
)
from sirekap.records.projections.register import derived_id

Json = dict[str, Any]
CLOSED, ABOVE = "closed", "above"


def _uuid(value: str | None) -> uuid.UUID | None:
    return uuid.UUID(value) if value else None


def objection_filed(entry: Entry, actor: Json, body: Json) -> None:
    """An objection or incident, with the hashes of what was handed in."""
    objection = Objection.objects.create(
        entry=entry,
        id=uuid.UUID(body["objection"]),
        kind=body["kind"],
        subject=body["subject"],
        session_id=_uuid(body["session"]),
        tier=body["tier"],
        final_tier=body["final_tier"],
        region=body["region"],
        row_id=body["row"],
        generation=body["generation"],
        contest_id=body["contest"],
        fields=body["fields"],
        pair=body["pair"],
        capacity=body["capacity"],
        commitment=body["commitment"],
        at=entry.at,
    )
    for file in body["attachments"]:
        ObjectionAttachment.objects.create(
            id=f"{objection.pk}/{file['sha256']}",
            objection=objection,
            sha256=file["sha256"],
            size=file["size"],
            media_type=file["media_type"],
        )
    if body["published"]:
        objection_published(entry, actor, body)


def objection_published(entry: Entry, actor: Json, body: Json) -> None:
    """The redacted text that the public may read."""
    ObjectionPublished.objects.create(
        entry=entry,
        id=derived_id(entry.id, "published"),
        objection_id=uuid.UUID(body["objection"]),
        text=body["published"],
        at=entry.at,
    )


def objection_answered(entry: Entry, actor: Json, body: Json) -> None:
    """A plenary's answer."""
    ObjectionAnswer.objects.create(
        entry=entry,
        id=derived_id(entry.id, "answer"),
        objection_id=uuid.UUID(body["objection"]),
        session_id=uuid.UUID(body["session"]),
        tier=body["tier"],
        status=body["status"],
        answer=body["answer"],
        remedy=_uuid(body["remedy"]),
        at=entry.at,
    )


def sheets_closed(entry: Entry, session: SessionCursor, hashes: dict[str, str]) -> None:
    """A closed session makes the next version of each of its sheets whose figures are new."""
    for contest in session.contests:
        last = SheetVersion.objects.filter(region_id=session.region_id, contest_id=contest).order_by("version").last()
        if last is None or last.figures_sha256 != hashes[contest]:
            item = {"tier": session.tier, "region": session.region_id, "contest": contest}
            item |= {"version": last.version + 1 if last else 1, "figures_sha256": hashes[contest]}
            _version(entry, CLOSED, session.pk, item)


def sheets_reissued(entry: Entry, body: Json) -> None:
    """What a higher tier decided makes new versions of the sheets below that its entry names."""
    for item in body.get("reissues", ()):
        _version(entry, ABOVE, uuid.UUID(body["session"]), item)


def _version(entry: Entry, cause: str, session_id: uuid.UUID, item: Json) -> None:
    SheetVersion.objects.create(
        entry=entry,
        id=derived_id(entry.id, f"sheet/{item['region']}/{item['contest']}"),
        tier=item["tier"],
        region_id=item["region"],
        contest_id=item["contest"],
        version=item["version"],
        figures_sha256=item["figures_sha256"],
        cause=cause,
        session_id=session_id,
        at=entry.at,
    )


def contest_reopened(entry: Entry, actor: Json, body: Json) -> None:
    """A ruling supersedes the determination: the contest counts again."""
    ContestReopened.objects.create(
        entry=entry,
        id=derived_id(entry.id, "reopened"),
        contest_id=body["contest"],
        determination_id=uuid.UUID(body["determination"]),
        basis=body["basis"],
        reference=body["reference"],
        at=entry.at,
    )
    cursors.reopen_contest(body["contest"], entry)
    ContestCursor.objects.filter(pk=body["contest"]).update(state="counting", winner=None)


def court_recorded(entry: Entry, actor: Json, body: Json) -> None:
    """The court's register or ruling."""
    CourtRecord.objects.create(
        entry=entry,
        id=derived_id(entry.id, "court"),
        contest_id=body["contest"],
        event=body["event"],
        reference=body["reference"],
        dated=date.fromisoformat(body["dated"]),
        at=entry.at,
    )


KINDS = {
    "objection.filed": objection_filed,
    "objection.published": objection_published,
    "objection.answered": objection_answered,
    "contest.reopened": contest_reopened,
    "court.recorded": court_recorded,
}
