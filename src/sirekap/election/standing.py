"""Standing: how far one station's figures have come, a pure function of the facts.

Not a straight ladder: a plenary may ratify from the sealed box at any rung, and a new
generation (recount, re-vote) sends one station back while the rest stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sirekap.election import chasil


class Standing(IntEnum):
    """Rungs, lowest first. Compare with ``>=``."""

    AWAITED = 0
    RECEIVED = 1
    READ = 2
    CONFIRMED = 3
    VERIFIED = 4
    DISTRICT = 5
    REGENCY = 6
    PROVINCE = 7
    DETERMINED = 8

    @property
    def key(self) -> str:
        """Lower-case key used in files and APIs."""
        return self.name.lower()


class Tier(IntEnum):
    """Plenary tiers; ``NONE`` = not ratified anywhere."""

    NONE = 0
    DISTRICT = 1
    REGENCY = 2
    PROVINCE = 3

    @property
    def key(self) -> str:
        """Lower-case key used in files and APIs."""
        return self.name.lower()


LABEL_ID = {
    Standing.AWAITED: "Belum diterima",
    Standing.RECEIVED: "Foto diterima",
    Standing.READ: "Terbaca",
    Standing.CONFIRMED: "Diisi KPPS",
    Standing.VERIFIED: "Terverifikasi",
    Standing.DISTRICT: "Disahkan kecamatan",
    Standing.REGENCY: "Disahkan kabupaten/kota",
    Standing.PROVINCE: "Disahkan provinsi",
    Standing.DETERMINED: "Ditetapkan",
}
LABEL_EN = {
    Standing.AWAITED: "Awaited",
    Standing.RECEIVED: "Photo received",
    Standing.READ: "Read",
    Standing.CONFIRMED: "Confirmed by KPPS",
    Standing.VERIFIED: "Verified",
    Standing.DISTRICT: "Ratified by district",
    Standing.REGENCY: "Ratified by regency",
    Standing.PROVINCE: "Ratified by province",
    Standing.DETERMINED: "Determined",
}

COUNTED_FROM = Standing.VERIFIED
"""Totals sum stations at this rung or above."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What has happened to one station-contest in its latest generation.

    ``pages`` is a bit set (page 1 = bit 0) of the pages received; a form with ``columns`` vote columns has
    `all_pages` of them. ``ratified`` is the highest tier whose closed plenary includes this station.
    """

    pages: int = 0
    read: bool = False
    confirmed: bool = False
    verified: bool = False
    ratified: Tier = Tier.NONE
    determined: bool = False
    columns: int = 2


def all_pages(columns: int) -> int:
    """Bit set of all pages of a form with ``columns`` vote columns."""
    return (1 << chasil.page_count(columns)) - 1


def complete(pages: int, columns: int) -> bool:
    """Whether the bit set ``pages`` holds every page of the form."""
    return not all_pages(columns) & ~pages


def page_numbers(pages: int) -> tuple[int, ...]:
    """The pages in a bit set: ``0b101`` -> (1, 3)."""
    return tuple(n for n in range(1, pages.bit_length() + 1) if pages >> (n - 1) & 1)


def standing(facts: Facts) -> Standing:
    """The highest rung the facts support."""
    if facts.determined:
        return Standing.DETERMINED
    if facts.ratified is not Tier.NONE:
        return Standing(Standing.DISTRICT + facts.ratified - 1)
    if facts.verified:
        return Standing.VERIFIED
    if facts.confirmed:
        return Standing.CONFIRMED
    if facts.read:
        return Standing.READ
    if complete(facts.pages, facts.columns):
        return Standing.RECEIVED
    return Standing.AWAITED
