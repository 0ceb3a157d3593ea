"""Publishing until stopped: one cut at most in an interval, a failed one said and tried again, a clean end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sirekap.jobs.watching import Watched, watch
from sirekap.publication.model import Report


@pytest.mark.django_db
def test_watch_counts_cuts_and_failures_and_goes_on() -> None:
    stop, said = threading.Event(), []
    outcomes = iter([Report(cut=1, files_written=3, bytes_written=30), OSError("disk full"), None, Report(cut=2)])

    def cut() -> Report | None:
        found = next(outcomes)
        if isinstance(found, Exception):
            raise found
        if found is not None and found.cut == 2:
            stop.set()
        return found

    done = watch(stop, 0.01, cut, lambda report, _: said.append(report.cut), lambda error: said.append(str(error)))
    assert (done, said) == (Watched(cuts=2, failed=1, files=3, bytes=30), [1, "disk full", 2])


def test_sigterm_ends_a_watch_with_its_result(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIREKAP_")} | {
        "SIREKAP_MODE": "development",
        "SIREKAP_DATABASE_URL": f"sqlite:///{tmp_path / 'node.sqlite3'}",
        "SIREKAP_EVIDENCE": str(tmp_path / "evidence"),
        "SIREKAP_KEYS": str(tmp_path / "keys"),
        "SIREKAP_SITE": str(tmp_path / "site"),
    }
    sirekap = [sys.executable, "-m", "sirekap.cli"]
    subprocess.run([*sirekap, "keys", "init", "--node", "watch.example", "--demo"], env=environment, check=True)
    command = [*sirekap, "publish", "--watch", "--every", "0.2", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    seen = ""
    while "dicoba lagi" not in seen:
        seen = process.stderr.readline()
        assert seen, "the watch ended by itself"
    subprocess.run([*sirekap, "migrate"], env=environment, check=True)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    result = json.loads(out)
    assert (process.returncode, result["ok"], result["cuts"], result["failed"] >= 1) == (0, True, 0, True)
