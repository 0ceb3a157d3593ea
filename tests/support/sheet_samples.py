"""Sheets and documents of an invented plenary as plain data, of any size and any number of vote columns."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from sirekap.election import chasil
from sirekap.election.conduct import Capacity
from sirekap.election.contests import Contest, ContestKind, Pair
from sirekap.election.sheet import SheetFigures, Values, summed
from sirekap.election.standing import Tier
from sirekap.paper.documents.model import (
    AnswerStatus,
    Attendance,
    Attendee,
    Body,
    CopyOf,
    CorrectedField,
    DocumentData,
    DocumentKind,
    ElectedDecree,
    Happening,
    Head,
    Incidents,
    Material,
    MaterialColumn,
    Matter,
    MatterKind,
    Minutes,
    Paper,
    Recapitulation,
    Receipt,
    ResultDecree,
    SignatureState,
    Signer,
)

OPENED = datetime(2024, 11, 29, 1, 5, tzinfo=UTC)
CLOSED = datetime(2024, 11, 30, 14, 5, tzinfo=UTC)
DISTRICT, REGENCY, PROVINCE = "321607", "3216", "32"
URL = "https://hasil.kpu.example/dokumen/01936f1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f.html"
REASON = "keberatan atas TPS 2 belum dijawab"
VILLAGES = ("Mekar Jaya", "Sumber Sari", "Karang Anyar", "Cipta Mulya", "Tirta Sari")
VILLAGES = (*VILLAGES, "Bumi Asih", "Sukamaju", "Sindang Barang", "Wana Karya", "Rawa Kalong")
TAMBUN_SELATAN = (76, 71, 68, 65, 62, 60, 57, 53, 49, 42)
"""603 stations in ten villages, as many as the largest district of the 2024 Pilkada in Kabupaten Bekasi has."""


def contest(pairs: int = 3, kind: ContestKind = ContestKind.REGENT) -> Contest:
    """A contest with so many pairs; a sole pair stands against the blank column."""
    names = tuple(Pair(n, f"Kepala {n} dan Wakil {n}") for n in range(1, pairs + 1))
    if kind is ContestKind.GOVERNOR:
        return Contest(kind, PROVINCE, names, "Pemilihan Gubernur dan Wakil Gubernur Contoh")
    return Contest(kind, REGENCY, names, "Pemilihan Bupati dan Wakil Bupati Contoh")


def station(dice: random.Random, columns: int) -> dict[str, int]:
    """Sound figures of one station, optional rows too."""
    out: dict[str, int] = {}

    def row(stem: str, men: int, women: int) -> None:
        out.update({f"{stem}_l": men, f"{stem}_p": women, f"{stem}_j": men + women})

    row("roll_dpt", dice.randint(180, 290), dice.randint(180, 290))
    row("roll_dpph", 1, 2)
    row("roll_dptb", dice.randint(0, 4), dice.randint(0, 4))
    row("roll_total", *(sum(out[f"roll_{n}_{c}"] for n in ("dpt", "dpph", "dptb")) for c in "lp"))
    row("voted_dpt", dice.randint(90, out["roll_dpt_l"]), dice.randint(90, out["roll_dpt_p"]))
    row("voted_dpph", dice.randint(0, 3), dice.randint(0, 3))
    row("voted_dptb", dice.randint(0, 4), dice.randint(0, 4))
    row("voted_total", *(sum(out[f"voted_{n}_{c}"] for n in ("dpt", "dpph", "dptb")) for c in "lp"))
    used, spoiled, unused = out["voted_total_j"], dice.randint(0, 3), dice.randint(5, 90)
    out |= {"ballots_received": used + spoiled + unused, "ballots_used": used}
    out |= {"ballots_spoiled": spoiled, "ballots_unused": unused}
    row("disabled_registered", 3, 3)
    row("disabled", dice.randint(0, 3), dice.randint(0, 3))
    invalid = dice.randint(0, 20)
    valid = rest = used - invalid
    for n in range(1, columns + 1):
        votes = rest if n == columns else dice.randint(0, rest)
        out[f"votes_{n}"], rest = votes, rest - votes
    return out | {"valid": valid, "invalid": invalid, "total": used}


@cache
def district_sheet(
    of: Contest,
    stations: tuple[int, ...] = (5, 3),
    *,
    code: str = DISTRICT,
    optional: bool = False,
    blanks: float = 0.0,
) -> SheetFigures:
    """A district's sheet with so many stations in each village; ``blanks``: share of boxes left empty."""
    dice = random.Random(f"{code}{of.id}{stations}")
    fields = chasil.field_ids(of.columns, optional=optional)
    columns: list[tuple[str, Values]] = []
    for village, count in enumerate(stations, 2001):
        for number in range(1, count + 1):
            figures = station(dice, of.columns)
            values = tuple(None if dice.random() < blanks else figures[name] for name in fields)
            columns.append((f"{code}{village}{number:03d}", values))
    return SheetFigures(of.id, Tier.DISTRICT, code, fields, tuple(columns))


