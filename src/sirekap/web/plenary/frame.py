"""What every screen of one session shows on top: where, its state, the parts of the session, who presides."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.plenary import SessionState, allowed_acts
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.records.models import Contest, SessionCursor
from sirekap.web import elsewhere, lookups
from sirekap.workflow import objections
from sirekap.workflow.people import Actor


def session_or_404(session: uuid.UUID) -> SessionCursor:
    """The session with its region."""
    found = SessionCursor.objects.filter(pk=session).select_related("region").first()
    if found is None:
        raise Http404
    return found


def presides(actor: Actor, session: SessionCursor) -> bool:
    """Whether the actor chairs the session."""
    return actor.may(Capability.PRESIDE, session.region_id)


def contests_of(session: SessionCursor) -> list[Contest]:
    """The contests on the session's agenda."""
    return list(Contest.objects.filter(pk__in=session.contests).order_by("pk").prefetch_related("pairs"))


def _tabs(session: SessionCursor, here: str) -> list[tuple[str, str, bool]]:
    waiting = len(objections.unanswered(session))
    parts = [
        (("session", "close", "reopen"), _("Rapat")),
        (("agenda", "accept_clean"), _("Agenda")),
        *([(("panels", "panel"), _("Panel"))] if session.tier == Tier.DISTRICT else []),
        (("attendance",), _("Hadir")),
        (("session_documents",), _("Dokumen")),
        (("session_objections", "object_in_session", "answer"), _("Keberatan") + (f" ({waiting})" if waiting else "")),
    ]
    return [(reverse(names[0], args=[session.pk]), text, here in names) for names, text in parts]


def frame(request: HttpRequest, session: SessionCursor) -> dict[str, Any]:
    """The common context of a session's screens."""
    match = request.resolver_match
    return {
        "session": session,
        "away": elsewhere.away(session.region_id),
        "trail": lookups.trail(session.region_id),
        "contests": contests_of(session),
        "tabs": _tabs(session, match.url_name or "" if match else ""),
        "presides": presides(request.actor, session),
        "acts": {act.value for act in allowed_acts(SessionState(session.state))},
        "district": session.tier == Tier.DISTRICT,
    }
