"""Plenary sessions: list, open, overview, adjourn, resume, and reading lower regions."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.plenary import LABEL_ID, ReopenCause, SessionState
from sirekap.election.roles import Capability
from sirekap.records import clock
from sirekap.records.models import SessionCursor
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary.frame import contests_of, frame, session_or_404
from sirekap.web.plenary.lower import TAKEN, lower_regions
from sirekap.web.plenary.panels import led_by, share
from sirekap.web.plenary.progress import progress
from sirekap.web.views.work import _to_open
from sirekap.workflow import conduct, objections, pace, plenary, sheet_status

EVENT_ID = {
    "convened": "Rapat dijadwalkan",
    "opened": "Rapat dibuka",
    "adjourned": "Rapat diskors",
    "resumed": "Rapat dilanjutkan",
    "closed": "Rapat ditutup",
    "reopened": "Rapat dibuka kembali",
}
CAUSE_ID = {cause.value: LABEL_ID[cause] for cause in ReopenCause}


@allow(Capability.READ)
def sessions(request: HttpRequest) -> HttpResponse:
    """Sessions in scope, those under way first."""
    scope = request.actor.regions(Capability.READ)
    found = SessionCursor.objects.select_related("region").order_by("closed_at", "-opened_at")
    shown = [s for s in found if any(s.region_id.startswith(r) for r in scope)]
    context = {
        "planned": [s for s in shown if s.state == SessionState.SCHEDULED],
        "running": [s for s in shown if s.state not in (SessionState.CLOSED, SessionState.SCHEDULED)],
        "closed": [s for s in shown if s.state == SessionState.CLOSED],
        "to_open": _to_open(request.actor),
        "wide": list(lookups.names(r for r in scope if len(r) in (2, 4)).items()),
    }
    return render(request, "sessions.html", context)


@allow(Capability.PRESIDE, act=True)
def open_session(request: HttpRequest, region: str) -> HttpResponse:
    """Open a region's session."""
    session = plenary.open_session(request.actor, region, request.POST.getlist("contest"), clock.now())
    messages.success(request, _("Rapat pleno dibuka."))
    return HttpResponseRedirect(reverse("session", args=[session.pk]))


@allow(Capability.READ)
def session(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """One session: how far it is, what comes next, what keeps it from closing."""
    found = session_or_404(session)
    done = progress(found)
    regions = lower_regions(found, contests_of(found))
    untaken = sum(r.state != TAKEN for r in regions)
    now = clock.now()
    part = share(None, conduct.open_panels(found), done)
    own = led_by(request.actor, found)
    context = {
        **frame(request, found),
        "progress": done,
        "warnings": pace.schedule_warnings(found, now) if found.state != SessionState.CLOSED else [],
        "pace": pace.pace(found, now),
        "call_outs": pace.call_outs(found.region_id, now) if regions else [],
        "quorum": conduct.quorum(found),
        "unanswered": len(objections.unanswered(found)),
        "led": own,
        "leads": lookups.person_names(panel.lead for panel in conduct.open_panels(found)),
        "regions": regions,
        "untaken": untaken,
        "SHEET": sheet_status.LABEL_ID,
        "reissued": sheet_status.reissued_below(found),
        "own_sheets": [(c, sheet_status.sheet_status(found.region_id, found.tier, c.pk)) for c in contests_of(found)],
        "finished": not done.waiting and not done.deferred and not untaken,
        "next": part.progress.next_after() if not regions else None,
        "events": list(found.events.order_by("entry_id")),
        "plan": pace.plan_of(found),
        "EVENT": EVENT_ID,
        "CAUSE": CAUSE_ID,
    }
    return render(request, "session.html", context)


def _back(session: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("session", args=[session]))


@allow(Capability.PRESIDE, act=True)
def adjourn(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Adjourn."""
    plenary.adjourn(request.actor, session, clock.now())
    messages.success(request, _("Rapat diskors."))
    return _back(session)


@allow(Capability.PRESIDE, act=True)
def resume(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Resume."""
    plenary.resume(request.actor, session, clock.now())
    messages.success(request, _("Rapat dilanjutkan."))
    return _back(session)


@allow(Capability.PRESIDE, act=True)
def take(request: HttpRequest, session: uuid.UUID, region: str) -> HttpResponse:
    """Read a lower region whose own session is closed."""
    plenary.take_region(request.actor, session, region, clock.now())
    messages.success(request, _("Wilayah %s dibacakan.") % lookups.names([region]).get(region, region))
    return _back(session)
