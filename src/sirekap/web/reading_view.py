"""Machine readings on the staff screens: photographs with what was looked at, and fields side by side with entries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from sirekap.election import chasil
from sirekap.publication.model import Overlay, PhotoSeen
from sirekap.publication.overlay import photo_seen
from sirekap.records.models import Photo, PhotoReading, ReadingJob, Statement, StationContest
from sirekap.records.readings import SeenField, latest, seen_fields
from sirekap.workflow.reading import machine_id

WAITING = (ReadingJob.QUEUED, ReadingJob.LEASED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A photograph as a screen shows it. ``seen``: what the machine made of it; ``waiting``: not looked at yet."""

    photo: Photo
    seen: PhotoSeen | None
    waiting: bool

    @property
    def overlay(self) -> Overlay | None:
        """Its boxes; None when nothing was read on it."""
        return self.seen.overlay if self.seen else None

    @property
    def flags(self) -> tuple[str, ...]:
        """One sentence each that tells the officer what to do."""
        return tuple(text for _, text in self.seen.flags) if self.seen else ()


def readings_of(row: StationContest) -> list[PhotoReading]:
    """Readings of the row's present generation, in ledger order."""
    return list(PhotoReading.objects.filter(row=row, generation=row.generation).order_by("entry_id"))


def shown(photos: Sequence[Photo], readings: Sequence[PhotoReading]) -> list[Shown]:
    """The photographs with what the machine made of them; two queries whatever their number."""
    by_photo, seen = latest(readings), seen_fields(readings)
    jobs = ReadingJob.objects.filter(photo__in=photos, state__in=WAITING).values_list("photo_id", flat=True)
    waiting = set(jobs)
    out = []
    for photo in photos:
        reading = by_photo.get(photo.pk)
        out.append(Shown(photo, photo_seen(reading, seen) if reading else None, photo.pk in waiting))
    return out


def crops(row: StationContest, seen: Mapping[str, SeenField], fields: Sequence[str]) -> dict[str, str]:
    """Field id -> address of its crop from the photograph, for those of ``fields`` that the reader found."""
    return {name: crop_address(row.pk, seen[name].reading, name) for name in fields if name in seen}


def crop_address(row: str, reading: uuid.UUID, field: str) -> str:
    """Where the crop of one field lies."""
    return reverse("crop", args=[row, reading, field])


def machine_statements(row: StationContest) -> list[Statement]:
    """What this reader states of the row's present generation, in ledger order."""
    own = Statement.objects.filter(row=row, generation=row.generation, author=machine_id())
    return list(own.select_related("figures").order_by("entry_id"))


def stated_by(person: uuid.UUID, row: StationContest) -> dict[str, int | None]:
    """A person's own latest figures of the row's present generation."""
    own = Statement.objects.filter(row=row, generation=row.generation, author=person).order_by("entry_id")
    return {name: value for s in own.select_related("figures") for name, value in s.figures.figures().items()}


@dataclass(frozen=True, slots=True)
class Compared:
    """One field: what this person wrote, what the reader saw. ``state``: ``same``, ``differs``, ``doubt``, ``new``.

    ``value`` is what the entry box holds at first: the person's own figure, or a legible reading to be confirmed.
    """

    field: chasil.Field
    own: int | None
    stated: bool
    seen: SeenField | None
    crop: str
    state: str

    @property
    def value(self) -> int | None:
        """What stands in the entry box before anything is typed."""
        if self.stated:
            return self.own
        return self.seen.value if self.seen is not None and self.seen.legible else None

    @property
    def suggestion(self) -> int | None:
        """A figure that the reader only supposes; shown as such, never filled in."""
        if self.seen is None or self.seen.legible:
            return None
        return self.seen.value if self.seen.value is not None else self.seen.proposal


def compared(row: StationContest, own: Mapping[str, int | None], seen: Mapping[str, SeenField]) -> tuple[Compared, ...]:
    """Every field of the form, in form order: this person's entry and the reading side by side."""
    fields = [
        f
        for f in chasil.fields(row.contest.columns, optional=True)
        if not f.optional or f.id in own or f.id in row.open_fields
    ]
    return tuple(_compared(row, field, own, seen.get(field.id)) for field in fields)


def _compared(
    row: StationContest, field: chasil.Field, own: Mapping[str, int | None], seen: SeenField | None
) -> Compared:
    stated = field.id in own
    crop = crop_address(row.pk, seen.reading, field.id) if seen is not None else ""
    if not stated:
        state = "new" if seen is not None and seen.legible else "doubt"
    elif seen is None or not seen.legible:
        state = "doubt"
    else:
        state = "same" if seen.value == own[field.id] else "differs"
    return Compared(field, own.get(field.id), stated, seen, crop, state)
