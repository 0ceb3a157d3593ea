"""Machine reading: the fact of what was read from a photograph, and the working table of photographs to read."""

from __future__ import annotations

from typing import Any

from django.db import models

from sirekap.reading.messages import CODES
from sirekap.records.models.count import OfStation, Photo

BANDS = 4
"""Parts of 16 bits in which a fingerprint is indexed: of two that differ in at most seven bits, one part differs in at
most one."""


class PhotoReading(OfStation):
    """What one version of the reader saw on one photograph.

    ``page`` is the page it recognised; ``reasons`` flags and doubts as ``{code, text_id, text_en, fields}``; ``qr``
    what the QR names and its ``check``; ``fields`` field id -> ``{value, proposal, confidence, box, doubt}`` with
    the confidence in parts per million and the box as x, y, width, height in pixels of the upright photograph of
    ``size``. ``complete``: with it, every page of the form has been read. ``form``: once the whole form was decoded,
    its ``verdict``, ``reasons``, ``fields`` as above and ``photos`` (page -> photograph). ``fingerprint`` as 16 hex
    digits, empty when the page was not registered.
    """

    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="readings")
    reader = models.CharField(max_length=60)
    model = models.CharField(max_length=64)
    template = models.CharField(max_length=40)
    page = models.SmallIntegerField(null=True)
    verdict = models.CharField(max_length=8)
    reasons = models.JSONField()
    qr = models.JSONField(null=True)
    fields = models.JSONField()
    size = models.JSONField()
    complete = models.BooleanField()
    form = models.JSONField(null=True)
    fingerprint = models.CharField(max_length=16)
    band_1 = models.IntegerField(null=True, db_index=True)
    band_2 = models.IntegerField(null=True, db_index=True)
    band_3 = models.IntegerField(null=True, db_index=True)
    band_4 = models.IntegerField(null=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["photo", "reader"], name="photo_read_once_per_reader")]

    @property
    def flags(self) -> list[dict[str, Any]]:
        """Reasons about the photograph itself, not about figures on it: what the officer can do something about."""
        return [reason for reason in self.reasons if reason["code"] in CODES]

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Fields whose writing the reader is not sure of; that nothing on this page checks a figure is no doubt."""
        return tuple(name for name, f in self.fields.items() if f["value"] is None or set(f["doubt"]) - {"unchecked"})


def bands(fingerprint: str) -> list[int | None]:
    """The indexed parts of a fingerprint of 16 hex digits; all None for an empty one."""
    if not fingerprint:
        return [None] * BANDS
    return [int(fingerprint[4 * part : 4 * part + 4], 16) for part in range(BANDS)]


def band_filter(fingerprint: str) -> models.Q:
    """Readings with an indexed part at most one bit away: a superset of all within seven bits of a fingerprint."""
    found = models.Q(pk__in=[])
    for number, part in enumerate(bands(fingerprint), start=1):
        if part is not None:
            found |= models.Q(**{f"band_{number}__in": [part, *(part ^ (1 << bit) for bit in range(16))]})
    return found


class ReadingJob(models.Model):
    """A photograph to be read by one version of the reader. A working row: it may be pruned once it is done.

    ``evidence`` holds what was seen on the page (`reading.keeping`), from which the whole form is decoded. A lease
    that expired is taken by the next worker; ``attempts`` counts the leases.
    """

    QUEUED, LEASED, DONE, FAILED = "queued", "leased", "done", "failed"

    id = models.BigAutoField(primary_key=True)
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="jobs")
    reader = models.CharField(max_length=60)
    state = models.CharField(max_length=6, default=QUEUED)
    owner = models.CharField(max_length=80, default="")
    expires = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=200, default="")
    evidence = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["photo", "reader"], name="one_job_per_photo_and_reader")]
        indexes = [models.Index(fields=["state", "id"], name="reading_job_queue")]
