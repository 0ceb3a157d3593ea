"""Entries about other nodes: regions locked, opened on a laptop, merged back; regions received."""

from __future__ import annotations

import uuid
from typing import Any

from sirekap.records.models import (
    Entry,
    NodeListing,
    NodeMerge,
    NodeOpening,
    ReceivedRegion,
    Region,
    RegionHold,
    RegionLock,
    RegionUnlock,
)
from sirekap.records.projections.register import derived_id

Json = dict[str, Any]


def region_locked(entry: Entry, actor: Json, body: Json) -> None:
    """A region is handed to a laptop; nobody else acts in it until it comes back."""
    RegionLock.objects.create(
        entry=entry,
        id=uuid.UUID(body["pack"]),
        region_id=body["region"],
        origin=body["node"]["origin"],
        vkey=body["node"]["vkey"],
        base_size=body["base"]["size"],
        base_root=body["base"]["root"],
        frontier=body["base"]["frontier"],
        at=entry.at,
    )
    RegionHold.objects.create(region=body["region"], pack=uuid.UUID(body["pack"]), here=False)


def region_unlocked(entry: Entry, actor: Json, body: Json) -> None:
    """A region came back, merged or not."""
    pack = uuid.UUID(body["pack"])
    RegionUnlock.objects.create(entry=entry, lock_id=pack, merged=body["merged"], reason=body["reason"], at=entry.at)
    RegionHold.objects.filter(pack=pack).delete()


def node_opened(entry: Entry, actor: Json, body: Json) -> None:
    """A laptop opened its package. In a ledger that knows the lock, this is an entry that was brought back."""
    pack = uuid.UUID(body["pack"])
    NodeOpening.objects.create(
        entry=entry,
        id=pack,
        region=body["region"],
        origin=body["node"]["origin"],
        vkey=body["node"]["vkey"],
        base_size=body["base"]["size"],
        at=entry.at,
    )
    if not RegionLock.objects.filter(pk=pack).exists():
        RegionHold.objects.create(region=body["region"], pack=pack, here=True)


def node_merged(entry: Entry, actor: Json, body: Json) -> None:
    """A laptop's last checkpoint; which entries are the laptop's, the listings after it say."""
    NodeMerge.objects.create(
        entry=entry,
        lock_id=uuid.UUID(body["pack"]),
        size=body["size"],
        root=body["root"],
        note=body["checkpoint"],
        entries=body["entries"],
        at=entry.at,
    )


def node_listed(entry: Entry, actor: Json, body: Json) -> None:
    """Which entries of this ledger are the laptop's, in the order of its own log."""
    NodeListing.objects.create(
        entry=entry,
        id=derived_id(entry.id, "listing"),
        lock_id=uuid.UUID(body["pack"]),
        start=body["start"],
        leaves=body["leaves"],
    )


def region_received(entry: Entry, actor: Json, body: Json) -> None:
    """A region's result from the node that counted it."""
    Region.objects.bulk_create([Region(entry=entry, code=code, name=name) for code, name in body["regions"]])
    ReceivedRegion.objects.create(
        entry=entry,
        id=uuid.UUID(body["received"]),
        region_id=body["region"],
        contest_id=body["contest"],
        package_sha256=body["package_sha256"],
        origin=body["node"]["origin"],
        vkey=body["node"]["vkey"],
        checkpoint=body["checkpoint"],
        stations=body["stations"],
        fields=body["fields"],
        figures=dict(zip(body["fields"], body["figures"], strict=True)),
        districts=body["districts"],
        simulated=body["simulated"],
        at=entry.at,
    )


KINDS = {
    "region.locked": region_locked,
    "region.unlocked": region_unlocked,
    "node.opened": node_opened,
    "node.merged": node_merged,
    "node.listed": node_listed,
    "region.received": region_received,
}
