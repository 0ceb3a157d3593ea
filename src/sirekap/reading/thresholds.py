"""The numbers a reading is judged by, from one file that the calibration command writes."""

from __future__ import annotations

import dataclasses
import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Set on calibration writers only, then frozen; see ``training/thresholds.py``.

    ``state``: least probability with which a value is stated at all. ``accept_marginal``: least marginal of every field
    of an accepted form. ``accept_own``: least probability of every field's value before arithmetic. ``other``: most
    probability of "no figure" in an accepted form, ``other_confirmed`` where another channel says the same figure as
    the digits. ``proposal``: least probability of a proposal. ``conflict``: the
    digits contradict the bubbles or words when they find those this much less likely than their own best.
    ``bubbles_readable`` and ``words_readable``: confidence from which such a contradiction counts. ``words_trust``:
    share of readings in words taken to be right. ``slip``: probability that a figure is written wrongly by a person.
    ``digit_floor``: share of a flat guess mixed into every box, because the net is surer than it should be on
    photographs unlike its own. ``lost``: most probability that the decoder may have left out in an accepted form.
    ``other_gain``, ``other_doubt``: the net underrates "other" where it is small; it is raised by this factor, up to
    this much. ``temperature``, ``model_sha256``, ``data_sha256``: of the net, its file and the calibration data.
    """

    accept_marginal: float
    accept_own: float
    bubbles_readable: float
    conflict: float
    digit_floor: float
    lost: float
    other: float
    other_confirmed: float
    proposal: float
    slip: float
    state: float
    words_readable: float
    words_trust: float
    temperature: float = 1.0
    other_gain: float = 1.0
    other_doubt: float = 0.0
    model_sha256: str = ""
    data_sha256: str = ""
    source: str = ""


_NAMES = {field.name for field in dataclasses.fields(Thresholds)}
_SHARES = _NAMES - {"temperature", "other_gain", "model_sha256", "data_sha256", "source"}


def from_json(text: str) -> Thresholds:
    """The thresholds in ``text``; ``ValueError`` names what is missing or out of range. Other keys are ignored."""
    found: dict[str, Any] = json.loads(text)
    try:
        thresholds = Thresholds(**{name: value for name, value in found.items() if name in _NAMES})
    except TypeError as error:
        raise ValueError(f"thresholds: {error}") from error
    bad = sorted(name for name in _SHARES if not 0.0 <= float(getattr(thresholds, name)) <= 1.0)
    bad += ["other_gain"] if thresholds.other_gain < 1.0 else []
    if bad:
        raise ValueError(f"thresholds must lie in 0..1: {', '.join(bad)}")
    return thresholds


def to_json(thresholds: Thresholds, **more: object) -> str:
    """The file's text; ``more`` are further keys to keep beside the thresholds."""
    return json.dumps({**more, **dataclasses.asdict(thresholds)}, indent=2, sort_keys=True) + "\n"


@functools.cache
def load() -> Thresholds:
    """The thresholds that the package ships."""
    return from_json(resources.files("sirekap.reading").joinpath("data/thresholds.json").read_text("utf-8"))
