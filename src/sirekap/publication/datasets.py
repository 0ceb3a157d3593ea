"""The tables of the open data: their columns, each with its meaning in two languages, and their rows.

Rows are made from what the site's ``data.json`` files say, so a table can say no more and nothing else than the pages.
Columns of the form come from `sirekap.election.chasil`. Pure: mappings in, mappings out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sirekap.election import chasil
from sirekap.election.contests import Pair
from sirekap.election.regions import RegionTier
from sirekap.election.standing import COUNTED_FROM, LABEL_EN, LABEL_ID, Standing
from sirekap.publication.model import Row
from sirekap.publication.model_station import DECIDING

Object = Mapping[str, Any]
"""A parsed JSON object, as `opendata.station_object` makes it."""

TIERS = (RegionTier.PROVINCE, RegionTier.REGENCY, RegionTier.DISTRICT, RegionTier.VILLAGE)
TIER_NAMES = {
    RegionTier.PROVINCE: "provinces",
    RegionTier.REGENCY: "regencies",
    RegionTier.DISTRICT: "districts",
    RegionTier.VILLAGE: "villages",
}
_DIGITS = {RegionTier.PROVINCE: 2, RegionTier.REGENCY: 4, RegionTier.DISTRICT: 6, RegionTier.VILLAGE: 10}
LIST_SEPARATOR = " "
"""Between the members of a list in one cell (finding codes, photo hashes)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``type`` is a Table Schema type: string, integer, boolean or datetime.

    ``free`` marks text that people wrote: a spreadsheet could take it for a formula. ``allowed``: the closed list of
    values. ``required``: never empty.
    """

    name: str
    type: str
    label_id: str
    label_en: str
    free: bool = False
    allowed: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table of one contest kind. ``key``: the columns that identify a row."""

    name: str
    title_id: str
    title_en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()


def _text(name: str, label_id: str, label_en: str, **options: Any) -> Column:
    return Column(name, "string", label_id, label_en, **options)


def _whole(name: str, label_id: str, label_en: str, **options: Any) -> Column:
    return Column(name, "integer", label_id, label_en, **options)


def _switch(name: str, label_id: str, label_en: str) -> Column:
    return Column(name, "boolean", label_id, label_en, required=True)


_RUNGS = tuple(standing.key for standing in Standing)
_STAGES = ("confirmed", "verified", "decided", "replaced")
LABELS = ("Bukan hasil resmi", "Hasil yang ditetapkan KPU")

CONTEST = (
    _text(
        "contest",
        "Jenis pemilihan: pkwkp gubernur, pkwkk bupati/wali kota",
        "Contest kind: pkwkp governor, pkwkk regent or mayor",
        allowed=("pkwkp", "pkwkk"),
        required=True,
    ),
    _text(
        "contest_region",
        "Kode wilayah pemilihan; kolom votes_* hanya sebanding di dalam satu pemilihan",
        "Region code of the contest; votes_* compare within one contest only",
    ),
)
LABEL = (
    _text("label", "Kedudukan hukum baris ini", "Legal standing of this row", allowed=LABELS, required=True),
    _switch("simulated", "Baris TPS disimulasikan (demonstrasi)", "Station rows are simulated (demonstration)"),
)


def _ancestors(upto: int) -> tuple[Column, ...]:
    out: list[Column] = []
    for tier in TIERS[:upto]:
        word = tier.name.lower()
        out.append(_text(f"{word}_code", f"Kode {_TIER_ID[tier]}", f"Code of the {_TIER_EN[tier]}"))
        out.append(_text(f"{word}_name", f"Nama {_TIER_ID[tier]}", f"Name of the {_TIER_EN[tier]}", free=True))
    return tuple(out)


_TIER_ID = {
    RegionTier.PROVINCE: "provinsi",
    RegionTier.REGENCY: "kabupaten/kota",
    RegionTier.DISTRICT: "kecamatan",
    RegionTier.VILLAGE: "desa/kelurahan",
}
_TIER_EN = {
    RegionTier.PROVINCE: "province",
    RegionTier.REGENCY: "regency or city",
    RegionTier.DISTRICT: "district",
    RegionTier.VILLAGE: "village",
}
STATION = (
    *CONTEST,
    _text(
        "code", "Kode TPS, 13 angka: kode desa dan nomor", "Station code, 13 digits: village and number", required=True
    ),
    _text("name", "Nama TPS", "Name of the station", free=True),
    *_ancestors(4),
)
GENERATION = (
    _whole("generation", "Generasi hasil, dari 1", "Generation of the result, from 1"),
    _text(
        "generation_kind",
        "Jenis generasi: Reguler, Hitung ulang, PSU, PSL, PSS, PUSS",
        "Kind of generation: regular, recount, re-vote and their kin",
    ),
)


def figure_columns(columns: int) -> tuple[Column, ...]:
    """The form's fields for a contest with ``columns`` vote columns, as columns of a table."""
    return tuple(
        _whole(f.id, f"{f.row} {f.label_id}", f"{f.row} {f.label_en}") for f in chasil.fields(columns, optional=True)
    )


