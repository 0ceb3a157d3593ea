"""A small hand-built election for the publication tests: one village, its ancestors, two contests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sirekap.election import progress
from sirekap.election.contests import ContestKind, Pair
from sirekap.election.standing import Standing
from sirekap.election.timetable import StageStatus
from sirekap.publication import model, paths
from sirekap.publication.texts import Text, say

CUT = model.Cut(12, datetime(2024, 11, 28, 3, 15, 4, tzinfo=UTC), 40321, "ab" * 32)
REGENT_PAIRS = (
    Pair(1, "Dr. H. Dani Ramdan, M.T. – H. Romli HM", "#B67352", "1000588"),
    Pair(2, "HM. BN. Holik Qodratulloh, S.E., M.Si. – H. Faizal Hafan Farid, S.E., M.Si.", "#8CB9BD", "1000589"),
    Pair(3, "Ade Kuswara Kunang, S.H. – dr. Asep Surya Atmaja", "#C7B7A3", "1000590"),
)
GOVERNOR_PAIRS = (
    Pair(1, "Drs. KH. Acep Adang Ruhiat, M.Si. – Gitalis Dwinatarina, S.Pd., M.Sos.", "#B67352"),
    Pair(2, "Jeje Wiradinata – Ronal Surapradja", "#8CB9BD"),
    Pair(3, "Ahmad Syaikhu – Ilham Akbar Habibie", "#C7B7A3"),
    Pair(4, "H. Dedi Mulyadi, S.H., M.M. – H. Erwan Setiawan, S.E.", "#F4CBCC"),
)
PAIRS = {ContestKind.REGENT: REGENT_PAIRS, ContestKind.GOVERNOR: GOVERNOR_PAIRS}
TITLES = {
    ContestKind.REGENT: "Bupati dan Wakil Bupati Bekasi",
    ContestKind.GOVERNOR: "Gubernur dan Wakil Gubernur Jawa Barat",
}
SITE = model.SiteInfo(
    "Pemilihan Serentak 2024 · Kabupaten Bekasi",
    date(2024, 11, 27),
    ((ContestKind.REGENT, "Bupati Bekasi"), (ContestKind.GOVERNOR, "Gubernur Jawa Barat")),
    simulated=True,
)
NAMES = {
    "32": "Provinsi Jawa Barat",
    "3216": "Kabupaten Bekasi",
    "321601": "Kecamatan Tarumajaya",
    "3216011007": "Kelurahan Setia Asih",
}
RULE = Text("V.C tidak sama dengan surat suara digunakan.", "V.C differs from the ballots used.")
RECEIVED = Text(progress.ARRIVED.definition_id, progress.ARRIVED.definition_en)
VERIFIED = Text(progress.COUNTED.definition_id, progress.COUNTED.definition_en)
PHOTO_SHA = "5e" * 32
STAGES = (
    model.Stage(
        Text("Pemungutan dan penghitungan suara", "Voting and counting"),
        date(2024, 11, 27),
        date(2024, 11, 28),
        StageStatus.CLOSED,
    ),
    model.Stage(
        Text("Rekapitulasi kecamatan", "District plenary"),
        date(2024, 11, 28),
        date(2024, 12, 3),
        StageStatus.OPEN,
        say("%(n)s dari %(of)s rapat pleno selesai", n=3, of=23),
    ),
    model.Stage(
        Text("Rekapitulasi kabupaten/kota", "Regency plenary"),
        date(2024, 11, 29),
        date(2024, 12, 6),
        StageStatus.UPCOMING,
    ),
)


def figures(kind: ContestKind, times: int = 1, shift: int = 0) -> dict[str, int | None]:
    """One consistent form, ``times`` over; ``shift`` votes moved from pair 2 to pair 3."""
    split = (41, 118 - shift, 135 + shift) if kind is ContestKind.REGENT else (28, 29, 61, 176)
    out: dict[str, int | None] = {
        "roll_dpt_l": 270, "roll_dpt_p": 272, "roll_dpt_j": 542,
        "voted_dpt_l": 146, "voted_dpt_p": 151, "voted_dpt_j": 297,
        "voted_dpph_l": 1, "voted_dpph_p": 1, "voted_dpph_j": 2,
        "voted_dptb_l": 2, "voted_dptb_p": 2, "voted_dptb_j": 4,
        "voted_total_l": 149, "voted_total_p": 154, "voted_total_j": 303,
        "ballots_received": 556, "ballots_used": 303, "ballots_spoiled": 1, "ballots_unused": 252,
        "disabled_l": 1, "disabled_p": 0, "disabled_j": 1,
        **{f"votes_{n}": v for n, v in enumerate(split, 1)},
        "valid": 294, "invalid": 9, "total": 303,
    }  # fmt: skip
    return {key: None if value is None else value * times for key, value in out.items()}


def trail(code: str) -> tuple[model.Crumb, ...]:
    """The ancestors of ``code``."""
    return tuple(model.Crumb(code[:n], NAMES[code[:n]]) for n in paths.TIER_DIGITS if n < len(code))


def one(standing: Standing, times: int = 1) -> tuple[int, ...]:
    """``times`` stations, all at ``standing``."""
    return tuple(times if s is standing else 0 for s in Standing)


def station(kind: ContestKind, number: int, standing: Standing) -> model.StationView:
    """Station ``number`` of the village at ``standing``, with the facts that standing implies."""
    code = f"3216011007{number:03d}"
    has = standing >= Standing.CONFIRMED
    photos = tuple(
        model.Photo((p,), PHOTO_SHA, paths.photo_path(PHOTO_SHA, "png"), CUT.at, 480, 720) for p in (1, 2, 3)
    )
    decided = figures(kind, shift=6) if standing >= Standing.DISTRICT else None
    events = [model.Event(CUT.at, say("KPPS"), say("Mengisi %(n)s isian", n=26), ledger_index=3100)] if has else []
    if decided:
        changes = (model.Change("votes_2", 118, 112), model.Change("votes_3", 135, 141))
        events.append(model.Event(CUT.at, say("Pleno kecamatan"), say("Dikoreksi"), "Turus keliru.", changes, 40001))
    return model.StationView(
        kind, TITLES[kind], code, f"TPS {number:03d}", trail(code), PAIRS[kind], standing, CUT,
        written=figures(kind) if has else None,
        verified=figures(kind) if standing >= Standing.VERIFIED else None,
        decided=decided,
        findings=(model.Finding("E203", "error", RULE, ("total",)),) if has else (),
        photos=photos if standing > Standing.AWAITED else (),
        history=tuple(events),
        also=tuple(k for k in ContestKind if k is not kind),
    )  # fmt: skip


STANDINGS = (Standing.AWAITED, Standing.RECEIVED, Standing.CONFIRMED, Standing.VERIFIED, Standing.DISTRICT)


def village_rows(kind: ContestKind) -> tuple[model.Row, ...]:
    """The village's stations, one per standing of ``STANDINGS``."""
    return tuple(
        model.Row(f"3216011007{n:03d}", f"TPS {n:03d}", one(s), figures(kind) if s >= Standing.VERIFIED else None)
        for n, s in enumerate(STANDINGS, 1)
    )


