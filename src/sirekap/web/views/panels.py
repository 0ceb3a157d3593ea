"""Parallel panels of a district session: opening and closing them, and one screen for each."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.conduct import PANELS
from sirekap.election.roles import Capability, Role
from sirekap.election.standing import Tier
from sirekap.records import clock
from sirekap.records.models import Mandate, SessionCursor
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary.frame import frame, session_or_404
from sirekap.web.plenary.panels import UNDIVIDED, share
from sirekap.web.plenary.progress import open_acts, progress, villages
from sirekap.workflow import conduct, pace
from sirekap.workflow.errors import Refused


def _board(session: SessionCursor) -> list[tuple[str, str]]:
    """(person, name) of who may lead a panel: chair and members of the body."""
    held = Mandate.objects.filter(
        region=session.region_id, role__in=(Role.CHAIR, Role.MEMBER), end__isnull=True
    ).order_by("entry_id")
    people = list(dict.fromkeys(held.values_list("person_id", flat=True)))
    names = lookups.person_names(people)
    return [(str(person), names.get(person, str(person)[:8])) for person in people]


def _district_or_404(session: uuid.UUID) -> SessionCursor:
    found = session_or_404(session)
    if found.tier != Tier.DISTRICT:
        raise Http404
    return found


@allow(Capability.READ)
def panels(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Every panel with how far it is; the chair opens and closes them here."""
    found = _district_or_404(session)
    refused = None
    if request.method == "POST":
        try:
            return _open(request, session)
        except Refused as why:
            refused = why
    done, opened = progress(found), conduct.open_panels(found)
    taken = {village: panel.number for panel in opened for village in panel.villages}
    board = dict(_board(found))
    context: dict[str, Any] = {
        **frame(request, found),
        "panels": [(panel, share(panel, opened, done).progress) for panel in opened],
        "rest": share(None, opened, done).progress if opened else None,
        "paces": {p.number: p.pace for p in pace.pace(found, clock.now()).panels},
        "board": board,
        "leads": [(p, n) for p, n in board.items() if p not in {str(panel.lead) for panel in opened}],
        "numbers": [(str(n), str(n)) for n in range(1, PANELS + 1) if n not in {panel.number for panel in opened}],
        "villages": [(v, taken.get(v.code)) for v in villages(done)],
        "typed": {name: request.POST.get(name, "") for name in ("number", "lead")},
        "ticked": request.POST.getlist("village"),
        "refused": refused,
    }
    return render(request, "panels.html", context, refused.status if refused else 200)


def _open(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    number, lead = request.POST.get("number", ""), request.POST.get("lead", "")
    try:
        person = uuid.UUID(lead)
    except ValueError:
        raise Refused("panel_lead", "Pilih pemimpin panel.", "Choose who leads the panel.", 400) from None
    conduct.open_panel(
        request.actor,
        session,
        int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0,
        request.POST.getlist("village"),
        clock.now(),
        lead=person,
    )
    messages.success(request, _("Panel %s dibuka.") % number)
    return HttpResponseRedirect(reverse("panels", args=[session]))


@allow(Capability.PRESIDE, act=True)
def close_panel(request: HttpRequest, session: uuid.UUID, number: int) -> HttpResponse:
    """End a panel; its villages are read by the chair again."""
    conduct.close_panel(request.actor, session, number, clock.now())
    messages.success(request, _("Panel %s ditutup.") % number)
    return HttpResponseRedirect(reverse("panels", args=[session]))


@allow(Capability.READ)
def panel(request: HttpRequest, session: uuid.UUID, number: int) -> HttpResponse:
    """One panel's own screen: what comes next, its villages, its pace. Number 0: what no panel reads."""
    found = _district_or_404(session)
    opened = conduct.open_panels(found)
    own = next((p for p in opened if p.number == number), None)
    if own is None and number != UNDIVIDED:
        raise Http404
    part = share(own, opened, progress(found))
    at_work = pace.pace(found, clock.now())
    leads = request.actor.may(Capability.PRESIDE, found.region_id) or (own and own.lead == request.actor.person)
    context: dict[str, Any] = {
        **frame(request, found),
        "number": number,
        "panel": own,
        "lead": dict(_board(found)).get(str(own.lead), "") if own else "",
        "progress": part.progress,
        "next": part.progress.next_after() if leads and open_acts(found) else None,
        "leads": bool(leads),
        "villages": villages(part.progress),
        "pace": next((p.pace for p in at_work.panels if p.number == number), at_work.whole),
        "due": at_work.due,
    }
    return render(request, "panel.html", context)
