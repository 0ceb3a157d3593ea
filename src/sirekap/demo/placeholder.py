"""Placeholder pictures for the demo: calm form pages that say they are no photographs.

One PNG of 4 colours per station-contest. It shows the figures of the *simulated paper*, wrong
ones included, so that a person can key them from the picture.
"""

from __future__ import annotations

import functools
import io
import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice

from PIL import Image, ImageDraw, ImageFont

from sirekap.election import chasil
from sirekap.election.chasil import Field, Figures

LABEL = "SIMULASI – BUKAN FOTO ASLI"
WIDTH, HEIGHT = 720, 1000
MARGIN = 36
BOX = 28
"""Side of one digit box in pixels; a figure has three. All boxes lie on multiples of 4, so equal digits pack alike."""
CELL = 3 * BOX
COLUMNS_AT = {"l": 392, "p": 496, "j": 600}
ROW = 32
TITLE_AT = 92
STATION_AT = 128
REGION_AT = 160
FIRST_SECTION_AT = 196
SECTIONS = (
    ("I.A", "I.A  Data pemilih"),
    ("I.B", "I.B  Pengguna hak pilih"),
    ("II", "II  Surat suara"),
    ("III", "III  Pemilih disabilitas"),
    ("IV", "IV  Perolehan suara"),
    ("V", "V  Suara sah dan tidak sah"),
)

Colour = tuple[int, int, int]
INK, GREY, TINT, PAPER = (24, 36, 64), (128, 136, 150), (226, 232, 238), (252, 251, 248)
PALETTE: tuple[Colour, ...] = (INK, GREY, TINT, PAPER)
"""Two bits a pixel: indices 0-3."""
_FLAT_PALETTE = [c for colour in PALETTE for c in colour]
_LEVELS = bytes(0 if v < 88 else 1 if v < 178 else 3 for v in range(256))
"""Grey value of drawn text -> palette index."""
_SHOWN = LABEL.replace("–", "-")
"""The bundled font has no dash."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one picture shows. ``region_names`` from the province down to the village."""

    station_code: str
    region_names: tuple[str, ...]
    contest_title: str
    figures: Figures
    pair_names: tuple[str, ...] = ()


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _indexed(picture: Image.Image) -> Image.Image:
    """An RGB picture as palette indices in mode L."""
    palette = Image.new("P", (1, 1))
    palette.putpalette(_FLAT_PALETTE)
    quantised = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    return Image.frombytes("L", quantised.size, quantised.tobytes())


@functools.cache
def _digit(digit: str) -> Image.Image:
    """The inside of one digit box: a digit, or a grey stroke for an unused leading box."""
    side = BOX - 2
    tile = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(tile)
    draw.fontmode = "1"
    if digit == "x":
        draw.line((10, side - 10, side - 11, 9), fill=128, width=1)
    else:
        draw.text((side / 2, side / 2), digit, font=_font(23), fill=0, anchor="mm")
    return tile.point(_LEVELS)


@functools.cache
def _number(value: int) -> Image.Image:
    """Three digit boxes' insides for 0..999, with their inner rules."""
    tile = Image.new("L", (CELL - 2, BOX - 2), 1)
    for k, digit in enumerate(str(value).rjust(3, "x")[-3:]):
        tile.paste(_digit(digit), (k * BOX, 0))
    return tile


def _layout(columns: int) -> tuple[dict[str, tuple[int, int]], dict[str, int], dict[str, tuple[int, Field]], int]:
    """Places of figures, of section heads and of row labels, and where the form ends."""
    figures: dict[str, tuple[int, int]] = {}
    heads: dict[str, int] = {}
    labels: dict[str, tuple[int, Field]] = {}
    y = FIRST_SECTION_AT
    for section, _ in SECTIONS:
        heads[section] = y
        y += ROW
        for field in (f for f in chasil.fields(columns) if f.section == section):
            if field.stem not in labels:
                labels[field.stem] = (y, field)
                y += ROW
            figures[field.id] = (COLUMNS_AT[field.column or "j"], labels[field.stem][0] + 2)
    return figures, heads, labels, y + 8


def _row_label(field: Field, pair_names: Sequence[str]) -> str:
    if field.section == "IV":
        number = int(field.stem.removeprefix("votes_"))
        name = pair_names[number - 1] if number <= len(pair_names) else field.label_id
        return f"{number}   {name}"
    return f"{field.row}   {field.label_id.split(', laki-laki')[0]}"


def _fit(draw: ImageDraw.ImageDraw, text: str, size: int, width: int) -> str:
    font = _font(size)
    while draw.textlength(text, font=font) > width:
        text = text.rstrip("…")[:-1] + "…"
    return text


