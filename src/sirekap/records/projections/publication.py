"""Entries about publication: cuts."""

from __future__ import annotations

from typing import Any

from sirekap.records.models import Cut, Entry

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


KINDS = {"publication.cut": cut_published}
