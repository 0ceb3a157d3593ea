"""The workflow bench's worker still goes through the acts as they are."""

from __future__ import annotations

from pathlib import Path

from bench import workflow


def test_worker_takes_stations_from_photograph_to_acceptance_on_sqlite(tmp_path: Path) -> None:
    measured = workflow._measure(tmp_path / "sqlite", 25, f"sqlite:///{tmp_path}/bench.sqlite3")
    assert set(measured) >= {"acts_s", "floor_s", "save_p99_ms", "milliseconds"}
    assert set(measured["milliseconds"]) >= {"photo", "kpps_statement", "operator_statement", "plenary_accept"}
