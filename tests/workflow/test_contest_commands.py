"""The commands after the plenaries: each is the act of the same name, with what it says on stdout."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from support import small_election as se
from support.databases import Node
from support.plenaries import DISTRICT, LATER, closed_district
from support.typed import typed_back

from sirekap.cli import main
from sirekap.election.roles import Role
from sirekap.records.models import Account, CourtRecord, Generation, SessionCursor
from sirekap.workflow import determination, objections, plenary

ROW = se.rows_of(DISTRICT, (se.REGENT,))[0]


def run(*arguments: str) -> tuple[int, dict[str, Any], str]:
    """Exit status, the JSON object on stdout (if any), and stderr."""
    result = CliRunner().invoke(main, [*arguments])
    return result.exit_code, json.loads(result.stdout) if result.stdout.startswith("{") else {}, result.stderr


@pytest.fixture
def node(local: Node) -> Node:
    Account.objects.create_account("ketua", local.small.chairs[se.REGENCY].person)
    return local


def test_order_opens_a_generation_and_names_what_to_reopen(node: Node) -> None:
    closed_district(node, DISTRICT)
    given = ["--kind", "PSU", "--reason", "double", "--number", "7/PSU/2024", "--as", "ketua", "--json"]
    status, told, said = run("contest", "order", ROW, "--date", "2024-12-07", *given)
    session = SessionCursor.objects.get(region_id=DISTRICT)
    assert (status, told) == (0, {"ok": True, "generation": 2, "reopen": [str(session.pk)]})
    assert "2024-12-07" in said and DISTRICT in said
    assert Generation.objects.get().order["basis"] == "commission"
    status, told, said = run("contest", "order", ROW, "--date", "2024-11-01", *given)
    assert (status, told, "✗" in said) == (1, {}, True)


def test_court_clock_and_supersede(node: Node) -> None:
    chair, session = node.small.chairs[se.REGENCY], se.open_session(node.small, se.REGENCY)
    for district in se.DISTRICTS:
        closed_district(node, district)
        plenary.take_region(chair, session.pk, district, LATER)
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    determination.determine(chair, se.REGENT, "2901/2024", LATER)
    status, told, _ = run("contest", "clock", se.REGENT, "--today", "2024-11-28", "--json")
    due = {"petition_until": "2024-12-02", "due": "2024-12-02", "days_left": 4}
    assert (status, told) == (0, {"state": "petition_open", **due})
    common = ["--reference", "1/PHPU/2025", "--as", "ketua"]
    assert run("contest", "court", se.REGENT, "--event", "petition", "--dated", "2024-11-27", *common)[0] == 0
    assert CourtRecord.objects.get().event == "petition"
    assert run("contest", "supersede", se.REGENT, "--basis", "ruling", *common)[0] == 0
    assert run("contest", "clock", se.REGENT, "--json")[1]["state"] == "counting"
    assert run("contest", "clock", "pkwkk-9999")[0] == 1


def test_objections_are_listed_with_where_they_stand(node: Node) -> None:
    witness = node.small.others[Role.WITNESS]
    pk = objections.file_objection(
        witness, session_id=None, region=DISTRICT, row=ROW, pair=1, text="Saksi mencatat angka lain", at=LATER
    )
    status, told, said = run("contest", "objections", "--region", DISTRICT, "--json")
    assert (status, told) == (0, {"objections": 1, "waiting": 1})
    assert str(pk) in said and "kecamatan" in said
    assert run("contest", "objections", "--region", se.DISTRICTS[1], "--json")[1] == {"objections": 0}
