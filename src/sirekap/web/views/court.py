"""After the determination: the court's papers, the elected pair, a ruling that supersedes the result."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.roles import Capability
from sirekap.records import clock
from sirekap.web.access import allow
from sirekap.workflow import court, determination
from sirekap.workflow.errors import Refused


def _back(contest: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("determine", args=[contest]))


@allow(Capability.DETERMINE, act=True)
def record(request: HttpRequest, contest: str) -> HttpResponse:
    """What the court's register or a ruling says."""
    data = request.POST
    try:
        dated = date.fromisoformat(data.get("dated", "").strip())
    except ValueError:
        raise Refused("dated", "Isi tanggal surat MK.", "Enter the date of the court's paper.", 400) from None
    court.record_court(request.actor, contest, data.get("event", ""), data.get("reference", ""), dated, clock.now())
    messages.success(request, _("Catatan MK tersimpan."))
    return _back(contest)


@allow(Capability.DETERMINE, act=True)
def elect(request: HttpRequest, contest: str) -> HttpResponse:
    """The elected pair, after the register or the ruling."""
    data = request.POST
    determination.elect(
        request.actor,
        contest,
        data.get("basis", ""),
        data.get("reference", ""),
        clock.now(),
        decision_number=data.get("decision_number", ""),
    )
    messages.success(request, _("Pasangan calon terpilih ditetapkan."))
    return _back(contest)


@allow(Capability.DETERMINE, act=True)
def supersede(request: HttpRequest, contest: str) -> HttpResponse:
    """A ruling puts the contest back to counting; the determination stays readable."""
    data = request.POST
    court.supersede(request.actor, contest, data.get("basis", ""), data.get("reference", ""), clock.now())
    messages.success(request, _("Penetapan dibatalkan putusan. Hasil kembali dihitung; yang lama tetap dapat dibaca."))
    return _back(contest)
