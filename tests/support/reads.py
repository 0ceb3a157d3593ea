"""Photographs of pages sent by the station's committee, and the queue read by the plain reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from support import plain_reader
from support import small_election as se
from support.databases import Node

from sirekap.reading.result import PageEvidence
from sirekap.records.models import Photo
from sirekap.workflow import intake, reading, reading_queue

WALL = datetime(2026, 1, 1, tzinfo=UTC)


def label(row: str, page: int, text: str = "") -> bytes:
    """A small picture that names its page."""
    return se.photo(f"{text}{row}/{page}")


def send(
    node: Node,
    row: str,
    pages: Iterable[int] = (1, 2, 3),
    text: str = "",
    picture: Callable[[str, int, str], bytes] = label,
) -> None:
    """One photograph a page."""
    for number in pages:
        kpps, data = node.small.kpps[row[:13]], picture(row, number, text)
        intake.receive_photo(kpps, node.store, row, 1 << (number - 1), data, node.small.at)


def read(node: Node, evidence: dict[tuple[str, int], PageEvidence] | None = None, **changes: Any) -> list[Any]:
    """Read everything in the queue; ``evidence`` replaces what is seen on single pages, ``changes`` all of them."""
    out = []
    while leased := reading_queue.lease("test", WALL):
        photo = Photo.objects.get(pk=leased[0].photo)
        number = photo.pages.bit_length()
        found = (evidence or {}).get((photo.row_id, number)) or plain_reader.page(
            photo.row_id, number, se.figures(photo.row_id), **changes
        )
        out.append(reading.record_reading(leased[0], found, node.small.at, judge=plain_reader.judge))
    return out


def sheet(row: str, page: int, text: str = "") -> bytes:
    """A page-shaped picture with the row's figures where `plain_reader` sees its boxes."""
    import io

    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", plain_reader.SIZE, 236)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(34)
    draw.text((60, 30), f"C.HASIL {row} halaman {page} {text}", fill=30, font=font)
    for name, (left, top, width, height) in plain_reader.places(row, page).items():
        draw.text((60, top + 4), name, fill=60, font=font)
        for box in range(3):
            x = left + box * width // 3
            draw.rectangle((x, top, x + width // 3 - 4, top + height), outline=90, width=2)
            draw.text((x + 16, top + 4), f"{se.figures(row)[name]:03}"[box], fill=20, font=font)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue() + f"{row}/{page}".encode()
