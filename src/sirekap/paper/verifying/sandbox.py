"""Untrusted documents are looked at in a process of their own, with little memory, little time and no secrets.

A hostile file ends that process at most: the caller always gets a verdict, and the next file a new process.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import IO

from sirekap.paper.verifying.examining import MOST_BYTES
from sirekap.paper.verifying.messages import reason
from sirekap.paper.verifying.trust import Trust
from sirekap.paper.verifying.verdict import INVALID, Verdict, from_dict

WALL_SECONDS = 40.0
CPU_SECONDS = 20
MEMORY_BYTES = 2 << 30
START_SECONDS = 60.0
MOST_ANSWER = 4 << 20
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")


class Verifier:
    """A process that examines documents, started when needed and kept; not for several threads at once."""

    def __init__(self, *, wall: float = WALL_SECONDS, cpu: int = CPU_SECONDS, memory: int = MEMORY_BYTES) -> None:
        self._wall, self._cpu, self._memory = wall, cpu, memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Verifier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def verify(self, data: bytes, trust: Trust, *, known: frozenset[str] = frozenset()) -> Verdict:
        """`examining.examine` under limits; ``checker_failed`` when the file broke the process."""
        sha256 = hashlib.sha256(data).hexdigest()
        if len(data) > MOST_BYTES:
            return Verdict(INVALID, (reason("too_large", size=len(data)),), sha256)
        task = {
            "roots": [base64.b64encode(der).decode() for der in trust.roots],
            "others": [base64.b64encode(der).decode() for der in trust.others],
            "crls": [base64.b64encode(der).decode() for der in trust.crls],
            "allow_test": trust.allow_test,
            "known": sorted(known),
        }
        answer = self._ask(json.dumps(task).encode(), data)
        try:
            found = from_dict(json.loads(answer)) if answer is not None else None
        except (ValueError, TypeError, KeyError, AttributeError):
            found = None
        if found is None or found.sha256 != sha256:
            self.close()
            return Verdict(INVALID, (reason("checker_failed"),), sha256)
        return found

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                _open(pipe).close()
        process.wait()

    def _ask(self, task: bytes, data: bytes) -> bytes | None:
        process = self._running()

        def talk() -> bytes | None:
            pipe = _open(process.stdin)
            pipe.write(len(task).to_bytes(4, "big") + task + len(data).to_bytes(8, "big"))
            pipe.write(data)
            pipe.flush()
            length = int.from_bytes(_read(process, 4), "big")
            return _read(process, length) if 0 < length <= MOST_ANSWER else None

        return _timed(process, self._wall, talk)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sirekap.paper.verifying.worker", str(self._memory), str(self._cpu)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        process = self._process
        if _timed(process, START_SECONDS, lambda: _read(process, 5)) != b"ready":
            self.close()
            raise RuntimeError("the document checker's process does not start; install again with `make setup`")
        return process


def verify(data: bytes, trust: Trust, *, known: frozenset[str] = frozenset()) -> Verdict:
    """The verdict on one untrusted file, in a process of its own that ends with it."""
    with Verifier() as one:
        return one.verify(data, trust, known=known)


def _timed(process: subprocess.Popen[bytes], seconds: float, work: Callable[[], bytes | None]) -> bytes | None:
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        return work()
    except (OSError, EOFError, ValueError):
        return None
    finally:
        timer.cancel()


def _read(process: subprocess.Popen[bytes], length: int) -> bytes:
    found = _open(process.stdout).read(length)
    if len(found) < length:
        raise EOFError
    return found


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
