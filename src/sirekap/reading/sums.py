"""Sum-product over figures 0..999: leaf beliefs with human slips, and one identity ``target = sum of terms``.

Arrays are float64 of shape (1000,), one weight a figure. Convolutions are direct: only positive numbers are added, so
even the smallest weights are exact up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sirekap.reading.numbers import ALL_BLANK, ALL_STRUCK, FIGURES, UNREADABLE

Floats = NDArray[np.float64]

_NEAR = 0.5
_ZERO_IF_BLANK = 0.95
"""How often a field without a figure is a zero, when nothing else is known."""


def slipped(weights: Floats) -> Floats:
    """What a person writes by mistake for each figure, or the reverse: half one digit wrong, half anything."""
    cube = weights.reshape(10, 10, 10)
    near = sum(cube.sum(axis=axis, keepdims=True) - cube for axis in range(3)) / 27.0
    return np.asarray(_NEAR * np.asarray(near).ravel() + (1 - _NEAR) * weights.sum() / FIGURES)


def truth_weights(written: Floats, slip: float) -> Floats:
    """Weights (1000,) of the true figure from outcomes (1003,) of what is written."""
    figures = written[:FIGURES]
    out = (1 - slip) * figures + slip * slipped(figures)
    empty = written[ALL_BLANK] + written[ALL_STRUCK]
    out += (written[UNREADABLE] + (1 - _ZERO_IF_BLANK) * empty) / FIGURES
    out[0] += _ZERO_IF_BLANK * empty
    return np.asarray(out)


def written_posterior(written: Floats, message: Floats, slip: float) -> Floats:
    """Outcomes (1003,) of what is written, given what all other figures say of the truth (``message``)."""
    out = np.empty_like(written)
    mean = message.sum() / FIGURES
    out[:FIGURES] = written[:FIGURES] * ((1 - slip) * message + slip * slipped(message))
    out[[ALL_BLANK, ALL_STRUCK]] = written[[ALL_BLANK, ALL_STRUCK]] * (
        _ZERO_IF_BLANK * message[0] + (1 - _ZERO_IF_BLANK) * mean
    )
    out[UNREADABLE] = written[UNREADABLE] * mean
    total = out.sum()
    return np.asarray(out / total) if total > 0 else written


def normalised(weights: Floats) -> Floats:
    """Weights that sum to 1; flat when all are 0."""
    total = weights.sum()
    return np.asarray(weights / total) if total > 0 else np.full(FIGURES, 1.0 / FIGURES)


def added(a: Floats, b: Floats) -> Floats:
    """Weights of the sum of two figures; sums above 999 are dropped."""
    return np.asarray(np.convolve(a, b)[:FIGURES])


def subtracted(whole: Floats, part: Floats) -> Floats:
    """Weights of a figure that together with ``part`` makes ``whole``."""
    return np.asarray(np.convolve(whole, part[::-1])[FIGURES - 1 :])


def sum_messages(terms: Sequence[Floats], target: Floats) -> tuple[list[Floats], Floats]:
    """What the identity tells each term and the target, from what each of them says: ``(to_terms, to_target)``."""
    if len(terms) == 1:
        return [target], terms[0]
    before, after = [terms[0]], [terms[-1]]
    for term in terms[1:-1]:
        before.append(normalised(added(before[-1], term)))
    for term in terms[-2:0:-1]:
        after.append(normalised(added(after[-1], term)))
    after.reverse()
    to_terms = [subtracted(target, after[0])]
    for left, right in zip(before, after[1:], strict=False):
        to_terms.append(subtracted(target, added(left, right)))
    to_terms.append(subtracted(target, before[-1]))
    return [normalised(message) for message in to_terms], normalised(added(before[-1], terms[-1]))
