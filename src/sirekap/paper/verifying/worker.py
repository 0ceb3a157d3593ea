"""The process inside `sandbox`: limits first, then one file after another from stdin.

``python -m sirekap.paper.verifying.worker MEMORY_BYTES CPU_SECONDS``
"""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
from typing import BinaryIO


def main(memory: int, cpu: int) -> None:
    """Serve until stdin closes."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    answers.write(b"ready")
    answers.flush()
    while True:
        head = requests.read(4)
        if len(head) < 4:
            return
        task = json.loads(_exactly(requests, int.from_bytes(head, "big")))
        data = _exactly(requests, int.from_bytes(_exactly(requests, 8), "big"))
        _more_cpu(cpu)
        answer = json.dumps(_answer(task, data)).encode()
        answers.write(len(answer).to_bytes(4, "big") + answer)
        answers.flush()


def _answer(task: dict[str, object], data: bytes) -> dict[str, object]:
    import hashlib

    from sirekap.paper.verifying.examining import examine
    from sirekap.paper.verifying.messages import reason
    from sirekap.paper.verifying.trust import Trust
    from sirekap.paper.verifying.verdict import INVALID, Verdict

    given = {name: tuple(base64.b64decode(one) for one in task[name]) for name in ("roots", "others", "crls")}  # type: ignore[attr-defined]
    try:
        trust = Trust(**given, allow_test=bool(task["allow_test"]))
        return examine(data, trust, known=frozenset(task["known"])).as_dict()  # type: ignore[call-overload]
    except Exception:
        return Verdict(INVALID, (reason("checker_failed"),), hashlib.sha256(data).hexdigest()).as_dict()


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
