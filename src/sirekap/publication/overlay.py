"""Where the reader looked on a photograph, as SVG paths over it: two paths a photograph, whatever the number of boxes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sirekap.records.models import PhotoReading
from sirekap.records.readings import Box, SeenField

DIVISOR = 4
"""Boxes are drawn on a grid of this many pixels: shorter paths, and no reader sees the difference."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Boxes on one photograph. ``width`` and ``height`` of the drawing; ``sure`` and ``doubtful`` are SVG paths.

    ``read`` and ``unsure`` count the fields looked at and those in doubt.
    """

    width: int
    height: int
    sure: str
    doubtful: str
    read: int
    unsure: int


def path(boxes: Iterable[Box]) -> str:
    """``M10,20h30v15h-30z`` for every box."""
    out = []
    for left, top, width, height in boxes:
        w, h = max(1, width // DIVISOR), max(1, height // DIVISOR)
        out.append(f"M{left // DIVISOR},{top // DIVISOR}h{w}v{h}h-{w}z")
    return "".join(out)


def overlay(reading: PhotoReading, seen: dict[str, SeenField]) -> Overlay | None:
    """The overlay of one photograph; None when nothing was read on it. ``seen``: the fields of its form."""
    if not reading.fields or min(reading.size, default=0) <= 0:
        return None
    boxes: dict[bool, list[Box]] = {True: [], False: []}
    for name, found in reading.fields.items():
        known = seen.get(name)
        doubt = name in reading.doubtful if known is None or known.photo != reading.photo_id else not known.legible
        left, top, width, height = found["box"]
        boxes[doubt].append((left, top, width, height))
    width, height = reading.size
    return Overlay(
        width // DIVISOR,
        height // DIVISOR,
        path(boxes[False]),
        path(boxes[True]),
        len(reading.fields),
        len(boxes[True]),
    )
