"""Figure tables: what is written beside what is computed, what stood before, stages that say the same."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from sirekap.election.contests import ContestKind
from sirekap.election.standing import Standing
from sirekap.publication import model, tables
from sirekap.publication.tables import Figure, Said
from tests.publication import sample

FIGURES = sample.figures(ContestKind.REGENT)
PAIRS = sample.REGENT_PAIRS
SUMS = ("valid", "total", "ballots_received", "roll_dpt_j", "voted_dpt_j", "voted_total_l", "disabled_j")


def _cells(form: tables.Form) -> dict[str, tuple[Figure | None, ...]]:
    return {line.row: line.cells for _, lines in form.sections for line in lines}


@given(st.sampled_from(SUMS), st.integers(-9, 9))
def test_a_written_sum_that_differs_stands_beside_the_sum_of_its_parts(name: str, slip: int) -> None:
    right = FIGURES[name]
    assert right is not None
    written = {**FIGURES, name: right + slip}
    expected = {name: right} if slip else {}
    found = tables.computed(written, 3)
    assert {key: value for key, value in found.items() if key == name} == expected
    assert tables.form(written, PAIRS, votes=True).inconsistent == bool(slip)
    assert written == {**FIGURES, name: right + slip}


def test_a_sum_whose_parts_are_not_all_written_is_not_computed() -> None:
    assert tables.computed({"valid": 10, "votes_1": 3, "votes_2": None, "votes_3": 4}, 3) == {}
    assert tables.computed({"valid": 10, "votes_1": 3, "votes_2": 4}, 2) == {"valid": 7}


def test_a_figure_tells_what_stood_before_it_oldest_first() -> None:
    chain = tuple({**FIGURES, "invalid": n, "ballots_spoiled": m} for n, m in ((9, 1), (9, 2), (8, 1)))
    cells = _cells(tables.form(chain[-1], PAIRS, chain[:-1], votes=True))
    assert cells["V.B"] == (None, None, Figure(8, (9,), None))
    assert cells["II.3"] == (None, None, Figure(1, (1, 2), None))
    assert cells["III"] == (Figure(1), Figure(0), Figure(1))


def test_sections_follow_the_form_and_leave_out_what_it_does_not_print() -> None:
    form = tables.form(FIGURES, PAIRS, votes=True)
    assert [(str(title), [line.row for line in lines]) for title, lines in form.sections] == [
        ("I.A Data pemilih", ["I.A.1"]),
        ("I.B Pengguna hak pilih", ["I.B.1", "I.B.2", "I.B.3", "I.B.4"]),
        ("II. Surat suara", ["II.1", "II.2", "II.3", "II.4"]),
        ("III. Pemilih disabilitas", ["III"]),
        ("IV. Perolehan suara", ["IV.1", "IV.2", "IV.3"]),
        ("V. Suara sah dan tidak sah", ["V.A", "V.B", "V.C"]),
    ]
    assert list(_cells(tables.result(FIGURES, PAIRS))) == ["IV.1", "IV.2", "IV.3", "V.A", "V.B", "V.C"]


def test_votes_of_several_contests_print_no_votes_and_compute_nothing() -> None:
    form = tables.form({**FIGURES, "valid": 1}, (), votes=True)
    assert ([title for title, _ in form.sections if title.startswith("IV")], form.inconsistent) == ([], False)


def _station(**changes: object) -> model.StationView:
    view = sample.station(ContestKind.REGENT, 4, Standing.VERIFIED)
    return dataclasses.replace(view, **changes)  # type: ignore[arg-type]


def test_stages_that_say_the_same_share_a_column() -> None:
    same = tables.votes(_station())
    assert ([[str(t) for t in titles] for titles in same.columns], same.changed) == (
        [["Diisi KPPS", "Terverifikasi"]],
        False,
    )
    decided = {**FIGURES, "votes_1": 42, "valid": 295}
    apart = tables.votes(_station(decided=decided, standing=Standing.DISTRICT))
    assert [[str(t) for t in titles] for titles in apart.columns] == [
        ["Diisi KPPS", "Terverifikasi"],
        ["Disahkan pleno"],
    ]
    assert apart.rows[0][1] == (Said(41, False, None), Said(42, True, None))
    assert apart.rows[-1][1] == (Said(303, False, None), Said(303, False, 304))
    assert (apart.changed, apart.inconsistent) == (True, True)


def test_a_form_entered_in_part_is_no_equal_of_the_whole() -> None:
    written = {key: value for key, value in FIGURES.items() if key != "invalid"}
    assert len(tables.votes(_station(written=written)).columns) == 2
