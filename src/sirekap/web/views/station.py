"""A station's page for staff: photographs, standing, statements side by side, findings, history."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from sirekap.election.roles import Capability
from sirekap.election.standing import Standing
from sirekap.records import queries
from sirekap.records.models import StationContest
from sirekap.web import figures, lookups, reading_view, station_view
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary.objecting import shown
from sirekap.workflow import objections, verification


def row_or_404(row: str) -> StationContest:
    """The row with its contest and figures."""
    found = StationContest.objects.filter(pk=row).select_related("contest", "verified", "decided").first()
    if found is None:
        raise Http404
    return found


def heading(row: StationContest) -> dict[str, Any]:
    """What every screen about a row shows on top."""
    return {
        "row": row,
        "contest": row.contest,
        "code": row.station_id,
        "trail": lookups.trail(row.station_id),
        "standing": Standing(row.standing),
    }


@allow(Capability.READ)
def station(request: HttpRequest, row: str) -> HttpResponse:
    """One station in one contest."""
    found = row_or_404(row)
    facts = station_view.dossier(found)
    hidden = station_view.hides_figures(request.actor, facts)
    unverified = found.verified_id is None and found.decided_id is None
    if unverified and facts.current and not hidden:
        verification.disclose(request.actor, found.pk)
    columns = station_view.columns(request.actor, facts, hidden)
    known = station_view.known_findings(found)
    context = {
        **heading(found),
        "roll": queries.rolls([found.station_id]).get(found.station_id),
        "photos": reading_view.shown(facts.photos, facts.readings),
        "hidden": hidden,
        "unverified": unverified,
        "columns": columns,
        "lines": station_view.lines(columns, found.contest.columns),
        "findings": figures.finding_lines(found.findings, known, "coordinator"),
        "history": station_view.history(facts),
        "objections": shown(request.actor, objections.of_row(found.pk, with_text=True)),
        "may_object": any(request.actor.may(c, found.station_id) for c in (Capability.OBJECT, Capability.CONFIRM)),
        "may_upload": request.actor.may(Capability.UPLOAD, found.station_id) and not found.closed,
        "may_enter": station_view.may_enter(request.actor, facts),
        "complete": found.complete,
        "also": StationContest.objects.filter(station_id=found.station_id)
        .exclude(pk=found.pk)
        .select_related("contest"),
    }
    return render(request, "station.html", context)
