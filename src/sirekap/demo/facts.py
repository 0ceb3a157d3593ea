"""The published facts of Kabupaten Bekasi 2024, read from the files in ``demo/data``.

Every file names its sources in its first lines or in ``source`` keys.
"""

from __future__ import annotations

import csv
import functools
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from sirekap.election.contests import Contest, ContestKind, Pair

GOVERNOR = ContestKind.GOVERNOR
REGENT = ContestKind.REGENT
KINDS: tuple[ContestKind, ...] = (REGENT, GOVERNOR)
REGENCY = "3216"
PROVINCE = "32"


@dataclass(frozen=True, slots=True)
class Count:
    """One contest of one district in the commission's public files (partial, never official).

    ``early`` and ``arrived`` count stations with forms received at 01:00 and 10:15 WIB of
    28 Nov 2024; ``early_valid`` is the sum of votes at 01:00, ``votes`` those per pair at 10:15.
    """

    early: int
    early_valid: int
    arrived: int
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class District:
    """A district with its real number of polling stations. ``official`` is the commission's spelling."""

    code: str
    name: str
    official: str
    stations: int
    counts: dict[ContestKind, Count]
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Village:
    """A village (desa or kelurahan). ``stations`` is an estimate that sums to the district's real count."""

    code: str
    name: str
    official: str
    kind: str
    stations: int
    lat: float
    lon: float

    @property
    def district(self) -> str:
        """Code of the district it lies in."""
        return self.code[:6]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything published that the demo has to add up to. Times are aware UTC datetimes."""

    districts: tuple[District, ...]
    villages: tuple[Village, ...]
    contests: dict[ContestKind, Contest]
    official_names: dict[ContestKind, tuple[str, ...]]
    region_names: dict[str, str]
    men: int
    women: int
    decree_stations: int
    final_votes: tuple[int, ...]
    final_invalid: int
    stage_votes: tuple[int, ...]
    early: datetime
    snapshot: datetime
    determined: datetime
    decision: str
    decision_source: str
    regent_with_figures: int

    @property
    def stage_invalid(self) -> int:
        """Invalid regent ballots when all districts had closed.

        Not published: assumed so that the regency's corrections move ballots between invalid
        and valid while the number of ballots stays.
        """
        return self.final_invalid + sum(self.final_votes) - sum(self.stage_votes)


def _text(name: str) -> str:
    return resources.files("sirekap.demo").joinpath("data", name).read_text(encoding="utf-8")


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in _text(name).splitlines() if not line.startswith("#")))


def _count(row: dict[str, str], prefix: str, pairs: int) -> Count:
    return Count(
        early=int(row[f"{prefix}_early"]),
        early_valid=int(row[f"{prefix}_early_valid"]),
        arrived=int(row[f"{prefix}_arrived"]),
        votes=tuple(int(row[f"{prefix}_votes_{n}"]) for n in range(1, pairs + 1)),
    )


def _district(row: dict[str, str]) -> District:
    counts = {REGENT: _count(row, "regent", 3), GOVERNOR: _count(row, "governor", 4)}
    return District(
        row["code"],
        row["name"],
        row["official"],
        int(row["stations"]),
        counts,
        float(row["lat"]),
        float(row["lon"]),
    )


def _village(row: dict[str, str]) -> Village:
    return Village(
        row["code"],
        row["name"],
        row["official"],
        row["kind"],
        int(row["stations"]),
        float(row["lat"]),
        float(row["lon"]),
    )


def _contest(kind: ContestKind, entry: dict[str, Any]) -> Contest:
    pairs = tuple(Pair(p["number"], p["name"], p["colour"], p["commission_id"]) for p in entry["pairs"])
    return Contest(kind, entry["region"], pairs, entry["title"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@functools.cache
def facts() -> Facts:
    """Read the demo's data files once."""
    doc: dict[str, Any] = json.loads(_text("election.json"))
    districts = tuple(_district(row) for row in _rows("districts.csv"))
    villages = tuple(_village(row) for row in _rows("villages.csv"))
    names = {code: str(doc["regions"][code]["name"]) for code in (PROVINCE, REGENCY)}
    names |= {d.code: d.name for d in districts} | {v.code: v.name for v in villages}
    return Facts(
        districts=districts,
        villages=villages,
        contests={kind: _contest(kind, doc["contests"][kind]) for kind in KINDS},
        official_names={k: tuple(p["official"] for p in doc["contests"][k]["pairs"]) for k in KINDS},
        region_names=names,
        men=doc["roll"]["men"],
        women=doc["roll"]["women"],
        decree_stations=doc["roll"]["stations_in_decree"],
        final_votes=tuple(doc["determined"]["votes"]),
        final_invalid=doc["determined"]["invalid"],
        stage_votes=tuple(doc["districts_closed"]["votes"]),
        early=_time(doc["snapshot"]["early"]),
        snapshot=_time(doc["snapshot"]["at"]),
        determined=_time(doc["determined"]["at"]),
        decision=doc["determined"]["decision"],
        decision_source=doc["determined"]["decision_source"],
        regent_with_figures=doc["snapshot"]["regent_with_figures"],
    )
