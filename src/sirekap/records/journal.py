"""Appending to the ledger: one entry, its facts and its cursors, in the caller's transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from sirekap.ledger import canonical
from sirekap.ledger.errors import CanonicalError
from sirekap.ledger.tiles import MAX_ENTRY
from sirekap.ledger.tree import leaf_hash
from sirekap.records import holds, projections, reenacting
from sirekap.records.ids import uuid7
from sirekap.records.models import Entry, StationContest

VERSION = 1


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, in which role and for which region, as written into the ledger entry."""

    person: uuid.UUID | None
    role: str
    region: str

    def as_json(self) -> dict[str, str | None]:
        """The entry's ``actor`` object."""
        return {"person": str(self.person) if self.person else None, "role": self.role, "region": self.region}


SYSTEM = Acting(None, "system", "")


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, the only spelling of a time in the ledger."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_timestamp(text: str) -> datetime:
    """Inverse of :func:`timestamp`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def append(kind: str, acting: Acting, at: datetime, body: dict[str, Any], row: StationContest | None = None) -> Entry:
    """Append one entry and apply its projection.

    ``body`` must be canonical-JSON-able (no floats); ``row`` is the cursor row it speaks of, if the
    act holds it locked. Raises ``CanonicalError`` otherwise, or for more than `MAX_ENTRY` bytes (no
    entry bundle could hold them), and whatever the database refuses. Must run inside ``transaction.atomic()``.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an entry is appended inside the transaction of its act")
    again = reenacting.expected()
    if again is not None:
        raw, content = again.take(kind, acting.as_json(), timestamp(at), body)
        return replay(raw, content, row)
    holds.refuse_held(kind, body)
    content = {
        "v": VERSION,
        "id": str(uuid7(at)),
        "kind": kind,
        "at": timestamp(at),
        "actor": acting.as_json(),
        "body": body,
    }
    raw = canonical.dumps(content)
    if len(raw) > MAX_ENTRY:
        raise CanonicalError(
            "entry_too_large",
            f"Tindakan ini terlalu besar untuk satu entri buku besar ({len(raw)} byte, paling banyak {MAX_ENTRY}). "
            "Bagi menjadi beberapa bagian.",
            f"This act is too large for one ledger entry ({len(raw)} bytes, at most {MAX_ENTRY}). Do it in parts.",
        )
    return replay(raw, content, row)


def replay(raw: bytes, content: dict[str, Any] | None = None, row: StationContest | None = None) -> Entry:
    """Insert one entry from its canonical bytes and apply its projection.

    Used by :func:`append` and, with bytes alone, to rebuild a database from a published ledger.
    """
    content = canonical.loads(raw) if content is None else content
    entry = entry_of(raw, content)
    entry.save()
    projections.apply(entry, content["actor"], content["body"], row)
    return entry


def entry_of(raw: bytes, content: dict[str, Any]) -> Entry:
    """The entry of some canonical bytes and what they say, not yet inserted."""
    person = content["actor"]["person"]
    return Entry(
        id=uuid.UUID(content["id"]),
        kind=content["kind"],
        at=parse_timestamp(content["at"]),
        actor=uuid.UUID(person) if person else None,
        content=raw,
        leaf_hash=leaf_hash(raw),
    )


def body_of(entry: Entry) -> dict[str, Any]:
    """The body of a stored entry."""
    content = canonical.loads(bytes(entry.content))
    return dict(content["body"])
