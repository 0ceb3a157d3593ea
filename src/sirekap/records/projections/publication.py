"""Entries about publication: cuts, the log's keys, its witnesses."""

from __future__ import annotations

import uuid
from typing import Any

from sirekap.records.models import Cut, Entry, LogRotation, Witness

Json = dict[str, Any]


def cut_published(entry: Entry, actor: Json, body: Json) -> None:
    """One publication of the public site."""
    Cut.objects.create(
        entry=entry,
        number=body["number"],
        manifest_sha256=body["manifest_sha256"],
        ledger_size=body["ledger_size"],
        ledger_root=body["ledger_root"],
        at=entry.at,
    )


def log_rotated(entry: Entry, actor: Json, body: Json) -> None:
    """The log's key was replaced by another."""
    LogRotation.objects.create(
        entry=entry,
        id=uuid.UUID(body["rotation"]),
        old_key=body["old_key"],
        new_key=body["new_key"],
        reason=body["reason"],
        note=body["note"],
        at=entry.at,
    )


def witness_registered(entry: Entry, actor: Json, body: Json) -> None:
    """A witness whose co-signatures this node takes in."""
    Witness.objects.create(
        entry=entry,
        id=uuid.UUID(body["witness"]),
        name=body["name"],
        vkey=body["vkey"],
        who=body["who"],
        at=entry.at,
    )


KINDS = {
    "publication.cut": cut_published,
    "log.rotated": log_rotated,
    "witness.registered": witness_registered,
}
