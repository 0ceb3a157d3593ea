"""Screens around the machine's reading: blind first, then side by side; crops; flags; nothing waits for the machine."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from support import plain_reader, reads
from support import small_election as small
from support.databases import Node

from sirekap.election import chasil
from sirekap.election.standing import Standing
from sirekap.reading import messages
from sirekap.records.models import Disclosure, PhotoReading, ReadingJob, Statement, StatementSeen, StationContest
from sirekap.web.views import comparing
from sirekap.workflow import reading, verification

from .conftest import SignIn, state, typed

ROW = small.row_id(small.STATIONS[0])
ENTER, COMPARE, STATION = (reverse(name, args=[ROW]) for name in ("enter", "compare", "station"))
FIGURES = small.figures(ROW)
BLIND = chasil.blind_ids(3)
REST = tuple(name for name in chasil.field_ids(3) if name not in BLIND)


def some(names: tuple[str, ...], **changes: object) -> dict[str, str]:
    return {name: str(value) for name, value in {**FIGURES, **changes}.items() if name in names}


def inputs(page: str) -> dict[str, str | None]:
    """Name -> value of every entry box of a page."""
    found = {}
    for tag in re.findall(r'<input id="f-[^>]*inputmode="numeric"[^>]*>', page):
        value = re.search(r' value="(\d*)"', tag)
        found[tag.split('name="')[1].split('"')[0]] = value[1] if value else None
    return found


def read(node: Node, unsure: tuple[str, ...] = (), **changes: Any) -> None:
    reads.send(node, ROW, picture=reads.sheet)
    reads.read(node, unsure=unsure, **changes)


def kpps(node: Node, sign_in: SignIn) -> Client:
    return sign_in(node.small.kpps[ROW[:13]])


def row() -> StationContest:
    return StationContest.objects.get(pk=ROW)


def test_committee_keys_blind_then_compares_and_the_form_is_verified(node: Node, sign_in: SignIn) -> None:
    read(node)
    client = kpps(node, sign_in)
    page = client.get(ENTER).content.decode()
    assert inputs(page) == dict.fromkeys(BLIND)
    assert 'name="blind" value="1"' in page
    assert Disclosure.objects.count() == 0
    answer = client.post(ENTER, {**some(BLIND), "generation": "1", "blind": "1"})
    assert answer.headers["Location"] == COMPARE
    first = Statement.objects.get(human=True)
    assert (first.figures.figures(), StatementSeen.objects.count()) == ({n: FIGURES[n] for n in BLIND}, 0)
    page = client.get(COMPARE).content.decode()
    assert inputs(page) == {name: str(FIGURES[name]) for name in REST}
    assert f"{len(BLIND)} isian Anda sama dengan bacaan mesin" in page
    machine = Statement.objects.get(human=False)
    assert list(Disclosure.objects.values_list("person", "statement")) == [
        (node.small.kpps[ROW[:13]].person, machine.pk)
    ]
    answer = client.post(COMPARE, {**some(REST), "generation": "1"})
    assert answer.headers["Location"] == STATION
    second = Statement.objects.filter(human=True).order_by("entry_id").last()
    assert second is not None
    assert (second.figures.figures(), second.reason) == ({n: FIGURES[n] for n in REST}, comparing.REASON)
    assert list(StatementSeen.objects.values_list("statement", "saw")) == [(second.pk, machine.pk)]
    now = row()
    assert now.verified is not None
    assert (now.standing, now.verified.figures()) == (Standing.VERIFIED, FIGURES)


def test_without_a_reading_the_committee_enters_everything_and_nothing_waits(node: Node, sign_in: SignIn) -> None:
    reads.send(node, ROW)
    client = kpps(node, sign_in)
    assert inputs(client.get(ENTER).content.decode()) == dict.fromkeys(chasil.field_ids(3))
    answer = client.post(ENTER, {**typed(ROW), "generation": "1"})
    assert (answer.headers["Location"], row().standing) == (STATION, Standing.CONFIRMED)
    reads.read(node)
    assert row().standing == Standing.VERIFIED


def test_a_full_form_sent_after_the_reading_came_is_taken_in_full(node: Node, sign_in: SignIn) -> None:
    read(node)
    answer = kpps(node, sign_in).post(ENTER, {**typed(ROW), "generation": "1"})
    assert (answer.headers["Location"], row().standing) == (STATION, Standing.VERIFIED)


def test_differing_and_doubtful_boxes_are_marked_and_the_rest_goes_to_a_blind_reader(
    node: Node, sign_in: SignIn
) -> None:
    read(node, unsure=("votes_3", "disabled_p"))
    client = kpps(node, sign_in)
    wrong = {"votes_1": FIGURES["votes_1"] - 7, "votes_2": FIGURES["votes_2"] + 7}
    client.post(ENTER, {**some(BLIND, **wrong), "generation": "1", "blind": "1"})
    page = client.get(COMPARE).content.decode()
    groups = re.findall(r"<legend>(.*?)</legend>.*?</fieldset>", page, re.S)
    assert groups == [
        "Berbeda: lihat kertasnya sekali lagi",
        "Mesin ragu atau tidak dapat membaca",
        "Cocokkan dengan kertas",
    ]
    shown = inputs(page)
    assert {name: shown[name] for name in ("votes_1", "votes_2", "votes_3", "disabled_p")} == {
        **{name: str(value) for name, value in wrong.items()},
        "votes_3": str(FIGURES["votes_3"]),
        "disabled_p": None,
    }
    assert ("valid" in shown, "invalid" in shown) == (False, False)
    assert f"ragu, mungkin {FIGURES['disabled_p'] // 10 * 10}" in page
    answer = client.post(COMPARE, {**{n: v or "1" for n, v in shown.items()}, "generation": "1"})
    assert answer.headers["Location"] == STATION
    opened = row().open_fields
    assert opened == {
        "votes_1": "differs",
        "votes_2": "differs",
        "votes_3": "unconfirmed",
        "disabled_l": "assisted",
        "disabled_p": "unconfirmed",
        "disabled_j": "assisted",
    }
    page = sign_in(node.small.operators[0]).get(ENTER).content.decode()
    assert inputs(page) == dict.fromkeys(n for n in chasil.field_ids(3) if n in opened)
    assert f'value="{wrong["votes_1"]}"' not in page
    assert re.findall(r'<img class="crop" src="([^"]+)"', page) == [
        reverse("crop", args=[ROW, PhotoReading.objects.get(page=chasil.page_of(name, 3)).pk, name])
        for name in chasil.field_ids(3)
        if name in opened
    ]
    answer = sign_in(node.small.operators[0]).post(ENTER, {**some(tuple(opened)), "generation": "1"})
    assert (answer.status_code, row().standing) == (302, Standing.VERIFIED)


def test_looking_again_after_the_reading_was_shown_is_no_second_opinion(node: Node, sign_in: SignIn) -> None:
    read(node)
    client = kpps(node, sign_in)
    wrong = {"votes_1": FIGURES["votes_1"] - 1, "votes_2": FIGURES["votes_2"] + 1}
    client.post(ENTER, {**some(BLIND, **wrong), "generation": "1", "blind": "1"})
    client.get(COMPARE)
    client.post(COMPARE, {**some((*REST, "votes_1", "votes_2")), "generation": "1"})
    now = row()
    assert now.verified is not None
    assert now.verified.figures() == FIGURES, "the sum of the votes proves both figures"
    assert Statement.objects.filter(human=True).count() == 2


def test_comparing_refuses_blank_and_broken_sums_until_they_are_declared(node: Node, sign_in: SignIn) -> None:
    read(node)
    client = kpps(node, sign_in)
    client.post(ENTER, {**some(BLIND), "generation": "1", "blind": "1"})
    client.get(COMPARE)
    before = state()
    answer = client.post(COMPARE, {**some(REST, disabled_l=""), "generation": "1"})
    assert (answer.status_code, "1 isian masih kosong" in answer.content.decode(), state()) == (400, True, before)
    broken = some(REST, ballots_used=FIGURES["ballots_used"] + 1)
    answer = client.post(COMPARE, {**broken, "generation": "1"})
    page = answer.content.decode()
    assert (answer.status_code, 'name="paper_wrong"' in page, "f-ballots_used-error" in page) == (422, True, True)
    assert state() == before
    assert client.post(COMPARE, {**broken, "generation": "1", "paper_wrong": "1"}).status_code == 302
    assert Statement.objects.filter(paper_wrong=True).count() == 1


@pytest.mark.parametrize("ready", [False, True])
def test_comparing_leads_back_when_there_is_nothing_to_compare(node: Node, sign_in: SignIn, ready: bool) -> None:
    if ready:
        read(node)
        verification.make_statement(node.small.kpps[ROW[:13]], ROW, FIGURES, node.small.at)
    client = kpps(node, sign_in)
    assert client.get(COMPARE).headers["Location"] == (STATION if ready else ENTER)
    assert Disclosure.objects.count() == 0


def test_the_reading_is_hidden_from_whoever_may_still_read_independently(node: Node, sign_in: SignIn) -> None:
    read(node)
    for actor in (node.small.kpps[ROW[:13]], node.small.operators[0]):
        page = sign_in(actor).get(STATION).content.decode()
        assert ("Angka disembunyikan" in page, "Bacaan mesin</th>" in page) == (True, False)
    assert Disclosure.objects.count() == 0
    page = sign_in(node.small.chairs[small.DISTRICTS[0]]).get(STATION).content.decode()
    assert "Bacaan mesin</th>" in page
    assert Disclosure.objects.count() == 1


def test_crop_shows_the_box_of_the_photo_and_nothing_else(node: Node, sign_in: SignIn) -> None:
    read(node)
    found = PhotoReading.objects.get(page=2)
    client = kpps(node, sign_in)
    answer = client.get(reverse("crop", args=[ROW, found.pk, "votes_1"]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.height == 72
    left, top, width, height = plain_reader.places(ROW, 2)["votes_1"]
    with Image.open(io.BytesIO(reads.sheet(ROW, 2))) as whole:
        edge = height * 0.35
        cut = whole.crop(
            (round(left - edge), round(top - edge), round(left + width + edge), round(top + height + edge))
        )
        expected = cut.resize(picture.size, Image.Resampling.LANCZOS)
    pairs = zip(picture.tobytes(), expected.tobytes(), strict=True)
    assert sum(abs(a - b) for a, b in pairs) / len(expected.tobytes()) < 4
    for args in ([ROW, found.pk, "roll_dpt_l"], [ROW, found.photo_id, "votes_1"]):
        assert client.get(reverse("crop", args=args)).status_code == 404
    other = small.row_id(small.STATIONS[1])
    assert client.get(reverse("crop", args=[other, found.pk, "votes_1"])).status_code == 403
    assert sign_in(node.small.operators[0]).get(reverse("crop", args=[other, found.pk, "votes_1"])).status_code == 404


def test_photo_carries_the_boxes_and_says_what_was_read(node: Node, sign_in: SignIn) -> None:
    read(node, unsure=("votes_2",))
    page = sign_in(node.small.operators[0]).get(STATION).content.decode()
    drawn = re.findall(
        r'<svg class="boxes" viewBox="0 0 300 400" preserveAspectRatio="none" aria-hidden="true">(.*?)</svg>', page
    )
    assert drawn[1] == '<path d="M175,25h45v11h-45zM175,50h45v11h-45z"/><path class="doubt" d="M175,37h45v11h-45z"/>'
    assert len(drawn) == 3
    assert "Dibaca mesin: 3 isian, 1 ragu." in page
    assert "Foto dibaca mesin (" in page and "3 isian, 1 ragu" in page


def test_flags_tell_the_officer_what_to_do_as_soon_as_the_photo_is_read(node: Node, sign_in: SignIn) -> None:
    client = kpps(node, sign_in)
    photo = SimpleUploadedFile("p.jpg", reads.sheet(ROW, 2), "image/jpeg")
    client.post(reverse("upload", args=[ROW]), {"page_3": "1", "photo": photo})
    for name in ("upload", "station"):
        page = client.get(reverse(name, args=[ROW])).content.decode()
        assert ("data-poll" in page, "Menunggu dibaca mesin." in page) == (True, True)
    blurred = plain_reader.page(ROW, 2, FIGURES, flags=(messages.reason("blurred"),))
    reads.read(node, {(ROW, 3): blurred})
    for name in ("upload", "station"):
        page = client.get(reverse(name, args=[ROW])).content.decode()
        assert "data-poll" not in page
        assert re.findall(r'<ul class="flags">(.*?)</ul>', page) == [
            f"<li>{messages.reason('blurred').text_id}</li><li>{messages.reason('wrong_page', seen=2, expected=3).text_id}</li>"
        ]


def test_a_failed_reading_says_nothing_and_people_go_on(node: Node, sign_in: SignIn) -> None:
    reads.send(node, ROW)
    ReadingJob.objects.update(state="failed")
    client = kpps(node, sign_in)
    page = client.get(reverse("upload", args=[ROW])).content.decode()
    assert ("data-poll" in page, "Menunggu dibaca" in page) == (False, False)
    assert inputs(client.get(ENTER).content.decode()) == dict.fromkeys(chasil.field_ids(3))


def test_upload_offers_exactly_the_pages_of_the_contest(node: Node, sign_in: SignIn) -> None:
    page = kpps(node, sign_in).get(reverse("upload", args=[ROW])).content.decode()
    assert re.findall(r'name="page_(\d)"', page) == ["1", "2", "3"]
    assert reading.machine_id() != reading.machine_id("another")


def test_work_leads_the_committee_to_the_comparison(node: Node, sign_in: SignIn) -> None:
    read(node)
    client = kpps(node, sign_in)
    client.post(ENTER, {**some(BLIND), "generation": "1", "blind": "1"})
    assert f'href="{COMPARE}"' in client.get(reverse("work")).content.decode()
