from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.election import chasil
from sirekap.election.rules import RULES, check
from sirekap.election.rules_base import Identity
from sirekap.election.settle import OpenReason, Settlement, StatementView, fields_to_reenter, settle

COLUMNS = 3
FIELDS = chasil.field_ids(COLUMNS)
IDENTITIES = [c for rule in RULES if rule.check and isinstance(c := rule.check(COLUMNS), Identity)]
PAPER: dict[str, int | None] = dict.fromkeys(FIELDS, 0) | {
    "roll_dpt_l": 200, "roll_dpt_p": 210, "roll_dpt_j": 410,
    "voted_dpt_l": 150, "voted_dpt_p": 155, "voted_dpt_j": 305,
    "voted_dptb_l": 2, "voted_dptb_p": 3, "voted_dptb_j": 5,
    "voted_total_l": 152, "voted_total_p": 158, "voted_total_j": 310,
    "ballots_received": 421, "ballots_used": 310, "ballots_spoiled": 1, "ballots_unused": 110,
    "votes_1": 40, "votes_2": 120, "votes_3": 140, "valid": 300, "invalid": 10, "total": 310,
}  # fmt: skip
BLIND = {field: PAPER[field] for field in chasil.blind_ids(COLUMNS)}
REST = {field: PAPER[field] for field in FIELDS if field not in BLIND}

READER = StatementView("r", "reader-1", False, 1, PAPER)
KPPS = StatementView("k", "kpps", True, 2, BLIND, uploader=True)
KPPS_ASSISTED = StatementView("k2", "kpps", True, 3, REST, saw=frozenset({"r"}), uploader=True)
OPERATOR = StatementView("o", "operator", True, 4, PAPER)


def run(*statements: StatementView) -> Settlement:
    return settle(statements, COLUMNS, lambda figures: check(figures, COLUMNS), IDENTITIES)


def result(got: Settlement) -> tuple[object, ...]:
    return dict(got.settled), dict(got.open), got.findings, dict(got.supporters)


def changed(statement: StatementView, **figures: int | None) -> StatementView:
    return replace(statement, figures={**statement.figures, **figures})


def test_settle_blind_votes_and_assisted_rest_verifies():
    got = run(READER, KPPS, KPPS_ASSISTED)
    assert (got.verified, dict(got.settled), got.findings) == (True, PAPER, ())
    assert (got.supporters["valid"], got.supporters["roll_dpt_l"]) == (("k", "r"), ("k2", "r"))


def test_settle_two_blind_people_verify_without_reader():
    assert dict(run(replace(KPPS, figures=PAPER), OPERATOR).settled) == PAPER


def test_settle_nothing_stated():
    assert dict(run().open) == dict.fromkeys(FIELDS, OpenReason.MISSING)


def test_settle_one_author_never():
    again = replace(OPERATOR, id="o2", order=9)
    assert dict(run(OPERATOR, again).open) == dict.fromkeys(FIELDS, OpenReason.UNCONFIRMED)


def test_settle_machines_only_never():
    other = replace(READER, id="r2", author="reader-2")
    assert dict(run(READER, other).settled) == {} and set(run(READER, other).open.values()) == {OpenReason.NO_HUMAN}


def test_settle_uploaders_only_never():
    pair = (replace(OPERATOR, uploader=True), replace(OPERATOR, id="x", author="kpps", uploader=True))
    assert dict(run(*pair).open) == dict.fromkeys(FIELDS, OpenReason.UPLOADER_ONLY)


def test_settle_differing_field_is_the_only_one_to_reenter():
    got = run(changed(READER, invalid=18), KPPS, KPPS_ASSISTED)
    assert (fields_to_reenter(got), got.open["invalid"]) == (("invalid",), OpenReason.DIFFERS)


def test_settle_reentry_by_second_person_settles_the_difference():
    second = StatementView("o", "operator", True, 5, {"invalid": 10})
    got = run(changed(READER, invalid=18), KPPS, KPPS_ASSISTED, second)
    assert (got.verified, got.settled["invalid"], got.supporters["invalid"]) == (True, 10, ("k", "o"))


def test_settle_reentry_that_saw_the_form_does_not_count():
    for saw in ({"k"}, {"k3"}):
        second = StatementView("o", "operator", True, 5, {"invalid": 10}, saw=frozenset(saw))
        relay = StatementView("k3", "relay", True, 4, {}, saw=frozenset({"k"}))
        got = run(changed(READER, invalid=18), KPPS, KPPS_ASSISTED, relay, second)
        assert dict(got.open) == {"invalid": OpenReason.DIFFERS}


def test_settle_two_values_with_two_supporters_is_disputed():
    others = [StatementView(i, i, True, 5, {"votes_1": 41}) for i in ("a", "b")]
    assert run(READER, KPPS, KPPS_ASSISTED, *others).open == {"votes_1": OpenReason.DISPUTED}


