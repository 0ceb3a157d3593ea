"""The lower regions of a higher session: what may be read now, in finishing order, and the state of their sheets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sirekap.election.plenary import SessionState
from sirekap.records.models import Contest, ReceivedRegion, RegionHold, RegionTaken, SessionCursor
from sirekap.web import lookups
from sirekap.workflow import agenda
from sirekap.workflow.sessions import lower_closed
from sirekap.workflow.sheet_status import SheetStatus, sheet_statuses

READY, TAKEN, RUNNING, AWAITED = "ready", "taken", "running", "awaited"


@dataclass(slots=True)
class LowerRegion:
    """One region below. ``state``: `READY` to be read, `TAKEN`, `RUNNING` or `AWAITED`; sheets by contest."""

    code: str
    name: str
    session: SessionCursor | None
    state: str
    taken: datetime | None
    received: ReceivedRegion | None
    offline: bool
    sheets: list[tuple[Contest, SheetStatus]] = field(default_factory=list)

    @property
    def finished(self) -> datetime | None:
        """When its own session closed, or its package was received."""
        if self.session is not None and self.session.closed_at is not None:
            return self.session.closed_at
        return self.received.at if self.received else None


def lower_regions(session: SessionCursor, contests: list[Contest]) -> list[LowerRegion]:
    """Those ready to be read first, in the order in which they finished; then those at work; those read last."""
    codes = agenda.regions_below(session)
    if not codes:
        return []
    names = lookups.names(codes)
    below = {s.region_id: s for s in SessionCursor.objects.filter(tier=session.tier - 1, region_id__in=codes)}
    valid = agenda.taken_regions(session)
    reads = RegionTaken.objects.filter(session=session, region_id__in=valid).order_by("entry_id")
    taken = dict(reads.values_list("region_id", "at"))
    received = {r.region_id: r for r in ReceivedRegion.objects.filter(region_id__in=codes)}
    offline = set(RegionHold.objects.filter(region__in=codes, here=False).values_list("region", flat=True))
    sheets = {contest.pk: sheet_statuses(contest.pk, codes) for contest in contests}
    out = []
    for code in codes:
        state = _state(session, code, taken, below.get(code), received.get(code))
        own = [(c, sheets[c.pk][code]) for c in contests if code in sheets[c.pk]]
        out.append(
            LowerRegion(
                code,
                names.get(code, code),
                below.get(code),
                state,
                taken.get(code),
                received.get(code),
                code in offline,
                own,
            )
        )
    order = {READY: 0, RUNNING: 1, AWAITED: 2, TAKEN: 3}
    return sorted(out, key=lambda r: (order[r.state], str(r.finished or ""), r.code))


def _state(
    session: SessionCursor,
    code: str,
    taken: dict[str, datetime],
    below: SessionCursor | None,
    received: ReceivedRegion | None,
) -> str:
    if code in taken:
        return TAKEN
    closed = below is not None and below.state == SessionState.CLOSED
    whole = closed and below is not None and set(below.contests) >= set(session.contests)
    if whole or ((closed or received is not None) and lower_closed(session, code)):
        return READY
    return RUNNING if below is not None and below.state != SessionState.SCHEDULED else AWAITED
