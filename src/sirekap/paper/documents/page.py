"""The page of a document: its paper, what frames it, and how much is left for its contents. mm."""

from __future__ import annotations

from dataclasses import dataclass

from sirekap.paper.documents.model import Paper

SIDE, TOP, BOTTOM = 10.0, 30.0, 16.6
"""Left and right margins, and what the frame of a form takes at the top and foot."""
LETTER_SIDE, LETTER_TOP, LETTER_BOTTOM = 22.0, 16.0, 36.0
INITIALS = 8.6
"""What the strip for initials takes, with the gap over it."""
MM = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True, slots=True)
class Page:
    """Paper as it lies: width and height, and the margins of its contents."""

    width: float
    height: float
    side: float = SIDE
    top: float = TOP
    bottom: float = BOTTOM

    @property
    def wide(self) -> float:
        """Width of the contents."""
        return self.width - 2 * self.side

    @property
    def tall(self) -> float:
        """Height of the contents."""
        return self.height - self.top - self.bottom


def upright(paper: Paper) -> Page:
    """A form on upright paper."""
    return Page(*paper.value)


def turned(paper: Paper) -> Page:
    """A form on paper that lies across."""
    return Page(paper.value[1], paper.value[0])


def letter(paper: Paper) -> Page:
    """A decree: upright, with wider margins; QR and hash are in its foot."""
    return Page(*paper.value, LETTER_SIDE, LETTER_TOP, LETTER_BOTTOM)
