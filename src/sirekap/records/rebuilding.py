"""Derive every cursor from the fact tables alone; on a healthy database this changes nothing.

Independent of the incremental updates in `cursors`: it reads what happened and asks
`election.standing` what follows.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from sirekap.election.plenary import SessionState
from sirekap.election.standing import COUNTED_FROM, Facts, Tier, standing
from sirekap.ledger.tree import Frontier
from sirekap.records import locks
from sirekap.records.models import (
    ContestCursor,
    ContestReopened,
    Correction,
    Determination,
    Elected,
    Generation,
    ItemDecision,
    ItemReopened,
    Leaf,
    Photo,
    PhotoReading,
    SequencerState,
    SessionCursor,
    SessionEvent,
    Statement,
    StationChange,
    StationContest,
    Verification,
)
from sirekap.records.ranges import within
from sirekap.records.rebuilding_documents import rebuild_documents
from sirekap.records.rebuilding_nodes import rebuild_holds


@dataclass(slots=True)
class Derived:
    """What the facts say about one row; field names are those of the cursor's columns."""

    closed: bool = False
    generation: int = 1
    pages: int = 0
    read: bool = False
    confirmed: bool = False
    verified_id: uuid.UUID | None = None
    decided_id: uuid.UUID | None = None
    decided_tier: int = 0
    ratified_tier: int = 0
    determined: bool = False
    standing: int = 0
    counted_id: uuid.UUID | None = None
    findings: list[str] = field(default_factory=list)
    open_fields: dict[str, str] = field(default_factory=dict)
    last_seq: int = 0


@dataclass(slots=True)
class RowFacts:
    """Facts grouped by row, plus what covers whole regions; ``sessions``: each closing, with its entry."""

    by_row: dict[str, list[Any]]
    changes: dict[str, list[StationChange]]
    sessions: list[tuple[SessionCursor, int]]
    determinations: list[Determination]
    reopenings: list[ContestReopened]


_OF_ROW = (Photo, PhotoReading, Statement, Verification, Generation, ItemDecision, Correction, ItemReopened)


def _load(
    prefix: str,
    sessions: list[tuple[SessionCursor, int]],
    determinations: list[Determination],
    reopenings: list[ContestReopened],
) -> RowFacts:
    by_row: dict[str, list[Any]] = defaultdict(list)
    for model in _OF_ROW:
        for fact in model.objects.filter(within("row_id", prefix)):
            by_row[fact.row_id].append(fact)
    changes: dict[str, list[StationChange]] = defaultdict(list)
    for change in StationChange.objects.filter(within("station_id", prefix)):
        changes[change.station_id].append(change)
    return RowFacts(by_row, changes, sessions, determinations, reopenings)


def _apply(out: Derived, fact: Any) -> None:
    if isinstance(fact, Photo):
        out.pages |= fact.pages
    elif isinstance(fact, PhotoReading):
        out.read = out.read or fact.complete
    elif isinstance(fact, Statement):
        out.confirmed = out.confirmed or fact.role == "kpps"
        out.open_fields = fact.open_fields
    elif isinstance(fact, Verification) or (isinstance(fact, ItemDecision) and fact.decision == "recount_entered"):
        out.verified_id, out.findings = fact.figures_id, fact.findings
    elif _decides(fact):
        out.decided_id, out.decided_tier, out.findings = fact.figures_id, fact.tier, fact.findings


def _decides(fact: Any) -> bool:
    """Whether a fact gives a station its decided figures."""
    if isinstance(fact, ItemDecision):
        return fact.decision not in ("deferred", "recount_entered")
    return isinstance(fact, Correction)


def derive(row: StationContest, facts: RowFacts) -> Derived:
    """The cursor values that the facts support for one row."""
    out = Derived()
    own = sorted(facts.by_row.get(row.pk, ()), key=lambda f: f.entry_id)
    seqs = [f.entry_id for f in own]
    started = 0
    for fact in own:
        if isinstance(fact, Generation):
            out.generation, started = fact.generation, fact.entry_id
    present = [fact for fact in own if fact.generation == out.generation]
    undone = {fact.session_id: fact.entry_id for fact in present if isinstance(fact, ItemReopened)}
    for fact in present:
        if not (_decides(fact) and fact.entry_id < undone.get(fact.session_id, 0)):
            _apply(out, fact)
    for change in facts.changes.get(row.station_id, ()):
        seqs.append(change.entry_id)
        out.closed = out.closed or change.change in (StationChange.CLOSED, StationChange.MERGED)
    _apply_regions(out, row, facts, started, seqs)
    out.standing = int(
        standing(
            Facts(
                out.pages,
                out.read,
                out.confirmed,
                out.verified_id is not None,
                Tier(out.ratified_tier),
                out.determined,
                row.contest.columns,
            )
        )
    )
    out.counted_id = (out.decided_id or out.verified_id) if out.standing >= COUNTED_FROM else None
    out.last_seq = max(seqs)
    return out


