"""The base of every fact."""

from __future__ import annotations

from django.db import models


class Fact(models.Model):
    """A row that is inserted once and never changed or deleted; triggers refuse anything else."""

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        """Insert; saving an existing fact is a programming error the database refuses."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)


class OfEntry(Fact):
    """A fact that a ledger entry stated."""

    entry = models.ForeignKey("records.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
