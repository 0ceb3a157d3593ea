"""The queue of photographs to read: leases in our own database, so that no photograph is lost or read twice.

Times here are the machine's own clock, never the simulated one: a lease is about processes, not about the election.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Q

from sirekap.reading.version import READER
from sirekap.records import locks
from sirekap.records.holds import not_held
from sirekap.records.models import Photo, PhotoReading, ReadingJob, StationContest

LEASE = timedelta(seconds=120)
"""How long a worker may hold a photograph before another takes it."""
MAX_ATTEMPTS = 3
"""Leases after which a photograph that keeps killing its worker is left to people."""


@dataclass(frozen=True, slots=True)
class Leased:
    """One photograph that this worker may read until ``expires``."""

    job: int
    photo: uuid.UUID
    sha256: str
    row: str
    owner: str
    attempt: int
    expires: datetime


def sweep(wall: datetime) -> tuple[int, int]:
    """Put photographs of expired leases back into the queue; those tried too often fail. (requeued, failed)."""
    expired = ReadingJob.objects.filter(state=ReadingJob.LEASED, expires__lte=wall)
    if not expired.exists():
        return 0, 0
    failed = expired.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=ReadingJob.FAILED, owner="", error="the worker ended while reading, again and again"
    )
    requeued = expired.filter(attempts__lt=MAX_ATTEMPTS).update(state=ReadingJob.QUEUED, owner="")
    return requeued, failed


def lease(owner: str, wall: datetime, *, most: int = 1, term: timedelta = LEASE) -> list[Leased]:
    """Take up to ``most`` queued photographs, oldest first; another worker never gets the same ones."""
    if not ReadingJob.objects.filter(state=ReadingJob.QUEUED).exists():
        return []
    with transaction.atomic():
        return _lease(owner, wall, most, term)


def _lease(owner: str, wall: datetime, most: int, term: timedelta) -> list[Leased]:
    jobs = locks.reading_jobs(Q(state=ReadingJob.QUEUED) & not_held("photo__row_id"), most)
    out = []
    for job in jobs:
        job.state, job.owner, job.expires, job.attempts = ReadingJob.LEASED, owner, wall + term, job.attempts + 1
        job.save(update_fields=["state", "owner", "expires", "attempts"])
        out.append(Leased(job.pk, job.photo_id, job.photo.sha256, job.photo.row_id, owner, job.attempts, wall + term))
    return out


def _held(leased: Leased) -> Q:
    return Q(pk=leased.job, state=ReadingJob.LEASED, owner=leased.owner, attempts=leased.attempt)


def give_up(leased: Leased, error: str) -> None:
    """Put a photograph back, with what went wrong; it fails when it was tried too often."""
    last = leased.attempt >= MAX_ATTEMPTS
    state = ReadingJob.FAILED if last else ReadingJob.QUEUED
    ReadingJob.objects.filter(_held(leased)).update(state=state, owner="", error=error[:200])


def given_up() -> list[int]:
    """Jobs of this reader that failed for good and stand in no entry yet, oldest first."""
    read = PhotoReading.objects.filter(reader=READER).values("photo_id")
    failed = ReadingJob.objects.filter(state=ReadingJob.FAILED, reader=READER).exclude(photo__in=read)
    return list(failed.order_by("pk").values_list("pk", flat=True))


def release(leased: Leased) -> None:
    """Put a photograph back that was not at fault; the lease does not count."""
    ReadingJob.objects.filter(_held(leased)).update(
        state=ReadingJob.QUEUED, owner="", attempts=leased.attempt - 1, expires=None
    )


def holds(job: ReadingJob | None, leased: Leased) -> bool:
    """Whether a locked job is still this worker's."""
    return job is not None and (job.state, job.owner, job.attempts) == (
        ReadingJob.LEASED,
        leased.owner,
        leased.attempt,
    )


def adopt() -> int:
    """Photographs queued for an earlier version of the reader are read by this one; their number."""
    waiting = ReadingJob.objects.filter(state=ReadingJob.QUEUED).exclude(reader=READER)
    if not waiting.exists():
        return 0
    with transaction.atomic():
        waiting.filter(photo__jobs__reader=READER).delete()
        return waiting.update(reader=READER)


@transaction.atomic
def queue_again() -> int:
    """Queue every photograph of a station's present generation that this reader has not read yet; their number."""
    known = ReadingJob.objects.filter(reader=READER).values("photo_id")
    read = PhotoReading.objects.filter(reader=READER).values("photo_id")
    photos = Photo.objects.filter(generation=F("row__generation"), row__closed=False)
    missing = photos.exclude(pk__in=known).exclude(pk__in=read).order_by("entry_id").values_list("pk", flat=True)
    jobs = [ReadingJob(photo_id=photo, reader=READER) for photo in missing]
    ReadingJob.objects.bulk_create(jobs, batch_size=1000)
    return len(jobs)


def prune() -> int:
    """Forget the evidence of forms that nobody decodes any more (verified, decided, closed); number of jobs pruned."""
    settled = StationContest.objects.filter(Q(verified__isnull=False) | Q(decided__isnull=False) | Q(closed=True))
    done = ReadingJob.objects.filter(state=ReadingJob.DONE, evidence__isnull=False, photo__row__in=settled)
    return done.update(evidence=None)


def counts() -> dict[str, int]:
    """Jobs in each state."""
    found = dict(ReadingJob.objects.values_list("state").annotate(n=Count("pk")).values_list("state", "n"))
    states = (ReadingJob.QUEUED, ReadingJob.LEASED, ReadingJob.DONE, ReadingJob.FAILED)
    return {state: found.get(state, 0) for state in states}
