"""Cursors follow from the facts alone: rebuilding changes nothing, and mends whatever was tampered with."""

from __future__ import annotations

from typing import Any

import pytest
from support import small_election as se
from support import story
from support.databases import Node

from sirekap.election.generations import RecountReason
from sirekap.election.standing import Standing
from sirekap.records.models import ContestCursor, SequencerState, SessionCursor, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.records.replaying import state_digest
from sirekap.workflow import plenary, register


def test_rebuild_of_fresh_register_changes_nothing(node: Node) -> None:
    assert rebuild() == {"rows": 24, "changed": 0}


def test_rebuild_of_whole_story_changes_nothing(node: Node) -> None:
    story.tell(node.small, node.store)
    before = state_digest()
    assert rebuild() == {"rows": 28, "changed": 0}
    assert state_digest() == before


TAMPERED: list[tuple[Any, dict[str, Any]]] = [
    (StationContest, {"standing": 0}),
    (StationContest, {"pages": 0}),
    (StationContest, {"read": True}),
    (StationContest, {"confirmed": False}),
    (StationContest, {"verified": None}),
    (StationContest, {"decided": None}),
    (StationContest, {"counted": None}),
    (StationContest, {"decided_tier": 3}),
    (StationContest, {"ratified_tier": 0}),
    (StationContest, {"determined": False}),
    (StationContest, {"generation": 7}),
    (StationContest, {"closed": True}),
    (StationContest, {"findings": ["E999"]}),
    (StationContest, {"open_fields": {"valid": "differs"}}),
    (StationContest, {"last_seq": 0}),
    (SessionCursor, {"state": "reading"}),
    (SessionCursor, {"closed_at": None}),
    (ContestCursor, {"state": "counting", "winner": None}),
    (SequencerState, {"size": 1}),
]


def test_rebuild_mends_every_cursor_column(local: Node) -> None:
    story.tell(local.small, local.store)
    before = state_digest()
    left = set(StationContest._meta.concrete_fields) - {
        StationContest._meta.get_field(name) for model, values in TAMPERED if model is StationContest for name in values
    }
    assert {f.name for f in left} == {"id", "station", "contest"}
    for model, values in TAMPERED:
        model.objects.update(**values)
        first = rebuild()
        assert (values, first["changed"] > 0, rebuild()["changed"]) == (values, True, 0)
        assert state_digest() == before


def test_rebuild_with_station_added_after_session_closed_changes_nothing(local: Node) -> None:
    district = se.DISTRICTS[0]
    for row in se.rows_of(district):
        se.verify(local.small, local.store, row)
    se.close_district(local.small, district)
    code = f"{se.VILLAGES[0]}009"
    register.add_station(local.small.administrator, code, 5, 5, "TPS khusus", local.small.at.date(), local.small.at)
    assert {r.standing for r in StationContest.objects.filter(station_id=code)} == {Standing.AWAITED}
    assert rebuild() == {"rows": 26, "changed": 0}


@pytest.mark.parametrize("step", ["decide", "recount", "adjourn", "resume"])
def test_rebuild_in_the_middle_of_a_session_changes_nothing(local: Node, step: str) -> None:
    district = se.DISTRICTS[0]
    chair, member, row = local.small.chairs[district], local.small.members[district][0], se.rows_of(district)[0]
    session = se.open_session(local.small, district)
    if step != "adjourn":
        plenary.take_from_box(chair, member, session.pk, row, se.figures(row), local.small.at)
    if step == "recount":
        plenary.order_recount(chair, session.pk, row, RecountReason.DARK, local.small.at)
        assert rebuild() == {"rows": 24, "changed": 0}
        plenary.take_from_box(chair, member, session.pk, row, se.figures(row), local.small.at)
    if step in ("adjourn", "resume"):
        plenary.adjourn(chair, session.pk, local.small.at)
    if step == "resume":
        plenary.resume(chair, session.pk, local.small.at)
    assert rebuild() == {"rows": 24, "changed": 0}
