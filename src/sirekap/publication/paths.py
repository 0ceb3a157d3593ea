"""Where a page lies in the site, as paths relative to the site's root, with ``/`` on every system."""

from __future__ import annotations

from sirekap.election.contests import ContestKind

TIER_DIGITS = (2, 4, 6, 10)
"""Digits of the region codes that have a folder; a station (13) is a file in its village's folder."""


def region_folder(kind: ContestKind, code: str) -> str:
    """``pkwkk``, ``3216`` -> ``pkwkk/32/3216``. Raises ``ValueError`` for a code of no tier."""
    if len(code) not in TIER_DIGITS or not (code.isascii() and code.isdigit()):
        raise ValueError(f"not a region code: {code!r}")
    return "/".join([kind.value, *(code[:n] for n in TIER_DIGITS if n <= len(code))])


def station_folder(kind: ContestKind, code: str) -> str:
    """The village folder a station's files lie in. Raises ``ValueError`` unless 13 digits."""
    if len(code) != 13 or not (code.isascii() and code.isdigit()):
        raise ValueError(f"not a station code: {code!r}")
    return region_folder(kind, code[:10])


def page(kind: ContestKind, code: str) -> str:
    """The page of any region or station."""
    if len(code) == 13:
        return f"{station_folder(kind, code)}/{code}.html"
    return f"{region_folder(kind, code)}/index.html"


def up(path: str) -> str:
    """From a file at ``path`` back to the root: ``pkwkk/32/index.html`` -> ``../../``."""
    return "../" * path.count("/")


def photo_path(sha256: str, extension: str = "jpg") -> str:
    """Where a photograph is published: ``foto/ab/abcd....jpg``."""
    return f"foto/{sha256[:2]}/{sha256}.{extension}"
