"""Reading one station in a plenary: accept, defer, order a recount."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.contests import Pair
from sirekap.election.generations import LABEL_ID as REASON_LABEL
from sirekap.election.generations import RecountReason
from sirekap.election.plenary import allowed_decisions
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.publication.books import pairs_of
from sirekap.records import clock
from sirekap.records.models import SessionCursor, StationContest
from sirekap.web import figures, reading_view, station_view
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary import chain
from sirekap.web.plenary.frame import session_or_404
from sirekap.web.plenary.latest import last_act
from sirekap.web.plenary.objecting import shown
from sirekap.web.plenary.panels import presides_over, share_of
from sirekap.web.plenary.progress import open_acts, progress
from sirekap.web.views.entry import photos_of
from sirekap.web.views.objections import RAISE
from sirekap.web.views.station import heading, row_or_404
from sirekap.workflow import agenda, hall, objections, plenary, verification
from sirekap.workflow.errors import Refused, out_of_scope

CONFLICT = 409
DECIDE = (Capability.PRESIDE, Capability.AUTHORISE)
"""The chair, and a member who leads a panel; the act itself says whether the panel reads this village."""


def expected_seq(request: HttpRequest) -> int:
    """The row's ``last_seq`` that the screen showed; 0 never matches a row that was touched."""
    text = request.POST.get("last_seq", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def item_context(request: HttpRequest, session: uuid.UUID, row: str, *, acts: bool = True) -> dict[str, Any]:
    """What every screen about one row in one session shows; 404 for a row that is not on the agenda.

    ``acts``: the screen is for whoever presides over the row; raises `Refused` (403) for others.
    """
    found, item = session_or_404(session), row_or_404(row)
    if not item.pk.startswith(found.region_id) or item.contest_id not in found.contests:
        raise Http404
    decides = presides_over(request.actor, found, item.pk)
    if acts and not decides:
        raise out_of_scope(found.region_id)
    state = agenda.item_state(item, found)
    current = item.decided or item.verified
    return {
        **heading(item),
        "session": found,
        "state": state,
        "current": current.figures() if current else {},
        "pairs": pairs_of(item.contest),
        "photos": reading_view.shown(photos_of(item), reading_view.readings_of(item)),
        "allowed": {act.value for act in allowed_decisions(state)} if open_acts(found) else set(),
        "last_seq": item.last_seq,
        "presides": decides,
    }


@allow(Capability.READ)
def item(request: HttpRequest, session: uuid.UUID, row: str) -> HttpResponse:
    """One station, in figures to be read aloud, with what the chair may decide; the hall's screen follows the chair."""
    context = item_context(request, session, row, acts=False)
    found: StationContest = context["row"]
    part = share_of(context["session"], found.pk, progress(context["session"]))
    done = part.progress
    place = done.order.index(found.pk) if found.pk in done.order else 0
    if context["presides"] and open_acts(context["session"]):
        hall.show(context["session"].pk, part.number, found.pk, clock.now())
    context |= {
        **_figures(request, found, context["pairs"]),
        "findings": figures.finding_lines(found.findings, station_view.known_findings(found), "coordinator"),
        "photo_missing": not found.complete,
        "objections": shown(request.actor, objections.of_row(found.pk, with_text=True)),
        "may_object": any(request.actor.may(c, context["session"].region_id) for c in RAISE),
        "panel": part.panel,
        "place": place + 1,
        "done": len(done.settled),
        "total": done.total,
        "previous": done.order[place - 1] if place else None,
        "following": done.order[place + 1] if place + 1 < done.total else None,
    }
    return render(request, "item.html", context)


def _figures(request: HttpRequest, row: StationContest, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Every source beside what stands now; hidden from whoever may still read the station independently."""
    facts = station_view.dossier(row)
    hidden = station_view.hides_figures(request.actor, facts)
    in_force = row.verified_id is not None or row.decided_id is not None
    if not in_force and facts.current and not hidden:
        verification.disclose(request.actor, row.pk)
    columns = station_view.columns(request.actor, facts, hidden)
    return {
        "hidden": hidden,
        "read": chain.reading(columns, in_force, pairs),
        "columns": columns,
        "lines": station_view.lines(columns, row.contest.columns),
    }


def go_on(session: uuid.UUID, row: str) -> HttpResponse:
    """To the next row that the same panel reads in a district; back to the session or the panel otherwise."""
    found = SessionCursor.objects.get(pk=session)
    part = share_of(found, row, progress(found))
    following = part.progress.next_after(row) if found.tier == Tier.DISTRICT else None
    if following is not None:
        return HttpResponseRedirect(reverse("item", args=[session, following]))
    if part.panel is not None:
        return HttpResponseRedirect(reverse("panel", args=[session, part.number]))
    return HttpResponseRedirect(reverse("session", args=[session]))


def _number(row: str) -> str:
    return f"TPS {row[10:13]}"


@allow(*DECIDE, act=True)
def accept(request: HttpRequest, session: uuid.UUID, row: str) -> HttpResponse:
    """Accept the verified figures as read out; whoever comes second is told who was first."""
    try:
        plenary.accept(request.actor, session, row, clock.now(), expected_seq=expected_seq(request))
    except Refused as why:
        if why.status != CONFLICT:
            raise
        return _overtaken(request, session, row, why)
    messages.success(request, _("%s diterima.") % _number(row))
    return go_on(session, row)


def _overtaken(request: HttpRequest, session: uuid.UUID, row: str, refused: Refused) -> HttpResponse:
    """Somebody else decided about the station, or its figures changed, since this screen was opened."""
    context = item_context(request, session, row)
    done = share_of(context["session"], row, progress(context["session"])).progress
    context |= {
        "refused": refused,
        "last": last_act(request.actor, context["session"], context["row"]),
        "following": done.next_after(row),
    }
    return render(request, "overtaken.html", context, refused.status)


@allow(*DECIDE)
def defer(request: HttpRequest, session: uuid.UUID, row: str) -> HttpResponse:
    """Put a station off, with a reason."""
    context = item_context(request, session, row)
    refused = None
    if request.method == "POST":
        try:
            plenary.defer(
                request.actor,
                session,
                row,
                request.POST.get("reason", ""),
                clock.now(),
                expected_seq=expected_seq(request),
            )
            messages.success(request, _("%s ditunda.") % _number(row))
            return go_on(session, row)
        except Refused as why:
            refused = why
    context |= {"refused": refused, "reason": request.POST.get("reason", "")}
    return render(request, "defer.html", context, refused.status if refused else 200)


@allow(*DECIDE)
def recount(request: HttpRequest, session: uuid.UUID, row: str) -> HttpResponse:
    """Order a recount for one of the law's reasons."""
    context = item_context(request, session, row)
    refused = None
    if request.method == "POST":
        try:
            plenary.order_recount(
                request.actor, session, row, _reason(request), clock.now(), expected_seq=expected_seq(request)
            )
            messages.success(request, _("Penghitungan ulang %s diperintahkan.") % _number(row))
            return HttpResponseRedirect(reverse("item", args=[session, row]))
        except Refused as why:
            refused = why
    reasons = [(r.value, REASON_LABEL[r]) for r in RecountReason]
    context |= {"refused": refused, "reasons": reasons, "chosen": request.POST.get("reason", "")}
    return render(request, "recount.html", context, refused.status if refused else 200)


def _reason(request: HttpRequest) -> RecountReason:
    try:
        return RecountReason(request.POST.get("reason", ""))
    except ValueError:
        raise Refused(
            "recount_reason",
            "Pilih salah satu alasan penghitungan ulang menurut undang-undang.",
            "Choose one of the law's reasons for a recount.",
            400,
        ) from None


@allow(*DECIDE)
def undo(request: HttpRequest, session: uuid.UUID, row: str) -> HttpResponse:
    """Take back what this session decided on a station: a new act, with its reason; nothing is erased."""
    context = item_context(request, session, row)
    refused = None
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            plenary.undo(request.actor, session, row, reason, clock.now(), expected_seq=expected_seq(request))
            messages.success(request, _("Keputusan tentang %s dibatalkan. Bacakan lagi.") % _number(row))
            return HttpResponseRedirect(reverse("item", args=[session, row]))
        except Refused as why:
            refused = why
    context |= {"refused": refused, "reason": reason}
    return render(request, "undo.html", context, refused.status if refused else 200)
