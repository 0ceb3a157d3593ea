from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.election.contests import ContestKind
from sirekap.election.outcome import (
    AreaMismatch,
    DecisionMismatch,
    HumanDecision,
    OutcomeError,
    OutcomeKind,
    Spread,
    court_threshold,
    decide,
)

REGENT, GOVERNOR = ContestKind.REGENT, ContestKind.GOVERNOR
BY_TWO = ("Ketua KPU", "Anggota KPU")

# Press, December 2024: votes of pairs 1-3 in the 12 districts of Kota Bekasi.
KOTA_BEKASI = [
    (29322, 3124, 28612), (62602, 7107, 66335), (38372, 5275, 40671), (40121, 8297, 38202),
    (18707, 3952, 23143), (36282, 5925, 43528), (17245, 3567, 23407), (50425, 4611, 39220),
    (25735, 2739, 24422), (50696, 6591, 42878), (38498, 5435, 38074), (44346, 7885, 50938),
]  # fmt: skip


def summary(outcome):
    threshold = outcome.threshold.votes if outcome.threshold else None
    return outcome.kind, outcome.winner, outcome.valid, outcome.margin, threshold, outcome.within_threshold


def test_decide_kab_bekasi_2024():
    outcome = decide(REGENT, "32", [204305, 588399, 666494], population=1_000_001)
    assert summary(outcome) == (OutcomeKind.WINNER, 3, 1459198, 78095, 7296, False)
    assert outcome.threshold.exact == Fraction(729599, 100)


def test_decide_kota_bekasi_2024():
    votes = [sum(column) for column in zip(*KOTA_BEKASI, strict=True)]
    outcome = decide(REGENT, "32", votes, by_area=KOTA_BEKASI, population=1_000_001)
    assert votes == [452351, 64508, 459430]
    assert summary(outcome) == (OutcomeKind.WINNER, 3, 976289, 7079, 4881, False)


def test_decide_jakarta_2024_first_round():
    # Press, December 2024: 39.40, 10.53 and 50.07 % of the valid votes.
    outcome = decide(GOVERNOR, "31", [1718160, 459230, 2183239], population=10_700_000)
    assert summary(outcome) == (OutcomeKind.WINNER, 3, 4360629, 465079, 43606, False)
    assert round(float(outcome.share(3)) * 100, 2) == 50.07


def test_decide_west_java_governor_2024():
    outcome = decide(GOVERNOR, "32", [2204452, 2116017, 4260072, 14130192], population=12_000_001)
    assert summary(outcome) == (OutcomeKind.WINNER, 4, 22710733, 9870120, 113554, False)


def test_decide_jakarta_at_exactly_half_second_round():
    outcome = decide(GOVERNOR, "31", [20, 30, 50])
    assert (outcome.kind, outcome.candidates, outcome.winner) == (OutcomeKind.SECOND_ROUND, (2, 3), None)


def test_decide_jakarta_regent_rule_does_not_apply_elsewhere():
    assert decide(GOVERNOR, "32", [20, 30, 50]).winner == 3
    assert decide(REGENT, "31", [20, 30, 50]).winner == 3


def test_decide_jakarta_tie_for_second_place():
    outcome = decide(GOVERNOR, "31", [30, 30, 40])
    assert (outcome.kind, outcome.candidates, outcome.tied, outcome.open_places) == (
        OutcomeKind.NEEDS_HUMAN_DECISION,
        (3,),
        (1, 2),
        1,
    )
    decided = decide(GOVERNOR, "31", [30, 30, 40], human_decision=HumanDecision((2,), BY_TWO, "sebaran"))
    assert (decided.kind, decided.candidates) == (OutcomeKind.SECOND_ROUND, (3, 2))


def test_decide_jakarta_two_level_at_half_go_on():
    assert decide(GOVERNOR, "31", [50, 50]).candidates == (1, 2)


def test_decide_jakarta_three_level():
    outcome = decide(GOVERNOR, "31", [5, 5, 5])
    assert (outcome.candidates, outcome.tied, outcome.open_places) == ((), (1, 2, 3), 2)


@pytest.mark.parametrize(
    ("votes", "kind", "winner"),
    [
        ([51, 49], OutcomeKind.WINNER, 1),
        ([50, 50], OutcomeKind.BLANK_COLUMN, None),
        ([49, 51], OutcomeKind.BLANK_COLUMN, None),
        ([0, 0], OutcomeKind.NO_VOTES, None),
    ],
)
def test_decide_sole_pair(votes, kind, winner):
    outcome = decide(REGENT, "19", votes, blank_column=True)
    assert (outcome.kind, outcome.winner) == (kind, winner)


def test_decide_tie_gives_evidence_and_demands_a_decision():
    by_area = [(4, 3, 9), (4, 3, 0), (2, 4, 0)]
    by_lower = [(1, 3, 9), (3, 0, 0), (4, 3, 0), (2, 4, 0)]
    outcome = decide(REGENT, "32", [10, 10, 9], by_area=by_area, by_lower_area=by_lower)
    assert (outcome.kind, outcome.tied, outcome.winner) == (OutcomeKind.NEEDS_HUMAN_DECISION, (1, 2), None)
    assert outcome.spread == (Spread("areas", 3, ((1, 2), (2, 1))), Spread("lower_areas", 4, ((1, 2), (2, 2))))
    assert [s.leader for s in outcome.spread] == [1, None]


