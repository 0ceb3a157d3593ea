"""Who decided what about a station last, for a chair who came second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sirekap.election.roles import LABEL_ID as ROLE_LABEL
from sirekap.election.roles import Role
from sirekap.ledger import canonical
from sirekap.records.models import Entry, SessionCursor, StationContest
from sirekap.web import lookups
from sirekap.workflow import agenda
from sirekap.workflow.people import Actor


@dataclass(frozen=True, slots=True)
class LastAct:
    """The session's latest act on a station. ``who``: role and name; ``own``: by the person who looks."""

    at: datetime
    who: str
    own: bool


def last_act(actor: Actor, session: SessionCursor, row: StationContest) -> LastAct | None:
    """The session's latest act on a row; None when the session has decided nothing about it."""
    found = agenda.latest_acts(session, row).get(row.pk)
    if found is None:
        return None
    entry = Entry.objects.get(pk=found[0])
    role = canonical.loads(bytes(entry.content))["actor"]["role"]
    label = ROLE_LABEL[Role(role)] if role in list(Role) else ""
    name = lookups.person_names([entry.actor]).get(entry.actor, "") if entry.actor else ""
    return LastAct(entry.at, f"{label} {name}".strip(), entry.actor == actor.person)
