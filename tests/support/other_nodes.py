"""Facts about other nodes, in one database: a package that came back with nothing in it, and a received region."""

from __future__ import annotations

from pathlib import Path

from support import offline
from support import small_election as se
from support.databases import Node

from sirekap.evidence.parcel import Content, write
from sirekap.ledger import canonical
from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.ledger.tree import Frontier, leaf_hash
from sirekap.records.ids import uuid7
from sirekap.records.journal import SYSTEM, append, timestamp
from sirekap.records.models import RegionLock
from sirekap.workflow import nodes, packing
from sirekap.workflow.merging import Merged

FAR = "3279"


def empty_return(lock: RegionLock, out: Path) -> Path:
    """What a laptop brings back on which nobody did anything."""
    base = {"size": lock.base_size, "root": lock.base_root}
    body = {"pack": str(lock.pk), "region": lock.region_id, "node": {"origin": lock.origin, "vkey": lock.vkey}}
    entry = {"v": 1, "id": str(uuid7(lock.at)), "kind": "node.opened", "at": timestamp(lock.at)}
    entry |= {"actor": SYSTEM.as_json(), "body": body | {"base": base, "central": {}}}
    raw = canonical.dumps(entry)
    frontier = Frontier.from_hex(lock.base_size, lock.frontier)
    frontier.append(leaf_hash(raw))
    note = sign_checkpoint(Checkpoint(lock.origin, frontier.size, frontier.root()), offline.LAPTOP)
    contents = [
        Content.of(packing.CHECKPOINT, note),
        Content.of(packing.ENTRIES, raw + b"\n"),
        Content.of(packing.PRIVATE, canonical.dumps({"persons": [], "texts": []})),
    ]
    write(out, packing.RETURN, {"pack": str(lock.pk)}, contents, offline.LAPTOP)
    return out


def go_and_come_back(node: Node, folder: Path) -> Merged:
    """A district is locked, its laptop does nothing, and it is merged."""
    lock, _ = nodes.lock_region(node.small.administrator, offline.OTHER, None, offline.LAPTOP.verifier.vkey, se.AT)
    return offline.merge(node, empty_return(lock, folder / "empty-return.tar"), se.AT)


def received_entry() -> None:
    """A received region as its entry alone states it; call it inside a transaction."""
    body = {
        "received": str(uuid7(se.AT)),
        "region": FAR,
        "contest": se.GOVERNOR,
        "package_sha256": "ab" * 32,
        "node": {"origin": "far.example/log", "vkey": "far.example/log+00000000+AAAA"},
        "checkpoint": "far.example/log\n",
        "stations": 2,
        "fields": ["valid"],
        "figures": [7],
        "districts": {f"{FAR}01": [7]},
        "findings": 0,
        "regions": [[FAR, "Kota Jauh"]],
        "simulated": True,
    }
    append("region.received", SYSTEM, se.AT, body)
