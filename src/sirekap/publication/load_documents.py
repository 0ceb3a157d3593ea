"""From the database to the page of each document: who signed, who would not, other versions and what changed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from sirekap.election.contests import ContestKind
from sirekap.election.standing import Tier
from sirekap.evidence.store import EvidenceStore
from sirekap.publication import formats, history, load, model_papers
from sirekap.publication.load_objections import place_of
from sirekap.publication.load_papers import FOLDER, Papers
from sirekap.publication.photos import EXTENSION
from sirekap.publication.texts import Text, say
from sirekap.records.models import (
    Document,
    DocumentRefusal,
    DocumentScan,
    DocumentSignature,
    Leaf,
    SheetVersion,
)
from sirekap.workflow.documents import SHEETS, Box, boxes_of
from sirekap.workflow.sheet_versions import difference

ROWS = 300
"""Changed figures that a page lists; of more, the number."""
BATCH = 200
SCANS = f"{FOLDER}/pindaian"
SIGNERS = {
    "ketua": say("Ketua"),
    "anggota": say("Anggota"),
    "saksi": say("Saksi pasangan calon nomor"),
    "pengawas": say("Pengawas"),
    "pemantau": say("Pemantau"),
}
"""How a box's field begins -> its capacity."""
SIGNED, INKED, REFUSED, AWAITED = (
    say("Ditandatangani dengan kunci"),
    say("Ditandatangani dengan tinta"),
    say("Menolak menandatangani"),
    say("Belum ditandatangani"),
)
ACTS = {
    "item.corrected": say("Dikoreksi pleno"),
    "item.decided": say("Keputusan pleno"),
    "items.accepted": say("Keputusan pleno"),
    "item.reopened": say("Keputusan ditarik kembali"),
    "generation.opened": say("Penghitungan baru"),
}


def pages(
    src: load.Source, papers: Papers, store: EvidenceStore, regions: Iterable[str]
) -> Iterator[tuple[Document, model_papers.DocumentPage]]:
    """Every document of these regions with its page."""
    wanted = [document for region in regions for document in papers.documents.get(region, ())]
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        facts = _Facts([document.pk for document in some])
        facts.index |= _indexes(document.entry_id for document in some)
        for document in some:
            yield document, _page(src, papers, store, document, facts)


class _Facts:
    """Signatures, refusals and scans of some documents, and ledger indexes by entry."""

    def __init__(self, documents: Sequence[uuid.UUID]) -> None:
        self.signatures = _grouped(DocumentSignature.objects.filter(document__in=documents))
        self.refusals = _grouped(DocumentRefusal.objects.filter(document__in=documents))
        self.scans = _grouped(DocumentScan.objects.filter(document__in=documents))
        groups = (self.signatures, self.refusals, self.scans)
        self.index = _indexes(f.entry_id for group in groups for facts in group.values() for f in facts)


def _grouped(found: QuerySet[Any]) -> dict[uuid.UUID, list[Any]]:
    out: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for fact in found.order_by("entry_id", "pk"):
        out[fact.document_id].append(fact)
    return out


def _indexes(seqs: Iterable[int]) -> dict[int, int]:
    wanted = sorted(set(seqs))
    return dict(Leaf.objects.filter(entry_id__in=wanted).values_list("entry_id", "index"))


def _page(
    src: load.Source, papers: Papers, store: EvidenceStore, document: Document, facts: _Facts
) -> model_papers.DocumentPage:
    kind = _kind(src, document)
    region = load.display_name(document.region_id, src.names[document.region_id])
    place = place_of(src, document.region_id, kind)[1]
    contest = next((b.contest.title for b in src.books.values() if b.contest.pk == document.contest_id), "")
    return model_papers.DocumentPage(
        document=papers.entry(document),
        id=str(document.pk),
        contest_title=contest,
        region=document.region_id,
        region_name=region,
        crumbs=((place, region),) if place else (),
        version=document.version,
        pages=document.pages,
        size=store.stat(document.cursor.sha256) or 0,
        figures_sha256=document.figures_sha256,
        ledger_index=facts.index.get(document.entry_id),
        signatures=tuple(_boxes(document, facts)),
        replaced=papers.replaced(document),
        scans=tuple(_scan(scan) for scan in facts.scans[document.pk]),
        others=tuple(_others(papers, document)),
        difference=_difference(src, papers, document, kind),
    )


