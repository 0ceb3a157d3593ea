"""Sessions through the screens: reading, correcting with two persons, recount, closing, determining."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from support import small_election as small
from support.databases import Node

from sirekap.election.standing import Standing, Tier
from sirekap.records.models import ContestCursor, Correction, SessionCursor, StationContest
from sirekap.workflow import conduct

from .conftest import BOTH, PASSWORD, SignIn, account, read_out, state, typed, typed_back

DISTRICT = small.DISTRICTS[0]
ROW = small.row_id(small.STATIONS[0])


@pytest.fixture
def chair(node: Node, sign_in: SignIn) -> Client:
    return sign_in(node.small.chairs[DISTRICT])


def seq(row: str = ROW) -> str:
    return str(StationContest.objects.get(pk=row).last_seq)


def second(node: Node, region: str = DISTRICT, number: int = 0) -> dict[str, str]:
    """The second person's signature."""
    user = account(node.small.members[region][number])
    return {"second_username": user.username, "second_password": PASSWORD}


def correction(node: Node, **changes: object) -> dict[str, Any]:
    """A sound correction: two votes move from pair 1 to pair 2."""
    return {
        **typed(ROW, 2),
        "reason": "Turus keliru dibaca",
        "evidence": SimpleUploadedFile("b.png", small.photo("bukti"), "image/png"),
        "last_seq": seq(),
        **second(node),
        **changes,
    }


def test_chair_opens_reads_every_station_and_closes(node: Node, chair: Client) -> None:
    for row in small.rows_of(DISTRICT, (small.REGENT,)):
        small.verify(node.small, node.store, row)
    answer = chair.post(reverse("open_session", args=[DISTRICT]), {"contest": small.REGENT})
    session = SessionCursor.objects.get()
    assert answer.headers["Location"] == reverse("session", args=[session.pk])
    here = reverse("item", args=[session.pk, ROW])
    order = small.rows_of(DISTRICT, (small.REGENT,))
    for row, following in zip(order, [*order[1:], None], strict=True):
        answer = chair.post(reverse("accept", args=[session.pk, row]), {"last_seq": seq(row)})
        here = answer.headers["Location"]
        expected = ("item", session.pk, following) if following else ("session", session.pk)
        assert here == reverse(expected[0], args=expected[1:])
    assert "Tutup rapat" in chair.get(here).content.decode()
    close = reverse("close", args=[session.pk])
    before = state()
    assert chair.post(close, {**typed_back(session), f"{small.REGENT}-1": "zzzz"}).status_code == 400
    assert state() == before
    assert chair.post(close, typed_back(session)).status_code == 302
    standings = StationContest.objects.filter(pk__in=order).values_list("standing", flat=True)
    assert set(standings) == {Standing.DISTRICT}


def test_correction_records_only_what_changed_with_two_signatures(node: Node, chair: Client) -> None:
    session = read_out(node)
    answer = chair.post(reverse("correct", args=[session.pk, ROW]), correction(node))
    assert answer.status_code == 302, answer.content.decode()
    found = Correction.objects.get()
    assert {f.field for f in found.fields.all()} == {"votes_1", "votes_2"}
    assert (found.first, found.second) == (
        node.small.chairs[DISTRICT].person,
        node.small.members[DISTRICT][0].person,
    )
    assert chair.get(reverse("photo", args=[found.evidence])).content == small.photo("bukti")
    assert "Turus keliru dibaca" in chair.get(reverse("station", args=[ROW])).content.decode()


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({"second_password": "salah"}, 403, "Orang kedua belum menandatangani"),
        ({"second_username": ""}, 403, "Orang kedua belum menandatangani"),
        ({"reason": ""}, 400, "Alasan wajib diisi"),
        ({"evidence": ""}, 400, "Koreksi perlu bukti"),
        ({"votes_1": "1"}, 422, "hitungan tidak cocok"),
        ({"votes_1": "-4"}, 400, "tidak mungkin tertulis"),
        ({"last_seq": "1"}, 409, "sudah berubah sejak layar Anda dibuka"),
    ],
)
def test_unfit_correction_is_refused_and_changes_nothing(
    node: Node, chair: Client, changes: dict[str, str], status: int, text: str
) -> None:
    session, data = read_out(node), correction(node, **changes)
    before = state()
    answer = chair.post(reverse("correct", args=[session.pk, ROW]), data)
    assert (answer.status_code, text in answer.content.decode()) == (status, True), answer.content.decode()
    assert state() == before


def test_the_second_person_may_not_be_the_first(node: Node, chair: Client) -> None:
    session = read_out(node)
    own = {"second_username": account(node.small.chairs[DISTRICT]).username, "second_password": PASSWORD}
    data = correction(node, **own)
    before = state()
    answer = chair.post(reverse("correct", args=[session.pk, ROW]), data)
    assert (answer.status_code, state()) == (403, before)
    assert "dua orang yang berbeda" in answer.content.decode()


def test_correction_without_a_change_is_refused(node: Node, chair: Client) -> None:
    session, data = read_out(node), {**correction(node), **typed(ROW)}
    before = state()
    answer = chair.post(reverse("correct", args=[session.pk, ROW]), data)
    assert (answer.status_code, state()) == (400, before)


def test_stale_acceptance_is_refused(node: Node, chair: Client) -> None:
    session, before = read_out(node), state()
    answer = chair.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": "1"})
    assert (answer.status_code, state()) == (409, before)
    assert "Data TPS ini berubah sejak layar Anda dibuka" in answer.content.decode()


