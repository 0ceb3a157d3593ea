"""Entering figures and photographs through the forms: what is recorded, and what is refused."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from support import small_election as small
from support.databases import Node

from sirekap.election.standing import Standing
from sirekap.records.models import Disclosure, Photo, Statement, StationContest
from sirekap.workflow import verification

from .conftest import SignIn, state, typed

ROW = small.row_id(small.STATIONS[0])
ENTER = f"/petugas/tps/{ROW}/isi"


def send(client: Client, data: dict[str, str], generation: int = 1, **more: str):  # type: ignore[no-untyped-def]
    return client.post(ENTER, {**data, "generation": str(generation), **more})


def stated(node: Node) -> None:
    """Photographed, and stated by the station's committee."""
    small.photograph(node.small, node.store, ROW)
    verification.make_statement(node.small.kpps[ROW[:13]], ROW, small.figures(ROW), node.small.at)


def refused(answer, status: int, text: str, before: object) -> None:  # type: ignore[no-untyped-def]
    assert (answer.status_code, text in answer.content.decode()) == (status, True)
    assert state() == before


def test_photo_and_two_forms_verify_a_station(node: Node, sign_in: SignIn) -> None:
    kpps, operator = sign_in(node.small.kpps[ROW[:13]]), sign_in(node.small.operators[0])
    photo = SimpleUploadedFile("p.png", small.photo("a"), "image/png")
    pages = {"page_1": "1", "page_2": "1", "page_3": "1"}
    assert kpps.post(reverse("upload", args=[ROW]), {**pages, "photo": photo}).status_code == 302
    assert send(kpps, typed(ROW)).status_code == 302
    assert operator.get(reverse("queue_next")).headers["Location"] == f"{ENTER}?antrean=1"
    assert send(operator, typed(ROW), antrean="1").headers["Location"] == f"{reverse('queue_next')}?sesudah={ROW}"
    row = StationContest.objects.get(pk=ROW)
    assert (row.standing, row.verified.figures()) == (Standing.VERIFIED, small.figures(ROW))
    assert operator.get(reverse("photo", args=[Photo.objects.get().sha256])).content == small.photo("a")


def test_second_reader_sees_no_figures_before_entering_and_disclosure_is_recorded_otherwise(
    node: Node, sign_in: SignIn
) -> None:
    stated(node)
    page = sign_in(node.small.operators[0]).get(reverse("station", args=[ROW])).content.decode()
    assert "Angka disembunyikan" in page
    assert Disclosure.objects.count() == 0
    chair = node.small.chairs[small.DISTRICTS[0]]
    page = sign_in(chair).get(reverse("station", args=[ROW])).content.decode()
    assert f">{small.figures(ROW)['valid']}<" in page
    assert list(Disclosure.objects.values_list("person", flat=True)) == [chair.person]


def test_reentry_asks_only_the_open_fields_blank(node: Node, sign_in: SignIn) -> None:
    stated(node)
    verification.make_statement(node.small.operators[0], ROW, small.figures(ROW, 4), node.small.at)
    client = sign_in(node.small.operators[1])
    page = client.get(ENTER).content.decode()
    assert ('name="votes_1"' in page, 'name="votes_2"' in page, 'name="valid"' in page) == (True, True, False)
    figures = small.figures(ROW)
    assert f'value="{figures["votes_1"]}"' not in page
    answer = send(client, {name: str(figures[name]) for name in ("votes_1", "votes_2")})
    assert answer.status_code == 302
    assert StationContest.objects.get(pk=ROW).verified.figures() == figures


def test_committee_reads_its_own_slip_again_with_a_reason(node: Node, sign_in: SignIn) -> None:
    stated(node)
    verification.make_statement(node.small.operators[0], ROW, small.figures(ROW, 4), node.small.at)
    client, before = sign_in(node.small.kpps[ROW[:13]]), state()
    again = {name: str(small.figures(ROW, 4)[name]) for name in ("votes_1", "votes_2")}
    refused(send(client, again), 400, "Alasan wajib diisi", before)
    assert send(client, again, reason="Salah baca angka").status_code == 302
    assert StationContest.objects.get(pk=ROW).verified.figures() == small.figures(ROW, 4)


@pytest.mark.parametrize("wrong", ["-1", "12,5", "1000", "abc"])
def test_malformed_figure_is_marked_and_nothing_saved(node: Node, sign_in: SignIn, wrong: str) -> None:
    stated(node)
    before = state()
    answer = send(sign_in(node.small.operators[0]), typed(ROW, votes_1=wrong))
    refused(answer, 400, 'aria-describedby="f-votes_1-error"', before)
    assert f'value="{wrong}"' in answer.content.decode()


