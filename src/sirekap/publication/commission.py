"""The commission's own public JSON of Pilkada 2024: same paths, same keys, same spelling.

Programs written for the commission's files work here by changing the base address. Sources: the files the commission
published on 28 November 2024 and the programs that read them. Where ours must differ in meaning:

* ``progres`` counts the stations in the sums, not the forms that arrived, and ``persen`` is always derived from it;
* a station below *verified* has ``chart`` and ``administrasi`` ``null``, which programs take for "not in yet";
* ``id`` of a region is its code as a number; the commission's internal ids are not public law.

Pure: mappings in, objects in the commission's key order out; :func:`dumps` gives the bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sirekap.election.chasil import Figures
from sirekap.election.contests import Pair
from sirekap.election.generations import ResultKind
from sirekap.election.regions import DIGITS, RegionTier, tier_of

Object = dict[str, Any]
ADMINISTRATION = {
    **{f"pemilih_dpt_{c}": f"roll_dpt_{c}" for c in "jlp"},
    **{f"pengguna_dpt_{c}": f"voted_dpt_{c}" for c in "jlp"},
    **{f"pengguna_dptb_{c}": f"voted_dpph_{c}" for c in "jlp"},
    **{f"pengguna_total_{c}": f"voted_total_{c}" for c in "jlp"},
    **{f"pengguna_non_dpt_{c}": f"voted_dptb_{c}" for c in "jlp"},
    "suara_sah": "valid",
    "suara_tidak_sah": "invalid",
    "suara_total": "total",
}
"""The commission's key -> our field. Its files keep the general election's names: ``dptb`` are the movers (DPPh of a
local election) and ``non_dpt`` those who vote with an identity card (DPTb)."""
_PREFIX = re.compile(r"^(Provinsi|Kabupaten|Kecamatan|Kelurahan|Desa) ", re.IGNORECASE)
_BLANK = "KOLOM KOSONG - "
_PAIR_DASH = re.compile(r"\s+[–—-]\s+")


@dataclass(frozen=True, slots=True)
class Sum:
    """One row of a table: votes by pair number, stations counted, stations in all, kind."""

    votes: Mapping[int, int]
    counted: int
    stations: int
    kind: str = ResultKind.REGULER.value


def dumps(value: Any) -> bytes:
    """The bytes of a file, keys in the order given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def path(*parts: str) -> str:
    """``path("pilkada/hhcw", "pkwkk", "32161")``: nested by tier, as the commission does; ``""`` gives ``0.json``."""
    *head, code = parts
    levels = [code[: DIGITS[tier]] for tier in RegionTier if 0 < DIGITS[tier] <= len(code)]
    return "/".join([*head, *(levels or ["0"])]) + ".json"


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """``2024-11-28 10:15:04`` in local time."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def place(code: str, name: str) -> Object:
    """One region of a ``wilayah`` list."""
    return {"nama": _PREFIX.sub("", name).upper(), "id": int(code), "kode": code, "tingkat": int(tier_of(code))}


def places(regions: Iterable[tuple[str, str]]) -> list[Object]:
    """A ``wilayah`` list: regions by name, stations by number."""
    found = [place(code, name) for code, name in regions]
    return sorted(found, key=lambda p: (p["kode"] if p["tingkat"] == RegionTier.STATION else p["nama"], p["kode"]))


def pair_ids(pairs: Sequence[Pair], region: str) -> dict[int, str]:
    """Pair number -> id; without the commission's own: ``9``, the region's code in four digits, the pair's number."""
    return {p.number: p.commission_id or f"9{region:0<4}{p.number:02}" for p in pairs}


def candidates(contests: Mapping[str, Sequence[Pair]], since: Mapping[str, str]) -> Object:
    """``pilkada/paslon/{c}.json``: contest region -> id -> candidate; ``since``: contest region -> ``ts``."""
    return {
        region: {
            pair_ids(pairs, region)[pair.number]: {
                "ts": since[region],
                "nama": _pair_name(pair.name),
                "warna": pair.colour,
                "nomor_urut": pair.number,
            }
            for pair in pairs
        }
        for region, pairs in contests.items()
    }


def _pair_name(name: str) -> str:
    return _BLANK if name.upper() in ("KOLOM KOSONG", "KOTAK KOSONG") else _PAIR_DASH.sub(" - ", name)


def percent(part: int, whole: int) -> float:
    """Hundredths of a percent, rounded half up; 0 of nothing. Never 100 while one is missing."""
    if not whole:
        return 0.0
    hundredths = (part * 20_000 + whole) // (2 * whole)
    return min(hundredths, 10_000 if part == whole else 9_999) / 100


def region_result(
    mode: str, own: Sum, ids: Mapping[int, str], rows: Mapping[str, tuple[Sum, Mapping[int, str]]], ts: str
) -> Object:
    """``pilkada/{hhcw|hr}/{c}/...`` of a region: ``ids`` empty where it holds several contests, as the commission does.

    ``rows``: code -> its sum and the ids of its contest. Where no station counts the pairs are left out and
    ``status_progress`` is false, as in the commission's files of regencies where nothing had arrived.
    """
    return {
        "mode": mode,
        "tungsura": {
            "chart": {**_votes(own, ids), "progres": _progress(own)},
            "table": {
                code: {
                    "psu": found.kind,
                    **_votes(found, row_ids),
                    "progres": _progress(found),
                    "status_progress": found.counted > 0,
                }
                for code, (found, row_ids) in rows.items()
            },
        },
        "psu": ResultKind.REGULER.value,
        "progres": {"total": own.stations, "progres": own.counted},
        "ts": ts,
    }


def _votes(found: Sum, ids: Mapping[int, str]) -> Object:
    return {name: found.votes.get(number) for number, name in ids.items()} if found.counted else {}


def _progress(found: Sum) -> Object:
    return {"total": found.stations, "persen": percent(found.counted, found.stations), "progres": found.counted}


def station_result(
    counted: Figures | None, ids: Mapping[int, str], images: Sequence[str], kind: str, ts: str
) -> Object:
    """``pilkada/hhcw/{c}/.../{tps}.json``; ``counted``: the figures in the totals, if it is counted."""
    chart = None if counted is None else {name: counted.get(f"votes_{number}") for number, name in ids.items()}
    administration = None if counted is None else {key: counted.get(field) for key, field in ADMINISTRATION.items()}
    return {
        "mode": "hhcw",
        "tungsura": {"chart": chart, "administrasi": administration},
        "psu": kind,
        "status_suara": counted is not None,
        "status_adm": counted is not None,
        "images": list(images),
        "ts": ts,
    }


def result_kind(generation_kind: str) -> str:
    """The commission's word for a generation: a recount stays ``Reguler``, a re-vote is ``PSU`` and so on."""
    return generation_kind if generation_kind in set(ResultKind) else ResultKind.REGULER.value


def page_images(photos: Iterable[Mapping[str, Any]], generation: int, base: str) -> list[str]:
    """Addresses of the newest photograph of every page of one generation, in page order."""
    newest: dict[int, str] = {}
    for photo in photos:
        if photo["generation"] == generation:
            newest.update(dict.fromkeys(photo["pages"], photo["path"]))
    return [base + newest[page] for page in sorted(newest)]