def test_who_comes_second_is_told_who_was_first(node: Node, sign_in: SignIn, chair: Client) -> None:
    session, lead = read_out(node), node.small.members[DISTRICT][0]
    conduct.open_panel(node.small.chairs[DISTRICT], session.pk, 1, [small.VILLAGES[0]], node.small.at, lead=lead.person)
    member, shown = sign_in(lead), seq()
    assert chair.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": shown}).status_code == 302
    before = state()
    answer = member.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": shown})
    assert (answer.status_code, state()) == (409, before)
    page = answer.content.decode()
    assert [text in page for text in (f"Ketua {DISTRICT} lebih dulu memutuskan", ": diterima.", "TPS 002")] == [
        True
    ] * 3
    own = chair.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": shown}).content.decode()
    assert "Anda sendiri sudah memutuskan TPS ini" in own


def test_deferred_station_comes_last(node: Node, chair: Client) -> None:
    session = read_out(node)
    defer = reverse("defer", args=[session.pk, ROW])
    assert chair.post(defer, {"reason": "", "last_seq": seq()}).status_code == 400
    assert chair.post(defer, {"reason": "Kotak belum tiba", "last_seq": "1"}).status_code == 409
    answer = chair.post(defer, {"reason": "Kotak belum tiba", "last_seq": seq()})
    order = small.rows_of(DISTRICT, (small.REGENT,))
    assert answer.headers["Location"] == reverse("item", args=[session.pk, order[1]])
    for row in order[1:]:
        answer = chair.post(reverse("accept", args=[session.pk, row]), {"last_seq": seq(row)})
    assert answer.headers["Location"] == reverse("item", args=[session.pk, ROW])


def test_recount_opens_a_generation_that_two_persons_fill(node: Node, chair: Client) -> None:
    session = read_out(node)
    recount, box = reverse("recount", args=[session.pk, ROW]), reverse("from_box", args=[session.pk, ROW])
    before = state()
    assert (chair.post(recount, {"reason": "whim", "last_seq": seq()}).status_code, state()) == (400, before)
    assert (chair.post(recount, {"reason": "illegible", "last_seq": "1"}).status_code, state()) == (409, before)
    assert chair.post(recount, {"reason": "illegible", "last_seq": seq()}).status_code == 302
    assert StationContest.objects.get(pk=ROW).generation == 2
    before = state()
    assert chair.post(box, {**typed(ROW), "last_seq": seq()}).status_code == 403
    assert state() == before
    answer = chair.post(box, {**typed(ROW, 3), "last_seq": seq(), **second(node)})
    assert answer.status_code == 302, answer.content.decode()
    assert StationContest.objects.get(pk=ROW).verified.figures() == small.figures(ROW, 3)


def test_station_without_figures_is_read_from_the_box(node: Node, chair: Client) -> None:
    session = small.open_session(node.small, DISTRICT, (small.REGENT,))
    box, before = reverse("from_box", args=[session.pk, ROW]), state()
    answer = chair.post(box, {**typed(ROW, valid=""), "last_seq": seq(), **second(node)})
    assert (answer.status_code, state()) == (400, before)
    assert "1 isian kosong" in answer.content.decode()
    assert chair.post(box, {**typed(ROW), "last_seq": seq(), **second(node)}).status_code == 302
    assert StationContest.objects.get(pk=ROW).decided.figures() == small.figures(ROW)


def test_wrong_contest_and_unfinished_session_are_refused(node: Node, chair: Client) -> None:
    before = state()
    answer = chair.post(reverse("open_session", args=[DISTRICT]), {"contest": "pkwkk-3217"})
    assert (answer.status_code, state()) == (400, before)
    session = read_out(node)
    other = small.row_id(small.STATIONS[0], small.GOVERNOR)
    assert chair.get(reverse("item", args=[session.pk, other])).status_code == 404
    before = state()
    assert chair.post(reverse("accept", args=[session.pk, other]), {"last_seq": seq(other)}).status_code == 400
    assert chair.post(reverse("close", args=[session.pk])).status_code == 409
    assert state() == before


def test_adjourned_session_resumes(node: Node, chair: Client) -> None:
    session = read_out(node)
    chair.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": seq()})
    assert "Diskors" in chair.post(reverse("adjourn", args=[session.pk]), follow=True).content.decode()
    assert "Pembacaan" in chair.post(reverse("resume", args=[session.pk]), follow=True).content.decode()


@BOTH
def test_regency_takes_closed_districts_and_determines(node: Node, sign_in: SignIn) -> None:
    for row in small.rows_of("32"):
        small.verify(node.small, node.store, row)
    small.close_district(node.small, DISTRICT)
    client = sign_in(node.small.chairs[small.REGENCY])
    client.post(reverse("open_session", args=[small.REGENCY]), {"contest": list(small.CONTESTS)})
    session = SessionCursor.objects.get(tier=Tier.REGENCY)
    page = client.get(reverse("session", args=[session.pk])).content.decode()
    assert page.count("Bacakan<span") == 1
    assert client.post(reverse("take", args=[session.pk, small.DISTRICTS[1]])).status_code == 409
    determine = reverse("determine", args=[small.REGENT])
    assert client.post(determine, {"number": "SK 1/2024"}).status_code == 409
    small.close_district(node.small, small.DISTRICTS[1])
    for district in small.DISTRICTS:
        client.post(reverse("take", args=[session.pk, district]))
    client.post(reverse("close", args=[session.pk]), typed_back(session))
    assert client.post(determine, {"number": "SK 1/2024", "population": "banyak"}).status_code == 400
    assert client.post(determine, {"number": "SK 1/2024", "population": "3.200.000"}).status_code == 302
    assert (ContestCursor.objects.get(pk=small.REGENT).state, ContestCursor.objects.get(pk=small.REGENT).winner) == (
        "determined",
        1,
    )
    assert "Hasil yang ditetapkan KPU" in client.get(reverse("region", args=[small.REGENCY])).content.decode()
