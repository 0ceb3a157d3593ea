"""D.HASIL KECAMATAN-, KABKO- and PROV-KWK: certificate, recap by lower region, and a district's annex by station."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sirekap.election.conduct import Capacity
from sirekap.election.contests import Contest
from sirekap.election.regions import RegionTier, kind_label, tier_of
from sirekap.election.sheet import SheetFigures, Values
from sirekap.election.standing import Tier
from sirekap.paper.documents import words
from sirekap.paper.documents.grid import Grid, GridColumn
from sirekap.paper.documents.model import Head, Recapitulation, Signer
from sirekap.paper.documents.page import Page
from sirekap.paper.documents.parts import Boxes, Item, Row, page_break, paragraph, table

STATION_NEEDS, STATION_TAKES = 7.8, 14.0
"""mm that a station's column needs, and at most takes."""
REGION_NEEDS, REGION_TAKES = 13.0, 30.0
SHORTEST = 20.0
"""Signature boxes lower than this go to a page of their own, where they are taller."""
_LOWER = {Tier.DISTRICT: "DESA/KELURAHAN", Tier.REGENCY: "KECAMATAN", Tier.PROVINCE: "KABUPATEN/KOTA"}


def recapitulation(head: Head, body: Recapitulation) -> tuple[Page, list[dict[str, Any]], list[dict[str, Any]], Boxes]:
    """Page, tables, parts and signature boxes of one D.Hasil."""
    figures = body.figures
    grid = Grid(head.size, body.contest, figures.fields, "URAIAN")
    boxes = Boxes(head)
    initials = initials_of(body.signers)
    parts: list[dict[str, Any]] = [{"kind": "flow", "items": _certificate(head, body, boxes, grid.page)}]
    lower = [GridColumn(_column_name(head, code), values) for code, values in _lower(figures)]
    for page in grid.cut(lower, REGION_NEEDS, "JUMLAH AKHIR"):
        subtitle = [("", f"REKAPITULASI PER {_LOWER[figures.tier]}", ""), *words.places(head)]
        parts.append(grid.part(0, page, subtitle, initials, widest=REGION_TAKES))
    for n, (village, _) in enumerate(figures.by_village(), 1):
        columns = [_station(code, values, body) for code, values in figures.within(village)]
        for page in grid.cut(columns, STATION_NEEDS, f"JUMLAH AKHIR {kind_label(village).upper()}"):
            subtitle = [("", f"LAMPIRAN {n}: ANGKA PER TPS", ""), *words.places(head, village)]
            parts.append(grid.part(0, page, subtitle, initials, widest=STATION_TAKES))
    return grid.page, [grid.geometry()], parts, boxes


def titles(head: Head, body: Recapitulation) -> tuple[str, list[str]]:
    """The form's name and the lines of its title."""
    contest = words.contest_words(body.contest, head.names).upper()
    lower = "TPS" if body.figures.tier is Tier.DISTRICT else _LOWER[body.figures.tier]
    return words.model_title(head.kind, body.contest), [
        "BERITA ACARA DAN SERTIFIKAT REKAPITULASI HASIL",
        f"PENGHITUNGAN PEROLEHAN SUARA DARI SETIAP {lower} DI TINGKAT {words.tier_words(head.region)}",
        f"DALAM {contest} TAHUN {head.year}",
    ]


def initials_of(signers: Sequence[Signer]) -> list[str]:
    """Who initials a page, in short."""
    out, member = [], 0
    for signer in signers:
        if signer.capacity is Capacity.MEMBER:
            member += 1
            out.append(f"Anggota {member}")
        elif signer.capacity is Capacity.WITNESS:
            out.append(f"Saksi {signer.pair}" if signer.pair else "Saksi")
        else:
            out.append(words.CAPACITY_WORDS[signer.capacity])
    return out


def vote_table(contest: Contest, figures: SheetFigures, size: float = 8.6, tight: float = 1.15) -> Item:
    """Votes of every column, valid, invalid and total, in digits and in words."""
    totals = dict(zip(figures.fields, figures.totals(), strict=True))
    rows = [
        Row(
            (
                str(n),
                [("b", words.pair_name(contest, n))],
                [("b", words.number(totals.get(f"votes_{n}")))],
                words.in_words(totals.get(f"votes_{n}")),
            )
        )
        for n in range(1, contest.columns + 1)
    ]
    for mark, field, label in (
        ("A", "valid", "JUMLAH SELURUH SUARA SAH"),
        ("B", "invalid", "JUMLAH SUARA TIDAK SAH"),
        ("C", "total", "JUMLAH SELURUH SUARA SAH DAN SUARA TIDAK SAH"),
    ):
        value = totals.get(field)
        rows.append(Row((mark, [("b", label)], [("b", words.number(value))], words.in_words(value))))
    return table(
        [10.0, "1", 27.0, "1.15"],
        ["NO.", "NAMA PASANGAN CALON", "JUMLAH SUARA", "TERBILANG"],
        rows,
        align="clrl",
        size=size,
        tight=tight,
    )


