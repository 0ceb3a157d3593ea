"""Documents as acts: issued, signed, refused, scanned; what stands in the ledger and what a sheet needs to be complete."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from support import signed, story
from support import small_election as se
from support.databases import Node, using
from support.plenaries import read_all
from support.typed import typed_back

from sirekap.config.loading import Mode
from sirekap.evidence.store import EvidenceStore, Stored
from sirekap.paper.documents.model import DocumentKind
from sirekap.paper.signing import Sealer, authority
from sirekap.paper.verifying import examine, printed, with_record
from sirekap.records import replaying
from sirekap.records.journal import body_of
from sirekap.records.migrating import migrate_database
from sirekap.records.models import Document, DocumentCursor, DocumentSignature, Entry, SessionCursor
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import document_checks, document_trust, documents, plenary, sequencing, sheets
from sirekap.workflow import sessions as reopening
from sirekap.workflow.errors import Refused
from sirekap.workflow.people import Actor

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


def key_of(actor: Actor) -> Sealer:
    document_trust.enrol_for_practice(actor.person, LATER)
    return document_trust.sealer_of(actor.person)


def sign(node: Node, document: Document, actor: Actor, **options: Any) -> None:
    documents.sign(actor, node.store, document.pk, key_of(actor), LATER, **options)


def bodies(kind: str) -> list[dict[str, Any]]:
    return [body_of(entry) for entry in Entry.objects.filter(kind=kind).order_by("seq")]


def test_entries_say_what_was_issued_and_signed_without_names(node: Node) -> None:
    session, document = issued(node)
    chair = node.small.chairs[DISTRICT]
    sign(node, document, chair)
    pairs = [["saksi-1", "witness", 1, None], ["saksi-2", "witness", 2, None], ["saksi-3", "witness", 3, None]]
    members = [[f"anggota-{n}", "member", None, str(m.person)] for n, m in enumerate(node.small.members[DISTRICT], 1)]
    assert bodies("document.issued") == [
        {
            "document": str(document.pk),
            "kind": "dhasil_kecamatan",
            "tier": 1,
            "region": DISTRICT,
            "contest": se.REGENT,
            "session": str(session.pk),
            "version": 1,
            "figures_sha256": sheets.figures_sha256(session)[se.REGENT],
            "sha256": document.sha256,
            "pages": document.pages,
            "boxes": [["ketua", "chair", None, str(chair.person)], *members, *pairs],
        }
    ]
    assert bodies("document.signed") == [
        {
            "document": str(document.pk),
            "field": "ketua",
            "person": str(chair.person),
            "capacity": "chair",
            "pair": None,
            "sequence": 1,
            "sha256": documents.current_sha256(document),
            "certificate_sha256": key_of(chair).certificate_sha256,
            "method": "pades",
        }
    ]


def refusals(*acts: Callable[[], object]) -> list[str]:
    out = []
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        out.append(refused.value.code)
    return out


def test_sheet_is_signed_only_after_its_session_closed_and_while_it_stands(node: Node) -> None:
    session, document = issued(node, closed=False)
    chair = node.small.chairs[DISTRICT]
    assert refusals(lambda: sign(node, document, chair)) == ["not_closed"]
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    sign(node, document, chair)
    row = se.rows_of(DISTRICT, (se.REGENT,))[0]
    reopening.reopen_session(chair, session.pk, "Salah baca", LATER, cause="oversight")
    before = se.figures(row)
    evidence = node.store.put(se.photo("box")).sha256
    member = node.small.members[DISTRICT][0]
    changes = {"votes_1": before["votes_1"] - 1, "votes_2": before["votes_2"] + 1}
    plenary.correct(chair, member, node.store, session.pk, row, changes, "Salah salin", evidence, LATER)
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    assert refusals(lambda: sign(node, document, member)) == ["replaced"]
    again = documents.issue(chair, node.store, SHEET, session, LATER, contest=se.REGENT)
    sign(node, again, member)
    assert (again.version, documents.complete(again)) == (2, False)


def test_boxes_are_signed_by_those_they_belong_to_once(node: Node) -> None:
    _, document = issued(node)
    chair, stranger = node.small.chairs[DISTRICT], node.small.chairs[se.DISTRICTS[1]]
    sign(node, document, chair)
    assert refusals(
        lambda: sign(node, document, chair),
        lambda: sign(node, document, stranger),
        lambda: sign(node, document, node.small.members[DISTRICT][0], field="ketua"),
        lambda: documents.sign(chair, node.store, "nothing", key_of(chair), LATER),
    ) == ["signed_already", "not_your_box", "not_your_box", "not_found"]
    assert len(bodies("document.signed")) == 1


def test_certificates_that_do_not_count_sign_nothing(node: Node) -> None:
    _, document = issued(node)
    chair = node.small.chairs[DISTRICT]
    sealer = key_of(chair)
    other = signed.sealer(authority.issue(authority.make(LATER), signed.holder("ketua"), LATER))
    much_later = LATER + timedelta(days=4000)
    assert refusals(
        lambda: documents.sign(chair, node.store, document.pk, other, LATER),
        lambda: documents.sign(chair, node.store, document.pk, sealer, much_later),
        lambda: document_trust.sealer_of(node.small.members[DISTRICT][0].person),
    ) == ["certificate", "certificate", "no_key"]
    assert bodies("document.signed") == []


def test_production_refuses_the_test_authority(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    _, document = issued(node)
    chair = node.small.chairs[DISTRICT]
    sealer = key_of(chair)
    monkeypatch.setattr(settings, "CONFIG", dataclasses.replace(settings.CONFIG, mode=Mode.PRODUCTION))
    assert refusals(
        lambda: documents.sign(chair, node.store, document.pk, sealer, LATER),
        lambda: document_trust.enrol_for_practice(chair.person, LATER),
    ) == ["certificate", "test_authority"]


def test_refusal_is_recorded_with_its_reason_and_printed_on_the_next_issue(node: Node) -> None:
    session, document = issued(node)
    chair = node.small.chairs[DISTRICT]
    why = "Keberatan atas TPS 1 belum dijawab"
    documents.refuse_signature(chair, document.pk, "witness", 2, why, LATER)
    assert refusals(
        lambda: documents.refuse_signature(chair, document.pk, "witness", 2, why, LATER),
        lambda: documents.refuse_signature(chair, document.pk, "member", None, why, LATER),
        lambda: documents.refuse_signature(chair, document.pk, "witness", 9, why, LATER),
        lambda: documents.refuse_signature(chair, document.pk, "witness", 3, "x", LATER),
    ) == ["refused_already", "which_box", "which_box", "reason"]
    again = documents.issue(chair, node.store, SHEET, session, LATER, contest=se.REGENT)
    text = " ".join(" ".join(printed.page_texts(node.store.get(again.sha256))).split())
    assert "TIDAK BERSEDIA MENANDATANGANI" in text and why in text
    fields = [box.field for box in documents.boxes_of(again)]
    assert fields == ["ketua", "anggota-1", "anggota-2", "saksi-1", "saksi-3"]


def test_ink_completes_a_sheet_as_keys_do_and_both_are_kept(node: Node) -> None:
    _, document = issued(node)
    chair = node.small.chairs[DISTRICT]
    sign(node, document, chair)
    scan = node.store.put(se.photo("scan")).sha256
    assert refusals(
        lambda: documents.file_scan(chair, node.store, document.pk, scan, [], LATER),
        lambda: documents.file_scan(chair, node.store, document.pk, scan, ["anggota-7"], LATER),
        lambda: documents.file_scan(chair, node.store, document.pk, "0" * 64, ["ketua"], LATER),
    ) == ["which_box", "which_box", "attachment"]
    documents.file_scan(chair, node.store, document.pk, scan, ["anggota-1", "anggota-2", "ketua"], LATER)
    documents.file_scan(chair, node.store, document.pk, scan, ["saksi-1", "ketua"], LATER)
    kept = DocumentSignature.objects.filter(document=document).order_by("sequence")
    assert [(one.field, one.method, one.sequence) for one in kept] == [
        ("ketua", "pades", 1),
        ("ketua", "wet", 2),
        ("anggota-1", "wet", 3),
        ("anggota-2", "wet", 4),
        ("saksi-1", "wet", 5),
    ]
    assert documents.complete(document)
    assert documents.current_sha256(document) == bodies("document.signed")[0]["sha256"]


class Interrupting:
    """A store in which somebody else signs between reading and writing, once."""

    def __init__(self, store: EvidenceStore, act: Callable[[], object]) -> None:
        self._store, self._act = store, act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put(self, data: bytes) -> Stored:
        act, self._act = self._act, lambda: None
        act()
        return self._store.put(data)


def test_two_who_sign_at_once_both_end_up_in_the_file(node: Node) -> None:
    _, document = issued(node)
    chair, member = node.small.chairs[DISTRICT], node.small.members[DISTRICT][0]
    store = Interrupting(node.store, lambda: sign(node, document, member))
    documents.sign(chair, store, document.pk, key_of(chair), LATER)  # type: ignore[arg-type]
    assert [body["field"] for body in bodies("document.signed")] == ["anggota-1", "ketua"]
    verdict = examine(node.store.get(documents.current_sha256(document)), document_trust.trust())
    assert [one.field for one in verdict.signatures] == ["anggota-1", "ketua"]


def test_ledger_alone_gives_the_documents_back_and_the_cursor_follows_from_the_facts(
    node: Node, tmp_path: Path
) -> None:
    _, document = issued(node)
    for actor in (node.small.chairs[DISTRICT], node.small.members[DISTRICT][0]):
        sign(node, document, actor)
    documents.refuse_signature(node.small.chairs[DISTRICT], document.pk, "witness", 1, "Tidak sepakat", LATER)
    scan = node.store.put(se.photo("scan")).sha256
    documents.file_scan(node.small.chairs[DISTRICT], node.store, document.pk, scan, ["anggota-2"], LATER)
    assert rebuild()["changed"] == 0
    DocumentCursor.objects.update(sha256="0" * 64, signed=[], complete=False)
    assert rebuild()["changed"] == 1 and documents.complete(document)
    sequencing.sequence(LATER, story.SIGNER)
    file = tmp_path / "entries.jsonl"
    replaying.export(file)
    digest = replaying.state_digest()
    with using(f"sqlite:///{tmp_path / 'copy.sqlite3'}"):
        migrate_database()
        replaying.replay_file(file)
        assert (replaying.state_digest(), rebuild()["changed"]) == (digest, 0)


def test_record_names_every_state_of_the_file_and_no_other(node: Node) -> None:
    _, document = issued(node)
    states = [document.sha256]
    for actor in (node.small.chairs[DISTRICT], *node.small.members[DISTRICT]):
        sign(node, document, actor)
        states.append(documents.current_sha256(document))
    data = node.store.get(states[-1])
    found = document_checks.recorded_of(data)
    assert found is not None
    assert (found.files, found.figures_sha256, found.replaced) == (frozenset(states), document.figures_sha256, None)
    assert with_record(examine(data, document_trust.trust()), found).verdict == "valid"
    assert document_checks.recorded_of(data + b"\n") is None
    assert [document_checks.is_ours(text) for text in (str(document.pk), "", "x")] == [True, False, False]
