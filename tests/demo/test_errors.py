"""Seeded errors are where the plan says, and nowhere else."""

from __future__ import annotations

import numpy as np

from sirekap.demo.errors import mistyped
from sirekap.demo.facts import GOVERNOR, KINDS, REGENT
from sirekap.demo.plan import ErrorKind, Plan, Stage
from sirekap.election import rules
from sirekap.election.rules_cross import check_cross_contest

COLUMNS = {REGENT: 3, GOVERNOR: 4}
ON_PAPER = (ErrorKind.ARITHMETIC, ErrorKind.SWAPPED, ErrorKind.CROSS_CONTEST, ErrorKind.RECOUNT)


def test_every_kind_is_seeded(plan: Plan) -> None:
    counts = {kind: sum(e.kind is kind for e in plan.errors) for kind in ErrorKind}
    assert counts == {
        ErrorKind.SLIP: 54,
        ErrorKind.REFUSED_SLIP: 6,
        ErrorKind.ARITHMETIC: 12,
        ErrorKind.SWAPPED: 3,
        ErrorKind.LARGE_ROLL: 2,
        ErrorKind.LATE_CORRECTION: 1,
        ErrorKind.RECOUNT: 1,
        ErrorKind.CROSS_CONTEST: 1,
    }
    places = [(e.station, e.contest) for e in plan.errors]
    assert len(set(places)) == len(places)


def test_paper_breaks_exactly_the_seeded_rules(plan: Plan) -> None:
    found = {
        (s.code, kind, f.code)
        for kind in KINDS
        for i, s in enumerate(plan.stations)
        for f in rules.check(plan.figures(kind, i), COLUMNS[kind], complete=True)
    }
    found |= {
        (s.code, GOVERNOR, f.code)
        for i, s in enumerate(plan.stations)
        for f in check_cross_contest(plan.figures(GOVERNOR, i), plan.figures(REGENT, i))
    }
    assert found == {(e.station, e.contest, e.code) for e in plan.errors if e.code and not e.by}


def test_errors_on_paper_differ_from_the_truth_in_their_fields_only(plan: Plan) -> None:
    expected = {(e.station, e.contest): dict(e.wrong) for e in plan.errors if e.kind in ON_PAPER}
    seen = {}
    for kind in KINDS:
        rows = plan.rows[kind]
        for i in np.flatnonzero((rows.paper != rows.true_after_district).any(axis=1)).tolist():
            paper, true = plan.figures(kind, i), plan.figures(kind, i, Stage.DISTRICT)
            seen[(plan.stations[i].code, kind)] = {f: v for f, v in paper.items() if v != true[f]}
    assert seen == expected


def test_slips_differ_from_the_right_paper(plan: Plan) -> None:
    for e in plan.errors:
        if not e.by:
            continue
        i = plan.index[e.station]
        paper, keyed = plan.figures(e.contest, i), plan.keyed(e.contest, i, e.by)
        other = plan.keyed(e.contest, i, "operator" if e.by == "kpps" else "kpps")
        refused = e.kind is ErrorKind.REFUSED_SLIP
        assert {f: paper[f] for f in e.wrong} == dict(e.right)
        assert other == paper
        assert keyed == (paper if refused else paper | e.wrong)
        assert [f.code for f in rules.check(paper | e.wrong, COLUMNS[e.contest]) if f.code == "E104"] == (
            ["E104"] if refused else []
        )


def test_late_correction_is_a_regency_correction(plan: Plan) -> None:
    late = next(e for e in plan.errors if e.kind is ErrorKind.LATE_CORRECTION)
    correction = next(c for c in plan.regency_corrections if c.late)
    assert (late.station, dict(late.right)) == (correction.station, {c.field: c.new for c in correction.changes})


def test_mistyped_never_returns_the_value_itself() -> None:
    rng = np.random.default_rng(1)
    typed = {v: mistyped(rng, v) for v in range(10, 1000)}
    assert [v for v, t in typed.items() if v == t or not 0 <= t <= 999] == []
