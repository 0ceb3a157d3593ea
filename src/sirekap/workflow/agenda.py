"""What a plenary session still has to settle: its rows, where each stands, what is put off."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max, Q, QuerySet

from sirekap.election.plenary import Agenda, ItemState, SessionState
from sirekap.election.standing import Tier
from sirekap.records import cursors
from sirekap.records.models import (
    Correction,
    Generation,
    ItemDecision,
    ItemReopened,
    Region,
    RegionTaken,
    SessionCursor,
    SessionEvent,
    StationContest,
)
from sirekap.records.ranges import within

TIER_OF_LENGTH = {6: Tier.DISTRICT, 4: Tier.REGENCY, 2: Tier.PROVINCE}
"""Digits of a region's code -> tier of its session."""
LOWER_LENGTH = {Tier.REGENCY: 6, Tier.PROVINCE: 4}
"""Digits of the region codes a session reads; a district reads its stations."""


def agenda_rows(session: SessionCursor) -> QuerySet[StationContest]:
    """The open rows a session has to settle, in region-code order."""
    return cursors.rows_in(session.region_id).filter(contest_id__in=session.contests)


def unsettled_filter(tier: Tier) -> Q:
    """Rows that keep a session of ``tier`` from closing, apart from those it put off."""
    if tier is Tier.DISTRICT:
        return Q(decided_tier__lt=Tier.DISTRICT)
    return Q(ratified_tier__lt=tier - 1, decided_tier__lt=tier)


def regions_below(session: SessionCursor) -> list[str]:
    """Codes of the lower regions on this session's agenda: with open rows here, or counted by another node.

    A province waits for every regency of its register, ours or not. None for a district.
    """
    length = LOWER_LENGTH.get(Tier(session.tier))
    if length is None:
        return []
    stations = agenda_rows(session).order_by().values_list("station_id", flat=True).distinct()
    found = {code[:length] for code in stations}
    if Tier(session.tier) is Tier.PROVINCE:
        listed = Region.objects.filter(within("pk", session.region_id)).values_list("pk", flat=True)
        found |= {code for code in listed if len(code) == length}
    return sorted(found)


def untaken(session: SessionCursor) -> list[str]:
    """Lower regions the session has still to read: not taken yet, or reopened since."""
    taken = taken_regions(session)
    return [code for code in regions_below(session) if code not in taken]


def taken_regions(session: SessionCursor) -> set[str]:
    """Lower regions whose sheet the session has read as it stands: taken after their own session last closed."""
    own = RegionTaken.objects.filter(session=session).order_by()
    taken = dict(own.values("region_id").annotate(seq=Max("entry_id")).values_list("region_id", "seq"))
    lower = SessionCursor.objects.filter(tier=session.tier - 1, region_id__in=list(taken))
    running = set(lower.exclude(state=SessionState.CLOSED.value).values_list("region_id", flat=True))
    closings = SessionEvent.objects.filter(session__in=lower, event="closed").order_by()
    closed = closings.values("session__region_id").annotate(seq=Max("entry_id"))
    last = dict(closed.values_list("session__region_id", "seq"))
    return {code for code, seq in taken.items() if code not in running and seq > last.get(code, 0)}


DEFERRED, UNDONE, DECIDED = "deferred", "undone", "decided"
"""What the latest act of a session on one row came to."""


def latest_acts(session: SessionCursor, row: StationContest | None = None) -> dict[str, tuple[int, str]]:
    """Row -> (entry, `DEFERRED`, `UNDONE` or `DECIDED`) of the session's latest act on its present generation.

    Of all open rows, or of one. Entering a recount's figures decides nothing.
    """
    one = Q(row=row) if row is not None else Q()
    current = Q(generation=F("row__generation"), row__closed=False, session=session) & one
    decisions = ItemDecision.objects.filter(current).exclude(decision="recount_entered")
    acts = [(seq, pk, d if d == DEFERRED else DECIDED) for seq, pk, d in _of(decisions, "decision")]
    acts += [(seq, pk, DECIDED) for seq, pk in _of(Correction.objects.filter(current))]
    acts += [(seq, pk, UNDONE) for seq, pk in _of(ItemReopened.objects.filter(current))]
    return {pk: (seq, what) for seq, pk, what in sorted(acts)}


def _of(found: QuerySet[Any], *more: str) -> list[tuple[Any, ...]]:
    return list(found.order_by().values_list("entry_id", "row_id", *more))


def deferred_rows(session: SessionCursor) -> set[str]:
    """Rows whose latest decision in this session, in their present generation, puts them off."""
    return {pk for pk, (_, what) in latest_acts(session).items() if what == DEFERRED}


def undone_rows(session: SessionCursor) -> set[str]:
    """Rows whose latest decision in this session was taken back: they must be read again."""
    return {pk for pk, (_, what) in latest_acts(session).items() if what == UNDONE}


def agenda_of(session: SessionCursor) -> Agenda:
    """How much of the agenda is settled, in rows; a lower region not yet taken counts as unread."""
    rows = agenda_rows(session)
    deferred = deferred_rows(session)
    waiting = len(waiting_rows(session))
    settled = rows.count() - len(deferred) - waiting
    return Agenda(unread=waiting + len(untaken(session)), accepted=settled, deferred=len(deferred))


def waiting_rows(session: SessionCursor) -> list[str]:
    """Rows still to be read in this session, in code order; those put off are not among them."""
    latest = {pk: what for pk, (_, what) in latest_acts(session).items()}
    undone = [pk for pk, what in latest.items() if what == UNDONE]
    unsettled = Q(unsettled_filter(Tier(session.tier))) | Q(pk__in=undone)
    found = agenda_rows(session).filter(unsettled).values_list("pk", flat=True)
    return [pk for pk in found if latest.get(pk) != DEFERRED]


def item_state(row: StationContest, session: SessionCursor) -> ItemState:
    """Where one row stands in this session."""
    tier = Tier(session.tier)
    last = latest_acts(session, row).get(row.pk, (0, ""))[1]
    if last == DEFERRED:
        return ItemState.DEFERRED
    if row.decided_tier >= tier:
        return ItemState.ACCEPTED
    if tier is not Tier.DISTRICT and row.ratified_tier >= tier - 1 and last != UNDONE:
        code = row.station_id[: LOWER_LENGTH[tier]]
        return ItemState.ACCEPTED if code in taken_regions(session) else ItemState.UNREAD
    recount = Generation.objects.filter(row=row, generation=row.generation, session_id__isnull=False)
    if row.verified_id is None and recount.exists():
        return ItemState.RECOUNT
    return ItemState.UNREAD
