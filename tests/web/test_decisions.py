"""Regency and commission through the screens: finishing order, sheet versions, orders, the court, the elected pair."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from support import small_election as small
from support import story
from support.databases import Node

from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.records.models import ContestCursor, Elected, Generation, SessionCursor, StationContest
from sirekap.simulate import west_java
from sirekap.workflow import determination, documents, plenary, received

from .conftest import SignIn, state

FIRST, SECOND = small.DISTRICTS
ROW = small.row_id(small.STATIONS[0])
ORDER = {
    "tps": ROW[:13],
    "contest": small.REGENT,
    "kind": "PSU",
    "reason": "double",
    "basis": "supervisor",
    "number": "77/2024",
    "voting_date": "2024-12-04",
}


def closed_districts(node: Node, *districts: str) -> None:
    for row in small.rows_of("32"):
        small.verify(node.small, node.store, row)
    for hours, district in enumerate(districts):
        small.close_district(node.small, district) if not hours else _later(node, district)


def _later(node: Node, district: str) -> None:
    """The same a day later."""
    kept, node.small.at = node.small.at, node.small.at + timedelta(days=1)
    small.close_district(node.small, district)
    node.small.at = kept


def regency(node: Node) -> Any:
    return small.open_session(node.small, small.REGENCY)


def ratified(node: Node) -> Any:
    """The regency's session, closed."""
    from support.typed import typed_back

    closed_districts(node, FIRST, SECOND)
    session = regency(node)
    chair = node.small.chairs[small.REGENCY]
    for district in (FIRST, SECOND):
        plenary.take_region(chair, session.pk, district, node.small.at)
    plenary.close_session(chair, session.pk, node.small.at, typed_back(session))
    return session


@pytest.fixture
def chair(node: Node, sign_in: SignIn) -> Client:
    return sign_in(node.small.chairs[small.REGENCY])


def test_regions_are_read_in_finishing_order_while_others_work(node: Node, chair: Client) -> None:
    closed_districts(node, SECOND, FIRST)
    session = regency(node)
    here = reverse("session", args=[session.pk])
    page = chair.get(here).content.decode()
    places = [page.index(f"bacakan/{code}") for code in (SECOND, FIRST)]
    assert places == sorted(places)
    assert page.count("Menunggu tanda tangan") == 4
    chair.post(reverse("take", args=[session.pk, SECOND]))
    hall = chair.get(reverse("hall", args=[session.pk])).content.decode()
    votes = sum(small.figures(row)["votes_1"] for row in small.rows_of(SECOND, (small.REGENT,)))
    assert ("<h1>Kecamatan Dua</h1>" in hall, f"<dd>{votes}</dd>" in hall) == (True, True)
    page = chair.get(here).content.decode()
    assert (f"bacakan/{SECOND}" in page, f"bacakan/{FIRST}" in page) == (False, True)


def test_correction_above_replaces_the_lower_sheet_and_shows_row_by_row_what_changed(
    node: Node, chair: Client, sign_in: SignIn
) -> None:
    closed_districts(node, FIRST)
    session = regency(node)
    plenary.take_region(node.small.chairs[small.REGENCY], session.pk, FIRST, node.small.at)
    before = small.figures(ROW)
    changes = {"votes_1": before["votes_1"] - 2, "votes_2": before["votes_2"] + 2}
    story.correct(node.small, node.store, small.REGENCY, session, ROW, **changes)
    page = sign_in(node.small.chairs[FIRST]).get(reverse("sheet", args=[small.REGENT, FIRST])).content.decode()
    assert [
        text in page for text in ("versi 2 berlaku", "Menunggu tanda tangan", "Selisih dari versi 1", "Salah salin")
    ] == [True] * 4
    assert f"<del>{before['votes_1']}</del>" in page
    assert f"<ins>{before['votes_1'] - 2}</ins>" in page
    assert "1 lembar di bawah diganti" in chair.get(reverse("session", args=[session.pk])).content.decode()
    assert chair.get(reverse("sheet", args=[small.GOVERNOR, small.REGENCY])).status_code == 404


def test_province_reads_a_regency_that_another_node_counted(node: Node, sign_in: SignIn, tmp_path: Path) -> None:
    result = next(r for r in west_java.results(1, (0, 0, 0, 0), 0) if r.region == "3279")
    sender, file = west_java.node_key(1, "3279"), tmp_path / "3279.tar"
    note = sign_checkpoint(Checkpoint(sender.name, 1, bytes(32)), sender).decode()
    received.write_result(file, result, note, sender)
    received.receive_region(node.small.administrator, file, node.store, node.small.at, sender.verifier)
    session = small.open_session(node.small, small.PROVINCE, (small.GOVERNOR,))
    province = sign_in(node.small.chairs[small.PROVINCE])
    here = reverse("session", args=[session.pk])
    page = province.get(here).content.decode()
    assert [text in page for text in ("Kota Banjar", "diterima dari simpul lain", "bacakan/3279")] == [True] * 3
    assert province.post(reverse("take", args=[session.pk, "3279"])).headers["Location"] == here
    hall = province.get(reverse("hall", args=[session.pk])).content.decode()
    votes = int(result.figures[:, result.fields.index("votes_4")].sum())
    assert ("<h1>Kota Banjar</h1>" in hall, f"<dd>{votes:,}</dd>".replace(",", ".") in hall) == (True, True)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"tps": "9999999999999"}, 400),
        ({"kind": "HSU"}, 400),
        ({"reason": "illegible"}, 400),
        ({"voting_date": "besok"}, 400),
        ({"voting_date": "2024-11-01"}, 400),
        ({"number": ""}, 400),
        ({"basis": "whim"}, 400),
    ],
)
def test_unfit_order_is_refused(node: Node, chair: Client, changes: dict[str, str], status: int) -> None:
    before = state()
    answer = chair.post(reverse("order", args=[small.REGENCY]), {**ORDER, **changes})
    assert (answer.status_code, state()) == (status, before), answer.content.decode()


