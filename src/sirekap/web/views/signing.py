"""Signing a document by key, refusing to sign with a reason, filing the scan of what was signed in ink."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.roles import Capability
from sirekap.records import clock
from sirekap.web.access import allow
from sirekap.web.pages import store
from sirekap.web.views.documents import document_or_404
from sirekap.workflow import attachments, document_trust, documents
from sirekap.workflow.errors import Refused

SIGNERS = (Capability.AUTHORISE, Capability.COSIGN)
"""Chair and members of the body, witnesses and supervisors over it; the act says which box is whose."""


def _back(document: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("document", args=[document]))


@allow(*SIGNERS, act=True)
def sign(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """Sign one's own box with one's own key; the key's secret is asked for where it has one."""
    found = document_or_404(document)
    secret = request.POST.get("secret", "")
    sealer = document_trust.sealer_of(request.actor.person, ask=lambda _question: secret)
    documents.sign(request.actor, store(), found.pk, sealer, clock.now(), field=request.POST.get("field") or None)
    messages.success(request, _("Dokumen ditandatangani."))
    return _back(document)


@allow(*SIGNERS, act=True)
def refuse(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """Record that somebody will not sign, and why; the document stands all the same."""
    found = document_or_404(document)
    wanted = request.POST.get("field", "")
    box = next((box for box in documents.boxes_of(found) if box.field == wanted), None)
    if box is None:
        raise Refused(
            "which_box", "Sebutkan kotak tanda tangan yang ditolak.", "Say which signature box is refused.", 400
        )
    documents.refuse_signature(
        request.actor,
        found.pk,
        box.capacity,
        box.pair,
        request.POST.get("reason", ""),
        clock.now(),
        field=box.field,
    )
    messages.success(request, _("Penolakan tanda tangan tercatat dengan alasannya. Dokumen tetap berlaku."))
    return _back(document)


@allow(Capability.PREPARE_PLENARY, act=True)
def file_scan(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """File the scan of the paper that was signed in ink, and say whose ink is on it."""
    found = document_or_404(document)
    file = request.FILES.get("scan")
    if file is None:
        raise Refused("scan", "Pilih berkas pindaian (PDF atau foto).", "Choose the scan (PDF or photo).", 400)
    sha256 = attachments.keep(store(), file.read())
    documents.file_scan(request.actor, store(), found.pk, sha256, request.POST.getlist("signed"), clock.now())
    messages.success(request, _("Pindaian tercatat; tanda tangan basah sama nilainya dengan kunci."))
    return _back(document)
