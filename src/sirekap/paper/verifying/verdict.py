"""What is found out about a document file, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from sirekap.paper.verifying.messages import Reason

VALID, INVALID, UNSIGNED = "valid", "invalid", "unsigned"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: the box, whom the certificate names, the time claimed (RFC 3339), the certificate's SHA-256."""

    field: str
    name: str
    at: str
    certificate_sha256: str
    time_stamped: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """``valid``, ``invalid`` or ``unsigned``, why, and what the file says of itself.

    ``document``: its id as printed. ``printed``: the hash on its pages. ``base_sha256``: of the file before the first
    signature. ``notes``: what does not make it invalid, such as a newer version. Nothing here but ``verdict`` is to be
    relied on unless it is ``valid``.
    """

    verdict: str
    reasons: tuple[Reason, ...] = ()
    sha256: str = ""
    base_sha256: str = ""
    document: str = ""
    title: str = ""
    region: str = ""
    printed: str = ""
    pages: int = 0
    signatures: tuple[Signature, ...] = field(default_factory=tuple)
    unsigned_boxes: tuple[str, ...] = ()
    notes: tuple[Reason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON; ``verdict`` and ``reasons`` first."""
        return asdict(self)


def from_dict(data: dict[str, Any]) -> Verdict:
    """Inverse of :meth:`Verdict.as_dict`; raises ``TypeError``, ``KeyError`` or ``ValueError`` for anything else."""
    values = {**data}
    for name in ("reasons", "notes"):
        values[name] = tuple(Reason(**one) for one in values[name])
    values["signatures"] = tuple(Signature(**one) for one in values["signatures"])
    values["unsigned_boxes"] = tuple(values["unsigned_boxes"])
    if values["verdict"] not in (VALID, INVALID, UNSIGNED):
        raise ValueError(values["verdict"])
    return Verdict(**values)
