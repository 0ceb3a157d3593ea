"""Contests, candidate pairs and what they cover."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sirekap.election import chasil


class ContestKind(StrEnum):
    """The commission's own codes for the two kinds of local contest."""

    GOVERNOR = "pkwkp"
    REGENT = "pkwkk"


TITLE_ID = {
    ContestKind.GOVERNOR: "Pemilihan Gubernur dan Wakil Gubernur",
    ContestKind.REGENT: "Pemilihan Bupati/Wali Kota dan Wakil",
}
TITLE_EN = {
    ContestKind.GOVERNOR: "Governor and deputy governor",
    ContestKind.REGENT: "Regent/mayor and deputy",
}


def contest_title(kind: ContestKind, region_name: str) -> str:
    """Official title in Indonesian; a city elects a wali kota, a regency a bupati."""
    if kind is ContestKind.GOVERNOR:
        return f"{TITLE_ID[kind]} {region_name}"
    if region_name.startswith("Kota "):
        return f"Pemilihan Wali Kota dan Wakil Wali Kota {region_name.removeprefix('Kota ')}"
    return f"Pemilihan Bupati dan Wakil Bupati {region_name.removeprefix('Kabupaten ')}"


SCOPE_LENGTH = {ContestKind.GOVERNOR: 2, ContestKind.REGENT: 4}
"""Digits of the region code that a contest covers: a province or a regency/city."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A candidate pair (paslon). ``commission_id`` is the commission's public id."""

    number: int
    name: str
    colour: str = "#888888"
    commission_id: str = ""


@dataclass(frozen=True, slots=True)
class Contest:
    """One contest in one scope. A sole pair stands against the blank column (kolom kosong)."""

    kind: ContestKind
    region: str
    pairs: tuple[Pair, ...]
    title: str = ""

    def __post_init__(self) -> None:
        digits = SCOPE_LENGTH[self.kind]
        if len(self.region) != digits:
            raise ValueError(f"{self.kind} covers a region code of {digits} digits, got {self.region!r}")
        if [p.number for p in self.pairs] != list(range(1, len(self.pairs) + 1)):
            raise ValueError("pairs must be numbered 1, 2, ... without gaps")
        if not 1 <= self.columns <= chasil.MAX_COLUMNS:
            raise ValueError(f"a contest has 1..{chasil.MAX_COLUMNS} vote columns")

    @property
    def id(self) -> str:
        """Stable id, e.g. ``pkwkk-3216``."""
        return f"{self.kind}-{self.region}"

    @property
    def blank_column(self) -> bool:
        """True when a sole pair stands against the blank column."""
        return len(self.pairs) == 1

    @property
    def columns(self) -> int:
        """Number of vote columns on the form."""
        return len(self.pairs) + (1 if self.blank_column else 0)

    def covers(self, region: str) -> bool:
        """Whether ``region`` (any tier) lies in this contest's scope."""
        return region.startswith(self.region)
