"""Set the temperature from the 60 calibration writers, and say how well the net then knows what it knows.

    python training/calibrate.py --crops c-mixed.npz --spoilt c-spoilt.npz

Writes ``temperature``, ``other_gain``, ``other_doubt``, ``model_sha256``, ``data_sha256`` and ``calibration`` into
``reading/data/thresholds.json``; the other keys, the thresholds for whole forms, stay as they are: see
``training/thresholds.py``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from sirekap.reading import digits
from sirekap.reading.result import OTHER

FILE = Path(__file__).parents[1] / "src" / "sirekap" / "reading" / "data" / "thresholds.json"
BINS = 15
SURE = 0.001
"""A digit is stated alone where at most this share of such statements is wrong."""
Floats = NDArray[np.float64]
GAINS, DOUBT = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0), 0.015
"""Factors tried for small probabilities of "other", and the most that "other" is raised to by them."""
SPOILT_SURE = 0.001
"""Most spoilt boxes of the less plain kinds that may surely be read as a digit."""


def probabilities(logits: NDArray[np.float32], temperature: float, gain: float = 1.0) -> Floats:
    """Probabilities (n, classes) as the reader gives them, see `digits.calibrated`."""
    return np.exp(digits.calibrated(logits, temperature, gain, DOUBT).astype(np.float64))


def surely_digits(logits: NDArray[np.float32], temperature: float, gain: float) -> float:
    """Share of boxes read as a digit at .99 or more."""
    found = probabilities(logits, temperature, gain)
    return float((found[:, :10].max(axis=1) >= 0.99).mean())


def best_gain(logits: NDArray[np.float32], temperature: float) -> float:
    """The least gain with which at most `SPOILT_SURE` of spoilt boxes ``logits`` are surely read as a digit."""
    return next((g for g in GAINS if surely_digits(logits, temperature, g) <= SPOILT_SURE), GAINS[-1])


def loss(logits: NDArray[np.float32], labels: NDArray[np.uint8], temperature: float) -> float:
    """Mean negative log-likelihood."""
    found = probabilities(logits, temperature)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(found, 1e-12)).mean())


def best_temperature(logits: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """The temperature under which the labels are most likely."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(lambda t: loss(logits, labels, t), bounds=(0.2, 5.0), method="bounded")
    return round(float(found.x), 4)


def calibration_error(found: Floats, labels: NDArray[np.uint8]) -> float:
    """Expected calibration error of the top class in 15 equal bins."""
    sure, right = found.max(axis=1), found.argmax(axis=1) == labels
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    )


def value_thresholds(found: Floats, labels: NDArray[np.uint8]) -> list[float]:
    """Per digit, the least probability from which at most one such reading in a thousand is wrong; 1 if none."""
    out = []
    for digit in range(10):
        mine = found.argmax(axis=1) == digit
        order = np.argsort(-found[mine, digit])
        wrong = np.cumsum((labels[mine] != digit)[order])
        good = np.flatnonzero(wrong <= SURE * np.arange(1, len(order) + 1))
        out.append(round(float(found[mine, digit][order][good[-1]]), 4) if len(good) else 1.0)
    return out


def report(found: Floats, labels: NDArray[np.uint8]) -> dict[str, Any]:
    """Figures of one set: n, accuracy, ECE, and non-digits read as a digit at .99 or more."""
    top, sure = found.argmax(axis=1), found.max(axis=1)
    is_digit = labels < 10
    mistaken = ~is_digit & (top < 10) & (sure >= 0.99)
    plain = (labels >= 10) & (labels < 13)
    return {
        "n": len(labels),
        "digit_top1": round(float((top == labels)[is_digit].mean()), 5),
        "all_top1": round(float((top == labels).mean()), 5),
        "ece": round(calibration_error(found, labels), 5),
        "ece_digits": round(calibration_error(found[is_digit], labels[is_digit]), 5),
        "plain_as_digit": [int(mistaken[plain].sum()), int(plain.sum())],
        "other_as_digit": [int(mistaken[labels == 13].sum()), int((labels == 13).sum())],
        "digit_wrong_at_99": [
            int(((top != labels) & (sure >= 0.99) & is_digit & (top < 10)).sum()),
            int(((sure >= 0.99) & is_digit).sum()),
        ],
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crops", type=Path, required=True, help="crops of the calibration writers, from render.py")
    parser.add_argument("--spoilt", type=Path, required=True, help="overdone crops of the same writers")
    parser.add_argument("--check", type=Path, nargs="*", default=[], help="further sets to report on, unchanged")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    with np.load(options.crops) as found:
        crops, labels = found["images"], found["labels"]
    logits = digits.logits(crops)
    temperature = best_temperature(logits, labels)
    with np.load(options.spoilt) as found:
        spoilt = digits.logits(found["images"][found["labels"] == OTHER])
    gain = best_gain(spoilt, temperature)
    calibrated = probabilities(logits, temperature, gain)
    figures = {"writers": "calibration", **report(calibrated, labels)}
    kept = json.loads(FILE.read_text())
    kept |= {
        "temperature": temperature,
        "other_gain": gain,
        "other_doubt": DOUBT,
        "model_sha256": digits.model_hash(),
        "data_sha256": hashlib.sha256(crops.tobytes() + labels.tobytes()).hexdigest(),
        "value": value_thresholds(calibrated, labels),
        "calibration": figures,
    }
    if not options.dry:
        FILE.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    tried = {g: round(surely_digits(spoilt, temperature, g), 5) for g in GAINS}
    sys.stdout.write(json.dumps({"gain": gain, "spoilt": len(spoilt), "surely_digits": tried}) + "\n")
    sys.stdout.write(json.dumps({"temperature": temperature, options.crops.stem: figures}) + "\n")
    for path in options.check:
        with np.load(path) as found:
            crops, labels = found["images"], found["labels"]
        sys.stdout.write(
            json.dumps({path.stem: report(probabilities(digits.logits(crops), temperature, gain), labels)}) + "\n"
        )


if __name__ == "__main__":
    main()
