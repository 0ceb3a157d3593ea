"""Regions by code: 2, 4, 6, 10 or 13 digits are province, regency/city, district, village, station.

The code of a region starts with the code of the region above it, so a region is a contiguous run
of the station codes in ascending order. The nation is the empty string.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

NATION = ""
"""The code of the nation: the prefix of every code."""


class RegionTier(IntEnum):
    """How deep a region lies; the values are the commission's ``tingkat``."""

    NATION = 0
    PROVINCE = 1
    REGENCY = 2
    DISTRICT = 3
    VILLAGE = 4
    STATION = 5


DIGITS: dict[RegionTier, int] = {
    RegionTier.NATION: 0,
    RegionTier.PROVINCE: 2,
    RegionTier.REGENCY: 4,
    RegionTier.DISTRICT: 6,
    RegionTier.VILLAGE: 10,
    RegionTier.STATION: 13,
}
"""Digits of the code of each tier."""

LABEL_ID = {
    RegionTier.NATION: "Nasional",
    RegionTier.PROVINCE: "Provinsi",
    RegionTier.REGENCY: "Kabupaten/Kota",
    RegionTier.DISTRICT: "Kecamatan",
    RegionTier.VILLAGE: "Desa/Kelurahan",
    RegionTier.STATION: "TPS",
}
LABEL_EN = {
    RegionTier.NATION: "Nation",
    RegionTier.PROVINCE: "Province",
    RegionTier.REGENCY: "Regency/city",
    RegionTier.DISTRICT: "District",
    RegionTier.VILLAGE: "Village",
    RegionTier.STATION: "Polling station",
}

_TIER_OF_DIGITS = {digits: tier for tier, digits in DIGITS.items()}


