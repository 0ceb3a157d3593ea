"""Untrusted photographs are looked at in a process of its own, with little memory, little time and no secrets.

A hostile file ends that process at most: the caller gets evidence that says so, and the next call a new process. What
comes back is data (`keeping`), never code. This module loads no image library.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, TypeVar

import numpy as np
from numpy.typing import NDArray

from sirekap.reading import keeping
from sirekap.reading.messages import reason
from sirekap.reading.result import PageEvidence, Reason

WALL_SECONDS = 30.0
CPU_SECONDS = 20
MEMORY_BYTES = 3 << 30
START_SECONDS = 60.0
TASKS_PER_PROCESS = 1000
MOST_BYTES = 25_000_000
CROP_SIDE = 40
"""`crops.SIDE`, without its image library."""
Answer = TypeVar("Answer")
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")


class SandboxError(RuntimeError):
    """The reader's process cannot be started: an installation fault, not the photograph's."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.text_id = f"Proses pembaca foto tidak dapat dimulai ({detail}). Pasang ulang dengan `make setup`."
        self.text_en = f"The photo reader's process does not start ({detail}). Install again with `make setup`."


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photograph may use: seconds of wall clock, CPU seconds, bytes of address space."""

    wall: float = WALL_SECONDS
    cpu: int = CPU_SECONDS
    memory: int = MEMORY_BYTES


class _Process:
    """One running worker; pipes in and out."""

    def __init__(self, limits: Limits) -> None:
        self.tasks = 0
        self.limits = limits
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            environment[name] = "1"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sirekap.reading.sandboxed", str(limits.memory), str(limits.cpu)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        if self._timed(START_SECONDS, lambda: self._read(5)) != b"ready":
            self.stop()
            raise SandboxError(f"status {self.process.returncode}")

    def ask(self, task: bytes, data: bytes) -> bytes | None:
        """The worker's answer, or None when it died or ran out of time."""
        self.tasks += 1

        def talk() -> bytes | None:
            pipe = _open(self.process.stdin)
            pipe.write(len(task).to_bytes(4, "big") + task + len(data).to_bytes(8, "big"))
            pipe.write(data)
            pipe.flush()
            length = int.from_bytes(self._read(4), "big")
            return self._read(length) if 0 < length <= keeping.MAX_BYTES else None

        return self._timed(self.limits.wall, talk)

    def _timed(self, seconds: float, work: Callable[[], bytes | None]) -> bytes | None:
        timer = threading.Timer(seconds, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            return work()
        except (OSError, EOFError, ValueError):
            return None
        finally:
            timer.cancel()

    def _read(self, length: int) -> bytes:
        found = _open(self.process.stdout).read(length)
        if len(found) < length:
            raise EOFError
        return found

    @property
    def alive(self) -> bool:
        """Whether it may be given another photograph."""
        return self.process.poll() is None and self.tasks < TASKS_PER_PROCESS

    def stop(self) -> None:
        """End it now."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                _open(pipe).close()
        self.process.wait()


class Sandbox:
    """Processes that look at photographs, started when needed and kept. Safe to call from many threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._idle: list[_Process] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def observe(
        self, data: bytes, *, template: str | None = None, words: bool = False, most_bytes: int = MOST_BYTES
    ) -> PageEvidence:
        """`observing.observe` under limits; evidence with the flag ``reader_failed`` when the file broke the reader.

        Raises ``KeyError`` for an unknown template and `SandboxError` when no process can be started.
        """
        if len(data) > most_bytes:
            return refused(reason("too_many_bytes", limit=most_bytes // 1_000_000))
        if template is not None:
            from sirekap.paper import templates

            if template not in templates.names():
                raise KeyError(template)
        task = {"do": "observe", "template": template, "words": words, "most_bytes": most_bytes}
        evidence = self._answer(task, data, keeping.unpack)
        return evidence if evidence is not None else refused(reason("reader_failed"))

    def crops(self, data: bytes, template: str | None = None) -> dict[str, NDArray[np.uint8]]:
        """`box_crops.digit_crops` under limits: field id -> crops (boxes, 40, 40); empty when there are none.

        Raises `SandboxError` when no process can be started.
        """
        if len(data) > MOST_BYTES:
            return {}
        task = {"do": "crops", "template": template}
        return self._answer(task, data, lambda found: keeping.unpack_crops(found, CROP_SIDE)) or {}

    def _answer(self, task: Mapping[str, object], data: bytes, parse: Callable[[bytes], Answer]) -> Answer | None:
        """A process's answer, parsed; None, and the process ended, when it gave none that can be."""
        process = self._take()
        answer = process.ask(json.dumps(task).encode(), data)
        try:
            found = parse(answer) if answer is not None else None
        except (ValueError, TypeError, KeyError, AttributeError):
            found = None
        if found is None:
            process.stop()
            return None
        self._give(process)
        return found

    def _take(self) -> _Process:
        with self._lock:
            if self._owner != os.getpid():
                self._idle, self._owner = [], os.getpid()
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.stop()
        return _Process(self.limits)

    def _give(self, process: _Process) -> None:
        if not process.alive:
            process.stop()
            return
        with self._lock:
            self._idle.append(process)

    def close(self) -> None:
        """End all idle processes."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.stop()


def refused(why: Reason) -> PageEvidence:
    """Evidence of a file that was not looked at, with the reason."""
    return PageEvidence(None, None, None, False, (why,), {})


_SHARED = Sandbox()


def observe_safely(
    data: bytes, *, template: str | None = None, words: bool = False, most_bytes: int = MOST_BYTES
) -> PageEvidence:
    """`Sandbox.observe` in this process's own sandbox."""
    return _SHARED.observe(data, template=template, words=words, most_bytes=most_bytes)


def crops_safely(data: bytes, template: str | None = None) -> dict[str, NDArray[np.uint8]]:
    """`Sandbox.crops` in this process's own sandbox."""
    return _SHARED.crops(data, template)


def close() -> None:
    """End the processes of `observe_safely`; they also end with this process."""
    _SHARED.close()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
