"""A cut: sequence, render one consistent state, record the root manifest's hash, move the pointer."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

from django.db import transaction

from sirekap.evidence.store import EvidenceStore
from sirekap.ledger import canonical
from sirekap.ledger.note import Signer
from sirekap.publication import files, load, load_received, model, open_data, photos, rendering
from sirekap.publication.ledger_files import publish_ledger
from sirekap.publication.rendering import Advance
from sirekap.records.journal import SYSTEM, append
from sirekap.records.models import Checkpoint, Cut, Election, Leaf, StationContest
from sirekap.records.pending import pending
from sirekap.records.snapshot import consistent_read
from sirekap.workflow import sequencing

LATEST = "latest.json"
LAYOUT = 3
"""What lies where in the site. A site of another layout is rendered whole; the pointer names its own."""
SNAPSHOT_ATTEMPTS = 40
"""How often to look for a state whose every entry is sequenced, a little longer apart each time."""
PAUSE = 0.01


class LedgerBehind(Exception):
    """Entries came faster than they were sequenced: nothing was published, no page may run ahead of the ledger."""

    text_id = "Entri terus berdatangan lebih cepat daripada diurutkan; potongan ini ditunda. Coba lagi."
    text_en = "Entries keep coming faster than they are sequenced; this cut was put off. Try again."

    def __str__(self) -> str:
        return f"{self.text_id} / {self.text_en}"


def publish(
    root: Path,
    store: EvidenceStore,
    log: Signer,
    at: datetime,
    *,
    whole: bool = False,
    advance: Advance = lambda done, total: None,
    kept: load.Kept | None = None,
    processes: int = 1,
) -> model.Report | None:
    """Publish a cut into ``root``; ``None`` when nothing changed since the last one.

    ``whole=True`` renders every page, otherwise only pages whose stations changed and their
    ancestors. Photographs not yet there are copied. ``advance`` is told of (finished, all) station pages.
    A process that publishes again passes the same ``kept`` each time: then only what changed is read.
    ``processes`` render a large cut; do not ask for several in a process that has threads at work.
    """
    for attempt in range(SNAPSHOT_ATTEMPTS):
        sequencing.sequence(at, log)
        publish_ledger(root, log, whole=whole)
        with consistent_read():
            if not pending().exists():
                made = _make(root, store, at, whole, advance, load.Kept() if kept is None else kept, processes)
                break
        time.sleep(PAUSE * attempt)
    else:
        raise LedgerBehind
    if made is None:
        return None
    cut, report = made
    body = {
        "number": cut.number,
        "manifest_sha256": report.manifest_sha256,
        "ledger_size": cut.ledger_size,
        "ledger_root": cut.ledger_root,
    }
    with transaction.atomic():
        append("publication.cut", SYSTEM, at, body)
    sequencing.sequence(at, log)
    publish_ledger(root, log)
    pointer = {
        "cut": cut.number,
        "layout": LAYOUT,
        "manifest_sha256": report.manifest_sha256,
        "ledger_size": cut.ledger_size,
        "ledger_root": cut.ledger_root,
    }
    files.write_if_changed(root, LATEST, canonical.dumps(pointer))
    return report


def _make(
    root: Path, store: EvidenceStore, at: datetime, whole: bool, advance: Advance, kept: load.Kept, processes: int
) -> tuple[model.Cut, model.Report] | None:
    """Render the state read inside the caller's snapshot."""
    cut, since = _next_cut(root, at, whole)
    if cut is None:
        return None
    photos.find_evidence(root, store, kept.evidence)
    load_received.find_packages(store, kept.packages)
    src = load.source(cut, kept)
    report = rendering.render(root, src, store, since, advance, processes)
    report.cut = cut.number
    photos.copy(root, store, kept.evidence, since)
    return cut, report


def _next_cut(root: Path, at: datetime, whole: bool) -> tuple[model.Cut | None, int | None]:
    """The cut to make, and the ledger index from which pages changed (``None``: render every page)."""
    if not Election.objects.exists() or not StationContest.objects.exists():
        return None, None
    previous = Cut.objects.order_by("number").last()
    head = Checkpoint.objects.order_by("size").last()
    idle = previous is not None and not whole and not _news(previous) and not open_data.pending(root)
    if head is None or idle:
        return None, None
    cut = model.Cut(previous.number + 1 if previous else 1, at, head.size, head.root)
    if previous is None or whole or not _current(root):
        return cut, None
    return cut, previous.ledger_size


def _current(root: Path) -> bool:
    """Whether the site there was finished by this layout's cut, so that a cut may keep its pages."""
    try:
        return bool(json.loads((root / LATEST).read_bytes()).get("layout") == LAYOUT)
    except FileNotFoundError:
        return False


def _news(previous: Cut) -> bool:
    """Whether anything but the last cut's own entry was sequenced since."""
    return Leaf.objects.filter(index__gte=previous.ledger_size).exclude(entry__kind="publication.cut").exists()
