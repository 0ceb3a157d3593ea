"""Objections and incidents through the screens: raised, read by whom they concern, answered, carried upwards."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from support import small_election as small
from support.databases import Node

from sirekap.election.roles import Role
from sirekap.records.models import Objection, ObjectionAnswer, ObjectionAttachment, StationContest
from sirekap.workflow import objections, plenary

from .conftest import SignIn, read_out, state, typed_back

DISTRICT = small.DISTRICTS[0]
ROW = small.row_id(small.STATIONS[0])
WORDS = "Saksi melihat selisih dua suara pada papan"


def complaint(**changes: object) -> dict[str, Any]:
    """A witness of pair 2 objects to two figures of the first station."""
    return {
        "row": ROW,
        "kind": "objection",
        "subject": "field",
        "fields": ["votes_1", "votes_2"],
        "pair": f"{small.REGENT}/2",
        "text": WORDS,
        "demand": "Hitung ulang",
        **changes,
    }


def raised(node: Node, session: Any, **changes: Any) -> uuid.UUID:
    return objections.file_objection(
        node.small.others[Role.WITNESS],
        session_id=session.pk,
        region=ROW[:13],
        row=ROW,
        subject="field",
        fields=["votes_1"],
        pair=2,
        text=WORDS,
        at=node.small.at,
        **changes,
    )


def test_witness_objects_to_figures_with_a_file(node: Node, sign_in: SignIn) -> None:
    session, witness = read_out(node), sign_in(node.small.others[Role.WITNESS])
    form = reverse("object_in_session", args=[session.pk])
    page = witness.get(form, {"row": ROW}).content.decode()
    assert "Disampaikan oleh" not in page
    file = SimpleUploadedFile("x.pdf", b"%PDF-1.7 saksi", "text/html")
    answer = witness.post(form, complaint(attachments=file))
    found = Objection.objects.get()
    assert answer.headers["Location"] == reverse("objection", args=[found.pk])
    assert (found.row_id, found.fields, found.pair, found.capacity) == (ROW, ["votes_1", "votes_2"], 2, "witness")
    assert WORDS in witness.get(answer.headers["Location"]).content.decode()
    attached = ObjectionAttachment.objects.get()
    sent = witness.get(reverse("attachment", args=[found.pk, attached.sha256]))
    assert (sent.content, sent.headers["Content-Type"], sent.headers["Content-Disposition"][:10]) == (
        b"%PDF-1.7 saksi",
        "application/pdf",
        "attachment",
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"text": ""}, 400),
        ({"kind": "complaint"}, 400),
        ({"fields": []}, 400),
        ({"pair": ""}, 400),
        ({"pair": "x/2"}, 404),
        ({"attachments": SimpleUploadedFile("x.html", b"<script>alert(1)</script>", "image/png")}, 415),
    ],
)
def test_unfit_objection_is_refused_and_changes_nothing(
    node: Node, sign_in: SignIn, changes: dict[str, Any], status: int
) -> None:
    session, witness = read_out(node), sign_in(node.small.others[Role.WITNESS])
    before = state()
    answer = witness.post(reverse("object_in_session", args=[session.pk]), complaint(**changes))
    assert (answer.status_code, state(), Objection.objects.count()) == (status, before, 0), answer.content.decode()


def test_words_are_for_those_they_concern_and_others_read_what_was_published(node: Node, sign_in: SignIn) -> None:
    session = read_out(node)
    here = reverse("objection", args=[raised(node, session)])
    auditor, chair = sign_in(node.small.others[Role.AUDITOR]), sign_in(node.small.chairs[DISTRICT])
    assert WORDS not in auditor.get(here).content.decode()
    assert WORDS in chair.get(here).content.decode()
    publish = here + "terbit"
    assert chair.post(publish, {"text": "x"}).status_code == 400
    chair.post(publish, {"text": "Selisih dua suara dipersoalkan"})
    page = auditor.get(here).content.decode()
    assert ("Selisih dua suara dipersoalkan" in page, WORDS in page) == (True, False)


def test_supervisor_reads_every_screen_of_the_session_and_decides_nothing(node: Node, sign_in: SignIn) -> None:
    session = read_out(node)
    supervisor = sign_in(node.small.others[Role.SUPERVISOR])
    page = supervisor.get(reverse("item", args=[session.pk, ROW])).content.decode()
    assert ("Terima <kbd>" in page, "Keberatan <kbd>" in page) == (False, True)
    assert supervisor.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": "1"}).status_code == 403


def test_chair_answers_and_what_is_unresolved_travels_by_itself(node: Node, sign_in: SignIn) -> None:
    session = read_out(node, contests=small.CONTESTS)
    pk = raised(node, session)
    chair = sign_in(node.small.chairs[DISTRICT])
    assert "Keberatan (1)" in chair.get(reverse("session", args=[session.pk])).content.decode()
    for row in StationContest.objects.filter(pk__startswith=DISTRICT):
        plenary.accept(node.small.chairs[DISTRICT], session.pk, row.pk, node.small.at)
    assert chair.post(reverse("close", args=[session.pk]), typed_back(session)).status_code == 409
    answer = reverse("answer", args=[session.pk, pk])
    before = state()
    for data in ({"status": "accepted", "answer": "Benar"}, {"status": "maybe", "answer": "Ya"}):
        assert chair.post(answer, {"answers": "0", **data}).status_code == 400
    said = {"status": "unresolved", "answer": "Saksi tetap berkeberatan", "answers": "0"}
    assert chair.post(answer, {**said, "answers": "1"}).status_code == 409
    assert state() == before
    assert chair.post(answer, said).headers["Location"] == reverse("session_objections", args=[session.pk])
    assert chair.post(reverse("close", args=[session.pk]), typed_back(session)).status_code == 302
    upper = small.open_session(node.small, small.REGENCY)
    regency = sign_in(node.small.chairs[small.REGENCY])
    page = regency.get(reverse("session_objections", args=[upper.pk])).content.decode()
    assert (
        "dibawa ke tingkat di atasnya (pleno kabupaten/kota)" in page,
        reverse("answer", args=[upper.pk, pk]) in page,
    ) == (
        True,
        True,
    )
    assert regency.get(reverse("objection", args=[pk])).content.decode().count("Saksi tetap berkeberatan") == 1


def test_accepted_objection_names_its_correction(node: Node, sign_in: SignIn) -> None:
    session = read_out(node)
    pk = raised(node, session)
    chair, member = node.small.chairs[DISTRICT], node.small.members[DISTRICT][0]
    before = small.figures(ROW)
    changes = {"votes_1": before["votes_1"] - 2, "votes_2": before["votes_2"] + 2}
    proof = node.store.put(small.photo("bukti")).sha256
    plenary.correct(chair, member, node.store, session.pk, ROW, changes, "Salah salin", proof, node.small.at)
    client = sign_in(chair)
    address = reverse("answer", args=[session.pk, pk])
    page = client.get(address).content.decode()
    remedy = page.split('<option value="')[2].split('"')[0]
    assert "Koreksi TPS 001" in page
    said = {"status": "accepted", "answer": "Sudah dikoreksi", "remedy": remedy, "answers": "0"}
    assert client.post(address, {**said, "remedy": "bukan"}).status_code == 400
    assert client.post(address, said).status_code == 302
    assert str(ObjectionAnswer.objects.get().remedy) == remedy


def test_station_committee_reports_an_incident_that_the_district_reads(node: Node, sign_in: SignIn) -> None:
    kpps = sign_in(node.small.kpps[ROW[:13]])
    station = reverse("station", args=[ROW])
    assert reverse("object_at_station", args=[ROW]) in kpps.get(station).content.decode()
    report = {"kind": "incident", "subject": "station", "text": "Hujan deras, pemungutan berhenti satu jam"}
    answer = kpps.post(reverse("object_at_station", args=[ROW]), report)
    assert answer.status_code == 302, answer.content.decode()
    assert "Hujan deras" in kpps.get(station).content.decode()
    session = read_out(node)
    chair = sign_in(node.small.chairs[DISTRICT])
    assert "Hujan deras" in chair.get(reverse("item", args=[session.pk, ROW])).content.decode()
    assert "Keberatan (1)" in chair.get(reverse("agenda", args=[session.pk])).content.decode()


@pytest.mark.parametrize("name", ["session_objections", "item", "session"])
def test_three_objections_cost_no_more_queries_than_one(node: Node, sign_in: SignIn, name: str) -> None:
    session, client = read_out(node), sign_in(node.small.chairs[DISTRICT])
    address = reverse(name, args=[session.pk, ROW] if name == "item" else [session.pk])
    counts = []
    for more in (1, 2):
        for _ in range(more):
            raised(node, session)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_witness_finds_the_sessions_at_work_among_their_tasks(node: Node, sign_in: SignIn) -> None:
    session = read_out(node)
    page = sign_in(node.small.others[Role.WITNESS]).get(reverse("work")).content.decode()
    assert reverse("object_in_session", args=[session.pk]) in page
    assert (
        "Rapat yang berlangsung" not in sign_in(node.small.others[Role.AUDITOR]).get(reverse("work")).content.decode()
    )
