"""Every lock in one place, always in this order: station rows by key, session, contest, document, reading job, log.

On PostgreSQL these are row locks; SQLite has one writer (BEGIN IMMEDIATE), so reading is enough.
All must be called inside a transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from sirekap.records.models import (
    ContestCursor,
    DocumentCursor,
    ReadingJob,
    SequencerState,
    SessionCursor,
    StationContest,
)
from sirekap.records.ranges import within

SEQUENCER_LOCK = 0x5349_5245_4B41_50
"""PostgreSQL advisory lock of the one sequencer ("SIREKAP" in ASCII)."""


def row(pk: str) -> StationContest:
    """Lock one station-contest row; raises ``StationContest.DoesNotExist``."""
    return StationContest.objects.select_for_update(of=("self",)).select_related("contest").get(pk=pk)


def rows(pks: Iterable[str]) -> list[StationContest]:
    """Lock several rows in primary-key order."""
    return list(StationContest.objects.select_for_update().filter(pk__in=list(pks)).order_by("pk"))


def rows_of_station(code: str) -> list[StationContest]:
    """Lock every contest's row of one station, in primary-key order."""
    return list(StationContest.objects.select_for_update().filter(station_id=code).order_by("pk"))


def rows_of_region(region: str, contests: Iterable[str]) -> list[StationContest]:
    """Lock the open rows of a region in the given contests, in primary-key order."""
    return list(
        StationContest.objects.select_for_update()
        .filter(within("pk", region), contest_id__in=list(contests), closed=False)
        .order_by("pk")
    )


def session(pk: uuid.UUID | str) -> SessionCursor:
    """Lock one plenary session; raises ``SessionCursor.DoesNotExist``."""
    return SessionCursor.objects.select_for_update().get(pk=pk)


def sessions(pks: Iterable[uuid.UUID]) -> list[SessionCursor]:
    """Lock several plenary sessions in primary-key order."""
    return list(SessionCursor.objects.select_for_update().filter(pk__in=list(pks)).order_by("pk"))


def sessions_over(station: str) -> list[SessionCursor]:
    """Lock the sessions whose region holds a station, in primary-key order."""
    regions = [station[:length] for length in (2, 4, 6)]
    return list(SessionCursor.objects.select_for_update().filter(region_id__in=regions).order_by("pk"))


def contest(pk: str) -> ContestCursor:
    """Lock one contest; raises ``ContestCursor.DoesNotExist``."""
    return ContestCursor.objects.select_for_update().get(pk=pk)


def document(pk: uuid.UUID | str) -> DocumentCursor:
    """Lock one document, after its session; raises ``DocumentCursor.DoesNotExist``."""
    return DocumentCursor.objects.select_for_update(of=("self",)).select_related("document").get(pk=pk)


def try_sequencer() -> bool:
    """Become the one sequencer for this transaction; False when another process is."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEQUENCER_LOCK])
        return bool(cursor.fetchone()[0])


def reading_jobs(due: Q, most: int) -> list[ReadingJob]:
    """Lock up to ``most`` jobs that no other worker is taking at this moment, oldest first."""
    jobs = ReadingJob.objects.select_for_update(skip_locked=True, of=("self",)).select_related("photo")
    return list(jobs.filter(due).order_by("pk")[:most])


def reading_job(pk: int) -> ReadingJob | None:
    """Lock one job; None when it was pruned. After its station row, never before."""
    return ReadingJob.objects.select_for_update().filter(pk=pk).first()


def sequencer_state() -> SequencerState:
    """Lock the sequencer's cursor, creating it on first use."""
    SequencerState.objects.get_or_create(pk=1)
    return SequencerState.objects.select_for_update().get(pk=1)
