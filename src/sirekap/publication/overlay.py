"""Where the reader looked on a photograph, as SVG paths over it: two paths a photograph, however many boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sirekap.publication.model import Overlay, PhotoSeen
from sirekap.publication.texts import Text
from sirekap.records.models import PhotoReading
from sirekap.records.readings import Box, SeenField

DIVISOR = 4
"""Boxes are drawn on a grid of this many pixels: shorter paths, and no reader sees the difference."""


def path(boxes: Iterable[Box]) -> str:
    """``M10,20h30v15h-30z`` for every box."""
    out = []
    for left, top, width, height in boxes:
        w, h = max(1, width // DIVISOR), max(1, height // DIVISOR)
        out.append(f"M{left // DIVISOR},{top // DIVISOR}h{w}v{h}h-{w}z")
    return "".join(out)


def photo_seen(reading: PhotoReading, seen: Mapping[str, SeenField]) -> PhotoSeen:
    """What may be shown of one reading: boxes and doubts, never a figure. ``seen``: the fields of its form."""
    doubtful = []
    boxes: dict[str, Box] = {}
    for name, found in reading.fields.items():
        known = seen.get(name)
        own = known is None or known.photo != reading.photo_id
        if name in reading.doubtful if own or known is None else not known.legible:
            doubtful.append(name)
        left, top, width, height = found["box"]
        boxes[name] = (left, top, width, height)
    width, height = reading.size
    drawn = None
    if boxes and min(width, height) > 0:
        sure = path(box for name, box in boxes.items() if name not in doubtful)
        drawn = Overlay(width // DIVISOR, height // DIVISOR, sure, path(boxes[name] for name in doubtful))
    return PhotoSeen(
        reader=reading.reader,
        page=reading.page,
        verdict=reading.verdict,
        flags=tuple((flag["code"], Text(flag["text_id"], flag["text_en"])) for flag in reading.flags),
        boxes=boxes,
        doubtful=tuple(doubtful),
        size=(width, height),
        overlay=drawn,
    )