def region(kind: ContestKind, code: str) -> model.RegionView:
    """A region above the village, or the village itself; every one holds just those stations."""
    rows = village_rows(kind)
    totals = tuple(sum(column) for column in zip(*(r.standings for r in rows), strict=True))
    lengths = (*paths.TIER_DIGITS, 13)
    below = {len(c): c for c in NAMES}
    if len(code) < 10:
        child = below[lengths[lengths.index(len(code)) + 1]]
        rows = (model.Row(child, NAMES[child], totals, figures(kind, 2), 3),)
    pairs = () if kind is ContestKind.REGENT and code == "32" else PAIRS[kind]
    return model.RegionView(
        kind, TITLES[kind], code, NAMES[code], trail(code), pairs, totals, figures(kind, 2), rows,
        (
            model.Progress("received", say("Foto diterima lengkap"), 4, 5, RECEIVED),
            model.Progress("verified", say("Terverifikasi"), 2, 5, VERIFIED),
        ),
        CUT,
        findings=(model.FindingCount("E203", "error", RULE, 3),),
        also=tuple(k for k in ContestKind if k is not kind),
    )  # fmt: skip


def home() -> model.HomeView:
    """Both contests side by side."""
    scope = {ContestKind.REGENT: "3216", ContestKind.GOVERNOR: "32"}
    return model.HomeView(
        tuple(model.ContestView(TITLES[k], region(k, scope[k])) for k in (ContestKind.REGENT, ContestKind.GOVERNOR)),
        STAGES,
        CUT,
    )


def regions() -> list[model.RegionView]:
    """Every region page of the mini-site."""
    return [region(kind, code) for kind in ContestKind for code in NAMES]


def stations() -> list[model.StationView]:
    """Every station page of the mini-site."""
    return [station(kind, n, s) for kind in ContestKind for n, s in enumerate(STANDINGS, 1)]
