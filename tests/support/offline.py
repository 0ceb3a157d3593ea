"""An offline plenary between two real databases: the centre's and a laptop's, in one process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import small_election as se
from support.databases import Node, using

from sirekap.evidence import EvidenceStore, open_store
from sirekap.evidence.parcel import open_parcel
from sirekap.ledger.note import Signer
from sirekap.records.models import RegionLock
from sirekap.workflow import merging, nodes, packing

CENTRE = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LAPTOP = Signer("small.example/luring/321601/log", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
DISTRICT, OTHER = se.DISTRICTS
DAY = timedelta(days=1)


@dataclass
class Laptop:
    """A laptop's database and store; ``with laptop.here():`` makes it the process's own."""

    folder: Path
    store: EvidenceStore

    @contextmanager
    def here(self) -> Iterator[None]:
        """Work on the laptop."""
        with using(f"sqlite:///{self.folder / 'laptop.sqlite3'}"):
            yield

    def bring_back(self, name: str, at: datetime) -> Path:
        """Write the return."""
        out = self.folder / name
        with self.here():
            packing.write_return(out, self.store, LAPTOP, at)
        return out


def pack(node: Node, out: Path, *, region: str = DISTRICT, signer: Signer = LAPTOP) -> RegionLock:
    """Lock a district and write its package."""
    lock, base = nodes.lock_region(node.small.administrator, region, None, signer.verifier.vkey, se.AT)
    packing.write_pack(out, lock, base, node.store, CENTRE, se.AT)
    return lock


def open_laptop(package: Path, folder: Path, empty: Path, at: datetime = se.AT) -> Laptop:
    """A laptop in a new folder; ``empty``: a migrated, empty database; ``at``: what its clock says."""
    folder.mkdir()
    shutil.copy(empty, folder / "laptop.sqlite3")
    laptop = Laptop(folder, open_store(folder / "evidence"))
    with laptop.here(), open_parcel(package, packing.PACK) as found:
        packing.open_pack(found, laptop.store, LAPTOP, CENTRE.verifier, lambda: at)
    return laptop


def merge(node: Node, file: Path, at: datetime = se.AT + 2 * DAY) -> merging.Merged:
    """Merge at the centre."""
    return merging.merge(node.small.administrator, file, node.store, at)
