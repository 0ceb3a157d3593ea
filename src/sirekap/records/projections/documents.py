"""Entries about documents: issued, signed, refused, scanned."""

from __future__ import annotations

import uuid
from typing import Any

from sirekap.paper.signing.needed import is_complete
from sirekap.records.models import (
    Document,
    DocumentCursor,
    DocumentRefusal,
    DocumentScan,
    DocumentSignature,
    Entry,
)
from sirekap.records.projections.register import derived_id

Json = dict[str, Any]


def document_issued(entry: Entry, actor: Json, body: Json) -> None:
    """A document came to be, unsigned."""
    document = Document.objects.create(
        entry=entry,
        id=uuid.UUID(body["document"]),
        kind=body["kind"],
        tier=body["tier"],
        region_id=body["region"],
        contest_id=body["contest"],
        session_id=uuid.UUID(body["session"]) if body["session"] else None,
        version=body["version"],
        figures_sha256=body["figures_sha256"],
        sha256=body["sha256"],
        pages=body["pages"],
        boxes=body["boxes"],
        at=entry.at,
    )
    DocumentCursor.objects.create(document=document, sha256=document.sha256)


def document_signed(entry: Entry, actor: Json, body: Json) -> None:
    """Somebody signed by key."""
    document = Document.objects.get(pk=body["document"])
    signature = DocumentSignature.objects.create(
        entry=entry,
        id=derived_id(entry.id, body["field"]),
        at=entry.at,
        document=document,
        field=body["field"],
        person=uuid.UUID(body["person"]) if body["person"] else None,
        capacity=body["capacity"],
        pair=body["pair"],
        sequence=body["sequence"],
        sha256=body["sha256"],
        certificate_sha256=body["certificate_sha256"],
        method=body["method"],
    )
    _move(document, [signature.field], signature.sha256)


def document_refused(entry: Entry, actor: Json, body: Json) -> None:
    """Somebody would not sign."""
    DocumentRefusal.objects.create(
        entry=entry,
        id=derived_id(entry.id, "refusal"),
        at=entry.at,
        document_id=uuid.UUID(body["document"]),
        field=body["field"],
        capacity=body["capacity"],
        pair=body["pair"],
        reason=body["reason"],
    )


def document_scanned(entry: Entry, actor: Json, body: Json) -> None:
    """The document came back signed in ink; every box named counts as signed."""
    document = Document.objects.get(pk=body["document"])
    DocumentScan.objects.create(
        entry=entry,
        id=derived_id(entry.id, "scan"),
        at=entry.at,
        document=document,
        sha256=body["sha256"],
        size=body["size"],
        media_type=body["media_type"],
    )
    for sequence, (field, capacity, pair, person) in enumerate(body["signed"], start=body["sequence"]):
        DocumentSignature.objects.create(
            entry=entry,
            id=derived_id(entry.id, field),
            at=entry.at,
            document=document,
            field=field,
            person=uuid.UUID(person) if person else None,
            capacity=capacity,
            pair=pair,
            sequence=sequence,
            sha256=body["sha256"],
            certificate_sha256="",
            method=DocumentSignature.WET,
        )
    _move(document, [item[0] for item in body["signed"]], None)


def _move(document: Document, fields: list[str], sha256: str | None) -> None:
    cursor = DocumentCursor.objects.get(pk=document.pk)
    cursor.sha256 = sha256 or cursor.sha256
    cursor.signatures += len(fields)
    cursor.signed = sorted({*cursor.signed, *fields})
    cursor.complete = is_complete(document.kind, cursor.signed)
    cursor.save()


KINDS = {
    "document.issued": document_issued,
    "document.signed": document_signed,
    "document.refused": document_refused,
    "document.scanned": document_scanned,
}
