"""Bahan pleno on paper: all rows as verified before the session, what is missing, findings, and the cut of the log."""

from __future__ import annotations

from typing import Any

from sirekap.election.regions import RegionTier, kind_label, tier_of
from sirekap.election.standing import Tier
from sirekap.paper.documents import words
from sirekap.paper.documents.grid import Grid, GridColumn
from sirekap.paper.documents.model import Head, Material, MaterialColumn
from sirekap.paper.documents.page import Page
from sirekap.paper.documents.parts import Boxes, Item, Row, heading, pairs, paragraph, table
from sirekap.paper.documents.recapitulation import (
    REGION_NEEDS,
    REGION_TAKES,
    STATION_NEEDS,
    STATION_TAKES,
    vote_table,
)


def material(head: Head, body: Material) -> tuple[Page, list[dict[str, Any]], list[dict[str, Any]], Boxes]:
    """Page, tables and parts of the material; nobody signs it."""
    figures = body.figures
    grid = Grid(head.size, body.contest, figures.fields, "URAIAN")
    state = {column.code: column for column in body.columns}
    parts: list[dict[str, Any]] = [{"kind": "flow", "items": _cover(head, body)}]
    district = figures.tier is Tier.DISTRICT
    lower = figures.by_village() if district else figures.columns
    regions = [GridColumn(words.name_of(head.names, code).upper(), values) for code, values in lower]
    for page in grid.cut(regions, REGION_NEEDS, "JUMLAH"):
        subtitle = [("", "BELUM DISAHKAN: JUMLAH PER WILAYAH", ""), *words.places(head)]
        parts.append(grid.part(0, page, subtitle, [], widest=REGION_TAKES))
    for village, _ in figures.by_village():
        columns = [
            GridColumn(f"TPS\n{code[10:]}", values, "" if _counted(state.get(code)) else "belum")
            for code, values in figures.within(village)
        ]
        for page in grid.cut(columns, STATION_NEEDS, f"JUMLAH {kind_label(village).upper()}"):
            subtitle = [("", "BELUM DISAHKAN: ANGKA PER TPS", ""), *words.places(head, village)]
            parts.append(grid.part(0, page, subtitle, [], widest=STATION_TAKES))
    return grid.page, [grid.geometry()], parts, Boxes(head)


def _cover(head: Head, body: Material) -> list[Item]:
    counted, stations = (sum(getattr(c, name) for c in body.columns) for name in ("counted", "stations"))
    found = [(column, finding) for column in body.columns for finding in column.findings]
    items = [
        pairs(
            [
                ("Pemilihan", f"{words.contest_words(body.contest, head.names)} Tahun {head.year}"),
                ("Dihitung", f"{words.number(counted)} dari {words.number(stations)} TPS"),
                ("Keadaan log", f"{words.number(body.cut)} entri{f' dari {body.origin}' if body.origin else ''}"),
                ("Akar log", body.root or words.BLANK),
                ("Disiapkan", words.moment(head.at, head.region)),
            ],
            above=0.0,
            label=30.0,
            size=8.6,
        ),
        paragraph(
            [
                ("b", "Bukan hasil resmi. "),
                ("", "Angka ini terverifikasi tetapi belum dibacakan dan belum disahkan dalam rapat pleno."),
            ]
        ),
        vote_table(body.contest, body.figures, size=8.4, tight=0.95),
    ]
    return [*items, *_missing(head, body), *_findings(head, found)]


def _missing(head: Head, body: Material) -> list[Item]:
    groups: dict[str, list[str]] = {}
    for column in body.columns:
        if not _counted(column):
            groups.setdefault(column.standing, []).append(_where(head, column))
    if not groups:
        return [heading("BELUM MASUK JUMLAH"), paragraph("Tidak ada: semua TPS masuk jumlah.", above=2.0, size=8.6)]
    rows = [Row((standing, str(len(where)), ", ".join(where))) for standing, where in sorted(groups.items())]
    head_row = ["KEDUDUKAN", "BANYAKNYA", "DI MANA"]
    return [heading("BELUM MASUK JUMLAH"), table([38.0, 22.0, "1"], head_row, rows, align="lrl", size=7.8)]


def _findings(head: Head, found: list[tuple[MaterialColumn, tuple[str, str]]]) -> list[Item]:
    if not found:
        return [heading("TEMUAN"), paragraph("Tidak ada temuan.", above=2.0, size=8.6)]
    rows = [Row((_where(head, column), code, text)) for column, (code, text) in found]
    return [heading("TEMUAN"), table([52.0, 18.0, "1"], ["DI MANA", "ATURAN", "TEMUAN"], rows, align="lll", size=7.8)]


def _counted(column: MaterialColumn | None) -> bool:
    return column is None or column.counted >= column.stations


def _where(head: Head, column: MaterialColumn) -> str:
    if tier_of(column.code) is RegionTier.STATION:
        return f"TPS {int(column.code[10:])} {words.name_of(head.names, column.code[:10])}"
    return f"{words.name_of(head.names, column.code)} ({column.counted}/{column.stations} TPS)"
