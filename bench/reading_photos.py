"""Whole photographs through the whole reader: every page of a form, single hard pages, and sheets that lie."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from bench import reading_crops
from bench.reading_crops import Judged, Task, rng_of, score
from bench.second_renderer import capture, forms, hand, ink, photograph, prints
from bench.second_renderer.bend import Scene
from bench.second_renderer.capture import Capture
from bench.second_renderer.photograph import DENSITY
from sirekap.paper import templates
from sirekap.paper.layout import Layout, PageLayout, Rect
from sirekap.reading import reader
from sirekap.reading.observing import observe
from sirekap.reading.result import PageEvidence

Bytes = NDArray[np.uint8]
LARGE, SENT = capture.LONG, 2560
"""Long side in pixels of a 12-MP picture, and of what the phone sends."""
OFF = 2.0
"""mm between a box and where the reader looked from which a page counts as misregistered."""
LIES = ("other tags", "shifted by a box", "shifted", "stretched", "folded", "corner folded over", "two sheets")


@dataclass(frozen=True, slots=True)
class Seen:
    """One photograph read. ``off``: mm from each figure's boxes to where the reader looked."""

    long_side: int
    named: bool
    registered: bool
    off: tuple[float, ...]
    cpu_ms: float
    decode_ms: float
    decode_colour_ms: float

    @property
    def sound(self) -> bool:
        """Registered, as the right page, every box found within a millimetre."""
        return self.named and self.registered and bool(self.off) and max(self.off) <= 1.0


@dataclass(frozen=True, slots=True)
class FormSeen:
    """All photographs of one form at one size, and the judgement on them together."""

    pages: tuple[Seen, ...]
    judged: Judged
    cpu_judge_ms: float


@dataclass(frozen=True, slots=True)
class Lied:
    """A sheet that lies, photographed. ``claimed``: figures were read although their boxes are elsewhere. ``wrong``:
    figures, of the part that was accepted, stated otherwise than written."""

    kind: str
    registered: bool
    claimed: bool
    accepted: bool
    wrong: int


def whole_form(task: Task) -> tuple[FormSeen, ...]:
    """A true form photographed page by page, read at 12 MP and as sent."""
    rng = rng_of(task, 3)
    layout, form, writer, stock = _filled(task, rng)
    sizes = (LARGE, SENT)
    evidence: dict[int, list[PageEvidence]] = {size: [] for size in sizes}
    seen: dict[int, list[Seen]] = {size: [] for size in sizes}
    for page in layout.pages:
        region = photograph.write_page(layout.name, page, form, writer, stock, rng)
        shot = capture.draw(task.profile, page.width, page.height, rng)
        for size, data in zip(sizes, photograph.photograph(region.pixels, shot, rng, *sizes), strict=True):
            found, one = look(data, shot, layout, page, size)
            evidence[size].append(found)
            seen[size].append(one)
    out = []
    for size in sizes:
        began = time.process_time()
        reading = reader.judge(evidence[size])
        spent = (time.process_time() - began) * 1000
        out.append(FormSeen(tuple(seen[size]), score(reading, form), spent))
    return tuple(out)


def one_page(task: Task) -> tuple[Seen, ...]:
    """One page in hard conditions, at 12 MP and as sent: is it registered, and truly?"""
    rng = rng_of(task, 4)
    layout, form, writer, stock = _filled(task, rng)
    page = layout.pages[int(rng.integers(len(layout.pages)))]
    region = photograph.write_page(layout.name, page, form, writer, stock, rng)
    shot = capture.draw(task.profile, page.width, page.height, rng)
    pictures = photograph.photograph(region.pixels, shot, rng, LARGE, SENT)
    return tuple(look(data, shot, layout, page, size)[1] for size, data in zip((LARGE, SENT), pictures, strict=True))


def lie(task: Task) -> Lied:
    """A form of which one page lies about where its boxes are; the other pages are sound."""
    rng = rng_of(task, 5)
    kind = LIES[task.number % len(LIES)]
    layout, form, writer, stock = _filled(task, rng)
    which = int(rng.integers(len(layout.pages)))
    evidence, registered, claimed = [], False, False
    for number, page in enumerate(layout.pages):
        pixels = photograph.write_page(layout.name, page, form, writer, stock, rng).pixels
        shot = capture.draw(task.profile, page.width, page.height, rng).scaled(SENT)
        moved = np.array([[1.0, 0, 0], [0, 1.0, 0]])
        if number == which:
            pixels, shot, moved = _lying(kind, pixels, shot, layout, page, rng)
        data = photograph.photograph(pixels, shot, rng)[0]
        found, one = look(data, shot, layout, page, SENT, moved)
        evidence.append(found)
        if number == which:
            registered = found.registered
            claimed = found.registered and (not one.named or any(off > OFF for off in one.off))
    judged = score(reader.judge(evidence), form)
    wrong = judged.wrong_form if judged.accepted_form else judged.wrong
    return Lied(kind, registered, claimed, judged.accepted or judged.accepted_form, wrong)


def look(
    data: bytes, shot: Capture, layout: Layout, page: PageLayout, size: int, moved: NDArray[np.float64] | None = None
) -> tuple[PageEvidence, Seen]:
    """One photograph observed, timed, and held against where its boxes really are."""
    buffer = np.frombuffer(data, np.uint8)
    began = time.process_time()
    cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE)
    grey = time.process_time()
    cv2.imdecode(buffer, cv2.IMREAD_COLOR)
    colour = time.process_time()
    found = observe(data)
    done = time.process_time()
    named = found.template == layout.name and found.page == page.page
    off = _off(found, Scene(shot.sheet, shot.camera), page, size / max(shot.camera.width, shot.camera.height), moved)
    return found, Seen(
        size,
        named,
        found.registered,
        off if named else (),
        (done - colour) * 1000,
        (grey - began) * 1000,
        (colour - grey) * 1000,
    )


