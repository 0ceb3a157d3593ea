"""The big screen in the hall: read-only, follows the chair, readable from the last row."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse

from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary.frame import session_or_404
from sirekap.web.plenary.progress import progress
from sirekap.web.plenary.screen import on_screen, region_on_screen, version

PANELS = {str(number): number for number in range(5)}


def _panel(request: HttpRequest) -> int | None:
    return PANELS.get(request.GET.get("panel", ""))


@allow(Capability.READ, look=True)
def hall(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """What the chair reads, large."""
    found = session_or_404(session)
    panel = _panel(request)
    seen = on_screen(found, panel)
    regions = region_on_screen(found, seen) if found.tier != Tier.DISTRICT else []
    context = {
        "regions": regions,
        "session": found,
        "panel": panel,
        "seen": [] if regions else seen,
        "version": version(found, seen),
        "progress": progress(found),
    }
    return render(request, "hall.html", context)


@allow(Capability.READ, look=True)
def hall_version(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """A word that changes whenever the screen has to: ``{"version": "..."}``."""
    found = session_or_404(session)
    return JsonResponse({"version": version(found, on_screen(found, _panel(request)))})