def test_settle_assisted_without_identity_stays_open():
    blank = {"disabled_l": None, "disabled_p": None, "disabled_j": None}
    got = run(changed(READER, **blank), KPPS, changed(KPPS_ASSISTED, **blank))
    assert dict(got.open) == dict.fromkeys(blank, OpenReason.ASSISTED)
    got = run(changed(READER, **blank), KPPS, changed(KPPS_ASSISTED, **blank), replace(OPERATOR, figures=blank))
    assert got.verified and got.settled["disabled_l"] is None


def test_settle_assisted_field_in_broken_rule_stays_open():
    wrong = {"roll_dpt_l": 260}
    got = run(changed(READER, **wrong), KPPS, changed(KPPS_ASSISTED, **wrong))
    assert dict(got.open) == dict.fromkeys(("roll_dpt_l", "roll_dpt_p", "roll_dpt_j"), OpenReason.BREAKS_RULE)


def test_settle_reader_and_person_agree_on_broken_sum_needs_second_person():
    wrong = {"votes_1": 70}
    statements = (changed(READER, **wrong), changed(KPPS, **wrong), KPPS_ASSISTED)
    votes = ("votes_1", "votes_2", "votes_3", "valid")
    assert dict(run(*statements).open) == dict.fromkeys(votes, OpenReason.BREAKS_RULE)
    second = StatementView("o", "operator", True, 5, {f: (BLIND | wrong)[f] for f in votes})
    got = run(*statements, second)
    assert (got.verified, got.settled["votes_1"], len(got.findings)) == (True, 70, 1)


def test_settle_repeating_own_value_keeps_blind_claim():
    again = replace(KPPS_ASSISTED, figures=PAPER)
    assert run(READER, KPPS, again).supporters["valid"] == ("k", "r")


def test_settle_correcting_own_value_supersedes():
    got = run(READER, changed(KPPS, valid=301), replace(KPPS_ASSISTED, figures=PAPER))
    assert got.verified and got.supporters["valid"] == ("k2", "r")


def test_settle_seeing_the_repeat_of_a_blind_claim_taints():
    again = StatementView("k3", "kpps", True, 3, {"valid": 300}, uploader=True)
    peeker = StatementView("p", "peeker", True, 5, {"valid": 300}, saw=frozenset({"k3"}))
    assert run(KPPS, again, peeker).open["valid"] is OpenReason.NOT_INDEPENDENT


def test_settle_sight_of_earlier_acts_is_kept():
    looked = StatementView("p1", "peeker", True, 4, {}, saw=frozenset({"k"}))
    later = StatementView("p2", "peeker", True, 5, {"valid": 300})
    assert run(KPPS, looked, later).open["valid"] is OpenReason.NOT_INDEPENDENT


def test_settle_optional_row_counts_once_stated():
    assert "roll_total_l" not in run(READER).open
    assert run(changed(READER, roll_total_l=5)).open["roll_total_l"] is OpenReason.UNCONFIRMED


def test_settle_duplicate_ids_refused():
    with pytest.raises(ValueError, match="one id"):
        run(READER, replace(OPERATOR, id="r"))


FEW = ("votes_1", "votes_2", "votes_3", "valid", "disabled_l", "disabled_p", "disabled_j")
IDS = [f"s{n}" for n in range(6)]


@st.composite
def histories(draw: st.DrawFn) -> list[StatementView]:
    out = []
    for order in range(draw(st.integers(0, len(IDS)))):
        author = draw(st.sampled_from("abcd"))
        figures = draw(st.dictionaries(st.sampled_from(FEW), st.sampled_from([None, 0, 1, 2]), max_size=len(FEW)))
        saw = draw(st.frozensets(st.sampled_from(IDS[:order]), max_size=2)) if order else frozenset()
        out.append(StatementView(IDS[order], author, author != "d", order, figures, saw, author == "a"))
    return out


@settings(max_examples=80, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_settle_order_of_statements_does_not_matter(history, random):
    shuffled = random.sample(history, len(history))
    assert result(run(*shuffled)) == result(run(*history))


@settings(max_examples=80, deadline=None)
@given(histories(), st.permutations(range(6)))
def test_settle_independent_full_statements_commute(history, orders):
    blind = [replace(s, saw=frozenset(), author=s.id, uploader=False, human=True) for s in history]
    reordered = [replace(s, order=order) for s, order in zip(blind, orders, strict=False)]
    assert result(run(*reordered)) == result(run(*blind))


@settings(max_examples=80, deadline=None)
@given(histories())
def test_settle_needs_two_authors_one_person_one_other_than_uploader(history):
    got = run(*history)
    by_id = {s.id: s for s in history}
    assert set(got.settled) | set(got.open) >= set(FIELDS) and not set(got.settled) & set(got.open)
    for field, ids in got.supporters.items():
        backers = [by_id[i] for i in ids]
        assert len({s.author for s in backers}) >= 2
        assert any(s.human for s in backers) and not all(s.uploader for s in backers)
        assert all(s.figures[field] == got.settled[field] for s in backers)


@settings(max_examples=80, deadline=None)
@given(histories())
def test_settle_fresh_agreeing_person_unsettles_nothing(history):
    before = run(*history)
    fresh = StatementView("fresh", "fresh", True, 99, before.settled)
    after = run(*history, fresh)
    assert {field: after.settled.get(field) for field in before.settled} == dict(before.settled)
