"""Documents through the screens: issued, printed, signed by key, refused with a reason, signed in ink and scanned."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from support import small_election as small
from support.databases import Node

from sirekap.election.roles import Role
from sirekap.records.models import Document, DocumentRefusal, DocumentScan, DocumentSignature, Entry
from sirekap.workflow import document_trust, documents, plenary

from .conftest import SignIn, read_out, typed_back

DISTRICT = small.DISTRICTS[0]
SHEET = {"what": f"dhasil_kecamatan/{small.REGENT}", "venue": "Aula Kecamatan"}


def closed(node: Node) -> Any:
    """A district session that accepted everything and closed."""
    session = read_out(node)
    for row in small.rows_of(DISTRICT, (small.REGENT,)):
        plenary.accept(node.small.chairs[DISTRICT], session.pk, row, node.small.at)
    typed = {small.REGENT: list(typed_back(session).values())}
    plenary.close_session(node.small.chairs[DISTRICT], session.pk, node.small.at, typed)
    return session


def issued(node: Node, client: Client, session: Any) -> Document:
    """The district's sheet, issued through the screen."""
    answer = client.post(reverse("issue_document", args=[session.pk]), SHEET)
    assert answer.status_code == 302, answer.content.decode()
    return Document.objects.get(pk=answer.headers["Location"].split("/")[3])


def test_operator_issues_and_everybody_who_may_read_opens_the_file(node: Node, sign_in: SignIn) -> None:
    session = closed(node)
    document = issued(node, sign_in(node.small.operators[0]), session)
    auditor = sign_in(node.small.others[Role.AUDITOR])
    file = auditor.get(reverse("document_file", args=[document.pk]))
    assert (file.content[:5], file.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    page = auditor.get(reverse("document", args=[document.pk])).content.decode()
    assert ("Menunggu tanda tangan" in page, "Tandatangani dengan kunci saya" in page) == (True, False)
    assert document.figures_sha256[:4] not in page
    listed = auditor.get(reverse("session_documents", args=[session.pk])).content.decode()
    assert (reverse("document", args=[document.pk]) in listed, 'name="what"' in listed) == (True, False)


@pytest.mark.parametrize("what", ["x", f"dhasil_prov/{small.REGENT}", "dhasil_kecamatan/x"])
def test_document_that_cannot_be_is_refused(node: Node, sign_in: SignIn, what: str) -> None:
    session = read_out(node)
    before = Entry.objects.count()
    answer = sign_in(node.small.operators[0]).post(reverse("issue_document", args=[session.pk]), {"what": what})
    assert (answer.status_code, Entry.objects.count()) == (400, before)


def test_sheet_is_complete_once_chair_and_two_members_signed_and_a_refusal_voids_nothing(
    node: Node, sign_in: SignIn
) -> None:
    session = closed(node)
    chair, members = node.small.chairs[DISTRICT], node.small.members[DISTRICT]
    client = sign_in(chair)
    document = issued(node, client, session)
    here, act = reverse("document", args=[document.pk]), reverse("sign_document", args=[document.pk])
    assert client.post(act).status_code == 409, "no key on this node"
    for actor in (chair, *members):
        document_trust.enrol_for_practice(actor.person, node.small.at)
        own = sign_in(actor)
        assert "Kotak Anda" in own.get(here).content.decode()
        assert own.post(act, {"field": ""}).headers["Location"] == here
    assert documents.complete(document)
    assert client.post(act).status_code == 409, "signed already"
    page = client.get(here).content.decode()
    assert (page.count("Ditandatangani kunci"), "Tanda tangan lengkap" in page) == (3, True)
    refuse = reverse("refuse_document", args=[document.pk])
    assert client.post(refuse, {"field": "saksi-1", "reason": ""}).status_code == 400
    assert client.post(refuse, {"field": "saksi-9", "reason": "Tidak setuju"}).status_code == 400
    client.post(refuse, {"field": "saksi-1", "reason": "Saksi tidak menerima hasil"})
    assert DocumentRefusal.objects.get().reason == "Saksi tidak menerima hasil"
    page = client.get(here).content.decode()
    assert ("Saksi tidak menerima hasil" in page, "Tanda tangan lengkap" in page) == (True, True)


def test_ink_counts_like_a_key(node: Node, sign_in: SignIn) -> None:
    session = closed(node)
    client = sign_in(node.small.operators[0])
    document = issued(node, client, session)
    act = reverse("scan_document", args=[document.pk])
    scan = {"signed": ["ketua", "anggota-1", "anggota-2"]}
    assert client.post(act, scan).status_code == 400
    bad = SimpleUploadedFile("x.pdf", b"MZ", "application/pdf")
    assert client.post(act, {**scan, "scan": bad}).status_code == 415
    none = SimpleUploadedFile("x.pdf", b"%PDF-1.4 basah", "application/pdf")
    assert client.post(act, {"scan": none}).status_code == 400
    client.post(act, {**scan, "scan": SimpleUploadedFile("x.pdf", b"%PDF-1.4 basah", "application/pdf")})
    assert set(DocumentSignature.objects.values_list("method", flat=True)) == {"wet"}
    assert documents.complete(document)
    found = DocumentScan.objects.get()
    sent = client.get(reverse("document_scan", args=[document.pk, found.sha256]))
    assert (sent.content, sent.headers["Content-Disposition"][:10]) == (b"%PDF-1.4 basah", "attachment")
    assert client.get(reverse("document_scan", args=[uuid.UUID(int=1), found.sha256])).status_code == 404


def test_district_types_back_what_is_printed_and_nothing_else_closes_it(node: Node, sign_in: SignIn) -> None:
    session = read_out(node)
    client = sign_in(node.small.chairs[DISTRICT])
    for row in small.rows_of(DISTRICT, (small.REGENT,)):
        plenary.accept(node.small.chairs[DISTRICT], session.pk, row, node.small.at)
    document = issued(node, client, session)
    page = client.get(reverse("close", args=[session.pk])).content.decode()
    groups = [document.figures_sha256[n : n + 4] for n in range(0, 64, 4)]
    asked = [int(part.split("<")[0]) for part in page.split("Kelompok ke-")[1:]]
    typed = {f"{small.REGENT}-{n}": groups[place - 1].upper() for n, place in enumerate(asked)}
    assert client.post(reverse("close", args=[session.pk]), typed).headers["Location"] == reverse(
        "session", args=[session.pk]
    )
