"""Convening, attendance, panels, clean stations together, and the pace, through the screens."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from support import small_election as small
from support.databases import Node

from sirekap.election.roles import Role
from sirekap.records.models import Attendance, HallScreen, Person, SessionCursor, StationContest
from sirekap.workflow import conduct

from .conftest import SignIn, read_out, state

DISTRICT = small.DISTRICTS[0]
FIRST, SECOND = small.VILLAGES[:2]
ROWS = small.rows_of(DISTRICT, (small.REGENT,))
ROW = ROWS[0]
PLAN = {"planned_at": "2024-11-29T09:00", "invited_at": "2024-11-28T08:00"}


def seq(row: str = ROW) -> str:
    return str(StationContest.objects.get(pk=row).last_seq)


def lead(node: Node, number: int = 0) -> Any:
    return node.small.members[DISTRICT][number]


def panels(node: Node, session: Any) -> None:
    """Two panels, one a village."""
    for number, village in enumerate((FIRST, SECOND)):
        conduct.open_panel(
            node.small.chairs[DISTRICT],
            session.pk,
            number + 1,
            [village],
            node.small.at,
            lead=lead(node, number).person,
        )


def test_chair_convenes_with_an_order_and_opens(node: Node, sign_in: SignIn) -> None:
    chair = sign_in(node.small.chairs[DISTRICT])
    address = reverse("convene", args=[DISTRICT])
    before = state()
    assert chair.post(address, {**PLAN, "planned_at": "besok"}).status_code == 400
    assert state() == before
    answer = chair.post(address, {**PLAN, f"urut-{SECOND}": "1"})
    session = SessionCursor.objects.get()
    assert (answer.headers["Location"], session.state) == (reverse("session", args=[session.pk]), "scheduled")
    assert session.events.get().detail["order"] == [SECOND, FIRST]
    assert "29 November 2024 09.00 WIB" in chair.get(reverse("session", args=[session.pk])).content.decode()
    chair.post(reverse("open_session", args=[DISTRICT]), {"contest": list(small.CONTESTS)})
    page = chair.get(reverse("session", args=[session.pk])).content.decode()
    first = small.rows_of(SECOND)[0]
    assert reverse("item", args=[session.pk, first]) in page


def test_session_without_invitation_or_quorum_is_warned_and_goes_on(node: Node, sign_in: SignIn) -> None:
    session, chair = read_out(node), sign_in(node.small.chairs[DISTRICT])
    page = chair.get(reverse("session", args=[session.pk])).content.decode()
    assert "Undangan rapat ini belum dicatat" in page
    assert "Belum kuorum" in page
    assert chair.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": seq()}).status_code == 302


def test_attendance_counts_members_and_keeps_names_out_of_the_ledger(node: Node, sign_in: SignIn) -> None:
    session, chair = read_out(node), sign_in(node.small.chairs[DISTRICT])
    here = reverse("attendance", args=[session.pk])
    for person, capacity in ((node.small.chairs[DISTRICT], "chair"), (lead(node), "member"), (lead(node, 1), "member")):
        chair.post(here, {"person": str(person.person), "capacity": capacity, "present": "1"})
    witness = {"capacity": "witness", "name": "Saksi Satu", "pair": f"{small.REGENT}-2", "mandate": "M-12/2024"}
    before, people = state(), Person.objects.count()
    assert chair.post(here, {**witness, "mandate": "Saksi Satu"}).status_code == 400
    assert (state(), Person.objects.count()) == (before, people)
    chair.post(here, witness)
    page = chair.get(here).content.decode()
    assert ("Kuorum tercapai" in page, "Hadir 3 anggota" in page, "Saksi Satu" in page) == (True, True, True)
    entry = Attendance.objects.order_by("entry_id").last().entry  # type: ignore[union-attr]
    assert b"Saksi Satu" not in bytes(entry.content)
    gone = {"person": str(lead(node).person), "capacity": "member", "present": "0"}
    chair.post(here, gone)
    assert "Belum kuorum" in chair.get(here).content.decode()
    assert chair.post(here, gone).status_code == 409


def test_each_panel_reads_its_villages_and_no_other(node: Node, sign_in: SignIn) -> None:
    session = read_out(node)
    panels(node, session)
    member = sign_in(lead(node))
    own = reverse("panel", args=[session.pk, 1])
    page = member.get(own).content.decode()
    assert reverse("item", args=[session.pk, ROW]) in page
    rows = small.rows_of(FIRST, (small.REGENT,))
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        answer = member.post(reverse("accept", args=[session.pk, row]), {"last_seq": seq(row)})
        expected = reverse("item", args=[session.pk, following]) if following else own
        assert answer.headers["Location"] == expected
    other = small.rows_of(SECOND, (small.REGENT,))[0]
    before = state()
    assert "Terima <kbd>" not in member.get(reverse("item", args=[session.pk, other])).content.decode()
    for name in ("accept", "defer"):
        assert member.post(reverse(name, args=[session.pk, other]), {"last_seq": seq(other)}).status_code == 403
    assert member.get(reverse("correct", args=[session.pk, other])).status_code == 403
    assert state() == before


def test_chair_opens_and_closes_panels(node: Node, sign_in: SignIn) -> None:
    session, chair = read_out(node), sign_in(node.small.chairs[DISTRICT])
    here = reverse("panels", args=[session.pk])
    before = state()
    for wrong in ({"number": "5"}, {"lead": "x"}, {"village": small.VILLAGES[2]}, {"village": []}):
        data = {"number": "1", "lead": str(lead(node).person), "village": FIRST, **wrong}
        assert chair.post(here, data).status_code == 400
    assert state() == before
    chair.post(here, {"number": "1", "lead": str(lead(node).person), "village": FIRST})
    assert [(p.number, p.villages) for p in conduct.open_panels(session)] == [(1, (FIRST,))]
    member = sign_in(lead(node))
    assert member.post(here, {"number": "2", "lead": str(lead(node, 1).person), "village": SECOND}).status_code == 403
    chair.post(reverse("close_panel", args=[session.pk, 1]))
    assert conduct.open_panels(session) == []
    assert chair.get(reverse("panel", args=[session.pk, 1])).status_code == 404


def test_clean_stations_of_a_village_are_accepted_by_one_act(node: Node, sign_in: SignIn) -> None:
    session, chair = read_out(node), sign_in(node.small.chairs[DISTRICT])
    address = reverse("accept_clean", args=[session.pk, FIRST])
    rows = small.rows_of(FIRST, (small.REGENT,))
    page = chair.get(address).content.decode()
    assert [f'value="{row}"' in page for row in rows] == [True] * len(rows)
    data = {"row": rows, **{f"seq-{row}": seq(row) for row in rows}}
    before = state()
    assert chair.post(address, {**data, f"seq-{rows[1]}": "1"}).status_code == 409
    assert chair.post(address, {}).status_code == 400
    assert state() == before
    assert chair.post(address, data).status_code == 302
    assert state()[0] == before[0] + 1
    assert set(StationContest.objects.filter(pk__in=rows).values_list("decided_tier", flat=True)) == {1}
    assert "Tidak ada yang dapat diterima bersama" in chair.get(address).content.decode()


def test_undone_decision_is_read_again(node: Node, sign_in: SignIn) -> None:
    session, chair = read_out(node), sign_in(node.small.chairs[DISTRICT])
    chair.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": seq()})
    undo = reverse("undo", args=[session.pk, ROW])
    before = state()
    assert chair.post(undo, {"reason": "", "last_seq": seq()}).status_code == 400
    assert chair.post(undo, {"reason": "Salah tekan", "last_seq": "1"}).status_code == 409
    assert state() == before
    assert chair.post(undo, {"reason": "Salah tekan", "last_seq": seq()}).status_code == 302
    assert "Belum dibacakan" in chair.get(reverse("item", args=[session.pk, ROW])).content.decode()


def test_hall_follows_whoever_presides_and_nobody_else(node: Node, sign_in: SignIn) -> None:
    session = read_out(node)
    panels(node, session)
    chair, supervisor = sign_in(lead(node)), sign_in(node.small.others[Role.SUPERVISOR])
    version, hall = reverse("hall_version", args=[session.pk]), reverse("hall", args=[session.pk])
    empty = supervisor.get(version).json()
    supervisor.get(reverse("item", args=[session.pk, ROW]))
    assert (supervisor.get(version).json(), HallScreen.objects.count()) == (empty, 0)
    chair.get(reverse("item", args=[session.pk, ROW]))
    shown = supervisor.get(version).json()
    assert (shown != empty, HallScreen.objects.get().panel) == (True, 1)
    page = supervisor.get(hall).content.decode()
    assert ("TPS 001" in page, f">{small.figures(ROW)['votes_1']}<" in page) == (True, True)
    assert "TPS 001" not in supervisor.get(hall, {"panel": "2"}).content.decode()
    chair.post(reverse("accept", args=[session.pk, ROW]), {"last_seq": seq()})
    assert supervisor.get(version).json() != shown
    assert supervisor.post(hall).status_code == 405


@pytest.mark.parametrize("region", [small.REGENCY, small.PROVINCE])
def test_pace_lists_the_sessions_at_work(node: Node, sign_in: SignIn, region: str) -> None:
    read_out(node)
    page = sign_in(node.small.chairs[region]).get(reverse("pacing", args=[region])).content.decode()
    assert ("Kecamatan Satu" in page, "1 rapat berlangsung" in page) == (True, True)
