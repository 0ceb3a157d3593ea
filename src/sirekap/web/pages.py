"""What every screen shares: the frame's context, error pages, the evidence store."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap import keys
from sirekap.election.roles import Capability
from sirekap.evidence import EvidenceStore, open_store
from sirekap.ledger.note import Signer
from sirekap.publication import errors
from sirekap.publication.jinja import stylesheet
from sirekap.records import queries
from sirekap.web import elsewhere
from sirekap.workflow.errors import Refused
from sirekap.workflow.people import Actor

STYLESHEET_NAME = stylesheet()[0].rpartition("/")[2]
UPLOAD_SLACK = 200_000
"""Bytes a form may weigh beside its file."""


def store() -> EvidenceStore:
    """The configured store of photographs and documents."""
    return open_store(settings.CONFIG.evidence)


def receipt_signer() -> Signer | None:
    """The key that signs receipts; None where this node has none (a receipt then carries no signature)."""
    try:
        key = keys.load(settings.CONFIG.keys, keys.Purpose.RECEIPTS)
        keys.refuse_demo(key, settings.CONFIG.mode)
    except keys.KeyMissing:
        return None
    return key.signer


def css() -> str:
    """Address of the look's stylesheet."""
    return reverse("stylesheet", args=[STYLESHEET_NAME])


def _navigation(actor: Actor) -> list[tuple[str, str]]:
    items = [(reverse("work"), _("Tugas saya"))]
    if actor.regions(Capability.VERIFY):
        items.append((reverse("queue"), _("Antrean verifikasi")))
    if actor.regions(Capability.READ):
        items += [(reverse("regions"), _("Wilayah")), (reverse("sessions"), _("Rapat pleno"))]
    items.append((reverse("timetable"), _("Tahapan")))
    if actor.regions(Capability.MANAGE_STATIONS):
        items.append((reverse("stations"), _("Kelola TPS")))
    if actor.regions(Capability.MANAGE_PEOPLE):
        items.append((reverse("people"), _("Petugas")))
    return items


def render(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> Any:
    """One screen in the common frame."""
    actor = getattr(request, "actor", None)
    frame = {
        "css": css(),
        "actor": actor,
        "election": queries.election(),
        "laptop": elsewhere.laptop(),
        "navigation": _navigation(actor) if actor else [],
        "messages": list(messages.get_messages(request)),
        "path": request.path,
        "refused": None,
        **(context or {}),
    }
    return django_render(request, f"petugas/{template}", frame, status=status)


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page of a refused act: what happened, what it means, what to do, and the way back."""
    referrer = urlsplit(request.META.get("HTTP_REFERER", ""))
    here = referrer.netloc == request.get_host() and referrer.path.startswith("/petugas/")
    back = referrer.path if here else reverse("work")
    return render(request, "refused.html", {"refused": refused, "back": back}, refused.status)


def too_large(request: HttpRequest) -> Refused | None:
    """A refusal when the request is heavier than one photograph may be; judged before anything is read."""
    limit = settings.CONFIG.max_upload_bytes
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = limit + UPLOAD_SLACK + 1
    if length <= limit + UPLOAD_SLACK:
        return None
    size = limit // 1_000_000
    return Refused(
        "upload_too_large",
        f"Kiriman lebih besar dari {size} MB, jadi tidak disimpan. Perkecil foto lalu kirim lagi.",
        f"What was sent is larger than {size} MB and was not saved. Make the photo smaller and send it again.",
        413,
    )


def error_page(status: int, reference: str = "") -> HttpResponse:
    """A generic error page in the look, without touching the database."""
    html = errors.render_error(status, css=css(), home="/petugas/", reference=reference)
    return HttpResponse(html, status=status)


def new_reference() -> str:
    """A short id that an error page shows and the server's log repeats."""
    return uuid.uuid4().hex[:10]
