"""Other nodes: districts taken to a laptop and brought back, regions whose results another node counted."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.base import OfEntry


class RegionLock(OfEntry):
    """A region was handed to a laptop. ``id`` is the package's; the laptop signs with ``vkey`` and nothing else does.

    ``base_size``, ``base_root``, ``frontier``: the tree of the entries the package holds, from which the laptop's log
    grows.
    """

    id = models.UUIDField(primary_key=True)
    region = models.ForeignKey("records.Region", on_delete=models.PROTECT, related_name="locks")
    origin = models.CharField(max_length=200)
    vkey = models.CharField(max_length=300)
    base_size = models.BigIntegerField()
    base_root = models.CharField(max_length=64)
    frontier = models.JSONField()
    at = models.DateTimeField()


class RegionUnlock(OfEntry):
    """A region came back: its package was merged, or the lock was cancelled with a reason."""

    lock = models.OneToOneField(RegionLock, on_delete=models.PROTECT, primary_key=True, related_name="unlock")
    merged = models.BooleanField()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()


class NodeOpening(OfEntry):
    """The first entry a laptop makes of its own: which package it opened, and its own log."""

    id = models.UUIDField(primary_key=True)
    region = models.CharField(max_length=13)
    origin = models.CharField(max_length=200)
    vkey = models.CharField(max_length=300)
    base_size = models.BigIntegerField()
    at = models.DateTimeField()


class NodeMerge(OfEntry):
    """A laptop's entries were taken over. ``note``: the last checkpoint of its own log, signed by its key."""

    lock = models.OneToOneField(RegionLock, on_delete=models.PROTECT, primary_key=True, related_name="merge")
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    entries = models.BigIntegerField()
    at = models.DateTimeField()


class NodeListing(OfEntry):
    """Leaf hashes (hex) of a laptop's own entries in the order of its log, from ``start`` on.

    Between them entries of others may stand in the central ledger; in the laptop's log they follow each other.
    """

    id = models.UUIDField(primary_key=True)
    lock = models.ForeignKey(RegionLock, on_delete=models.PROTECT, related_name="listings")
    start = models.BigIntegerField()
    leaves = models.JSONField()


class ReceivedRegion(OfEntry):
    """A region's result as another node counted and signed it: sums; its station rows are in the stored package.

    ``figures``: field id -> sum over all its stations. ``districts``: district code -> figures in the order of
    ``fields``.
    """

    id = models.UUIDField(primary_key=True)
    region = models.ForeignKey("records.Region", on_delete=models.PROTECT, related_name="received")
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, related_name="received")
    package_sha256 = models.CharField(max_length=64, unique=True)
    origin = models.CharField(max_length=200)
    vkey = models.CharField(max_length=300)
    checkpoint = models.TextField()
    stations = models.IntegerField()
    fields = models.JSONField()
    figures = models.JSONField()
    districts = models.JSONField()
    simulated = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "contest"], name="region_received_once")]


class RegionHold(models.Model):
    """Cursor: a region in which only one node may act. ``here``: this database is that node's, a laptop's."""

    region = models.CharField(max_length=13, primary_key=True)
    pack = models.UUIDField()
    here = models.BooleanField()
