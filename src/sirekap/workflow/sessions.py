"""Acts on a whole plenary session: open, adjourn, resume, take a lower region, close.

Sessions sit at the tier of their region's code: district (6 digits), regency (4), province (2).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from sirekap.election.contests import ContestKind
from sirekap.election.plenary import Agenda, PlenaryError, SessionAct, SessionState, step
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.ledger import canonical
from sirekap.records import cursors, locks
from sirekap.records.ids import uuid7
from sirekap.records.journal import Acting, append
from sirekap.records.models import Contest, FigureSet, Region, RegionTaken, SessionCursor
from sirekap.workflow.agenda import agenda_of, agenda_rows, regions_below
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor

TIER_OF_LENGTH = {6: Tier.DISTRICT, 4: Tier.REGENCY, 2: Tier.PROVINCE}


def refuse_plenary(error: PlenaryError) -> Refused:
    """A refused step of a state machine, as an act refuses it."""
    return Refused(type(error).__name__, error.text_id, error.text_en)


def lower_closed(session: SessionCursor, region: str) -> bool:
    """Whether the session of a region directly below has closed, with every contest this one deals with there."""
    closed = SessionCursor.objects.filter(region_id=region, tier=session.tier - 1, state=SessionState.CLOSED.value)
    lower = closed.first()
    if lower is None:
        return False
    rows = cursors.rows_in(region).filter(contest_id__in=session.contests)
    return not rows.exclude(contest_id__in=lower.contests).exists()


def lower_not_closed() -> Refused:
    """The session below is still open."""
    return Refused(
        "lower_not_closed",
        "Rapat pleno wilayah itu belum ditutup, jadi belum dapat dibacakan di sini.",
        "That region's own session is not closed yet, so it cannot be read here.",
    )


def locked_session(session_id: uuid.UUID) -> SessionCursor:
    """Lock a session; raises `Refused` when there is none."""
    try:
        return locks.session(session_id)
    except SessionCursor.DoesNotExist:
        raise not_found("Rapat pleno") from None


def _change(
    acting: Acting,
    session: SessionCursor,
    act: SessionAct,
    agenda: Agenda,
    at: datetime,
    event: str,
    detail: dict[str, Any],
) -> None:
    try:
        state = step(SessionState(session.state), act, agenda)
    except PlenaryError as error:
        raise refuse_plenary(error) from None
    body = {
        "session": str(session.pk),
        "event": event,
        "state": state.value,
        "detail": {**detail, "state": state.value},
    }
    append("session.changed", acting, at, body)


@transaction.atomic
def open_session(
    actor: Actor, region: str, contests: Sequence[str], at: datetime, session_id: uuid.UUID | None = None
) -> SessionCursor:
    """Open the plenary of a region for some contests."""
    tier = TIER_OF_LENGTH.get(len(region))
    if tier is None or not Region.objects.filter(pk=region).exists():
        raise not_found(f"Wilayah {region}")
    acting = actor.acting(Capability.PRESIDE, region)
    _check_contests(contests, region, tier)
    if SessionCursor.objects.filter(tier=tier, region_id=region).exists():
        raise _session_exists()
    new_id = session_id or uuid7(at)
    session = SessionCursor(
        pk=new_id, tier=tier, region_id=region, contests=sorted(contests), state=SessionState.SCHEDULED.value
    )
    try:
        state = step(SessionState.SCHEDULED, SessionAct.OPEN, Agenda(unread=agenda_rows(session).count()))
    except PlenaryError as error:
        raise refuse_plenary(error) from None
    body = {
        "session": str(new_id),
        "event": "opened",
        "tier": int(tier),
        "region": region,
        "contests": sorted(contests),
        "state": state.value,
        "detail": {"state": state.value},
    }
    try:
        append("session.changed", acting, at, body)
    except IntegrityError:
        raise _session_exists() from None
    return SessionCursor.objects.get(pk=new_id)


def _session_exists() -> Refused:
    return Refused(
        "session_exists",
        "Rapat pleno wilayah ini sudah pernah dibuka.",
        "This region's plenary session was opened already.",
    )


def _check_contests(contests: Sequence[str], region: str, tier: Tier) -> None:
    found = {c.pk: c for c in Contest.objects.filter(pk__in=contests)}
    for contest_id in contests:
        contest = found.get(contest_id)
        covers = contest is not None and region.startswith(contest.region)
        if not covers or (tier is Tier.PROVINCE and contest.kind != ContestKind.GOVERNOR):
            raise Refused(
                "wrong_contest",
                f"Pemilihan {contest_id} tidak dibahas dalam rapat wilayah {region}.",
                f"Contest {contest_id} is not dealt with in the session of region {region}.",
                400,
            )


@transaction.atomic
def adjourn(actor: Actor, session_id: uuid.UUID, at: datetime) -> None:
    """Adjourn a session."""
    session = locked_session(session_id)
    acting = actor.acting(Capability.PRESIDE, session.region_id)
    _change(acting, session, SessionAct.ADJOURN, Agenda(), at, "adjourned", {})


@transaction.atomic
def resume(actor: Actor, session_id: uuid.UUID, at: datetime) -> None:
    """Resume an adjourned session."""
    session = locked_session(session_id)
    acting = actor.acting(Capability.PRESIDE, session.region_id)
    _change(acting, session, SessionAct.RESUME, Agenda(), at, "resumed", {})


@transaction.atomic
def take_region(actor: Actor, session_id: uuid.UUID, region: str, at: datetime) -> None:
    """Read a lower region whose own session is closed."""
    session = locked_session(session_id)
    acting = actor.acting(Capability.PRESIDE, session.region_id)
    if SessionState(session.state) not in (SessionState.OPENED, SessionState.READING):
        raise Refused("session_not_open", "Rapat tidak sedang dibuka.", "The session is not open.")
    if region not in regions_below(session):
        raise not_found(f"Wilayah {region} dalam agenda")
    if not lower_closed(session, region):
        raise lower_not_closed()
    if RegionTaken.objects.filter(session=session, region_id=region).exists():
        raise Refused("already_taken", "Wilayah itu sudah dibacakan.", "That region was read already.")
    began = session.state == SessionState.OPENED
    append("region.taken", acting, at, {"session": str(session.pk), "region": region, "began": began})


def figures_hash(session: SessionCursor) -> dict[str, str]:
    """Per contest SHA-256 over the canonical JSON of ``[[row, figures], ...]`` in region-code order."""
    hashes = {}
    for contest in session.contests:
        rows = agenda_rows(session).filter(contest_id=contest).annotate(current=F("decided_id"))
        digest = hashlib.sha256()
        for row in rows.select_related("decided", "verified").iterator(500):
            figures: FigureSet | None = row.decided or row.verified
            digest.update(canonical.dumps([row.pk, figures.figures() if figures else None]))
        hashes[contest] = digest.hexdigest()
    return hashes


@transaction.atomic
def close_session(actor: Actor, session_id: uuid.UUID, at: datetime) -> None:
    """Close a session: everything on its agenda is settled, and its rows are ratified at its tier."""
    found = SessionCursor.objects.filter(pk=session_id).first()
    if found is None:
        raise not_found("Rapat pleno")
    locks.rows_of_region(found.region_id, found.contests)
    session = locked_session(session_id)
    acting = actor.acting(Capability.PRESIDE, session.region_id)
    _change(
        acting, session, SessionAct.CLOSE, agenda_of(session), at, "closed", {"figures_sha256": figures_hash(session)}
    )
