"""Pace, call-outs, warnings and the order of reading of real sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.conf import settings
from support import small_election as se
from support.databases import Node
from support.plenaries import closed_district, people_of

from sirekap.config import load
from sirekap.election.conduct import Pace
from sirekap.election.timetable import PILKADA_2024, with_window
from sirekap.records.models import SessionCursor
from sirekap.workflow import conduct, pace, plenary

DISTRICT, OTHER = se.DISTRICTS
FIRST, SECOND = se.VILLAGES[:2]
START = datetime(2024, 11, 29, 2, tzinfo=UTC)


def minutes(count: float) -> datetime:
    return START + timedelta(minutes=count)


def read(node: Node, session: SessionCursor, stations: list[str], at: datetime) -> None:
    chair, member = people_of(node)
    for station in stations:
        for pk in se.rows_of(station):
            plenary.take_from_box(chair, member, session.pk, pk, se.figures(pk), at)


def opened(node: Node) -> SessionCursor:
    return plenary.open_session(node.small.chairs[DISTRICT], DISTRICT, se.CONTESTS, START)


def test_pace_of_a_session_and_its_panels(local: Node) -> None:
    chair, member = people_of(local)
    session = opened(local)
    conduct.open_panel(chair, session.pk, 1, [FIRST], START, lead=member.person)
    read(local, session, [f"{FIRST}001"], minutes(10))
    read(local, session, [f"{FIRST}002"], minutes(20))
    pk = se.rows_of(f"{SECOND}001")[0]
    plenary.take_from_box(chair, member, session.pk, pk, se.figures(pk), minutes(20))
    found = pace.pace(session, minutes(20))
    assert found.whole == Pace(2, 6, Fraction(6), minutes(60))
    assert [(p.number, p.lead, p.villages, p.pace) for p in found.panels] == [
        (1, member.person, (FIRST,), Pace(2, 3, Fraction(6), minutes(30))),
        (0, None, (SECOND,), Pace(0, 3, None, None)),
    ]
    assert (found.eta, found.late, found.mega) == (None, False, False)
    read(local, session, [f"{SECOND}002"], minutes(25))
    assert pace.pace(session, minutes(30)).eta == minutes(90)


def test_pace_stands_still_while_adjourned(local: Node) -> None:
    chair = local.small.chairs[DISTRICT]
    session = opened(local)
    read(local, session, [f"{FIRST}001", f"{FIRST}002"], minutes(30))
    plenary.adjourn(chair, session.pk, minutes(30))
    assert pace.pace(session, minutes(500)).whole == Pace(2, 6, Fraction(4), minutes(560))
    plenary.resume(chair, session.pk, minutes(600))
    assert pace.reading_spans(session, minutes(610)) == [(START, minutes(30)), (minutes(600), minutes(610))]
    plenary.defer(chair, session.pk, se.rows_of(FIRST)[0], "Saksi belum hadir", minutes(610))
    assert pace.pace(session, minutes(630)).whole == Pace(1, 6, Fraction(1), minutes(930))


def test_pace_of_a_regency_counts_districts(local: Node) -> None:
    regency = plenary.open_session(local.small.chairs[se.REGENCY], se.REGENCY, se.CONTESTS, START)
    closed_district(local, DISTRICT)
    plenary.take_region(local.small.chairs[se.REGENCY], regency.pk, DISTRICT, minutes(30))
    assert pace.pace(regency, minutes(60)).whole == Pace(1, 2, Fraction(1), minutes(120))


def test_call_outs_name_mega_districts_and_the_late(local: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(local)
    read(local, session, [f"{FIRST}001"], minutes(60))
    assert pace.call_outs(se.REGENCY, minutes(60)) == []
    short = with_window(PILKADA_2024, "district", START.date() - timedelta(days=1), START.date() - timedelta(days=1))
    (late,) = pace.call_outs(se.REGENCY, minutes(60), short)
    assert (late.session, late.late, late.mega, late.due) == (
        session,
        True,
        False,
        datetime(2024, 11, 28, 17, tzinfo=UTC),
    )
    monkeypatch.setattr(settings, "CONFIG", load({"SIREKAP_MEGA_DISTRICT": "6"}))
    (mega,) = pace.call_outs(se.PROVINCE, minutes(60))
    assert (mega.session, mega.late, mega.mega) == (session, False, True)


def codes(session: SessionCursor, at: datetime) -> list[str]:
    return [notice.code for notice in pace.schedule_warnings(session, at)]


def test_warnings_outside_the_window_without_invitation_and_quorum(local: Node) -> None:
    small = local.small
    session = opened(local)
    assert codes(session, START) == ["not_convened", "quorum"]
    assert codes(session, datetime(2024, 11, 27, 16, 59, tzinfo=UTC)) == ["before_window", "not_convened", "quorum"]
    assert codes(session, datetime(2024, 11, 27, 17, 1, tzinfo=UTC)) == ["not_convened", "quorum"]
    assert codes(session, datetime(2024, 12, 3, 17, 1, tzinfo=UTC)) == ["after_window", "not_convened", "quorum"]
    conduct.record_attendance(small.chairs[DISTRICT], session.pk, "chair", START, person=small.chairs[DISTRICT].person)
    for member in small.members[DISTRICT]:
        conduct.record_attendance(small.chairs[DISTRICT], session.pk, "member", START, person=member.person)
    assert codes(session, START) == ["not_convened"]
    plenary.adjourn(small.chairs[DISTRICT], session.pk, START)
    assert all(n.text_id and n.text_en for n in pace.schedule_warnings(session, START))


@pytest.mark.parametrize(("hours", "expected"), [(24, []), (23, ["short_notice"])])
def test_warning_when_the_invitation_was_late(local: Node, hours: int, expected: list[str]) -> None:
    chair, invited = local.small.chairs[DISTRICT], START - timedelta(hours=hours)
    session = plenary.convene(chair, DISTRICT, se.CONTESTS, START, (SECOND,), invited, se.AT)
    assert codes(session, START) == expected
    assert pace.reading_order(session) == [SECOND, FIRST]
    plan = pace.plan_of(session)
    assert plan == pace.SessionPlan(planned_at=START, invited_at=invited, order=(SECOND,))


def test_reading_order_of_a_session_without_a_plan_is_by_code(local: Node) -> None:
    assert pace.reading_order(opened(local)) == [FIRST, SECOND]
