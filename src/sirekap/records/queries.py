"""Queries everyone shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, Q

from sirekap.election import chasil
from sirekap.election.standing import Standing, all_pages
from sirekap.records.cursors import rows_in
from sirekap.records.models import Election, StationChange, Verification
from sirekap.records.ranges import within


def election() -> Election | None:
    """The election of this database."""
    return Election.objects.first()


def all_received() -> Q:
    """Rows of `StationContest` whose form's pages have all arrived; forms of different width have different pages."""
    found = Q(pk__in=[])
    step = chasil.COLUMNS_PER_PAGE
    for least in range(1, chasil.MAX_COLUMNS + 1, step):
        found |= Q(contest__columns__gte=least, contest__columns__lt=least + step, pages=all_pages(least))
    return found


def rolls(codes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Station code -> DPT (men, women) after its latest change, by ledger order."""
    out: dict[str, tuple[int, int]] = {}
    changes = StationChange.objects.filter(station__in=list(codes), roll_l__isnull=False).order_by("entry_id")
    for code, men, women in changes.values_list("station_id", "roll_l", "roll_p"):
        out[code] = (men, women)
    return out


def roll_of_region(region: str) -> int:
    """Voters on the permanent roll of a region's open stations."""
    latest: dict[str, int] = {}
    changes = StationChange.objects.filter(within("station_id", region)).order_by("entry_id")
    for code, change, men, women in changes.values_list("station_id", "change", "roll_l", "roll_p"):
        if men is not None:
            latest[code] = men + women
        elif change in (StationChange.CLOSED, StationChange.MERGED):
            latest.pop(code, None)
    return sum(latest.values())


def standing_counts(region: str, contest: str) -> tuple[dict[Standing, int], int]:
    """Rows at exactly each rung, and rows with all pages received, of a region in one contest."""
    rows = rows_in(region).filter(contest_id=contest).order_by()
    found = dict(rows.values_list("standing").annotate(n=Count("pk")).values_list("standing", "n"))
    arrived = rows.aggregate(n=Count("pk", filter=all_received()))["n"]
    return {rung: found.get(int(rung), 0) for rung in Standing}, int(arrived)


def findings_ever(region: str = "") -> dict[str, int]:
    """Rule code -> number of verifications that carried it, in region."""
    found = Verification.objects.filter(within("row_id", region))
    counts = Counter(code for codes in found.values_list("findings", flat=True) for code in codes)
    return dict(sorted(counts.items()))
