"""The cursors of documents, derived from their facts alone."""

from __future__ import annotations

from sirekap.paper.signing.needed import is_complete
from sirekap.records.models import DocumentCursor, DocumentSignature


def rebuild_documents() -> int:
    """Re-derive every document's cursor; returns how many differed."""
    changed = 0
    cursors = DocumentCursor.objects.select_related("document").prefetch_related("document__signatures")
    for cursor in cursors.order_by("pk"):
        signatures = sorted(cursor.document.signatures.all(), key=lambda one: one.sequence)
        by_key = [one.sha256 for one in signatures if one.method == DocumentSignature.PADES]
        signed = sorted({one.field for one in signatures})
        derived = {
            "sha256": by_key[-1] if by_key else cursor.document.sha256,
            "signatures": len(signatures),
            "signed": signed,
            "complete": is_complete(cursor.document.kind, signed),
        }
        if any(getattr(cursor, name) != value for name, value in derived.items()):
            DocumentCursor.objects.filter(pk=cursor.pk).update(**derived)
            changed += 1
    return changed
