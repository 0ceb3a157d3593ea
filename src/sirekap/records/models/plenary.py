"""Plenary sessions, decisions, corrections, determination."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.base import Fact, OfEntry
from sirekap.records.models.count import FigureSet, OfStation


class SessionCursor(models.Model):
    """Cursor: the state of one plenary session; rebuildable from its events."""

    id = models.UUIDField(primary_key=True)
    tier = models.SmallIntegerField()
    region = models.ForeignKey("records.Region", on_delete=models.PROTECT, related_name="sessions")
    contests = models.JSONField()
    state = models.CharField(max_length=20)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tier", "region"], name="one_session_per_region")]


class SessionEvent(OfEntry):
    """A transition of a session's state machine."""

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="events")
    event = models.CharField(max_length=20)
    at = models.DateTimeField()
    detail = models.JSONField()


class ItemDecision(OfStation):
    """What a plenary decided on one station: accepted, from_box, deferred or recount_entered."""

    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="decisions")
    tier = models.SmallIntegerField()
    decision = models.CharField(max_length=20)
    figures = models.ForeignKey(FigureSet, on_delete=models.PROTECT, null=True, related_name="+")
    findings = models.JSONField()
    second = models.UUIDField(null=True)
    reason = models.CharField(max_length=500)


class Correction(OfStation):
    """Fields of one station corrected in a plenary: reason, evidence, two authorised persons."""

    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="corrections")
    tier = models.SmallIntegerField()
    reason = models.CharField(max_length=500)
    evidence = models.CharField(max_length=64)
    first = models.UUIDField()
    second = models.UUIDField()
    figures = models.ForeignKey(FigureSet, on_delete=models.PROTECT, related_name="+")
    findings = models.JSONField()


class CorrectionField(Fact):
    """One corrected field with its old and new value."""

    id = models.CharField(primary_key=True, max_length=70)
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="fields")
    field = models.CharField(max_length=30)
    old = models.IntegerField(null=True)
    new = models.IntegerField(null=True)


class RegionTaken(OfEntry):
    """A higher session took a lower region whose own session is closed; once more after that one was reopened."""

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="taken")
    region = models.ForeignKey("records.Region", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Determination(OfEntry):
    """The commission's decision (SK) on a contest's result."""

    id = models.UUIDField(primary_key=True)
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, related_name="determinations")
    decision_number = models.CharField(max_length=60)
    at = models.DateTimeField()
    totals = models.JSONField()
    outcome = models.JSONField()
    human_decision = models.JSONField(null=True)


class Elected(OfEntry):
    """The elected pair, after the court's register or ruling."""

    id = models.UUIDField(primary_key=True)
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, related_name="elected")
    pair = models.SmallIntegerField()
    basis = models.CharField(max_length=40)
    reference = models.CharField(max_length=120)
    decision_number = models.CharField(max_length=60, default="")
    at = models.DateTimeField()


class ContestCursor(models.Model):
    """Cursor: the state of a contest: counting, determined, elected."""

    contest = models.OneToOneField("records.Contest", on_delete=models.PROTECT, primary_key=True, related_name="cursor")
    state = models.CharField(max_length=12, default="counting")
    winner = models.SmallIntegerField(null=True)
