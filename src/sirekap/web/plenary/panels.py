"""Who reads what: the panels of a session, whose station a row is, and which comes next for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass

from sirekap.records.models import SessionCursor
from sirekap.web.plenary.progress import Progress
from sirekap.workflow import conduct
from sirekap.workflow.conduct import Panel
from sirekap.workflow.errors import Refused
from sirekap.workflow.people import Actor

UNDIVIDED = 0
"""The number under which the chair's own villages are shown."""


@dataclass(frozen=True, slots=True)
class Share:
    """One reader's part of a session: a panel's villages, or what no panel reads (``panel`` None)."""

    panel: Panel | None
    progress: Progress

    @property
    def number(self) -> int:
        """1 to 4, or `UNDIVIDED`."""
        return self.panel.number if self.panel else UNDIVIDED


def presides_over(actor: Actor, session: SessionCursor, row: str) -> bool:
    """Whether the actor decides about a row: the chair everywhere, a panel's lead in its villages."""
    try:
        conduct.presiding(actor, session, row[:10])
    except Refused:
        return False
    return True


def share_of(session: SessionCursor, row: str, done: Progress) -> Share:
    """The part of the session that a row belongs to."""
    panels = conduct.open_panels(session)
    own = next((panel for panel in panels if row[:10] in panel.villages), None)
    return share(own, panels, done)


def share(own: Panel | None, panels: list[Panel], done: Progress) -> Share:
    """A panel's part of a session, or what no panel reads."""
    if own is not None:
        return Share(own, done.within(own.villages))
    if not panels:
        return Share(None, done)
    taken = {village for panel in panels for village in panel.villages}
    return Share(None, done.within({pk[:10] for pk in done.order} - taken))


def led_by(actor: Actor, session: SessionCursor) -> Panel | None:
    """The panel that the actor leads."""
    return next((panel for panel in conduct.open_panels(session) if panel.lead == actor.person), None)
