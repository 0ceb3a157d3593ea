"""Verbs that print: C.Hasil and its Salinan for a village, a district or a regency, or blank."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sirekap.cli.common import as_json_option, django_up, emit, fail, folder_option, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sirekap.election.contests import Contest
    from sirekap.keys import Key
    from sirekap.paper.batch import Order, Printed
    from sirekap.paper.printing import Station
    from sirekap.records.models import StationContest

FORMS = ("kwk-gubernur", "kwk-bupati", "salinan-gubernur", "salinan-bupati")
SIZES = ("a4", "a3", "plano")

size_option = click.option("--size", type=click.Choice(SIZES), default="a4", show_default=True, help="Ukuran kertas.")


@click.group()
def paper() -> None:
    """Cetak formulir C.Hasil dan Salinan / print the forms."""


@paper.command("chasil")
@click.option("--region", required=True, help="Kode wilayah, 2 sampai 13 angka / region or station code.")
@click.option("--out", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder hasil.")
@click.option("--form", "kind", type=click.Choice(["chasil", "salinan"]), default="chasil", show_default=True)
@click.option("--contest", default="", help="Satu pemilihan saja, mis. pkwkk / one contest only.")
@click.option("--blank", is_flag=True, help="Kepala formulir kosong, satu per pemilihan / blank header.")
@click.option("--one-file", is_flag=True, help="Satu PDF per pemilihan / one PDF a contest.")
@size_option
@as_json_option
@folder_option
def chasil(
    region: str, folder: Path, kind: str, contest: str, blank: bool, one_file: bool, size: str, as_json: bool
) -> None:
    """Cetak formulir semua TPS suatu wilayah, PDF/A, kepala dan QR sudah terisi.

    Print the forms of every station of a region from the database, header and QR filled in. Signs the QR with this
    node's QR key where there is one.
    """
    django_up(or_demo=True)
    from sirekap.paper.batch import print_one, print_to
    from sirekap.paper.printing import Size

    orders = _orders(region, contest, copy=kind == "salinan")
    key = _qr_key()
    if key is None and not blank:
        say("Tanpa kunci QR: kode QR tidak bertanda. / No QR key: the QR codes carry no signature.")
    paper_size = Size[size.upper()]

    def together() -> Iterator[Printed]:
        for order in orders:
            stations = () if blank else order.stations
            name = f"{region}-{order.name}{'-kosong' if blank else ''}.pdf"
            yield print_one(folder / name, _with(order, stations), size=paper_size, key=key)

    total = len(orders) if blank else sum(len(order.stations) for order in orders)
    if blank or one_file:
        _run(together, total, as_json, {"signed": key is not None and not blank, "out": str(folder)})
    else:
        _run(
            lambda: print_to(folder, orders, size=paper_size, key=key),
            total,
            as_json,
            {"signed": key is not None, "out": str(folder)},
        )


@paper.command("blank")
@click.option("--form", "form_name", type=click.Choice(FORMS), required=True)
@click.option("--columns", type=click.IntRange(2, 10), required=True, help="Kolom suara / vote columns.")
@click.option("--sole", is_flag=True, help="Calon tunggal melawan kolom kosong / a sole pair against the blank column.")
@click.option("--out", "path", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Berkas PDF.")
@size_option
@as_json_option
def blank_form(form_name: str, columns: int, sole: bool, path: Path, size: str, as_json: bool) -> None:
    """Cetak formulir kosong tanpa basis data / print a blank form, no database needed."""
    from sirekap.paper.batch import Order, print_one
    from sirekap.paper.frame import Heading
    from sirekap.paper.identity import Form
    from sirekap.paper.printing import Size

    if sole and columns != 2:
        fail("Calon tunggal: pakai --columns 2.", "A sole pair has --columns 2.", 2)
    form = next(form for form in Form if form.slug == form_name)
    order = Order(Heading(form, columns, sole=sole), (), form.slug)
    _run(lambda: iter((print_one(path, order, size=Size[size.upper()]),)), 1, as_json, {"out": str(path)})


def _run(printing: Callable[[], Iterator[Printed]], total: int, as_json: bool, result: dict[str, object]) -> None:
    """Print with a progress bar on stderr, then say what was written."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("formulir"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    files = forms = pages = size = 0
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=total)
        for written in printing():
            files, forms, pages = files + 1, forms + written.forms, pages + written.pages
            size += written.bytes
            progress.update(task, completed=forms)
    seconds = time.monotonic() - started
    emit(
        {
            "ok": True,
            "files": files,
            "forms": forms,
            "pages": pages,
            "bytes": size,
            "seconds": round(seconds, 2),
            "pages_s": round(pages / max(seconds, 1e-9), 1),
        }
        | result,
        as_json,
    )


def _with(order: Order, stations: tuple[Station, ...]) -> Order:
    from dataclasses import replace

    return replace(order, stations=stations)


def _qr_key() -> Key | None:
    from sirekap import keys
    from sirekap.config import load

    config = load(os.environ)
    try:
        key = keys.load(config.keys, keys.Purpose.QR)
    except keys.KeyMissing:
        return None
    keys.refuse_demo(key, config.mode)
    return key


def _orders(region: str, contest: str, *, copy: bool) -> list[Order]:
    """What to print for a region, one order a contest, from the database."""
    from sirekap.election.regions import tier_of
    from sirekap.paper.batch import Order
    from sirekap.paper.chasil import heading_for
    from sirekap.records.models import Election, StationContest

    tier_of(region)
    rows = StationContest.objects.filter(station__code__startswith=region, closed=False).order_by("station_id")
    found: dict[str, list[StationContest]] = {}
    for row in rows.only("station_id", "contest_id", "generation").iterator():
        if contest in ("", row.contest_id, row.contest_id.partition("-")[0]):
            found.setdefault(row.contest_id, []).append(row)
    if not found:
        fail(
            f"Tidak ada TPS di wilayah “{region}”{f' untuk {contest}' if contest else ''}. Periksa kodenya.",
            f"There is no station in region “{region}”. Check the code.",
        )
    year = str(Election.objects.get().voting_day.year)
    orders = []
    for contest_id in sorted(found):
        heading = heading_for(_contest(contest_id), copy=copy, year=year)
        orders.append(Order(heading, _stations(found[contest_id]), heading.form.slug))
    return orders


def _contest(contest_id: str) -> Contest:
    from sirekap.election.contests import Contest, ContestKind, Pair
    from sirekap.records.models import Contest as Row

    row = Row.objects.prefetch_related("pairs").get(pk=contest_id)
    pairs = tuple(Pair(pair.number, pair.name, pair.colour, pair.commission_id) for pair in row.pairs.all())
    return Contest(ContestKind(row.kind), row.region, pairs, row.title)


def _stations(rows: Sequence[StationContest]) -> tuple[Station, ...]:
    from sirekap.paper.printing import Station
    from sirekap.records.models import Region

    names = dict(Region.objects.values_list("code", "name"))
    return tuple(
        Station(
            code=row.station_id,
            village=names.get(row.station_id[:10], ""),
            district=names.get(row.station_id[:6], ""),
            regency=names.get(row.station_id[:4], ""),
            province=names.get(row.station_id[:2], ""),
            generation=row.generation,
        )
        for row in rows
    )
