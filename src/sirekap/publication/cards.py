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
VERSION = "1"
"""Counts up when the drawing changes, so that cards of an older program are drawn again."""
_KEY = b"Sirekap-Card"
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
    def words(self) -> str:
        """The card in one sentence, for those who cannot see it (Indonesian)."""
        standing = "Hasil yang ditetapkan KPU" if self.official else "Bukan hasil resmi"
        shares = "; ".join(f"{b.number} {formats.percent(b.votes, self.valid)}" for b in self.bars)
        counted = f"{formats.thousands(self.counted)} dari {formats.thousands(self.stations)} TPS dihitung"
        simulated = " Data simulasi." if self.simulated else ""
        figures = f" {shares}." if self.valid else ""
        return f"{self.title}, {self.place}. {standing}. {counted}.{figures} {self.when}.{simulated}"


def digest_of(png: bytes) -> str | None:
    """The digest a card's PNG carries; ``None`` for anything else."""
    if not png.startswith(_SIGNATURE):
        return None
    at = len(_SIGNATURE)
    while at + 8 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"tEXt" and png[at + 8 :].startswith(_KEY + b"\0"):
            return png[at + 9 + len(_KEY) : at + 8 + length].decode("latin-1")
        at += 12 + length
    return None


@functools.lru_cache(maxsize=256)
def png(card: Card) -> bytes:
    """The card as an 8-bit PNG of `SIZE`, the same bytes for the same card."""
    from PIL import Image, ImageDraw, PngImagePlugin

    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    _head(draw, card)
    _standing(draw, card)
    _shares(draw, card)
    _foot(draw, card)
    notes = PngImagePlugin.PngInfo()
    notes.add_text(_KEY.decode(), card.digest)
    out = io.BytesIO()
    reduced = image.quantize(96, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    reduced.save(out, "PNG", pnginfo=notes, optimize=False, compress_level=6)
    return out.getvalue()


@functools.cache
def _font(size: int, bold: bool = False) -> Any:
    from PIL import ImageFont

    name = f"NotoSans-{'Bold' if bold else 'Regular'}.ttf"
    data = (resources.files("sirekap.paper") / "fonts" / name).read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


def _fitted(text: str, width: int, size: int, bold: bool = False, least: int = 22) -> tuple[str, Any]:
    """``text`` and a font no larger than ``size`` in which it fits ``width``, cut with an ellipsis below ``least``."""
    while size > least and _font(size, bold).getlength(text) > width:
        size -= 2
    font = _font(size, bold)
    while text and font.getlength(text) > width:
        text = text[:-2].rstrip() + "…"
    return text, font


def _head(draw: Any, card: Card) -> None:
    draw.rectangle((0, 0, SIZE[0], 116), fill=_HEAD)
    draw.rectangle((0, 116, SIZE[0], 122), fill=_FLAG)
    text, font = _fitted(card.title, _RIGHT - _LEFT - 160, 40, bold=True)
    draw.text((_LEFT, 46), text, font=font, fill="#ffffff", anchor="lm")
    text, font = _fitted(card.place, _RIGHT - _LEFT - 160, 28)
    draw.text((_LEFT, 90), text, font=font, fill="#c6cfdf", anchor="lm")
    draw.text((_RIGHT, 46), "Sirekap", font=_font(30, True), fill="#ffffff", anchor="rm")


def _standing(draw: Any, card: Card) -> None:
    ink, ground = _TONES[card.official]
    draw.rectangle((0, 122, SIZE[0], 250), fill=ground)
    title = "Hasil yang ditetapkan KPU" if card.official else "BUKAN HASIL RESMI"
    english = "Determined by the commission" if card.official else "Not an official result"
    draw.text((_LEFT, 168), title, font=_font(54, True), fill=ink, anchor="lm")
    draw.text((_LEFT, 220), english, font=_font(28), fill=ink, anchor="lm")
    whole = formats.thousands(card.stations)
    draw.text(
        (_RIGHT, 168), f"{formats.thousands(card.counted)} / {whole} TPS", font=_font(38, True), fill=ink, anchor="rm"
    )
    share = formats.progress_percent(card.counted, card.stations)
    draw.text((_RIGHT, 220), f"dihitung · counted  {share}", font=_font(26), fill=ink, anchor="rm")


def _shares(draw: Any, card: Card) -> None:
    if not card.valid:
        text = "Belum ada TPS yang dihitung · No station counted yet"
        draw.text((SIZE[0] // 2, 400), text, font=_font(34), fill=_MUTED, anchor="mm")
        return
    top, bottom = 266, 544
    step = min(72, (bottom - top) // len(card.bars))
    most = max(bar.votes for bar in card.bars)
    for index, bar in enumerate(card.bars):
        _share(draw, card, bar, top + step * index, step, bar.votes == most)


def _share(draw: Any, card: Card, bar: Bar, y: int, step: int, most: bool) -> None:
    chip = min(46, step - 8)
    middle = y + step // 2
    box = (_LEFT, middle - chip // 2, _LEFT + chip, middle + chip // 2)
    fill = formats.colour(bar.colour)
    draw.rounded_rectangle(box, 6, fill=fill, outline=_LINE)
    if bar.number:
        number = _font(chip * 5 // 9, True)
        draw.text((_LEFT + chip // 2, middle), str(bar.number), font=number, fill=formats.ink_on(fill), anchor="mm")
    left = _LEFT + chip + 20
    figure = 32 if step > 50 else 22
    text, font = _fitted(bar.name, 730, min(28, figure), bold=most, least=16)
    above = middle - step // 5
    draw.text((left, above), text, font=font, fill=_INK, anchor="lm")
    percent = formats.percent(bar.votes, card.valid)
    draw.text((_RIGHT, above), percent, font=_font(figure, True), fill=_INK, anchor="rm")
    votes = formats.thousands(bar.votes)
    draw.text((_RIGHT - 150, above), votes, font=_font(figure - 6), fill=_MUTED, anchor="rm")
    track = (left, middle + step // 8, _RIGHT, middle + step // 8 + max(8, step // 5))
    draw.rectangle(track, fill=_TRACK)
    if bar.votes:
        end = left + max(1, (track[2] - left) * bar.votes // card.valid)
        draw.rectangle((left, track[1], end, track[3]), fill=fill, outline=_INK)


def _foot(draw: Any, card: Card) -> None:
    draw.line((_LEFT, 550, _RIGHT, 550), fill=_LINE, width=2)
    partial = not card.official and card.counted < card.stations
    draw.text((_LEFT, 576 if partial else 590), card.when, font=_font(26, True), fill=_INK, anchor="lm")
    if partial:
        note = "TPS awal bukan sampel acak · early stations are no random sample"
        draw.text((_LEFT, 608), note, font=_font(20), fill=_MUTED, anchor="lm")
    if card.simulated:
        draw.rectangle((_RIGHT - 410, 566, _RIGHT, 614), fill=_FLAG)
        label = "DATA SIMULASI · SIMULATED"
        draw.text((_RIGHT - 205, 590), label, font=_font(25, True), fill="#ffffff", anchor="mm")


def make(card: Card, existing: Callable[[], bytes | None]) -> bytes:
    """The card's PNG; what is there already when its digest says that it shows the same."""
    found = existing()
    return found if found is not None and digest_of(found) == card.digest else png(card)
