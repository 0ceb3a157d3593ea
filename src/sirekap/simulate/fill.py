"""Figures in, the printed page with a person's handwriting on it out, and the truth of what stands there.

What is written is decided first, from the seed alone (`write`); pages are then drawn one by one (`page`), in any order
and in any process.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import resources
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sirekap.election.chasil import BY_ID, Figures
from sirekap.paper.layout import FieldPlace, Layout, Rect
from sirekap.simulate import marks
from sirekap.simulate.hand import Writer, writer
from sirekap.simulate.ink import Bytes, Ink

LABEL = "SIMULASI"
NOTICE = "SIMULASI - BUKAN FORMULIR ASLI"
FOOT = Rect(45.0, 290.6, 120.0, 5.2)
RED = (52, 44, 196)
MAY_STAY_BLANK = ("voted_dpph", "voted_dptb", "ballots_spoiled", "disabled")
"""Rows whose zero some people leave unwritten."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one form says, and what its writer meant.

    ``boxes``: the characters in the digit boxes of each field (digits, ``X``, ``-``, space). ``written``: the figure
    the boxes say, None where they stay blank. ``slips``: fields where that is not what was meant, with the kind:
    ``digit`` (only the boxes are wrong), ``sum`` (boxes and words are). ``corrected``: field -> (box, kind, first
    digit).
    """

    template: str
    seed: int
    writer: int
    source: str
    meant: Figures
    written: Figures
    boxes: Mapping[str, str]
    slips: Mapping[str, str] = field(default_factory=dict)
    corrected: Mapping[str, tuple[int, str, str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON, marked as simulated."""
        return {"simulated": True} | asdict(self)


def write(layout: Layout, figures: Figures, seed: int, slips: float = 0.05) -> Written:
    """What the writer of form ``seed`` puts down for ``figures``; with chance ``slips`` the form holds a human slip."""
    hand = writer(seed)
    rng = np.random.default_rng((12, seed))
    places = [place for page in layout.pages for place in page.fields]
    known = {place.field: figures.get(place.field) for place in places}
    slipped = _slip(rng, known) if rng.random() < slips else {}
    said = known | {name: value for name, (value, _) in slipped.items()}
    boxes: dict[str, str] = {}
    corrected: dict[str, tuple[int, str, str]] = {}
    for place in places:
        lax = BY_ID[place.field].stem in MAY_STAY_BLANK if place.field in BY_ID else False
        text = hand.text(rng, said[place.field], len(place.digits), lax)
        boxes[place.field] = text
        if rng.random() < hand.corrects and text.strip():
            corrected[place.field] = _correction(rng, text)
    written = {name: None if not text.strip() else said[name] for name, text in boxes.items()}
    kinds = {name: kind for name, (_, kind) in slipped.items()}
    return Written(layout.name, seed, hand.number, hand.source.value, known, written, boxes, kinds, corrected)


def page(printed: Bytes, layout: Layout, number: int, form: Written) -> Bytes:
    """Page ``number`` filled in. ``printed``: the blank page, grey (h, w) at any resolution; out: (h, w, 3) BGR."""
    sheet = layout.page(number)
    scale = printed.shape[1] / sheet.width
    ink = Ink(sheet.width, printed.shape[0] / scale, scale)
    hand = writer(form.seed)
    rng = np.random.default_rng((13, form.seed, number))
    for place in sheet.fields:
        _figure(ink, rng, hand, place, form)
    out = ink.over(printed, hand.colour, form.seed)
    out = _signed(out, scale, form.seed, number, len(layout.pages), layout.columns)
    return stamped(out, scale, number)


def _figure(ink: Ink, rng: np.random.Generator, hand: Writer, place: FieldPlace, form: Written) -> None:
    text = form.boxes[place.field]
    correction = form.corrected.get(place.field)
    for number, (what, box) in enumerate(zip(text, place.digits, strict=True)):
        if correction is not None and correction[0] == number:
            draw = marks.overwritten if correction[1] == "overwritten" else marks.struck_out
            draw(ink, rng, hand, box, correction[2], what)
        else:
            hand.mark(ink, rng, what, box)
    if form.written[place.field] is None:
        return
    kind = form.slips.get(place.field)
    spoken = form.meant[place.field] if kind == "digit" else form.written[place.field]
    if place.bubbles:
        marks.bubbles(ink, rng, hand, place, text)
    if spoken is None:
        return
    if place.words is not None:
        marks.words(ink, rng, hand, place.words, spoken)
    if place.tally:
        marks.tally(ink, rng, hand, place, form.meant[place.field] or 0)


