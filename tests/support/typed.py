"""The groups that a session types back from its printed sheets, read off the sheets as they stand."""

from __future__ import annotations

from sirekap.election.sheet import asked_chunks, chunks
from sirekap.records.models import SessionCursor
from sirekap.workflow import sheets


def typed_back(session: SessionCursor) -> dict[str, list[str]]:
    """Contest -> the two asked groups of its sheet's hash, what `plenary.close_session` takes."""
    return {
        contest: [chunks(sha256)[place] for place in asked_chunks(session.pk, sha256)]
        for contest, sha256 in sheets.figures_sha256(session).items()
    }