def test_decide_tie_with_recorded_decision():
    decision = HumanDecision((2,), BY_TWO, "Unggul di lebih banyak kecamatan", "BA 7/2024")
    outcome = decide(REGENT, "32", [10, 10, 9], human_decision=decision)
    assert (outcome.kind, outcome.winner, outcome.decision) == (OutcomeKind.WINNER, 2, decision)


@pytest.mark.parametrize(
    ("votes", "decision"),
    [
        ([10, 9], HumanDecision((1,), BY_TWO, "alasan")),
        ([10, 10, 9], HumanDecision((3,), BY_TWO, "alasan")),
        ([10, 10, 9], HumanDecision((1, 2), BY_TWO, "alasan")),
        ([10, 10, 9], HumanDecision((1,), ("Ketua KPU",), "alasan")),
        ([10, 10, 9], HumanDecision((1,), BY_TWO, " ")),
        ([0, 0], HumanDecision((1,), BY_TWO, "alasan")),
    ],
)
def test_decide_refuses_decision(votes, decision):
    with pytest.raises(DecisionMismatch):
        decide(REGENT, "32", votes, human_decision=decision)


@pytest.mark.parametrize("votes", [[], [3, -1]])
def test_decide_refuses_votes(votes):
    with pytest.raises(OutcomeError):
        decide(REGENT, "32", votes)


def test_decide_refuses_areas_that_do_not_add_up():
    for by_area in ([(1, 2), (1, 1)], [(2,), (3,)]):
        with pytest.raises(AreaMismatch):
            decide(REGENT, "32", [2, 4], by_area=by_area)
    with pytest.raises(OutcomeError):
        decide(REGENT, "32", [1, 2, 3], blank_column=True)


def test_decide_unknown_population_leaves_threshold_unknown():
    outcome = decide(REGENT, "32", [1, 2])
    assert (outcome.threshold, outcome.within_threshold) == (None, None)
    with pytest.raises(OutcomeError):
        decide(REGENT, "32", [1, 2], population=0)


@pytest.mark.parametrize(
    ("kind", "population", "share"),
    [
        (REGENT, 250_000, "2/100"), (REGENT, 250_001, "15/1000"), (REGENT, 500_000, "15/1000"),
        (REGENT, 500_001, "1/100"), (REGENT, 1_000_000, "1/100"), (REGENT, 1_000_001, "5/1000"),
        (GOVERNOR, 2_000_000, "2/100"), (GOVERNOR, 2_000_001, "15/1000"), (GOVERNOR, 6_000_000, "15/1000"),
        (GOVERNOR, 6_000_001, "1/100"), (GOVERNOR, 12_000_000, "1/100"), (GOVERNOR, 12_000_001, "5/1000"),
    ],
)  # fmt: skip
def test_court_threshold_brackets(kind, population, share):
    assert court_threshold(kind, population, 1000).share == Fraction(share)


def test_within_threshold_compares_the_exact_share():
    # 2 % of 199 votes is 3.98, shown as 4: a margin of 4 is above it.
    assert decide(REGENT, "32", [101, 98], population=1).within_threshold is True
    assert decide(REGENT, "32", [103, 98], population=1).within_threshold is False
    three = decide(REGENT, "32", [69, 65, 65], population=1)
    assert (three.margin, three.threshold.votes, three.within_threshold) == (4, 4, False)


votes_lists = st.lists(st.integers(0, 50), min_size=2, max_size=6)


@given(votes_lists, st.randoms(use_true_random=False), st.sampled_from(["31", "32"]))
def test_decide_does_not_depend_on_numbering(votes, random, province):
    order = list(range(len(votes)))
    random.shuffle(order)
    outcome = decide(GOVERNOR, province, votes, population=5)
    other = decide(GOVERNOR, province, [votes[i] for i in order], population=5)
    back = {new: old + 1 for new, old in enumerate(order, 1)}
    assert (other.kind, other.margin, other.threshold) == (outcome.kind, outcome.margin, outcome.threshold)
    assert (other.winner and back[other.winner]) == outcome.winner
    assert {back[c] for c in other.candidates} == set(outcome.candidates)
    assert {back[c] for c in other.tied} == set(outcome.tied)


@given(votes_lists, st.integers(2, 1000), st.sampled_from(["31", "32"]))
def test_decide_scaling_changes_no_outcome(votes, factor, province):
    outcome = decide(GOVERNOR, province, votes, population=5)
    other = decide(GOVERNOR, province, [v * factor for v in votes], population=5)
    assert (other.kind, other.winner, other.candidates, other.tied, other.within_threshold) == (
        outcome.kind,
        outcome.winner,
        outcome.candidates,
        outcome.tied,
        outcome.within_threshold,
    )


@given(votes_lists)
def test_decide_names_a_winner_only_with_strictly_most_votes(votes):
    outcome = decide(REGENT, "32", votes)
    best = [n for n, v in enumerate(votes, 1) if v == max(votes)]
    expected = None if len(best) > 1 or not sum(votes) else best[0]
    assert outcome.winner == expected
