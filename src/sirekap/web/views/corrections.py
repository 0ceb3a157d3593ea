"""Two persons: correcting a station's figures, and reading them from the sealed box."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sirekap.election import chasil
from sirekap.records import clock
from sirekap.web import figures
from sirekap.web.access import allow
from sirekap.web.pages import render, store
from sirekap.web.views.items import DECIDE, expected_seq, go_on, item_context
from sirekap.workflow import intake, plenary, verification
from sirekap.workflow.errors import Refused
from sirekap.workflow.people import Actor, actor_of


def second_actor(request: HttpRequest) -> Actor:
    """The second person, who signs in the same form; raises `Refused` when the sign-in fails."""
    username = request.POST.get("second_username", "").strip()
    user = authenticate(request, username=username, password=request.POST.get("second_password", ""))
    if user is None:
        raise Refused(
            "second_sign_in",
            "Orang kedua belum menandatangani: nama pengguna atau kata sandinya kosong atau keliru. "
            "Belum ada yang berubah; isi lagi lalu kirim.",
            "The second person has not signed: the user name or password is empty or wrong. Nothing has changed.",
            403,
        )
    return actor_of(user.person_id)


def _evidence(request: HttpRequest) -> str:
    """SHA-256 of the uploaded evidence, stored; empty when nothing was uploaded."""
    file = request.FILES.get("evidence")
    if file is None:
        return ""
    data = file.read()
    intake.media_type(data)
    return store().put(data).sha256


def _screen(
    request: HttpRequest,
    context: dict[str, Any],
    template: str,
    fill: Callable[[], dict[str, Any]],
    act: Callable[[dict[str, Any]], None],
    done: str,
) -> HttpResponse:
    """Show the form; on POST read the figures, act, and go on, or show the refusal beside what was typed."""
    ids = chasil.field_ids(context["contest"].columns)
    ids += tuple(f for f in context["current"] if f not in ids)
    form = figures.FigureForm(figures.sections(context["contest"], ids), fill())
    status = 200
    if request.method == "POST":
        form.values = figures.read(request.POST, ids)
        try:
            act(form.values)
            messages.success(request, done)
            return go_on(context["session"].pk, context["row"].pk)
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
    typed = {name: request.POST.get(name, "") for name in ("reason", "second_username")}
    seq = request.POST.get("last_seq") or context["last_seq"]
    return render(request, template, {**context, "form": form, "typed": typed, "last_seq": seq}, status)


@allow(*DECIDE)
def correct(request: HttpRequest, session: uuid.UUID, row: str) -> HttpResponse:
    """Correct fields of one station: only what changes, with reason, evidence and a second signature."""
    context = item_context(request, session, row)
    current = context["current"]

    def act(values: dict[str, Any]) -> None:
        changes = {name: value for name, value in values.items() if current.get(name) != value}
        verification.refuse_malformed(changes, context["contest"].columns)
        plenary.correct(
            request.actor,
            second_actor(request),
            store(),
            session,
            row,
            changes,
            request.POST.get("reason", ""),
            _evidence(request),
            clock.now(),
            expected_seq=expected_seq(request),
        )

    done = _("Koreksi TPS %s dicatat dengan dua penanda tangan.") % row[10:13]
    return _screen(request, context, "correct.html", lambda: dict(current), act, done)


@allow(*DECIDE)
def from_box(request: HttpRequest, session: uuid.UUID, row: str) -> HttpResponse:
    """Figures from the C.Hasil in the sealed box, or of a recount, entered by two persons."""
    context = item_context(request, session, row)

    def act(values: dict[str, Any]) -> None:
        stated = values if request.POST.get("blank") else {n: v for n, v in values.items() if v is not None}
        plenary.take_from_box(
            request.actor,
            second_actor(request),
            session,
            row,
            stated,
            clock.now(),
            expected_seq=expected_seq(request),
        )

    done = _("Angka TPS %s dari kotak suara dicatat dengan dua penanda tangan.") % row[10:13]
    return _screen(request, context, "from_box.html", dict, act, done)
