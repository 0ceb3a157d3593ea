"""What a plenary does with an objection: accepts it with its remedy, refuses it, or sends it on unresolved."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from sirekap.election.objections import TIER_EN, TIER_ID, AnswerStatus, ObjectionKind, Subject
from sirekap.election.plenary import SessionState
from sirekap.election.roles import Capability
from sirekap.records.journal import append
from sirekap.records.models import Objection, SessionCursor
from sirekap.workflow.conduct import presiding
from sirekap.workflow.errors import Refused, not_found, stale
from sirekap.workflow.objection_agenda import Listed, one, remedies, within_reach
from sirekap.workflow.objection_texts import ANSWER_MOST, TEXT_MOST, one_of, words
from sirekap.workflow.people import Actor
from sirekap.workflow.sessions import VILLAGE_LENGTH, locked_session


@transaction.atomic
def answer_objection(
    actor: Actor,
    objection_id: uuid.UUID,
    session_id: uuid.UUID,
    status: str,
    answer: str,
    at: datetime,
    *,
    correction: uuid.UUID | None = None,
    expected_answers: int | None = None,
) -> None:
    """Answer an objection that is on a session's agenda, or change the answer this session gave. Raises `Refused`.

    By the chair, or by the member who leads the panel of the village that it is about.
    ``answer`` is public. ``correction``: id of the correction, the new generation or the decision that an accepted
    objection led to (or of its entry); see `remedies`. ``expected_answers``: how many answers the screen showed.
    """
    session = locked_session(session_id)
    found = Objection.objects.filter(pk=objection_id).first()
    if found is None:
        raise not_found("Keberatan")
    acting = presiding(actor, session, found.region[:VILLAGE_LENGTH])
    if session.state not in (SessionState.OPENED, SessionState.READING):
        raise Refused("session_not_open", "Rapat tidak sedang dibuka.", "The session is not open.")
    item = one(found)
    if expected_answers is not None and expected_answers != len(item.answers):
        raise stale()
    _refuse_elsewhere(item, session)
    status = one_of(AnswerStatus, status)
    said = words(answer, 3, ANSWER_MOST)
    remedy = _remedy(found, status, correction)
    body = {
        "objection": str(found.pk),
        "session": str(session.pk),
        "tier": session.tier,
        "status": status,
        "answer": said,
        "remedy": str(remedy) if remedy else None,
    }
    append("objection.answered", acting, at, body)


def _refuse_elsewhere(item: Listed, session: SessionCursor) -> None:
    """Only the plenary on whose agenda it is answers, or the one that answered last."""
    ours = within_reach(session).filter(pk=item.objection.pk).exists()
    last = item.answers[-1].session_id if item.answers else None
    if ours and (item.standing.tier == session.tier or last == session.pk):
        return
    tier = item.standing.tier
    raise Refused(
        "not_here",
        f"Keberatan ini berada pada pleno {TIER_ID[tier]}." if tier else "Keberatan ini sudah dijawab pleno lain.",
        f"This objection is with the {TIER_EN[tier]} plenary." if tier else "Another plenary has answered this.",
    )


def _remedy(objection: Objection, status: str, named: uuid.UUID | None) -> uuid.UUID | None:
    """Id of the entry that the answer names; raises `Refused` when it must name one and does not, or the reverse."""
    accepted = status == AnswerStatus.ACCEPTED
    if named is None:
        figures = objection.kind == ObjectionKind.OBJECTION and objection.subject != Subject.PROCEDURE
        if accepted and figures:
            raise Refused(
                "remedy",
                "Keberatan yang diterima harus menyebut koreksinya. Catat dulu koreksi atau hitung ulang TPS itu.",
                "An accepted objection names its correction. Record the station's correction or recount first.",
                400,
            )
        return None
    found = next((r.entry for r in remedies(objection) if named in (r.entry, r.fact.pk)), None)
    if not accepted or found is None:
        raise Refused(
            "remedy",
            "Koreksi yang disebut bukan tentang pokok keberatan ini, atau dicatat sebelum keberatan disampaikan.",
            "The correction named is not about this objection, or was recorded before it was raised.",
            400,
        )
    return found


@transaction.atomic
def publish_text(actor: Actor, objection_id: uuid.UUID, text: str, at: datetime) -> None:
    """Give an objection the redacted text that the public may read, or a better one. Raises `Refused`.

    It must name no private person: it stays in the ledger for good.
    """
    objection = Objection.objects.filter(pk=objection_id).first()
    if objection is None:
        raise not_found("Keberatan")
    acting = actor.acting(Capability.PREPARE_PLENARY, objection.region)
    body = {"objection": str(objection.pk), "published": words(text, 3, TEXT_MOST)}
    append("objection.published", acting, at, body)
