"""Results in the common data format of NIST SP 1500-100, version 2 (JSON). One report per contest.

A pair is a ticket: one selection with the head and the deputy as its two candidates. Every region and every station of
the contest is a reporting unit; only counted figures are in it, and the report's status says whether they are the
determined ones. Pure: plain values in, a JSON object out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sirekap.election.chasil import Figures
from sirekap.election.contests import ContestKind, Pair
from sirekap.election.regions import RegionTier, kind_label, tier_of
from sirekap.publication import formats

Object = dict[str, Any]
_PREFIX = "ElectionResults."
ISSUER = "Komisi Pemilihan Umum Republik Indonesia"
_TICKET = re.compile(r"\s+[–—-]\s+")
_UNIT_TYPES = {
    RegionTier.PROVINCE: "state",
    RegionTier.REGENCY: "county",
    RegionTier.DISTRICT: "other",
    RegionTier.VILLAGE: "village",
    RegionTier.STATION: "precinct",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One region or station: sums of its counted stations (``None``: none), stations counted and in all."""

    code: str
    name: str
    figures: Figures | None
    counted: int
    stations: int


@dataclass(frozen=True, slots=True)
class Contest:
    """What a report is about. ``made_at``: the cut's time; ``winner``: the pair with most votes, once determined.

    ``elected``: the court's register has closed the matter.
    """

    kind: ContestKind
    region: str
    title: str
    election: str
    voting_day: date
    pairs: Sequence[Pair]
    official: bool
    simulated: bool
    made_at: datetime
    cut: int
    winner: int | None = None
    elected: bool = False


def report(contest: Contest, units: Sequence[Unit]) -> Object:
    """The report; ``units`` are regions top down with their stations, and hold the contest's own region.

    Raises ``StopIteration`` when that region is missing.
    """
    whole = next(unit for unit in units if unit.code == contest.region)
    detail = any(tier_of(unit.code) is RegionTier.STATION for unit in units)
    notes = "Hasil yang ditetapkan KPU." if contest.official else "Bukan hasil resmi."
    return {
        "@type": f"{_PREFIX}ElectionReport",
        "Format": "precinct-level" if detail else "summary-contest",
        "GeneratedDate": formats.iso(contest.made_at),
        "Issuer": ISSUER,
        "IssuerAbbreviation": "KPU",
        "SequenceStart": 1,
        "SequenceEnd": 1,
        "Status": _status(contest, whole),
        "VendorApplicationId": "sirekap",
        "IsTest": contest.simulated,
        "Notes": f"{notes} Potongan {contest.cut}." + (" Baris TPS disimulasikan." if contest.simulated else ""),
        "GpUnit": list(_units(units)),
        "Office": [_office(contest)],
        "Election": [_election(contest, units)],
    }


def _status(contest: Contest, whole: Unit) -> str:
    if contest.official:
        return "certified"
    return "unofficial-complete" if whole.counted == whole.stations else "unofficial-partial"


def _units(units: Sequence[Unit]) -> Iterator[Object]:
    below: dict[str, list[str]] = {}
    known = {unit.code for unit in units}
    for unit in units:
        above = next((unit.code[:n] for n in (10, 6, 4, 2) if n < len(unit.code) and unit.code[:n] in known), None)
        if above is not None:
            below.setdefault(above, []).append(_unit_id(unit.code))
    for unit in units:
        tier = tier_of(unit.code)
        kind = "city" if tier is RegionTier.REGENCY and unit.code[2] == "7" else _UNIT_TYPES[tier]
        other = {"OtherType": kind_label(unit.code).lower()} if kind == "other" else {}
        voters = (unit.figures or {}).get("voted_total_j")
        yield {
            "@id": _unit_id(unit.code),
            "@type": f"{_PREFIX}ReportingUnit",
            "Type": kind,
            **other,
            "Name": _text(unit.name),
            "ExternalIdentifier": [_identifier("national-level", unit.code)],
            "CountStatus": [_count_status(unit)],
            "SubUnitsReported": unit.counted,
            "TotalSubUnits": unit.stations,
            **({"ComposingGpUnitIds": below[unit.code]} if unit.code in below else {}),
            **({"VotersParticipated": voters} if voters is not None else {}),
        }


