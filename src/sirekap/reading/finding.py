"""Which page a photograph shows and where: tags first, then a QR and the black marks of designs without tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sirekap.paper import templates
from sirekap.paper.layout import Layout, PageLayout
from sirekap.reading import marks, qr, tags
from sirekap.reading.plane import Floats, scaled, shrink
from sirekap.reading.registration import Registration, register

MARKS_AT = (1600, 2600)
"""Long sides in pixels at which marks are looked for, the larger only when the smaller shows no page."""
OFFICIAL = "kwk-2024"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as far as it was found. ``registration`` is None when its name is all that is known.

    ``code``: text of a QR read before registration. ``guess``: where the page seems to be by its tags alone.
    """

    layout: str | None = None
    page: int | None = None
    registration: Registration | None = None
    code: str | None = None
    official: bool = False
    several: bool = False
    guess: Floats | None = None

    @property
    def proved(self) -> bool:
        """Whether the printed lines were found where they should be."""
        return self.registration is not None and self.registration.proved


def find(grey: NDArray[np.uint8], template: str | None = None) -> Sheet:
    """The page in ``grey``; ``template`` restricts the search to one layout (``KeyError`` when there is none)."""
    sighting = tags.glance(grey)
    if sighting.layout is None and sighting.official is None:
        drawn = _by_marks(grey, template)
        if drawn.proved:
            return drawn
        closer = tags.look_closer(grey, sighting)
        if closer.layout is None and closer.official is None:
            return drawn
        sighting = closer
    elif len(sighting.corners) < 4 and sighting.official is None:
        quick = _by_tags(grey, sighting) if len(sighting.corners) >= 2 and _wanted(sighting, template) else None
        if quick is not None and quick.registration is not None and quick.registration.complete:
            return quick
        sighting = tags.look_closer(grey, sighting)
    if _wanted(sighting, template):
        return _by_tags(grey, sighting)
    if sighting.official is not None and template in (None, OFFICIAL):
        return Sheet(OFFICIAL, sighting.official, code=_code(grey), official=True, several=sighting.several)
    return _by_marks(grey, template)


def _wanted(sighting: tags.Sighting, template: str | None) -> bool:
    return sighting.layout in templates.names() and template in (None, sighting.layout)


def _by_tags(grey: NDArray[np.uint8], sighting: tags.Sighting) -> Sheet:
    layout = templates.get(sighting.layout or "")
    known = {page.page: page for page in layout.pages}
    page = known.get(sighting.page or 0)
    if page is None:
        return Sheet(several=sighting.several)
    first = tags.homography(sighting, page)
    best: Registration | None = None
    if first is not None:
        best = register(grey, first, page)
        if (best is None or not best.proved) and len(sighting.corners) < 4:
            best = _better(best, _helped(grey, first, page))
            if best is None or not best.proved:
                best = _better(best, _by_patterns(grey, sighting, page, first))
    return Sheet(layout.name, page.page, best, several=sighting.several, guess=first)


def _helped(grey: NDArray[np.uint8], first: Floats, page: PageLayout) -> Registration | None:
    """With few tags the homography is coarse far from them: let the black marks refine it from near to far."""
    small, factor = shrink(grey, MARKS_AT[0])
    grown = marks.grow(scaled(first, factor), marks.blobs(small), page)
    return register(grey, scaled(grown.homography, 1 / factor), page) if grown else None


def _by_patterns(
    grey: NDArray[np.uint8], sighting: tags.Sighting, page: PageLayout, first: Floats
) -> Registration | None:
    """Tags too small or blurred to decode still hold down the far side of the sheet."""
    more = tags.by_pattern(grey, sighting, page, first)
    homography = tags.homography(more, page) if len(more.corners) > len(sighting.corners) else None
    return register(grey, homography, page) if homography is not None else None


def _better(first: Registration | None, second: Registration | None) -> Registration | None:
    if first is None or second is None:
        return first or second
    return second if second.proof.score > first.proof.score else first


def _code(grey: NDArray[np.uint8]) -> str | None:
    found = qr.anywhere(grey)
    return found[0] if found else None


def _by_marks(grey: NDArray[np.uint8], template: str | None) -> Sheet:
    """A page of a design without tags; the QR names it, otherwise the design whose lines fit best does."""
    code = _code(grey)
    named = [(layout, page) for layout, page in _drawn(template) if code in page.codes]
    best: tuple[Layout, PageLayout, Registration] | None = None
    for longest in MARKS_AT:
        best = _best(grey, longest, named or list(_drawn(template))) or best
        if (best is not None and best[2].proved) or max(grey.shape) <= longest:
            break
    if best is not None and (best[2].proved or named):
        return Sheet(best[0].name, best[1].page, best[2], code=code)
    if named:
        return Sheet(named[0][0].name, named[0][1].page, None, code=code)
    return Sheet(code=code)


def _best(
    grey: NDArray[np.uint8], longest: int, pages: list[tuple[Layout, PageLayout]]
) -> tuple[Layout, PageLayout, Registration] | None:
    """The page whose marks and then lines fit best, or None."""
    small, factor = shrink(grey, longest)
    blobs = marks.blobs(small)
    matches = [(marks.match(blobs, page), layout, page) for layout, page in pages]
    found = [(match, layout, page) for match, layout, page in matches if match is not None]
    best: tuple[Layout, PageLayout, Registration] | None = None
    for match, layout, page in sorted(found, key=lambda each: -each[0].share):
        registered = register(grey, scaled(match.homography, 1 / factor), page)
        if registered and (best is None or registered.proof.score > best[2].proof.score):
            best = (layout, page, registered)
    return best


def _drawn(template: str | None) -> Iterator[tuple[Layout, PageLayout]]:
    """Pages that can be found by their marks: designs without tags, or the one that was asked for."""
    for name in templates.names() if template is None else (template,):
        if template is None and not name.startswith("cdigital-"):
            continue
        layout = templates.get(name)
        for page in layout.pages if layout.geometry_known else ():
            if len(page.marks) >= 8 and page.fields:
                yield layout, page
