"""Acts of the count per second on SQLite and on a real PostgreSQL, against a bare durable insert.

Each database is measured in a process of its own, one act after the other, as one officer would.
The floor is the least a durable act can cost there: one 1-KB row inserted in one transaction,
between the acts of the same run.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROWS, QUICK_ROWS = 1000, 150
ROOT = Path(__file__).parents[1]


def run(quick: bool = False) -> dict[str, Any]:
    """Measure both databases; ``quick`` uses 150 station-contests instead of 1,000.

    Rates are acts per second over all four kinds of act. ``*_ratio_floor`` = our rate over the
    floor's, higher is better. ``save_p99_ms`` is the slower database's 99th percentile of saving
    one statement of figures.
    """
    from tests.support.postgres import postgres

    rows = QUICK_ROWS if quick else ROWS
    sides: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="sirekap-bench-") as name:
        folder = Path(name)
        sides["sqlite"] = _measure(folder / "sqlite", rows, f"sqlite:///{folder / 'sqlite' / 'bench.sqlite3'}")
        with postgres() as server:
            database = server.create(grants=False)
            sides["postgresql"] = _measure(folder / "postgresql", rows, database.app_url, database.owner_url)
    figures: dict[str, Any] = {}
    for label, side in sides.items():
        figures |= _figures(label, side)
    figures["save_p99_ms"] = max(figures[f"{label}_save_p99_ms"] for label in sides)
    conditions = {
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "quick": quick,
        "rows": rows,
        "acts": {label: side["acts"] for label, side in sides.items()},
        "concurrency": "one process, one act at a time",
        "photo": "15,000 bytes, hashed and fsynced in a folder before its transaction; included in the act",
        "databases": {label: side["conditions"] for label, side in sides.items()},
    }
    return {"bench": "workflow", "figures": figures, "conditions": conditions}


def _figures(label: str, side: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {
        f"{label}_acts_s": side["acts_s"],
        f"{label}_floor_s": side["floor_s"],
        f"{label}_ratio_floor": round(side["acts_s"] / side["floor_s"], 3),
        f"{label}_save_p99_ms": side["save_p99_ms"],
    }
    for kind, (p50, p99) in side["milliseconds"].items():
        out |= {f"{label}_{kind}_p50_ms": p50, f"{label}_{kind}_p99_ms": p99}
    return out


def _measure(folder: Path, rows: int, url: str, owner_url: str = "") -> dict[str, Any]:
    """Run the worker on one database; its progress goes to stderr."""
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIREKAP_")}
    environment |= {
        "SIREKAP_MODE": "development",
        "SIREKAP_DATABASE_URL": url,
        "SIREKAP_DATABASE_OWNER_URL": owner_url,
        "SIREKAP_EVIDENCE": str(folder / "evidence"),
        "SIREKAP_KEYS": str(folder / "keys"),
        "SIREKAP_SITE": str(folder / "site"),
        "DJANGO_SETTINGS_MODULE": "sirekap.settings",
    }
    command = [sys.executable, "-m", "bench.workflow_worker", str(rows)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured
