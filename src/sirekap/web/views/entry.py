"""Entering figures beside the photograph, and uploading the photograph."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election import chasil
from sirekap.election.roles import Capability
from sirekap.records import clock
from sirekap.records.models import Photo, Statement, StationContest
from sirekap.web import figures, lookups, reading_view
from sirekap.web.access import allow
from sirekap.web.pages import receipt_signer, render, store
from sirekap.web.views.station import heading, row_or_404
from sirekap.workflow import intake, verification
from sirekap.workflow.errors import Refused

UNREADABLE = Refused("photo_missing", "Pilih berkas foto lebih dahulu.", "Choose a photo file first.", 400)


def asked_fields(row: StationContest, *, before_the_reading: bool = False) -> tuple[str, ...]:
    """What the next statement is asked for: the whole form, or only the fields that are still open.

    ``before_the_reading``: only what the committee keys blind, because a reading waits to be compared with it.
    """
    if before_the_reading:
        return chasil.blind_ids(row.contest.columns)
    if not row.open_fields:
        return chasil.field_ids(row.contest.columns)
    order = chasil.field_ids(row.contest.columns, optional=True)
    return tuple(name for name in order if name in row.open_fields)


@allow(Capability.CONFIRM, Capability.VERIFY)
def enter(request: HttpRequest, row: str) -> HttpResponse:
    """The entry form, blind: no figure of anybody else is on it."""
    found = row_or_404(row)
    mine = Statement.objects.filter(row=found, generation=found.generation, author=request.actor.person).exists()
    committee = request.actor.may(Capability.CONFIRM, found.station_id)
    read = committee and bool(reading_view.machine_statements(found))
    if read and mine and request.method != "POST":
        return HttpResponseRedirect(reverse("compare", args=[found.pk]))
    blind = read and not mine and (request.method != "POST" or bool(request.POST.get("blind")))
    asked = asked_fields(found, before_the_reading=blind)
    form = figures.FigureForm(figures.sections(found.contest, asked))
    status = 200
    if request.method == "POST":
        form.values = figures.read(request.POST, asked)
        try:
            return _state(request, found, form, read)
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
    readings = reading_view.readings_of(found)
    partial = bool(found.open_fields) and not blind
    context = {
        **heading(found),
        "form": form,
        "partial": partial,
        "blind": blind,
        "again": mine,
        "reason": request.POST.get("reason", ""),
        "generation": request.POST.get("generation", found.generation),
        "from_queue": request.GET.get("antrean") or request.POST.get("antrean") or "",
        "photos": reading_view.shown(photos_of(found), readings),
        "crops": reading_view.crops(found, reading_view.seen_fields(readings), asked) if partial else {},
        "typist": True,
    }
    return render(request, "enter.html", context, status)


def photos_of(row: StationContest) -> list[Photo]:
    """Photographs of the row's present generation, by page."""
    return list(Photo.objects.filter(row=row, generation=row.generation).order_by("pages", "entry_id"))


def _state(request: HttpRequest, row: StationContest, form: figures.FigureForm, read: bool) -> HttpResponse:
    values: dict[str, Any] = form.values
    stated = request.POST.get("generation", "")
    generation = int(stated) if stated.isascii() and stated.isdigit() else 0
    empty = figures.blank(values)
    if len(empty) == len(values) and not request.POST.get("blank"):
        values = {}
    if values and empty and not request.POST.get("blank"):
        form.ask_about_blanks(empty, row.contest.columns)
    settlement = verification.make_statement(
        request.actor,
        row.pk,
        values,
        clock.now(),
        generation=generation,
        paper_wrong=bool(request.POST.get("paper_wrong")),
        reason=request.POST.get("reason", ""),
    )
    if read and not settlement.verified:
        messages.success(request, _("Tersimpan. Sekarang bandingkan dengan bacaan mesin."))
        return HttpResponseRedirect(reverse("compare", args=[row.pk]))
    text = _("Tersimpan: %s terverifikasi.") if settlement.verified else _("Tersimpan: isian %s tercatat.")
    messages.success(request, text % f"TPS {row.station_id[-3:]}")
    if request.POST.get("antrean"):
        return HttpResponseRedirect(f"{reverse('queue_next')}?sesudah={row.pk}")
    return HttpResponseRedirect(reverse("station", args=[row.pk]))


@allow(Capability.UPLOAD)
def upload(request: HttpRequest, row: str) -> HttpResponse:
    """Upload a photograph of one or more pages."""
    found = row_or_404(row)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return _receive(request, found)
        except Refused as why:
            refused = why
    photos = reading_view.shown(photos_of(found), reading_view.readings_of(found))
    have = [n for n in found.page_numbers if found.pages >> (n - 1) & 1]
    context = {**heading(found), "refused": refused, "photos": photos, "have": have}
    return render(request, "upload.html", context, refused.status if refused else 200)


def _receive(request: HttpRequest, row: StationContest) -> HttpResponse:
    file = request.FILES.get("photo")
    if file is None:
        raise UNREADABLE
    pages = sum(1 << (n - 1) for n in row.page_numbers if request.POST.get(f"page_{n}"))
    receipt = intake.receive_photo(
        request.actor,
        store(),
        row.pk,
        pages,
        file.read(),
        clock.now(),
        signer=receipt_signer(),
        merge_within=timedelta(minutes=settings.CONFIG.receipt_minutes),
    )
    text = _("Foto diterima. Tanda terima (hash daun): %s") % receipt.leaf_hash[:16]
    messages.success(request, text)
    return HttpResponseRedirect(reverse("station", args=[row.pk]))


def next_in_queue(request: HttpRequest, after: str) -> StationContest | None:
    """The next waiting row after ``after`` in code order, or the first one."""
    waiting = lookups.queue(request.actor)
    return waiting.filter(pk__gt=after).first() or waiting.first()