def regency_sheet(of: Contest, districts: int = 23, code: str = REGENCY) -> SheetFigures:
    """A regency's sheet: districts of four stations."""
    lower = [district_sheet(of, (4,), code=f"{code}{n:02d}") for n in range(1, districts + 1)]
    return summed(Tier.REGENCY, code, lower)


def province_sheet(regencies: int = 27) -> SheetFigures:
    """A province's sheet with figures in the millions."""
    governor = contest(4, ContestKind.GOVERNOR)
    codes = [f"{PROVINCE}{n:02d}" for n in (*range(1, 19), *range(71, 71 + regencies - 18))]
    small = summed(Tier.PROVINCE, PROVINCE, [regency_sheet(governor, 1, code) for code in codes])
    columns = tuple((code, tuple((v or 0) * 900 for v in values)) for code, values in small.columns)
    return replace(small, columns=columns)


def names(sheet: SheetFigures) -> dict[str, str]:
    """A name for every region a sheet prints."""
    found = {PROVINCE: "Jawa Contoh", REGENCY: "Kabupaten Contoh", DISTRICT: "Tambun Selatan"}
    for n, (code, _) in enumerate(sheet.by_village()):
        found[code] = VILLAGES[n]
    if sheet.tier is not Tier.DISTRICT:
        found |= {code: f"Wilayah {code}" for code, _ in sheet.columns}
    return found


def signers(pairs: int = 3, refused: int | None = 2, members: int = 4) -> tuple[Signer, ...]:
    """A whole board and a witness of each pair, one of whom refuses."""
    board = [Signer(Capacity.CHAIR, "Ketua Contoh", key="chair")]
    board += [Signer(Capacity.MEMBER, f"Anggota Contoh {n}", key=f"member-{n}") for n in range(1, members + 1)]
    witnesses = [
        Signer(Capacity.WITNESS, f"Saksi Contoh {n}", n, SignatureState.REFUSED, REASON)
        if n == refused
        else Signer(Capacity.WITNESS, f"Saksi Contoh {n}", n, key=f"witness-{n}")
        for n in range(1, pairs + 1)
    ]
    return (*board, *witnesses)


def head(
    kind: DocumentKind,
    sheet: SheetFigures,
    *,
    size: Paper = Paper.A4,
    simulated: bool = True,
    version: int = 1,
    number: str = "",
) -> Head:
    """The head of a document about this sheet."""
    return Head(
        kind,
        "01936f1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f",
        sheet.region,
        names(sheet),
        "2024",
        CLOSED,
        URL,
        number,
        version,
        simulated,
        size,
    )


def recapitulation(
    of: Contest, sheet: SheetFigures, *, size: Paper = Paper.A4, simulated: bool = True, version: int = 1
) -> DocumentData:
    """D.Hasil of a sheet."""
    kind = {
        Tier.DISTRICT: DocumentKind.DHASIL_KECAMATAN,
        Tier.REGENCY: DocumentKind.DHASIL_KABKO,
        Tier.PROVINCE: DocumentKind.DHASIL_PROV,
    }[sheet.tier]
    generations = {sheet.columns[1][0]: "PSU 2"} if sheet.tier is Tier.DISTRICT else {}
    body = Recapitulation(of, sheet, signers(len(of.pairs)), OPENED, CLOSED, "Gedung Serbaguna", generations)
    return DocumentData(head(kind, sheet, size=size, simulated=simulated, version=version), body)


