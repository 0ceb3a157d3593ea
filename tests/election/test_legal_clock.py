"""The legal clock: 3 working days for a petition, 3 days for the decision on the elected pair."""

from __future__ import annotations

from datetime import date

from sirekap.election import legal_clock
from sirekap.election.legal_clock import Clock, ClockState, CourtDay, CourtEvent, clock

ANNOUNCED = date(2024, 12, 6)  # a Friday
UNTIL = date(2024, 12, 11)


def test_labels_cover_every_state_in_both_languages() -> None:
    every = {*legal_clock.CourtEvent, *legal_clock.ClockState}
    assert set(legal_clock.LABEL_ID) == every and set(legal_clock.LABEL_EN) == every


def test_clock_does_not_run_before_the_determination() -> None:
    assert clock(ANNOUNCED, None) == Clock(ClockState.COUNTING)


def test_petition_window_counts_working_days_and_holidays() -> None:
    assert clock(date(2024, 12, 9), ANNOUNCED) == Clock(ClockState.PETITION_OPEN, UNTIL, UNTIL, 2)
    assert clock(UNTIL, ANNOUNCED) == Clock(ClockState.PETITION_OPEN, UNTIL, UNTIL, 0)
    later = date(2024, 12, 12)
    assert clock(later, ANNOUNCED) == Clock(ClockState.AWAITING_REGISTER, UNTIL)
    assert clock(later, ANNOUNCED, holidays=[date(2024, 12, 9)]) == Clock(ClockState.PETITION_OPEN, later, later, 0)


def test_elected_pair_is_due_three_days_after_the_register_or_the_ruling() -> None:
    register = CourtDay(CourtEvent.NO_DISPUTE, date(2025, 1, 3))
    due = Clock(ClockState.ELECTION_DUE, UNTIL, date(2025, 1, 6), 2)
    assert clock(date(2025, 1, 4), ANNOUNCED, [register]) == due
    late = clock(date(2025, 1, 7), ANNOUNCED, [register])
    assert (late.days_left, late.late, due.late) == (-1, True, False)
    petition = CourtDay(CourtEvent.PETITION, date(2025, 1, 3))
    assert clock(date(2025, 2, 1), ANNOUNCED, [petition]) == Clock(ClockState.IN_COURT, UNTIL)
    dismissed = CourtDay(CourtEvent.DISMISSED, date(2025, 2, 4))
    assert clock(date(2025, 2, 5), ANNOUNCED, [petition, dismissed]).due == date(2025, 2, 7)
    granted = CourtDay(CourtEvent.GRANTED, date(2025, 2, 4))
    assert clock(date(2025, 2, 5), ANNOUNCED, [petition, granted]) == Clock(ClockState.RULING_GRANTED, UNTIL)


def test_records_of_a_superseded_determination_count_no_more() -> None:
    old = [CourtDay(CourtEvent.PETITION, date(2024, 12, 9)), CourtDay(CourtEvent.GRANTED, date(2025, 2, 4))]
    again = date(2025, 4, 21)
    assert clock(again, again, old).state is ClockState.PETITION_OPEN


def test_clock_stops_with_the_elected_pair() -> None:
    assert clock(date(2025, 1, 9), ANNOUNCED, elected=date(2025, 1, 9)) == Clock(ClockState.ELECTED, UNTIL)
