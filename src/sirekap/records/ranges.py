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
    raised = region.rstrip("9")
    if not raised:
        return Q(**{f"{column}__gte": region})
    following = raised[:-1] + str(int(raised[-1]) + 1)
    return Q(**{f"{column}__gte": region, f"{column}__lt": following})
