"""The committee sees the machine's reading beside what it keyed blind, looks again, and confirms the rest."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.roles import Capability
from sirekap.records import clock
from sirekap.records.models import StationContest
from sirekap.web import figures, reading_view
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.reading_view import Compared
from sirekap.web.views.entry import photos_of
from sirekap.web.views.station import heading, row_or_404
from sirekap.workflow import verification
from sirekap.workflow.errors import Refused

REASON = "Dicocokkan dengan bacaan mesin dan kertas"
"""Why an author states figures again after the reading was shown; kept in the ledger."""


@allow(Capability.CONFIRM)
def compare(request: HttpRequest, row: str) -> HttpResponse:
    """Entry and reading side by side, crop by crop. Showing it is recorded before anything can be stated."""
    found = row_or_404(row)
    own = reading_view.stated_by(request.actor.person, found)
    if found.verified_id or found.decided_id or found.closed:
        return HttpResponseRedirect(reverse("station", args=[found.pk]))
    if not own or not reading_view.machine_statements(found):
        return HttpResponseRedirect(reverse("enter", args=[found.pk]))
    verification.disclose_reading(request.actor, found.pk)
    seen = reading_view.seen_fields(reading_view.readings_of(found))
    fields = reading_view.compared(found, own, seen)
    asked = [f for f in fields if f.state != "same" or f.field.id in found.open_fields]
    form = figures.FigureForm((), {f.field.id: f.value for f in asked})
    status = 200
    if request.method == "POST":
        form.values = figures.read(request.POST, [f.field.id for f in asked])
        try:
            return _state(request, found, form)
        except Refused as refused:
            form.refuse(refused, [f.field.id for f in asked])
            status = refused.status
    agreed = [f for f in fields if f not in asked]
    context = {
        **heading(found),
        "form": form,
        "groups": _groups(asked),
        "agreed": agreed,
        "generation": request.POST.get("generation", found.generation),
        "photos": reading_view.shown(photos_of(found), reading_view.readings_of(found)),
    }
    return render(request, "compare.html", context, status)


def _groups(asked: list[Compared]) -> list[tuple[str, str, list[Compared]]]:
    """What differs first, then what the reader could not read, then what is only to be confirmed."""
    titles = (
        ("differs", _("Berbeda: lihat kertasnya sekali lagi"), _("Isian Anda dan bacaan mesin tidak sama.")),
        ("doubt", _("Mesin ragu atau tidak dapat membaca"), _("Isi atau periksa dari kertas.")),
        ("new", _("Cocokkan dengan kertas"), _("Sudah diisi dari bacaan mesin. Ubah bila kertasnya lain.")),
        ("same", _("Masih ditanyakan"), _("Sama dengan bacaan mesin, tetapi belum pasti.")),
    )
    out = []
    for state, title, hint in titles:
        fields = [f for f in asked if f.state == state]
        if fields:
            out.append((title, hint, fields))
    return out


def _state(request: HttpRequest, row: StationContest, form: figures.FigureForm) -> HttpResponse:
    values: dict[str, Any] = form.values
    stated = request.POST.get("generation", "")
    empty = figures.blank(values)
    if empty and not request.POST.get("blank"):
        form.ask_about_blanks(empty, row.contest.columns)
    settlement = verification.make_statement(
        request.actor,
        row.pk,
        values,
        clock.now(),
        generation=int(stated) if stated.isascii() and stated.isdigit() else 0,
        paper_wrong=bool(request.POST.get("paper_wrong")),
        reason=REASON,
    )
    name = f"TPS {row.station_id[-3:]}"
    if settlement.verified:
        messages.success(request, _("Tersimpan: %s terverifikasi. Tugas Anda untuk formulir ini selesai.") % name)
    else:
        left = len(settlement.open)
        text = _("Tersimpan: isian %(name)s tercatat. %(left)s isian akan dibaca lagi oleh petugas lain.")
        messages.success(request, text % {"name": name, "left": left})
    return HttpResponseRedirect(reverse("station", args=[row.pk]))
