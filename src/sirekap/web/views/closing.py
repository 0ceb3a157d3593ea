"""Closing a session with the groups typed back from its printed sheets, and reading on after it closed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.plenary import LABEL_ID as PLENARY_LABEL
from sirekap.election.plenary import ReopenCause
from sirekap.election.roles import Capability
from sirekap.election.sheet import ASKED
from sirekap.records import clock
from sirekap.records.models import SessionCursor
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary import papers
from sirekap.web.plenary.frame import frame, session_or_404
from sirekap.web.plenary.progress import progress
from sirekap.workflow import agenda, objections, plenary, sheets
from sirekap.workflow.document_contents import DHASIL
from sirekap.workflow.errors import Refused


def _typed(request: HttpRequest, session: SessionCursor) -> dict[str, list[str]]:
    """Contest -> what was typed, in the order asked."""
    return {c: [request.POST.get(f"{c}-{n}", "").strip()[:20] for n in range(ASKED)] for c in session.contests}


@allow(Capability.PRESIDE)
def close(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """What is still open, and the groups of each printed sheet that are typed back."""
    found = session_or_404(session)
    typed = _typed(request, found)
    refused = None
    if request.method == "POST":
        try:
            plenary.close_session(request.actor, session, clock.now(), typed)
            messages.success(request, _("Rapat pleno ditutup. Semua TPS dalam agenda disahkan pada tingkat ini."))
            return HttpResponseRedirect(reverse("session", args=[session]))
        except Refused as why:
            refused = why
    common = frame(request, found)
    asked = sheets.asked(found)
    printed = {
        item.contest.pk: item.issued[0]
        for item in papers.of_session(found, common["contests"])
        if item.contest is not None and item.issued and item.kind in DHASIL.values()
    }
    context: dict[str, Any] = {
        **common,
        "progress": progress(found),
        "untaken": agenda.untaken(found),
        "unanswered": len(objections.unanswered(found)),
        "asked": [
            (c, [place + 1 for place in asked[c.pk]], typed[c.pk], printed.get(c.pk)) for c in common["contests"]
        ],
        "refused": refused,
    }
    return render(request, "closing.html", context, refused.status if refused else 200)


@allow(Capability.PRESIDE)
def reopen(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Read on in a closed session, for a named cause."""
    found = session_or_404(session)
    chosen, reason = request.POST.get("cause", ""), request.POST.get("reason", "")
    refused = None
    if request.method == "POST":
        try:
            plenary.reopen_session(request.actor, session, reason, clock.now(), cause=chosen)
            messages.success(request, _("Rapat pleno dibuka kembali. Yang sudah disahkan tetap sah."))
            return HttpResponseRedirect(reverse("session", args=[session]))
        except Refused as why:
            refused = why
    context = {
        **frame(request, found),
        "causes": [(cause.value, PLENARY_LABEL[cause]) for cause in ReopenCause],
        "chosen": chosen,
        "reason": reason,
        "refused": refused,
    }
    return render(request, "reopen.html", context, refused.status if refused else 200)
