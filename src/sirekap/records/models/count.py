"""The count: photographs, figures, statements, verification, and the cursor row per station-contest."""

from __future__ import annotations

from django.db import models

from sirekap.election import chasil
from sirekap.election.standing import complete
from sirekap.records.models.base import Fact, OfEntry


class FigureSet(Fact):
    """What one form says, one nullable integer column per field of the catalogue.

    ``stated`` lists the field ids that were stated: a stated null is a blank box, an unstated
    field is unknown.
    """

    id = models.UUIDField(primary_key=True)
    stated = models.JSONField()

    def figures(self) -> dict[str, int | None]:
        """The stated figures by field id."""
        return {field: getattr(self, field) for field in self.stated}


for _field in chasil.CATALOGUE:
    models.IntegerField(null=True).contribute_to_class(FigureSet, _field.id)


class OfStation(OfEntry):
    """A fact about one station, contest and generation."""

    id = models.UUIDField(primary_key=True)
    row = models.ForeignKey("records.StationContest", on_delete=models.PROTECT, related_name="+")
    generation = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Photo(OfStation):
    """A photograph in the evidence store. ``pages`` is a bit set (page 1 = bit 0)."""

    pages = models.SmallIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.IntegerField()
    media_type = models.CharField(max_length=40)
    uploader = models.UUIDField()
    role = models.CharField(max_length=20)


class Statement(OfStation):
    """What an author says the paper says."""

    author = models.UUIDField()
    role = models.CharField(max_length=20)
    human = models.BooleanField()
    paper_wrong = models.BooleanField()
    reason = models.CharField(max_length=500)
    open_fields = models.JSONField()
    figures = models.ForeignKey(FigureSet, on_delete=models.PROTECT, related_name="+")


class StatementSeen(Fact):
    """A statement that was shown to the author of another before it was committed."""

    id = models.CharField(primary_key=True, max_length=73)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="seen")
    saw = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")


class Verification(OfStation):
    """Figures on which independent statements agree, with the findings that remain on the paper."""

    figures = models.ForeignKey(FigureSet, on_delete=models.PROTECT, related_name="+")
    findings = models.JSONField()


class Generation(OfStation):
    """A new generation of a station's result (recount, re-vote, ...).

    ``order``: null for a recount that a plenary ordered, else ``{"basis", "number", "voting_date"}`` of the decision.
    """

    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=60)
    session_id = models.UUIDField(null=True)
    order = models.JSONField(null=True)


class Disclosure(Fact):
    """A statement's figures were shown on screen to a person: the source of ``saw``."""

    id = models.CharField(primary_key=True, max_length=73)
    person = models.UUIDField(db_index=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")


class StationContest(models.Model):
    """Cursor: where one station's figures in one contest stand. Rebuildable from the facts.

    The primary key ``<13-digit station>-<kind>`` sorts in region-code order, so every region is
    a contiguous run of rows.
    """

    id = models.CharField(primary_key=True, max_length=24)
    station = models.ForeignKey("records.Station", on_delete=models.PROTECT, related_name="rows")
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, related_name="rows")
    closed = models.BooleanField(default=False)
    generation = models.SmallIntegerField(default=1)
    pages = models.SmallIntegerField(default=0)
    read = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)
    verified = models.ForeignKey(FigureSet, on_delete=models.PROTECT, null=True, related_name="+")
    decided = models.ForeignKey(FigureSet, on_delete=models.PROTECT, null=True, related_name="+")
    decided_tier = models.SmallIntegerField(default=0)
    ratified_tier = models.SmallIntegerField(default=0)
    determined = models.BooleanField(default=False)
    standing = models.SmallIntegerField(default=0, db_index=True)
    counted = models.ForeignKey(FigureSet, on_delete=models.PROTECT, null=True, related_name="+")
    findings = models.JSONField(default=list)
    open_fields = models.JSONField(default=dict)
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]

    @property
    def complete(self) -> bool:
        """Whether photographs of all pages of the present generation have arrived."""
        return complete(self.pages, self.contest.columns)

    @property
    def page_numbers(self) -> tuple[int, ...]:
        """The pages of this row's form, from 1."""
        return tuple(range(1, chasil.page_count(self.contest.columns) + 1))
