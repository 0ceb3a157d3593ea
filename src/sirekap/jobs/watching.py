"""Publishing for as long as it runs: a cut whenever something changed, at most once in an interval."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections

from sirekap.publication.model import Report

POLL_SECONDS = 2.0
"""How often to look for changes once the interval has passed."""


@dataclass(slots=True)
class Watched:
    """What a watch did: cuts made, cuts that failed, files and bytes written by them."""

    cuts: int = 0
    failed: int = 0
    files: int = 0
    bytes: int = 0


def watch(
    stop: threading.Event,
    every: float,
    cut: Callable[[], Report | None],
    told: Callable[[Report, float], None],
    failed: Callable[[Exception], None],
) -> Watched:
    """Call ``cut`` until ``stop`` is set: when something changed, and not before ``every`` seconds since the last.

    ``told`` hears of each cut and the seconds it took, ``failed`` of an exception that ended one; after that the
    watch goes on at the same pace. A running cut is finished before the watch stops.
    """
    done = Watched()
    while not stop.is_set():
        close_old_connections()
        began = time.monotonic()
        wait = min(every, POLL_SECONDS)
        try:
            report = cut()
            if report is not None:
                done.cuts += 1
                done.files += report.files_written
                done.bytes += report.bytes_written
                told(report, time.monotonic() - began)
                wait = every
        except Exception as error:
            done.failed += 1
            failed(error)
            wait = every
        stop.wait(max(0.0, wait - (time.monotonic() - began)))
    return done