def test_failed_arithmetic_asks_to_look_again_then_takes_the_paper_as_it_is(node: Node, sign_in: SignIn) -> None:
    stated(node)
    before, client = state(), sign_in(node.small.operators[0])
    data = typed(ROW, total=small.figures(ROW)["total"] + 1)
    refused(send(client, data), 422, 'name="paper_wrong"', before)
    assert send(client, data, paper_wrong="1").status_code == 302
    assert Statement.objects.filter(paper_wrong=True).count() == 1


def test_blank_fields_must_be_declared(node: Node, sign_in: SignIn) -> None:
    stated(node)
    before, client = state(), sign_in(node.small.operators[0])
    data = typed(ROW, disabled_l="", disabled_p="", disabled_j="")
    refused(send(client, data), 400, "3 isian masih kosong", before)
    assert send(client, data, blank="1").status_code == 302


def test_empty_form_is_refused(node: Node, sign_in: SignIn) -> None:
    stated(node)
    before = state()
    refused(send(sign_in(node.small.operators[0]), {}), 400, "Belum ada angka yang diisi", before)


def test_stale_form_is_refused(node: Node, sign_in: SignIn) -> None:
    stated(node)
    before = state()
    answer = send(sign_in(node.small.operators[0]), typed(ROW), generation=2)
    refused(answer, 409, "sudah berubah sejak layar Anda dibuka", before)


def test_second_verifier_after_verification_is_refused(node: Node, sign_in: SignIn) -> None:
    small.verify(node.small, node.store, ROW)
    before = state()
    answer = send(sign_in(node.small.operators[1]), typed(ROW))
    refused(answer, 409, "sudah diverifikasi", before)


def test_uploader_may_not_verify(node: Node, sign_in: SignIn) -> None:
    operator = node.small.operators[0]
    client = sign_in(operator)
    photo = SimpleUploadedFile("p.png", small.photo("b"), "image/png")
    client.post(reverse("upload", args=[ROW]), {"page_1": "1", "page_2": "1", "page_3": "1", "photo": photo})
    before = state()
    refused(send(client, typed(ROW)), 403, "Anda yang mengunggah foto ini", before)
    assert client.get(reverse("queue")).content.decode().count("Antrean kosong") == 1


def test_column_of_another_contest_is_not_taken_from_the_form(node: Node, sign_in: SignIn) -> None:
    stated(node)
    send(sign_in(node.small.operators[0]), {**typed(ROW), "votes_4": "5"})
    assert "votes_4" not in StationContest.objects.get(pk=ROW).verified.figures()


@pytest.mark.parametrize(
    ("data", "status", "text"),
    [
        ({"page_1": "1"}, 400, "Pilih berkas foto"),
        ({"photo": b"not a photo", "page_1": "1"}, 415, "bukan foto JPEG"),
        ({"photo": b""}, 400, ""),
    ],
)
def test_unusable_photo_is_refused(
    node: Node, sign_in: SignIn, data: dict[str, object], status: int, text: str
) -> None:
    if "photo" in data:
        data = {**data, "photo": SimpleUploadedFile("p.png", bytes(data["photo"]), "image/png")}  # type: ignore[arg-type]
    before = state()
    answer = sign_in(node.small.kpps[ROW[:13]]).post(reverse("upload", args=[ROW]), data)
    refused(answer, status, text, before)


def test_photo_without_its_page_is_refused(node: Node, sign_in: SignIn) -> None:
    before = state()
    photo = SimpleUploadedFile("p.png", small.photo("c"), "image/png")
    answer = sign_in(node.small.kpps[ROW[:13]]).post(reverse("upload", args=[ROW]), {"photo": photo})
    refused(answer, 400, "Pilih halaman", before)


def test_too_large_an_upload_is_refused_before_it_is_read(node: Node, sign_in: SignIn) -> None:
    before, client = state(), sign_in(node.small.kpps[ROW[:13]])
    answer = client.post(reverse("upload", args=[ROW]), {"page_1": "1"}, CONTENT_LENGTH="400000000")
    refused(answer, 413, "Perkecil foto", before)


def test_unknown_row_is_not_found(node: Node, sign_in: SignIn) -> None:
    client = sign_in(node.small.operators[0])
    assert client.get("/petugas/tps/3216012001099-pkwkk/isi").status_code == 404
    assert client.get("/petugas/tps/3216012001001-pkxxx/isi").status_code == 404
