"""Attendance, quorum and panels: who is recorded, who presides where, what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node
from support.plenaries import people_of, row
from support.typed import typed_back

from sirekap.election.conduct import Quorum
from sirekap.records.models import ItemDecision, Person, SessionCursor
from sirekap.workflow import conduct, people, plenary
from sirekap.workflow.conduct import Panel

DISTRICT, OTHER = se.DISTRICTS
VILLAGE, SECOND = se.VILLAGES[:2]
ROW, ELSEWHERE = se.rows_of(VILLAGE)[0], se.rows_of(SECOND)[0]
PAIR = f"{se.REGENT}-1"
LATER = se.AT + timedelta(hours=1)


@pytest.fixture
def session(local: Node) -> SessionCursor:
    """An open district session."""
    return se.open_session(local.small, DISTRICT)


def come(node: Node, session: SessionCursor, capacity: str, **more: Any) -> None:
    conduct.record_attendance(node.small.operators[0], session.pk, capacity, LATER, **more)


def test_quorum_counts_present_members_once(local: Node, session: SessionCursor) -> None:
    small = local.small
    third = small.appoint("Anggota ketiga", se.Role.MEMBER, DISTRICT).person
    chair, (one, two) = small.chairs[DISTRICT].person, [m.person for m in small.members[DISTRICT]]
    come(local, session, "chair", person=chair)
    come(local, session, "member", person=one)
    assert conduct.quorum(session) == Quorum(present=2, needed=3) and not conduct.quorum(session).met
    come(local, session, "member", person=two)
    come(local, session, "member", person=third)
    come(local, session, "member", person=one, present=False)
    assert conduct.quorum(session) == Quorum(present=3, needed=3) and conduct.quorum(session).met
    assert [(a.person_id, a.present) for a in conduct.attendance(session)] == [
        (chair, True),
        (two, True),
        (third, True),
        (one, False),
    ]


def test_attendance_of_a_witness_keeps_the_name_out_of_the_ledger(local: Node, session: SessionCursor) -> None:
    person = people.register_person("Siti Rahmawati", LATER)
    come(local, session, "witness", person=person.pk, pair=PAIR, mandate=" 012/SM-1/XI/2024 ")
    assert last_entry("attendance.recorded")["body"] == {
        "session": str(session.pk),
        "capacity": "witness",
        "pair": PAIR,
        "person": str(person.pk),
        "commitment": people.commitment(bytes(person.salt), "Siti Rahmawati"),
        "mandate": "012/SM-1/XI/2024",
        "present": True,
    }
    come(local, session, "observer")
    assert [(a.capacity, a.pair_id, a.person_id) for a in conduct.attendance(session)] == [
        ("witness", PAIR, person.pk),
        ("observer", None, None),
    ]


def test_attendance_refused(local: Node, session: SessionCursor) -> None:
    small, person = local.small, people.register_person("Siti", LATER).pk
    chair = small.chairs[DISTRICT].person
    letter = {"mandate": "1/SM/2024"}
    refusals: list[tuple[str, int, str, dict[str, Any]]] = [
        ("capacity", 400, "guest", {}),
        ("pair", 400, "witness", {"person": person, **letter}),
        ("pair", 400, "witness", {"person": person, "pair": "pkwkk-3217-1", **letter}),
        ("pair", 400, "supervisor", {"person": person, "pair": PAIR}),
        ("mandate_number", 400, "witness", {"person": person, "pair": PAIR}),
        ("mandate_number", 400, "witness", {"person": person, "pair": PAIR, "mandate": "Siti Rahmawati"}),
        ("not_found", 404, "member", {}),
        ("not_found", 404, "observer", {"person": session.pk}),
        ("no_office", 400, "member", {"person": chair}),
        ("no_office", 400, "chair", {"person": small.chairs[OTHER].person}),
        ("already_recorded", 409, "observer", {"person": person, "present": False}),
    ]
    for code, status, capacity, more in refusals:
        with refused(code, status):
            come(local, session, capacity, **more)
    with refused("out_of_scope", 403):
        conduct.record_attendance(small.others[se.Role.WITNESS], session.pk, "chair", LATER, person=chair)
    come(local, session, "chair", person=chair)
    with refused("already_recorded"):
        come(local, session, "chair", person=chair)
    assert Person.objects.filter(pk=person).exists()


def test_panel_lead_presides_over_their_villages_only(local: Node, session: SessionCursor) -> None:
    chair, member = people_of(local)
    with refused("out_of_scope", 403):
        plenary.take_from_box(member, chair, session.pk, ROW, se.figures(ROW), LATER)
    conduct.open_panel(chair, session.pk, 2, [VILLAGE], LATER, lead=member.person)
    assert last_entry("panel.changed")["body"] == {
        "session": str(session.pk),
        "number": 2,
        "event": "opened",
        "villages": [VILLAGE],
        "lead": str(member.person),
    }
    assert conduct.open_panels(session) == [Panel(2, (VILLAGE,), member.person, LATER)]
    plenary.take_from_box(member, chair, session.pk, ROW, se.figures(ROW), LATER)
    assert last_entry("item.decided")["actor"] == {"person": str(member.person), "role": "member", "region": DISTRICT}
    plenary.undo(member, session.pk, ROW, "Salah ketik", LATER)
    with refused("two_persons", 403):
        plenary.take_from_box(member, member, session.pk, ROW, se.figures(ROW), LATER)
    with refused("out_of_scope", 403):
        plenary.take_from_box(member, chair, session.pk, ELSEWHERE, se.figures(ELSEWHERE), LATER)
    with refused("out_of_scope", 403):
        plenary.adjourn(member, session.pk, LATER)
    plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    conduct.close_panel(chair, session.pk, 2, LATER)
    assert (conduct.open_panels(session), row().decided_tier, ItemDecision.objects.count()) == ([], 1, 2)
    with refused("out_of_scope", 403):
        plenary.defer(member, session.pk, ROW, "Nanti", LATER)


def test_panel_refused(local: Node, session: SessionCursor) -> None:
    small, (chair, member) = local.small, people_of(local)
    other = small.members[DISTRICT][1].person
    regency = se.open_session(small, se.REGENCY)

    def opening(number: int = 1, villages: tuple[str, ...] = (SECOND,), lead: Any = other) -> None:
        conduct.open_panel(chair, session.pk, number, villages, LATER, lead=lead)

    conduct.open_panel(chair, session.pk, 1, [VILLAGE], LATER, lead=member.person)
    for number in (0, 5, True):
        with refused("panel_number", 400):
            opening(number)
    with refused("panel_number", 400):
        conduct.open_panel(small.chairs[se.REGENCY], regency.pk, 1, [VILLAGE], LATER, lead=other)
    for villages in ((), (SECOND, SECOND), (se.VILLAGES[2],), ("3216",)):
        with refused("villages", 400):
            opening(2, villages)
    with refused("village_taken"):
        opening(2, (VILLAGE, SECOND))
    with refused("panel_lead", 400):
        opening(2, lead=small.members[OTHER][0].person)
    with refused("panel_open"):
        opening(1)
    with refused("panel_open"):
        opening(2, lead=member.person)
    with refused("not_found", 404):
        conduct.close_panel(chair, session.pk, 3, LATER)
    with refused("out_of_scope", 403):
        conduct.open_panel(member, session.pk, 2, [SECOND], LATER, lead=other)


def test_closing_a_session_ends_its_panels(local: Node, session: SessionCursor) -> None:
    chair, member = people_of(local)
    conduct.open_panel(chair, session.pk, 1, [VILLAGE], LATER, lead=member.person)
    for pk in se.rows_of(DISTRICT):
        plenary.take_from_box(chair, member, session.pk, pk, se.figures(pk), LATER)
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    assert conduct.open_panels(session) == []
    with refused("session_closed"):
        conduct.open_panel(chair, session.pk, 1, [VILLAGE], LATER, lead=member.person)
    with refused("session_closed"):
        come(local, session, "chair", person=chair.person)
    plenary.reopen_session(chair, session.pk, "Perintah KPU kabupaten", LATER, cause="instruction")
    assert conduct.open_panels(session) == []
