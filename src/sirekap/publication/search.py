"""Search: a list page that works by itself, and a compact index per regency that a small script reads.

Pure: names and station codes in, pages' contents and JSON out. A regency's files hold its own regions and stations
only, so a phone never loads another's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sirekap.election.contests import ContestKind
from sirekap.election.regions import kind_label
from sirekap.ledger import canonical
from sirekap.publication import paths

PAGE = "cari.html"
FOLDER = "cari"
FORMAT = "sirekap-search-1"


@dataclass(frozen=True, slots=True)
class Village:
    """A village: code, name, and its station numbers per contest kind as ranges (``1-12 14``)."""

    code: str
    name: str
    stations: Mapping[ContestKind, str]
    count: int


@dataclass(frozen=True, slots=True)
class District:
    """A district with its villages in name order; ``kinds`` have a page of it."""

    code: str
    name: str
    kinds: tuple[ContestKind, ...]
    villages: tuple[Village, ...]


@dataclass(frozen=True, slots=True)
class Regency:
    """What one search page and one index hold."""

    code: str
    name: str
    province: str
    kinds: tuple[ContestKind, ...]
    districts: tuple[District, ...]


def fold(text: str) -> str:
    """``text`` as it is compared: no diacritics, no case, only letters and digits; the script does the same."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c) and (c.isalnum())).casefold()


def bare(code: str, name: str) -> str:
    """A district's or village's name without the word for its tier."""
    return name.removeprefix(kind_label(code)).strip() or name


def ranges(numbers: Iterable[int]) -> str:
    """``[1, 2, 3, 5]`` -> ``1-3 5``."""
    out: list[list[int]] = []
    for number in sorted(set(numbers)):
        if out and number == out[-1][1] + 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


def regencies(stations: Mapping[ContestKind, Sequence[str]], names: Mapping[str, str]) -> list[Regency]:
    """All regencies with stations, from station codes per kind and names per region code."""
    villages: dict[str, dict[ContestKind, list[int]]] = {}
    for kind, codes in stations.items():
        for code in codes:
            villages.setdefault(code[:10], {}).setdefault(kind, []).append(int(code[10:]))
    districts: dict[str, list[Village]] = {}
    for code, by_kind in sorted(villages.items()):
        own = {kind: ranges(numbers) for kind, numbers in sorted(by_kind.items())}
        count = len({n for numbers in by_kind.values() for n in numbers})
        districts.setdefault(code[:6], []).append(Village(code, bare(code, names[code]), own, count))
    out: dict[str, list[District]] = {}
    for code, found in districts.items():
        ordered = tuple(sorted(found, key=lambda v: (fold(v.name), v.code)))
        kinds = tuple(sorted({kind for v in ordered for kind in v.stations}))
        out.setdefault(code[:4], []).append(District(code, bare(code, names[code]), kinds, ordered))
    return [
        Regency(
            code,
            names[code],
            names[code[:2]],
            tuple(sorted({kind for d in found for kind in d.kinds})),
            tuple(sorted(found, key=lambda d: (fold(d.name), d.code))),
        )
        for code, found in sorted(out.items())
    ]


def page_path(regency: Regency, only: bool) -> str:
    """Where a regency's list lies: the search page itself when it is the only one."""
    return PAGE if only else f"{FOLDER}/{regency.code}.html"


def index_path(regency: Regency) -> str:
    """Where a regency's index lies."""
    return f"{FOLDER}/{regency.code}.json"


def index(regency: Regency) -> bytes:
    """``{"format", "code", "name", "kinds", "districts": [[code, name, [[village's last digits, name, stations]]]]}``.

    ``stations`` is one text of ranges where every kind has the same, else an object per kind.
    """
    return canonical.dumps(
        {
            "format": FORMAT,
            "code": regency.code,
            "name": regency.name,
            "kinds": [kind.value for kind in regency.kinds],
            "districts": [[d.code, d.name, [_village(regency, v) for v in d.villages]] for d in regency.districts],
        }
    )


def _village(regency: Regency, village: Village) -> list[object]:
    texts = [village.stations.get(kind, "") for kind in regency.kinds]
    same = len(set(texts)) == 1
    stations = texts[0] if same else {k.value: text for k, text in village.stations.items()}
    return [village.code[6:], village.name, stations]


def overview(found: Sequence[Regency]) -> bytes:
    """All regencies and their districts, for a search that begins above one regency: codes and names only."""
    listed = [[r.code, r.name, [[d.code[4:], d.name] for d in r.districts]] for r in found]
    return canonical.dumps({"format": FORMAT, "regencies": listed})


def district_page(district: District) -> str:
    """The page a district's name links to."""
    return paths.page(district.kinds[0], district.code)


def village_page(village: Village) -> str:
    """The page a village's name links to."""
    return paths.page(next(iter(village.stations)), village.code)