def test_ordered_revote_names_the_sessions_to_reopen(node: Node, chair: Client, sign_in: SignIn) -> None:
    closed_districts(node, FIRST)
    here = reverse("order", args=[small.REGENCY])
    assert chair.post(here, ORDER).headers["Location"] == here
    found = Generation.objects.get()
    assert (found.kind, found.order["number"], StationContest.objects.get(pk=ROW).generation) == ("PSU", "77/2024", 2)
    page = chair.get(here).content.decode()
    session = SessionCursor.objects.get()
    assert ("perlu dibuka kembali" in page, reverse("session", args=[session.pk]) in page) == (True, True)
    district = sign_in(node.small.chairs[FIRST])
    reopen = reverse("reopen", args=[session.pk])
    assert district.post(reopen, {"cause": "whim", "reason": "Pemungutan suara ulang"}).status_code == 400
    assert district.post(reopen, {"cause": "generation", "reason": "Pemungutan suara ulang"}).status_code == 302
    page = district.get(reverse("session", args=[session.pk])).content.decode()
    assert reverse("item", args=[session.pk, ROW]) in page
    assert "perlu dibuka kembali" not in chair.get(here).content.decode()


def test_commission_goes_from_the_result_to_the_elected_pair(node: Node, chair: Client) -> None:
    ratified(node)
    here = reverse("determine", args=[small.REGENT])
    chair.post(here, {"number": "2901/2024", "population": "900.000"})
    page = chair.get(here).content.decode()
    assert ("Masa permohonan ke MK" in page, "2901/2024" in page) == (True, True)
    assert ("Ambang ke MK (1,0% suara sah)" in page, "Selisih dalam ambang" in page) == (True, True)
    record = reverse("court_record", args=[small.REGENT])
    assert chair.post(record, {"event": "dismissed", "reference": "1/2025", "dated": "2024-11-27"}).status_code == 409
    assert chair.post(record, {"event": "petition", "reference": "1/2025", "dated": "kapan"}).status_code == 400
    elect = reverse("elect", args=[small.REGENT])
    assert chair.post(elect, {"basis": "rumour", "reference": "x/2025"}).status_code == 400
    chair.post(elect, {"basis": "brpk", "reference": "BRPK 1/2025", "decision_number": "12/2025"})
    assert (Elected.objects.get().pair, ContestCursor.objects.get(pk=small.REGENT).state) == (1, "elected")
    decree = reverse("issue_decree", args=[small.REGENT])
    assert chair.post(decree, {"kind": "daftar_hadir"}).status_code == 404
    made = [chair.post(decree, {"kind": kind}).headers["Location"] for kind in ("sk_hasil", "sk_terpilih")]
    assert [chair.get(address).status_code for address in made] == [200, 200]
    page = chair.get(here).content.decode()
    assert ("SK penetapan hasil" in page, "Pasangan calon terpilih: nomor urut 1" in page) == (True, True)


def test_ruling_puts_a_determined_contest_back_and_nothing_is_erased(node: Node, chair: Client) -> None:
    ratified(node)
    determination.determine(node.small.chairs[small.REGENCY], small.REGENT, "2901/2024", node.small.at)
    over = reverse("supersede", args=[small.REGENT])
    before = state()
    assert chair.post(over, {"basis": "wish", "reference": "5/2025"}).status_code == 400
    assert state() == before
    chair.post(over, {"basis": "ruling", "reference": "5/PHP.BUP/2025"})
    page = chair.get(reverse("determine", args=[small.REGENT])).content.decode()
    assert [text in page for text in ("Bukan hasil resmi", "dibatalkan", "5/PHP.BUP/2025", "Tetapkan hasil")] == [
        True
    ] * 4


def test_who_has_to_sign_finds_it_among_their_tasks(node: Node, sign_in: SignIn) -> None:
    closed_districts(node, FIRST)
    chair, session = node.small.chairs[FIRST], SessionCursor.objects.get()
    documents.issue(chair, node.store, "dhasil_kecamatan", session, node.small.at, contest=small.REGENT)
    member = sign_in(node.small.members[FIRST][0])
    assert "Menunggu tanda tangan Anda" in member.get(reverse("work")).content.decode()
    assert "Menunggu tanda tangan Anda" not in sign_in(node.small.operators[0]).get(reverse("work")).content.decode()
    page = member.get(reverse("materials", args=[small.REGENT, FIRST])).content.decode()
    assert "Terbitkan PDF" in page