def _kind(src: load.Source, document: Document) -> ContestKind | None:
    """The contest under which the region's page is linked; of a document of the whole session, the first it has."""
    kinds = [k for k, b in src.books.items() if document.contest_id in (None, b.contest.pk)]
    return next((kind for kind in kinds if document.region_id in src.books[kind]), None)


def _boxes(document: Document, facts: _Facts) -> Iterator[model_papers.Signature]:
    """Every box with what happened to it; ink beside a key is a line of its own."""
    for box in boxes_of(document):
        lines = 0
        for one in facts.signatures[document.pk]:
            if one.field == box.field:
                wet = one.method == DocumentSignature.WET
                yield _line(box, INKED if wet else SIGNED, "signed", one, facts.index)
                lines += 1
        for one in facts.refusals[document.pk]:
            if one.field == box.field:
                yield replace(_line(box, REFUSED, "refused", one, facts.index), reason=one.reason)
                lines += 1
        if not lines:
            yield model_papers.Signature(_title(box.field), AWAITED, "awaited")


def _line(box: Box, state: Text, key: str, fact: Any, index: Mapping[int, int]) -> model_papers.Signature:
    return model_papers.Signature(_title(box.field), state, key, fact.at, "", index.get(fact.entry_id))


def _title(field: str) -> Text:
    kind, _, number = field.partition("-")
    who = SIGNERS[kind]
    return Text(f"{who} {number}".strip(), f"{who.en} {number}".strip())


def _scan(scan: DocumentScan) -> model_papers.Scan:
    return model_papers.Scan(scan_path(scan), scan.sha256, scan.size, scan.at)


def scan_path(scan: DocumentScan) -> str:
    """Where a scan lies, from the site's root."""
    return f"{SCANS}/{scan.sha256}.{EXTENSION.get(scan.media_type, 'pdf')}"


def _others(papers: Papers, document: Document) -> Iterator[model_papers.Document]:
    """Other issues of the same document, the newest first."""
    for one in reversed(papers.documents[document.region_id]):
        if one.pk != document.pk and (one.kind, one.contest_id) == (document.kind, document.contest_id):
            yield papers.entry(one)


def _difference(
    src: load.Source, papers: Papers, document: Document, kind: ContestKind | None
) -> model_papers.Difference | None:
    """What changed from the version before; of the first version, or what is no sheet, nothing."""
    if document.kind not in SHEETS:
        return None
    known = {version.version: version for version in papers.of_sheet(document)}
    newer, older = known.get(document.version), known.get(document.version - 1)
    if newer is None or older is None or newer.figures_sha256 != document.figures_sha256:
        return None
    cache = src.shared.setdefault("differences", {})
    if newer.pk not in cache:
        cache[newer.pk] = _told(src, older, newer, kind)
    found: model_papers.Difference = cache[newer.pk]
    return found


def _told(
    src: load.Source, older: SheetVersion, newer: SheetVersion, kind: ContestKind | None
) -> model_papers.Difference:
    found = difference(older, newer)
    return model_papers.Difference(
        older=found.older,
        newer=found.newer,
        rows=tuple(
            model_papers.ChangedCell(*place_of(src, c.station, kind), c.field, c.old, c.new) for c in found.rows[:ROWS]
        ),
        more=max(0, len(found.rows) - ROWS),
        totals=tuple(model_papers.ChangedCell("", "", c.field, c.old, c.new) for c in found.totals),
        causes=tuple(
            model_papers.Cause(
                _act(cause.kind, cause.tier), *place_of(src, cause.station, kind), _reason(cause.reason), cause.at
            )
            for cause in found.causes[:ROWS]
        ),
    )


def _act(kind: str, tier: int) -> Text:
    name = ACTS[kind]
    return say("%(act)s (%(tier)s)", act=name, tier=formats.lower(history.TIERS[Tier(tier)])) if tier else name


def _reason(reason: str) -> str:
    return history.REASONS.get(reason, reason)
