from __future__ import annotations

from datetime import date

import pytest

from sirekap.election import timetable as t
from sirekap.election.timetable import StageStatus

STAGES = {s.key: s for s in t.PILKADA_2024}


@pytest.mark.parametrize(
    ("day", "done", "expected"),
    [
        (date(2024, 11, 27), False, StageStatus.UPCOMING),
        (date(2024, 11, 28), False, StageStatus.OPEN),
        (date(2024, 12, 3), False, StageStatus.OPEN),
        (date(2024, 12, 3), True, StageStatus.DONE),
        (date(2024, 12, 4), False, StageStatus.LATE),
        (date(2024, 12, 4), True, StageStatus.CLOSED),
    ],
)
def test_status_of_district_stage(day, done, expected):
    assert t.status(STAGES["district"], day, done) is expected


def test_overlapping_regency_plenary_runs_beside_the_districts():
    pairs = t.overlapping(t.PILKADA_2024)
    assert ("district", "regency") in pairs and ("voting", "regency") not in pairs


def test_on_a_day():
    assert [s.key for s in t.on(t.PILKADA_2024, date(2024, 11, 27))] == ["voting"]
    assert [s.key for s in t.on(t.PILKADA_2024, date(2024, 12, 8))] == [
        "regency_result",
        "province",
        "province_result",
    ]


def test_with_window_moves_one_stage():
    moved = t.with_window(t.PILKADA_2024, "district", date(2024, 11, 29), date(2024, 12, 3))
    assert [s for s in moved if s.key != "district"] == [s for s in t.PILKADA_2024 if s.key != "district"]
    assert next(s for s in moved if s.key == "district").start == date(2024, 11, 29)
    with pytest.raises(KeyError):
        t.with_window(t.PILKADA_2024, "nothing", date(2024, 11, 29), date(2024, 12, 3))


def test_stage_refuses_reversed_window():
    with pytest.raises(ValueError, match="before it starts"):
        t.Stage("x", "x", "x", date(2024, 12, 2), date(2024, 12, 1))


def test_petition_stage_counts_working_days():
    friday, monday = date(2024, 12, 6), date(2024, 12, 9)
    assert t.petition_stage(friday).end == date(2024, 12, 11)
    assert t.petition_stage(friday, holidays=[monday]).end == date(2024, 12, 12)
    assert t.elected_stage(date(2025, 1, 6)).end == date(2025, 1, 9)