def _correction(rng: np.random.Generator, text: str) -> tuple[int, str, str]:
    digits = [n for n, what in enumerate(text) if what.isdigit()]
    number = int(rng.choice(digits))
    kind = "overwritten" if rng.random() < 0.55 else "struck_out"
    return number, kind, marks.wrong_digit(rng, text[number])


def _slip(rng: np.random.Generator, figures: Figures) -> dict[str, tuple[int, str]]:
    """One field that comes out wrong: a digit misplaced or changed, or a sum badly added."""
    sums = [n for n in figures if n in ("valid", "total", "voted_total_j", "ballots_used") and figures[n]]
    anything = [n for n, value in figures.items() if value is not None and value >= 10]
    if sums and (rng.random() < 0.5 or not anything):
        name = str(rng.choice(sums))
        value = int(figures[name] or 0)
        shift = int(rng.choice([1, 2, 9, 10, 90, 100])) * (1 if rng.random() < 0.5 else -1)
        return {name: (value + shift if 0 <= value + shift <= 999 else value - shift, "sum")}
    if not anything:
        return {}
    name = str(rng.choice(anything))
    digits = list(str(figures[name]))
    place = int(rng.integers(len(digits) - 1))
    if digits[place] != digits[place + 1] and digits[place + 1] != "0" and rng.random() < 0.5:
        digits[place], digits[place + 1] = digits[place + 1], digits[place]
    else:
        digits[-1] = marks.wrong_digit(rng, digits[-1])
    return {name: (int("".join(digits)), "digit")}


def _signed(page: Bytes, scale: float, seed: int, number: int, pages: int, columns: int) -> Bytes:
    """Signatures of seven officers and of the pairs' witnesses: the same people on every page, with their own pens."""
    from sirekap.simulate.signing import cells

    for who, cell in enumerate(cells(columns)):
        rng = np.random.default_rng((14, seed, who))
        if rng.random() < 0.06:
            continue
        local = Rect(0, 0, cell.w, cell.h)
        ink = Ink(cell.w, cell.h, scale)
        marks.signature(ink, rng, local.grown(-0.05), float(rng.uniform(0.3, 0.5)), float(rng.uniform(0.75, 1.0)))
        x, y = round(cell.x * scale), round(cell.y * scale)
        height, width = ink.layer.shape
        part = page[y : y + height, x : x + width]
        colour = (128, 48, 26) if rng.random() < 0.6 else (40, 34, 32)
        share = (ink.layer.astype(np.float32) / 255)[..., None]
        part[:] = (part * (1 - share * (1 - np.array(colour, np.float32) / 255))).astype(np.uint8)
    return page


def stamped(page: Bytes, scale: float, number: int) -> Bytes:
    """The page with the word SIMULASI stamped beside the province and a notice at its foot, in red."""
    from sirekap.simulate.signing import stamp_place

    for text, at, angle, strength in ((LABEL, stamp_place(number), 1.5, 0.8), (NOTICE, FOOT, 0.0, 0.95)):
        mask = _lettering(text, round(at.w * scale), round(at.h * scale), angle, angle != 0.0)
        x, y = round(at.x * scale), round(at.y * scale)
        part = page[y : y + mask.shape[0], x : x + mask.shape[1]]
        share = (mask[: part.shape[0], : part.shape[1]] * np.float32(strength))[..., None]
        part[:] = (part * (1 - share * (1 - np.array(RED, np.float32) / 255))).astype(np.uint8)
    return page


@functools.lru_cache(maxsize=16)
def _lettering(text: str, width: int, height: int, angle: float, framed: bool) -> NDArray[Any]:
    """Words as a mask (height, width) of 0..1, a frame around them if asked."""
    with resources.files("sirekap.paper").joinpath("fonts", "NotoSans-Bold.ttf").open("rb") as file:
        font = ImageFont.truetype(io.BytesIO(file.read()), round(height * 0.66))
    tile = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(tile)
    draw.text((width / 2, height / 2), text, font=font, fill=255, anchor="mm")
    if framed:
        inset = height * 0.12
        draw.rounded_rectangle(
            (inset, inset, width - inset, height - inset), radius=inset, outline=255, width=max(1, height // 22)
        )
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.94)
    mask = cv2.warpAffine(np.asarray(tile), turned, (width, height), flags=cv2.INTER_LINEAR)
    return mask.astype(np.float32) / 255


def pages_of(layout: Layout) -> Sequence[int]:
    """Page numbers of a form."""
    return [sheet.page for sheet in layout.pages]
