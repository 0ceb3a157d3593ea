"""The register: election, regions, contests, pairs, stations and their dated changes."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.base import OfEntry


class Election(OfEntry):
    """One election on one voting day. ``simulated`` is shown on every screen."""

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    voting_day = models.DateField()
    simulated = models.BooleanField()


class Import(OfEntry):
    """One import of the register, identified by the hash of its content."""

    content_sha256 = models.CharField(primary_key=True, max_length=64)


class Region(OfEntry):
    """A province, regency/city, district or village (2, 4, 6 or 10 digits)."""

    code = models.CharField(primary_key=True, max_length=10)
    name = models.CharField(max_length=120)


class Contest(OfEntry):
    """One contest in one scope, e.g. ``pkwkk-3216``."""

    id = models.CharField(primary_key=True, max_length=20)
    kind = models.CharField(max_length=10)
    region = models.CharField(max_length=4)
    title = models.CharField(max_length=200)
    columns = models.SmallIntegerField()


class Pair(OfEntry):
    """A candidate pair of a contest."""

    id = models.CharField(primary_key=True, max_length=24)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="pairs")
    number = models.SmallIntegerField()
    name = models.CharField(max_length=200)
    colour = models.CharField(max_length=7)
    commission_id = models.CharField(max_length=20)

    class Meta:
        ordering = ["contest_id", "number"]


class Station(OfEntry):
    """A polling station (TPS). Its roll and whether it is open follow from its changes."""

    code = models.CharField(primary_key=True, max_length=13)
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="stations")


class StationChange(OfEntry):
    """A dated change of a station with its reason: opened, roll amended, closed or merged."""

    OPENED, ROLL, CLOSED, MERGED = "opened", "roll", "closed", "merged"

    id = models.UUIDField(primary_key=True)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="changes")
    change = models.CharField(max_length=8)
    roll_l = models.IntegerField(null=True)
    roll_p = models.IntegerField(null=True)
    into = models.ForeignKey(Station, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    effective = models.DateField()
