"""From a first homography to boxes whose printed borders were really found, or to nothing.

Refine: fields as wholes (wide search), then single lines, a homography, then a smooth bend for curled sheets, then a
shift per field. Prove: borders and rules must be where the template puts them, and must not be beside it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping as Map
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sirekap.paper.layout import PageLayout, Rect
from sirekap.reading import landmarks
from sirekap.reading.lines import FAINTEST, STEP, Found, Lines, Mapping, lines_of, look, peaks, powers, profiles, ridges
from sirekap.reading.plane import Floats, sane, scale_at

WIDE, NEAR = 3.0, 1.2
"""How far lines are looked for, mm: whole fields, then single lines."""
BENDS = 4
"""Most rounds of straightening a sheet that does not lie flat."""
PROVED_BOXES, PROVED_RULES, PROVED_MARKS, PROVED_FIELD = 0.88, 0.60, 0.60, 0.87
"""Least share, found at their place, of box edges, of rule pieces, of marks and tags, of one field's box edges."""
NEARLY_ALL = 0.85
"""Share of rule pieces found from which a first registration is not tried again."""
WITHIN = 0.4
"""mm from the expected place at which a line counts as found."""
BESIDE_AT, BESIDE_REACH = 1.0, 0.3
"""mm beside the expected place where nothing should be found, and how far around it is looked."""
BESIDE = 0.45
"""Most that may be found of the same lines when they are looked for beside their place, as a share of those found."""
BURNT = 246
"""Brightness at which nothing can be seen any more."""
MOST_BURNT = 0.3
"""Share of lines that may lie in burnt-out white, where they prove nothing either way; a field there is not proved."""
COARSEST = 3.0
"""Fewer pixels per mm than this are no basis for reading figures."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found of the printed lines.

    ``boxes``, ``rules``, ``marks`` (and tags): shares found at their place, lines burnt out by glare left aside;
    ``beside``: found beside it, relative to ``boxes``; ``residual``: 95th percentile of the offsets, mm; ``contrast``:
    median darkness of the rules as a share of the paper's brightness; ``paper``: median brightness around the lines,
    0..255; ``washed``: share of lines lost in burnt-out white.
    """

    boxes: float
    rules: float
    beside: float
    residual: float
    by_field: Map[str, float]
    marks: float = 1.0
    contrast: float = 1.0
    paper: float = 255.0
    washed: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the page is registered beyond doubt."""
        return (
            self.boxes >= PROVED_BOXES
            and self.rules >= PROVED_RULES
            and self.marks >= PROVED_MARKS
            and self.beside <= BESIDE
            and self.residual <= WITHIN
        )

    @property
    def score(self) -> float:
        """To compare templates: the share of all lines found, less what is also found beside them."""
        return (self.boxes + self.rules) / 2 - self.beside / 2


@dataclass(frozen=True, slots=True)
class Registration:
    """A page found in a photograph. ``homography``: mm -> px of the whole page; ``boxes``: one a digit box, per field.

    ``proved_fields``: the fields whose own borders were found.
    """

    page: PageLayout
    mapping: Mapping
    shifts: Map[str, tuple[float, float]]
    proof: Proof

    @property
    def homography(self) -> Floats:
        """mm -> px of the page as a whole."""
        return self.mapping.homography

    @property
    def proved(self) -> bool:
        """Whether the page's lines were found where the template puts them."""
        return self.proof.holds

    @property
    def complete(self) -> bool:
        """Whether it is proved in every field and nearly every line: nothing is left to look closer for."""
        fields = all(self.field_proved(place.field) for place in self.page.fields)
        return self.proved and fields and self.proof.rules >= NEARLY_ALL

    def field_proved(self, field: str) -> bool:
        """Whether this field's own boxes were found."""
        return self.proof.by_field.get(field, 0.0) >= PROVED_FIELD

    def at(self, field: str, rect: Rect) -> Floats:
        """The homography (3, 3) mm -> px that holds for ``rect`` of ``field``."""
        return self.mapping.local(rect.centre, self.shifts.get(field, (0.0, 0.0)))


@functools.lru_cache(maxsize=64)
def cached_lines(page: PageLayout) -> Lines:
    """`lines_of`, remembered: layouts are few and never change."""
    return lines_of(page)


