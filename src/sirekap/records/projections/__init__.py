"""What each kind of ledger entry writes: the only code that inserts facts and moves cursors.

An act validates and appends; the projection of the entry's kind does the rest. A published ledger
replayed through the same functions therefore yields every figure, standing and total.
"""

from __future__ import annotations

from typing import Any

from sirekap.records.models import Entry, StationContest
from sirekap.records.projections import (
    count,
    documents,
    nodes,
    objections,
    plenary,
    publication,
    reading,
    register,
    sessions,
)

PROJECTIONS = {
    **register.KINDS,
    **plenary.KINDS,
    **sessions.KINDS,
    **objections.KINDS,
    **documents.KINDS,
    **nodes.KINDS,
    **publication.KINDS,
}
"""Entry kind -> function(entry, actor, body)."""

OF_ROW = {**count.KINDS, **reading.KINDS, **plenary.OF_ROW}
"""Entry kind -> function(entry, actor, body, row), for entries about one cursor row."""


def apply(entry: Entry, actor: dict[str, Any], body: dict[str, Any], row: StationContest | None = None) -> None:
    """Write the facts and cursors of one entry; raises ``KeyError`` for an unknown kind.

    ``row`` is the cursor row of ``body["row"]`` if the caller holds it locked.
    """
    if entry.kind in OF_ROW:
        OF_ROW[entry.kind](
            entry, actor, body, row or StationContest.objects.select_related("contest").get(pk=body["row"])
        )
    else:
        PROJECTIONS[entry.kind](entry, actor, body)
