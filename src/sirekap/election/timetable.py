"""The stages (tahapan) of an election as data, and where each stands on a given day.

Windows are settings: pass another list where a region began later. Days are local calendar
days, both ends included. Source of the default: PKPU 2/2024 and PKPU 18/2024 as reported.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations


class StageStatus(StrEnum):
    """``done``: finished within the window; ``closed``: finished and the window is over."""

    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"
    DONE = "done"


STATUS_ID = {
    StageStatus.UPCOMING: "Belum mulai",
    StageStatus.OPEN: "Berlangsung",
    StageStatus.LATE: "Terlambat",
    StageStatus.CLOSED: "Berakhir",
    StageStatus.DONE: "Selesai",
}
STATUS_EN = {
    StageStatus.UPCOMING: "Upcoming",
    StageStatus.OPEN: "Open",
    StageStatus.LATE: "Late",
    StageStatus.CLOSED: "Closed",
    StageStatus.DONE: "Done",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage and its window, both days included. Raises ``ValueError`` when it ends before it starts."""

    key: str
    label_id: str
    label_en: str
    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"stage {self.key} ends {self.end} before it starts {self.start}")

    def overlaps(self, other: Stage) -> bool:
        """Whether the two windows share a day."""
        return self.start <= other.end and other.start <= self.end


def _day(month: int, day: int) -> date:
    return date(2024, month, day)


PILKADA_2024: tuple[Stage, ...] = (
    Stage("voting", "Pemungutan dan penghitungan suara", "Voting and counting", _day(11, 27), _day(11, 28)),
    Stage("district", "Rekapitulasi kecamatan", "District plenary", _day(11, 28), _day(12, 3)),
    Stage("regency", "Rekapitulasi kabupaten/kota", "Regency plenary", _day(11, 29), _day(12, 6)),
    Stage("regency_result", "Pengumuman kabupaten/kota", "Regency announcement", _day(11, 29), _day(12, 12)),
    Stage("province", "Rekapitulasi provinsi", "Province plenary", _day(11, 30), _day(12, 9)),
    Stage("province_result", "Pengumuman provinsi", "Province announcement", _day(11, 30), _day(12, 15)),
    Stage("revote", "Pemungutan suara ulang", "Re-vote", _day(11, 28), _day(12, 6)),
)
"""Default windows; counting may run to noon of the day after voting."""


def status(stage: Stage, today: date, done: bool) -> StageStatus:
    """Where a stage stands: late means its window is over and its work is not."""
    if done:
        return StageStatus.DONE if today <= stage.end else StageStatus.CLOSED
    if today < stage.start:
        return StageStatus.UPCOMING
    return StageStatus.OPEN if today <= stage.end else StageStatus.LATE


def overlapping(stages: Sequence[Stage]) -> tuple[tuple[str, str], ...]:
    """Keys of every two stages whose windows share a day, in list order."""
    return tuple((a.key, b.key) for a, b in combinations(stages, 2) if a.overlaps(b))


def on(stages: Sequence[Stage], today: date) -> tuple[Stage, ...]:
    """Stages whose window contains ``today``."""
    return tuple(s for s in stages if s.start <= today <= s.end)


def with_window(stages: Sequence[Stage], key: str, start: date, end: date) -> tuple[Stage, ...]:
    """The list with one stage's window changed. Raises ``KeyError`` for an unknown key."""
    if key not in {s.key for s in stages}:
        raise KeyError(key)
    return tuple(replace(s, start=start, end=end) if s.key == key else s for s in stages)


def petition_stage(announced: date, holidays: Collection[date] = (), working_days: int = 3) -> Stage:
    """Window for a petition to the constitutional court: working days after the announcement."""
    day, left = announced, working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays
    return Stage("petition", "Permohonan sengketa ke MK", "Petition to the constitutional court", announced, day)


def elected_stage(registered: date, days: int = 3) -> Stage:
    """Window for determining the elected pair, after the court's register or its ruling."""
    end = registered + timedelta(days=days)
    return Stage("elected", "Penetapan pasangan calon terpilih", "Determination of the elected pair", registered, end)
