"""Acts on the register: open the ledger, create and import an election, change stations and rolls."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sirekap.election.contests import SCOPE_LENGTH, ContestKind, contest_title
from sirekap.election.roles import Capability
from sirekap.ledger import canonical
from sirekap.records import locks, queries
from sirekap.records.journal import SYSTEM, append
from sirekap.records.models import Contest, Election, Entry, Import, Region, Station, StationContest
from sirekap.workflow import csv_import
from sirekap.workflow.csv_import import MAX_COMPLAINTS, MAX_ROLL, Complaint
from sirekap.workflow.determination import FINAL_TIER
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor, need_reason

STATIONS_PER_ENTRY = 800
"""Stations in one ledger entry; tile bundles of the log take entries below 64 KB."""
REGIONS_PER_ENTRY = 300
"""Regions in one ledger entry, likewise."""


class ImportRefused(Refused):
    """An import with complaints; nothing was imported."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        shown = complaints[:MAX_COMPLAINTS]
        more = len(complaints) - len(shown)
        super().__init__(
            "import",
            f"Impor dibatalkan, tidak ada yang disimpan. {len(complaints)} masalah:\n"
            + "\n".join(c.sentence("id") for c in shown)
            + (f"\n... dan {more} lagi" if more else ""),
            f"Import cancelled, nothing was saved. {len(complaints)} problems:\n"
            + "\n".join(c.sentence("en") for c in shown)
            + (f"\n... and {more} more" if more else ""),
            400,
        )
        self.complaints = tuple(complaints)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the number of stations, and whether anything changed at all."""

    stations: int
    changed: bool


@transaction.atomic
def open_ledger(origin: str, clock: str, vkey: str, at: datetime) -> None:
    """The first entry: the log's origin, its public key, and whether the clock is real or simulated."""
    if Entry.objects.exists():
        raise Refused("ledger_open", "Buku besar sudah dibuka.", "The ledger is open already.")
    if clock not in ("real", "simulated"):
        raise ValueError("the clock is real or simulated")
    append("ledger.opened", SYSTEM, at, {"origin": origin, "clock": clock, "log_key": vkey})


@transaction.atomic
def create_election(actor: Actor, election: str, name: str, voting_day: date, simulated: bool, at: datetime) -> None:
    """Create the election; a database holds one."""
    acting = _manager(actor)
    if Election.objects.exists():
        raise Refused("election_exists", "Pemilihan sudah dibuat.", "The election was created already.")
    body = {"election": election, "name": name, "voting_day": voting_day.isoformat(), "simulated": simulated}
    append("election.created", acting, at, body)


def _manager(actor: Actor) -> Any:
    regions = actor.regions(Capability.MANAGE_ELECTION)
    return actor.acting(Capability.MANAGE_ELECTION, regions[0] if regions else "")


def import_register(actor: Actor, files: Mapping[str, str], effective: date, at: datetime) -> Imported:
    """Import regions, contests with pairs, and stations from CSV texts: all or nothing.

    ``files``: ``regions.csv``, ``pairs.csv``, ``stations.csv``. The same content twice changes
    nothing. Raises `ImportRefused` with every complaint.
    """
    content = hashlib.sha256(canonical.dumps(dict(files))).hexdigest()
    with transaction.atomic():
        acting = _manager(actor)
        if not Election.objects.exists():
            raise not_found("Pemilihan")
        if Import.objects.filter(pk=content).exists():
            return Imported(0, False)
        names, complaints = csv_import.regions(files.get("regions.csv", ""))
        pairs, more = csv_import.pairs(files.get("pairs.csv", ""))
        stations, last = csv_import.stations(files.get("stations.csv", ""), names)
        complaints += more + last
        if not complaints:
            complaints = _existing(names, stations)
        if complaints:
            raise ImportRefused(complaints)
        _refuse_foreign(actor, names)
        contests = _contests(pairs, names)
        complaints = _without_contest(stations, contests)
        if complaints:
            raise ImportRefused(complaints)
        for body in _register_parts(content, names, contests):
            append("register.imported", acting, at, body)
        for part in _parts(stations, contests):
            append("stations.imported", acting, at, {"effective": effective.isoformat(), "stations": part})
    return Imported(len(stations), True)


def _refuse_foreign(actor: Actor, codes: Iterable[str]) -> None:
    """Every region must lie in the actor's own regions, or be an ancestor that names where they lie."""
    own = actor.regions(Capability.MANAGE_ELECTION)
    for code in codes:
        if not any(region.startswith(code) for region in own):
            actor.acting(Capability.MANAGE_ELECTION, code)


