"""What a process of the reading pool runs: photograph in, packed evidence out. Knows no database."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable

from sirekap.reading import keeping
from sirekap.reading.result import PageEvidence

Look = Callable[[bytes], PageEvidence]


def look(data: bytes) -> PageEvidence:
    """What is seen on an untrusted photograph, under the limits of `sandbox`."""
    from sirekap.reading.sandbox import observe_safely

    return observe_safely(data)


def look_packed(how: Look, data: bytes) -> bytes:
    """``how`` on one photograph, packed for the way back to the parent."""
    return keeping.pack(how(data))


def begin() -> None:
    """A pool process uses one thread, and ends with its parent even when that is killed."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
