"""A district taken to a laptop: locked at the centre with the key that will sign what comes back, or let go again.

The laptop's log begins with the entries its package holds (its *base*) and grows from there under its own origin and
key. The lock's entry names that key and the base's tree, before the package leaves: so there is one log, one signer
and one beginning, and two laptops that went different ways have signed two heads of one log that no tree can hold
both of. Neither could be told from the other if each made a key of its own.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from sirekap.election.plenary import SessionState
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.ledger.errors import NoteError
from sirekap.ledger.note import ED25519, Verifier, parse_vkey
from sirekap.ledger.tree import Frontier
from sirekap.records import holds, locks
from sirekap.records.ids import uuid7
from sirekap.records.journal import append
from sirekap.records.models import (
    Contest,
    Entry,
    Region,
    RegionLock,
    RegionUnlock,
    SessionCursor,
    StationContest,
)
from sirekap.records.ranges import within
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor, need_reason

DISTRICT_LENGTH = 6
WHOLE = (
    "ledger.opened",
    "election.created",
    "register.imported",
    "stations.imported",
    "station.added",
    "station.closed",
    "station.merged",
    "roll.amended",
)
"""Kinds of entries that every base holds, whatever place they speak of."""
MANDATES = ("mandate.granted", "mandate.ended")


@dataclass
class Base:
    """The entries of a package in the order of the central ledger, and the tree over them."""

    entries: list[bytes] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)

    def add(self, content: bytes, leaf_hash: bytes) -> None:
        """One entry more."""
        self.entries.append(content)
        self.frontier.append(leaf_hash)

    def as_json(self) -> dict[str, Any]:
        """What the lock's entry says of it: size, root and compact range (hex)."""
        return {
            "size": self.frontier.size,
            "root": self.frontier.root().hex(),
            "frontier": self.frontier.to_hex(),
        }


def base_of(region: str, before: int | None = None) -> Base:
    """The entries that lead to the present state of a district: its register and what happened in it.

    All of `WHOLE`; mandates whose region lies above or in it; every entry that `holds.region_of` places in it, except
    objections raised in a plenary above.
    ``before``: only entries with a smaller sequence number.
    """
    base = Base()
    near: set[str] = set()
    for kind, content, leaf in _ordered(before):
        body = json.loads(content)["body"]
        if kind in WHOLE:
            inside = True
        elif kind in MANDATES:
            inside = _near(body, region, near)
        else:
            inside = _inside(kind, body, region)
        if inside:
            base.add(content, leaf)
    return base


def _inside(kind: str, body: dict[str, Any], region: str) -> bool:
    place = holds.region_of(kind, body)
    if place is None or not place.startswith(region):
        return False
    if not kind.startswith("objection."):
        return True
    session = holds.region_of(kind, {"session": body.get("session")})
    return session is None or session.startswith(region)


def _near(body: dict[str, Any], region: str, near: set[str]) -> bool:
    if "region" in body:
        own = str(body["region"])
        if own.startswith(region) or region.startswith(own):
            near.add(body["mandate"])
    return body["mandate"] in near


def _ordered(before: int | None) -> Iterator[tuple[str, bytes, bytes]]:
    """Kind, content and leaf hash of every entry by its place in the ledger, those without a place yet last."""
    entries = Entry.objects.order_by(F("leaf__index").asc(nulls_last=True), "seq")
    if before is not None:
        entries = entries.filter(seq__lt=before)
    for kind, content, leaf in entries.values_list("kind", "content", "leaf_hash").iterator(2000):
        yield kind, bytes(content), bytes(leaf)


@transaction.atomic
def lock_region(
    actor: Actor, region: str, pack: uuid.UUID | None, node_key: str, at: datetime
) -> tuple[RegionLock, Base]:
    """Lock a district for the laptop whose log key (vkey) is ``node_key``; returns the lock and its package's base.

    From here on the centre refuses every act on its stations and its session. Raises `Refused`.
    """
    acting = actor.acting(Capability.MANAGE_ELECTION, region)
    if len(region) != DISTRICT_LENGTH or not Region.objects.filter(pk=region).exists():
        raise not_found(f"Kecamatan {region}")
    verifier = _node_key(node_key)
    locks.rows_of_region(region, Contest.objects.values_list("pk", flat=True))
    locks.sessions(SessionCursor.objects.filter(region_id=region).values_list("pk", flat=True))
    _refuse_unfit(region)
    base = base_of(region)
    pack_id = pack or uuid7(at)
    body = {
        "region": region,
        "pack": str(pack_id),
        "node": {"origin": verifier.name, "vkey": verifier.vkey},
        "base": base.as_json(),
    }
    append("region.locked", acting, at, body)
    return RegionLock.objects.get(pk=pack_id), base


def _node_key(text: str) -> Verifier:
    try:
        verifier = parse_vkey(text.strip())
    except NoteError as error:
        raise Refused("node_key", error.text_id, error.text_en, 400) from error
    if verifier.kind != ED25519 or RegionLock.objects.filter(origin=verifier.name).exists():
        raise Refused(
            "node_key",
            "Kunci laptop ini bukan kunci buku besar, atau sudah pernah dipakai untuk paket lain. Buat kunci baru.",
            "This laptop's key is no log key, or it served another package already. Make a new key.",
            400,
        )
    return verifier


def _refuse_unfit(region: str) -> None:
    if holds.is_held(region):
        raise Refused(
            "already_locked",
            f"Wilayah {region} sudah terkunci untuk rapat luring.",
            f"Region {region} is locked for an offline plenary already.",
        )
    if holds.held_here() is not None:
        raise Refused(
            "offline_node",
            "Ini laptop rapat luring; paket hanya dibuat di pusat.",
            "This is an offline plenary's laptop; packages are made at the centre.",
        )
    closed = SessionCursor.objects.filter(region_id=region, state=SessionState.CLOSED.value)
    above = StationContest.objects.filter(within("pk", region), decided_tier__gt=Tier.DISTRICT)
    if closed.exists() or above.exists():
        raise Refused(
            "session_closed",
            "Rapat wilayah ini sudah ditutup atau sudah diputuskan tingkat di atasnya; tidak dapat dibawa luring.",
            "This region's session is closed, or a higher tier has decided there; it cannot be taken offline.",
        )


@transaction.atomic
def cancel_lock(actor: Actor, region: str, reason: str, at: datetime) -> RegionUnlock:
    """Let a locked region go, with the reason: its package is refused from now on. Raises `Refused`."""
    acting = actor.acting(Capability.MANAGE_ELECTION, region)
    locks.rows_of_region(region, Contest.objects.values_list("pk", flat=True))
    pack = holds.lock_of(region)
    if pack is None:
        raise Refused(
            "not_locked", f"Wilayah {region} tidak sedang terkunci.", f"Region {region} is not locked just now."
        )
    body = {"region": region, "pack": str(pack), "merged": False, "reason": need_reason(reason)}
    append("region.unlocked", acting, at, body)
    return RegionUnlock.objects.get(pk=pack)


def moved_since(lock: RegionLock) -> str | None:
    """What has changed in a locked region since its package was made: a station or a session; ``None``: nothing."""
    rows = StationContest.objects.filter(within("pk", lock.region_id), last_seq__gt=lock.entry_id)
    row = rows.order_by("pk").values_list("pk", flat=True).first()
    if row is not None:
        return str(row)
    sessions = SessionCursor.objects.filter(region_id=lock.region_id, last_seq__gt=lock.entry_id)
    session = sessions.values_list("pk", flat=True).first()
    return str(session) if session else None
