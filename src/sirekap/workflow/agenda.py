"""What a plenary session still has to settle: its rows, where each stands, what is put off."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from sirekap.election.plenary import Agenda, ItemState
from sirekap.election.standing import Tier
from sirekap.records import cursors
from sirekap.records.models import Correction, Generation, ItemDecision, RegionTaken, SessionCursor, StationContest

LOWER_LENGTH = {Tier.REGENCY: 6, Tier.PROVINCE: 4}
"""Digits of the region codes a session reads; a district reads its stations."""

DEFERRED = "deferred"


def agenda_rows(session: SessionCursor) -> QuerySet[StationContest]:
    """The open rows a session has to settle, in region-code order."""
    return cursors.rows_in(session.region_id).filter(contest_id__in=session.contests)


def unsettled_filter(tier: Tier) -> Q:
    """Rows that keep a session of ``tier`` from closing, apart from those it put off."""
    if tier is Tier.DISTRICT:
        return Q(decided_tier__lt=Tier.DISTRICT)
    return Q(ratified_tier__lt=tier - 1, decided_tier__lt=tier)


def regions_below(session: SessionCursor) -> list[str]:
    """Codes of the lower regions with open rows on this session's agenda (none for a district)."""
    length = LOWER_LENGTH.get(Tier(session.tier))
    if length is None:
        return []
    stations = agenda_rows(session).order_by().values_list("station_id", flat=True).distinct()
    return sorted({code[:length] for code in stations})


def untaken(session: SessionCursor) -> list[str]:
    """Lower regions the session has not read yet."""
    taken = set(RegionTaken.objects.filter(session=session).values_list("region_id", flat=True))
    return [code for code in regions_below(session) if code not in taken]


def deferred_rows(session: SessionCursor) -> set[str]:
    """Rows whose latest decision in this session, in their present generation, puts them off."""
    latest: dict[str, tuple[int, str]] = {}
    current = session.decisions.filter(generation=F("row__generation"), row__closed=False)
    for row, seq, decision in current.values_list("row_id", "entry_id", "decision"):
        latest[row] = max((seq, decision), latest.get(row, (0, "")))
    deferred = {row: seq for row, (seq, decision) in latest.items() if decision == DEFERRED}
    corrected = session.corrections.filter(row_id__in=list(deferred), generation=F("row__generation"))
    later = {row for row, seq in corrected.values_list("row_id", "entry_id") if seq > deferred[row]}
    return set(deferred) - later


def is_deferred(row: StationContest, session: SessionCursor) -> bool:
    """Whether one row is among :func:`deferred_rows`."""
    own = {"row": row, "session": session, "generation": row.generation}
    last = ItemDecision.objects.filter(**own).order_by("entry_id").values_list("decision", "entry_id").last()
    if last is None or last[0] != DEFERRED:
        return False
    return not Correction.objects.filter(**own, entry_id__gt=last[1]).exists()


def agenda_of(session: SessionCursor) -> Agenda:
    """How much of the agenda is settled, in rows; a lower region not yet taken counts as unread."""
    rows = agenda_rows(session)
    deferred = deferred_rows(session)
    waiting = rows.filter(unsettled_filter(Tier(session.tier))).exclude(pk__in=deferred).count()
    settled = rows.count() - len(deferred) - waiting
    return Agenda(unread=waiting + len(untaken(session)), accepted=settled, deferred=len(deferred))


def item_state(row: StationContest, session: SessionCursor) -> ItemState:
    """Where one row stands in this session."""
    tier = Tier(session.tier)
    if is_deferred(row, session):
        return ItemState.DEFERRED
    if row.decided_tier >= tier:
        return ItemState.ACCEPTED
    if tier is not Tier.DISTRICT and row.ratified_tier >= tier - 1:
        code = row.station_id[: LOWER_LENGTH[tier]]
        taken = RegionTaken.objects.filter(session=session, region_id=code).exists()
        return ItemState.ACCEPTED if taken else ItemState.UNREAD
    if row.verified_id is None and Generation.objects.filter(row=row, generation=row.generation).exists():
        return ItemState.RECOUNT
    return ItemState.UNREAD
