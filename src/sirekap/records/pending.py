"""Entries by their place in the ledger: without one yet, or lacking in a smaller ledger. Quick in a long one."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from sirekap.records.models import Entry, Leaf


def pending() -> QuerySet[Entry]:
    """Entries without a leaf.

    SQLite has one writer, so entries commit in the order of their numbers and the search may start
    at the last leaf: the batch stays short however long the ledger is. PostgreSQL searches them all.
    """
    found = Entry.objects.filter(leaf__isnull=True)
    if connection.vendor != "sqlite":
        return found
    last = Leaf.objects.order_by("-index").values_list("entry_id", flat=True).first()
    return found.filter(seq__gt=last or 0)


def kinds_since(size: int) -> dict[int, str]:
    """Sequence number -> kind of the entries that a ledger of ``size`` entries lacks, those without a leaf included."""
    later = Entry.objects.filter(leaf__index__gte=size).order_by()
    return dict(later.values_list("seq", "kind")) | dict(pending().order_by().values_list("seq", "kind"))
