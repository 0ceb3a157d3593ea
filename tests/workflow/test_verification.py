"""Statements, independence and what makes a station verified."""

from __future__ import annotations

from typing import Any

import pytest
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node

from sirekap.election.generations import RecountReason
from sirekap.election.settle import OpenReason
from sirekap.election.standing import Standing
from sirekap.records.models import Disclosure, FigureSet, Statement, StatementSeen, StationContest, Verification
from sirekap.workflow import intake, plenary, register, verification
from sirekap.workflow.people import Actor
from sirekap.workflow.verification import make_statement

ROW, GOVERNOR_ROW = se.rows_of("")[:2]
RIGHT = se.figures(ROW)
BLIND = ("votes_1", "votes_2", "votes_3", "valid", "invalid", "total")


def row() -> StationContest:
    return StationContest.objects.get(pk=ROW)


@pytest.fixture
def photographed(local: Node) -> Node:
    se.photograph(local.small, local.store, ROW)
    return local


def kpps(node: Node) -> Actor:
    return node.small.kpps[ROW[:13]]


def test_statement_of_the_committee_confirms(photographed: Node) -> None:
    said = {name: RIGHT[name] for name in BLIND}
    settlement = make_statement(kpps(photographed), ROW, said, se.AT, generation=1)
    entry = last_entry("statement.made")
    statement = Statement.objects.select_related("figures").get()
    assert entry == {
        "actor": {"person": str(kpps(photographed).person), "role": "kpps", "region": ROW[:13]},
        "at": "2024-11-27T06:00:00.000000Z",
        "body": {
            "statement": str(statement.pk),
            "row": ROW,
            "generation": 1,
            "author": str(kpps(photographed).person),
            "human": True,
            "figures": said,
            "saw": [],
            "paper_wrong": False,
            "reason": "",
            "open": {},
            "verified": None,
        },
    }
    assert (statement.author, statement.role, statement.human, statement.figures.figures()) == (
        kpps(photographed).person,
        "kpps",
        True,
        said,
    )
    assert (settlement.verified, set(settlement.open.values())) == (
        False,
        {OpenReason.UNCONFIRMED, OpenReason.MISSING},
    )
    assert (row().confirmed, row().standing, row().counted, row().open_fields) == (True, Standing.CONFIRMED, None, {})


def test_two_independent_statements_verify(node: Node) -> None:
    se.photograph(node.small, node.store, ROW)
    make_statement(kpps(node), ROW, RIGHT, se.AT)
    settlement = make_statement(node.small.operators[0], ROW, RIGHT, se.AT)
    assert settlement.verified
    assert last_entry("statement.made")["body"]["verified"] == {"figures": RIGHT, "findings": []}
    fact = Verification.objects.select_related("figures").get()
    assert (fact.row_id, fact.generation, fact.findings, fact.figures.figures()) == (ROW, 1, [], RIGHT)
    cursor = row()
    assert (cursor.standing, cursor.verified_id, cursor.counted_id, cursor.decided_id) == (
        Standing.VERIFIED,
        fact.figures_id,
        fact.figures_id,
        None,
    )


def test_slip_leaves_only_its_fields_open_and_a_third_person_settles_them(photographed: Node) -> None:
    small = photographed.small
    slip = se.figures(ROW, shift=3)
    make_statement(kpps(photographed), ROW, slip, se.AT)
    settlement = make_statement(small.operators[0], ROW, RIGHT, se.AT)
    assert settlement.open == {"votes_1": OpenReason.DIFFERS, "votes_2": OpenReason.DIFFERS}
    assert (row().standing, row().open_fields) == (Standing.CONFIRMED, {"votes_1": "differs", "votes_2": "differs"})
    reentry = {name: RIGHT[name] for name in settlement.open}
    assert make_statement(small.operators[1], ROW, reentry, se.AT).verified
    cursor = row()
    assert (cursor.standing, cursor.open_fields, cursor.findings) == (Standing.VERIFIED, {}, [])
    assert FigureSet.objects.get(pk=cursor.verified_id).figures() == RIGHT


def test_author_who_saw_the_other_does_not_count_as_second(photographed: Node) -> None:
    """Sound sums prove nothing between people: a swap keeps them. Only a pair of fresh eyes settles it."""
    small, said = photographed.small, dict(RIGHT)
    make_statement(kpps(photographed), ROW, said, se.AT)
    shown = verification.disclose(small.operators[0], ROW)
    assert [s.pk for s in shown] == [Statement.objects.get().pk]
    verification.disclose(small.operators[0], ROW)
    assert Disclosure.objects.count() == 1
    settlement = make_statement(small.operators[0], ROW, said, se.AT)
    assert last_entry("statement.made")["body"]["saw"] == [str(shown[0].pk)]
    assert StatementSeen.objects.get().saw_id == shown[0].pk
    assert set(settlement.open.values()) == {OpenReason.NOT_INDEPENDENT}
    assert (settlement.verified, row().standing) == (False, Standing.CONFIRMED)
    assert make_statement(small.operators[1], ROW, said, se.AT).verified


def test_disclosure_refused(photographed: Node) -> None:
    make_statement(kpps(photographed), ROW, RIGHT, se.AT)
    with refused("out_of_scope", 403):
        verification.disclose(photographed.small.chairs[se.DISTRICTS[1]], ROW)
    with refused("not_found", 404):
        verification.disclose(kpps(photographed), f"{ROW[:13]}-pilpr")
    assert Disclosure.objects.count() == 0


