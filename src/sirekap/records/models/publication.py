"""Cuts of the public site."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.base import OfEntry


class Cut(OfEntry):
    """One publication: the root manifest's hash and the ledger it was cut from."""

    number = models.IntegerField(primary_key=True)
    manifest_sha256 = models.CharField(max_length=64)
    ledger_size = models.BigIntegerField()
    ledger_root = models.CharField(max_length=64)
    at = models.DateTimeField()
