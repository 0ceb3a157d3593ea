"""A document of the story on record: issued, signed in ink, refused by a witness."""

from __future__ import annotations

from support import small_election as se
from support.databases import Node

from sirekap.election.conduct import Capacity
from sirekap.paper.documents.model import DocumentKind
from sirekap.records.models import Document, SessionCursor
from sirekap.workflow import documents

SHEET = {6: DocumentKind.DHASIL_KECAMATAN, 4: DocumentKind.DHASIL_KABKO, 2: DocumentKind.DHASIL_PROV}
"""Digits of a region's code -> its sheet."""


def issue_sheet(node: Node, region: str, contest: str = se.REGENT) -> Document:
    """The sheet of a closed session, unsigned."""
    chair, session = node.small.chairs[region], SessionCursor.objects.get(region_id=region)
    return documents.issue(chair, node.store, SHEET[len(region)], session, node.small.at, contest=contest)


def file_sheet(node: Node, region: str = se.DISTRICTS[0], contest: str = se.REGENT) -> None:
    """The sheet of a closed district, its scan with the board's ink, and the refusal of the first pair's witness."""
    chair, document = node.small.chairs[region], issue_sheet(node, region, contest)
    documents.refuse_signature(chair, document.pk, Capacity.WITNESS, 1, "Saksi tidak sepakat", node.small.at)
    ink = [box.field for box in documents.boxes_of(document) if box.capacity is not Capacity.WITNESS]
    scan = node.store.put(se.photo("scan of the signed sheet")).sha256
    documents.file_scan(chair, node.store, document.pk, scan, ink, node.small.at)