def _certificate(head: Head, body: Recapitulation, boxes: Boxes, page: Page) -> list[Item]:
    items = [paragraph(_preamble(head, body), size=8.8, above=0.0)]
    items.append(vote_table(body.contest, body.figures, tight=1.15 if body.contest.columns < 5 else 0.85))
    items += [paragraph(note, size=8.0, above=3.5) for note in (*_notes(head, body), *body.notes)]
    across = page.width > page.height
    per_line = 5 if across else 4
    lines = -(-len(body.signers) // per_line)
    notes = 5.0 * (len(body.notes) + (head.version > 1) + bool(body.generations))
    left = page.tall - 36.0 - (body.contest.columns + 4) * (5.6 if body.contest.columns < 5 else 5.0) - notes
    height = min(left / lines - 2.0, 30.0)
    if height < SHORTEST:
        items.append(page_break())
        height = 30.0
    items.append(boxes.block(body.signers, per_line, height))
    return items


def _preamble(head: Head, body: Recapitulation) -> str:
    figures = body.figures
    when = words.day_in_words(body.opened or head.at, head.region)
    venue = body.venue or words.DOTS
    if figures.tier is Tier.DISTRICT:
        scope = f"{len(figures.columns)} TPS di {len(figures.by_village())} desa/kelurahan"
    else:
        scope = f"{len(figures.columns)} {_LOWER[figures.tier].lower()}"
    course = ""
    if body.opened and body.closed:
        opened, closed = words.moment(body.opened, head.region), words.moment(body.closed, head.region)
        course = f" Rapat dibuka {opened} dan ditutup {closed}."
    return (
        f"Pada {when}, {words.body_of(head)} melaksanakan rapat pleno terbuka rekapitulasi hasil penghitungan "
        f"perolehan suara {words.contest_words(body.contest, head.names)} Tahun {head.year}, bertempat di {venue}, "
        f"yang dihadiri saksi pasangan calon dan {words.supervisor_of(head.region)}.{course} "
        f"Hasil dari {scope} adalah sebagai berikut:"
    )


def _notes(head: Head, body: Recapitulation) -> list[str]:
    """What a reader must know beside the figures."""
    blanks = sum(body.figures.blanks())
    district = body.figures.tier is Tier.DISTRICT
    where = "Rekapitulasi per wilayah dan lampiran per TPS" if district else "Rekapitulasi per wilayah"
    text = (
        f"{where} pada halaman berikut adalah bagian yang tidak terpisahkan dari berita acara dan sertifikat ini. "
        "Hash di kaki setiap halaman dihitung dari seluruh angka lembar ini; angka yang sama tersimpan di berkas PDF "
        "sebagai figures.json."
    )
    if blanks:
        count = words.number(blanks)
        text += f" Tanda “{words.BLANK}”: kotak yang kosong pada formulir ({count} kotak), tidak dijumlahkan."
    notes = [text]
    if head.version > 1:
        notes.append(f"Lembar ini adalah versi {head.version} dan menggantikan versi {head.version - 1}.")
    if body.generations:
        listed = ", ".join(
            f"TPS {int(code[10:])} {words.full_name(head.names, code[:10])}: {kind}"
            for code, kind in sorted(body.generations.items())
        )
        notes.append(f"Hasil bukan dari pemungutan suara pertama: {listed}.")
    return notes


def _lower(figures: SheetFigures) -> Sequence[tuple[str, Values]]:
    return figures.by_village() if figures.tier is Tier.DISTRICT else figures.columns


def _column_name(head: Head, code: str) -> str:
    name = words.name_of(head.names, code).upper()
    return f"KOTA {name}" if tier_of(code) is RegionTier.REGENCY and kind_label(code) == "Kota" else name


def _station(code: str, values: Values, body: Recapitulation) -> GridColumn:
    return GridColumn(f"TPS\n{code[10:]}", values, body.generations.get(code, ""))
