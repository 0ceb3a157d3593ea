"""Convening a plenary: when it is planned, when the invitations went out, in which order it reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sirekap.election.roles import Capability
from sirekap.records import clock
from sirekap.records.cursors import rows_in
from sirekap.records.models import SessionCursor
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.views.work import SESSION_LENGTHS, agenda_contests
from sirekap.workflow import pace, plenary
from sirekap.workflow.errors import Refused

PART_LENGTH = {2: 4, 4: 6, 6: 10}
"""Digits of the codes that a session of a region of that many digits reads in turn."""


def _moment(text: str) -> datetime:
    """A local date and time as a browser sends it; raises `Refused`."""
    try:
        return timezone.make_aware(datetime.fromisoformat(text.strip()))
    except ValueError:
        raise Refused(
            "moment",
            "Isi tanggal dan jam rapat serta tanggal dan jam undangan, misalnya 2024-11-29 09:00.",
            "Enter date and time of the session and of the invitation, such as 2024-11-29 09:00.",
            400,
        ) from None


def _parts(region: str) -> list[tuple[str, str]]:
    """(code, name) of the villages or lower regions with stations."""
    length = PART_LENGTH[len(region)]
    codes = {code[:length] for code in rows_in(region).order_by().values_list("station_id", flat=True).distinct()}
    names = lookups.names(codes)
    return [(code, names.get(code, code)) for code in sorted(codes)]


def _order(request: HttpRequest, parts: list[tuple[str, str]]) -> list[str]:
    """Codes in the order of the numbers typed beside them; those without a number follow in code order."""
    typed = {code: request.POST.get(f"urut-{code}", "").strip() for code, _name in parts}
    numbered = [(int(t), code) for code, t in typed.items() if t.isascii() and t.isdigit() and len(t) < 5]
    first = [code for _number, code in sorted(numbered)]
    return first + [code for code in typed if code not in first] if first else []


@allow(Capability.PRESIDE)
def convene(request: HttpRequest, region: str) -> HttpResponse:
    """The plan of a region's session; until it opens it may be planned anew."""
    if len(region) not in SESSION_LENGTHS or not lookups.names([region]):
        raise Http404
    parts = _parts(region)
    planned = SessionCursor.objects.filter(region_id=region).first()
    refused = None
    if request.method == "POST":
        try:
            return _convene(request, region, parts)
        except Refused as why:
            refused = why
    plan = pace.plan_of(planned) if planned else None
    order = list(plan.order) if plan else []
    context: dict[str, Any] = {
        "region": region,
        "trail": lookups.trail(region),
        "contests": agenda_contests(region),
        "parts_": [(code, name, _number(request, code, order)) for code, name in parts],
        "typed": {name: request.POST.get(name, "") for name in ("planned_at", "invited_at")},
        "planned": planned,
        "refused": refused,
    }
    return render(request, "convene.html", context, refused.status if refused else 200)


def _number(request: HttpRequest, code: str, order: list[str]) -> str:
    stored = str(order.index(code) + 1) if code in order else ""
    return request.POST.get(f"urut-{code}", stored)[:4]


def _convene(request: HttpRequest, region: str, parts: list[tuple[str, str]]) -> HttpResponse:
    session = plenary.convene(
        request.actor,
        region,
        [c.pk for c in agenda_contests(region)],
        _moment(request.POST.get("planned_at", "")),
        _order(request, parts),
        _moment(request.POST.get("invited_at", "")),
        clock.now(),
    )
    messages.success(request, _("Rapat pleno dijadwalkan."))
    return HttpResponseRedirect(reverse("session", args=[session.pk]))
