"""Reading photographs behind the screens: processes that see, and one loop that leases and records.

Any number of these loops may run, in one process or in many: the leases in the database see to it that every
photograph is read once. A killed loop's photographs are taken by another when their leases end. Pictures are looked
at in the processes of `reading.sandbox`; the QR key and the database stay in this one.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import close_old_connections
from django.utils import timezone

from sirekap import keys
from sirekap.evidence.errors import EvidenceError
from sirekap.evidence.store import EvidenceStore
from sirekap.paper import qr
from sirekap.reading import sandbox
from sirekap.reading.expected import with_check
from sirekap.reading.result import PageEvidence, Reading
from sirekap.records.clock import now
from sirekap.workflow import reading, reading_queue
from sirekap.workflow.reading import Judge
from sirekap.workflow.reading_queue import LEASE, Leased

logger = logging.getLogger(__name__)
IDLE_SECONDS = 1.0
Look = Callable[[bytes], PageEvidence]


def judge(evidence: Sequence[PageEvidence], *, columns: int, caps: Mapping[str, int]) -> Reading:
    """`reading.reader.judge`, loaded at first use."""
    from sirekap.reading.reader import judge as judge_pages

    return judge_pages(evidence, columns=columns, caps=caps)


def owner_name() -> str:
    """Names this loop in its leases."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident() % 1_000_000}"


def qr_checker(folder: Path, mode: str) -> qr.Check | None:
    """The check with this node's QR key; None where the node has none (a QR then stays ``unverified``)."""
    try:
        key = keys.load(folder, keys.Purpose.QR)
        keys.refuse_demo(key, mode)
    except keys.KeyMissing:
        return None
    return qr.checker(key)


@dataclass(slots=True)
class Done:
    """What one run did: photographs read, forms read whole, forms verified with it, photographs given up."""

    read: int = 0
    complete: int = 0
    verified: int = 0
    given_up: int = 0


@dataclass
class Reader:
    """The lease loop. ``processes`` look at pictures at the same time; 0 looks in this thread. Close it after use."""

    store: EvidenceStore
    processes: int = 1
    look: Look = sandbox.observe_safely
    judge: Judge = judge
    qr_check: qr.Check | None = None
    clock: Callable[[], datetime] = now
    term: timedelta = LEASE
    owner: str = field(default_factory=owner_name)
    done: Done = field(default_factory=Done)
    _pool: ThreadPoolExecutor | None = None
    _flying: dict[Future[PageEvidence], Leased] = field(default_factory=dict)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop; what is in flight goes back into the queue."""
        for leased in self._flying.values():
            reading_queue.release(leased)
        self._flying.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def step(self, patience: float = IDLE_SECONDS) -> bool:
        """Lease what there is, wait for what is read (at most ``patience`` seconds), record it; False when idle.

        Raises `SandboxError` when no process can look at pictures; no photograph is blamed for that.
        """
        wall = timezone.now()
        _, failed = reading_queue.sweep(wall)
        if failed:
            self._record_given_up()
        room = max(2 * self.processes, 1) - len(self._flying)
        taken = reading_queue.lease(self.owner, wall, most=room, term=self.term) if room > 0 else []
        for leased in taken:
            self._begin(leased)
        if not self._flying:
            return bool(taken)
        finished, _ = wait(self._flying, timeout=patience, return_when=FIRST_COMPLETED)
        for future in finished:
            self._end(self._flying.pop(future), future)
        return True

    def run(self, stop: threading.Event) -> None:
        """Read until ``stop`` is set."""
        while not stop.is_set():
            close_old_connections()
            try:
                reading_queue.adopt()
                self._record_given_up()
                while self.step() and not stop.is_set():
                    pass
            except Exception:
                logger.exception("Pembacaan foto gagal; dicoba lagi. / Reading failed; it will be retried.")
            stop.wait(IDLE_SECONDS)
        self.close()

    def run_once(self, progress: Callable[[int], None] = lambda read: None) -> Done:
        """Read until the queue is empty; ``progress`` is told how many photographs were finished."""
        reading_queue.adopt()
        self._record_given_up()
        before = 0
        while self.step():
            finished = self.done.read + self.done.given_up
            progress(finished - before)
            before = finished
        return self.done

    def _begin(self, leased: Leased) -> None:
        try:
            data = self.store.get(leased.sha256)
        except EvidenceError as error:
            self._give_up(leased, error)
            return
        if self.processes:
            self._pool = self._pool or ThreadPoolExecutor(self.processes, "sirekap-look")
            future = self._pool.submit(self.look, data)
        else:
            future = Future()
            try:
                future.set_result(self.look(data))
            except Exception as error:
                future.set_exception(error)
        self._flying[future] = leased

    def _end(self, leased: Leased, future: Future[PageEvidence]) -> None:
        try:
            found = future.result()
            if self.qr_check is not None:
                found = with_check(found, self.qr_check)
            recorded = reading.record_reading(leased, found, self.clock(), judge=self.judge)
        except sandbox.SandboxError:
            reading_queue.release(leased)
            raise
        except Exception as error:
            logger.exception("Foto %s gagal dibaca. / Reading photo %s failed.", leased.sha256, leased.sha256)
            self._give_up(leased, error)
            return
        if recorded is not None:
            self.done.read += 1
            self.done.complete += recorded.complete
            self.done.verified += recorded.verified

    def _give_up(self, leased: Leased, error: Exception) -> None:
        reading_queue.give_up(leased, f"{type(error).__name__}: {error}")
        self.done.given_up += 1
        if leased.attempt >= reading_queue.MAX_ATTEMPTS:
            self._record_given_up()

    def _record_given_up(self) -> None:
        """Photographs left to people get their entry, and their forms what the reader states of the other pages."""
        for job in reading_queue.given_up():
            try:
                recorded = reading.record_given_up(job, self.clock(), judge=self.judge)
            except Exception:
                logger.exception("Kegagalan baca %s tidak tercatat. / Failed reading %s not recorded.", job, job)
                continue
            if recorded is not None:
                self.done.complete += recorded.complete
                self.done.verified += recorded.verified
