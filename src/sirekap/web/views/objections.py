"""Objections and special incidents: the list of a session, one of them with its answers, and raising one."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election import chasil
from sirekap.election.objections import LABEL_ID, Capacity, ObjectionKind, Subject
from sirekap.election.roles import Capability
from sirekap.publication.books import pairs_of
from sirekap.publication.load import short_title
from sirekap.records import clock
from sirekap.records.models import Contest, Objection, SessionCursor, StationContest
from sirekap.web import figures, lookups
from sirekap.web.access import allow
from sirekap.web.pages import render, store
from sirekap.web.plenary.frame import contests_of, frame, session_or_404
from sirekap.web.plenary.objecting import open_first, shown
from sirekap.web.views.station import heading, row_or_404
from sirekap.workflow import attachments, objections
from sirekap.workflow.errors import Refused

RAISE = (Capability.OBJECT, Capability.PREPARE_PLENARY)
"""Witnesses and supervisors object; the committee enters what is said in the hall and reports incidents."""
TYPED = ("kind", "subject", "capacity", "pair", "text", "demand", "published")


def objection_or_404(objection: uuid.UUID) -> Objection:
    """The objection with its contest and session."""
    found = Objection.objects.filter(pk=objection).select_related("contest", "session__region").first()
    if found is None:
        raise Http404
    return found


@allow(Capability.READ, look=True)
def of_session(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """What is on the session's agenda, and what it has answered."""
    found = session_or_404(session)
    context = {
        **frame(request, found),
        "items": open_first(shown(request.actor, objections.of_session(found))),
        "may_raise": any(request.actor.may(c, found.region_id) for c in RAISE),
    }
    return render(request, "objections.html", context)


@allow(Capability.READ, look=True)
def objection(request: HttpRequest, objection: uuid.UUID) -> HttpResponse:
    """One objection: by whom, about what, its demand, files, and every plenary's answer."""
    found = objection_or_404(objection)
    item = shown(request.actor, [objections.one(found)])[0]
    sessions = SessionCursor.objects.filter(pk__in=[a.session_id for a in item.item.answers]).select_related("region")
    answering = _answering(request, item.item)
    context = {
        "item": item,
        "trail": lookups.trail(found.region[:10]),
        "answers": item.item.answers,
        "regions": {s.pk: s.region.name for s in sessions},
        "answering": answering,
        "may_publish": request.actor.may(Capability.PREPARE_PLENARY, found.region),
    }
    return render(request, "objection.html", context)


def _answering(request: HttpRequest, item: objections.Listed) -> SessionCursor | None:
    """The session in which this person answers it now."""
    tier = item.standing.tier
    if tier is None:
        return None
    regions = [item.objection.region[:length] for length in (2, 4, 6)]
    found = SessionCursor.objects.filter(tier=tier, region_id__in=regions).first()
    if found is None or not request.actor.may(Capability.PRESIDE, found.region_id):
        return None
    return found


@allow(*RAISE)
def raise_in_session(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Raise an objection or report an incident in a plenary."""
    found = session_or_404(session)
    contests = contests_of(found)
    row = _row(request, found)
    refused = None
    if request.method == "POST":
        try:
            new = _file(request, found.pk, found.region_id, row)
            messages.success(request, _("Tercatat. Rapat menjawabnya sebelum ditutup."))
            return HttpResponseRedirect(reverse("objection", args=[new]))
        except Refused as why:
            refused = why
    context = {**frame(request, found), **_form(request, found.region_id, contests, row), "refused": refused}
    return render(request, "object_in_session.html", context, refused.status if refused else 200)


@allow(Capability.OBJECT, Capability.CONFIRM)
def raise_at_station(request: HttpRequest, row: str) -> HttpResponse:
    """Put on record what happened at a station; it waits for the district's plenary."""
    found = row_or_404(row)
    refused = None
    if request.method == "POST":
        try:
            new = _file(request, None, found.station_id, found)
            messages.success(request, _("Tercatat. Rapat pleno kecamatan membacanya."))
            return HttpResponseRedirect(reverse("objection", args=[new]))
        except Refused as why:
            refused = why
    context = {**heading(found), **_form(request, found.station_id, [found.contest], found), "refused": refused}
    return render(request, "object_at_station.html", context, refused.status if refused else 200)


def _row(request: HttpRequest, session: SessionCursor) -> StationContest | None:
    """The station row that a form names: on the session's agenda, or nothing."""
    named = request.POST.get("row") or request.GET.get("row", "")
    found = StationContest.objects.filter(pk=named).select_related("contest").first() if named else None
    on_agenda = found is not None and found.pk.startswith(session.region_id) and found.contest_id in session.contests
    return found if on_agenda else None


def _form(request: HttpRequest, region: str, contests: list[Contest], row: StationContest | None) -> dict[str, Any]:
    """What the form offers and what was typed; in what capacity, only an officer is asked."""
    typed = {name: request.POST.get(name, "") for name in TYPED}
    typed["kind"] = typed["kind"] or ObjectionKind.OBJECTION.value
    typed["subject"] = typed["subject"] or (Subject.STATION.value if row else Subject.PROCEDURE.value)
    objects = request.actor.may(Capability.OBJECT, row.station_id if row else region)
    return {
        "row": row,
        "typed": typed,
        "kinds": [(k.value, LABEL_ID[k]) for k in ObjectionKind],
        "subjects": [(s.value, LABEL_ID[s]) for s in Subject if row or s is Subject.PROCEDURE],
        "capacities": []
        if objects
        else [(c.value, LABEL_ID[c]) for c in (Capacity.OFFICER, Capacity.WITNESS, Capacity.SUPERVISOR)],
        "pairs": [
            (f"{c.pk}/{p.number}", f"{short_title(c)}: {p.number}. {p.name}") for c in contests for p in pairs_of(c)
        ],
        "sections": figures.sections(row.contest) if row else (),
        "ticked": request.POST.getlist("fields"),
        "may_publish": request.actor.may(Capability.PREPARE_PLENARY, region),
    }


def _file(
    request: HttpRequest,
    session: uuid.UUID | None,
    region: str,
    row: StationContest | None,
) -> uuid.UUID:
    data = request.POST
    contest, _slash, number = data.get("pair", "").partition("/")
    pair = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else None
    known = set(chasil.BY_ID)
    fields = [name for name in data.getlist("fields") if name in known] if data.get("subject") == Subject.FIELD else []
    kept = [attachments.keep(store(), file.read()) for file in request.FILES.getlist("attachments")[:20]]
    return objections.file_objection(
        request.actor,
        session_id=session,
        region=row.station_id if row else region,
        row=row.pk if row else None,
        contest=contest[:20] or None,
        kind=data.get("kind", ""),
        subject=data.get("subject", ""),
        fields=fields,
        pair=pair,
        text=data.get("text", ""),
        demand=data.get("demand", ""),
        attachments=kept,
        at=clock.now(),
        store=store(),
        capacity=data.get("capacity") or None,
        published=data.get("published", ""),
    )
