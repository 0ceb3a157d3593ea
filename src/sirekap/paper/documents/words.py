"""Numbers, dates, bodies and titles as Indonesian forms write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sirekap.election.conduct import Capacity
from sirekap.election.contests import Contest, ContestKind
from sirekap.election.regions import RegionTier, kind_label, tier_of, time_zone, zoneinfo_name
from sirekap.election.terbilang import terbilang
from sirekap.paper.documents.model import DocumentKind, Head, Signer

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
BLANK = "–"
"""What stands for a box that the form leaves empty."""
DOTS = "." * 28
SIMULATED = "DATA SIMULASI – BUKAN HASIL PEMILIHAN"

_SHEETS = {
    DocumentKind.DHASIL_KECAMATAN: "D.HASIL KECAMATAN-KWK",
    DocumentKind.DHASIL_KABKO: "D.HASIL KABKO-KWK",
    DocumentKind.DHASIL_PROV: "D.HASIL PROV-KWK",
}
_TIER_WORDS = {
    RegionTier.DISTRICT: "KECAMATAN",
    RegionTier.REGENCY: "KABUPATEN/KOTA",
    RegionTier.PROVINCE: "PROVINSI",
}


def number(value: int | None) -> str:
    """A figure with full stops between thousands; `BLANK` for a blank box."""
    return BLANK if value is None else f"{value:,}".replace(",", ".")


def in_words(value: int | None) -> str:
    """The amount in words, the first letter a capital; `BLANK` for a blank box."""
    return BLANK if value is None else terbilang(value).capitalize()


def local(at: datetime, region: str) -> datetime:
    """The moment in the official time of the region."""
    return at.astimezone(ZoneInfo(zoneinfo_name(region)))


def day(at: date) -> str:
    """``29 November 2024``."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def moment(at: datetime, region: str) -> str:
    """``29 November 2024 pukul 08.05 WIB``."""
    there = local(at, region)
    return f"{day(there)} pukul {there:%H.%M} {time_zone(region)}"


def day_in_words(at: datetime, region: str) -> str:
    """``hari Jumat, tanggal dua puluh sembilan, bulan November, tahun dua ribu dua puluh empat``."""
    there = local(at, region)
    return (
        f"hari {DAYS[there.weekday()]}, tanggal {terbilang(there.day)}, bulan {MONTHS[there.month - 1]}, "
        f"tahun {terbilang(there.year)}"
    )


def name_of(names: Mapping[str, str], code: str) -> str:
    """A region's name without its kind (``Bekasi``); the code where no name is known."""
    name = names.get(code, code)
    for kind in (kind_label(code), "Kabupaten", "Kota", "Kecamatan", "Provinsi", "Desa", "Kelurahan"):
        if name.startswith(f"{kind} ") and tier_of(code) is not RegionTier.STATION:
            return name.removeprefix(f"{kind} ")
    return name


def full_name(names: Mapping[str, str], code: str) -> str:
    """A region's name with its kind, such as ``Kabupaten Bekasi`` or ``Kecamatan Tambun Selatan``."""
    return f"{kind_label(code)} {name_of(names, code)}"


def places(head: Head, village: str = "") -> list[tuple[str, str, str]]:
    """(kind, NAME, code) from the smallest region up to the province, for the line under the title."""
    codes = [village] if village else []
    codes += [head.region[:digits] for digits in (6, 4, 2) if digits <= len(head.region)]
    return [(f"{kind_label(code)}:", name_of(head.names, code).upper(), f"({code})") for code in codes]


def body_of(head: Head) -> str:
    """The body that issues the document, in full."""
    if tier_of(head.region) is RegionTier.DISTRICT:
        return f"Panitia Pemilihan Kecamatan (PPK) {name_of(head.names, head.region)}"
    return f"Komisi Pemilihan Umum {full_name(head.names, head.region)}"


def board_of(region: str) -> str:
    """``PPK`` or ``KPU``."""
    return "PPK" if tier_of(region) is RegionTier.DISTRICT else "KPU"


def short_body(head: Head) -> str:
    """``PPK`` or ``KPU Kabupaten Bekasi``."""
    if tier_of(head.region) is RegionTier.DISTRICT:
        return "PPK"
    return f"KPU {full_name(head.names, head.region)}"


def supervisor_of(region: str) -> str:
    """The supervising body of a tier."""
    if tier_of(region) is RegionTier.DISTRICT:
        return "Panwaslu Kecamatan"
    return f"Bawaslu {kind_label(region)}"


def tier_words(region: str) -> str:
    """``KECAMATAN``, ``KABUPATEN/KOTA`` or ``PROVINSI``."""
    return _TIER_WORDS[tier_of(region)]


def contest_words(contest: Contest, names: Mapping[str, str]) -> str:
    """The contest's title as decrees have it, in ordinary case."""
    if contest.title:
        return contest.title
    scope = name_of(names, contest.region)
    if contest.kind is ContestKind.GOVERNOR:
        return f"Pemilihan Gubernur dan Wakil Gubernur {scope}"
    if kind_label(contest.region) == "Kota":
        return f"Pemilihan Wali Kota dan Wakil Wali Kota {scope}"
    return f"Pemilihan Bupati dan Wakil Bupati {scope}"


def model_title(kind: DocumentKind, contest: Contest) -> str:
    """The form's name as printed in its corner, such as ``MODEL D.HASIL KECAMATAN-KWK-GUBERNUR``."""
    kwk = "GUBERNUR" if contest.kind is ContestKind.GOVERNOR else "BUPATI/WALIKOTA"
    return f"MODEL {_SHEETS[kind]}-{kwk}"


def pair_name(contest: Contest, column: int) -> str:
    """The printed name of a vote column."""
    if contest.blank_column and column == 2:
        return "Kolom kosong (tidak bergambar)"
    return contest.pairs[column - 1].name.replace("\n", " ")


def signer_title(signer: Signer, head: Head, place: int) -> str:
    """The heading of a signature box. ``place``: the signer's place among those of the same capacity, from 1."""
    body = board_of(head.region)
    if signer.capacity is Capacity.CHAIR:
        return f"KETUA {body}"
    if signer.capacity is Capacity.MEMBER:
        return f"ANGGOTA {body}"
    if signer.capacity is Capacity.WITNESS:
        return f"SAKSI PASANGAN CALON NO. {signer.pair}" if signer.pair else "SAKSI"
    if signer.capacity is Capacity.SUPERVISOR:
        return supervisor_of(head.region).upper()
    return f"PEMANTAU {place}"


CAPACITY_WORDS = {
    Capacity.CHAIR: "Ketua",
    Capacity.MEMBER: "Anggota",
    Capacity.WITNESS: "Saksi",
    Capacity.SUPERVISOR: "Pengawas",
    Capacity.OBSERVER: "Pemantau",
}
