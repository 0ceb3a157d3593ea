"""`sirekap read`: photographs of forms in, figures with confidence out. For anyone; no database, no key."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sirekap.cli.common import fail, say

if TYPE_CHECKING:
    from sirekap.reading.result import FieldReading, PageEvidence, Reading

PARTS = {
    "result": "Suara, sah, tidak sah, total / votes, valid, invalid, total",
    "administration": "Pemilih dan surat suara / voters and ballots",
}
STANDING = {
    "accept": "DITERIMA: terbaca, terhitung cocok, tanpa keraguan / accepted",
    "review": "PERLU DIPERIKSA ORANG / to be looked at by a person",
    "refused": "DITOLAK / refused",
}
CHANNELS = {"digits": "", "bubbles": "bulatan", "words": "huruf"}


@click.command()
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Satu objek JSON di stdout / one JSON object.")
@click.option("--template", default=None, metavar="NAME", help="Tata letak formulir, mis. kwk-bupati-3 / its layout.")
@click.option("--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Gambar yang terlihat / a drawing.")
@click.option("--words", is_flag=True, help="Baca juga angka dalam huruf (lambat) / also the amounts in words (slow).")
def read(photos: tuple[Path, ...], as_json: bool, template: str | None, overlay: Path | None, words: bool) -> None:
    """Baca foto formulir C.Hasil: angka, keyakinan, temuan.

    Read photographs of C.Hasil forms: figures, confidence, findings. Photographs of several pages of one form are
    judged together. A figure the reader is not sure of is left open; a proposal is never a reading.
    """
    from sirekap.reading import grouping
    from sirekap.reading.reader import judge

    data = [_bytes(photo) for photo in photos]
    _check(template, words)
    pages = list(_observed(photos, data, template, words))
    forms = [(members, judge([pages[n] for n in members])) for members in grouping.forms(pages)]
    for members, reading in forms:
        _show([photos[n] for n in members], [pages[n] for n in members], reading)
        for n in members:
            if overlay is not None:
                _draw(_drawing(overlay, photos[n], len(photos)), data[n], pages[n], reading)
    if as_json:
        click.echo(json.dumps(_as_json(photos, pages, forms)))


def _bytes(photo: Path) -> bytes:
    try:
        return photo.read_bytes()
    except FileNotFoundError:
        fail(f"Berkas {photo} tidak ada; periksa namanya.", f"There is no file {photo}; check the name.", 2)
    except OSError as error:
        fail(
            f"Berkas {photo} tidak dapat dibuka ({error.strerror}).", f"{photo} cannot be opened ({error.strerror}).", 2
        )


def _check(template: str | None, words: bool) -> None:
    if template is not None:
        from sirekap.paper import templates

        if template not in templates.names():
            names = ", ".join(templates.names())
            fail(f"Tata letak “{template}” tidak dikenal. Ada: {names}.", f"No layout “{template}”.", 2)
    if words:
        from sirekap.reading.words import WordsUnavailable, available

        if not available():
            missing = WordsUnavailable()
            fail(missing.text_id, missing.text_en, 2)


def _observed(photos: tuple[Path, ...], data: list[bytes], template: str | None, words: bool) -> Iterator[PageEvidence]:
    from sirekap.reading.sandbox import Limits, Sandbox

    sandbox = Sandbox(Limits(wall=120.0, cpu=100) if words else None)
    try:
        for _, content in _progress(photos, data):
            yield sandbox.observe(content, template=template, words=words)
    finally:
        sandbox.close()


def _progress(photos: tuple[Path, ...], data: list[bytes]) -> Iterable[tuple[Path, bytes]]:
    pairs = zip(photos, data, strict=True)
    if len(photos) < 4 or not sys.stderr.isatty():
        return pairs
    from rich.console import Console
    from rich.progress import track

    return track(pairs, "Membaca / reading", total=len(photos), console=Console(stderr=True))


def _show(photos: list[Path], pages: list[PageEvidence], reading: Reading) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True, highlight=False)
    for photo, page in zip(photos, pages, strict=True):
        name = f"{page.template} halaman {page.page}" if page.template else "formulir tidak dikenal / unknown form"
        console.print(f"[bold]{photo}[/]  {name}", soft_wrap=True)
    if reading.fields:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title, justify in (("bidang / field", "left"), ("terbaca", "right"), ("usul", "right"), ("yakin", "right")):
            table.add_column(title, justify="right" if justify == "right" else "left")
        table.add_column("tertulis")
        for name, field in reading.fields.items():
            table.add_row(*_row(name, field))
        console.print(table)
    console.print(f"[bold]{STANDING[reading.verdict.value]}[/]")
    if len(reading.parts) > 1:
        for name, verdict in reading.parts.items():
            console.print(f"  {PARTS[name]}: {STANDING[verdict.value]}", soft_wrap=True)
    for reason in reading.reasons:
        console.print(f"  • {reason.text_id}", soft_wrap=True)
        console.print(f"    [dim]{reason.text_en}[/]", soft_wrap=True)


def _row(name: str, field: FieldReading) -> tuple[str, ...]:
    from sirekap.election.chasil import BY_ID

    label = f"{BY_ID[name].row} {BY_ID[name].label_id}" if name in BY_ID else name
    value = "-" if field.value is None else str(field.value)
    proposal = "" if field.proposal is None else f"{field.proposal}?"
    said = {kind: channel.text or channel.value for kind, channel in field.channels.items()}
    written = "  ".join(f"{CHANNELS[kind]} {text}" for kind, text in said.items() if text is not None)
    return label, value, proposal, f"{100 * field.confidence:.2f} %", written


def _drawing(overlay: Path, photo: Path, count: int) -> Path:
    return overlay if count == 1 else overlay.with_stem(f"{overlay.stem}-{photo.stem}")


def _draw(to: Path, data: bytes, page: PageEvidence, reading: Reading) -> None:
    from sirekap.reading.overlay import overlay as draw
    from sirekap.reading.result import Reason

    drawing = draw(data, page, reading)
    if isinstance(drawing, Reason):
        say(f"Tidak digambar: {drawing.text_id}\n  Not drawn: {drawing.text_en}")
        return
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(drawing)
    except OSError as error:
        fail(f"{to} tidak dapat ditulis ({error.strerror}).", f"{to} cannot be written ({error.strerror}).", 2)
    say(f"→ {to}")


def _as_json(
    photos: tuple[Path, ...], pages: list[PageEvidence], forms: list[tuple[list[int], Reading]]
) -> dict[str, Any]:
    if len(photos) == 1:
        return forms[0][1].as_dict()
    return {
        "photos": [
            {
                "file": str(photo),
                "template": page.template,
                "page": page.page,
                "qr": page.qr.as_dict() if page.qr else None,
                "registered": page.registered,
                "reasons": [flag.as_dict() for flag in page.flags],
            }
            for photo, page in zip(photos, pages, strict=True)
        ],
        "forms": [{"photos": [str(photos[n]) for n in members], **reading.as_dict()} for members, reading in forms],
    }