def _existing(names: Mapping[str, str], stations: Sequence[Mapping[str, str]]) -> list[Complaint]:
    known = set(Station.objects.values_list("pk", flat=True))
    out = [
        Complaint(
            "stations.csv",
            number,
            "code",
            f"TPS {row['code']} sudah ada; perubahan daftar pemilih dilakukan lewat perubahan bertanggal.",
            f"station {row['code']} exists already; change its roll by a dated amendment.",
        )
        for number, row in enumerate(stations, start=2)
        if row["code"] in known
    ]
    for code in Region.objects.filter(pk__in=list(names)).values_list("pk", flat=True):
        out.append(Complaint("regions.csv", 1, "code", f"wilayah {code} sudah ada.", f"region {code} exists already."))
    return out


def _contests(pairs: Sequence[Mapping[str, str]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    complaints: list[Complaint] = []
    for kind in ContestKind:
        own = sorted((p for p in pairs if p["contest"] == kind), key=lambda p: int(p["number"]))
        if not own:
            continue
        scopes = sorted(code for code in names if len(code) == SCOPE_LENGTH[kind])
        if len(scopes) != 1 or [int(p["number"]) for p in own] != list(range(1, len(own) + 1)):
            complaints.append(
                Complaint(
                    "pairs.csv",
                    1,
                    "number",
                    f"{kind}: nomor urut harus 1, 2, ... tanpa celah, untuk tepat satu wilayah pemilihan.",
                    f"{kind}: numbers must run 1, 2, ... without gaps, for exactly one contest region.",
                )
            )
            continue
        out.append(
            {
                "kind": kind.value,
                "region": scopes[0],
                "title": contest_title(kind, names[scopes[0]]),
                "columns": max(2, len(own)),
                "pairs": [
                    {
                        "number": int(p["number"]),
                        "name": p["name"],
                        "colour": p["colour"],
                        "commission_id": p["commission_id"],
                    }
                    for p in own
                ],
            }
        )
    if complaints:
        raise ImportRefused(complaints)
    return out


def _without_contest(rows: Sequence[Mapping[str, str]], contests: Sequence[Mapping[str, Any]]) -> list[Complaint]:
    """Stations that name a contest which does not cover them, or that no contest covers."""
    out = []
    for line, row in enumerate(rows, start=2):
        covering = {c["kind"] for c in contests if row["code"].startswith(c["region"])}
        named = set(row.get("contests", "").split())
        if named - covering or not covering:
            missing = ", ".join(sorted(named - covering)) or "pkwkp/pkwkk"
            out.append(
                Complaint(
                    "stations.csv",
                    line,
                    "contests",
                    f"pemilihan {missing} tidak ada untuk TPS {row['code']} dalam pairs.csv.",
                    f"there is no contest {missing} for station {row['code']} in pairs.csv.",
                )
            )
    return out


def _register_parts(
    content: str, names: Mapping[str, str], contests: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Regions in code order, cut so that no entry grows beyond 64 KB; the first part names the contests.

    The first part carries the hash of the content, each later one the hash of it and its own number.
    """
    codes = sorted(names)
    for number, start in enumerate(range(0, len(codes), REGIONS_PER_ENTRY)):
        part = [[code, names[code]] for code in codes[start : start + REGIONS_PER_ENTRY]]
        own = hashlib.sha256(f"{content} {number}".encode()).hexdigest() if number else content
        yield {"content_sha256": own, "regions": part, "contests": [] if number else contests}


def _parts(rows: Sequence[Mapping[str, str]], contests: Sequence[Mapping[str, Any]]) -> Iterator[list[list[Any]]]:
    """``[code, men, women, [kinds]]`` in code order, cut so that no entry grows beyond 64 KB."""
    items: list[list[Any]] = []
    for row in sorted(rows, key=lambda r: r["code"]):
        code = row["code"]
        covering = sorted(c["kind"] for c in contests if code.startswith(c["region"]))
        kinds = sorted(set(row.get("contests", "").split())) or covering
        items.append([code, int(row["dpt_l"]), int(row["dpt_p"]), kinds])
    for start in range(0, len(items), STATIONS_PER_ENTRY):
        yield items[start : start + STATIONS_PER_ENTRY]


def _need_roll(men: int, women: int) -> dict[str, int]:
    for value in (men, women):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_ROLL:
            raise Refused(
                "roll",
                f"Jumlah pemilih harus bilangan bulat 0 sampai {MAX_ROLL}.",
                f"A roll is a whole number from 0 to {MAX_ROLL}.",
                400,
            )
    return {"l": men, "p": women}


def _need_open(code: str) -> list[StationContest]:
    rows = locks.rows_of_station(code)
    if not rows:
        raise not_found(f"TPS {code}")
    if all(row.closed for row in rows):
        raise Refused("station_closed", f"TPS {code} sudah ditutup.", f"Station {code} is closed already.")
    return rows


@transaction.atomic
def add_station(
    actor: Actor,
    code: str,
    men: int,
    women: int,
    reason: str,
    effective: date,
    at: datetime,
    contests: Sequence[str] = (),
) -> None:
    """Add a station after the import; denominators follow.

    ``contests``: kinds (``pkwkp``, ``pkwkk``) the station takes part in; empty = all that cover it.
    """
    acting = actor.acting(Capability.MANAGE_STATIONS, code)
    if len(code) != 13 or not code.isascii() or not code.isdigit():
        raise Refused("code", "Kode TPS harus 13 angka.", "A station code has 13 digits.", 400)
    if not Region.objects.filter(pk=code[:10]).exists():
        raise not_found(f"Desa/kelurahan {code[:10]}")
    if Station.objects.filter(pk=code).exists():
        raise Refused("station_exists", f"TPS {code} sudah ada.", f"Station {code} exists already.")
    over = locks.sessions_over(code)
    covering = [c for c in Contest.objects.order_by("pk") if code.startswith(c.region)]
    kinds = sorted(set(contests)) or sorted(c.kind for c in covering)
    if not kinds or set(kinds) - {c.kind for c in covering}:
        raise Refused(
            "wrong_contest",
            f"TPS {code} tidak termasuk wilayah pemilihan yang disebut.",
            f"Station {code} does not lie in the region of the contests named.",
            400,
        )
    if any(locks.contest(c.pk).state != "counting" for c in covering if c.kind in kinds):
        raise Refused(
            "determined",
            "Hasil pemilihan di wilayah ini sudah ditetapkan, jadi TPS baru tidak dapat ditambahkan.",
            "A result covering this region is determined already, so no station can be added.",
        )
    for session in over:
        final = {c.pk for c in covering if c.kind in kinds and FINAL_TIER[ContestKind(c.kind)] == session.tier}
        if session.state == "closed" and final & set(session.contests):
            raise Refused(
                "sessions_closed",
                "Rapat pleno terakhir untuk wilayah ini sudah ditutup, jadi TPS baru tidak dapat ditambahkan.",
                "The last plenary over this region has closed, so no station can be added.",
            )
    body = {
        "station": code,
        "roll": _need_roll(men, women),
        "contests": kinds,
        "reason": need_reason(reason),
        "effective": effective.isoformat(),
    }
    append("station.added", acting, at, body)


@transaction.atomic
def amend_roll(actor: Actor, code: str, men: int, women: int, reason: str, effective: date, at: datetime) -> None:
    """Change a station's roll, dated and with a reason."""
    acting = actor.acting(Capability.MANAGE_STATIONS, code)
    _need_open(code)
    body = {
        "station": code,
        "roll": _need_roll(men, women),
        "reason": need_reason(reason),
        "effective": effective.isoformat(),
    }
    append("roll.amended", acting, at, body)


def _refuse_counted(rows: Sequence[StationContest]) -> None:
    if any(row.pages or row.standing or row.decided_id or row.generation > 1 for row in rows):
        raise Refused(
            "station_in_use",
            "TPS ini sudah punya foto atau angka, jadi tidak dapat ditutup atau digabung.",
            "This station has photos or figures already, so it cannot be closed or merged.",
        )


@transaction.atomic
def close_station(actor: Actor, code: str, reason: str, effective: date, at: datetime) -> None:
    """Close a station without figures: it leaves every denominator."""
    acting = actor.acting(Capability.MANAGE_STATIONS, code)
    _refuse_counted(_need_open(code))
    body = {"station": code, "reason": need_reason(reason), "effective": effective.isoformat()}
    append("station.closed", acting, at, body)


@transaction.atomic
def merge_station(actor: Actor, code: str, into: str, reason: str, effective: date, at: datetime) -> None:
    """Merge a station without figures into another, whose roll grows by it."""
    acting = actor.acting(Capability.MANAGE_STATIONS, code)
    actor.acting(Capability.MANAGE_STATIONS, into)
    if code == into:
        raise Refused(
            "same_station", "TPS tidak dapat digabung dengan dirinya.", "A station cannot merge into itself.", 400
        )
    rows = {one: _need_open(one) for one in sorted((code, into))}
    _refuse_counted(rows[code])
    if {r.contest_id for r in rows[code]} - {r.contest_id for r in rows[into]}:
        raise Refused(
            "contests_differ",
            f"TPS {into} tidak mengikuti semua pemilihan TPS {code}, jadi tidak dapat menerima pemilihnya.",
            f"Station {into} does not take part in every contest of {code}, so it cannot take its voters.",
        )
    rolls = queries.rolls([code, into])
    men, women = (rolls[code][i] + rolls[into][i] for i in (0, 1))
    body = {
        "station": code,
        "into": into,
        "into_roll": {"l": men, "p": women},
        "reason": need_reason(reason),
        "effective": effective.isoformat(),
    }
    append("station.merged", acting, at, body)
