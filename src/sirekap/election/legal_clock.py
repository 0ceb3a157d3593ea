"""The legal clock after the count: announcement, petition, the court's register or ruling, the elected pair.

Pure: days are local calendar days and passed in. Sources: UU 10/2016 art. 157 (petition within 3 working days of the
announcement), art. 158 (thresholds: `outcome.COURT_BRACKETS`), PKPU 18/2024 (elected pair within 3 days after the
register, BRPK, shows no dispute, or after the ruling). The number of days is a setting of the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sirekap.election.timetable import elected_stage, petition_stage


class CourtEvent(StrEnum):
    """What the constitutional court's register or a ruling says of a contest."""

    NO_DISPUTE = "no_dispute"
    PETITION = "petition"
    DISMISSED = "dismissed"
    GRANTED = "granted"


class ClockState(StrEnum):
    """What a contest waits for."""

    COUNTING = "counting"
    PETITION_OPEN = "petition_open"
    AWAITING_REGISTER = "awaiting_register"
    IN_COURT = "in_court"
    ELECTION_DUE = "election_due"
    RULING_GRANTED = "ruling_granted"
    ELECTED = "elected"


LABEL_ID: dict[CourtEvent | ClockState, str] = {
    CourtEvent.NO_DISPUTE: "BRPK: tidak ada perkara",
    CourtEvent.PETITION: "Perkara diregistrasi di MK",
    CourtEvent.DISMISSED: "Putusan MK: permohonan ditolak atau tidak diterima",
    CourtEvent.GRANTED: "Putusan MK: permohonan dikabulkan",
    ClockState.COUNTING: "Hasil belum ditetapkan",
    ClockState.PETITION_OPEN: "Masa permohonan ke MK",
    ClockState.AWAITING_REGISTER: "Menunggu buku registrasi perkara (BRPK)",
    ClockState.IN_COURT: "Perkara berjalan di MK",
    ClockState.ELECTION_DUE: "Pasangan calon terpilih harus ditetapkan",
    ClockState.RULING_GRANTED: "Putusan MK harus dilaksanakan",
    ClockState.ELECTED: "Pasangan calon terpilih sudah ditetapkan",
}
LABEL_EN: dict[CourtEvent | ClockState, str] = {
    CourtEvent.NO_DISPUTE: "The court's register shows no dispute",
    CourtEvent.PETITION: "A petition is registered",
    CourtEvent.DISMISSED: "The court dismissed the petition",
    CourtEvent.GRANTED: "The court granted the petition",
    ClockState.COUNTING: "The result is not determined yet",
    ClockState.PETITION_OPEN: "Petitions may be filed",
    ClockState.AWAITING_REGISTER: "Waiting for the court's register",
    ClockState.IN_COURT: "The court is hearing the case",
    ClockState.ELECTION_DUE: "The elected pair is to be determined",
    ClockState.RULING_GRANTED: "The court's ruling is to be carried out",
    ClockState.ELECTED: "The elected pair has been determined",
}


@dataclass(frozen=True, slots=True)
class CourtDay:
    """One record of the court and the day it is dated."""

    event: CourtEvent
    day: date


@dataclass(frozen=True, slots=True)
class Clock:
    """What a contest waits for and until when; both days are local and included.

    ``petition_until``: last day for a petition, from the announcement on. ``due``: last day of what it waits for now;
    ``None`` where the law sets the court no day here. ``days_left`` counts today as 0 and is negative when late.
    """

    state: ClockState
    petition_until: date | None = None
    due: date | None = None
    days_left: int | None = None

    @property
    def late(self) -> bool:
        """Whether the day has passed."""
        return self.days_left is not None and self.days_left < 0


def clock(
    today: date,
    announced: date | None,
    court: Sequence[CourtDay] = (),
    elected: date | None = None,
    *,
    holidays: Collection[date] = (),
    petition_days: int = 3,
    elected_days: int = 3,
) -> Clock:
    """Where the legal clock of one contest stands.

    ``announced``: day of the determination in force. ``court``: oldest first; records dated before the announcement
    belong to a determination that was superseded and count no more. ``elected``: day of the decision on the pair.
    """
    if announced is None:
        return Clock(ClockState.COUNTING)
    until = petition_stage(announced, holidays, petition_days).end
    if elected is not None:
        return Clock(ClockState.ELECTED, until)
    last = next((record for record in reversed(court) if record.day >= announced), None)
    if last is None:
        if today <= until:
            return _due(ClockState.PETITION_OPEN, until, until, today)
        return Clock(ClockState.AWAITING_REGISTER, until)
    if last.event is CourtEvent.PETITION:
        return Clock(ClockState.IN_COURT, until)
    if last.event is CourtEvent.GRANTED:
        return Clock(ClockState.RULING_GRANTED, until)
    return _due(ClockState.ELECTION_DUE, until, elected_stage(last.day, elected_days).end, today)


def _due(state: ClockState, petition: date, due: date, today: date) -> Clock:
    return Clock(state, petition, due, (due - today).days)
