"""The process inside `sandbox`: limits first, then image libraries, then one photograph after another from stdin.

``python -m sirekap.reading.sandboxed MEMORY_BYTES CPU_SECONDS``
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, BinaryIO

from sirekap.reading import keeping
from sirekap.reading.messages import reason
from sirekap.reading.sandbox import refused


def main(memory: int, cpu: int) -> None:
    """Serve until stdin closes."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    import cv2

    from sirekap.reading import digits
    from sirekap.reading.box_crops import digit_crops
    from sirekap.reading.observing import observe

    cv2.setNumThreads(1)
    digits.model_hash()

    def observed(data: bytes, task: dict[str, Any]) -> bytes:
        try:
            return keeping.pack(observe(data, **task))
        except Exception:
            return keeping.pack(refused(reason("reader_failed")))

    def cropped(data: bytes, task: dict[str, Any]) -> bytes:
        try:
            return keeping.pack_crops(digit_crops(data, **task))
        except Exception:
            return keeping.pack_crops({})

    work = {"observe": observed, "crops": cropped}
    answers.write(b"ready")
    answers.flush()
    while True:
        head = requests.read(4)
        if len(head) < 4:
            return
        task = json.loads(_exactly(requests, int.from_bytes(head, "big")))
        data = _exactly(requests, int.from_bytes(_exactly(requests, 8), "big"))
        _more_cpu(cpu)
        packed = work[task.pop("do")](data, task)
        answers.write(len(packed).to_bytes(4, "big") + packed)
        answers.flush()


def _exactly(stream: BinaryIO, length: int) -> bytes:
    found = stream.read(length)
    if len(found) < length:
        raise SystemExit(0)
    return found


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, hard))


def _more_cpu(seconds: int) -> None:
    """Let this process use ``seconds`` more of CPU; beyond them the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