def _off(
    found: PageEvidence, scene: Scene, page: PageLayout, factor: float, moved: NDArray[np.float64] | None
) -> tuple[float, ...]:
    """mm between the middle of each figure's boxes in the picture and where the reader says it is."""
    out = []
    scale = scene.scale() * factor
    for name, evidence in found.fields.items():
        if name not in {place.field for place in page.fields}:
            return ()
        boxes = page.place(name).digits
        corners = np.array([[b.x, b.y] for b in boxes] + [[b.right, b.bottom] for b in boxes] + _other_corners(boxes))
        if moved is not None:
            corners = corners @ moved[:, :2].T + moved[:, 2]
        seen = (scene.project(corners) + 0.5) * factor
        middle = (seen.min(axis=0) + seen.max(axis=0)) / 2
        x, y, w, h = evidence.box
        out.append(float(np.hypot(*(middle - [x + w / 2, y + h / 2]))) / scale)
    return tuple(out)


def _other_corners(boxes: Sequence[Rect]) -> list[list[float]]:
    return [[b.right, b.y] for b in boxes] + [[b.x, b.bottom] for b in boxes]


def _filled(task: Task, rng: np.random.Generator) -> tuple[Layout, forms.Form, hand.Hand, ink.Stock]:
    layout = reading_crops.design(rng)
    hands = reading_crops.source(task.source)
    writer = hand.draw(hands.writer(int(rng.integers(len(hands)))), rng)
    return layout, forms.fill(layout.columns, rng, slips=False), writer, ink.stock(rng)


def _lying(
    kind: str, pixels: Bytes, shot: Capture, layout: Layout, page: PageLayout, rng: np.random.Generator
) -> tuple[Bytes, Capture, NDArray[np.float64]]:
    """The sheet made to lie, and where its figures went: (2, 3), mm to mm."""
    moved = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    if kind == "other tags":
        other = templates.get("kwk-gubernur-4" if layout.name != "kwk-gubernur-4" else "kwk-gubernur-3")
        return _tagged(pixels, other.name, other.page(min(page.page, len(other.pages)))), shot, moved
    if kind in ("shifted", "shifted by a box", "stretched"):
        moved = _misprint(kind, rng)
        size = (pixels.shape[1], pixels.shape[0])
        in_pixels = moved.copy()
        in_pixels[:, 2] *= DENSITY
        away = cv2.warpAffine(pixels, in_pixels, size, borderMode=cv2.BORDER_REPLICATE)
        return _tagged(away, layout.name, page), shot, moved
    if kind == "folded":
        sheet = replace(
            shot.sheet, fold=float(rng.uniform(15, 50) * rng.choice([-1, 1])), fold_at=float(rng.uniform(-70, 70))
        )
        return pixels, replace(shot, sheet=sheet), moved
    if kind == "corner folded over":
        return _folded_corner(pixels, rng), shot, moved
    lower = np.roll(pixels, int(rng.uniform(15, 60) * DENSITY), axis=0)
    edge = int(rng.uniform(0.35, 0.65) * pixels.shape[0])
    return _tagged(np.concatenate((pixels[:edge], lower[edge:])), layout.name, page), shot, moved


def _misprint(kind: str, rng: np.random.Generator) -> NDArray[np.float64]:
    if kind == "stretched":
        factor = rng.choice([-1, 1], 2) * rng.uniform(0.03, 0.07, 2) + 1
        return np.array([[factor[0], 0, 105 * (1 - factor[0])], [0, factor[1], 148 * (1 - factor[1])]])
    if kind == "shifted by a box":
        return np.array([[1.0, 0, float(rng.choice([-9, 9]))], [0, 1.0, float(rng.choice([0.0, 12.4]))]])
    return np.array([[1.0, 0, float(rng.uniform(-8, 8))], [0, 1.0, float(rng.choice([-1, 1]) * rng.uniform(3, 10))]])


def _tagged(pixels: Bytes, design: str, page: PageLayout) -> Bytes:
    """The sheet with the tags and QR of a page of some design at their places."""
    out = pixels.copy()
    clean = prints.grey(design, page.page, DENSITY)
    paper = np.percentile(pixels.reshape(-1, 3)[::997], 80, axis=0)
    for rect in [tag.rect.grown(0.16) for tag in page.tags] + ([page.qr.grown(0.06)] if page.qr else []):
        rows = slice(int(rect.y * DENSITY), int(rect.bottom * DENSITY))
        columns = slice(int(rect.x * DENSITY), int(rect.right * DENSITY))
        out[rows, columns] = (clean[rows, columns, None] / 255 * (paper - 12) + 12).astype(np.uint8)
    return out


def _folded_corner(pixels: Bytes, rng: np.random.Generator) -> Bytes:
    """A corner turned over: its back hides what lay beside it."""
    out = pixels.copy()
    height, width = out.shape[:2]
    a, b = rng.uniform(0.25, 0.5) * width, rng.uniform(0.2, 0.4) * height
    corner = np.array([[width, height], [width - a, height], [width, height - b]])
    normal = np.array([b, a]) / np.hypot(a, b)
    depth = (corner[0] - corner[1]) @ normal
    tip = corner[0] - 2 * depth * normal
    back = np.percentile(pixels.reshape(-1, 3)[::997], 60, axis=0) * 0.96
    cv2.fillPoly(out, [corner.astype(np.int32)], (25, 30, 35))
    cv2.fillPoly(out, [np.array([corner[1], corner[2], tip]).astype(np.int32)], tuple(float(v) for v in back))
    return out
