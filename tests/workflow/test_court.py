"""The court after a determination: records in their order, the clock, and a ruling that puts the count back."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.test import override_settings
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node
from support.plenaries import DISTRICT, LATER, closed_district, row
from support.typed import typed_back

from sirekap.election.legal_clock import ClockState
from sirekap.election.standing import Standing
from sirekap.records.models import ContestCursor, Determination, Elected, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import court, determination, orders, plenary

ROW = se.rows_of(DISTRICT, (se.REGENT,))[0]
SOON = LATER + timedelta(days=40)
TODAY = date(2024, 11, 27)


def determined(node: Node) -> Any:
    """The regent's contest determined; the regency's chair."""
    chair = node.small.chairs[se.REGENCY]
    session = se.open_session(node.small, se.REGENCY)
    for district in se.DISTRICTS:
        closed_district(node, district)
        plenary.take_region(chair, session.pk, district, LATER)
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    determination.determine(chair, se.REGENT, "2901/2024", LATER, population=900_000)
    return chair


def said(node: Node, event: str, day: date, number: str = "1/BRPK/2025", at: Any = SOON) -> None:
    court.record_court(node.small.chairs[se.REGENCY], se.REGENT, event, number, day, at)


def clock(day: date) -> ClockState:
    return court.legal_clock(se.REGENT, day).state


def test_register_without_a_dispute_leads_to_the_elected_pair(local: Node) -> None:
    with refused("not_determined"):
        said(local, "no_dispute", TODAY)
    assert clock(TODAY) is ClockState.COUNTING
    chair = determined(local)
    assert (clock(TODAY), court.legal_clock(se.REGENT, TODAY).due) == (ClockState.PETITION_OPEN, date(2024, 12, 2))
    with override_settings(CONFIG=dataclasses.replace(settings.CONFIG, holidays=(date(2024, 11, 28),))):
        assert court.legal_clock(se.REGENT, TODAY).due == date(2024, 12, 3)
    for code, status, event, day in (
        ("court_event", 400, "rumour", TODAY),
        ("dated", 400, "no_dispute", date(2024, 11, 26)),
        ("dated", 400, "no_dispute", date(2025, 3, 1)),
        ("court_order", 409, "dismissed", TODAY),
        ("reason", 400, "no_dispute", TODAY),
    ):
        with refused(code, status):
            said(local, event, day, "" if code == "reason" else "1/BRPK/2025")
    with refused("out_of_scope", 403):
        court.record_court(local.small.chairs[DISTRICT], se.REGENT, "no_dispute", "1/BRPK", TODAY, SOON)
    said(local, "no_dispute", date(2025, 1, 3))
    assert last_entry("court.recorded")["body"] == {
        "contest": se.REGENT,
        "event": "no_dispute",
        "reference": "1/BRPK/2025",
        "dated": "2025-01-03",
    }
    assert court.legal_clock(se.REGENT, date(2025, 1, 7)).days_left == -1
    determination.elect(chair, se.REGENT, "brpk", "1/BRPK/2025", SOON, decision_number="2910/2025")
    assert clock(date(2025, 1, 9)) is ClockState.ELECTED
    with refused("not_determined"):
        said(local, "petition", date(2025, 1, 4))


def test_petition_keeps_the_pair_from_being_elected_until_it_is_dismissed(local: Node) -> None:
    chair = determined(local)
    said(local, "petition", date(2024, 12, 30))
    assert clock(date(2025, 1, 2)) is ClockState.IN_COURT
    with refused("in_court"):
        determination.elect(chair, se.REGENT, "brpk", "1/BRPK/2025", SOON)
    said(local, "dismissed", date(2025, 1, 4), "99/PHPU.BUP/2025")
    assert clock(date(2025, 1, 5)) is ClockState.ELECTION_DUE
    determination.elect(chair, se.REGENT, "ruling", "99/PHPU.BUP/2025", SOON)


def test_governor_has_the_same_clock_and_the_same_court(local: Node) -> None:
    determined(local)
    chair, session = local.small.chairs[se.PROVINCE], se.open_session(local.small, se.PROVINCE, (se.GOVERNOR,))
    plenary.take_region(chair, session.pk, se.REGENCY, LATER)
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    determination.determine(chair, se.GOVERNOR, "199/2024", LATER, population=50_000_000)
    with refused("out_of_scope", 403):
        court.supersede(local.small.chairs[se.REGENCY], se.GOVERNOR, "ruling", "1/PHPU.GUB/2025", SOON)
    court.record_court(chair, se.GOVERNOR, "petition", "1/PHPU.GUB/2025", date(2025, 1, 3), SOON)
    court.supersede(chair, se.GOVERNOR, "ruling", "1/PHPU.GUB/2025", SOON)
    rows = StationContest.objects.values_list("contest_id", "standing", "determined")
    assert set(rows) == {(se.GOVERNOR, Standing.PROVINCE, False), (se.REGENT, Standing.DETERMINED, True)}
    determination.determine(chair, se.GOVERNOR, "51/2025", SOON, population=50_000_000)
    court.record_court(chair, se.GOVERNOR, "no_dispute", "2/BRPK/2025", date(2025, 1, 6), SOON)
    determination.elect(chair, se.GOVERNOR, "brpk", "2/BRPK/2025", SOON, decision_number="60/2025")
    assert court.legal_clock(se.GOVERNOR, date(2025, 1, 9)).state is ClockState.ELECTED
    assert rebuild()["changed"] == 0


def test_ruling_supersedes_the_determination_and_the_count_goes_on(node: Node) -> None:
    chair = determined(node)
    said(node, "petition", date(2024, 12, 30))
    said(node, "granted", date(2025, 1, 4), "99/PHPU.BUP/2025")
    with refused("in_court"):
        determination.elect(chair, se.REGENT, "ruling", "99/PHPU.BUP/2025", SOON)
    with refused("determined"):
        orders.order_generation(chair, ROW, "PSU", "double", date(2025, 1, 7), "1/PSU", SOON, basis="court")
    with refused("basis", 400):
        court.supersede(chair, se.REGENT, "rumour", "99/PHPU.BUP/2025", SOON)
    with refused("out_of_scope", 403):
        court.supersede(node.small.chairs[DISTRICT], se.REGENT, "ruling", "99/PHPU.BUP/2025", SOON)
    with refused("not_found", 404):
        court.supersede(chair, "pkwkk-3217", "ruling", "99/PHPU.BUP/2025", SOON)
    first = Determination.objects.get()
    court.supersede(chair, se.REGENT, "ruling", "99/PHPU.BUP/2025", SOON)
    assert last_entry("contest.reopened")["body"] == {
        "contest": se.REGENT,
        "determination": str(first.pk),
        "basis": "ruling",
        "reference": "99/PHPU.BUP/2025",
    }
    cursor = ContestCursor.objects.get(pk=se.REGENT)
    assert (cursor.state, cursor.winner, clock(date(2025, 1, 5))) == ("counting", None, ClockState.COUNTING)
    rows = StationContest.objects.filter(contest=se.REGENT).values_list("standing", "determined")
    assert set(rows) == {(Standing.REGENCY, False)}
    assert rebuild()["changed"] == 0
    with refused("not_determined"):
        court.supersede(chair, se.REGENT, "ruling", "99/PHPU.BUP/2025", SOON)

    orders.order_generation(chair, ROW, "PSU", "double", date(2025, 1, 7), "1/PSU", SOON, basis="court")
    assert row(ROW).standing == Standing.AWAITED
    for session in orders.to_reopen(row(ROW)):
        people = node.small.chairs[session.region_id], node.small.members[session.region_id][0]
        plenary.reopen_session(people[0], session.pk, "Putusan MK", SOON, cause="ruling")
        if session.region_id == DISTRICT:
            plenary.take_from_box(*people, session.pk, ROW, se.figures(ROW, shift=2), SOON)
        else:
            plenary.take_region(people[0], session.pk, DISTRICT, SOON)
        plenary.close_session(people[0], session.pk, SOON, typed_back(session))
    determination.determine(chair, se.REGENT, "50/2025", SOON)
    assert [d.decision_number for d in Determination.objects.order_by("entry_id")] == ["2901/2024", "50/2025"]
    determination.elect(chair, se.REGENT, "ruling", "99/PHPU.BUP/2025", SOON)
    assert Elected.objects.get().basis == "ruling"
    assert court.legal_clock(se.REGENT, court.local_day(SOON, se.REGENT)).state is ClockState.ELECTED
    assert rebuild()["changed"] == 0
