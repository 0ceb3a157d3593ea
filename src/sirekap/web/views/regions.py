"""Browsing regions, and the stages of the election."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sirekap.election import progress, timetable
from sirekap.election.contests import ContestKind
from sirekap.election.plenary import SessionState
from sirekap.election.regions import zoneinfo_name
from sirekap.election.roles import Capability
from sirekap.election.standing import LABEL_ID, Standing, Tier
from sirekap.publication.books import pairs_of
from sirekap.publication.model import Progress
from sirekap.records import clock, queries, totals
from sirekap.records.models import Contest, ContestCursor, Region, SessionCursor, StationContest
from sirekap.web import elsewhere, lookups
from sirekap.web.access import allow, signed_in
from sirekap.web.pages import render

TIER_DIGITS = {"district": 6, "regency": 4, "province": 2}
RESULT_OF = {"regency_result": ContestKind.REGENT, "province_result": ContestKind.GOVERNOR}


@allow(Capability.READ)
def regions(request: HttpRequest) -> HttpResponse:
    """The regions of this person's mandates, to start from."""
    codes = sorted(set(request.actor.regions(Capability.READ)))
    names = lookups.names(code[:10] for code in codes)
    items = [(code, names.get(code[:10], code)) for code in codes]
    return render(request, "regions.html", {"items": items})


@allow(Capability.READ)
def region(request: HttpRequest, region: str) -> HttpResponse:
    """One region: progress, standing and totals per contest, and what lies below."""
    if not Region.objects.filter(pk=region).exists():
        raise Http404
    contests = [c for c in lookups.contests_over(region) if len(region) >= len(c.region)]
    context = {
        "region": region,
        "trail": lookups.trail(region),
        "away": elsewhere.away(region),
        "counted_elsewhere": elsewhere.counted_elsewhere(region),
        "parts_": [_part(region, contest) for contest in contests],
        "may_read": lambda code: request.actor.may(Capability.READ, code),
        "rung": Standing,
    }
    return render(request, "region.html", context)


def _part(region: str, contest: Contest) -> dict[str, Any]:
    standing, arrived = queries.standing_counts(region, contest.pk)
    counts = progress.Counts(standing, arrived)
    below = lookups.below(region, contest.pk)
    sums = totals.of_contest(contest.pk)
    counted = progress.progress(progress.COUNTED, counts)
    return {
        "contest": contest,
        "pairs": pairs_of(contest),
        "progress": [_metric(m, counts) for m in progress.metrics(ContestKind(contest.kind))],
        "standing": [(s, n) for s, n in standing.items() if n],
        "lowest": next((s for s, n in standing.items() if n), Standing.AWAITED),
        "counted": counted.numerator,
        "total": counts.total,
        "sums": sums.get(region, {}),
        "official": bool(counts.total) and standing[Standing.DETERMINED] == counts.total,
        "rows": _rows(region, contest, below, sums),
        "received": elsewhere.received(region, contest.pk),
    }


def _metric(metric: progress.Metric, counts: progress.Counts) -> Progress:
    value = progress.progress(metric, counts)
    label = LABEL_ID[Standing[metric.key.upper()]] if metric.predicate else _("Foto lengkap diterima")
    return Progress(metric.key, label, value.numerator, value.denominator, metric.definition_id)


def _rows(
    region: str, contest: Contest, below: list[lookups.Below], sums: dict[str, dict[str, int]]
) -> list[dict[str, Any]]:
    if len(region) == 10:
        rows = StationContest.objects.filter(pk__in=[f"{b.code}-{contest.kind}" for b in below])
        found = {r.station_id: r for r in rows.select_related("counted")}
        return [
            {"code": b.code, "name": b.name, "row": r, "figures": r.counted.figures() if r.counted else None}
            for b in below
            if (r := found.get(b.code))
        ]
    out = []
    for b in below:
        value = progress.progress(progress.COUNTED, progress.Counts(b.standing, b.arrived))
        counted = value.numerator
        out.append(
            {
                "code": b.code,
                "name": b.name,
                "row": None,
                "figures": sums.get(b.code) if counted else None,
                "counted": counted,
                "arrived": b.arrived,
                "total": b.total,
                "percent": value.percent_text,
            }
        )
    return out


@signed_in
def stages(request: HttpRequest) -> HttpResponse:
    """Each stage's window and where it stands today; sessions under way."""
    contest = Contest.objects.order_by("pk").first()
    zone = ZoneInfo(zoneinfo_name(contest.region[:2])) if contest else ZoneInfo("Asia/Jakarta")
    today = clock.now().astimezone(zone).date()
    labels = {s.key: s.label_id for s in timetable.PILKADA_2024}
    overlaps: dict[str, list[str]] = {key: [] for key in labels}
    for a, b in timetable.overlapping(timetable.PILKADA_2024):
        overlaps[a].append(labels[b])
        overlaps[b].append(labels[a])
    running = SessionCursor.objects.exclude(state=SessionState.CLOSED.value).select_related("region")
    items = [(s, *_status(s, today), overlaps[s.key]) for s in timetable.PILKADA_2024]
    context = {
        "stages": items,
        "today": today,
        "running": list(running.order_by("tier", "region_id")),
        "tiers": {int(Tier.DISTRICT): "Kecamatan", int(Tier.REGENCY): "Kabupaten/Kota", int(Tier.PROVINCE): "Provinsi"},
    }
    return render(request, "stages.html", context)


def _status(stage: timetable.Stage, today: date) -> tuple[timetable.StageStatus, str]:
    done, note = _done(stage.key)
    return timetable.status(stage, today, done or (stage.key == "revote" and today > stage.end)), note


def _done(key: str) -> tuple[bool, str]:
    if key in TIER_DIGITS:
        digits = TIER_DIGITS[key]
        wanted = sum(len(code) == digits for code in Region.objects.values_list("pk", flat=True))
        tier = {6: Tier.DISTRICT, 4: Tier.REGENCY, 2: Tier.PROVINCE}[digits]
        closed = SessionCursor.objects.filter(tier=int(tier), state=SessionState.CLOSED.value).count()
        return 0 < wanted <= closed, _("%(n)s dari %(of)s rapat pleno selesai") % {"n": closed, "of": wanted}
    if key in RESULT_OF:
        cursors = ContestCursor.objects.filter(contest__kind=RESULT_OF[key])
        return cursors.exists() and not cursors.filter(state="counting").exists(), ""
    if key == "voting":
        open_rows = StationContest.objects.filter(closed=False)
        return open_rows.exists() and not open_rows.filter(standing=Standing.AWAITED).exists(), ""
    return False, ""
