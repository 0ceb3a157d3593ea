"""Plausible evidence from true figures without a pixel: a confusing net, bubbles with spill, words now and then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sirekap.reading.result import BLANK, DASH, OTHER, STRUCK, FieldEvidence, PageEvidence

Figures = dict[str, int]


@dataclass(frozen=True)
class Photo:
    """How well boxes are read. ``miss``: digits whose likeliest class is wrong; ``unsure``: digits read with doubt."""

    miss: float = 0.012
    unsure: float = 0.04
    other: float = 0.0
    bubbles: bool = False
    words: bool = False


def true_figures(rng: np.random.Generator, columns: int = 4, roll: int | None = None) -> Figures:
    """A station whose paper holds every identity and bound."""
    out: Figures = {}
    men = int(rng.integers(60, 300)) if roll is None else roll // 2
    women = int(rng.integers(60, 300)) if roll is None else roll - men
    out |= _row("roll_dpt", men, women)
    turnout = rng.uniform(0.3, 0.95)
    a, b = int(men * turnout), int(women * min(1.0, turnout * 1.05))
    small = rng.integers(0, 6, 4)
    out |= _row("voted_dpt", a, b) | _row("voted_dpph", *small[:2]) | _row("voted_dptb", *small[2:])
    out |= _row("voted_total", int(a + small[0] + small[2]), int(b + small[1] + small[3]))
    total = out["voted_total_j"]
    spoiled = int(rng.integers(0, 4)) if rng.random() < 0.3 else 0
    received = max(int((men + women) * 1.025) + 1, total + spoiled)
    out |= {
        "ballots_received": received,
        "ballots_used": total,
        "ballots_spoiled": spoiled,
        "ballots_unused": received - total - spoiled,
    }
    some = rng.integers(0, 4, 2)
    out |= _row("disabled", min(int(some[0]), out["voted_total_l"]), min(int(some[1]), out["voted_total_p"]))
    invalid = int(rng.binomial(total, 0.04))
    shares = rng.dirichlet(np.full(columns, 2.0))
    votes = rng.multinomial(total - invalid, shares)
    out |= {f"votes_{n}": int(v) for n, v in enumerate(votes, 1)}
    out |= {"valid": total - invalid, "invalid": invalid, "total": total}
    return out


def _row(stem: str, men: int, women: int) -> Figures:
    return {f"{stem}_l": int(men), f"{stem}_p": int(women), f"{stem}_j": int(men) + int(women)}


def spelling(rng: np.random.Generator, figure: int, lead: int) -> list[int]:
    """Classes of the three boxes. ``lead``: class of unused leading boxes."""
    classes = [int(c) for c in f"{figure:03d}"]
    for place in range(2):
        if classes[place] != 0:
            break
        classes[place] = lead
    if figure == 0 and lead == BLANK and rng.random() < 0.5:
        classes[2] = BLANK
    return classes


def boxes(rng: np.random.Generator, classes: list[int], photo: Photo) -> np.ndarray:
    """Log-probabilities (boxes, 14) as a net of that quality gives them."""
    logits = rng.normal(0.0, 1.3, (len(classes), 14))
    for box, true in enumerate(classes):
        shown = OTHER if rng.random() < photo.other else true
        if shown < 10 and rng.random() < photo.miss:
            wrong = int(rng.choice([c for c in range(10) if c != shown]))
            gap = rng.exponential(1.5)
            logits[box, wrong] += 7.0
            logits[box, shown] = logits[box, wrong] - gap
        elif shown < 10 and rng.random() < photo.unsure:
            rival = int(rng.choice([c for c in range(10) if c != shown]))
            logits[box, shown] += 7.0
            logits[box, rival] = logits[box, shown] - rng.exponential(2.0)
        else:
            logits[box, shown] += 12.0
    return (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))).astype(np.float32)


def bubbles(rng: np.random.Generator, figure: int) -> np.ndarray:
    """Darkness (3, 10): unused leading columns empty, fills from light to full, spill beside some of them."""
    out = np.abs(rng.normal(0.0, 0.03, (3, 10)))
    for box, digit in enumerate(f"{figure:3d}"):
        if digit != " ":
            fill = rng.uniform(0.3, 0.95)
            out[box, int(digit)] = fill
            if rng.random() < 0.1:
                out[box, (int(digit) + 1) % 10] += 0.25 * fill
    return np.clip(out, 0.0, 1.0).astype(np.float32)


VOTE_LIKE = ("votes_", "valid", "invalid", "total")


def evidence(
    rng: np.random.Generator, written: Mapping[str, int], photo: Photo, filled: Mapping[str, int] | None = None
) -> dict[str, FieldEvidence]:
    """Evidence of a form that reads ``written``; ``filled``: figures in the circles where they differ."""
    lead = int(rng.choice([0, BLANK, STRUCK, DASH]))
    out = {}
    for name, figure in written.items():
        has_bubbles = photo.bubbles and name.startswith(VOTE_LIKE)
        dark = bubbles(rng, (filled or written).get(name, figure)) if has_bubbles else None
        words = {figure: 0.9} if photo.words and name.startswith(VOTE_LIKE) and rng.random() < 0.8 else None
        out[name] = FieldEvidence(boxes(rng, spelling(rng, figure, lead), photo), dark, words)
    return out


def page(fields: Mapping[str, FieldEvidence], number: int = 1, template: str | None = None) -> PageEvidence:
    """One registered page that holds ``fields``."""
    return PageEvidence(template, number, None, True, (), fields)
