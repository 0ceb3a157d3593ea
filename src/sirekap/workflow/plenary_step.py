"""A step of a session on one station: who may take it, and whether the session and the station allow it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sirekap.election.plenary import ItemAct, PlenaryError, SessionState, decide_item
from sirekap.election.standing import Tier
from sirekap.records.journal import Acting
from sirekap.records.models import SessionCursor, StationContest
from sirekap.workflow.agenda import LOWER_LENGTH, item_state
from sirekap.workflow.conduct import presiding
from sirekap.workflow.errors import Refused, stale
from sirekap.workflow.intake import open_row
from sirekap.workflow.people import Actor
from sirekap.workflow.sessions import VILLAGE_LENGTH, locked_session, lower_closed, lower_not_closed, refuse_plenary


@dataclass(frozen=True, slots=True)
class Step:
    """A validated step in one session: who and which row; ``began`` when it is the session's first reading."""

    acting: Acting
    row: StationContest
    session: SessionCursor
    began: bool


def begin(actor: Actor, session_id: uuid.UUID, row_id: str, act: ItemAct, expected_seq: int | None) -> Step:
    """Lock row and session, check mandate, scope, staleness and state machine."""
    row = open_row(row_id)
    session = locked_session(session_id)
    acting = presiding(actor, session, row.station_id[:VILLAGE_LENGTH])
    if not row.station_id.startswith(session.region_id) or row.contest_id not in session.contests:
        raise Refused(
            "not_on_agenda",
            "TPS atau pemilihan ini tidak ada dalam agenda rapat ini.",
            "This station or contest is not on this session's agenda.",
            400,
        )
    if expected_seq is not None and expected_seq != row.last_seq:
        raise stale()
    _refuse_early(row, session)
    try:
        decide_item(SessionState(session.state), item_state(row, session), act)
    except PlenaryError as error:
        raise refuse_plenary(error) from None
    return Step(acting, row, session, session.state == SessionState.OPENED)


def _refuse_early(row: StationContest, session: SessionCursor) -> None:
    """A session reads a station only once the session below has closed, and never after a higher one decided."""
    length = LOWER_LENGTH.get(Tier(session.tier))
    behind = row.ratified_tier < session.tier - 1
    if length is not None and behind and not lower_closed(session, row.station_id[:length]):
        raise lower_not_closed()
    if row.decided_tier > session.tier:
        raise Refused(
            "decided_above",
            "TPS ini sudah diputuskan rapat pleno tingkat di atasnya; rapat ini tidak dapat mengubahnya lagi.",
            "A higher plenary has decided this station already; this session can no longer change it.",
        )
    if row.determined:
        raise Refused(
            "determined",
            "Hasil pemilihan ini sudah ditetapkan; angka TPS ini hanya dapat berubah lewat putusan pengadilan.",
            "This result is determined; the station's figures change only through a court's ruling.",
        )
    if row.ratified_tier > session.tier:
        raise Refused(
            "ratified_above",
            "TPS ini sudah disahkan rapat pleno tingkat di atasnya. Koreksinya diputuskan di tingkat itu.",
            "A higher plenary has ratified this station. Its correction is decided there.",
        )
