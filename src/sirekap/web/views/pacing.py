"""How fast the sessions of a region read, when they will be done, and which of them hold the others up."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from sirekap.election.plenary import SessionState
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.records import clock
from sirekap.records.models import SessionCursor
from sirekap.records.ranges import within
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.workflow import pace


@allow(Capability.READ, look=True)
def pacing(request: HttpRequest, region: str) -> HttpResponse:
    """Every district session of a regency or province: pace, when it will be done, panel by panel."""
    if len(region) not in (2, 4) or not lookups.names([region]):
        raise Http404
    now = clock.now()
    found = SessionCursor.objects.filter(within("region_id", region), tier=Tier.DISTRICT).select_related("region")
    running = found.exclude(state__in=(SessionState.CLOSED, SessionState.SCHEDULED)).order_by("region_id")
    context: dict[str, Any] = {
        "region": region,
        "trail": lookups.trail(region),
        "paces": [pace.pace(session, now) for session in running],
        "closed": found.filter(state=SessionState.CLOSED).count(),
        "call_outs": pace.call_outs(region, now),
        "now": now,
    }
    return render(request, "pacing.html", context)