class RegionError(ValueError):
    """A region code or tree is wrong. ``code`` names it; the texts say what to do."""

    def __init__(self, code: str, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.code = code
        self.text_id = text_id
        self.text_en = text_en


class MalformedCode(RegionError):
    """The code is not 2, 4, 6, 10 or 13 digits, or belongs to another tier."""


class DuplicateRegion(RegionError):
    """Two regions have the same code."""


class OrphanRegion(RegionError):
    """The region above this one is not in the tree."""


class UnknownRegion(RegionError):
    """No such region."""


def tier_of(code: str) -> RegionTier:
    """The tier of a region code (``""`` is the nation). Raises :class:`MalformedCode`."""
    tier = _TIER_OF_DIGITS.get(len(code))
    if tier is None or not (code.isascii() and (code.isdecimal() or not code)):
        raise MalformedCode(
            code,
            f"Kode wilayah {code!r} bukan 2, 4, 6, 10, atau 13 angka. Periksa kode itu di daftar wilayah.",
            f"Region code {code!r} is not 2, 4, 6, 10 or 13 digits. Check it in the list of regions.",
        )
    return tier


def parent(code: str) -> str | None:
    """Code of the region above, ``""`` for a province, ``None`` for the nation."""
    tier = tier_of(code)
    return None if tier is RegionTier.NATION else code[: DIGITS[RegionTier(tier - 1)]]


def ancestors(code: str) -> tuple[str, ...]:
    """Codes of the regions above, nation first, the region itself left out."""
    return tuple(code[: DIGITS[tier]] for tier in RegionTier if tier < tier_of(code))


def is_within(code: str, region: str) -> bool:
    """Whether ``code`` is ``region`` or lies in it. Raises :class:`MalformedCode`."""
    tier_of(code)
    tier_of(region)
    return code.startswith(region)


def slice_of(sorted_codes: Sequence[str], region: str) -> slice:
    """The run of ``sorted_codes`` that lies in ``region``, empty when nothing does.

    ``sorted_codes`` are ascending; station codes, or ids that begin with one and go on with
    ``-`` (``3216011007001-pkwkk``). Raises :class:`MalformedCode` for the region.
    """
    if tier_of(region) is RegionTier.NATION:
        return slice(0, len(sorted_codes))
    # ":" follows "9" and "-" precedes "0", so the bound is past every code or id in the region.
    start = bisect_left(sorted_codes, region)
    return slice(start, bisect_left(sorted_codes, region + ":", lo=start))


def station_number(code: str) -> int:
    """The number of a station in its village, from its 13-digit code."""
    if tier_of(code) is not RegionTier.STATION:
        raise MalformedCode(code, f"{code!r} bukan kode TPS 13 angka.", f"{code!r} is not a 13-digit station code.")
    return int(code[-3:])


def kind_label(code: str, lang: str = "id") -> str:
    """What a region is called, as exactly as its code tells.

    City codes have 7 as third digit; village numbers 1xxx are kelurahan and 2xxx are desa
    (home ministry's code book, which the commission's 2024 codes follow).
    """
    tier = tier_of(code)
    english = lang != "id"
    if tier is RegionTier.REGENCY:
        city = code[2] == "7"
        return ("City" if city else "Regency") if english else ("Kota" if city else "Kabupaten")
    if tier is RegionTier.VILLAGE and code[6] in "12":
        urban = code[6] == "1"
        return ("Urban village" if urban else "Village") if english else ("Kelurahan" if urban else "Desa")
    return (LABEL_EN if english else LABEL_ID)[tier]


@dataclass(frozen=True, slots=True)
class Region:
    """One region. Raises :class:`MalformedCode` when ``tier`` is not the code's tier."""

    code: str
    name: str
    tier: RegionTier

    def __post_init__(self) -> None:
        if tier_of(self.code) is not self.tier:
            raise MalformedCode(
                self.code,
                f"Kode {self.code!r} bukan kode {LABEL_ID[self.tier]}.",
                f"Code {self.code!r} is not the code of a {LABEL_EN[self.tier].lower()}.",
            )


def region(code: str, name: str) -> Region:
    """A region whose tier is read from its code. Raises :class:`MalformedCode`."""
    return Region(code, name, tier_of(code))


class RegionTree:
    """Regions by code, immutable.

    ``top`` is the region the tree hangs from: the nation (implicit, named ``Indonesia``) or a
    region of the list. Raises :class:`DuplicateRegion`, :class:`OrphanRegion`, :class:`MalformedCode`.
    """

    __slots__ = ("_by_code", "_children", "top")

    def __init__(self, regions: Iterable[Region], top: str = NATION) -> None:
        self.top = top
        self._by_code: dict[str, Region] = {}
        if tier_of(top) is RegionTier.NATION:
            self._by_code[NATION] = Region(NATION, "Indonesia", RegionTier.NATION)
        for item in regions:
            if item.code in self._by_code:
                raise DuplicateRegion(
                    item.code,
                    f"Wilayah {item.code} tercantum dua kali. Hapus salah satu barisnya.",
                    f"Region {item.code} is listed twice. Remove one of the two rows.",
                )
            self._by_code[item.code] = item
        if top not in self._by_code:
            raise _unknown(top)
        self._children: dict[str, list[str]] = {}
        for code in sorted(self._by_code):
            self._hang(code)

    def _hang(self, code: str) -> None:
        if code == self.top:
            return
        above = parent(code)
        if above is None or above not in self._by_code or not code.startswith(self.top):
            raise OrphanRegion(
                code,
                f"Wilayah {code} tidak punya induk: {above or 'nasional'} tidak ada di daftar. Tambahkan induknya.",
                f"Region {code} has no parent: {above or 'the nation'} is not in the list. Add the parent.",
            )
        self._children.setdefault(above, []).append(code)

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]], top: str = NATION) -> RegionTree:
        """A tree from (code, name) pairs in any order."""
        return cls((region(code, name) for code, name in names), top)

    def __len__(self) -> int:
        return len(self._by_code)

    def __iter__(self) -> Iterator[Region]:
        """Regions in code order (a region before what lies in it)."""
        return (self._by_code[code] for code in sorted(self._by_code))

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Region:
        """The region with this code. Raises :class:`UnknownRegion`."""
        found = self._by_code.get(code)
        if found is None:
            raise _unknown(code)
        return found

    def name(self, code: str) -> str:
        """Name of a region. Raises :class:`UnknownRegion`."""
        return self[code].name

    def children(self, code: str) -> tuple[Region, ...]:
        """Regions directly below, in code order. Raises :class:`UnknownRegion`."""
        self[code]
        return tuple(self._by_code[child] for child in self._children.get(code, ()))

    def path(self, code: str) -> tuple[Region, ...]:
        """From the top of the tree down to the region itself. Raises :class:`UnknownRegion`."""
        self[code]
        return tuple(self._by_code[c] for c in (*ancestors(code), code) if c in self._by_code)

    def at(self, tier: RegionTier, within: str = NATION) -> tuple[Region, ...]:
        """All regions of one tier inside ``within``, in code order."""
        return tuple(r for r in self if r.tier is tier and r.code.startswith(within))


