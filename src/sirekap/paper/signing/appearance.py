"""What a signed box shows: who, when, by which certificate; drawn from the signature's own data and nothing else.

The drawing is part of the file format: verifying draws it again. Whoever changes it must keep the old one beside it, or
every document signed before becomes invalid; a test pins its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sirekap.paper.signing import fonts

ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
LARGEST, LEADING, PADDING = 8.0, 1.22, 3.0
NARROWEST = 0.7
"""A line too long for its box is set smaller down to this share of its size, then cut."""
HEADING = "Ditandatangani secara elektronik"


@dataclass(frozen=True, slots=True)
class Shown:
    """``name``: of the certificate's subject; ``title``: as what they sign; ``certificate``: its SHA-256 (hex)."""

    name: str
    title: str
    at: datetime
    certificate: str


def zone(at: datetime) -> str:
    """WIB, WITA, WIT, or the offset from UTC."""
    hours = (at.utcoffset() or timedelta()).total_seconds() / 3600
    return ZONES.get(int(hours), f"UTC{hours:+g}") if hours == int(hours) else f"UTC{hours:+g}"


def lines(shown: Shown) -> tuple[str, ...]:
    """The box's lines from top to bottom."""
    at, code = shown.at, shown.certificate[:16].upper()
    return (
        HEADING,
        shown.name,
        shown.title,
        f"{at.day} {MONTHS[at.month - 1]} {at.year} {at:%H.%M.%S} {zone(at)}",
        "Sertifikat " + " ".join(code[n : n + 4] for n in range(0, 16, 4)),
    )


def content(width: float, height: float, shown: Shown) -> bytes:
    """PDF operators that draw the box, ``width`` x ``height`` points, with the prepared font."""
    texts = [fonts.encoded(text) for text in lines(shown) if text]
    size = min(LARGEST, (height - PADDING) / (LEADING * len(texts)))
    top = height - max(0.0, (height - size * LEADING * len(texts)) / 2)
    drawn = [f"q 0.10 0.36 0.22 rg 0 1 1.5 {height - 2:.2f} re f Q".encode()]
    drawn += _written(texts, size, width - 2 * PADDING - 1.5, top)
    return b"\n".join(drawn) + b"\n"


def _written(texts: Sequence[bytes], size: float, room: float, top: float) -> list[bytes]:
    from sirekap.paper.signing.fields import FONT_NAME

    out = [b"BT"]
    for number, whole in enumerate(texts):
        wanted = size * (1.0 if number == 1 else 0.86)
        text = _cut(whole, room * 1000 / (wanted * NARROWEST))
        fits = min(wanted, room * 1000 / max(1, fonts.length(text)))
        baseline = top - size * LEADING * (number + 0.78)
        grey = b"0 g" if number == 1 else b"0.25 g"
        out.append(
            grey
            + f" /{FONT_NAME} {fits:.2f} Tf 1 0 0 1 {PADDING + 2.5:.2f} {baseline:.2f} Tm (".encode("ascii")
            + text.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
            + b") Tj"
        )
    return [*out, b"ET"]


def _cut(text: bytes, room: float) -> bytes:
    """The text, or as much of it as fits with an ellipsis; ``room`` in thousandths of the font size."""
    if fonts.length(text) <= room:
        return text
    dots = fonts.encoded("…")
    while text and fonts.length(text) + fonts.length(dots) > room:
        text = text[:-1]
    return text.rstrip() + dots
