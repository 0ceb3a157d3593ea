"""The ledger's tables: entries, leaves, checkpoints."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.base import Fact, OfEntry


class Entry(Fact):
    """One act. ``content`` is the canonical JSON (RFC 8785) whose leaf hash enters the tree."""

    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=40, db_index=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    content = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name_plural = "entries"


class Leaf(Fact):
    """The place of an entry in the tree, given once by the sequencer."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="leaf")


class Checkpoint(Fact):
    """A signed tree head (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    at = models.DateTimeField()


class LogRotation(OfEntry):
    """The log's key was replaced. ``note`` is signed by the old key and the new one (see `ledger.rotation`)."""

    id = models.UUIDField(primary_key=True)
    old_key = models.CharField(max_length=200)
    new_key = models.CharField(max_length=200, unique=True)
    reason = models.CharField(max_length=500)
    note = models.TextField()
    at = models.DateTimeField()


class Witness(OfEntry):
    """Somebody outside who co-signs checkpoints with a key of their own. ``who``: the organisation, in words."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    vkey = models.CharField(max_length=200, unique=True)
    who = models.CharField(max_length=200)
    at = models.DateTimeField()


class Cosignature(Fact):
    """A witness's signature line under a checkpoint; outside the tree, as checkpoints are. ``time``: POSIX seconds."""

    id = models.CharField(max_length=60, primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="cosignatures")
    line = models.CharField(max_length=400)
    time = models.BigIntegerField()
    at = models.DateTimeField()


class SequencerState(models.Model):
    """Cursor: the compact range of the tree so far; rebuildable from the leaves."""

    id = models.SmallIntegerField(primary_key=True)
    size = models.BigIntegerField(default=0)
    frontier = models.JSONField(default=list)
