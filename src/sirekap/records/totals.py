"""Totals of any region: the counted figures as a matrix, summed by `election.tally`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from django.db.models import Count, QuerySet, Sum

from sirekap.election import chasil
from sirekap.election.tally import tally
from sirekap.records.models import Contest, ReceivedRegion, StationContest
from sirekap.records.ranges import within

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
    """Region code -> field id -> sum: our own counted stations and the regions that other nodes counted.

    For every province to village with stations of ours; of a received region itself and its districts. This is the
    one place where the two are added up.
    """
    out = own(contest_id)
    for found in _received(contest_id):
        _add(out, found.region_id, found.figures)
        for length in TIER_DIGITS:
            if length < len(found.region_id):
                _add(out, found.region_id[:length], found.figures)
        for code, figures in found.districts.items():
            _add(out, code, dict(zip(found.fields, figures, strict=True)))
    return dict(sorted(out.items(), key=lambda item: (len(item[0]), item[0])))


def own(contest_id: str) -> dict[str, dict[str, int]]:
    """Region code -> field id -> sum over our own counted stations, for every province to village with stations."""
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


def _add(out: dict[str, dict[str, int]], region: str, figures: Mapping[str, int]) -> None:
    sums = out.setdefault(region, {})
    for name, value in figures.items():
        sums[name] = sums.get(name, 0) + value


def _received(contest_id: str) -> QuerySet[ReceivedRegion]:
    return ReceivedRegion.objects.filter(contest_id=contest_id).order_by("region_id")


def received(contest_id: str) -> dict[str, dict[str, int]]:
    """Region code -> field id -> sum, of the lower regions whose results another node counted and sent here."""
    return {found.region_id: dict(found.figures) for found in _received(contest_id)}


def received_stations(contest_id: str, region: str = "") -> int:
    """Stations of a region that another node counted ("diterima dari simpul lain"); no row here stands for them."""
    found = _received(contest_id).filter(within("region_id", region))
    return int(found.aggregate(n=Sum("stations"))["n"] or 0)
