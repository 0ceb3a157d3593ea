"""Reading photographs behind the screens: a process pool that sees, and one loop that leases and records.

Any number of these loops may run, in one process or in many: the leases in the database see to it that every
photograph is read once. A killed loop's photographs are taken by another when their leases end.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from sirekap import keys
from sirekap.evidence.errors import EvidenceError
from sirekap.evidence.store import EvidenceStore
from sirekap.paper import qr as qr_codes
from sirekap.reading import keeping, working
from sirekap.reading.result import PageEvidence, QrReading
from sirekap.reading.working import Look
from sirekap.records.clock import now
from sirekap.workflow import reading, reading_queue
from sirekap.workflow.reading import Judge
from sirekap.workflow.reading_queue import LEASE, Leased

logger = logging.getLogger(__name__)
IDLE_SECONDS = 1.0


def judge(evidence: Any, **options: Any) -> Any:
    """`reading.reader.judge`, loaded at first use."""
    from sirekap.reading.reader import judge as judge_pages

    return judge_pages(evidence, **options)


def owner_name() -> str:
    """Names this loop in its leases."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident() % 1_000_000}"


def qr_checker(folder: Any, mode: Any) -> qr_codes.Check | None:
    """The check with this node's QR key; None where the node has none (a QR then stays ``unverified``)."""
    try:
        key = keys.load(folder, keys.Purpose.QR)
        keys.refuse_demo(key, mode)
    except keys.KeyMissing:
        return None
    return qr_codes.checker(key)


def checked(found: PageEvidence, check: qr_codes.Check | None) -> PageEvidence:
    """The evidence with its QR checked by the key, which never enters the process that decodes pictures."""
    if found.qr is None or check is None:
        return found
    payload = qr_codes.parse(found.qr.text, check)
    if payload is None:
        return found
    qr = QrReading(
        found.qr.text, payload.contest_id, payload.station, payload.page, payload.generation, payload.check.value
    )
    return replace(found, qr=qr)


@dataclass(slots=True)
class Done:
    """What one run did: photographs read, forms read whole, forms verified with it, photographs given up."""

    read: int = 0
    complete: int = 0
    verified: int = 0
    given_up: int = 0


@dataclass
class Reader:
    """The lease loop and its pool. ``processes`` 0 looks in this process. Close it, or use it in ``with``."""

    store: EvidenceStore
    processes: int = 1
    look: Look = working.look
    judge: Judge = judge
    qr_check: qr_codes.Check | None = None
    clock: Callable[[], datetime] = now
    term: timedelta = LEASE
    owner: str = field(default_factory=owner_name)
    done: Done = field(default_factory=Done)
    _pool: ProcessPoolExecutor | None = None
    _flying: dict[Future[bytes], Leased] = field(default_factory=dict)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the pool; what it holds goes back into the queue."""
        for leased in self._flying.values():
            reading_queue.give_up(leased, "the worker was stopped")
        self._flying.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def step(self, patience: float = IDLE_SECONDS) -> bool:
        """Lease what there is, wait for what is read (at most ``patience`` seconds), record it; False when idle."""
        wall = timezone.now()
        reading_queue.sweep(wall)
        room = max(2 * self.processes, 1) - len(self._flying)
        taken = reading_queue.lease(self.owner, wall, most=room, term=self.term) if room > 0 else []
        for leased in taken:
            self._begin(leased)
        if not self._flying:
            return bool(taken)
        finished, _ = wait(self._flying, timeout=patience, return_when=FIRST_COMPLETED)
        for future in finished:
            if future in self._flying:
                self._end(self._flying.pop(future), future)
        return True

    def run(self, stop: threading.Event) -> None:
        """Read until ``stop`` is set."""
        reading_queue.adopt()
        while not stop.is_set():
            close_old_connections()
            try:
                if not self.step():
                    stop.wait(IDLE_SECONDS)
            except Exception:
                logger.exception("Pembacaan foto gagal; dicoba lagi. / Reading failed; it will be retried.")
                stop.wait(IDLE_SECONDS)
        self.close()

    def run_once(self, progress: Callable[[int], None] = lambda read: None) -> Done:
        """Read until the queue is empty; ``progress`` is told how many photographs were finished."""
        reading_queue.adopt()
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
        if self.processes == 0:
            future: Future[bytes] = Future()
            try:
                future.set_result(working.look_packed(self.look, data))
            except Exception as error:
                future.set_exception(error)
        else:
            try:
                future = self._working_pool().submit(working.look_packed, self.look, data)
            except BrokenProcessPool as error:
                self._give_up(leased, error)
                self._give_up_pool(error)
                return
        self._flying[future] = leased

    def _working_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.processes, mp_context=context, initializer=working.begin)
        return self._pool

    def _end(self, leased: Leased, future: Future[bytes]) -> None:
        try:
            found = checked(keeping.unpack(future.result()), self.qr_check)
            recorded = reading.record_reading(leased, found, self.clock(), judge=self.judge)
        except BrokenProcessPool as error:
            self._give_up(leased, error)
            self._give_up_pool(error)
        except Exception as error:
            logger.exception("Foto %s gagal dibaca. / Reading photo %s failed.", leased.sha256, leased.sha256)
            self._give_up(leased, error)
        else:
            if recorded is not None:
                self.done.read += 1
                self.done.complete += recorded.complete
                self.done.verified += recorded.verified

    def _give_up_pool(self, error: Exception) -> None:
        """A process of the pool was killed, and with it everything in flight; the next photograph starts a new pool."""
        for leased in self._flying.values():
            self._give_up(leased, error)
        self._flying.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _give_up(self, leased: Leased, error: Exception) -> None:
        reading_queue.give_up(leased, f"{type(error).__name__}: {error}")
        self.done.given_up += 1
