"""Proof that every file we have a record of is present and whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from sirekap.evidence.errors import EvidenceCorrupt, EvidenceError, EvidenceMissing
from sirekap.evidence.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Problem:
    """One file that is not as it should be; the texts say what to do."""

    sha256: str
    kind: Literal["missing", "corrupt"]
    text_id: str
    text_en: str


def check_all(
    store: EvidenceStore, hashes: Iterable[str], progress: Callable[[int], object] | None = None
) -> list[Problem]:
    """Read every file of ``hashes`` and compare it with its hash.

    ``progress`` is called with the number checked so far, after each file. A store that cannot be reached raises
    `EvidenceUnavailable`: that says nothing about the files.
    """
    problems = []
    for count, sha256 in enumerate(hashes, 1):
        try:
            store.get(sha256)
        except EvidenceMissing as error:
            problems.append(_problem(sha256, "missing", error))
        except EvidenceCorrupt as error:
            problems.append(_problem(sha256, "corrupt", error))
        if progress:
            progress(count)
    return problems


def _problem(sha256: str, kind: Literal["missing", "corrupt"], error: EvidenceError) -> Problem:
    return Problem(sha256, kind, error.text_id, error.text_en)
