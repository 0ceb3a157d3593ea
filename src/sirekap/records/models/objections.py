"""Objections and incidents with their answers, versions of sheets, and what the court said."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.base import Fact, OfEntry
from sirekap.records.models.plenary import Determination, SessionCursor


class ObjectionText(models.Model):
    """An objection in full, erasable. The ledger has ``SHA-256(salt || canonical JSON of {demand, text})``."""

    id = models.UUIDField(primary_key=True)
    salt = models.BinaryField(max_length=32)
    text = models.TextField()
    demand = models.TextField()


class Objection(OfEntry):
    """An objection or special incident. ``tier`` 0: raised on a station's own form, not in a plenary.

    ``region``: the station's 13 digits, or the region that it is about. ``final_tier``: the last that deals with it.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10)
    subject = models.CharField(max_length=10)
    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, null=True, related_name="objections")
    tier = models.SmallIntegerField()
    final_tier = models.SmallIntegerField()
    region = models.CharField(max_length=13, db_index=True)
    row = models.ForeignKey("records.StationContest", on_delete=models.PROTECT, null=True, related_name="+")
    generation = models.SmallIntegerField(null=True)
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, null=True, related_name="+")
    fields = models.JSONField()
    pair = models.SmallIntegerField(null=True)
    capacity = models.CharField(max_length=10)
    commitment = models.CharField(max_length=64)
    at = models.DateTimeField()


class ObjectionAttachment(Fact):
    """A file of the evidence store that was handed in with an objection."""

    id = models.CharField(primary_key=True, max_length=101)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="attachments")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.IntegerField()
    media_type = models.CharField(max_length=40)


class ObjectionPublished(OfEntry):
    """The redacted text of an objection that the public may read; the latest holds."""

    id = models.UUIDField(primary_key=True)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="published")
    text = models.TextField()
    at = models.DateTimeField()


class ObjectionAnswer(OfEntry):
    """What a plenary made of an objection.

    ``remedy``: id of the entry that corrected the figures, took them from the box, or opened a new count.
    """

    id = models.UUIDField(primary_key=True)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="answers")
    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="answers")
    tier = models.SmallIntegerField()
    status = models.CharField(max_length=10)
    answer = models.CharField(max_length=1000)
    remedy = models.UUIDField(null=True)
    at = models.DateTimeField()


class SheetVersion(OfEntry):
    """One version of a region's recapitulation sheet (D.Hasil) in one contest.

    ``cause``: ``closed`` when its session closed over these figures, ``above`` when a higher tier decided something
    that changes them. ``session``: the session in which that happened.
    """

    id = models.UUIDField(primary_key=True)
    tier = models.SmallIntegerField()
    region = models.ForeignKey("records.Region", on_delete=models.PROTECT, related_name="sheets")
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, related_name="sheets")
    version = models.SmallIntegerField()
    figures_sha256 = models.CharField(max_length=64)
    cause = models.CharField(max_length=10)
    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "contest", "version"], name="one_sheet_per_version"),
        ]


class ContestReopened(OfEntry):
    """A ruling put a determined contest back to counting; the determination stays readable."""

    id = models.UUIDField(primary_key=True)
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, related_name="reopenings")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="superseded")
    basis = models.CharField(max_length=20)
    reference = models.CharField(max_length=120)
    at = models.DateTimeField()


class CourtRecord(OfEntry):
    """What the constitutional court's register or a ruling says of a contest, with the day it is dated."""

    id = models.UUIDField(primary_key=True)
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, related_name="court")
    event = models.CharField(max_length=20)
    reference = models.CharField(max_length=120)
    dated = models.DateField()
    at = models.DateTimeField()
