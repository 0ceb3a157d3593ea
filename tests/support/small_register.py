"""The small election's register and figures as plain data: usable in a process without a database."""

from __future__ import annotations

from sirekap.election import chasil
from sirekap.election.contests import ContestKind

PROVINCE, REGENCY = "32", "3216"
DISTRICTS = ("321601", "321602")
VILLAGES = tuple(f"{district}{number}" for district in DISTRICTS for number in (2001, 2002))
STATIONS = tuple(f"{village}{number:03}" for village in VILLAGES for number in (1, 2, 3))
GOVERNOR, REGENT = "pkwkp-32", "pkwkk-3216"
CONTESTS = (REGENT, GOVERNOR)
COLUMNS = {ContestKind.GOVERNOR.value: 4, ContestKind.REGENT.value: 3}


def roll(station: str) -> tuple[int, int]:
    """Men and women on the roll the register is imported with."""
    index = STATIONS.index(station)
    return 100 + index, 110 + index


def row_id(station: str, contest: str = REGENT) -> str:
    """Primary key of a cursor row."""
    return f"{station}-{contest[:5]}"


def figures(row: str, shift: int = 0) -> dict[str, int]:
    """Sound figures for a row; ``shift`` moves that many votes from pair 1 to pair 2."""
    station, kind = row.split("-")
    index, columns = STATIONS.index(station), COLUMNS[kind]
    men, women = roll(station)
    voted = {"voted_dpt": (80 + index, 90 + index), "voted_dpph": (0, 1), "voted_dptb": (1, 0)}
    voted["voted_total"] = (81 + index, 91 + index)
    out = {}
    for stem, (left, right) in {"roll_dpt": (men, women), **voted, "disabled": (1, 1)}.items():
        out |= {f"{stem}_l": left, f"{stem}_p": right, f"{stem}_j": left + right}
    total, received = out["voted_total_j"], men + women + 6
    out |= {"ballots_received": received, "ballots_used": total}
    out |= {"ballots_spoiled": 1, "ballots_unused": received - total - 1}
    valid = total - 3
    rest = [valid * weight // 100 for weight in (31, 17, 8)[: columns - 1]]
    votes = [valid - sum(rest) - shift, rest[0] + shift, *rest[1:]]
    out |= {f"votes_{n}": v for n, v in enumerate(votes, 1)} | {"valid": valid, "invalid": 3, "total": total}
    return {name: out[name] for name in chasil.field_ids(columns)}
