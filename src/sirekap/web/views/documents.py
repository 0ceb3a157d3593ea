"""Documents of a session or a decision: the list, issuing one, one with its signatures, its file."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.roles import Capability
from sirekap.evidence import EvidenceError
from sirekap.paper.documents.model import DocumentKind
from sirekap.records import clock
from sirekap.records.models import Determination, Document, DocumentScan, Elected
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import error_page, render, store
from sirekap.web.plenary import papers
from sirekap.web.plenary.frame import frame, session_or_404
from sirekap.workflow import documents
from sirekap.workflow.errors import Refused
from sirekap.workflow.people import Actor

DECREES: dict[str, Any] = {DocumentKind.SK_HASIL.value: Determination, DocumentKind.SK_TERPILIH.value: Elected}
"""Documents of a decision, and the decision."""


def document_or_404(document: uuid.UUID) -> Document:
    """The document with its region, contest and session."""
    found = Document.objects.filter(pk=document).select_related("region", "contest", "session", "cursor").first()
    if found is None:
        raise Http404
    return found


@allow(Capability.READ, look=True)
def of_session(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Every document that a session makes, issued or not."""
    found = session_or_404(session)
    common = frame(request, found)
    context = {
        **common,
        "listed": papers.of_session(found, common["contests"]),
        "may_issue": request.actor.may(Capability.PREPARE_PLENARY, found.region_id) and found.opened_at is not None,
    }
    return render(request, "documents.html", context)


def _kind(text: str) -> DocumentKind:
    try:
        return DocumentKind(text)
    except ValueError:
        raise Refused("document_kind", "Pilih dokumen dari daftar.", "Choose a document of the list.", 400) from None


@allow(Capability.PREPARE_PLENARY, act=True)
def issue(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """Make a document of a session from the facts, unsigned. ``what``: its kind, and after a slash its contest."""
    found = session_or_404(session)
    kind, _slash, contest = request.POST.get("what", "").partition("/")
    venue = " ".join(request.POST.get("venue", "").split())[:120]
    made = documents.issue(
        request.actor, store(), _kind(kind), found, clock.now(), contest=contest[:20] or None, venue=venue
    )
    messages.success(request, _("Dokumen diterbitkan, belum ditandatangani."))
    return HttpResponseRedirect(reverse("document", args=[made.pk]))


@allow(Capability.PREPARE_PLENARY, act=True)
def issue_decree(request: HttpRequest, contest: str) -> HttpResponse:
    """Make the decree of a decision on a contest, unsigned."""
    kind = _kind(request.POST.get("kind", ""))
    model = DECREES.get(kind.value)
    subject = model.objects.filter(contest_id=contest).order_by("entry_id").last() if model else None
    if subject is None:
        raise Http404
    made = documents.issue(request.actor, store(), kind, subject, clock.now())
    messages.success(request, _("Keputusan diterbitkan, belum ditandatangani."))
    return HttpResponseRedirect(reverse("document", args=[made.pk]))


def _signs(actor: Actor, document: Document, state: papers.BoxState) -> bool:
    """Whether a box is the actor's, or of nobody in particular and of their office; the act decides."""
    if state.box.person is not None:
        return state.mine
    role = documents.ROLES.get(state.box.capacity)
    return any(own is role and document.region_id.startswith(region) for own, region in actor.mandates)


@allow(Capability.READ, look=True)
def document(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """One document: its file, its signature boxes, refusals with reasons, scans."""
    found = document_or_404(document)
    actor = request.actor
    states = papers.boxes(found, actor.person)
    scans = DocumentScan.objects.filter(document=found).order_by("entry_id")
    context: dict[str, Any] = {
        "document": found,
        "paper": papers.papers([found])[0],
        "trail": lookups.trail(found.region_id),
        "boxes": states,
        "mine": next((s for s in states if s.mine and s.open), None),
        "could_sign": any(s.open and _signs(actor, found, s) for s in states),
        "presides": actor.may(Capability.PRESIDE, found.region_id),
        "may_scan": actor.may(Capability.PREPARE_PLENARY, found.region_id),
        "scans": list(scans),
    }
    return render(request, "document.html", context)


@allow(Capability.READ, look=True)
def file(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """The document's file with every signature so far."""
    found = document_or_404(document)
    try:
        data = store().get(documents.current_sha256(found))
    except EvidenceError:
        return error_page(500)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.kind}-{found.region_id}-v{found.version}.pdf"'
    return response


@allow(Capability.READ, look=True)
def scan(request: HttpRequest, document: uuid.UUID, sha256: str) -> HttpResponse:
    """The scan of a document signed in ink."""
    fact = DocumentScan.objects.filter(document_id=document, sha256=sha256).first()
    if fact is None:
        raise Http404
    try:
        data = store().get(sha256)
    except EvidenceError:
        return error_page(500)
    response = HttpResponse(data, content_type=fact.media_type)
    picture = fact.media_type.startswith("image/")
    response["Content-Disposition"] = "inline" if picture else f'attachment; filename="pindaian-{sha256[:12]}.pdf"'
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
