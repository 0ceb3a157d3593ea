"""`sirekap simulate`: forms filled in by a made-up hand and photographed, to practise and to test with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sirekap.cli.common import as_json_option, emit, fail, say

PROFILES = ("easy", "typical", "hard", "blurred", "cut off")


@click.group()
def simulate() -> None:
    """Formulir isian dan fotonya untuk latihan; selalu bertanda SIMULASI / practice forms, always marked."""


@simulate.command("form")
@click.option("--form", "name", default="kwk-bupati-3", show_default=True, help="Nama bentuk / layout name.")
@click.option("--figures", default="random", show_default=True, help="Berkas JSON kunci isian, atau random.")
@click.option("--seed", default=1, show_default=True, help="Benih: penulis, tulisan, foto / writer, hand, photographs.")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1, 10_000), help="Banyak formulir.")
@click.option("--station", "code", default="", help="Kode TPS 13 angka pada QR / station code in the QR.")
@click.option("--profile", default="typical", show_default=True, type=click.Choice(PROFILES))
@click.option("--long-side", default=2560, show_default=True, type=click.IntRange(800, 6000), help="Piksel / pixels.")
@click.option("--slips", default=0.05, show_default=True, type=click.FloatRange(0, 1), help="Peluang salah tulis.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@as_json_option
def form(
    name: str,
    figures: str,
    seed: int,
    count: int,
    code: str,
    profile: str,
    long_side: int,
    slips: float,
    out: Path,
    as_json: bool,
) -> None:
    """Isi formulir dengan satu tangan, potret semua halamannya, tulis apa yang tertulis.

    Writes one JPEG a page and one JSON of the truth for each form. Every sheet carries SIMULASI.
    """
    from sirekap.paper.frame import Heading
    from sirekap.paper.printing import Station
    from sirekap.paper.templates import form_of
    from sirekap.simulate.figures import random_figures
    from sirekap.simulate.form import Order, photograph

    try:
        kind, columns = form_of(name)
    except KeyError:
        fail(f"Bentuk “{name}” tidak dikenal, mis. kwk-bupati-3.", f"Unknown form {name}; try kwk-bupati-3.", 2)
    if code and not (len(code) == 13 and code.isascii() and code.isdecimal()):
        fail("Kode TPS terdiri atas 13 angka.", "A station code has 13 digits.", 2)
    given = None if figures == "random" else _figures(Path(figures))
    station = Station(code, "Contoh", "Contoh", "Contoh", "Contoh") if code else None
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(seed, seed + count):
        order = Order(
            Heading(kind, columns, year="2024"),
            given if given is not None else random_figures(number, columns),
            number,
            station,
            slips=slips,
            profile=profile,
            long_side=long_side,
        )
        try:
            made = photograph(order)
        except ValueError as error:
            fail(f"Angka tidak muat di kotaknya: {error}.", f"A figure does not fit its boxes: {error}.", 2)
        stem = f"simulasi-{name}-{number:05d}"
        for page, shot in made.shots.items():
            (out / f"{stem}-{page}.jpg").write_bytes(shot.jpeg)
            files.append(str(out / f"{stem}-{page}.jpg"))
        (out / f"{stem}.json").write_text(json.dumps(made.truth(), indent=1) + "\n")
        files.append(str(out / f"{stem}.json"))
    for file in files:
        say(file)
    emit({"ok": True, "simulated": True, "forms": count, "files": files}, as_json)


def _figures(path: Path) -> dict[str, Any]:
    from sirekap.election.chasil import BY_ID

    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not found:
        fail(f"{path} bukan satu objek JSON.", f"{path} is not one JSON object.", 2)
    odd = [k for k, v in found.items() if k not in BY_ID or isinstance(v, bool) or not isinstance(v, int | None)]
    if odd:
        fail(f"Isian tidak dikenal: {', '.join(odd)}.", f"Unknown entries: {', '.join(odd)}.", 2)
    return found
