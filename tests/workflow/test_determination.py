"""Determination of the result, and the elected pair."""

from __future__ import annotations

from typing import Any

import pytest
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node
from support.typed import typed_back

from sirekap.election.outcome import HumanDecision
from sirekap.election.standing import Standing
from sirekap.records import totals
from sirekap.records.models import Contest, ContestCursor, Determination, Elected, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import determination, plenary

CHAIR_VOTES = [f"votes_{n}" for n in (1, 2, 3)]


def ratified(node: Node, tie: bool = False) -> Any:
    """Everything ratified by the regency; with ``tie`` pairs 1 and 2 of the regent's contest are level."""
    regency = se.open_session(node.small, se.REGENCY)
    for district in se.DISTRICTS:
        session = se.open_session(node.small, district)
        chair, member = node.small.chairs[district], node.small.members[district][0]
        for row in se.rows_of(district):
            figures = se.figures(row)
            if tie and row.endswith("pkwkk"):
                both = figures["votes_1"] + figures["votes_2"] + figures["votes_3"]
                figures |= {"votes_1": both // 2, "votes_2": both // 2, "votes_3": both % 2}
            plenary.take_from_box(chair, member, session.pk, row, figures, se.AT)
        plenary.close_session(chair, session.pk, se.AT, typed_back(session))
        plenary.take_region(node.small.chairs[se.REGENCY], regency.pk, district, se.AT)
    plenary.close_session(node.small.chairs[se.REGENCY], regency.pk, se.AT, typed_back(regency))
    return node.small.chairs[se.REGENCY]


def test_determination_records_totals_outcome_and_winner(node: Node) -> None:
    chair = ratified(node)
    outcome = determination.determine(chair, se.REGENT, "2901/2024", se.AT, population=900_000)
    sums = totals.of_contest(se.REGENT)["3216"]
    plain = [sum(se.figures(r)[v] for r in se.rows_of("", (se.REGENT,))) for v in CHAIR_VOTES]
    assert [sums[v] for v in CHAIR_VOTES] == plain
    assert (outcome.winner, outcome.valid, outcome.margin) == (1, sum(plain), plain[0] - plain[1])
    body = last_entry("contest.determined")["body"]
    assert body == {
        "contest": se.REGENT,
        "decision_number": "2901/2024",
        "totals": sums,
        "outcome": determination.as_json(outcome),
        "human_decision": None,
    }
    fact = Determination.objects.get()
    assert (fact.contest_id, fact.decision_number, fact.totals, fact.outcome, fact.human_decision, fact.at) == (
        se.REGENT,
        "2901/2024",
        sums,
        body["outcome"],
        None,
        se.AT,
    )
    assert determination.latest_determination(se.REGENT) == fact
    cursor = ContestCursor.objects.get(pk=se.REGENT)
    assert (cursor.state, cursor.winner) == ("determined", 1)
    standings = set(StationContest.objects.values_list("contest_id", "standing"))
    assert standings == {(se.REGENT, Standing.DETERMINED), (se.GOVERNOR, Standing.REGENCY)}
    assert rebuild()["changed"] == 0


def test_outcome_as_json_has_fractions_as_pairs(local: Node) -> None:
    ratified(local)
    outcome = determination.outcome_of(Contest.objects.get(pk=se.REGENT), 900_000)
    assert outcome.threshold is not None
    threshold = determination.as_json(outcome)["threshold"]
    assert threshold["share"] == [1, 100]
    assert threshold["exact"] == [outcome.threshold.exact.numerator, outcome.threshold.exact.denominator]


def test_determination_refused(local: Node) -> None:
    small = local.small
    with refused("not_ratified"):
        determination.determine(small.chairs[se.REGENCY], se.REGENT, "2901/2024", se.AT)
    chair = ratified(local)
    with refused("not_found", 404):
        determination.determine(chair, "pkwkk-3217", "2901/2024", se.AT)
    with refused("out_of_scope", 403):
        determination.determine(chair, se.GOVERNOR, "2901/2024", se.AT)
    with refused("not_ratified"):
        determination.determine(small.chairs[se.PROVINCE], se.GOVERNOR, "2901/2024", se.AT)
    with refused("reason", 400):
        determination.determine(chair, se.REGENT, " ", se.AT)
    needless = HumanDecision((1,), ("Ketua", "Anggota"), "Sebaran lebih merata")
    with refused("DecisionMismatch", 400):
        determination.determine(chair, se.REGENT, "2901/2024", se.AT, human=needless)
    with refused("OutcomeError", 400):
        determination.determine(chair, se.REGENT, "2901/2024", se.AT, population=0)
    determination.determine(chair, se.REGENT, "2901/2024", se.AT)
    with refused("determined"):
        determination.determine(chair, se.REGENT, "2902/2024", se.AT)


def test_tie_needs_a_recorded_decision(local: Node) -> None:
    chair = ratified(local, tie=True)
    with refused("tie"):
        determination.determine(chair, se.REGENT, "2901/2024", se.AT)
    human = HumanDecision((2,), ("Ketua", "Anggota"), "Sebaran lebih merata", "BA 5/2024")
    outcome = determination.determine(chair, se.REGENT, "2901/2024", se.AT, human=human)
    assert (outcome.winner, outcome.tied) == (2, (1, 2))
    assert Determination.objects.get().human_decision == {
        "chosen": [2],
        "decided_by": ["Ketua", "Anggota"],
        "reason": "Sebaran lebih merata",
        "reference": "BA 5/2024",
    }
    assert ContestCursor.objects.get(pk=se.REGENT).winner == 2
    assert rebuild()["changed"] == 0


def test_elected_after_determination(local: Node) -> None:
    chair = ratified(local)
    for contest in (se.REGENT, "pkwkk-3217"):
        with refused("not_determined" if contest == se.REGENT else "not_found"):
            determination.elect(chair, contest, "brpk", "BRPK 1/2025", se.AT)
    determination.determine(chair, se.REGENT, "2901/2024", se.AT)
    with refused("basis", 400):
        determination.elect(chair, se.REGENT, "tebakan", "BRPK 1/2025", se.AT)
    with refused("reason", 400):
        determination.elect(chair, se.REGENT, "brpk", "", se.AT)
    with refused("out_of_scope", 403):
        determination.elect(local.small.chairs[se.DISTRICTS[0]], se.REGENT, "brpk", "BRPK 1/2025", se.AT)
    determination.elect(chair, se.REGENT, "brpk", "BRPK 1/2025", se.AT, decision_number="2910/2025")
    assert last_entry("contest.elected")["body"] == {
        "contest": se.REGENT,
        "pair": 1,
        "basis": "brpk",
        "reference": "BRPK 1/2025",
        "decision_number": "2910/2025",
    }
    fact = Elected.objects.get()
    assert (fact.contest_id, fact.pair, fact.basis, fact.reference, fact.decision_number, fact.at) == (
        se.REGENT,
        1,
        "brpk",
        "BRPK 1/2025",
        "2910/2025",
        se.AT,
    )
    cursor = ContestCursor.objects.get(pk=se.REGENT)
    assert (cursor.state, cursor.winner) == ("elected", 1)
    with refused("not_determined"):
        determination.elect(chair, se.REGENT, "ruling", "Putusan 1/2025", se.AT)
    with refused("determined"):
        determination.determine(chair, se.REGENT, "2902/2024", se.AT)
    assert rebuild()["changed"] == 0


@pytest.mark.parametrize("closed", [False, True])
def test_governor_is_determined_by_the_province(local: Node, closed: bool) -> None:
    ratified(local)
    chair = local.small.chairs[se.PROVINCE]
    session = se.open_session(local.small, se.PROVINCE, (se.GOVERNOR,))
    if not closed:
        with refused("not_ratified"):
            determination.determine(chair, se.GOVERNOR, "199/2024", se.AT)
        return
    plenary.take_region(chair, session.pk, se.REGENCY, se.AT)
    plenary.close_session(chair, session.pk, se.AT, typed_back(session))
    assert determination.determine(chair, se.GOVERNOR, "199/2024", se.AT).winner == 1
    assert rebuild()["changed"] == 0
