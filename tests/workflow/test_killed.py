"""kill -9 between the last statement of an act and its commit: as if the act had never begun."""

from __future__ import annotations

from typing import Any

import pytest
from support import act_process
from support import small_election as se
from support.databases import Node
from support.typed import typed_back

from sirekap.records.models import Entry, SequencerState, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.records.replaying import state_digest
from sirekap.workflow import plenary, verification

DISTRICT = se.DISTRICTS[0]
ROW = se.rows_of(DISTRICT)[0]


def arrange(node: Node, act: str) -> dict[str, Any]:
    """Bring the election to where the act is due; its arguments."""
    small, chair = node.small, node.small.chairs[DISTRICT]
    if act == "photo":
        return {"person": str(small.kpps[ROW[:13]].person), "row": ROW, "text": "a"}
    if act == "state":
        se.photograph(small, node.store, ROW)
        verification.make_statement(small.kpps[ROW[:13]], ROW, se.figures(ROW), small.at)
        return {"person": str(small.operators[0].person), "row": ROW, "figures": se.figures(ROW)}
    if act == "sequence":
        return {}
    session = se.open_session(small, DISTRICT)
    for row in se.rows_of(DISTRICT):
        plenary.take_from_box(chair, small.members[DISTRICT][0], session.pk, row, se.figures(row), small.at)
    if act == "close":
        return {"person": str(chair.person), "session": str(session.pk), "typed": typed_back(session)}
    before = se.figures(ROW)
    return {
        "person": str(chair.person),
        "second": str(small.members[DISTRICT][0].person),
        "session": str(session.pk),
        "row": ROW,
        "changes": {"votes_1": before["votes_1"] - 1, "votes_2": before["votes_2"] + 1},
        "evidence": node.store.put(se.photo("box")).sha256,
        "expected_seq": StationContest.objects.get(pk=ROW).last_seq,
    }


@pytest.mark.parametrize("act", ["photo", "state", "correct", "close", "sequence"])
def test_killed_before_commit_leaves_nothing_and_the_act_can_be_repeated(node: Node, act: str) -> None:
    arguments = arrange(node, act)
    before = (state_digest(), Entry.objects.count(), list(SequencerState.objects.values("size", "frontier")))
    process = node.start(act, **arguments, pause=True)
    process.await_ready()
    process.go()
    process.await_file("paused")
    process.kill()
    after = (state_digest(), Entry.objects.count(), list(SequencerState.objects.values("size", "frontier")))
    assert after == before
    assert rebuild()["changed"] == 0
    act_process.acts(str(node.folder / "evidence"))[act](**arguments)
    assert Entry.objects.count() == before[1] + (act != "sequence")
    assert rebuild()["changed"] == 0
