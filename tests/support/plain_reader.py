"""Evidence of pages as the reader keeps it, written by hand, and the plainest judge: the likeliest digits, no sums.

Lets the workflow be tested without a photograph: what the real reader sees is `reading`'s own matter.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from support import small_register as se

from sirekap.election import chasil
from sirekap.reading import messages
from sirekap.reading.result import CLASSES, FieldEvidence, FieldReading, PageEvidence, QrReading, Reading, Verdict
from sirekap.reading.sandbox import SandboxError
from sirekap.reading.version import READER

MODEL = "ab" * 32
SIZE = (1200, 1600)
SURE = 0.9995


def digits(value: int, sure: bool = True) -> np.ndarray:
    """Log-probabilities (3, 14) of a figure; an unsure one leaves its last box open."""
    probability = np.full((3, len(CLASSES)), 1e-9, np.float32)
    for box, figure in enumerate(f"{value:03}"):
        probability[box, int(figure)] = SURE
    if not sure:
        probability[2] = 1 / len(CLASSES)
    return np.log(probability / probability.sum(axis=1, keepdims=True)).astype(np.float32)


def box(number: int) -> tuple[int, int, int, int]:
    """Where the n-th field of a page stands, in pixels."""
    return 700, 100 + 50 * number, 180, 44


def places(row: str, number: int) -> dict[str, tuple[int, int, int, int]]:
    """Field id -> its box on a page of a row's form."""
    fields = chasil.fields_of_page(number, se.COLUMNS[row.split("-")[1]])
    return {field.id: box(n) for n, field in enumerate(fields)}


def page(row: str, number: int, figures: Mapping[str, int], unsure: Iterable[str] = (), **changes: Any) -> PageEvidence:
    """One page of a row's form with these figures; ``unsure`` fields are not legible."""
    columns = se.COLUMNS[row.split("-")[1]]
    kind = {"pkwkp": "gubernur", "pkwkk": "bupati"}[row.split("-")[1]]
    found = PageEvidence(
        template=f"kwk-{kind}-{columns}",
        page=number,
        qr=QrReading("S1", se_contest(row), row[:13], number, 1, "valid"),
        registered=True,
        flags=(),
        fields={
            name: FieldEvidence(digits(figures[name], name not in unsure), box=where)
            for name, where in places(row, number).items()
        },
        size=SIZE,
        fingerprint=fingerprint(row, number),
        homography=(10.0, 0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 1.0),
    )
    return replace(found, **changes)


def se_contest(row: str) -> str:
    """The contest of a row."""
    return se.GOVERNOR if row.endswith("pkwkp") else se.REGENT


def fingerprint(row: str, number: int) -> int:
    """Far from that of any other page."""
    import hashlib

    return int.from_bytes(hashlib.sha256(f"{row}/{number}".encode()).digest()[:8], "big")


def look(data: bytes) -> PageEvidence:
    """What is on a picture of `small_election.photo` whose label ends in ``<row>/<page>``."""
    row, _, number = data[-21:].decode("ascii").rpartition("/")
    return page(row, int(number), se.figures(row))


def look_slowly(data: bytes) -> PageEvidence:
    """The same, so that a worker can be killed meanwhile."""
    time.sleep(0.1)
    return look(data)


def break_down(data: bytes) -> PageEvidence:
    """A reader with a fault."""
    raise RuntimeError("broken")


def no_process(data: bytes) -> PageEvidence:
    """An installation that cannot start the process that looks at pictures."""
    raise SandboxError("status 1")


def unreadable() -> PageEvidence:
    """A file that is no picture."""
    return PageEvidence(None, None, None, False, (messages.reason("undecodable"),), {})


def judge(evidence: Sequence[PageEvidence], *, columns: int, caps: Mapping[str, int]) -> Reading:
    """The likeliest digits of every box; a field whose boxes are not all sure is left open, with its best guess."""
    fields, first = {}, evidence[0]
    for seen in evidence:
        for name, found in seen.fields.items():
            best = found.digits.argmax(axis=1)
            confidence = float(np.exp(found.digits.max(axis=1)).min())
            value = int("".join(CLASSES[n] for n in best))
            sure = confidence > 0.99
            fields[name] = FieldReading(
                value if sure else None,
                None if sure else value,
                confidence,
                found.box,
                doubt=() if sure else ("unsure",),
            )
    refused = any(flag.code in messages.REFUSING for seen in evidence for flag in seen.flags)
    doubtful = refused or not fields or any(f.doubt for f in fields.values())
    verdict = Verdict.REFUSED if refused else Verdict.REVIEW if doubtful else Verdict.ACCEPT
    return Reading(first.template, first.page, first.qr, verdict, (), fields, READER, MODEL, first.size)
