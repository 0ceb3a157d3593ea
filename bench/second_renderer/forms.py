"""What stands on one form: figures that add up, human slips, and how the writer spells each figure box by box."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from sirekap.election import chasil
from sirekap.reading.result import BLANK, DASH, OTHER, STRUCK

Rng = np.random.Generator
SLIP_SHARE, BUBBLE_SLIP_SHARE, TALLY_SLIP_SHARE, CORRECTED_SHARE = 0.05, 0.01, 0.01, 0.05
"""Of all forms: a digit field differs from what was meant; one bubble does; one tally does; one box was corrected."""


class Lead(StrEnum):
    """What a writer puts into digit boxes the figure does not need."""

    CROSS = "X"
    DASH = "dash"
    ZERO = "zero"
    BLANK = "blank"


class How(StrEnum):
    """How a box came to hold its ink."""

    PLAIN = "plain"
    CROSSED = "crossed out"
    OVERWRITTEN = "overwritten"
    CORRECTED = "corrected"
    SCRIBBLED = "scribbled"


@dataclass(frozen=True, slots=True)
class Box:
    """One digit box. ``symbol``: index in `reading.result.CLASSES`. ``digit``: the figure's digit there, if any."""

    symbol: int
    digit: int | None = None
    how: How = How.PLAIN


@dataclass(frozen=True, slots=True)
class Filled:
    """One figure. ``meant`` by the count, ``written`` in the boxes (None: all blank); ``bubbles``: the circle filled in
    each column, None for none; ``tally``: strokes drawn."""

    meant: int
    written: int | None
    boxes: tuple[Box, ...]
    bubbles: tuple[int | None, ...] = ()
    tally: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """Everything written on one form. ``slip``: ``digit``, ``bubble``, ``tally`` or empty."""

    columns: int
    fields: Mapping[str, Filled]
    slip: str = ""
    slip_field: str = ""
    corrected: str = ""

    @property
    def written(self) -> dict[str, int | None]:
        """Field id -> what the boxes say."""
        return {name: filled.written for name, filled in self.fields.items()}

    @property
    def true(self) -> bool:
        """Whether all that is written in digits and bubbles is what was meant."""
        return self.slip in ("", "tally")


def fill(columns: int, rng: Rng, *, slips: bool = True, optional: bool = False) -> Form:
    """A form with ``columns`` vote columns, filled by one person; ``slips=False`` leaves out slips and corrections."""
    meant = figures(columns, rng)
    names = chasil.field_ids(columns, optional=optional)
    lead, fills_lead = _habits(rng)
    kind, at = _slip(columns, names, meant, rng) if slips else ("", "")
    fields = {}
    for name in names:
        said = _slipped(meant[name], rng) if (kind, name) == ("digit", at) else meant[name]
        boxes, written = spell(said, lead if rng.random() > 0.04 else rng.choice(list(Lead)), rng)
        filled = Filled(meant[name], written, boxes, _bubbles(boxes, fills_lead), said)
        if (kind, name) == ("bubble", at):
            filled = replace(filled, bubbles=_bubbles_of(_slipped(said, rng)))
        if (kind, name) == ("tally", at):
            filled = replace(filled, tally=max(said + int(rng.choice([-5, -1, 1, 5])), 0))
        fields[name] = filled
    corrected = ""
    if slips and rng.random() < CORRECTED_SHARE:
        corrected = str(rng.choice(names))
        fields[corrected] = _corrected(fields[corrected], rng)
    return Form(columns, fields, kind, at, corrected)


def figures(columns: int, rng: Rng) -> dict[str, int]:
    """Figures of one station that satisfy every identity of the form; rare ones (tiny or full stations) included."""
    roll = int(np.clip(rng.normal(480, 90), 20, 600)) if rng.random() > 0.04 else int(rng.integers(5, 120))
    out: dict[str, int] = {}
    _row(out, "roll_dpt", roll, rng)
    _row(out, "roll_dpph", int(rng.poisson(2)), rng)
    _row(out, "roll_dptb", int(rng.poisson(1.5)), rng)
    _total(out, "roll_total", ("roll_dpt", "roll_dpph", "roll_dptb"))
    turnout = float(np.clip(rng.beta(14, 7), 0.05, 0.99))
    for column in ("l", "p"):
        out[f"voted_dpt_{column}"] = int(rng.binomial(out[f"roll_dpt_{column}"], turnout))
    out["voted_dpt_j"] = out["voted_dpt_l"] + out["voted_dpt_p"]
    _row(out, "voted_dpph", int(rng.poisson(1.2)), rng)
    _row(out, "voted_dptb", int(rng.poisson(rng.choice([0.5, 4.0]))), rng)
    _total(out, "voted_total", ("voted_dpt", "voted_dpph", "voted_dptb"))
    total = out["voted_total_j"]
    spoiled = int(rng.poisson(0.4))
    received = max(out["roll_dpt_j"] + math.ceil(out["roll_dpt_j"] * 0.025), total + spoiled)
    out |= {"ballots_received": received, "ballots_used": total, "ballots_spoiled": spoiled}
    out["ballots_unused"] = received - total - spoiled
    _row(out, "disabled_registered", int(rng.poisson(2)), rng)
    _row(out, "disabled", int(min(rng.poisson(1.0), total)), rng)
    for column in ("l", "p"):
        out[f"disabled_{column}"] = min(out[f"disabled_{column}"], out[f"voted_total_{column}"])
    out["disabled_j"] = out["disabled_l"] + out["disabled_p"]
    out["invalid"] = int(rng.binomial(total, rng.beta(2, 45)))
    out["valid"], out["total"] = total - out["invalid"], total
    votes = rng.multinomial(out["valid"], rng.dirichlet([1.6] * columns))
    return out | {f"votes_{number}": int(count) for number, count in enumerate(votes, 1)}