def register(grey: NDArray[np.uint8], homography: Floats, page: PageLayout) -> Registration | None:
    """The page refined from a first ``homography`` (mm -> px, right to about 3 mm), with its proof; None if absurd."""
    lines = cached_lines(page)
    mapping = Mapping(homography, page)
    if not len(lines.ends) or not _usable(mapping):
        return None
    mapping = _by_fields(grey, mapping, lines)
    mapping = _homography_step(look(grey, mapping, lines, NEAR), mapping, lines)
    if not _usable(mapping):
        return None
    for _ in range(BENDS):
        found = look(grey, mapping, lines, NEAR)
        mapping, left = _bend_step(found, mapping, lines)
        if found.seen.mean() > 0.8 and np.percentile(np.abs(found.offset[found.seen]), 90) < 0.15:
            break
    shifts = _field_shifts(left, lines, page)
    return Registration(page, mapping, shifts, prove(grey, mapping, page, shifts))


def _usable(mapping: Mapping) -> bool:
    page = mapping.page
    if not sane(mapping.homography, page.width, page.height):
        return False
    corners = np.array([[0, 0], [page.width, 0], [page.width, page.height], [0, page.height]], np.float64)
    return bool(scale_at(mapping.homography, corners).min() > 0.5 * COARSEST)


def _by_fields(grey: NDArray[np.uint8], mapping: Mapping, lines: Lines) -> Mapping:
    """Move each field's boxes as one pattern within `WIDE`, then fit the homography to where most of them went."""
    response = np.clip(ridges(profiles(grey, mapping, lines, WIDE)), 0, 0.15)
    groups = _groups(mapping.page, lines)
    span = round(WIDE / STEP)
    middle = response.shape[1] // 2
    response = response[:, middle - span : middle + span + 1]
    offset = np.zeros(len(lines.ends))
    seen = np.zeros(len(lines.ends), bool)
    nearer = 1 - 0.3 * np.abs(np.arange(-span, span + 1)) / span
    # the edges of a box come as top, bottom, left, right
    side = np.arange(len(lines.ends)) % 4
    for number in range(groups.max() + 1):
        for pair in ((0, 1), (2, 3)):
            mine = [np.nonzero((groups == number) & (side == each))[0] for each in pair]
            both = np.minimum(*(response[each].mean(axis=0) for each in mine)) * nearer
            best = int(both.argmax())
            edges = np.concatenate(mine)
            offset[edges] = (best - span) * STEP
            seen[edges] = both[best] > 0.6 * FAINTEST
    found = Found(offset, np.full(len(offset), 0.1), seen)
    return _homography_step(found, mapping, lines, tolerance=1.0)


def _groups(page: PageLayout, lines: Lines) -> NDArray[np.intp]:
    """Per line the number of its field, or -1 for rules."""
    field_of_box = np.repeat(np.arange(len(page.fields)), [len(place.digits) for place in page.fields])
    return np.where(lines.box >= 0, field_of_box[np.maximum(lines.box, 0)], -1)


def _homography_step(found: Found, mapping: Mapping, lines: Lines, tolerance: float = 0.35) -> Mapping:
    """One robust step in the eight directions of a homography; normal offsets in mm are the residuals."""
    page = mapping.page
    x = 2 * lines.middles[:, 0] / page.width - 1
    y = 2 * lines.middles[:, 1] / page.height - 1
    zero, one = np.zeros_like(x), np.ones_like(x)
    move_x = np.column_stack([one, x, y, zero, zero, zero, x * x, x * y])
    move_y = np.column_stack([zero, zero, zero, one, x, y, x * y, y * y])
    design = lines.normals[:, :1] * move_x + lines.normals[:, 1:] * move_y
    theta = _robust(design[found.seen], found.offset[found.seen], tolerance, ridge=1e-3)
    a, b, c, d, e, f, g, h = theta
    unit = np.array([[2 / page.width, 0, -1], [0, 2 / page.height, -1], [0, 0, 1.0]])
    half_w, half_h = page.width / 2, page.height / 2
    step = np.array([[1 + b / half_w, c / half_w, a / half_w], [e / half_h, 1 + f / half_h, d / half_h], [0, 0, 1.0]])
    step[2] = [-g / half_w, -h / half_h, 1.0]
    return Mapping(mapping.homography @ np.linalg.inv(unit) @ step @ unit, page, mapping.bend)


