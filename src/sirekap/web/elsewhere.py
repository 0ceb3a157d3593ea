"""What other nodes are doing in a region, as screens say it: laptops that are away, results that were received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sirekap.records import holds
from sirekap.records.models import ReceivedRegion, RegionLock
from sirekap.records.ranges import within
from sirekap.web import lookups


@dataclass(frozen=True, slots=True)
class Away:
    """A region that a laptop has: its code and name, since when."""

    code: str
    name: str
    since: datetime


def away(region: str) -> list[Away]:
    """Regions in this one, or around it, whose plenary is offline just now, in code order."""
    locks = RegionLock.objects.filter(unlock__isnull=True).order_by("region_id").values_list("region_id", "at")
    near = [(code, at) for code, at in locks if code.startswith(region) or region.startswith(code)]
    names = lookups.names(code for code, _at in near)
    return [Away(code, names.get(code, code), at) for code, at in near]


def laptop() -> str:
    """What a laptop's screens say at their top; empty at the centre."""
    held = holds.held_here()
    if held is None:
        return ""
    name = lookups.names([held.region]).get(held.region, held.region)
    return _("Laptop rapat luring: %(name)s. Hasilnya dihitung sesudah digabungkan di pusat.") % {"name": name}


def received(region: str, contest: str) -> list[ReceivedRegion]:
    """Results of lower regions that other nodes counted, in code order."""
    found = ReceivedRegion.objects.filter(within("region_id", region), contest_id=contest)
    return list(found.select_related("region").order_by("region_id"))


def counted_elsewhere(region: str) -> list[ReceivedRegion]:
    """This very region's results from the node that counted it, one a contest."""
    return list(ReceivedRegion.objects.filter(region_id=region).select_related("contest").order_by("contest_id"))
