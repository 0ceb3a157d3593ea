"""The verification queue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.roles import Capability
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.views.entry import next_in_queue

SHOWN = 50


@allow(Capability.VERIFY)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, by district, and the first rows of it."""
    waiting = lookups.queue(request.actor).select_related("contest")
    rows = list(waiting[:SHOWN])
    villages = lookups.names(row.station_id[:10] for row in rows)
    counts = lookups.queue_counts(request.actor)
    context = {
        "counts": counts,
        "total": sum(c[2] for c in counts),
        "rows": [(row, villages.get(row.station_id[:10], "")) for row in rows],
        "shown": SHOWN,
    }
    return render(request, "queue.html", context)


@allow(Capability.VERIFY)
def queue_next(request: HttpRequest) -> HttpResponse:
    """Take the next row: its entry form, or the queue when nothing waits."""
    row = next_in_queue(request, request.GET.get("sesudah", ""))
    if row is None:
        messages.info(request, _("Antrean kosong: tidak ada lagi yang menunggu Anda."))
        return HttpResponseRedirect(reverse("queue"))
    return HttpResponseRedirect(f"{reverse('enter', args=[row.pk])}?antrean=1")
