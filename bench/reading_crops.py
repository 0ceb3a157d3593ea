"""Forms at crop level: every figure photographed alone through a whole page's optics, then read and judged."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.second_renderer import capture, forms, glyphs, hand, ink, photograph
from bench.second_renderer.forms import Form, How
from bench.second_renderer.photograph import Patch
from sirekap.paper import templates
from sirekap.paper.layout import FieldPlace, Layout
from sirekap.reading import bubbles, crops, digits, plane, reader
from sirekap.reading.observing import FINE_ENOUGH
from sirekap.reading.result import OTHER, FieldEvidence, PageEvidence, Reading, Verdict
from sirekap.reading.verdict import RESULT, part_of

DESIGNS = (("kwk-bupati-3", 0.45), ("kwk-gubernur-4", 0.4), ("kwk-bupati-2", 0.1), ("kwk-bupati-5", 0.05))
"""Sheets and how often each is drawn."""
JITTER, FIELD_JITTER, STRETCH = 0.06, 0.06, 0.003
"""How registration errs, standard deviations: mm for a whole page, mm for one figure, share of size. Box centres then
lie within 0.2 mm in 95 of 100."""


@dataclass(frozen=True, slots=True)
class Task:
    """One form to make and read. ``boxes``: ``form`` as people fill forms, ``other`` spoilt in every box."""

    seed: int
    number: int
    profile: str
    long_side: int
    source: str
    boxes: str = "form"
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement against what is written.

    ``accepted``: the result (votes, valid, invalid, total: seven figures with four pairs); ``wrong``: how many of
    these are stated with another figure than the written one. ``accepted_form`` and ``wrong_form``: the whole form,
    administration included (29 figures with four pairs). ``held_back``: of a form with a slip or a corrected box,
    whether the part that it is in was not accepted.
    """

    accepted: bool
    wrong: int
    accepted_form: bool
    wrong_form: int
    held_back: bool
    raw_right: int
    constrained_right: int
    fields: int
    proposals: int
    proposals_right: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task. ``symbols``: true class of every box; ``kinds``: how it was made; ``digits``:
    what the box says in the end, -1 for nothing; ``best``: class read;
    ``confidence``: its probability."""

    task: Task
    writer: str
    slip: str
    corrected: bool
    symbols: NDArray[np.int8]
    kinds: tuple[str, ...]
    digits: NDArray[np.int8]
    best: NDArray[np.int8]
    confidence: NDArray[np.float32]
    plain: Judged | None
    bubbled: Judged | None


@functools.cache
def source(name: str) -> glyphs.Source:
    """The hands of this process."""
    return glyphs.source(name)


def rng_of(task: Task, *more: int) -> np.random.Generator:
    """The random numbers of a task; ``more`` for other uses."""
    profile = sorted(capture.PROFILES).index(task.profile)
    return np.random.default_rng((task.seed, task.number, profile, task.long_side, len(task.source), *more))


def design(rng: np.random.Generator) -> Layout:
    """A sheet drawn by its share."""
    names, shares = zip(*DESIGNS, strict=True)
    return templates.get(str(rng.choice(names, p=shares)))


def spoilt(form: Form, rng: np.random.Generator) -> Form:
    """The same form with every box crossed out, overwritten, corrected or scribbled over."""
    hows = list(How)[1:]
    fields = {
        name: replace(
            filled,
            boxes=tuple(
                forms.Box(OTHER, int(rng.integers(10)), hows[int(rng.integers(len(hows)))]) for _ in filled.boxes
            ),
        )
        for name, filled in form.fields.items()
    }
    return replace(form, fields=fields)


def run(task: Task) -> Outcome:
    """Make the form, read it, judge it."""
    rng = rng_of(task)
    layout = design(rng)
    writer = source(task.source).writer(int(rng.integers(len(source(task.source)))))
    form = forms.fill(layout.columns, rng)
    if task.boxes == "other":
        form = spoilt(form, rng)
    evidence = [
        _page(layout, number, form, hand.draw(writer, rng_of(task, 1)), task, rng)
        for number in range(len(layout.pages))
    ]
    found = {name: field for page in evidence for name, field in page.fields.items()}
    logs = np.concatenate([found[name].digits for name in found])
    boxes = [box for name in found for box in form.fields[name].boxes]
    bare = [replace(page, fields={n: replace(f, bubbles=None) for n, f in page.fields.items()}) for page in evidence]
    return Outcome(
        task,
        writer.name,
        form.slip,
        bool(form.corrected),
        np.array([box.symbol for box in boxes], np.int8),
        tuple(box.how.value for box in boxes),
        np.array([-1 if box.digit is None else box.digit for box in boxes], np.int8),
        logs.argmax(axis=1).astype(np.int8),
        np.exp(logs.max(axis=1)).astype(np.float32),
        score(reader.judge(bare), form) if task.judged else None,
        score(reader.judge(evidence), form) if task.judged else None,
    )


def score(reading: Reading, form: Form) -> Judged:
    """A reading held against what is written on the form."""
    wrong = wrong_form = raw = constrained = proposals = proposals_right = fields = 0
    for name, filled in form.fields.items():
        if name not in reading.fields:
            continue
        fields += 1
        got, written = reading.fields[name], filled.written
        channel = got.channels.get("digits")
        raw += channel is not None and channel.value == written
        wrong_form += got.value != written
        wrong += got.value != written and part_of(name) == RESULT
        best = got.proposal if got.proposal is not None else got.value
        constrained += (best or 0) == (written or 0) and (best is not None or written is None)
        if got.proposal is not None and got.value is None and written is not None:
            proposals += 1
            proposals_right += got.proposal == written
    accepted = reading.parts.get(RESULT) is Verdict.ACCEPT
    at = form.slip_field or form.corrected
    held = reading.parts.get(part_of(at) if at else RESULT) is not Verdict.ACCEPT
    whole = reading.verdict is Verdict.ACCEPT
    return Judged(accepted, wrong, whole, wrong_form, held, raw, constrained, fields, proposals, proposals_right)


def _page(layout: Layout, at: int, form: Form, writer: hand.Hand, task: Task, rng: np.random.Generator) -> PageEvidence:
    page = layout.pages[at]
    stock = ink.stock(rng_of(task, 2))
    shot = capture.draw(task.profile, page.width, page.height, rng).scaled(task.long_side)
    offset = rng.normal(0, JITTER, 2)
    fields: dict[str, FieldEvidence] = {}
    for patch in photograph.patches(layout.name, page, form, writer, stock, shot, rng, bubbles=task.judged):
        picture, homography = as_read(patch)
        for place in patch.places:
            fields[place.field] = _evidence(place, picture, homography, offset, task.judged, rng)
    return PageEvidence(layout.name, page.page, None, True, (), fields)


def as_read(patch: Patch) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Pixels and homography as the reader would have them: half the size where that is fine enough."""
    middles = [box.centre for place in patch.places for box in place.digits]
    if plane.scale_at(patch.homography, middles).min() / 2 >= FINE_ENOUGH:
        return patch.grey(2), plane.scaled(patch.homography, 0.5)
    return patch.grey(), patch.homography


def _evidence(
    place: FieldPlace,
    picture: NDArray[np.uint8],
    homography: NDArray[np.float64],
    offset: NDArray[np.float64],
    judged: bool,
    rng: np.random.Generator,
) -> FieldEvidence:
    """One figure read where a registration with its usual error would look."""
    moved = offset + rng.normal(0, FIELD_JITTER, 2)
    grown = rng.normal(1, STRETCH, 2)
    x, y = place.digits[0].centre
    shift = np.array(
        [[grown[0], 0, moved[0] + x * (1 - grown[0])], [0, grown[1], moved[1] + y * (1 - grown[1])], [0, 0, 1]]
    )
    at = homography @ shift
    logs = digits.log_probabilities(crops.cut(picture, at, place.digits))
    dark = bubbles.darkness(picture, at, place.bubbles) if judged and place.bubbles else None
    return FieldEvidence(logs, dark)