def _bend_step(found: Found, mapping: Mapping, lines: Lines) -> tuple[Mapping, Found]:
    """A cubic displacement fitted to what the homography left over, and what it leaves over itself."""
    terms = powers(lines.middles, mapping.page)
    design = np.concatenate([lines.normals[:, :1] * terms, lines.normals[:, 1:] * terms], axis=1)
    theta = _robust(design[found.seen], found.offset[found.seen], 0.3, ridge=0.5)
    left = Found(found.offset - design @ theta, found.strength, found.seen)
    return Mapping(mapping.homography, mapping.page, mapping.bend + theta.reshape(2, 10)), left


def _robust(design: Floats, target: Floats, tolerance: float, ridge: float) -> Floats:
    """Least squares with Cauchy weights, the scale shrinking to ``tolerance``; zero where data are few."""
    count = design.shape[1]
    theta: Floats = np.zeros(count)
    if len(target) < 2 * count:
        return theta
    for scale in (3 * tolerance, 2 * tolerance, tolerance, tolerance):
        left = target - design @ theta
        weight = 1 / (1 + (left / scale) ** 2)
        normal = design.T @ (design * weight[:, None]) + ridge * np.eye(count)
        theta = np.asarray(np.linalg.solve(normal, design.T @ (target * weight)), np.float64)
    return theta


def _field_shifts(found: Found, lines: Lines, page: PageLayout) -> dict[str, tuple[float, float]]:
    """What is left for each field as a whole: the median over its edges, x and y, drawn towards zero when few."""
    groups = _groups(page, lines)
    out = {}
    for number, place in enumerate(page.fields):
        shift = []
        for axis in (0, 1):
            mine = (groups == number) & found.seen & (np.abs(lines.normals[:, axis]) > 0.5)
            count = int(mine.sum())
            middle = float(np.median(found.offset[mine] * lines.normals[mine, axis])) if count >= 3 else 0.0
            shift.append(middle * count / (count + 2))
        out[place.field] = (shift[0], shift[1])
    return out


def prove(
    grey: NDArray[np.uint8], mapping: Mapping, page: PageLayout, shifts: Map[str, tuple[float, float]] | None = None
) -> Proof:
    """What is found of the page's lines under ``mapping``, at their place and beside it. Refines nothing."""
    lines = cached_lines(page)
    groups = _groups(page, lines)
    moved = _shifted(lines, groups, page, shifts or {})
    values = profiles(grey, mapping, moved, BESIDE_AT + BESIDE_REACH)
    response = ridges(values)
    bright = np.percentile(values, 60, axis=1)
    here = _at_place(peaks(response, 2 * WITHIN))
    boxes = groups >= 0
    burnt = (bright >= BURNT) & ~here.seen
    counted = ~burnt if burnt.mean() <= MOST_BURNT else np.ones_like(burnt)
    share = _share(here.seen, boxes & counted, 0.0)
    rules = _share(here.seen, ~boxes & counted, share)
    beside = [peaks(response, BESIDE_REACH, centre).seen for centre in (-BESIDE_AT, BESIDE_AT)]
    by_field = {place.field: float(here.seen[groups == number].mean()) for number, place in enumerate(page.fields)}
    offsets = np.abs(here.offset[here.seen])
    residual = float(np.percentile(offsets, 95)) if len(offsets) else 99.0
    wrong = max(float(seen[boxes].mean()) for seen in beside) if boxes.any() else 0.0
    there = landmarks.seen(grey, mapping)
    dark = here.strength[~boxes & here.seen]
    return Proof(
        boxes=share,
        rules=rules,
        beside=min(1.0, wrong / max(share, 1e-6)),
        residual=residual,
        by_field=by_field,
        marks=float(there.mean()) if len(there) else 1.0,
        contrast=float(np.median(dark)) if len(dark) else 0.0,
        paper=float(np.median(bright)),
        washed=float(burnt.mean()),
    )


def _share(seen: NDArray[np.bool_], which: NDArray[np.bool_], otherwise: float) -> float:
    return float(seen[which].mean()) if which.any() else otherwise


def _at_place(found: Found) -> Found:
    return Found(found.offset, found.strength, found.seen & (np.abs(found.offset) <= WITHIN))


def _shifted(lines: Lines, groups: NDArray[np.intp], page: PageLayout, shifts: Map[str, tuple[float, float]]) -> Lines:
    by_group = np.array([*(shifts.get(place.field, (0.0, 0.0)) for place in page.fields), (0.0, 0.0)])
    return Lines(lines.ends + by_group[groups][:, None], lines.normals, lines.box, lines.boxes)
