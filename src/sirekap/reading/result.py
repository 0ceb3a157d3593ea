"""What reading a photograph gives: typed results of every stage, without Django and without pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sirekap.election.rules_base import Finding

CLASSES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "blank", "X", "dash", "other")
"""What one digit box may hold, in the order of the net's outputs. ``other``: crossed out, overwritten, scribbled."""
BLANK, STRUCK, DASH, OTHER = 10, 11, 12, 13

Floats = NDArray[np.float32]


class Verdict(StrEnum):
    """What may be done with a reading."""

    ACCEPT = "accept"
    REVIEW = "review"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a photograph is refused, flagged or sent to review. ``text_id`` tells the officer what to do."""

    code: str
    text_id: str
    text_en: str
    fields: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"code": self.code, "text_id": self.text_id, "text_en": self.text_en, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True)
class QrReading:
    """The QR of a sheet. ``check``: ``valid`` (HMAC held, server only), ``unverified``, or ``bad``."""

    text: str
    contest: str | None
    station: str | None
    page: int | None
    generation: int | None
    check: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in ("text", "contest", "station", "page", "generation", "check")}


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What the pixels say of one figure, before arithmetic.

    ``digits``: (boxes, 14) calibrated log-probabilities in the order of `CLASSES`. ``bubbles``: (boxes, 10) darkness
    of each printed circle against its surroundings, 0 = paper, 1 = ink, or None where none are printed. ``words``:
    candidate amounts with probabilities, or None when not read. ``box``: x, y, width, height in pixels of the
    upright photo.
    """

    digits: Floats
    bubbles: Floats | None = None
    words: Mapping[int, float] | None = None
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Channel:
    """What one way of writing (digits, bubbles, words) says by itself. ``text`` is box by box, e.g. ``X45``."""

    value: int | None
    confidence: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One figure as read. ``value`` is what is written or None; a repaired or supposed value is only a ``proposal``."""

    value: int | None
    proposal: int | None
    confidence: float
    box: tuple[int, int, int, int]
    alternatives: tuple[tuple[int, float], ...] = ()
    channels: Mapping[str, Channel] = field(default_factory=dict)
    doubt: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "value": self.value,
            "proposal": self.proposal,
            "confidence": round(self.confidence, 6),
            "box": list(self.box),
            "alternatives": [[value, round(p, 6)] for value, p in self.alternatives],
            "channels": {
                name: {"value": c.value, "confidence": round(c.confidence, 6), "text": c.text}
                for name, c in self.channels.items()
            },
            "doubt": list(self.doubt),
        }


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """One photograph up to, but without, arithmetic. Small enough to keep: a form is decoded from its pages' evidence.

    ``template`` and ``page`` are None when unknown. ``registered``: the printed borders were found where the
    template puts them. ``flags``: what the capture gate saw. ``size``: width, height of the upright photo in pixels.
    ``fingerprint``: 64-bit perceptual hash of the rectified page, for near-duplicates (0 when not registered).
    """

    template: str | None
    page: int | None
    qr: QrReading | None
    registered: bool
    flags: tuple[Reason, ...]
    fields: Mapping[str, FieldEvidence]
    size: tuple[int, int] = (0, 0)
    fingerprint: int = 0
    homography: tuple[float, ...] = ()
    cpu_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One photograph, or all photographs of one form, read. ``reader`` and ``model`` say by what.

    ``findings``: rules that the figures break as they are written, whether or not they are stated. ``parts``: the
    verdict on each part of the form that was read, ``result`` (votes, valid, invalid, total) and ``administration``;
    ``verdict`` accepts only when all of them are accepted.
    """

    template: str | None
    page: int | None
    qr: QrReading | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    fields: Mapping[str, FieldReading]
    reader: str
    model: str
    size: tuple[int, int] = (0, 0)
    cpu_ms: float = 0.0
    findings: tuple[Finding, ...] = ()
    parts: Mapping[str, Verdict] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The object of ``sirekap read --json``."""
        return {
            "template": self.template,
            "page": self.page,
            "qr": self.qr.as_dict() if self.qr else None,
            "standing": self.verdict.value,
            "parts": {name: verdict.value for name, verdict in self.parts.items()},
            "reasons": [reason.as_dict() for reason in self.reasons],
            "fields": {name: found.as_dict() for name, found in self.fields.items()},
            "reader": self.reader,
            "model": self.model,
            "size": list(self.size),
            "cpu_ms": round(self.cpu_ms, 1),
            "findings": [finding.as_dict() for finding in self.findings],
        }