def _unknown(code: str) -> UnknownRegion:
    return UnknownRegion(
        code,
        f"Wilayah {code!r} tidak dikenal. Periksa kodenya di daftar wilayah.",
        f"Region {code!r} is unknown. Check its code in the list of regions.",
    )


class TimeZone(StrEnum):
    """Indonesia's three times: UTC+7, UTC+8, UTC+9, without daylight saving."""

    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"


ZONEINFO = {
    TimeZone.WIB: "Asia/Jakarta",
    TimeZone.WITA: "Asia/Makassar",
    TimeZone.WIT: "Asia/Jayapura",
}
"""IANA zone of each time."""

PROVINCES: dict[str, tuple[str, TimeZone]] = {
    "11": ("Aceh", TimeZone.WIB),
    "12": ("Sumatera Utara", TimeZone.WIB),
    "13": ("Sumatera Barat", TimeZone.WIB),
    "14": ("Riau", TimeZone.WIB),
    "15": ("Jambi", TimeZone.WIB),
    "16": ("Sumatera Selatan", TimeZone.WIB),
    "17": ("Bengkulu", TimeZone.WIB),
    "18": ("Lampung", TimeZone.WIB),
    "19": ("Kepulauan Bangka Belitung", TimeZone.WIB),
    "21": ("Kepulauan Riau", TimeZone.WIB),
    "31": ("DKI Jakarta", TimeZone.WIB),
    "32": ("Jawa Barat", TimeZone.WIB),
    "33": ("Jawa Tengah", TimeZone.WIB),
    "34": ("Daerah Istimewa Yogyakarta", TimeZone.WIB),
    "35": ("Jawa Timur", TimeZone.WIB),
    "36": ("Banten", TimeZone.WIB),
    "51": ("Bali", TimeZone.WITA),
    "52": ("Nusa Tenggara Barat", TimeZone.WITA),
    "53": ("Nusa Tenggara Timur", TimeZone.WITA),
    "61": ("Kalimantan Barat", TimeZone.WIB),
    "62": ("Kalimantan Tengah", TimeZone.WIB),
    "63": ("Kalimantan Selatan", TimeZone.WITA),
    "64": ("Kalimantan Timur", TimeZone.WITA),
    "65": ("Kalimantan Utara", TimeZone.WITA),
    "71": ("Sulawesi Utara", TimeZone.WITA),
    "72": ("Sulawesi Tengah", TimeZone.WITA),
    "73": ("Sulawesi Selatan", TimeZone.WITA),
    "74": ("Sulawesi Tenggara", TimeZone.WITA),
    "75": ("Gorontalo", TimeZone.WITA),
    "76": ("Sulawesi Barat", TimeZone.WITA),
    "81": ("Maluku", TimeZone.WIT),
    "82": ("Maluku Utara", TimeZone.WIT),
    "91": ("Papua", TimeZone.WIT),
    "92": ("Papua Barat", TimeZone.WIT),
    "93": ("Papua Selatan", TimeZone.WIT),
    "94": ("Papua Tengah", TimeZone.WIT),
    "95": ("Papua Pegunungan", TimeZone.WIT),
    "96": ("Papua Barat Daya", TimeZone.WIT),
}
"""The 38 provinces: commission code -> (name, time).

Codes and names: the commission's 2024 region list (the home ministry's codes). The statistics
office numbers Papua otherwise (91 Papua Barat, 92 Papua Barat Daya, 94 Papua, 95 Papua Selatan,
96 Papua Tengah, 97 Papua Pegunungan); all of them keep WIT. Times: Keppres 41/1987; provinces
made later keep the time of the province they were cut from.
"""

_STATISTICS_ONLY = {"97": TimeZone.WIT}


def time_zone(code: str) -> TimeZone:
    """Official time of the province a region lies in (see :data:`PROVINCES` for the sources).

    ``code`` is a region code of any tier below the nation, by the commission's or the statistics
    office's numbers. Raises :class:`UnknownRegion` or :class:`MalformedCode`.
    """
    tier_of(code)
    known = PROVINCES.get(code[:2])
    zone = known[1] if known else _STATISTICS_ONLY.get(code[:2])
    if zone is None:
        raise _unknown(code)
    return zone


def zoneinfo_name(code: str) -> str:
    """IANA name of a region's official time, e.g. ``Asia/Jakarta``. Raises like :func:`time_zone`."""
    return ZONEINFO[time_zone(code)]
