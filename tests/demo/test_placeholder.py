"""Placeholder pictures: small, quick to tell apart, showing what the simulated paper says."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from sirekap.demo.facts import GOVERNOR, KINDS, REGENT, facts
from sirekap.demo.generate import generate
from sirekap.demo.placeholder import Job, placeholder, placeholders
from sirekap.demo.plan import Plan
from sirekap.election.contests import ContestKind


@pytest.fixture(scope="module")
def one_plan() -> Plan:
    return generate()


def job(plan: Plan, kind: ContestKind, station: int) -> Job:
    s, contest, names = plan.stations[station], plan.contests[kind], facts().region_names
    regions = tuple(names[c] for c in ("32", "3216", s.district, s.village))
    pairs = tuple(p.name for p in contest.pairs)
    return Job(s.code, regions, contest.title, plan.figures(kind, station), pairs)


def test_placeholders_are_small_distinct_pngs(one_plan: Plan) -> None:
    jobs = [job(one_plan, kind, i) for kind in KINDS for i in range(0, 4236, 60)]
    pictures = list(placeholders(jobs, processes=0))
    assert len(set(pictures)) == len(jobs)
    assert max(map(len, pictures)) <= 15_000
    with Image.open(io.BytesIO(pictures[0])) as image:
        assert (image.format, image.size) == ("PNG", (720, 1000))


def test_placeholders_by_two_processes_are_the_same_in_order(one_plan: Plan) -> None:
    jobs = [job(one_plan, GOVERNOR, i) for i in range(40)]
    assert list(placeholders(iter(jobs), processes=2)) == list(placeholders(jobs, processes=0))


def test_placeholder_changes_only_where_the_figure_stands(one_plan: Plan) -> None:
    j = job(one_plan, REGENT, 0)
    other = {**j.figures, "invalid": 987}
    images = [
        Image.open(io.BytesIO(placeholder(j.station_code, j.region_names, j.contest_title, f, j.pair_names)))
        for f in (j.figures, other)
    ]
    changed = [n for n, (a, b) in enumerate(zip(*(i.convert("L").tobytes() for i in images), strict=True)) if a != b]
    assert changed
    assert {(n % 720) // 600 for n in changed} == {1}
    assert max(changed) // 720 - min(changed) // 720 < 28


def test_placeholder_empty_figures_leave_boxes_empty(one_plan: Plan) -> None:
    j = job(one_plan, REGENT, 0)
    empty = dict.fromkeys(j.figures)
    picture = placeholder(j.station_code, j.region_names, j.contest_title, empty, j.pair_names)
    assert len(picture) < len(placeholder(j.station_code, j.region_names, j.contest_title, j.figures, j.pair_names))


def test_placeholder_figure_over_three_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="total = 1344 does not fit three digit boxes"):
        placeholder("3216011007001", ("Jawa Barat",), "Bupati", {"votes_1": 1, "total": 1344})
