"""The agenda of a session by village, its stations, and finding one of them."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse

from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.records.models import SessionCursor, StationContest
from sirekap.records.ranges import within
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary.frame import frame, presides, session_or_404
from sirekap.web.plenary.panels import led_by
from sirekap.web.plenary.progress import Progress, open_acts, progress, villages
from sirekap.workflow.agenda import agenda_rows

FOUND = 30
"""Stations a search lists at most."""


@allow(Capability.READ)
def agenda(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Every village of the agenda with how far it is; one village's stations; a search."""
    found = session_or_404(session)
    done = progress(found)
    village = request.GET.get("desa", "")
    search = request.GET.get("tps", "").strip()
    context = {
        **frame(request, found),
        "progress": done,
        "villages": villages(done),
        "village": village,
        "rows": _rows(village, found, done),
        "reads": found.tier == Tier.DISTRICT and open_acts(found) and _reads(request, found),
        "search": search,
        "found": _search(found, search),
    }
    return render(request, "agenda.html", context)


def _reads(request: HttpRequest, session: SessionCursor) -> bool:
    """Whether this person decides about some village of the session."""
    return presides(request.actor, session) or led_by(request.actor, session) is not None


def _rows(village: str, session: SessionCursor, done: Progress) -> list[tuple[StationContest, str]]:
    if len(village) != 10 or not (village.isascii() and village.isdigit()) or not village.startswith(session.region_id):
        return []
    rows = agenda_rows(session).filter(within("pk", village)).select_related("contest")
    return [(row, done.state(row.pk)) for row in rows]


def _search(session: SessionCursor, text: str) -> list[StationContest]:
    """Rows of the agenda whose station code is, or whose number ends, as typed."""
    if not (text.isascii() and text.isdigit()) or not 1 <= len(text) <= 13:
        return []
    rows = agenda_rows(session).select_related("contest")
    exact = rows.filter(within("pk", text)) if len(text) > len(session.region_id) else rows.none()
    number = text.zfill(3) if len(text) < 3 else text
    return list(exact[:FOUND]) or list(rows.filter(station__code__endswith=number)[:FOUND])
