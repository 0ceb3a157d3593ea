"""Clean stations of a village accepted together, after their figures were shown as a list."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.roles import Capability
from sirekap.publication.books import pairs_of
from sirekap.records import clock
from sirekap.records.models import FigureSet, SessionCursor, StationContest
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary.frame import frame, session_or_404
from sirekap.web.plenary.panels import presides_over
from sirekap.web.plenary.progress import open_acts, progress
from sirekap.workflow import plenary_batch
from sirekap.workflow.agenda import agenda_rows
from sirekap.workflow.errors import Refused, out_of_scope


@allow(Capability.PRESIDE, Capability.AUTHORISE)
def accept_clean(request: HttpRequest, session: uuid.UUID, region: str) -> HttpResponse:
    """Every clean station of a village with its votes; those ticked are accepted by one act."""
    found = session_or_404(session)
    if len(region) != 10 or not region.startswith(found.region_id):
        raise Http404
    if not presides_over(request.actor, found, region):
        raise out_of_scope(region)
    refused = None
    if request.method == "POST":
        try:
            return _accept(request, found, region)
        except Refused as why:
            refused = why
    clean = plenary_batch.clean_rows(found, region)
    common = frame(request, found)
    context: dict[str, Any] = {
        **common,
        "village": region,
        "village_name": lookups.names([region]).get(region, region),
        "parts_": [(c, pairs_of(c), _lines([r for r in clean if r.contest_id == c.pk])) for c in common["contests"]],
        "clean": len(clean),
        "others": _others(found, region, {row.pk for row in clean}),
        "open": open_acts(found),
        "refused": refused,
    }
    return render(request, "accept_clean.html", context, refused.status if refused else 200)


def _lines(rows: list[StationContest]) -> list[tuple[StationContest, dict[str, int | None]]]:
    figures = FigureSet.objects.in_bulk([row.verified_id for row in rows])
    return [(row, figures[row.verified_id].figures()) for row in rows]


def _others(session: SessionCursor, village: str, clean: set[str]) -> list[StationContest]:
    """Rows of the village still to be read one by one."""
    done = progress(session).within({village})
    waiting = (set(done.waiting) | done.deferred) - clean
    return list(agenda_rows(session).filter(pk__in=waiting).select_related("contest").order_by("pk"))


def _accept(request: HttpRequest, session: SessionCursor, village: str) -> HttpResponse:
    expected = {row: _seq(request.POST.get(f"seq-{row}", "")) for row in request.POST.getlist("row")}
    rows = plenary_batch.accept_clean(request.actor, session.pk, village, clock.now(), expected=expected)
    messages.success(request, _("%s formulir diterima bersama.") % len(rows))
    return HttpResponseRedirect(reverse("agenda", args=[session.pk]) + f"?desa={village}#desa")


def _seq(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
