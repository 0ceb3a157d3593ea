"""Share cards: one picture with the figures, their standing and the time of the cut; a screenshot cannot lose them.

Drawn with Pillow and the fonts of the printed forms. A card's bytes follow from its :class:`Card`, whose digest stands
in the PNG itself: an unchanged card is recognised and not drawn again. Both languages stand on it.
"""

from __future__ import annotations

import functools
import hashlib
import io
import struct
from collections.abc import Callable
from dataclasses import astuple, dataclass
from importlib import resources
from typing import Any

from sirekap.publication import formats

SIZE = (1200, 630)
VERSION = "2"
"""Counts up when the drawing changes, so that cards of an older program are drawn again."""
_KEY, _COUNT = "Sirekap-Card", "Sirekap-Count"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INK, _MUTED, _PAPER, _LINE, _TRACK = "#1a1e27", "#515866", "#ffffff", "#747a87", "#e4e1d9"
_HEAD, _FLAG = "#1b2740", "#ce1126"
_TONES = {True: ("#14502a", "#e2f1e5"), False: ("#633f00", "#fcf0cf")}
_LEFT, _RIGHT = 48, 1152


@dataclass(frozen=True, slots=True)
class Bar:
    """One vote column: pair number (0 without one), name, colour ``#rrggbb``, votes."""

    number: int
    name: str
    colour: str
    votes: int


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says. ``valid`` = valid votes of the counted stations; ``when`` = the cut, as printed."""

    title: str
    place: str
    official: bool
    simulated: bool
    counted: int
    stations: int
    valid: int
    bars: tuple[Bar, ...]
    when: str

    @property
    def digest(self) -> str:
        """SHA-256 of everything on the card and of how it is drawn."""
        return hashlib.sha256(repr((VERSION, astuple(self))).encode()).hexdigest()

    @property
    def count(self) -> str:
        """How far the card's count is: stations counted, stations, whether it is the result."""
        return f"{self.counted}/{self.stations}/{int(self.official)}"

    @property
    def words(self) -> str:
        """The card in one sentence, for those who cannot see it (Indonesian)."""
        standing = "Hasil yang ditetapkan KPU" if self.official else "Bukan hasil resmi"
        shares = "; ".join(f"{b.number} {formats.percent(b.votes, self.valid)}" for b in self.bars)
        counted = f"{formats.thousands(self.counted)} dari {formats.thousands(self.stations)} TPS dihitung"
        simulated = " Data simulasi." if self.simulated else ""
        figures = f" {shares}." if self.valid else ""
        return f"{self.title}, {self.place}. {standing}. {counted}.{figures} {self.when}.{simulated}"


def notes_of(png: bytes) -> dict[str, str]:
    """The text notes a PNG carries; none for anything else."""
    out: dict[str, str] = {}
    at = len(_SIGNATURE) if png.startswith(_SIGNATURE) else len(png)
    while at + 8 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"tEXt":
            key, _, value = png[at + 8 : at + 8 + length].partition(b"\0")
            out[key.decode("latin-1")] = value.decode("latin-1")
        at += 12 + length
    return out


def digest_of(png: bytes) -> str | None:
    """The digest a card's PNG carries; ``None`` for anything else."""
    return notes_of(png).get(_KEY)


@functools.lru_cache(maxsize=256)
def png(card: Card) -> bytes:
    """The card as an 8-bit PNG of `SIZE`, the same bytes for the same card."""
    from PIL import Image, ImageDraw, PngImagePlugin

    image = Image.new("RGB", SIZE, _PAPER)
    draw = _Canvas(image, ImageDraw.Draw(image))
    _head(draw, card)
    _standing(draw, card)
    _shares(draw, card)
    _foot(draw, card)
    notes = PngImagePlugin.PngInfo()
    notes.add_text(_KEY, card.digest)
    notes.add_text(_COUNT, card.count)
    out = io.BytesIO()
    reduced = image.quantize(48, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    reduced.save(out, "PNG", pnginfo=notes, optimize=False, compress_level=6)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Canvas:
    """A picture to draw on. Texts are drawn once and kept: most of them stand on every card of a cut."""

    image: Any
    shapes: Any

    def text(
        self, at: tuple[int, int], text: str, size: int, fill: str, anchor: str = "lm", bold: bool = False
    ) -> None:
        """``text`` at a point; ``anchor`` as Pillow names it."""
        mask, left, top = _written(text, size, bold, anchor)
        self.image.paste(fill, (at[0] + left, at[1] + top), mask)


@functools.lru_cache(maxsize=2048)
def _written(text: str, size: int, bold: bool, anchor: str) -> tuple[Any, int, int]:
    """A text as a mask, and where its corner lies from the anchor."""
    from PIL import Image, ImageDraw

    font = _font(size, bold)
    left, top, right, bottom = font.getbbox(text, anchor=anchor)
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
    ImageDraw.Draw(mask).text((-left, -top), text, font=font, fill=255, anchor=anchor)
    return mask, left, top


@functools.cache
def _font(size: int, bold: bool = False) -> Any:
    from PIL import ImageFont

    name = f"NotoSans-{'Bold' if bold else 'Regular'}.ttf"
    data = (resources.files("sirekap.paper") / "fonts" / name).read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=2048)
def _fitted(text: str, width: int, size: int, bold: bool = False, least: int = 22) -> tuple[str, int]:
    """``text`` and a size, at most ``size``, at which it fits ``width``; cut with an ellipsis below ``least``."""
    while size > least and _font(size, bold).getlength(text) > width:
        size -= 2
    font = _font(size, bold)
    while text and font.getlength(text) > width:
        text = text[:-2].rstrip() + "…"
    return text, size


