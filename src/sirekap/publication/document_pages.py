"""Documents beside the pages: the file with its signatures, its page, scans; and packages of other nodes' results."""

from __future__ import annotations

from sirekap.election.sheet import chunks
from sirekap.evidence.store import EvidenceStore
from sirekap.publication import load, paths
from sirekap.publication.load_documents import pages, scan_path
from sirekap.publication.load_papers import Papers, path
from sirekap.publication.site import SiteWriter
from sirekap.records.models import DocumentScan


def add(writer: SiteWriter, src: load.Source, papers: Papers, store: EvidenceStore, since: int | None) -> None:
    """Write the documents of one cut, those of regions whose documents changed at ledger index ``since`` or later."""
    regions = sorted(papers.documents)
    first = next((document for region in regions for document in papers.documents[region]), None)
    if since is not None and first is not None and writer.has(path(first.pk, "html")):
        regions = [region for region in sorted(papers.changed(since)) if region in papers.documents]
    for document, view in pages(src, papers, store, regions):
        _put(writer, store, view.document.path, view.document.sha256)
        extra = {
            "view": view,
            "cut": src.stamp(papers.newest[document.region_id]),
            "crumbs": [(paths.up(view.document.page) + href, name) for href, name in view.crumbs],
            "chunks": chunks(view.figures_sha256) if view.figures_sha256 else (),
        }
        writer.add_page("document", view.document.page, None, extra)
    for scan in DocumentScan.objects.filter(document__region__in=regions).order_by("entry_id"):
        _put(writer, store, scan_path(scan), scan.sha256)
    for sha256, place in sorted(src.packages.items()):
        if place:
            _put(writer, store, place, sha256)


def _put(writer: SiteWriter, store: EvidenceStore, place: str, sha256: str) -> None:
    """Publish a stored file unless the site holds it already."""
    if not writer.holds(place, sha256):
        writer.add_file(place, store.get(sha256))
