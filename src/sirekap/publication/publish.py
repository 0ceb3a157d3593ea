"""A cut: sequence, render one consistent state, record the root manifest's hash, move the pointer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.db import transaction

from sirekap.evidence.store import EvidenceStore
from sirekap.ledger import canonical
from sirekap.ledger.note import Signer
from sirekap.publication import files, load, load_stations, model, paths
from sirekap.publication.ledger_files import publish_ledger
from sirekap.publication.load_stations import EXTENSION
from sirekap.publication.site import SiteWriter
from sirekap.records.journal import SYSTEM, append
from sirekap.records.models import Checkpoint, Correction, Cut, Election, Entry, Leaf, Photo, StationContest
from sirekap.records.snapshot import consistent_read
from sirekap.workflow import sequencing
from sirekap.workflow.errors import Refused
from sirekap.workflow.intake import media_type

LATEST = "latest.json"
LAYOUT = 2
"""What lies where in the site. A site of another layout is rendered whole; the pointer names its own."""
SNAPSHOT_ATTEMPTS = 5
"""How often to look for a state whose every entry is sequenced. Under unbroken writing the last
attempt publishes anyway; what is ahead of the ledger's head is rendered again by the next cut."""


def publish(
    root: Path,
    store: EvidenceStore,
    log: Signer,
    at: datetime,
    *,
    whole: bool = False,
    advance: Callable[[int], None] = lambda pages: None,
) -> model.Report | None:
    """Publish a cut into ``root``; ``None`` when nothing changed since the last one.

    ``whole=True`` renders every page, otherwise only pages whose stations changed and their
    ancestors. Photographs not yet there are copied. ``advance`` is told of finished station pages.
    """
    made = None
    for attempt in range(SNAPSHOT_ATTEMPTS):
        sequencing.sequence(at, log)
        publish_ledger(root, log, whole=whole)
        with consistent_read():
            behind = Entry.objects.filter(leaf__isnull=True).exists()
            if not behind or attempt + 1 == SNAPSHOT_ATTEMPTS:
                made = _make(root, store, at, whole, advance)
                break
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
    }
    files.write_if_changed(root, LATEST, canonical.dumps(pointer))
    return report


def _make(
    root: Path, store: EvidenceStore, at: datetime, whole: bool, advance: Callable[[int], None]
) -> tuple[model.Cut, model.Report] | None:
    """Render the state read inside the caller's snapshot."""
    cut, since = _next_cut(root, at, whole)
    if cut is None:
        return None
    evidence = _evidence_paths(store)
    report = _render(root, load.source(cut, evidence), since, advance)
    _copy_photos(root, store, evidence)
    return cut, report


def _next_cut(root: Path, at: datetime, whole: bool) -> tuple[model.Cut | None, int | None]:
    """The cut to make, and the ledger index from which pages changed (``None``: render every page)."""
    if not Election.objects.exists() or not StationContest.objects.exists():
        return None, None
    previous = Cut.objects.order_by("number").last()
    head = Checkpoint.objects.order_by("size").last()
    if head is None or (previous is not None and not whole and not _news(previous)):
        return None, None
    cut = model.Cut(previous.number + 1 if previous else 1, at, head.size, head.root)
    if previous is None or whole or _stations_left(previous) or not _current(root):
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


def _stations_left(previous: Cut) -> bool:
    """Whether a station was closed or merged since: its pages must go, so every page is rendered."""
    since = Leaf.objects.filter(index__gte=previous.ledger_size)
    return since.filter(entry__kind__in=("station.closed", "station.merged")).exists()


def _render(root: Path, src: load.Source, since: int | None, advance: Callable[[int], None]) -> model.Report:
    only = load.changed(src, since) if since is not None else None
    writer = SiteWriter(root, load.site_info(src), partial=since is not None)
    for view in load.regions(src, only):
        if len(view.code) < load.TIERS[-1]:
            writer.add_region(view)
    for (kind, village), stations in load_stations.villages(src, only):
        writer.add_village(load.region(src, kind, village), stations)
        advance(len(stations))
    for kind in src.books:
        writer.add_contest(kind, (load.contest_view(src, kind),))
    writer.add_home(load.home(src))
    return writer.finish()


def _evidence_paths(store: EvidenceStore) -> dict[str, str]:
    """Where the paper behind each correction is published; what is no image goes as plain bytes."""
    out = {}
    for sha256 in Correction.objects.order_by().values_list("evidence", flat=True).distinct():
        try:
            extension = EXTENSION[media_type(store.get(sha256))]
        except Refused:
            extension = "bin"
        out[sha256] = paths.photo_path(sha256, extension)
    return out


def _copy_photos(root: Path, store: EvidenceStore, evidence: dict[str, str]) -> None:
    """Put every photograph and evidence not there yet beside the site (a hard link where possible)."""
    wanted = dict(evidence)
    for sha256, kind in Photo.objects.values_list("sha256", "media_type").distinct():
        wanted[sha256] = paths.photo_path(sha256, EXTENSION[kind])
    for sha256, path in wanted.items():
        target = root / path
        if target.exists():
            continue
        source = store.path(sha256)
        if source is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):
                os.link(source, target)
                continue
        files.write_if_changed(root, path, store.get(sha256))
