"""When the plenaries sit: 23 districts, the regency taking them as they finish, the determination."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from sirekap.demo.facts import REGENCY, Facts
from sirekap.demo.plan import Session

LAST = "321606"
"""Tambun Selatan, the largest district, closes last."""
LAST_CLOSES = datetime(2024, 12, 2, 16, 40, tzinfo=UTC)
FIRST_DAY = datetime(2024, 11, 29, 2, tzinfo=UTC)
"""29 Nov 2024 09:00 WIB."""
SECOND_DAY = datetime(2024, 11, 30, 6, tzinfo=UTC)
"""30 Nov 2024 13:00 WIB, for districts that lack many forms or begin later."""
REGENCY_OPENS = datetime(2024, 11, 30, 3, tzinfo=UTC)
REGENCY_CLOSES = datetime(2024, 12, 5, 20, 50, tzinfo=UTC)
OBJECTIONS_FROM = datetime(2024, 12, 3, 3, tzinfo=UTC)
"""3 Dec 2024 10:00 WIB: districts with corrections are read after all have closed."""
READINGS_A_DAY = 4


def _opening(code: str, stations: int, arrived: int) -> datetime:
    if code == LAST:
        return FIRST_DAY
    if arrived < 0.9 * stations or (stations < 80 and int(code[-1]) % 2 == 0):
        return SECOND_DAY
    return FIRST_DAY + timedelta(hours=int(code[-1]) % 3)


def _closing(rng: np.random.Generator, opens: datetime, stations: int) -> datetime:
    """8.4 minutes a station, never between 01:00 and 08:00 WIB."""
    closes = opens + timedelta(minutes=round(8.4 * stations + float(rng.uniform(0, 45))))
    wib = (closes + timedelta(hours=7)).hour
    return closes + timedelta(hours=8 - wib) if 1 <= wib < 8 else closes


def build_sessions(rng: np.random.Generator, facts: Facts, with_corrections: set[str]) -> tuple[Session, ...]:
    """District sessions in code order, then the regency's.

    ``read_at`` of a district follows its close; those ``with_corrections`` wait for 3-5 Dec.
    """
    spans: dict[str, tuple[datetime, datetime]] = {}
    for d in facts.districts:
        opens = _opening(d.code, d.stations, min(c.arrived for c in d.counts.values()))
        spans[d.code] = opens, LAST_CLOSES if d.code == LAST else _closing(rng, opens, d.stations)
    disputed = sorted(with_corrections, key=lambda code: spans[code][1])
    reads = {
        code: OBJECTIONS_FROM + timedelta(days=k // READINGS_A_DAY, hours=3 * (k % READINGS_A_DAY), minutes=7 * k)
        for k, code in enumerate(disputed)
    }
    free = OBJECTIONS_FROM - timedelta(days=5)
    for code in sorted(spans.keys() - with_corrections, key=lambda code: spans[code][1]):
        free = max(free + timedelta(minutes=90), spans[code][1] + timedelta(hours=2), REGENCY_OPENS)
        reads[code] = free
    districts = tuple(Session("district", c, a, b, reads[c]) for c, (a, b) in spans.items())
    return (*districts, Session("regency", REGENCY, REGENCY_OPENS, REGENCY_CLOSES))
