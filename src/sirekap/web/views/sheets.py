"""The versions of a region's sheet (D.Hasil): which is in force, whether it is signed, what changed row by row."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from sirekap.election import chasil
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.publication.books import pairs_of
from sirekap.records.models import Contest, SessionCursor
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.workflow import sheet_status, sheet_versions

CAUSE_ID = {
    "item.corrected": "Koreksi",
    "item.decided": "Keputusan rapat",
    "item.reopened": "Keputusan dibatalkan",
    "generation.opened": "Generasi baru",
}


@allow(Capability.READ, look=True)
def sheet(request: HttpRequest, contest: str, region: str) -> HttpResponse:
    """Every version, newest first, each with its difference from the one before."""
    found = Contest.objects.filter(pk=contest).prefetch_related("pairs").first()
    versions = sheet_versions.versions(region, contest)
    if found is None or not versions:
        raise Http404
    differences = {newer.version: sheet_versions.difference(older, newer) for older, newer in pairwise(versions)}
    stations = {c.station for d in differences.values() for c in (*d.rows, *d.causes)}
    labels = {f.id: f.label_id for f in chasil.fields(found.columns, optional=True)}
    labels |= {f"votes_{p.number}": f"{p.number}. {p.name}" for p in pairs_of(found)}
    context: dict[str, Any] = {
        "contest": found,
        "region": region,
        "trail": lookups.trail(region),
        "status": sheet_status.sheet_status(region, versions[-1].tier, contest),
        "STATE": sheet_status.LABEL_ID,
        "outdated": sheet_status.OUTDATED_ID,
        "versions": [(v, differences.get(v.version)) for v in reversed(versions)],
        "names": lookups.names({s[:10] for s in stations}),
        "labels": labels,
        "CAUSE": CAUSE_ID,
        "session": SessionCursor.objects.filter(region_id=region, tier=versions[-1].tier).first(),
        "TIER": {int(t): text for t, text in _TIERS.items()},
    }
    return render(request, "sheet.html", context)


_TIERS = {Tier.DISTRICT: "kecamatan", Tier.REGENCY: "kabupaten/kota", Tier.PROVINCE: "provinsi"}
