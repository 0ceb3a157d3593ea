"""Plenary sessions: list, open, progress, adjourn, resume, close, and reading lower regions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.plenary import SessionAct, SessionState, allowed_acts
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.records import clock
from sirekap.records.models import Contest, RegionTaken, SessionCursor, StationContest
from sirekap.records.ranges import within
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.views.work import _to_open
from sirekap.workflow import agenda, plenary

FOUND = 30


def session_or_404(session: uuid.UUID) -> SessionCursor:
    """The session with its region."""
    found = SessionCursor.objects.filter(pk=session).select_related("region").first()
    if found is None:
        raise Http404
    return found


@allow(Capability.READ)
def sessions(request: HttpRequest) -> HttpResponse:
    """Sessions in scope, those under way first."""
    scope = request.actor.regions(Capability.READ)
    found = SessionCursor.objects.select_related("region").order_by("closed_at", "-opened_at")
    shown = [s for s in found if any(s.region_id.startswith(r) for r in scope)]
    context = {
        "running": [s for s in shown if s.state != SessionState.CLOSED],
        "closed": [s for s in shown if s.state == SessionState.CLOSED],
        "to_open": _to_open(request.actor),
    }
    return render(request, "sessions.html", context)


@allow(Capability.PRESIDE, act=True)
def open_session(request: HttpRequest, region: str) -> HttpResponse:
    """Open a region's session."""
    session = plenary.open_session(request.actor, region, request.POST.getlist("contest"), clock.now())
    messages.success(request, _("Rapat pleno dibuka."))
    return HttpResponseRedirect(reverse("session", args=[session.pk]))


@dataclass(slots=True)
class Progress:
    """How much of a session is done, in rows."""

    settled: set[str]
    deferred: set[str]
    waiting: list[str]
    total: int

    def state(self, row: str) -> str:
        """``deferred``, ``settled`` or ``unread``."""
        return "deferred" if row in self.deferred else ("settled" if row in self.settled else "unread")


def progress(session: SessionCursor) -> Progress:
    """Where every row of the agenda stands, in four queries whatever its length."""
    rows = agenda.agenda_rows(session)
    every = list(rows.values_list("pk", flat=True))
    deferred = agenda.deferred_rows(session)
    unsettled = rows.filter(agenda.unsettled_filter(Tier(session.tier))).values_list("pk", flat=True)
    waiting = [pk for pk in unsettled if pk not in deferred]
    settled = set(every) - deferred - set(waiting)
    return Progress(settled, deferred, waiting, len(every))


def next_row(session: SessionCursor, after: str = "") -> str | None:
    """The next row to read after ``after`` in code order; deferred rows come when all others are done."""
    found = progress(session)
    later = [pk for pk in found.waiting if pk > after]
    if later or found.waiting:
        return (later or found.waiting)[0]
    put_off = sorted(found.deferred)
    return next((pk for pk in put_off if pk > after), put_off[0] if put_off else None)


@allow(Capability.READ)
def session(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """One session: how far it is, what comes next, its agenda."""
    found = session_or_404(session)
    done = progress(found)
    regions = _lower_regions(found)
    untaken = sum(not r["taken"] for r in regions)
    context = {
        "session": found,
        "trail": lookups.trail(found.region_id),
        "contests": list(Contest.objects.filter(pk__in=found.contests).order_by("pk")),
        "progress": done,
        "villages": _villages(done) if not regions else [],
        "village": request.GET.get("desa", ""),
        "rows": _rows(request.GET.get("desa", ""), found, done),
        "regions": regions,
        "untaken": untaken,
        "finished": not done.waiting and not done.deferred and not untaken,
        "next": next_row(found) if not regions else None,
        "search": request.GET.get("tps", "").strip(),
        "found": _search(found, request.GET.get("tps", "").strip()),
        "presides": request.actor.may(Capability.PRESIDE, found.region_id),
        "acts": {act.value for act in allowed_acts(SessionState(found.state))},
        "events": list(found.events.order_by("entry_id")),
    }
    return render(request, "session.html", context)


def _villages(done: Progress) -> list[dict[str, Any]]:
    out: dict[str, dict[str, Any]] = {}
    for pk in sorted({*done.settled, *done.deferred, *done.waiting}):
        entry = out.setdefault(pk[:10], {"code": pk[:10], "settled": 0, "deferred": 0, "total": 0})
        entry["total"] += 1
        entry["settled"] += pk in done.settled
        entry["deferred"] += pk in done.deferred
    known = lookups.names(out)
    for code, entry in out.items():
        entry["name"] = known.get(code, code)
    return list(out.values())


def _rows(village: str, found: SessionCursor, done: Progress) -> list[tuple[StationContest, str]]:
    if len(village) != 10 or not (village.isascii() and village.isdigit()) or not village.startswith(found.region_id):
        return []
    rows = agenda.agenda_rows(found).filter(within("pk", village)).select_related("contest")
    return [(row, done.state(row.pk)) for row in rows]


def _lower_regions(found: SessionCursor) -> list[dict[str, Any]]:
    codes = agenda.regions_below(found)
    if not codes:
        return []
    names = lookups.names(codes)
    lower = SessionCursor.objects.filter(tier=found.tier - 1, region_id__in=codes)
    states = dict(lower.values_list("region_id", "state"))
    taken = dict(RegionTaken.objects.filter(session=found).values_list("region_id", "at"))
    return [
        {"code": code, "name": names.get(code, code), "state": states.get(code, ""), "taken": taken.get(code)}
        for code in codes
    ]


def _search(found: SessionCursor, text: str) -> list[StationContest]:
    """Rows of the agenda whose station code is, or whose number ends, as typed."""
    if not (text.isascii() and text.isdigit()) or not 3 <= len(text) <= 13:
        return []
    rows = agenda.agenda_rows(found).select_related("contest")
    exact = rows.filter(within("pk", text)) if len(text) > len(found.region_id) else rows.none()
    return list(exact[:FOUND]) or list(rows.filter(station__code__endswith=text)[:FOUND])


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
def close(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Close: every row of the agenda is ratified at this tier."""
    plenary.close_session(request.actor, session, clock.now())
    messages.success(request, _("Rapat pleno ditutup. Semua TPS dalam agenda disahkan pada tingkat ini."))
    return _back(session)


@allow(Capability.PRESIDE, act=True)
def take(request: HttpRequest, session: uuid.UUID, region: str) -> HttpResponse:
    """Read a lower region whose own session is closed."""
    plenary.take_region(request.actor, session, region, clock.now())
    messages.success(request, _("Wilayah %s dibacakan.") % lookups.names([region]).get(region, region))
    return _back(session)


def open_acts(session: SessionCursor) -> bool:
    """Whether rows can be read now."""
    return SessionAct.READ in allowed_acts(SessionState(session.state))
