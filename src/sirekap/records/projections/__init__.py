"""What each kind of ledger entry writes: the only code that inserts facts and moves cursors.

An act validates and appends; the projection of the entry's kind does the rest. A published ledger
replayed through the same functions therefore yields every figure, standing and total.
"""

from __future__ import annotations

from typing import Any

from sirekap.records.models import Entry
from sirekap.records.projections import count, plenary, publication, register

PROJECTIONS = {**register.KINDS, **count.KINDS, **plenary.KINDS, **publication.KINDS}
"""Entry kind -> function(entry, actor, body)."""


def apply(entry: Entry, actor: dict[str, Any], body: dict[str, Any]) -> None:
    """Write the facts and cursors of one entry; raises ``KeyError`` for an unknown kind."""
    PROJECTIONS[entry.kind](entry, actor, body)
