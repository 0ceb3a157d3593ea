"""What the ledger says about a document file, to compare the file with."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.db.models import Q

from sirekap.paper.verifying import Recorded
from sirekap.records.models import Document, DocumentSignature, SheetVersion


def recorded_of(data: bytes) -> Recorded | None:
    """The record of the document of which these bytes are a state, unsigned or signed; None when there is none."""
    sha256 = hashlib.sha256(data).hexdigest()
    by_key = Q(signatures__sha256=sha256, signatures__method=DocumentSignature.PADES)
    document = Document.objects.filter(Q(sha256=sha256) | by_key).first()
    return record(document) if document is not None else None


def record(document: Document) -> Recorded:
    """What the ledger says about one document."""
    signatures = list(DocumentSignature.objects.filter(document=document, method=DocumentSignature.PADES))
    newer = SheetVersion.objects.filter(
        region_id=document.region_id, contest_id=document.contest_id, version__gt=document.version
    ).order_by("version")
    last = newer.last() if document.contest_id else None
    return Recorded(
        files=frozenset({document.sha256, *(one.sha256 for one in signatures)}),
        figures_sha256=document.figures_sha256,
        certificates=frozenset(one.certificate_sha256 for one in signatures),
        replaced=last.version if last else None,
    )


def is_ours(document: str) -> bool:
    """Whether this ledger issued a document of this id."""
    try:
        return bool(document) and Document.objects.filter(pk=document).exists()
    except (ValidationError, ValueError):
        return False