@cache
def every_kind() -> dict[DocumentKind, DocumentData]:
    """One document of each kind."""
    regent = contest()
    sheet, regency, province = district_sheet(regent), regency_sheet(regent), province_sheet()
    governor = contest(4, ContestKind.GOVERNOR)
    found = {data.head.kind: data for data in (recapitulation(regent, sheet), recapitulation(regent, regency))}
    found[DocumentKind.DHASIL_PROV] = recapitulation(governor, province)
    for kind, (of, body) in _bodies(regent, sheet, regency).items():
        found[kind] = DocumentData(head(kind, of, number="12/2024"), body)
    return found


def _bodies(
    regent: Contest, sheet: SheetFigures, regency: SheetFigures
) -> dict[DocumentKind, tuple[SheetFigures, Body]]:
    board = signers(refused=None)
    people = (
        Attendee(Capacity.CHAIR, "Ketua Contoh", at=OPENED),
        Attendee(Capacity.MEMBER, "Anggota Contoh", present=False),
        Attendee(Capacity.WITNESS, "Saksi Contoh", pair=2, mandate="2/SM/2024", at=OPENED),
        Attendee(Capacity.SUPERVISOR, "Pengawas Contoh", at=OPENED),
        Attendee(Capacity.OBSERVER),
    )
    matters = (
        Matter(MatterKind.INCIDENT, "Panwaslu", "TPS 1, prosedur", "Segel rusak.", OPENED),
        Matter(
            MatterKind.OBJECTION,
            "Saksi pasangan calon nomor urut 2",
            "TPS 2, perolehan suara",
            "Salinan berbeda.",
            OPENED + timedelta(hours=2),
            "Hitung ulang.",
            AnswerStatus.UNRESOLVED,
            "Diteruskan.",
            origin="Kecamatan Contoh",
            attachments=("ab" * 32,),
        ),
    )
    fixed = CorrectedField(regent.id, "TPS 2 Mekar Jaya", "votes_2", 18, 81, "salah salin")
    course = (Happening(OPENED, "Rapat dibuka."), Happening(CLOSED, "Rapat ditutup."))
    columns = tuple(
        MaterialColumn(code, "Foto diterima" if n == 1 else "Terverifikasi", int(n != 1), 1, (("E21", "Tidak sama."),))
        for n, (code, _) in enumerate(sheet.columns)
    )
    K = DocumentKind
    return {
        K.KEJADIAN_KHUSUS: (sheet, Incidents((regent,), matters, board, OPENED)),
        K.DAFTAR_HADIR: (sheet, Attendance((regent,), people, board[:1], (3, 3), OPENED, "Gedung")),
        K.TANDA_TERIMA: (sheet, Receipt((regent,), (CopyOf("D.HASIL", "3f" * 32, 4),), people[2:], board[:1])),
        K.BERITA_ACARA: (
            sheet,
            Minutes(
                (regent,),
                (sheet,),
                course,
                board,
                {Capacity.CHAIR: 1, Capacity.MEMBER: 3},
                (4, 3),
                (fixed,),
                {AnswerStatus.UNRESOLVED: 1},
                "Gedung",
            ),
        ),
        K.SK_HASIL: (regency, ResultDecree(regent, regency, board[:5], "Contoh", CLOSED, ("Selisih 41 suara.",))),
        K.SK_TERPILIH: (
            regency,
            ElectedDecree(regent, regency, 3, "surat BRPK Nomor 5", date(2025, 1, 6), board[:1], "12 Tahun 2024"),
        ),
        K.BAHAN_PLENO: (sheet, Material(regent, sheet, columns, 48_211, "9a" * 32, "kpu.example/contoh")),
    }
