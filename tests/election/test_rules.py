"""Checks of one form: format, identities, bounds, plausibility, and one message for one cause."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import consistent_forms

from sirekap.election import chasil, rules
from sirekap.election.rules import RULE_BY_CODE, RULES, Finding, Limits, Scope, Severity, check
from sirekap.election.rules_base import Bound, Identity, Special

FORM: dict[str, int] = (
    {"roll_dpt_l": 250, "roll_dpt_p": 240, "roll_dpt_j": 490}
    | {"roll_dpph_l": 3, "roll_dpph_p": 2, "roll_dpph_j": 5, "roll_dptb_l": 1, "roll_dptb_p": 1, "roll_dptb_j": 2}
    | {"roll_total_l": 254, "roll_total_p": 243, "roll_total_j": 497}
    | {"voted_dpt_l": 150, "voted_dpt_p": 160, "voted_dpt_j": 310}
    | {"voted_dpph_l": 2, "voted_dpph_p": 1, "voted_dpph_j": 3, "voted_dptb_l": 1, "voted_dptb_p": 1, "voted_dptb_j": 2}
    | {"voted_total_l": 153, "voted_total_p": 162, "voted_total_j": 315}
    | {"ballots_received": 503, "ballots_used": 315, "ballots_spoiled": 4, "ballots_unused": 184}
    | {"disabled_registered_l": 4, "disabled_registered_p": 3, "disabled_registered_j": 7}
    | {"disabled_l": 2, "disabled_p": 1, "disabled_j": 3}
    | {"votes_1": 100, "votes_2": 120, "votes_3": 80, "valid": 300, "invalid": 15, "total": 315}
)
COLUMNS = 3
IDENTITY_RULES = [r for r in RULES if r.check and isinstance(r.check(COLUMNS), Identity)]


def codes(changes: dict[str, object], **options: object) -> list[str]:
    return [f.code for f in check({**FORM, **changes}, COLUMNS, **options)]  # type: ignore[arg-type]


def codes_of(figures: dict[str, int]) -> list[str]:
    return [f.code for f in check(figures, COLUMNS)]


def test_consistent_form_has_no_finding() -> None:
    assert check(FORM, COLUMNS, complete=True) == []


def test_empty_form_has_no_finding_unless_called_complete() -> None:
    assert check({}, COLUMNS) == []
    missing = chasil.field_ids(COLUMNS)
    assert check({}, COLUMNS, complete=True) == [
        Finding("E105", Severity.ERROR, missing, {"missing": len(missing)}),
    ]


def test_complete_does_not_demand_rows_that_only_some_layouts_print() -> None:
    core = {f: FORM[f] for f in chasil.field_ids(COLUMNS)}
    assert check(core, COLUMNS, complete=True) == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"vote_1": 3}, Finding("E101", Severity.ERROR, ("vote_1",))),
        ({"vote_1": None}, Finding("E101", Severity.ERROR, ("vote_1",))),
        ({"valid": True}, Finding("E102", Severity.ERROR, ("valid",))),
        ({"valid": 300.0}, Finding("E102", Severity.ERROR, ("valid",))),
        ({"valid": "300"}, Finding("E102", Severity.ERROR, ("valid",))),
        ({"total": -1}, Finding("E103", Severity.ERROR, ("total",), {"actual": -1})),
        ({"votes_1": 1000}, Finding("E104", Severity.ERROR, ("votes_1",), {"actual": 1000, "expected": 999})),
        ({"votes_4": 1}, Finding("E106", Severity.ERROR, ("votes_4",), {"columns": 3})),
    ],
)
def test_format_error_is_the_only_finding_of_its_field(changes: dict[str, object], finding: Finding) -> None:
    assert check({**FORM, **changes}, COLUMNS) == [finding]


def test_empty_vote_column_of_a_wider_contest_is_no_finding() -> None:
    assert codes({"votes_4": None, "votes_10": None}) == []


def test_station_with_three_million_votes_is_refused() -> None:
    assert codes({"votes_3": 3_514_615}) == ["E104"]


@pytest.mark.parametrize("columns", [0, 11, -1])
def test_impossible_number_of_columns_raises(columns: int) -> None:
    with pytest.raises(ValueError, match="vote columns"):
        check(FORM, columns)


@pytest.mark.parametrize("rule", IDENTITY_RULES, ids=lambda r: r.code)
def test_identity_alone_is_reported_with_expected_and_actual(rule: rules.Rule) -> None:
    assert rule.check
    identity = rule.check(COLUMNS)
    assert isinstance(identity, Identity)
    figures = {f: FORM[f] for f in identity.fields}
    assert check(figures, COLUMNS) == []
    expected = figures[identity.target]
    figures[identity.target] += 1
    assert check(figures, COLUMNS) == [
        Finding(rule.code, Severity.ERROR, identity.fields, {"actual": expected + 1, "expected": expected} | figures)
    ]


def test_every_identity_of_the_form_has_its_code() -> None:
    numbers = [*range(201, 207), *range(211, 217), *range(221, 231)]
    assert [r.code for r in IDENTITY_RULES] == [f"E{n}" for n in numbers]


@pytest.mark.parametrize(
    "rule", [r for r in RULES if r.check and isinstance(r.check(COLUMNS), Bound)], ids=lambda r: r.code
)
def test_bound_alone_is_reported_only_beyond_the_limit(rule: rules.Rule) -> None:
    assert rule.check
    bound = rule.check(COLUMNS)
    assert isinstance(bound, Bound)
    limit = 50
    even = dict.fromkeys(bound.fields, limit)
    if rule.code == "E321":
        even |= dict.fromkeys(bound.small[1:], 0)
    assert check(even, COLUMNS, limits=Limits(uniform_from=999)) == []
    broken = {**even, bound.small[0]: limit + 1}
    [finding] = check(broken, COLUMNS, limits=Limits(uniform_from=999))
    assert finding == Finding(
        rule.code,
        Severity.ERROR,
        (bound.small[0], bound.large),
        {"actual": limit + 1, "expected": limit, bound.small[0]: limit + 1, bound.large: limit},
    )


def test_pair_above_valid_names_only_the_offending_pairs() -> None:
    [finding] = check({"votes_1": 100, "votes_2": 90, "votes_3": 5, "valid": 20}, COLUMNS)
    assert finding.code == "E321"
    assert finding.fields == ("votes_1", "votes_2", "valid")


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"roll_dpt_j": 490, "total": 503}, []),
        ({"roll_dpt_j": 490, "total": 504}, ["W401"]),
        ({"roll_dpt_j": 40, "total": 41}, []),
        ({"roll_dpt_j": 40, "total": 42}, ["W401"]),
        ({"roll_dpt_j": 600}, []),
        ({"roll_dpt_j": 601}, ["W402"]),
        ({"roll_dpt_j": 300, "total": 0}, ["W403"]),
        ({"roll_dpt_j": 0, "total": 0}, []),
        ({"votes_1": 0, "votes_2": 20, "votes_3": 0}, ["W404"]),
        ({"votes_1": 0, "votes_2": 19, "votes_3": 0}, []),
        ({"votes_1": 0, "votes_2": 20, "votes_3": None}, []),
        ({"roll_dpt_j": 300, "voted_dpt_j": 300}, ["W405"]),
        ({"roll_dpt_j": 19, "voted_dpt_j": 19}, []),
        ({"valid": 10, "invalid": 11}, ["W406"]),
        ({"valid": 10, "invalid": 10}, []),
    ],
)
def test_warning_at_its_limit(figures: dict[str, int | None], expected: list[str]) -> None:
    found = check(figures, COLUMNS)
    assert [f.code for f in found] == expected
    assert not rules.has_errors(found)


def test_limits_are_parameters() -> None:
    figures = {"roll_dpt_j": 700, "total": 735}
    assert [f.code for f in check(figures, COLUMNS)] == ["W401", "W402"]
    assert check(figures, COLUMNS, limits=Limits(reserve_per_mille=50, station_cap=700)) == []


@pytest.mark.parametrize(("roll", "reserve"), [(0, 0), (1, 1), (40, 1), (41, 2), (500, 13), (600, 15)])
def test_reserve_is_rounded_up(roll: int, reserve: int) -> None:
    assert rules.DEFAULT_LIMITS.reserve(roll) == reserve


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # The sum of votes fails because a pair is misread: the votes, not the sums after them.
        ({"votes_1": 111}, ["E203"]),
        ({"valid": 301}, ["E203"]),
        ({"valid": 30}, ["E321"]),
        ({"votes_2": 420}, ["E321"]),
        ({"total": 351}, ["E204"]),
        ({"total": 815}, ["E204"]),
        ({"invalid": 51}, ["E204"]),
        ({"invalid": 501}, ["E204"]),
        ({"ballots_used": 351}, ["E201"]),
        ({"ballots_received": 53}, ["E205"]),
        ({"voted_total_j": 351}, ["E228"]),
        ({"voted_total_l": 135}, ["E228"]),
        ({"voted_dpt_l": 510}, ["E225"]),
        ({"roll_dpt_j": 940}, ["E221"]),
        ({"roll_dpt_l": 25}, ["E221"]),
        ({"disabled_l": 200}, ["E230"]),
        # Men and their sum both off: the rows add up, the columns say why.
        ({"voted_total_l": 158, "voted_total_j": 320}, ["E211"]),
        # Two causes, two messages.
        ({"votes_1": 111, "voted_dpt_l": 151}, ["E203", "E225"]),
        ({"total": 316, "voted_total_j": 320}, ["E202", "E204", "E228"]),
        ({"votes_1": 111, "invalid": 51}, ["E203", "E204"]),
        ({"votes_2": 420, "invalid": 51}, ["E204", "E321"]),
        # Votes for two pairs swapped, or shifted between them, cannot be seen by arithmetic.
        ({"votes_1": 120, "votes_2": 100}, []),
        # Men and women swapped in one row: both columns say so.
        ({"voted_dpt_l": 160, "voted_dpt_p": 150}, ["E211", "E212"]),
        # Without V.C the ballots are compared with the voters.
        ({"total": None, "ballots_used": 351}, ["E206"]),
    ],
)
def test_one_cause_gives_one_message(changes: dict[str, object], expected: list[str]) -> None:
    assert codes(changes) == expected


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        # More men than on the roll makes the sum exceed the roll too.
        ({"roll_dpt_l": 10, "roll_dpt_j": 20, "voted_dpt_l": 15, "voted_dpt_j": 22}, ["E301"]),
        ({"roll_dpt_j": 20, "voted_dpt_j": 22}, ["E303"]),
        ({"roll_dpt_j": 20, "ballots_received": 21, "total": 30}, ["E322"]),
    ],
)
def test_bound_that_follows_from_another_bound_is_left_out(figures: dict[str, int], expected: list[str]) -> None:
    assert codes_of(figures) == expected


def test_figure_below_zero_is_never_taken_as_the_common_cause() -> None:
    # -25 men in I.B.1 would satisfy both rules.
    row = {"voted_dpt_l": 20, "voted_dpt_p": 30, "voted_dpt_j": 5}
    column = {"voted_dpph_l": 30, "voted_dptb_l": 0, "voted_total_l": 5}
    assert codes_of(row | column) == ["E211", "E225"]


def test_sum_of_votes_unlike_valid_is_e203() -> None:
    figures = {"votes_1": 100, "votes_2": 120, "votes_3": 80, "valid": 310, "invalid": 15, "total": 325}
    [finding] = check(figures, COLUMNS)
    assert finding.as_dict() == {
        "code": "E203",
        "severity": "error",
        "fields": ["votes_1", "votes_2", "votes_3", "valid"],
    }
    assert (finding.context["actual"], finding.context["expected"]) == (310, 300)


def test_rule_table_is_well_formed() -> None:
    assert len(RULE_BY_CODE) == len(RULES)
    position = {rule.code: at for at, rule in enumerate(RULES)}
    for rule in RULES:
        assert (rule.severity is Severity.WARNING) == rule.code.startswith("W")
        assert rule.formula
        assert rule.source
        assert set(rule.hidden_by) <= position.keys() - {rule.code}
        assert len(set(rule.hidden_by)) == len(rule.hidden_by)
        assert not (rule.severity is Severity.ERROR and any(h.startswith("W") for h in rule.hidden_by))
        known = set(chasil.field_ids(COLUMNS, optional=True))
        assert set(rule.fields(COLUMNS)) <= known
        assert bool(rule.fields(COLUMNS)) == (rule.scope is Scope.FORM and not rule.code.startswith("E1"))


def test_hiding_has_no_circle() -> None:
    def above(code: str, path: tuple[str, ...]) -> None:
        assert code not in path
        for hider in RULE_BY_CODE[code].hidden_by:
            above(hider, (*path, code))

    for rule in RULES:
        above(rule.code, ())


def test_identities_that_share_a_figure_are_ordered() -> None:
    for one in IDENTITY_RULES:
        for other in IDENTITY_RULES:
            needless = {one.code, other.code} in ({"E206", "E201"}, {"E206", "E202"})
            if one is not other and not needless and set(one.fields(COLUMNS)) & set(other.fields(COLUMNS)):
                assert one.code in other.hidden_by or other.code in one.hidden_by


def test_special_checks_skip_missing_figures() -> None:
    for rule in RULES:
        built = rule.check(COLUMNS) if rule.check else None
        if isinstance(built, Special):
            for left_out in built.fields:
                assert built.breach({f: 0 for f in built.fields if f != left_out}, Limits()) is None


@given(data=st.data(), columns=st.integers(2, chasil.MAX_COLUMNS))
@settings(max_examples=150, deadline=None)
def test_consistent_random_form_has_no_finding(data: st.DataObject, columns: int) -> None:
    form = data.draw(consistent_forms(columns))
    assert check(form, columns, complete=True) == []


@given(data=st.data(), columns=st.integers(2, 5))
@settings(max_examples=400, deadline=None)
def test_one_changed_figure_gives_one_finding_that_touches_it(data: st.DataObject, columns: int) -> None:
    form = data.draw(consistent_forms(columns))
    name = data.draw(st.sampled_from(sorted(form)))
    figure = data.draw(st.integers(0, 999).filter(lambda n: n != form[name]))
    found = check({**form, name: figure}, columns)
    # Every field of the form takes part in an identity, so no slip in one figure goes unseen.
    assert [name in f.fields for f in found] == [True]
    assert found[0].severity is Severity.ERROR


@given(data=st.data(), columns=st.integers(2, 5))
@settings(max_examples=300, deadline=None)
def test_check_of_any_figures_is_pure_deterministic_and_hides_consequences(data: st.DataObject, columns: int) -> None:
    form: dict[str, object] = dict(data.draw(consistent_forms(columns)))
    junk = st.one_of(st.none(), st.integers(-5, 1500), st.booleans(), st.text(max_size=3), st.floats())
    names = st.sampled_from([*sorted(form), "votes_9", "nonsense"])
    form |= data.draw(st.dictionaries(names, junk, max_size=8))
    before = copy.deepcopy(form)
    found = check(form, columns)
    assert repr(form) == repr(before)
    assert check(dict(reversed(form.items())), columns) == found
    reported = {f.code for f in found}
    for finding in found:
        hiders = reported.intersection(RULE_BY_CODE[finding.code].hidden_by)
        assert not any(_same_cause(hider, finding.code, form, columns) for hider in hiders)
        for name in finding.fields:
            assert finding.code.startswith("E1") or type(form[name]) is int
    order = [r.code for r in RULES]
    assert [order.index(f.code) for f in found] == sorted(order.index(f.code) for f in found)


def _same_cause(hider: str, code: str, form: dict[str, object], columns: int) -> bool:
    """Brute force: some other figure in one shared field satisfies both rules."""
    first, second = RULE_BY_CODE[hider].check, RULE_BY_CODE[code].check
    if first is None or second is None:
        return False
    one, two = first(columns), second(columns)
    values = {f: v for f, v in form.items() if type(v) is int and 0 <= v <= 999}
    if not isinstance(one, Identity) and not isinstance(two, Identity):
        return True
    return any(
        one.breach({**values, name: figure}, Limits()) is None
        and two.breach({**values, name: figure}, Limits()) is None
        for name in set(one.fields) & set(two.fields)
        for figure in range(4000)
    )


@given(data=st.data(), columns=st.integers(2, 5))
@settings(max_examples=200, deadline=None)
def test_broken_form_always_keeps_a_message(data: st.DataObject, columns: int) -> None:
    form = data.draw(consistent_forms(columns))
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(form)), st.integers(0, 999), min_size=1, max_size=5))
    changed = {**form, **changes}
    broken = [r for r in RULES if r.check and r.check(columns).breach(changed, Limits()) is not None]
    assert bool(check(changed, columns)) == bool(broken)
