"""What a plenary does with an objection: its answer, the text that the public reads, the files handed in."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.generations import LABEL_ID as GENERATION_LABEL
from sirekap.election.objections import AnswerStatus
from sirekap.election.roles import Capability
from sirekap.evidence import EvidenceError, EvidenceMissing
from sirekap.publication.formats import clock as in_clock
from sirekap.records import clock
from sirekap.records.models import Correction, Generation, ObjectionAttachment
from sirekap.web.access import allow
from sirekap.web.pages import error_page, render, store
from sirekap.web.plenary.frame import frame, session_or_404
from sirekap.web.plenary.objecting import CONCERNED, shown
from sirekap.web.views.objections import objection_or_404
from sirekap.workflow import objections
from sirekap.workflow.errors import Refused

STATUS_ID = {
    AnswerStatus.ACCEPTED: "Diterima: sudah diperbaiki dengan tindakan di bawah",
    AnswerStatus.REFUSED: "Ditolak, dengan alasan",
    AnswerStatus.UNRESOLVED: "Belum selesai: dibawa ke tingkat di atasnya",
}


@allow(Capability.PRESIDE)
def answer(request: HttpRequest, session: uuid.UUID, objection: uuid.UUID) -> HttpResponse:
    """The chair answers: accepted with its remedy, refused with a reason, or unresolved, which travels on."""
    found, about = session_or_404(session), objection_or_404(objection)
    if not about.region.startswith(found.region_id):
        raise Http404
    refused = None
    if request.method == "POST":
        try:
            _answer(request, session, objection)
            messages.success(request, _("Jawaban rapat tercatat."))
            return HttpResponseRedirect(reverse("session_objections", args=[session]))
        except Refused as why:
            refused = why
    item = objections.one(about)
    context: dict[str, Any] = {
        **frame(request, found),
        "item": shown(request.actor, [item])[0],
        "statuses": [(s.value, STATUS_ID[s]) for s in AnswerStatus],
        "remedies": [("", "–")] + [(str(r.entry), _remedy(r.fact)) for r in objections.remedies(about)],
        "answers": len(item.answers),
        "typed": {name: request.POST.get(name, "") for name in ("status", "answer", "remedy")},
        "refused": refused,
    }
    return render(request, "answer.html", context, refused.status if refused else 200)


def _remedy(fact: Any) -> str:
    """The act in words: what, which station, when."""
    where = f"TPS {fact.row_id[10:13]}, {in_clock(fact.at)}"
    if isinstance(fact, Correction):
        return f"Koreksi {where}: {fact.reason}"
    if isinstance(fact, Generation):
        kinds = {kind.value: text for kind, text in GENERATION_LABEL.items()}
        return f"{kinds.get(fact.kind, 'Penghitungan ulang')} {where}"
    return f"Angka dari kotak suara {where}"


def _answer(request: HttpRequest, session: uuid.UUID, objection: uuid.UUID) -> None:
    data = request.POST
    counted = data.get("answers", "")
    try:
        remedy = uuid.UUID(data["remedy"]) if data.get("remedy") else None
    except ValueError:
        raise Refused("remedy", "Pilih tindakan dari daftar.", "Choose an act from the list.", 400) from None
    objections.answer_objection(
        request.actor,
        objection,
        session,
        data.get("status", ""),
        data.get("answer", ""),
        clock.now(),
        correction=remedy if data.get("status") == AnswerStatus.ACCEPTED else None,
        expected_answers=int(counted) if counted.isascii() and counted.isdigit() and len(counted) < 6 else -1,
    )


@allow(Capability.PREPARE_PLENARY)
def publish(request: HttpRequest, objection: uuid.UUID) -> HttpResponse:
    """The text that the public may read: what it is about, without names of private persons."""
    found = objection_or_404(objection)
    item = shown(request.actor, [objections.one(found)])[0]
    refused = None
    if request.method == "POST":
        try:
            objections.publish_text(request.actor, objection, request.POST.get("text", ""), clock.now())
            messages.success(request, _("Teks untuk umum tercatat dan terbit bersama cuplikan berikutnya."))
            return HttpResponseRedirect(reverse("objection", args=[objection]))
        except Refused as why:
            refused = why
    context = {"item": item, "text": request.POST.get("text") or item.item.published, "refused": refused}
    return render(request, "publish_objection.html", context, refused.status if refused else 200)


@allow(*CONCERNED, look=True)
def attachment(request: HttpRequest, objection: uuid.UUID, sha256: str) -> HttpResponse:
    """A file handed in with an objection, for whom its words concern; never shown under another type than found."""
    fact = ObjectionAttachment.objects.filter(objection_id=objection, sha256=sha256).first()
    if fact is None:
        raise Http404
    try:
        data = store().get(sha256)
    except EvidenceMissing:
        raise Http404 from None
    except EvidenceError:
        return error_page(500)
    response = HttpResponse(data, content_type=fact.media_type)
    picture = fact.media_type.startswith("image/")
    response["Content-Disposition"] = "inline" if picture else f'attachment; filename="lampiran-{sha256[:12]}.pdf"'
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