def spell(value: int, lead: Lead, rng: Rng) -> tuple[tuple[Box, ...], int | None]:
    """Three boxes for a figure, and the figure they say: zero left all blank says nothing."""
    text = str(value)
    if lead is Lead.BLANK and value == 0 and rng.random() < 0.6:
        return (Box(BLANK),) * 3, None
    filler = {Lead.CROSS: Box(STRUCK), Lead.DASH: Box(DASH), Lead.ZERO: Box(0, 0), Lead.BLANK: Box(BLANK)}[lead]
    digits = tuple(Box(int(sign), int(sign)) for sign in text)
    return (filler,) * (3 - len(text)) + digits, value


def _habits(rng: Rng) -> tuple[Lead, bool]:
    lead = Lead(rng.choice(list(Lead), p=[0.34, 0.16, 0.3, 0.2]))
    return lead, bool(rng.random() < 0.6)


def _bubbles(boxes: Sequence[Box], fills_lead: bool) -> tuple[int | None, ...]:
    """The circles that go with the boxes; a box without a digit gets 0 or nothing, by the writer's habit."""
    if all(box.digit is None for box in boxes):
        return (0 if fills_lead else None,) * 3
    return tuple(box.digit if box.digit is not None else (0 if fills_lead else None) for box in boxes)


def _bubbles_of(value: int) -> tuple[int | None, ...]:
    return tuple(int(sign) for sign in f"{value:03d}")


def _slip(columns: int, names: Sequence[str], meant: Mapping[str, int], rng: Rng) -> tuple[str, str]:
    lot = rng.random()
    counted = [f"votes_{number}" for number in range(1, columns + 1)]
    if lot < SLIP_SHARE:
        return "digit", str(rng.choice(names))
    if lot < SLIP_SHARE + BUBBLE_SLIP_SHARE:
        return "bubble", str(rng.choice(counted))
    if lot < SLIP_SHARE + BUBBLE_SLIP_SHARE + TALLY_SLIP_SHARE:
        return "tally", str(rng.choice(counted))
    return "", ""


def _slipped(value: int, rng: Rng) -> int:
    """Another figure, as people miswrite or misadd: a digit, neighbours swapped, one off, ten or a hundred off."""
    digits = list(f"{value:03d}")
    for _ in range(40):
        kind = rng.integers(4)
        if kind == 0:
            at = int(rng.integers(3 - len(str(value)), 3))
            other = "".join(digits[:at]) + str(rng.integers(10)) + "".join(digits[at + 1 :])
        elif kind == 1:
            at = int(rng.integers(2))
            swapped = digits.copy()
            swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
            other = "".join(swapped)
        else:
            other = str(value + int(rng.choice([-1, 1]) * (1 if kind == 2 else rng.choice([1, 10, 100]))))
        if 0 <= int(other) <= 999 and int(other) != value:
            return int(other)
    return value + 1 if value < 999 else value - 1


def _corrected(filled: Filled, rng: Rng) -> Filled:
    """One box of the figure was corrected; what it says in the end is still the figure."""
    at = int(rng.integers(len(filled.boxes)))
    how = rng.choice([How.OVERWRITTEN, How.CORRECTED, How.CROSSED])
    box = filled.boxes[at]
    digit = box.digit if box.digit is not None else 0
    boxes = (*filled.boxes[:at], Box(OTHER, digit, How(how)), *filled.boxes[at + 1 :])
    return replace(filled, boxes=boxes)


def _row(out: dict[str, int], stem: str, total: int, rng: Rng) -> None:
    men = int(rng.binomial(total, 0.5))
    out |= {f"{stem}_l": men, f"{stem}_p": total - men, f"{stem}_j": total}


def _total(out: dict[str, int], stem: str, parts: Sequence[str]) -> None:
    for column in ("l", "p", "j"):
        out[f"{stem}_{column}"] = sum(out[f"{part}_{column}"] for part in parts)
