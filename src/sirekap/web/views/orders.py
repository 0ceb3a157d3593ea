"""Voting or counting again by order of the regency's commission, and what must be reopened for it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.generations import LABEL_ID, ORDER_REASONS, OrderBasis
from sirekap.election.roles import Capability
from sirekap.records import clock
from sirekap.records.models import Contest, Generation, StationContest
from sirekap.records.ranges import within
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.views.items import expected_seq
from sirekap.workflow import orders
from sirekap.workflow.errors import Refused

TYPED = ("tps", "contest", "kind", "reason", "voting_date", "number", "basis")
LABELS = {key.value: text for key, text in LABEL_ID.items()}


@allow(Capability.DETERMINE)
def order(request: HttpRequest, region: str) -> HttpResponse:
    """The form of an order, and the orders given so far with what each still needs."""
    if len(region) != orders.REGENCY_LENGTH or not lookups.names([region]):
        raise Http404
    refused = None
    if request.method == "POST":
        try:
            return _order(request, region)
        except Refused as why:
            refused = why
    contests = lookups.contests_over(region)
    typed = {name: request.POST.get(name, request.GET.get(name, "")) for name in TYPED}
    context: dict[str, Any] = {
        "region": region,
        "trail": lookups.trail(region),
        "contests": [(c.pk, c.title) for c in contests],
        "kinds": [(k.value, f"{k.value} · {LABEL_ID[k]}") for k in ORDER_REASONS],
        "groups": [(LABEL_ID[k], k.value, [(r.value, LABEL_ID[r]) for r in sorted(ORDER_REASONS[k])]) for k in _GROUPS],
        "bases": [(b.value, LABEL_ID[b]) for b in OrderBasis],
        "given": _given(region),
        "LABELS": LABELS,
        "typed": typed,
        "refused": refused,
    }
    return render(request, "order.html", context, refused.status if refused else 200)


_GROUPS = [kind for kind in ORDER_REASONS if len(ORDER_REASONS[kind]) > 1]
"""Kinds with a list of reasons of their own; the others take one of the first list."""


def _given(region: str) -> list[dict[str, Any]]:
    """Orders, newest first, with the sessions that have to be reopened for them."""
    found = Generation.objects.filter(within("row_id", region), order__isnull=False).select_related("row__contest")
    given = list(found.order_by("-entry_id"))
    names = lookups.names({g.row_id[:10] for g in given})
    return [
        {
            "fact": g,
            "village": names.get(g.row_id[:10], ""),
            "day": date.fromisoformat(g.order["voting_date"]),
            "current": g.generation == g.row.generation,
            "reopen": orders.to_reopen(g.row) if g.generation == g.row.generation else [],
        }
        for g in given
    ]


def _order(request: HttpRequest, region: str) -> HttpResponse:
    data = request.POST
    code, contest = data.get("tps", "").strip(), data.get("contest", "")
    row = StationContest.objects.filter(station_id=code, contest_id=contest).first()
    if row is None or not code.startswith(region) or not Contest.objects.filter(pk=contest).exists():
        raise Refused(
            "station",
            "TPS dengan kode 13 angka itu tidak ada dalam pemilihan ini di wilayah Anda.",
            "There is no station of that 13-digit code in this contest in your region.",
            400,
        )
    orders.order_generation(
        request.actor,
        row.pk,
        data.get("kind", ""),
        data.get("reason", ""),
        _day(data.get("voting_date", "")),
        data.get("number", ""),
        clock.now(),
        basis=data.get("basis", ""),
        expected_seq=expected_seq(request) if "last_seq" in data else None,
    )
    for text, _english in orders.order_warnings(_day(data.get("voting_date", ""))):
        messages.warning(request, text)
    messages.success(request, _("Perintah tercatat. TPS mulai generasi baru; angka lama tetap dapat dibaca."))
    return HttpResponseRedirect(reverse("order", args=[region]))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(
            "voting_date",
            "Isi tanggal pemungutan atau penghitungan ulang, misalnya 2024-12-05.",
            "Enter the day of voting or counting again, such as 2024-12-05.",
            400,
        ) from None