def _apply_regions(out: Derived, row: StationContest, facts: RowFacts, started: int, seqs: list[int]) -> None:
    left = min(
        (c.entry_id for c in facts.changes.get(row.station_id, ()) if c.change in ("closed", "merged")), default=0
    )
    opened = min(c.entry_id for c in facts.changes[row.station_id])
    for session, seq in facts.sessions:
        covers = row.station_id.startswith(session.region_id) and row.contest_id in session.contests
        if covers and seq > opened and not (left and seq > left):
            seqs.append(seq)
            if seq > started:
                out.ratified_tier = max(out.ratified_tier, session.tier)
    latest = {Determination: 0, ContestReopened: 0}
    for fact in (*facts.determinations, *facts.reopenings):
        covers = fact.contest_id == row.contest_id and fact.entry_id > opened
        if covers and not (left and fact.entry_id > left):
            seqs.append(fact.entry_id)
            latest[type(fact)] = max(latest[type(fact)], fact.entry_id)
    out.determined = latest[Determination] > max(started, latest[ContestReopened])


def rebuild(progress: Callable[[int], None] | None = None) -> dict[str, int]:
    """Re-derive all cursors, writing only rows that differ; returns ``{"rows": n, "changed": m}``."""
    closings = SessionEvent.objects.filter(event="closed").select_related("session")
    sessions = [(closing.session, closing.entry_id) for closing in closings]
    determinations, reopenings = list(Determination.objects.all()), list(ContestReopened.objects.all())
    total = changed = 0
    prefixes = StationContest.objects.order_by().values_list("station__village_id", flat=True).distinct()
    for prefix in sorted({code[:6] for code in prefixes}):
        with transaction.atomic():
            rows = list(
                StationContest.objects.select_for_update(of=("self",))
                .select_related("contest")
                .filter(within("pk", prefix))
                .order_by("pk")
            )
            facts = _load(prefix, sessions, determinations, reopenings)
            for row in rows:
                changed += _store(row, derive(row, facts))
            total += len(rows)
            if progress:
                progress(len(rows))
    changed += _rebuild_sessions() + _rebuild_contests() + rebuild_documents() + rebuild_holds()
    changed += _rebuild_sequencer()
    return {"rows": total, "changed": changed}


def _store(cursor: Any, derived: Any) -> int:
    values = {name: getattr(derived, name) for name in derived.__slots__}
    differing = {name: value for name, value in values.items() if getattr(cursor, name) != value}
    if differing:
        type(cursor).objects.filter(pk=cursor.pk).update(**differing)
    return 1 if differing else 0


def _rebuild_sessions() -> int:
    changed = 0
    for session in SessionCursor.objects.order_by("pk"):
        last = session.events.order_by("entry_id").last()
        if last is None:
            continue
        opened = session.events.filter(event="opened").values_list("at", flat=True).first()
        closed_at = last.at if last.event == "closed" else None
        state = last.detail["state"]
        if last.event == "opened" and _has_read(session):
            state = SessionState.READING.value
        if (session.state, session.opened_at, session.closed_at) != (state, opened, closed_at):
            SessionCursor.objects.filter(pk=session.pk).update(state=state, opened_at=opened, closed_at=closed_at)
            changed += 1
    return changed


def _has_read(session: SessionCursor) -> bool:
    facts = (
        session.decisions,
        session.corrections,
        session.reopenings,
        session.taken,
        Generation.objects.filter(session_id=session.pk),
    )
    return any(found.exists() for found in facts)


def _rebuild_contests() -> int:
    changed = 0
    facts = (*Determination.objects.all(), *Elected.objects.all(), *ContestReopened.objects.all())
    last: dict[str, Any] = {fact.contest_id: fact for fact in sorted(facts, key=lambda fact: fact.entry_id)}
    for cursor in ContestCursor.objects.order_by("pk"):
        state, winner = "counting", None
        fact = last.get(cursor.pk)
        if isinstance(fact, Determination):
            state, winner = "determined", fact.outcome["winner"]
        if isinstance(fact, Elected):
            state, winner = "elected", fact.pair
        if (cursor.state, cursor.winner) != (state, winner):
            ContestCursor.objects.filter(pk=cursor.pk).update(state=state, winner=winner)
            changed += 1
    return changed


def _rebuild_sequencer() -> int:
    with transaction.atomic():
        if not locks.try_sequencer():
            return 0
        frontier = Frontier()
        for leaf_hash in Leaf.objects.order_by("index").values_list("entry__leaf_hash", flat=True).iterator():
            frontier.append(bytes(leaf_hash))
        state = locks.sequencer_state()
        if (state.size, state.frontier) == (frontier.size, frontier.to_hex()):
            return 0
        SequencerState.objects.filter(pk=1).update(size=frontier.size, frontier=frontier.to_hex())
        return 1
