"""Acts on a whole plenary session: convene, open, adjourn, resume, take a lower region, close, reopen.

Sessions sit at the tier of their region's code: district (6 digits), regency (4), province (2).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from sirekap.election.contests import ContestKind
from sirekap.election.plenary import Agenda, PlenaryError, ReopenCause, SessionAct, SessionState, step
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.records import cursors, locks
from sirekap.records.ids import uuid7
from sirekap.records.journal import Acting, append, timestamp
from sirekap.records.models import Contest, ContestCursor, ReceivedRegion, Region, SessionCursor
from sirekap.workflow import sheets
from sirekap.workflow.agenda import TIER_OF_LENGTH, agenda_of, agenda_rows, regions_below, taken_regions
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.objection_agenda import refuse_unanswered
from sirekap.workflow.people import Actor, need_reason

VILLAGE_LENGTH = 10


def refuse_plenary(error: PlenaryError) -> Refused:
    """A refused step of a state machine, as an act refuses it."""
    return Refused(type(error).__name__, error.text_id, error.text_en)


def lower_closed(session: SessionCursor, region: str) -> bool:
    """Whether a region directly below is finished, with every contest this session deals with there.

    Its own session has closed here, or another node has counted it and sent its result.
    """
    closed = SessionCursor.objects.filter(region_id=region, tier=session.tier - 1, state=SessionState.CLOSED.value)
    lower = closed.first()
    if lower is None:
        received = ReceivedRegion.objects.filter(region_id=region, contest_id__in=session.contests)
        return bool(session.contests) and received.count() == len(session.contests)
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


def _next(session: SessionCursor, act: SessionAct, agenda: Agenda) -> SessionState:
    try:
        return step(SessionState(session.state), act, agenda)
    except PlenaryError as error:
        raise refuse_plenary(error) from None


def _change(
    acting: Acting,
    session: SessionCursor,
    act: SessionAct,
    agenda: Agenda,
    at: datetime,
    event: str,
    detail: dict[str, Any],
) -> None:
    state = _next(session, act, agenda)
    body = {
        "session": str(session.pk),
        "event": event,
        "state": state.value,
        "detail": {**detail, "state": state.value},
    }
    append("session.changed", acting, at, body)


@transaction.atomic
def convene(
    actor: Actor,
    region: str,
    contests: Sequence[str],
    planned_at: datetime,
    order: Sequence[str],
    invited_at: datetime,
    at: datetime,
    session_id: uuid.UUID | None = None,
) -> SessionCursor:
    """Call a region's plenary: when it is planned, when the invitations went out, in which order it will read.

    ``order``: region codes of the tier below (villages for a district), each once; those left out follow in code
    order. Until the session opens it may be convened again, with another plan but for the same contests.
    """
    tier = _tier_of(region)
    acting = actor.acting(Capability.PRESIDE, region)
    _check_contests(contests, region, tier)
    session = _planned(tier, region, contests) or SessionCursor(
        pk=session_id or uuid7(at),
        tier=tier,
        region_id=region,
        contests=sorted(contests),
        state=SessionState.SCHEDULED.value,
    )
    _refuse_order(session, order)
    if planned_at < invited_at:
        raise Refused(
            "plan",
            "Undangan tidak mungkin dikirim sesudah rapat mulai. Periksa kedua waktunya.",
            "Invitations cannot go out after the session begins. Check both times.",
            400,
        )
    detail = {"planned_at": timestamp(planned_at), "order": list(order), "invited_at": timestamp(invited_at)}
    return _start(acting, session, SessionAct.CONVENE, "convened", at, detail)


@transaction.atomic
def open_session(
    actor: Actor, region: str, contests: Sequence[str], at: datetime, session_id: uuid.UUID | None = None
) -> SessionCursor:
    """Open the plenary of a region for some contests, convened before (then for the same contests) or not."""
    tier = _tier_of(region)
    acting = actor.acting(Capability.PRESIDE, region)
    _check_contests(contests, region, tier)
    session = _planned(tier, region, contests) or SessionCursor(
        pk=session_id or uuid7(at),
        tier=tier,
        region_id=region,
        contests=sorted(contests),
        state=SessionState.SCHEDULED.value,
    )
    return _start(acting, session, SessionAct.OPEN, "opened", at, {})


def _tier_of(region: str) -> Tier:
    tier = TIER_OF_LENGTH.get(len(region))
    if tier is None or not Region.objects.filter(pk=region).exists():
        raise not_found(f"Wilayah {region}")
    return tier


def _planned(tier: Tier, region: str, contests: Sequence[str]) -> SessionCursor | None:
    """The region's convened session, locked; None when there is none. Raises `Refused` once it has opened."""
    found = SessionCursor.objects.filter(tier=tier, region_id=region).first()
    session = locked_session(found.pk) if found else None
    if session is not None and session.state != SessionState.SCHEDULED:
        raise _session_exists()
    if session is not None and session.contests != sorted(contests):
        raise Refused(
            "other_contests",
            "Rapat ini diundangkan untuk pemilihan lain. Pilih pemilihan yang sama dengan undangannya.",
            "This session was convened for other contests. Choose those of its invitation.",
            400,
        )
    return session


