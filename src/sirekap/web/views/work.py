"""My work: what waits for this person, by role."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from sirekap.election.plenary import SessionState
from sirekap.election.roles import Capability, Role
from sirekap.records.cursors import rows_in
from sirekap.records.models import Contest, ContestCursor, SessionCursor, StationContest
from sirekap.web import lookups
from sirekap.web.access import signed_in
from sirekap.web.pages import render
from sirekap.web.plenary import papers
from sirekap.workflow.people import Actor

SESSION_LENGTHS = (2, 4, 6)


@signed_in
def work(request: HttpRequest) -> HttpResponse:
    """The first screen after signing in."""
    actor: Actor = request.actor
    regions = lookups.names(region[:10] for _, region in actor.mandates)
    context = {
        "mandates": [(role, region, regions.get(region[:10], region)) for role, region in actor.mandates],
        "stations": [_station(region) for role, region in actor.mandates if role is Role.KPPS],
        "queue": lookups.queue_counts(actor) if actor.regions(Capability.VERIFY) else None,
        "sessions": _sessions(actor),
        "to_open": _to_open(actor),
        "attending": _attending(actor),
        "to_determine": _to_determine(actor),
        "to_sign": papers.to_sign(actor),
        "read": actor.regions(Capability.READ),
    }
    return render(request, "work.html", context)


def _station(code: str) -> dict[str, Any]:
    rows = rows_in(code).select_related("contest")
    return {"code": code, "trail": lookups.trail(code), "rows": [(row, next_step(row)) for row in rows]}


def next_step(row: StationContest) -> str:
    """What the station's committee does next: ``photo``, ``enter``, ``compare``, ``again`` or ``done``."""
    if row.verified_id or row.decided_id:
        return "done"
    if not row.complete:
        return "photo"
    if not row.confirmed:
        return "enter"
    if not row.open_fields:
        return "done"
    return "compare" if row.read else "again"


def _sessions(actor: Actor) -> list[SessionCursor]:
    regions = actor.regions(Capability.PREPARE_PLENARY)
    if not regions:
        return []
    found = SessionCursor.objects.filter(region_id__in=regions).exclude(
        state__in=(SessionState.CLOSED, SessionState.SCHEDULED)
    )
    return list(found.select_related("region").order_by("-opened_at"))


def _attending(actor: Actor) -> list[SessionCursor]:
    """Sessions at work that a witness or a supervisor may follow and object in."""
    within_reach = lookups.within_any("region_id", actor.regions(Capability.OBJECT))
    found = SessionCursor.objects.filter(within_reach).exclude(state__in=(SessionState.CLOSED, SessionState.SCHEDULED))
    return list(found.select_related("region").order_by("region_id"))


def _to_open(actor: Actor) -> list[tuple[str, str, list[Contest]]]:
    """Regions whose session this chair may open, with the contests on its agenda."""
    regions = [r for r in actor.regions(Capability.PRESIDE) if len(r) in SESSION_LENGTHS]
    begun = SessionCursor.objects.filter(region_id__in=regions).exclude(state=SessionState.SCHEDULED)
    opened = set(begun.values_list("region_id", flat=True))
    names = lookups.names(regions)
    waiting = [r for r in regions if r not in opened and r in names]
    return [(r, names[r], agenda_contests(r)) for r in waiting]


def agenda_contests(region: str) -> list[Contest]:
    """The contests a session of this region deals with: all at a district or regency, the governor's at a province."""
    return [c for c in lookups.contests_over(region) if len(region) > 2 or len(c.region) == 2]


def _to_determine(actor: Actor) -> list[Contest]:
    regions = [r for r in actor.regions(Capability.DETERMINE) if len(r) in (2, 4)]
    waiting = ContestCursor.objects.filter(state="counting", contest__region__in=regions)
    return [cursor.contest for cursor in waiting.select_related("contest").order_by("pk")]
