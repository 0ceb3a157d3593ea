"""What the big screen in the hall shows: the station that the chair has before them. No fact, no entry."""

from __future__ import annotations

import uuid
from datetime import datetime

from sirekap.records.models import HallScreen


def show(session_id: uuid.UUID, panel: int, row_id: str, at: datetime) -> None:
    """Let the hall's screen of a panel (0: the session is not split) show a row of the session's agenda.

    The caller has made sure that the person presides over the row in this session.
    """
    if not HallScreen.objects.filter(session_id=session_id, panel=panel, row_id=row_id).exists():
        HallScreen.objects.update_or_create(session_id=session_id, panel=panel, defaults={"row_id": row_id, "at": at})


def shown(session_id: uuid.UUID) -> list[HallScreen]:
    """What each panel's screen shows, the panel read last first."""
    found = HallScreen.objects.filter(session_id=session_id)
    return list(found.select_related("row__contest", "row__verified", "row__decided").order_by("-at"))