def test_own_statement_is_not_disclosed(photographed: Node) -> None:
    make_statement(kpps(photographed), ROW, RIGHT, se.AT)
    verification.disclose(kpps(photographed), ROW)
    assert Disclosure.objects.count() == 0


def test_committee_may_correct_itself_with_a_reason(photographed: Node) -> None:
    make_statement(kpps(photographed), ROW, se.figures(ROW, shift=3), se.AT)
    with refused("reason", 400):
        make_statement(kpps(photographed), ROW, RIGHT, se.AT)
    make_statement(kpps(photographed), ROW, RIGHT, se.AT, reason="Salah ketik")
    assert last_entry("statement.made")["body"]["reason"] == "Salah ketik"
    assert make_statement(photographed.small.operators[0], ROW, RIGHT, se.AT).verified


def test_wrong_paper_is_verified_with_findings(photographed: Node) -> None:
    wrong = {**RIGHT, "valid": RIGHT["valid"] + 1}
    with refused("arithmetic", 422) as info:
        make_statement(kpps(photographed), ROW, wrong, se.AT)
    codes = sorted({f.code for f in info.value.findings})
    assert codes and all(code.startswith("E") for code in codes)
    make_statement(kpps(photographed), ROW, wrong, se.AT, paper_wrong=True)
    settlement = make_statement(photographed.small.operators[0], ROW, wrong, se.AT, paper_wrong=True)
    assert settlement.verified
    assert (row().findings, Verification.objects.get().findings) == (codes, codes)
    assert FigureSet.objects.get(pk=row().verified_id).figures() == wrong


def test_cross_contest_finding_stands_on_the_later_row(local: Node) -> None:
    se.verify(local.small, local.store, ROW)
    base = se.figures(GOVERNOR_ROW)
    other = {**base, "roll_dpt_l": base["roll_dpt_l"] + 1, "roll_dpt_j": base["roll_dpt_j"] + 1}
    verified = se.verify(local.small, local.store, GOVERNOR_ROW, other)
    assert verified.standing == Standing.VERIFIED
    assert len(verified.findings) >= 1


def test_blank_boxes_are_stated_as_none(photographed: Node) -> None:
    said: dict[str, int | None] = {**RIGHT, "disabled_l": None, "disabled_p": None, "disabled_j": None}
    make_statement(kpps(photographed), ROW, said, se.AT)
    assert make_statement(photographed.small.operators[0], ROW, said, se.AT).verified
    assert FigureSet.objects.get(pk=row().verified_id).figures() == said


def test_uploader_may_not_verify(local: Node) -> None:
    operator = local.small.operators[0]
    intake.receive_photo(operator, local.store, ROW, 7, se.photo("o"), se.AT)
    with refused("uploader_may_not_verify", 403):
        make_statement(operator, ROW, RIGHT, se.AT)
    assert not make_statement(local.small.operators[1], ROW, RIGHT, se.AT).verified
    assert make_statement(local.small.members["3216"][0], ROW, RIGHT, se.AT).verified


def test_committee_without_photo_confirms_but_operator_waits(local: Node) -> None:
    make_statement(kpps(local), ROW, RIGHT, se.AT)
    assert row().standing == Standing.CONFIRMED
    with refused("photo_missing"):
        make_statement(local.small.operators[0], ROW, RIGHT, se.AT)


def test_refused_once_verified_and_for_the_same_author(photographed: Node) -> None:
    one, two = photographed.small.operators
    make_statement(one, ROW, RIGHT, se.AT)
    with refused("already_stated"):
        make_statement(one, ROW, RIGHT, se.AT)
    make_statement(two, ROW, RIGHT, se.AT)
    for late in (photographed.small.members["3216"][0], kpps(photographed)):
        with refused("already_verified"):
            make_statement(late, ROW, RIGHT, se.AT)


def test_stale_generation_is_refused(photographed: Node) -> None:
    small = photographed.small
    session = se.open_session(small, ROW[:6])
    plenary.order_recount(small.chairs[ROW[:6]], session.pk, ROW, RecountReason.DARK, se.AT)
    with refused("stale"):
        make_statement(kpps(photographed), ROW, RIGHT, se.AT, generation=1)
    make_statement(kpps(photographed), ROW, RIGHT, se.AT, generation=2)
    assert (row().generation, Statement.objects.get().generation) == (2, 2)


MALFORMED: dict[str, dict[str, Any]] = {
    "negative": {"votes_1": -1},
    "too large": {"votes_1": 1000},
    "not whole": {"votes_1": 1.5},
    "text": {"votes_1": "12"},
    "yes": {"votes_1": True},
    "unknown field": {"suara_1": 1},
    "fourth pair of three": {"votes_4": 1},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_figure_is_refused(photographed: Node, name: str) -> None:
    with refused("malformed", 400) as info:
        make_statement(kpps(photographed), ROW, {**RIGHT, **MALFORMED[name]}, se.AT, paper_wrong=True)
    assert all(finding.code.startswith("E1") for finding in info.value.findings)


def test_other_refusals(photographed: Node) -> None:
    with refused("empty", 400):
        make_statement(kpps(photographed), ROW, {}, se.AT)
    with refused("not_found", 404):
        make_statement(kpps(photographed), f"{ROW[:13]}-pilpr", RIGHT, se.AT)
    with refused("out_of_scope", 403):
        make_statement(kpps(photographed), se.row_id(se.STATIONS[5]), RIGHT, se.AT)
    code = se.STATIONS[3]
    register.close_station(photographed.small.administrator, code, "Digusur", se.AT.date(), se.AT)
    with refused("station_closed"):
        make_statement(photographed.small.kpps[code], se.row_id(code), RIGHT, se.AT)
