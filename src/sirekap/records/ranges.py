"""A region as a range of keys: every code column sorts in region-code order."""

from __future__ import annotations

from django.db.models import Q


def within(column: str, region: str) -> Q:
    """Rows whose ``column`` starts with the region code; the empty code is the nation.

    A range of digits, not LIKE and not a punctuation mark, so that the primary key's index serves
    it under any collation.
    """
    if not region:
        return Q()
    if not region.strip("9"):
        return Q(**{f"{column}__gte": region})
    following = str(int(region) + 1).zfill(len(region))
    return Q(**{f"{column}__gte": region, f"{column}__lt": following})
