"""What a station's page tells beside its figures: photographs with what was read on them, and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sirekap.election.chasil import Figures


@dataclass(frozen=True, slots=True)
class Overlay:
    """Boxes over one photograph. ``width`` and ``height`` of the drawing; ``sure`` and ``doubtful`` are SVG paths."""

    width: int
    height: int
    sure: str
    doubtful: str


@dataclass(frozen=True, slots=True)
class PhotoSeen:
    """What the reader saw on a photograph, without its figures. ``flags``: (code, sentence).

    ``boxes``: field id -> x, y, width, height in pixels of the upright photograph of ``size``. ``doubtful``: fields
    whose writing it is not sure of.
    """

    reader: str
    page: int | None
    verdict: str
    flags: tuple[tuple[str, str], ...]
    boxes: Mapping[str, tuple[int, int, int, int]]
    doubtful: tuple[str, ...]
    size: tuple[int, int]
    overlay: Overlay | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """On which fields the machine and the people who entered them agree; ``doubtful``: not legible to the machine."""

    same: tuple[str, ...]
    differs: tuple[str, ...]
    doubtful: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph of one or more pages. ``path`` from the site's root; pixels may be 0 when unknown."""

    pages: tuple[int, ...]
    sha256: str
    path: str
    received_at: datetime
    width: int = 0
    height: int = 0
    generation: int = 1
    seen: PhotoSeen | None = None

    @property
    def label(self) -> str:
        """The pages in words (``2`` or ``1–3``)."""
        ends = sorted({self.pages[0], self.pages[-1]})
        return (
            "–".join(map(str, ends))
            if len(self.pages) in (1, ends[-1] - ends[0] + 1)
            else ", ".join(map(str, self.pages))
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One field a correction changed."""

    field: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """One act in a station's history: when, by which role (never a person), what, why, which entry.

    ``evidence`` is the path, from the site's root, of the paper behind a correction. ``kind`` is the act in one word,
    for machines.
    """

    at: datetime
    role: str
    what: str
    why: str = ""
    changes: tuple[Change, ...] = ()
    ledger_index: int | None = None
    evidence: str = ""
    kind: str = ""
    generation: int | None = None


DECIDING = ("statement.verified", "item.accepted", "item.from_box", "item.recount_entered", "item.corrected")
"""Kinds of event that say which figures of a station count."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What an earlier generation of a station last counted, before a recount or a re-vote replaced it."""

    generation: int
    kind: str
    figures: Figures
