"""From boxes to a number: every way of writing a figure of 0..999, and the ways of writing none.

A figure stands right-aligned in its boxes. Unused leading boxes hold X, a dash, nothing or 0, in any mixture; once a
digit is written only digits follow, so ``1 blank 2`` and a crossed-out box are unreadable, never a guess. All boxes
blank or all struck is no figure, though most likely a zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sirekap.reading.result import BLANK, CLASSES, DASH, STRUCK, Channel, FieldEvidence

Floats = NDArray[np.float64]

FIGURES = 1000
"""Figures a field can hold: 0..999."""
ALL_BLANK, ALL_STRUCK, UNREADABLE = FIGURES, FIGURES + 1, FIGURES + 2
"""Outcomes after the figures: nothing written; X or dashes only; something that is no figure."""
OUTCOMES = FIGURES + 3
BOXES = 3
"""Boxes that a figure of 0..999 needs; boxes further left must be unused."""

PLAIN = 0.95
"""Probability from which a field's digits alone count as plainly read."""
_SYMBOLS = "0123456789_X-?"
_NOT_FILLED = 10
_SEVERAL = 11


def softened(log_digits: ArrayLike, floor: float) -> Floats:
    """Class probabilities (boxes, 14) of calibrated log-probabilities, mixed with ``floor`` of a flat guess."""
    p = np.exp(np.asarray(log_digits, np.float64))
    p = np.nan_to_num(p, nan=0.0, posinf=0.0)
    p /= np.maximum(p.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray((1 - floor) * p + floor / len(CLASSES))


def outcomes(p: Floats) -> Floats:
    """What is written, as probabilities (1003,), from class probabilities ``p`` (boxes, 14) of independent boxes."""
    box, lead = _three(p)
    digit, unused = box[:, :10], box[:, BLANK] + box[:, STRUCK] + box[:, DASH]
    out = np.empty(OUTCOMES)
    pairs = np.multiply.outer(digit[1], digit[2])
    out[:FIGURES] = np.multiply.outer(digit[0], pairs).ravel()
    out[:100] += unused[0] * pairs.ravel()
    out[:10] += unused[0] * unused[1] * digit[2]
    out[ALL_BLANK] = box[:, BLANK].prod()
    out[ALL_STRUCK] = max(unused.prod() - out[ALL_BLANK], 0.0)
    out[:UNREADABLE] *= lead
    out[UNREADABLE] = max(1.0 - out[:UNREADABLE].sum(), 0.0)
    return out


def plain_figures(fields: Mapping[str, FieldEvidence]) -> dict[str, int]:
    """Field id -> figure, where the digits alone say it plainly; to compare two photographs, not to state anything."""
    found = {name: outcomes(softened(evidence.digits, 0.0)) for name, evidence in fields.items()}
    return {name: int(p.argmax()) for name, p in found.items() if p.max() >= PLAIN and p.argmax() < FIGURES}


def _three(p: Floats) -> tuple[Floats, float]:
    """The last three boxes, missing ones blank, and the probability that any box further left is unused."""
    if len(p) >= BOXES:
        further = p[:-BOXES]
        unused = further[:, BLANK] + further[:, STRUCK] + further[:, DASH] + further[:, 0]
        return p[-BOXES:], float(unused.prod())
    blank = np.zeros((BOXES - len(p), len(CLASSES)))
    blank[:, BLANK] = 1.0
    return np.vstack([blank, p]), 1.0


def written_text(p: Floats) -> str:
    """Box by box the likeliest class: a digit, ``X``, ``-``, ``_`` for blank, ``?`` for anything else."""
    return "".join(_SYMBOLS[k] for k in p.argmax(axis=1))


def digits_channel(p: Floats, written: Floats) -> Channel:
    """What the digit boxes say by themselves."""
    best = int(written.argmax())
    return Channel(best if best < FIGURES else None, float(written[best]), written_text(p))


def bubble_outcomes(log_bubbles: Floats) -> Floats | None:
    """How well the filled circles fit every outcome (1003,), or None when no circle is filled.

    ``log_bubbles``: (boxes, 12) log-likelihoods from `bubbles.bubble_log_likelihood`. A leading box that is not used
    has no circle filled or its 0; a last column without a circle is a slip beside a filled one, and says no zero. An
    unreadable figure fits as well as an average one.
    """
    if log_bubbles.argmax(axis=1).min() == _NOT_FILLED:
        return None
    fit = np.exp(log_bubbles - log_bubbles.max(axis=1, keepdims=True))[-BOXES:]
    slip = 0.004 * fit[:, :10].mean(axis=1, keepdims=True) + 0.002 * fit[:, [_NOT_FILLED]] + 0.002 * fit[:, [_SEVERAL]]
    used, unused = _padded(0.992 * fit[:, :10] + slip, 0.5 * fit[:, _NOT_FILLED] + 0.48 * fit[:, 0] + slip[:, 0])
    tail = np.multiply.outer(used[1], used[2])
    figures = np.multiply.outer(used[0], tail)
    figures[0] = unused[0] * tail
    figures[0, 0] = unused[0] * unused[1] * used[2]
    out = np.empty(OUTCOMES)
    out[:FIGURES] = figures.ravel()
    out[[ALL_BLANK, ALL_STRUCK]] = unused.prod()
    out[UNREADABLE] = out[:FIGURES].mean()
    return out


def _padded(used: Floats, unused: Floats) -> tuple[Floats, Floats]:
    missing = BOXES - len(used)
    if missing <= 0:
        return used, unused
    never = np.zeros((missing, 10))
    return np.vstack([never, used]), np.concatenate([np.ones(missing), unused])


def bubbles_channel(log_bubbles: Floats, fit: Floats | None) -> Channel:
    """What the circles say by themselves: ``_`` for a column without a filled circle, ``?`` for several."""
    text = "".join("0123456789_?"[k] for k in log_bubbles.argmax(axis=1))
    if fit is None:
        return Channel(None, 0.0, text)
    figures = fit[:FIGURES]
    best = int(figures.argmax())
    several = 1.0 - np.exp(_log_share(log_bubbles)[:, _SEVERAL]).max()
    sure = float(figures[best] / figures.sum()) * float(several)
    return Channel(best if "?" not in text else None, sure, text)


def _log_share(log_bubbles: Floats) -> Floats:
    top = log_bubbles.max(axis=1, keepdims=True)
    return np.asarray(log_bubbles - top - np.log(np.exp(log_bubbles - top).sum(axis=1, keepdims=True)))


def words_outcomes(words: Mapping[int, float], trust: float) -> Floats:
    """How well the amount in words fits every outcome (1003,). ``trust``: share of readings in words that are right."""
    out = np.full(OUTCOMES, (1.0 - trust) / FIGURES)
    for amount, p in words.items():
        if 0 <= amount < FIGURES:
            out[amount] += trust * max(p, 0.0)
    out[[ALL_BLANK, ALL_STRUCK]] = out[0]
    return out


def words_channel(words: Mapping[int, float]) -> Channel:
    """What the words say by themselves."""
    if not words:
        return Channel(None, 0.0)
    best = max(words, key=lambda amount: words[amount])
    return Channel(best, float(words[best]))


def combined(*channels: Floats | None) -> Floats:
    """Outcomes (1003,) after all channels of one field; they are taken as independent given what is written."""
    out = np.ones(OUTCOMES)
    for channel in channels:
        if channel is not None:
            out = out * channel
    total = out.sum()
    return np.asarray(out / total) if total > 0 else np.full(OUTCOMES, 1.0 / OUTCOMES)