def stations_table(columns: int) -> Table:
    """One row per station: where it is, how far it has come, and the figures that count."""
    own = (
        _text("standing", "Kedudukan", "Standing", allowed=_RUNGS, required=True),
        _switch("counted", "Angkanya masuk jumlah", "Its figures are in the totals"),
        *GENERATION,
        _text("findings", "Kode temuan, dipisah spasi", "Codes of findings, separated by spaces"),
        _text("photos", "SHA-256 foto C.Hasil, dipisah spasi", "SHA-256 of the photographs, separated by spaces"),
        _whole(
            "ledger_index",
            "Nomor entri buku besar yang menentukan angkanya",
            "Ledger index of the entry that decides its figures",
        ),
        _whole("cut", "Potongan pertama yang memuat keadaan ini", "First cut that says so"),
    )
    return Table(
        "stations",
        "TPS: keadaan terakhir dan angka yang dihitung",
        "Polling stations: current state and counted figures",
        (*STATION, *LABEL, *own, *figure_columns(columns)),
        ("contest", "code"),
    )


def stages_table(columns: int) -> Table:
    """One row per station and stage: as keyed by its committee, as verified, as decided in a plenary."""
    own = (
        _text(
            "stage",
            "confirmed: diisi KPPS; verified: terverifikasi; decided: dari pleno; replaced: generasi terdahulu",
            "confirmed: keyed by the committee; verified; decided: from a plenary; replaced: an earlier generation's",
            allowed=_STAGES,
            required=True,
        ),
        _switch("in_totals", "Angka baris ini yang masuk jumlah", "The figures of this row are the ones in the totals"),
        *GENERATION,
    )
    return Table(
        "stages",
        "TPS: angka pada setiap tahap, dan angka generasi terdahulu",
        "Polling stations: figures at every stage, and those of earlier generations",
        (*STATION, *LABEL, *own, *figure_columns(columns)),
        ("contest", "code", "stage", "generation"),
    )


def history_table() -> Table:
    """One row per act on a station; a correction has one row per field it changed."""
    own = (
        Column("at", "datetime", "Waktu, UTC", "Time, UTC", required=True),
        _text("kind", "Jenis tindakan", "Kind of act", required=True),
        _text("role", "Peran yang bertindak; tidak pernah nama orang", "Acting role, never a person's name"),
        _whole("generation", "Generasi hasil; kosong untuk tindakan sewilayah", "Generation; empty for whole regions"),
        _text("what", "Apa yang terjadi", "What happened (Indonesian)", free=True),
        _text("reason", "Alasan", "Reason", free=True),
        _text("field", "Isian yang dikoreksi", "Field corrected"),
        _whole("old", "Angka lama", "Old figure"),
        _whole("new", "Angka baru", "New figure"),
        _text("evidence", "Berkas bukti di situs ini", "File of the evidence on this site"),
        _whole("ledger_index", "Nomor entri buku besar", "Ledger index"),
    )
    return Table(
        "history",
        "Riwayat setiap TPS: foto, pengisian, verifikasi, koreksi, pleno, penetapan",
        "History of every station: photographs, statements, verification, corrections, plenaries, determination",
        (*CONTEST, STATION[2], *LABEL, *own),
    )


def region_table(tier: RegionTier, columns: int) -> Table:
    """One row per region of a tier: sums of counted stations and stations at every rung. No votes above a contest."""
    own = (
        _whole("stations", "TPS di wilayah ini", "Stations in the region", required=True),
        _whole("counted", "TPS yang masuk jumlah", "Stations in the sums", required=True),
        *(
            _whole(f"at_{s.key}", f"TPS pada kedudukan: {LABEL_ID[s]}", f"Stations at standing: {LABEL_EN[s]}")
            for s in Standing
        ),
        _whole("with_findings", "TPS dengan temuan", "Stations with findings"),
    )
    upto = TIERS.index(tier)
    return Table(
        TIER_NAMES[tier],
        f"Jumlah per {_TIER_ID[tier]}",
        f"Sums by {_TIER_EN[tier]}",
        (
            *CONTEST,
            _text("code", f"Kode {_TIER_ID[tier]}", f"Code of the {_TIER_EN[tier]}", required=True),
            _text("name", f"Nama {_TIER_ID[tier]}", f"Name of the {_TIER_EN[tier]}", free=True),
            *_ancestors(upto),
            *LABEL,
            *own,
            *figure_columns(columns),
        ),
        ("contest", "code"),
    )


def pairs_table() -> Table:
    """One row per vote column of every contest."""
    own = (
        _whole("number", "Nomor urut; votes_<number> adalah suaranya", "Number; votes_<number> holds its votes"),
        _text("name", "Nama pasangan calon", "Name of the pair", free=True),
        _text("colour", "Warna, #rrggbb", "Colour, #rrggbb"),
        _text("commission_id", "Id dalam berkas JSON KPU", "Id in the commission's JSON"),
    )
    return Table(
        "pairs", "Pasangan calon", "Candidate pairs", (*CONTEST, *own), ("contest", "contest_region", "number")
    )