def _head(draw: _Canvas, card: Card) -> None:
    draw.shapes.rectangle((0, 0, SIZE[0], 116), fill=_HEAD)
    draw.shapes.rectangle((0, 116, SIZE[0], 122), fill=_FLAG)
    text, size = _fitted(card.title, _RIGHT - _LEFT - 160, 40, bold=True)
    draw.text((_LEFT, 46), text, size, "#ffffff", bold=True)
    text, size = _fitted(card.place, _RIGHT - _LEFT - 160, 28)
    draw.text((_LEFT, 90), text, size, "#c6cfdf")
    draw.text((_RIGHT, 46), "Sirekap", 30, "#ffffff", "rm", bold=True)


def _standing(draw: _Canvas, card: Card) -> None:
    ink, ground = _TONES[card.official]
    draw.shapes.rectangle((0, 122, SIZE[0], 250), fill=ground)
    title = "Hasil yang ditetapkan KPU" if card.official else "BUKAN HASIL RESMI"
    english = "Determined by the commission" if card.official else "Not an official result"
    draw.text((_LEFT, 168), title, 54 if not card.official else 46, ink, bold=True)
    draw.text((_LEFT, 220), english, 28, ink)
    counted = f"{formats.thousands(card.counted)} / {formats.thousands(card.stations)} TPS"
    draw.text((_RIGHT, 168), counted, 38, ink, "rm", bold=True)
    share = formats.progress_percent(card.counted, card.stations)
    draw.text((_RIGHT, 220), f"dihitung · counted  {share}", 26, ink, "rm")


def _shares(draw: _Canvas, card: Card) -> None:
    if not card.valid:
        text = "Belum ada TPS yang dihitung · No station counted yet"
        draw.text((SIZE[0] // 2, 400), text, 34, _MUTED, "mm")
        return
    top, bottom = 266, 544
    step = min(72, (bottom - top) // len(card.bars))
    most = max(bar.votes for bar in card.bars)
    for index, bar in enumerate(card.bars):
        _share(draw, card, bar, top + step * index, step, bar.votes == most)


def _share(draw: _Canvas, card: Card, bar: Bar, y: int, step: int, most: bool) -> None:
    chip = min(46, step - 8)
    middle = y + step // 2
    box = (_LEFT, middle - chip // 2, _LEFT + chip, middle + chip // 2)
    fill = formats.colour(bar.colour)
    draw.shapes.rounded_rectangle(box, 6, fill=fill, outline=_LINE)
    if bar.number:
        number = str(bar.number)
        draw.text((_LEFT + chip // 2, middle), number, chip * 5 // 9, formats.ink_on(fill), "mm", bold=True)
    left = _LEFT + chip + 20
    figure = 32 if step > 50 else 22
    text, size = _fitted(bar.name, 730, min(28, figure), bold=most, least=16)
    above = middle - step // 5
    draw.text((left, above), text, size, _INK, bold=most)
    draw.text((_RIGHT, above), formats.percent(bar.votes, card.valid), figure, _INK, "rm", bold=True)
    draw.text((_RIGHT - 150, above), formats.thousands(bar.votes), figure - 6, _MUTED, "rm")
    track = (left, middle + step // 8, _RIGHT, middle + step // 8 + max(8, step // 5))
    draw.shapes.rectangle(track, fill=_TRACK)
    if bar.votes:
        end = left + max(1, (track[2] - left) * bar.votes // card.valid)
        draw.shapes.rectangle((left, track[1], end, track[3]), fill=fill, outline=_INK)


def _foot(draw: _Canvas, card: Card) -> None:
    draw.shapes.line((_LEFT, 550, _RIGHT, 550), fill=_LINE, width=2)
    partial = not card.official and card.counted < card.stations
    text, size = _fitted(card.when, 640, 26, bold=True)
    draw.text((_LEFT, 576 if partial else 590), text, size, _INK, bold=True)
    if partial:
        note = "TPS awal bukan sampel acak · early stations are no random sample"
        draw.text((_LEFT, 608), note, 20, _MUTED)
    if card.simulated:
        draw.shapes.rectangle((_RIGHT - 410, 566, _RIGHT, 614), fill=_FLAG)
        draw.text((_RIGHT - 205, 590), "DATA SIMULASI · SIMULATED", 25, "#ffffff", "mm", bold=True)


def make(card: Card, existing: Callable[[], bytes | None], step: int = 0) -> bytes:
    """The card's PNG; what is there already when its digest says that it shows the same.

    ``step`` in per cent of the stations: a count that moved by less keeps the picture of the earlier cut, whose number
    and time it bears. The first and the last station, and the determination, are always drawn.
    """
    found = existing()
    if found is None:
        return png(card)
    notes = notes_of(found)
    same = notes.get(_KEY) == card.digest or (step > 0 and _near(notes.get(_COUNT, ""), card, step))
    return found if same else png(card)


def _near(count: str, card: Card, step: int) -> bool:
    """Whether a picture of that ``count`` is near enough to the card."""
    counted, _, rest = count.partition("/")
    if rest != f"{card.stations}/{int(card.official)}" or not counted.isdigit() or card.counted in (0, card.stations):
        return False
    return int(counted) > 0 and abs(card.counted - int(counted)) * 100 < step * card.stations
