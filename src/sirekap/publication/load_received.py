"""From the database to what other nodes counted: the regencies that a province received as signed packages."""

from __future__ import annotations

from collections import defaultdict

from sirekap.evidence.store import EvidenceStore
from sirekap.publication import load, model
from sirekap.records.models import Leaf, ReceivedRegion

FOLDER = "paket"
MOST = 1 << 20
"""Bytes of the largest package that lies beside the site; of larger ones the hash alone is public."""


def read(src: load.Source) -> dict[str, tuple[model.Received, ...]]:
    """Contest -> the regions received for it, in code order."""
    out: dict[str, list[model.Received]] = defaultdict(list)
    found = list(ReceivedRegion.objects.select_related("region").order_by("region_id"))
    seqs = [one.entry_id for one in found]
    index = dict(Leaf.objects.filter(entry_id__in=seqs).values_list("entry_id", "index"))
    for one in found:
        out[one.contest_id].append(
            model.Received(
                code=one.region_id,
                name=load.display_name(one.region_id, one.region.name),
                stations=one.stations,
                figures=dict(one.figures),
                package_sha256=one.package_sha256,
                simulated=one.simulated,
                ledger_index=index[one.entry_id],
                path=src.packages.get(one.package_sha256, ""),
            )
        )
    return {contest: tuple(rows) for contest, rows in out.items()}


def find_packages(store: EvidenceStore, known: dict[str, str]) -> None:
    """Add to ``known`` where each package is published, empty for one that is too large."""
    for sha256 in ReceivedRegion.objects.order_by().values_list("package_sha256", flat=True):
        if sha256 not in known:
            size = store.stat(sha256)
            known[sha256] = f"{FOLDER}/{sha256}.tar" if size is not None and size <= MOST else ""
