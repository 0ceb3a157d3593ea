"""Which regions are held by one node alone, derived from the facts of locking, opening and unlocking."""

from __future__ import annotations

from django.db import transaction

from sirekap.records.models import NodeOpening, RegionHold, RegionLock


def rebuild_holds() -> int:
    """Write the holds that the facts support; returns how many differed."""
    with transaction.atomic():
        away = RegionLock.objects.filter(unlock__isnull=True)
        here = NodeOpening.objects.exclude(pk__in=RegionLock.objects.values("pk"))
        wanted = {(lock.region_id, lock.pk, False) for lock in away}
        wanted |= {(opening.region, opening.pk, True) for opening in here}
        found = set(RegionHold.objects.values_list("region", "pack", "here"))
        for region, _, _ in found - wanted:
            RegionHold.objects.filter(region=region).delete()
        for region, pack, ours in wanted - found:
            RegionHold.objects.create(region=region, pack=pack, here=ours)
        return len(found ^ wanted)
