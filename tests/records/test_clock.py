"""The clock of a node: real, or simulated and going on from the newest entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support import small_election

from sirekap.records import clock
from sirekap.workflow import people, register

pytestmark = pytest.mark.django_db
AT = datetime(2024, 11, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_started", None)


def test_simulated_clock_goes_on_from_the_newest_entry() -> None:
    small = small_election.build()
    first = clock.now()
    assert timedelta(0) <= first - small.at < timedelta(seconds=30)
    assert clock.now() >= first


def test_simulated_clock_jumps_to_a_later_entry() -> None:
    small = small_election.build()
    clock.now()
    later = small.at + timedelta(days=1)
    person = people.register_person("x", later)
    small.at = later
    small.appoint("y", small_election.Role.PPS, small_election.VILLAGES[0])
    assert person.pk and clock.now() >= later


def test_real_clock_is_the_real_time() -> None:
    register.open_ledger("node/log", "real", "vkey", AT)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=30)


def test_real_clock_never_runs_behind_the_newest_entry() -> None:
    future = datetime.now(UTC) + timedelta(days=2)
    register.open_ledger("node/log", "real", "vkey", future)
    assert clock.now() == future