def tables(columns: int) -> tuple[Table, ...]:
    """Every table of a contest with ``columns`` vote columns, the most detailed first."""
    return (
        stations_table(columns),
        stages_table(columns),
        history_table(),
        *(region_table(tier, columns) for tier in reversed(TIERS)),
        pairs_table(),
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rows of one contest share: kind, region, whether determined, whether simulated, names by code."""

    contest: str
    region: str
    official: bool
    simulated: bool
    names: Mapping[str, str]

    def label(self) -> dict[str, Any]:
        """The columns ``label`` and ``simulated``."""
        return {"label": LABELS[self.official], "simulated": self.simulated}

    def above(self, code: str) -> dict[str, Any]:
        """Codes and names of the regions above ``code``."""
        out: dict[str, Any] = {}
        for tier in TIERS:
            if _DIGITS[tier] >= len(code):
                break
            above = code[: _DIGITS[tier]]
            out[f"{tier.name.lower()}_code"] = above
            out[f"{tier.name.lower()}_name"] = self.names.get(above, "")
        return out


def station_row(station: Object, scope: Scope) -> dict[str, Any]:
    """The row of :func:`stations_table`; figures only where they count."""
    counted = station["figures"]["counted"]
    return {
        "contest": scope.contest,
        "contest_region": scope.region,
        "code": station["code"],
        "name": station["name"],
        **scope.above(station["code"]),
        **scope.label(),
        "standing": station["standing"],
        "counted": counted is not None,
        "generation": station["generation"],
        "generation_kind": station["generation_kind"],
        "findings": LIST_SEPARATOR.join(f["code"] for f in station["findings"]),
        "photos": LIST_SEPARATOR.join(dict.fromkeys(p["sha256"] for p in station["photos"])),
        "ledger_index": deciding_index(station),
        "cut": station["cut"],
        **(counted or {}),
    }


def deciding_index(station: Object) -> int | None:
    """Ledger index of the last act that says which figures count; ``None`` below the counted rung."""
    if Standing[station["standing"].upper()] < COUNTED_FROM:
        return None
    acts = [e for e in station["history"] if e["kind"] in DECIDING and e["generation"] == station["generation"]]
    return acts[-1]["ledger_index"] if acts else None


def stage_rows(station: Object, scope: Scope) -> Iterator[dict[str, Any]]:
    """The rows of :func:`stages_table`: earlier generations first, then the latest one's stages."""
    figures = station["figures"]
    place = {
        "contest": scope.contest,
        "contest_region": scope.region,
        "code": station["code"],
        "name": station["name"],
        **scope.above(station["code"]),
        **scope.label(),
    }
    for old in station["replaced"]:
        own = {"generation": old["generation"], "generation_kind": old["generation_kind"]}
        yield {**place, "stage": "replaced", "in_totals": False, **own, **old["figures"]}
    current = "decided" if figures["decided"] is not None else "verified"
    own = {"generation": station["generation"], "generation_kind": station["generation_kind"]}
    for stage, name in (("confirmed", "written"), ("verified", "verified"), ("decided", "decided")):
        if figures[name] is not None:
            counts = figures["counted"] is not None and stage == current
            yield {**place, "stage": stage, "in_totals": counts, **own, **figures[name]}


def history_rows(station: Object, scope: Scope) -> Iterator[dict[str, Any]]:
    """The rows of :func:`history_table`, in the order of the acts."""
    for event in station["history"]:
        row = {
            "contest": scope.contest,
            "contest_region": scope.region,
            "code": station["code"],
            **scope.label(),
            "at": event["at"],
            "kind": event["kind"],
            "role": event["role"],
            "generation": event["generation"],
            "what": event["what"],
            "reason": event["why"] or None,
            "evidence": event["evidence"],
            "ledger_index": event["ledger_index"],
        }
        for change in event["changes"] or [{}]:
            yield {**row, **change}


def region_row(row: Row, scope: Scope, *, votes: bool = True) -> dict[str, Any]:
    """The row of :func:`region_table`; ``votes`` False where the region holds several contests."""
    figures = row.figures or {}
    return {
        "contest": scope.contest,
        "contest_region": scope.region if votes else None,
        "code": row.code,
        "name": row.name,
        **scope.above(row.code),
        **scope.label(),
        "stations": row.stations,
        "counted": row.counted,
        **{f"at_{rung.key}": n for rung, n in zip(Standing, row.standings, strict=True)},
        "with_findings": row.findings,
        **{name: value for name, value in figures.items() if votes or not name.startswith("votes_")},
    }


def pair_rows(pairs: Sequence[Pair], scope: Scope) -> Iterator[dict[str, Any]]:
    """The rows of :func:`pairs_table`."""
    for pair in pairs:
        yield {
            "contest": scope.contest,
            "contest_region": scope.region,
            "number": pair.number,
            "name": pair.name,
            "colour": pair.colour,
            "commission_id": pair.commission_id,
        }
