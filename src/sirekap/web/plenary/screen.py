"""What the hall sees of one station: its votes as they are read, large, and whether they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sirekap.election.plenary import LABEL_ID, ItemState
from sirekap.election.standing import Standing
from sirekap.publication.books import pairs_of
from sirekap.publication.load import display_name
from sirekap.records import totals
from sirekap.records.models import Contest, HallScreen, RegionTaken, SessionCursor, StationContest
from sirekap.web import lookups
from sirekap.workflow import agenda, hall


@dataclass(frozen=True, slots=True)
class OnScreen:
    """One panel's station. ``figures`` is empty while nothing is verified or decided."""

    panel: int
    row: StationContest
    village: str
    figures: dict[str, int | None]
    pairs: tuple[Any, ...]
    state: ItemState
    standing: Standing
    at: datetime

    @property
    def said(self) -> str:
        """The decision in one word."""
        return LABEL_ID[self.state]


@dataclass(frozen=True, slots=True)
class RegionOnScreen:
    """A lower region as a higher session reads it: the sums of one contest."""

    name: str
    contest: Contest
    pairs: tuple[Any, ...]
    figures: dict[str, int]
    taken: RegionTaken


def last_taken(session: SessionCursor) -> RegionTaken | None:
    """The lower region that a higher session read last."""
    return RegionTaken.objects.filter(session=session).select_related("region").order_by("entry_id").last()


def region_on_screen(session: SessionCursor, seen: Sequence[OnScreen]) -> list[RegionOnScreen]:
    """The region that a higher session has before it, contest by contest; empty where a station is shown."""
    taken = last_taken(session)
    if taken is None or any(s.at > taken.at for s in seen):
        return []
    contests = Contest.objects.filter(pk__in=session.contests).order_by("pk").prefetch_related("pairs")
    name = display_name(taken.region_id, taken.region.name)
    return [
        RegionOnScreen(name, c, pairs_of(c), totals.of_contest(c.pk).get(taken.region_id, {}), taken) for c in contests
    ]


def on_screen(session: SessionCursor, panel: int | None = None) -> list[OnScreen]:
    """What the hall sees: every panel's station in panel order, or one panel's."""
    shown = [s for s in hall.shown(session.pk) if panel is None or s.panel == panel]
    names = lookups.names(s.row.station_id[:10] for s in shown)
    return [_seen(s, session, names) for s in sorted(shown, key=lambda s: s.panel)]


def _seen(shown: HallScreen, session: SessionCursor, names: dict[str, str]) -> OnScreen:
    row = shown.row
    figures = row.decided or row.verified
    return OnScreen(
        shown.panel,
        row,
        names.get(row.station_id[:10], ""),
        figures.figures() if figures else {},
        pairs_of(row.contest),
        agenda.item_state(row, session),
        Standing(row.standing),
        shown.at,
    )


def version(session: SessionCursor, seen: Sequence[OnScreen]) -> str:
    """Changes whenever what the hall sees does."""
    taken = last_taken(session)
    parts = [
        session.state,
        session.last_seq,
        taken and taken.pk,
        *((s.panel, s.row.pk, s.row.last_seq, s.state.value) for s in seen),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