@functools.cache
def _template(contest_title: str, pair_names: tuple[str, ...], columns: int) -> Image.Image:
    """The page without station and figures, as palette indices (mode L)."""
    figures, heads, labels, end = _layout(columns)
    height = max(HEIGHT, end + 70)
    page = Image.new("RGB", (WIDTH, height), PAPER)
    draw = ImageDraw.Draw(page)
    draw.fontmode = "1"
    draw.rectangle((0, 0, WIDTH, 58), fill=INK)
    draw.text((WIDTH / 2, 29), _SHOWN, font=_font(27), fill=PAPER, anchor="mm")
    draw.text((MARGIN, TITLE_AT), contest_title, font=_font(21), fill=INK, anchor="lm")
    for section, title in SECTIONS:
        y = heads[section]
        draw.rectangle((MARGIN, y + 3, WIDTH - MARGIN, y + ROW - 4), fill=TINT)
        draw.text((MARGIN + 8, y + ROW / 2 - 1), title, font=_font(15), fill=INK, anchor="lm")
        if section in ("I.A", "I.B", "III"):
            for letter, x in COLUMNS_AT.items():
                name = {"l": "Laki-laki", "p": "Perempuan", "j": "Jumlah"}[letter]
                draw.text((x + CELL / 2, y + ROW / 2 - 1), name, font=_font(13), fill=INK, anchor="mm")
    for y, field in labels.values():
        width = COLUMNS_AT["j" if field.column is None else "l"] - MARGIN - 20
        text = _fit(draw, _row_label(field, pair_names), 15, width)
        draw.text((MARGIN + 8, y + ROW / 2), text, font=_font(15), fill=INK, anchor="lm")
    for x, y in figures.values():
        draw.rectangle((x - 1, y, x + CELL, y + BOX + 1), fill=PAPER, outline=GREY)
        for k in (1, 2):
            draw.line((x + k * BOX - 1, y, x + k * BOX - 1, y + BOX), fill=GREY)
    foot = "Dibuat oleh program dari angka simulasi; bukan foto, bukan dokumen pemilu."
    draw.text((WIDTH / 2, height - 28), foot, font=_font(14), fill=INK, anchor="mm")
    return _indexed(page)


@functools.lru_cache(maxsize=512)
def _line(text: str, size: int) -> Image.Image:
    """One line of text as palette indices."""
    font = _font(size)
    left, _, right, _ = font.getbbox(text, mode="1")
    tile = Image.new("L", (min(int(right - left) + 4, WIDTH - 2 * MARGIN), size + 8), 255)
    draw = ImageDraw.Draw(tile)
    draw.fontmode = "1"
    draw.text((2 - left, (size + 8) / 2), text, font=font, fill=0, anchor="lm")
    return tile.point(_LEVELS)


def placeholder(
    station_code: str,
    region_names: Sequence[str],
    contest_title: str,
    figures: Figures,
    pair_names: Sequence[str] = (),
) -> bytes:
    """A PNG of the simulated form, at most 15 KB for the demo's contests, different for every station and contest.

    ``figures``: field ids of ``election.chasil`` as on the simulated paper; None leaves the boxes
    empty. ValueError for a figure that three boxes cannot hold.
    """
    columns = sum(1 for name in figures if name.startswith("votes_"))
    page = _template(contest_title, tuple(pair_names), columns).copy()
    page.paste(_line(f"TPS {station_code[-3:]}     kode {station_code}", 24), (MARGIN, STATION_AT - 16))
    page.paste(_line("  ›  ".join(region_names), 16), (MARGIN, REGION_AT - 12))
    places = _layout_of(columns)
    for name, value in figures.items():
        if value is None or name not in places:
            continue
        if not 0 <= value <= 999:
            raise ValueError(f"{name} = {value} does not fit three digit boxes")
        x, y = places[name]
        page.paste(_number(value), (x, y + 1))
    page.putpalette(_FLAT_PALETTE)
    out = io.BytesIO()
    page.save(out, "PNG", bits=2, compress_level=5)
    return out.getvalue()


@functools.cache
def _layout_of(columns: int) -> dict[str, tuple[int, int]]:
    return _layout(columns)[0]


def _draw(job: Job) -> bytes:
    return placeholder(job.station_code, job.region_names, job.contest_title, job.figures, job.pair_names)


def placeholders(jobs: Iterable[Job], processes: int = 2) -> Iterator[bytes]:
    """The pictures of ``jobs`` in their order, drawn by ``processes`` workers (0: in this process).

    At most about a thousand pictures wait to be taken.
    """
    if processes == 0:
        yield from map(_draw, jobs)
        return
    waiting = iter(jobs)
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        ahead = pool.map(_draw, list(islice(waiting, 512)), chunksize=16)
        while chunk := list(islice(waiting, 512)):
            following = pool.map(_draw, chunk, chunksize=16)
            yield from ahead
            ahead = following
        yield from ahead
