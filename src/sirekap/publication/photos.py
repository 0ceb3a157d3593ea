"""Photographs and the papers behind corrections, beside the pages under their hashes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from sirekap.evidence.store import EvidenceStore
from sirekap.publication import files, paths
from sirekap.records.models import Correction, Photo
from sirekap.records.pending import pending
from sirekap.workflow.errors import Refused
from sirekap.workflow.intake import media_type

EXTENSION = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
OTHER = "bin"


def find_evidence(root: Path, store: EvidenceStore, known: dict[str, str]) -> None:
    """Add to ``known`` where the paper behind each correction is published; what is no image goes as plain bytes."""
    for sha256 in Correction.objects.order_by().values_list("evidence", flat=True).distinct():
        if sha256 not in known:
            known[sha256] = _published(root, sha256) or paths.photo_path(sha256, _extension(store.get(sha256)))


def _published(root: Path, sha256: str) -> str | None:
    candidates = (paths.photo_path(sha256, extension) for extension in (*EXTENSION.values(), OTHER))
    return next((path for path in candidates if (root / path).exists()), None)


def _extension(data: bytes) -> str:
    try:
        return EXTENSION[media_type(data)]
    except Refused:
        return OTHER


def copy(root: Path, store: EvidenceStore, evidence: dict[str, str], since: int | None) -> None:
    """Put every photograph and evidence not there yet beside the site (a hard link where possible).

    ``since``: only photographs of entries from that ledger index on, ``None`` for all.
    """
    for sha256, path in _wanted(evidence, since):
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


def _wanted(evidence: dict[str, str], since: int | None) -> Iterator[tuple[str, str]]:
    yield from evidence.items()
    found = Photo.objects.order_by().values_list("sha256", "media_type")
    if since is None:
        new = found.iterator(chunk_size=5000)
    else:
        new = chain(found.filter(entry__leaf__index__gte=since), found.filter(entry__in=pending()))
    for sha256, kind in new:
        yield sha256, paths.photo_path(sha256, EXTENSION[kind])
