"""Documents as acts: issued, signed, refused, scanned; what stands in the ledger and what a sheet needs to be complete."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from support import small_election as se
from support.databases import Node
from support.plenaries import read_all
from support.typed import typed_back

from sirekap.paper.documents.model import DocumentKind
from sirekap.paper.verifying import examine
from sirekap.records.models import Document, DocumentCursor, SessionCursor
from sirekap.workflow import document_trust, documents, plenary

DISTRICT = se.DISTRICTS[0]
LATER = se.AT + timedelta(hours=2)
SHEET = DocumentKind.DHASIL_KECAMATAN


@pytest.fixture
def node(local: Node, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    config = dataclasses.replace(settings.CONFIG, keys=local.folder / "keys", documents_trust=None)
    monkeypatch.setattr(settings, "CONFIG", config)
    yield local


def issued(node: Node, *, closed: bool = True) -> tuple[SessionCursor, Document]:
    session = se.open_session(node.small, DISTRICT)
    read_all(node, DISTRICT, session)
    if closed:
        plenary.close_session(node.small.chairs[DISTRICT], session.pk, LATER, typed_back(session))
        session.refresh_from_db()
    chair = node.small.chairs[DISTRICT]
    return session, documents.issue(chair, node.store, SHEET, session, LATER, contest=se.REGENT)


def test_sheet_is_complete_and_valid_once_chair_and_two_members_signed(node: Node) -> None:
    _, document = issued(node)
    board = [node.small.chairs[DISTRICT], *node.small.members[DISTRICT]]
    states = []
    for minute, actor in enumerate(board):
        document_trust.enrol_for_practice(actor.person, LATER)
        sealer = document_trust.sealer_of(actor.person)
        documents.sign(actor, node.store, document.pk, sealer, LATER + timedelta(minutes=minute))
        verdict = examine(node.store.get(documents.current_sha256(document)), document_trust.trust())
        states.append((documents.complete(document), verdict.verdict, [r.code for r in verdict.reasons]))
    assert states == [(False, "invalid", ["few_members"]), (False, "invalid", ["few_members"]), (True, "valid", [])]
    cursor = DocumentCursor.objects.get(pk=document.pk)
    assert (cursor.signatures, cursor.signed) == (3, ["anggota-1", "anggota-2", "ketua"])


def test_every_document_of_a_session_is_issued_with_its_boxes(node: Node) -> None:
    chair = node.small.chairs[DISTRICT]
    session = se.open_session(node.small, DISTRICT)
    read_all(node, DISTRICT, session)
    kinds = {
        DocumentKind.BAHAN_PLENO: se.REGENT,
        DocumentKind.KEJADIAN_KHUSUS: None,
        DocumentKind.DAFTAR_HADIR: None,
        DocumentKind.BERITA_ACARA: None,
        SHEET: se.GOVERNOR,
        DocumentKind.TANDA_TERIMA: None,
    }
    board = ["ketua", "anggota-1", "anggota-2"]
    found = {}
    for kind, contest in kinds.items():
        document = documents.issue(chair, node.store, kind, session, LATER, contest=contest)
        pdf = node.store.get(document.sha256)
        verdict = examine(pdf, document_trust.trust())
        found[kind] = (
            verdict.verdict,
            [r.code for r in verdict.reasons],
            [b.field for b in documents.boxes_of(document)],
        )
        assert (verdict.printed, verdict.document) == (document.figures_sha256, str(document.pk))
    unsigned = ("unsigned", ["unsigned"])
    assert found == {
        DocumentKind.BAHAN_PLENO: (*unsigned, []),
        DocumentKind.KEJADIAN_KHUSUS: (*unsigned, board),
        DocumentKind.DAFTAR_HADIR: (*unsigned, board),
        DocumentKind.BERITA_ACARA: (*unsigned, board),
        SHEET: (*unsigned, [*board, "saksi-1", "saksi-2", "saksi-3", "saksi-4"]),
        DocumentKind.TANDA_TERIMA: (*unsigned, board),
    }
