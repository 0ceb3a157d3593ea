"""Which certification authorities this node trusts for signatures on documents, and where officers' keys are."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from sirekap.paper.signing import SigningError
from sirekap.workflow.errors import Refused

if TYPE_CHECKING:
    from sirekap.paper.signing import Sealer
    from sirekap.paper.signing.holders import Ask
    from sirekap.paper.verifying import Trust

AUTHORITY, OFFICERS = "documents-ca", "officers"
"""Folders under ``SIREKAP_KEYS``: the test authority, and one file for each officer's key."""


def authority_folder(keys: Path | None = None) -> Path:
    """Where the test authority's certificate and key are."""
    return (keys or Path(settings.CONFIG.keys)) / AUTHORITY


def officers_folder(keys: Path | None = None) -> Path:
    """Where officers' keys, or the settings that lead to them, are."""
    return (keys or Path(settings.CONFIG.keys)) / OFFICERS


def trust() -> Trust:
    """``SIREKAP_DOCUMENTS_TRUST``, else the test authority of this node; never a test authority in production."""
    from sirekap.paper.verifying import load_trust

    config = settings.CONFIG
    file = config.documents_trust or authority_folder() / "ca.pem"
    return load_trust(Path(file), allow_test=not config.production)


def sealer_of(person: uuid.UUID, ask: Ask | None = None) -> Sealer:
    """The signing key of a person on this node; raises `Refused` when there is none."""
    from sirekap.paper.signing import holders

    try:
        return holders.sealer(officers_folder(), person, ask=ask, stamp_url=settings.CONFIG.timestamp_url or "")
    except SigningError as error:
        raise Refused(error.code, error.text_id, error.text_en) from error


def refuse_untrusted(sealer: Sealer, at: datetime) -> None:
    """Raise `Refused` unless the certificate is of a trusted authority and valid at ``at``."""
    from sirekap.paper.verifying import certificate_problems

    problems = certificate_problems(sealer.certificate.dump(), sealer.chain(), trust(), at)
    if problems:
        raise Refused("certificate", problems[0].text_id, problems[0].text_en)
