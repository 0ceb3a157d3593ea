"""One node at a time acts in a region: while a laptop has a district, the centre does not, and the laptop only there.

Asked once an entry, where it is appended, so that no act can go round it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from sirekap.records.models import Document, Mandate, Objection, RegionHold, SessionCursor
from sirekap.records.ranges import within
from sirekap.records.refused import Refused

OFFLINE_KINDS = frozenset(
    {
        "session.changed",
        "item.decided",
        "item.corrected",
        "item.reopened",
        "items.accepted",
        "generation.opened",
        "attendance.recorded",
        "panel.changed",
        "objection.filed",
        "objection.published",
        "objection.answered",
        "document.issued",
        "document.signed",
        "document.refused",
        "document.scanned",
    }
)
"""What a laptop's plenary may record: what can be done again, or checked, entry by entry, where it is merged."""
_OWN = frozenset({"node.opened", "region.unlocked", "node.merged", "node.listed", "region.locked", "region.received"})
_REGISTER = (
    "register.",
    "stations.",
    "election.",
    "ledger.",
    "log.",
    "witness.",
    "publication.",
    "contest.",
)


_NAMED: tuple[tuple[str, Any, str], ...] = (
    ("session", SessionCursor, "region_id"),
    ("document", Document, "region_id"),
    ("objection", Objection, "region"),
    ("mandate", Mandate, "region"),
)
"""Things that an entry may name instead of a place, and the column that says where they are."""


def region_of(kind: str, body: Mapping[str, Any]) -> str | None:
    """Code of the station or region that an entry changes; ``None`` for one about no place in particular.

    The station where an entry names one, else the village, else the region of the session, document, objection or
    mandate it names: who may act in a hall does not change while the hall is away.
    """
    if kind in _OWN or kind.startswith(_REGISTER):
        return None
    for key, short in (("row", 13), ("station", 13), ("village", 10)):
        if body.get(key):
            return str(body[key])[:short]
    for key, model, column in _NAMED:
        if body.get(key):
            found = model.objects.filter(pk=body[key]).values_list(column, flat=True).first()
            if found is not None:
                return str(found)
    return str(body["region"]) if body.get("region") else None


def refuse_held(kind: str, body: Mapping[str, Any]) -> None:
    """Raise `Refused` for an entry in a region that another node holds, or, on a laptop, outside its own."""
    holds = list(RegionHold.objects.values_list("region", "here"))
    if not holds or kind in _OWN:
        return
    region = region_of(kind, body)
    for held, here in holds:
        inside = region is not None and region.startswith(held)
        if here and not (inside and kind in OFFLINE_KINDS):
            raise _only_plenary(held)
        if not here and inside:
            raise _locked(held)


def _locked(region: str) -> Refused:
    return Refused(
        "region_locked",
        f"Wilayah {region} sedang rapat luring: datanya ada di laptop dan terkunci di sini. Tunggu paketnya kembali "
        "dan digabungkan, atau batalkan kuncinya dengan alasan.",
        f"Region {region} meets offline: its data is on a laptop and locked here. Wait until its package is merged, or "
        "cancel the lock with a reason.",
        423,
    )


def _only_plenary(region: str) -> Refused:
    return Refused(
        "offline_node",
        f"Laptop ini hanya untuk rapat pleno luring wilayah {region}. Tindakan lain dikerjakan di pusat.",
        f"This laptop is for the offline plenary of region {region} only. Anything else is done at the centre.",
    )


def held_here() -> RegionHold | None:
    """The region this database holds as a laptop; ``None`` at the centre."""
    return RegionHold.objects.filter(here=True).first()


def is_held(region: str) -> bool:
    """Whether another node acts in a region, in one it lies in, or in one that lies in it."""
    away = RegionHold.objects.filter(here=False).values_list("region", flat=True)
    return any(region.startswith(held) or held.startswith(region) for held in away)


def not_held(column: str) -> Q:
    """Rows whose ``column`` (a code, or an id that begins with one) lies in no region that another node holds."""
    out = Q()
    for region in RegionHold.objects.filter(here=False).values_list("region", flat=True):
        out &= ~within(column, region)
    return out


def lock_of(region: str) -> uuid.UUID | None:
    """The package that holds a region just now."""
    return RegionHold.objects.filter(region=region, here=False).values_list("pack", flat=True).first()
