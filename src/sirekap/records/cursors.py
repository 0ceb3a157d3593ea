"""How each fact moves the cursor rows. `rebuilding` derives the same rows from the facts alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce

from sirekap.election import chasil
from sirekap.election.standing import COUNTED_FROM, Facts, Tier, standing
from sirekap.records.models import Entry, FigureSet, StationContest
from sirekap.records.ranges import within


def derive(row: StationContest) -> None:
    """Set ``standing`` and ``counted`` from the row's other columns."""
    row.standing = int(
        standing(
            Facts(
                pages=row.pages,
                read=row.read,
                confirmed=row.confirmed,
                verified=row.verified_id is not None,
                ratified=Tier(row.ratified_tier),
                determined=row.determined,
                columns=row.contest.columns,
            )
        )
    )
    figures = row.decided_id or row.verified_id
    row.counted_id = figures if row.standing >= COUNTED_FROM else None


def save(row: StationContest, entry: Entry, *changed: str) -> None:
    """Derive and store the changed columns of one row."""
    derive(row)
    row.last_seq = entry.seq
    held = _held.get()
    if held is not None:
        held[row.pk] = row
        return
    row.save(update_fields=[*changed, "standing", "counted", "last_seq"])


_held: ContextVar[dict[str, StationContest] | None] = ContextVar("cursor rows waiting to be stored", default=None)


@contextmanager
def held_back() -> Iterator[None]:
    """Collect saved rows and store them together at the end of the block. For replays only."""
    rows: dict[str, StationContest] = {}
    token = _held.set(rows)
    try:
        yield
    finally:
        _held.reset(token)
    columns = [*GENERATION_FIELDS, "standing", "counted", "last_seq"]
    StationContest.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


def rows_in(region: str) -> models.QuerySet[StationContest]:
    """The open rows of a region at any tier (or of one station), in region-code order."""
    return StationContest.objects.filter(within("pk", region), closed=False)


def ratify(region: str, contests: list[str], tier: Tier, entry: Entry) -> None:
    """A closed plenary ratifies the open rows of its region and contests, but for those that a higher one ratified."""
    rows = rows_in(region).filter(contest_id__in=contests)
    rows.update(last_seq=entry.seq)
    rows.filter(ratified_tier__lt=int(tier)).update(
        ratified_tier=int(tier),
        standing=int(standing(Facts(ratified=tier))),
        counted=Coalesce("decided", "verified"),
    )


def determine(contest: str, entry: Entry) -> None:
    """The determination covers every open row of a contest."""
    StationContest.objects.filter(contest_id=contest, closed=False).update(
        determined=True,
        standing=int(standing(Facts(determined=True))),
        counted=Coalesce("decided", "verified"),
        last_seq=entry.seq,
    )


def reopen_contest(contest: str, entry: Entry) -> None:
    """A superseded determination covers no row any more: each falls back to what ratified it."""
    covered = StationContest.objects.filter(contest_id=contest, closed=False).select_related("contest")
    ratified = covered.filter(determined=True, ratified_tier__gt=Tier.NONE)
    for tier in (Tier.DISTRICT, Tier.REGENCY, Tier.PROVINCE):
        standing_ = int(standing(Facts(ratified=tier)))
        ratified.filter(ratified_tier=tier).update(determined=False, standing=standing_)
    for row in covered.filter(determined=True):
        row.determined = False
        save(row, entry, "determined")
    covered.update(last_seq=entry.seq)


def new_figures(pk: Any, figures: dict[str, int | None]) -> FigureSet:
    """Insert one figure set; ``figures`` maps stated field ids to values."""
    stated = [name for name in chasil.BY_ID if name in figures]
    return FigureSet.objects.create(id=pk, stated=stated, **figures)


def touch(entry: Entry, station: str) -> None:
    """Mark a station's rows as affected by ``entry``."""
    StationContest.objects.filter(station_id=station).update(last_seq=entry.seq)


def close_station(entry: Entry, station: str) -> None:
    """Take a station's rows out of every denominator."""
    StationContest.objects.filter(station_id=station).update(closed=True, last_seq=entry.seq)


def start_generation(row: StationContest, number: int) -> None:
    """Send one row back to the start for a new generation."""
    row.generation = number
    row.pages, row.read, row.confirmed, row.determined = 0, False, False, False
    row.verified_id = row.decided_id = None
    row.decided_tier = row.ratified_tier = 0
    row.findings, row.open_fields = [], {}


GENERATION_FIELDS = (
    "generation",
    "pages",
    "read",
    "confirmed",
    "determined",
    "verified",
    "decided",
    "decided_tier",
    "ratified_tier",
    "findings",
    "open_fields",
)