def _refuse_order(session: SessionCursor, order: Sequence[str]) -> None:
    known = set(regions_below(session))
    if Tier(session.tier) is Tier.DISTRICT:
        stations = agenda_rows(session).order_by().values_list("station_id", flat=True).distinct()
        known = {code[:VILLAGE_LENGTH] for code in stations}
    if len(set(order)) != len(order) or not known.issuperset(order):
        raise Refused(
            "order",
            "Urutan pembacaan memuat wilayah yang tidak ada dalam agenda atau tercantum dua kali.",
            "The order of reading names a region that is not on the agenda, or one twice.",
            400,
        )


def _start(
    acting: Acting, session: SessionCursor, act: SessionAct, event: str, at: datetime, detail: dict[str, Any]
) -> SessionCursor:
    state = _next(session, act, Agenda(unread=agenda_rows(session).count()))
    body = {
        "session": str(session.pk),
        "event": event,
        "tier": int(session.tier),
        "region": session.region_id,
        "contests": session.contests,
        "state": state.value,
        "detail": {**detail, "state": state.value},
    }
    try:
        append("session.changed", acting, at, body)
    except IntegrityError:
        raise _session_exists() from None
    return SessionCursor.objects.get(pk=session.pk)


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
    """Read a lower region whose own session is closed; once more when that one was reopened and closed again."""
    session = _locked_with_lower(session_id, region)
    acting = actor.acting(Capability.PRESIDE, session.region_id)
    if SessionState(session.state) not in (SessionState.OPENED, SessionState.READING):
        raise Refused("session_not_open", "Rapat tidak sedang dibuka.", "The session is not open.")
    if region not in regions_below(session):
        raise not_found(f"Wilayah {region} dalam agenda")
    if not lower_closed(session, region):
        raise lower_not_closed()
    if region in taken_regions(session):
        raise Refused("already_taken", "Wilayah itu sudah dibacakan.", "That region was read already.")
    began = session.state == SessionState.OPENED
    append("region.taken", acting, at, {"session": str(session.pk), "region": region, "began": began})


def _locked_with_lower(session_id: uuid.UUID, region: str) -> SessionCursor:
    """The session, locked together with the region's own one, so that the latter is not reopened meanwhile."""
    lower = SessionCursor.objects.filter(region_id=region).exclude(pk=session_id).values_list("pk", flat=True)
    locked = {session.pk: session for session in locks.sessions([session_id, *lower])}
    if session_id not in locked:
        raise not_found("Rapat pleno")
    return locked[session_id]


@transaction.atomic
def close_session(actor: Actor, session_id: uuid.UUID, at: datetime, typed: Mapping[str, Sequence[str]]) -> None:
    """Close a session: everything on its agenda is settled, and its rows are ratified at its tier.

    ``typed``: contest -> the two groups of the figures' hash that `sheets.asked` asks for, read from the printed
    sheet. Raises `Refused` ("chunks") when they are those of other figures.
    """
    session, acting = _locked_with_rows(actor, session_id)
    agenda = agenda_of(session)
    _next(session, SessionAct.CLOSE, agenda)
    refuse_unanswered(session)
    hashes = sheets.figures_sha256(session)
    sheets.refuse_untyped(session, hashes, typed)
    _change(acting, session, SessionAct.CLOSE, agenda, at, "closed", {"figures_sha256": hashes})


@transaction.atomic
def reopen_session(actor: Actor, session_id: uuid.UUID, reason: str, at: datetime, *, cause: ReopenCause | str) -> None:
    """Read on in a closed session, for a named cause; it must close again. What it ratified stays ratified."""
    session, acting = _locked_with_rows(actor, session_id)
    why = need_reason(reason)
    if cause not in list(ReopenCause):
        raise Refused("cause", "Pilih sebab pembukaan kembali.", "Choose the cause of reopening.", 400)
    counting = ContestCursor.objects.filter(pk__in=session.contests, state="counting")
    if not counting.exists():
        raise Refused(
            "determined",
            "Hasil semua pemilihan dalam rapat ini sudah ditetapkan; rapat tidak dapat dibuka kembali.",
            "The results of all contests of this session are determined; it cannot be reopened.",
        )
    detail = {"reason": why, "cause": ReopenCause(cause).value}
    _change(acting, session, SessionAct.REOPEN, Agenda(), at, "reopened", detail)


def _locked_with_rows(actor: Actor, session_id: uuid.UUID) -> tuple[SessionCursor, Acting]:
    """Lock the rows of a session's agenda and then the session; the mandate to preside over it."""
    found = SessionCursor.objects.filter(pk=session_id).first()
    if found is None:
        raise not_found("Rapat pleno")
    locks.rows_of_region(found.region_id, found.contests)
    session = locked_session(session_id)
    return session, actor.acting(Capability.PRESIDE, session.region_id)