def _count_status(unit: Unit) -> Object:
    done = "completed" if unit.counted == unit.stations else "in-process" if unit.counted else "not-processed"
    return {"@type": f"{_PREFIX}CountStatus", "Type": "total", "Status": done}


def _election(contest: Contest, units: Sequence[Unit]) -> Object:
    candidates = [candidate for pair in contest.pairs for candidate in _candidates(contest, pair)]
    return {
        "@type": f"{_PREFIX}Election",
        "Name": _text(contest.election),
        "StartDate": contest.voting_day.isoformat(),
        "EndDate": contest.voting_day.isoformat(),
        "Type": "general",
        "ElectionScopeId": _unit_id(units[0].code),
        "Candidate": candidates,
        "Contest": [_contest(contest, units)],
        "BallotCounts": list(_ballots(units)),
    }


def _contest(contest: Contest, units: Sequence[Unit]) -> Object:
    return {
        "@id": f"contest-{contest.kind.value}-{contest.region}",
        "@type": f"{_PREFIX}CandidateContest",
        "Name": contest.title,
        "ElectionDistrictId": _unit_id(contest.region),
        "OfficeIds": [_office(contest)["@id"]],
        "NumberElected": 1,
        "VotesAllowed": 1,
        "VoteVariation": "plurality",
        "ContestSelection": [_selection(contest, pair, units) for pair in contest.pairs],
    }


def _selection(contest: Contest, pair: Pair, units: Iterable[Unit]) -> Object:
    return {
        "@id": f"selection-{pair.number}",
        "@type": f"{_PREFIX}CandidateSelection",
        "SequenceOrder": pair.number,
        "CandidateIds": [candidate["@id"] for candidate in _candidates(contest, pair)],
        "VoteCounts": list(_votes(pair.number, units)),
    }


def _votes(number: int, units: Iterable[Unit]) -> Iterator[Object]:
    for unit in units:
        votes = None if unit.figures is None else unit.figures.get(f"votes_{number}")
        if votes is not None:
            yield {
                "@type": f"{_PREFIX}VoteCounts",
                "GpUnitId": _unit_id(unit.code),
                "Type": "total",
                "Count": votes,
            }


def _ballots(units: Iterable[Unit]) -> Iterator[Object]:
    """Ballots cast and, of them, those without a valid vote."""
    for unit in units:
        figures: Mapping[str, int | None] = unit.figures or {}
        counts = {"BallotsCast": figures.get("total"), "BallotsRejected": figures.get("invalid")}
        present = {name: value for name, value in counts.items() if value is not None}
        if present:
            yield {
                "@type": f"{_PREFIX}BallotCounts",
                "GpUnitId": _unit_id(unit.code),
                "Type": "total",
                **present,
            }


def _candidates(contest: Contest, pair: Pair) -> list[Object]:
    """The members of a ticket, head first; a blank column is one candidate without a person."""
    names = _TICKET.split(pair.name.strip(), maxsplit=1)
    status = "winner" if contest.elected else "projected-winner"
    elected = {"PostElectionStatus": status} if pair.number == contest.winner else {}
    external = [_identifier("other", pair.commission_id, "kpu-paslon")] if pair.commission_id else []
    return [
        {
            "@id": f"candidate-{pair.number}-{place}",
            "@type": f"{_PREFIX}Candidate",
            "BallotName": _text(name),
            "IsTopTicket": place == 1,
            **elected,
            **({"ExternalIdentifier": external} if external else {}),
        }
        for place, name in enumerate(names, 1)
    ]


def _office(contest: Contest) -> Object:
    name = "Gubernur" if contest.kind is ContestKind.GOVERNOR else "Bupati/Wali Kota"
    return {
        "@id": f"office-{contest.kind.value}-{contest.region}",
        "@type": f"{_PREFIX}Office",
        "Name": _text(f"{name} dan wakil"),
        "ElectionDistrictId": _unit_id(contest.region),
    }


def _identifier(kind: str, value: str, other: str = "") -> Object:
    found = {"@type": f"{_PREFIX}ExternalIdentifier", "Type": kind, "Value": value}
    return {**found, "OtherType": other} if other else found


def _text(content: str) -> Object:
    return {
        "@type": f"{_PREFIX}InternationalizedText",
        "Text": [{"@type": f"{_PREFIX}LanguageString", "Content": content, "Language": "id"}],
    }


def _unit_id(code: str) -> str:
    return f"gp-{code}"
