"""What the hall sees of one station: its votes as they are read, large, and whether they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sirekap.election.plenary import LABEL_ID, ItemState
from sirekap.election.standing import Standing
from sirekap.publication.load import pairs_of
from sirekap.records.models import HallScreen, SessionCursor, StationContest
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

    @property
    def said(self) -> str:
        """The decision in one word."""
        return LABEL_ID[self.state]


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
    )


def version(session: SessionCursor, seen: Sequence[OnScreen]) -> str:
    """Changes whenever what the hall sees does."""
    parts = [session.state, session.last_seq, *((s.panel, s.row.pk, s.row.last_seq, s.state.value) for s in seen)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
