"""Acts after which a station must be read out again: a recount, and taking a decision back."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from sirekap.election.generations import RecountReason
from sirekap.election.plenary import ItemAct
from sirekap.records.journal import append
from sirekap.records.models import FigureSet
from sirekap.records.projections.sessions import last_act
from sirekap.workflow.agenda import UNDONE, latest_acts
from sirekap.workflow.errors import Refused
from sirekap.workflow.people import Actor, need_reason
from sirekap.workflow.plenary_step import Step, begin
from sirekap.workflow.sheet_versions import with_reissues


@transaction.atomic
def order_recount(
    actor: Actor,
    session_id: uuid.UUID,
    row_id: str,
    reason: RecountReason,
    at: datetime,
    *,
    expected_seq: int | None = None,
) -> None:
    """Order a recount: the row starts a new generation, the old one stays readable."""
    step_ = begin(actor, session_id, row_id, ItemAct.ORDER_RECOUNT, expected_seq)
    body = {
        "row": step_.row.pk,
        "generation": step_.row.generation + 1,
        "generation_kind": "HSU",
        "reason": RecountReason(reason).value,
        "session": str(step_.session.pk),
        "began": step_.began,
    }
    append("generation.opened", step_.acting, at, body, step_.row)


def _figures_without(step_: Step) -> dict[str, int | None] | None:
    """The station's figures as they stood before what this session decided."""
    last = last_act(step_.row, step_.row.generation, without=step_.session.pk)
    before = last.figures_id if last else step_.row.verified_id
    return FigureSet.objects.get(pk=before).figures() if before else None


@transaction.atomic
def undo(
    actor: Actor, session_id: uuid.UUID, row_id: str, reason: str, at: datetime, *, expected_seq: int | None = None
) -> None:
    """Take back what this session decided on a station, which must then be read again; nothing is erased.

    What stood before the session's decisions stands again. A station on a sheet that has closed is corrected instead.
    """
    step_ = begin(actor, session_id, row_id, ItemAct.UNDO, expected_seq)
    if step_.row.ratified_tier >= step_.session.tier:
        raise Refused(
            "ratified",
            "TPS ini sudah disahkan rapat ini. Perubahannya dicatat sebagai koreksi beserta buktinya.",
            "This session has ratified the station already. Record a correction with its evidence.",
        )
    if latest_acts(step_.session, step_.row).get(step_.row.pk, (0, UNDONE))[1] == UNDONE:
        raise Refused(
            "nothing_to_undo",
            "Rapat ini belum memutuskan apa pun tentang TPS ini, jadi tidak ada yang dapat dibatalkan.",
            "This session has decided nothing on this station, so there is nothing to take back.",
        )
    body = {
        "row": step_.row.pk,
        "generation": step_.row.generation,
        "session": str(step_.session.pk),
        "tier": step_.session.tier,
        "began": step_.began,
        "reason": need_reason(reason),
        **with_reissues(step_.row, step_.session.tier, _figures_without(step_)),
    }
    append("item.reopened", step_.acting, at, body)
