"""What the readings of one form say together: shared by the screens and the public page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sirekap.records.models import PhotoReading

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the upright photograph."""

OF_ANOTHER_FORM = frozenset(
    {"wrong_station", "wrong_contest", "wrong_form", "wrong_generation", "witness_copy", "qr_bad", "duplicate"}
)
"""Flags that keep a photograph out of what the reader makes of the form it was filed under."""


@dataclass(frozen=True, slots=True)
class SeenField:
    """One field as the reader saw it. ``reading`` and ``photo`` say where its ``box`` lies."""

    reading: uuid.UUID
    photo: uuid.UUID
    box: Box
    value: int | None
    proposal: int | None
    doubt: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Whether the reader states the figure."""
        return self.value is not None and not self.doubt

    @property
    def legible(self) -> bool:
        """Whether it is sure of the writing, though nothing else on the form may check it."""
        return self.value is not None and not set(self.doubt) - {"unchecked"}


def of_another_form(reading: PhotoReading) -> bool:
    """Whether the photograph's own codes, or another filing of it, say that it is not of this form."""
    return any(reason["code"] in OF_ANOTHER_FORM for reason in reading.reasons)


def latest(readings: Iterable[PhotoReading]) -> dict[uuid.UUID, PhotoReading]:
    """Photograph -> its newest reading. ``readings`` in ledger order."""
    return {reading.photo_id: reading for reading in readings}


def seen_fields(readings: Sequence[PhotoReading]) -> dict[str, SeenField]:
    """Field id -> what the reader makes of it; the newest decoding of the whole form goes before single pages.

    ``readings``: those of one row and generation, in ledger order.
    """
    out: dict[str, SeenField] = {}
    by_photo = latest(readings)
    for reading in readings:
        if not of_another_form(reading):
            out |= {name: _seen(found, reading.pk, reading.photo_id) for name, found in reading.fields.items()}
        if reading.form is not None:
            out |= dict(_of_form(reading.form, by_photo))
    return out


def _of_form(form: Mapping[str, Any], by_photo: Mapping[uuid.UUID, PhotoReading]) -> Iterable[tuple[str, SeenField]]:
    for name, found in form["fields"].items():
        photo = uuid.UUID(form["photos"][str(found["page"])])
        if photo in by_photo:
            yield name, _seen(found, by_photo[photo].pk, photo)


def _seen(found: Mapping[str, Any], reading: uuid.UUID, photo: uuid.UUID) -> SeenField:
    left, top, width, height = found["box"]
    return SeenField(
        reading, photo, (left, top, width, height), found["value"], found["proposal"], tuple(found["doubt"])
    )
