"""A whole form: the reader finds, names and reads what was drawn, never anything else."""

from __future__ import annotations

from sirekap.election.rules import check
from sirekap.reading.reader import judge
from sirekap.simulate.figures import random_figures

from .conftest import STATION, Seen


def test_reader_registers_and_names_every_easy_page(seen: Seen) -> None:
    name, contest = seen.made.order.layout.name, seen.made.order.heading.form.contest
    for page, evidence in seen.evidence.items():
        assert (evidence.registered, evidence.template, evidence.page) == (True, name, page)
        assert evidence.qr is not None
        assert (evidence.qr.station, evidence.qr.page, evidence.qr.check) == (STATION.code, page, "unverified")
        assert str(evidence.qr.contest).startswith(contest.value)
        assert evidence.flags == ()


def test_reader_states_only_what_was_written(seen: Seen) -> None:
    reading = judge(list(seen.evidence.values()), columns=seen.made.order.heading.columns)
    stated = {name: f.value for name, f in reading.fields.items() if f.value is not None}
    assert stated == {name: seen.made.written.written[name] for name in stated}
    assert len(stated) >= 20


def test_truth_is_marked_simulated_and_names_station_and_writer(seen: Seen) -> None:
    truth = seen.made.truth()
    assert truth["simulated"] is True
    assert truth["notice"] == "SIMULASI - BUKAN FORMULIR ASLI"
    assert (truth["station"], truth["template"]) == (STATION.code, seen.made.order.layout.name)
    assert sorted(truth["photographs"]) == [str(page.page) for page in seen.made.order.layout.pages]


def test_random_figures_break_no_rule() -> None:
    for seed in range(300):
        columns = 2 + seed % 9
        assert check(random_figures(seed, columns), columns) == []
