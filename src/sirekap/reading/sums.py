"""Sum-product over figures 0..999: leaf beliefs with human slips, and one identity ``target = sum of terms``.

Arrays are float64 of shape (1000,), one weight a figure. Convolutions go through the Fourier transform: exact to 1e-15
of the largest weight, while slips keep every weight that matters above 1e-9 of it. ``precise`` convolves directly, for
weights raised to a power: only positive numbers are added, so even the smallest are exact up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sirekap.reading.numbers import ALL_BLANK, ALL_STRUCK, FIGURES, UNREADABLE

Floats = NDArray[np.float64]

_FFT = 2048
_NEAR = 0.5
_ZERO_IF_BLANK = 0.95
"""How often a field without a figure is a zero, when nothing else is known."""


def slipped(weights: Floats) -> Floats:
    """Weights (..., 1000) after a slip of the pen, either way round: half one digit wrong, half anything."""
    cube = weights.reshape(*weights.shape[:-1], 10, 10, 10)
    tens = cube.sum(axis=-1)
    near = cube.sum(axis=-3)[..., None, :, :] + cube.sum(axis=-2)[..., :, None, :] + tens[..., None] - 3 * cube
    everything = tens.sum(axis=(-2, -1))[..., None] * ((1 - _NEAR) / FIGURES)
    return np.asarray(near.reshape(weights.shape) * (_NEAR / 27.0) + everything)


def truth_weights(written: Floats, slip: float) -> Floats:
    """Weights (n, 1000) of the true figures from outcomes (n, 1003) of what is written."""
    figures = written[:, :FIGURES]
    out = (1 - slip) * figures + slip * slipped(figures)
    empty = written[:, ALL_BLANK] + written[:, ALL_STRUCK]
    out += ((written[:, UNREADABLE] + (1 - _ZERO_IF_BLANK) * empty) / FIGURES)[:, None]
    out[:, 0] += _ZERO_IF_BLANK * empty
    return np.asarray(out)


def written_posterior(written: Floats, message: Floats, slip: float) -> Floats:
    """Outcomes (n, 1003) of what is written, given what all other figures say of the truth: ``message`` (n, 1000)."""
    mean = message.mean(axis=1, keepdims=True)
    likely = np.empty_like(written)
    likely[:, :FIGURES] = (1 - slip) * message + slip * slipped(message)
    likely[:, ALL_BLANK:UNREADABLE] = _ZERO_IF_BLANK * message[:, :1] + (1 - _ZERO_IF_BLANK) * mean
    likely[:, UNREADABLE:] = mean
    out = written * likely
    total = out.sum(axis=1, keepdims=True)
    return np.where(total > 0, out / np.maximum(total, 1e-300), written)


def normalised(weights: Floats) -> Floats:
    """Weights that sum to 1; flat when all are 0."""
    total = weights.sum()
    return np.asarray(weights / total) if total > 0 else np.full(FIGURES, 1.0 / FIGURES)


def added(a: Floats, b: Floats, precise: bool = False) -> Floats:
    """Weights of the sum of two figures; sums above 999 are dropped."""
    if precise:
        return np.asarray(np.convolve(a, b)[:FIGURES])
    return np.maximum(np.fft.irfft(np.fft.rfft(a, _FFT) * np.fft.rfft(b, _FFT), _FFT)[:FIGURES], 0.0)


def subtracted(whole: Floats, part: Floats, precise: bool = False) -> Floats:
    """Weights of a figure that together with ``part`` makes ``whole``."""
    if precise:
        return np.asarray(np.convolve(whole, part[::-1])[FIGURES - 1 :])
    spectrum = np.fft.rfft(whole, _FFT) * np.conj(np.fft.rfft(part, _FFT))
    return np.maximum(np.fft.irfft(spectrum, _FFT)[:FIGURES], 0.0)


def sum_messages(terms: Sequence[Floats], target: Floats, precise: bool = False) -> tuple[list[Floats], Floats]:
    """What the identity tells each term and the target, from what each of them says: ``(to_terms, to_target)``."""
    if len(terms) == 1:
        return [target], terms[0]
    before, after = [terms[0]], [terms[-1]]
    for term in terms[1:-1]:
        before.append(normalised(added(before[-1], term, precise)))
    for term in terms[-2:0:-1]:
        after.append(normalised(added(after[-1], term, precise)))
    after.reverse()
    to_terms = [subtracted(target, after[0], precise)]
    for left, right in zip(before, after[1:], strict=False):
        to_terms.append(subtracted(target, added(left, right, precise), precise))
    to_terms.append(subtracted(target, before[-1], precise))
    return [normalised(message) for message in to_terms], normalised(added(before[-1], terms[-1], precise))


def one_message(others: Sequence[Floats], target: Floats | None, precise: bool = False) -> Floats:
    """What the identity tells one figure: the target (``target`` None, ``others`` all terms), or the term not given."""
    total = others[0] if others else None
    for other in others[1:]:
        total = normalised(added(total, other, precise)) if total is not None else other
    if target is None:
        return total if total is not None else np.ones(FIGURES)
    return target if total is None else normalised(subtracted(target, total, precise))
