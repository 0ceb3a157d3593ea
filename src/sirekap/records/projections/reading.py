"""Entries about machine reading: what was read from a photograph, and what the reader states of the whole form."""

from __future__ import annotations

import uuid
from typing import Any

from sirekap.records import cursors
from sirekap.records.models import Entry, PhotoReading, StationContest
from sirekap.records.models.reading import bands
from sirekap.records.projections.count import statement_made

Json = dict[str, Any]


def photo_read(entry: Entry, actor: Json, body: Json, row: StationContest) -> None:
    """A photograph's reading and, when the form is read whole, the reader's statement with what it brings about."""
    first, second, third, fourth = bands(body["fingerprint"])
    PhotoReading.objects.create(
        entry=entry,
        id=uuid.UUID(body["reading"]),
        row=row,
        generation=body["generation"],
        at=entry.at,
        photo_id=uuid.UUID(body["photo"]),
        reader=body["reader"],
        model=body["model"],
        template=body["template"],
        page=body["page"],
        verdict=body["verdict"],
        reasons=body["reasons"],
        qr=body["qr"],
        fields=body["fields"],
        size=body["size"],
        complete=body["complete"],
        form=body["form"],
        fingerprint=body["fingerprint"],
        band_1=first,
        band_2=second,
        band_3=third,
        band_4=fourth,
    )
    if body["complete"]:
        row.read = True
    if body["statement"] is not None:
        statement_made(entry, actor, body["statement"], row)
    cursors.save(row, entry, "read")


KINDS = {"photo.read": photo_read}
