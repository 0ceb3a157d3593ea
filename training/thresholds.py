"""Set the thresholds for whole forms from simulated forms of the 60 calibration writers, after ``calibrate.py``.

    python training/thresholds.py --data DIR [--forms 12000] [--dry]

Crops are rendered once per class and hardness; a form is one hardness, one way of striking leading boxes, and crops
drawn from that pool, read by the real net and judged by the real decoder. One form in twenty holds a human slip.
Writes ``accept_own``, ``accept_marginal``, ``other``, ``other_confirmed``, ``state`` and ``forms`` into
``reading/data/thresholds.json``.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from sirekap.reading import thresholds
from sirekap.reading.result import BLANK, DASH, OTHER, STRUCK, FieldEvidence
from sirekap.reading.thresholds import Thresholds
from sirekap.reading.verdict import judge_fields

FILE = Path(__file__).parents[1] / "src" / "sirekap" / "reading" / "data" / "thresholds.json"
HARDNESS = {0.1: 0.3, 0.2: 0.4, 0.45: 0.2, 0.75: 0.1}
"""Hardness of photographs and how often each occurs."""
SLIPS, CROSSED_OUT = 0.05, 0.0015
"""Share of forms with a human slip, and of written boxes that are crossed out."""
SILENT_UPPER, HELD_BACK = 0.001, 0.995
"""95 % upper bound of silently wrong among accepted; least share of slips held back."""
WRONG_STATED = 0.0005
"""Most stated figures that are wrong."""
OWN = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
MARGINALS = (0.999, 0.9995, 0.9999)
OTHERS = (0.05, 0.1, 0.2, 0.3, 0.5)
OTHERS_CONFIRMED = (0.3, 0.5, 0.7, 0.9)
STATES = (0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
Rng = np.random.Generator
Pool = Mapping[int, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One simulated form, judged. ``slip``: a person wrote one figure wrongly. ``wrong``: what would be stated differs
    from what is written. ``stated``: confidence and rightness of every figure that may be stated."""

    slip: bool
    wrong: bool
    sound: bool
    least_marginal: float
    least_own: float
    most_other: float
    most_other_confirmed: float
    stated: tuple[tuple[float, bool], ...]

    def accepted(self, t: Thresholds) -> bool:
        """Whether the form would be accepted."""
        numbers = self.least_marginal >= t.accept_marginal and self.least_own >= t.accept_own
        plain = self.most_other <= t.other and self.most_other_confirmed <= t.other_confirmed
        return self.sound and numbers and plain


def wilson_upper(wrong: int, n: int, z: float = 1.96) -> float:
    """Upper end of the 95 % Wilson interval of ``wrong`` in ``n``; 1 when n is 0."""
    if n == 0:
        return 1.0
    p = wrong / n
    middle = p + z * z / (2 * n)
    return (middle + z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def figures_of(samples: Sequence[Sample], t: Thresholds) -> dict[str, Any]:
    """What these thresholds do to the samples: counts, shares and bounds."""
    taken = [s for s in samples if s.accepted(t)]
    true, slips = [s for s in samples if not s.slip], [s for s in samples if s.slip]
    silent = sum(s.wrong for s in taken)
    stated = [right for s in samples for sure, right in s.stated if sure >= t.state]
    return {
        "forms": len(samples),
        "accepted": round(sum(not s.slip for s in taken) / max(len(true), 1), 4),
        "silently_wrong": [silent, len(taken), round(wilson_upper(silent, len(taken)), 5)],
        "slips_held_back": [len(slips) - sum(s.slip for s in taken), len(slips)],
        "stated_wrong": [stated.count(False), len(stated)],
    }


def choose(samples: Sequence[Sample], t: Thresholds) -> Thresholds:
    """The thresholds that accept most forms while keeping the limits.

    When none keep them, because there are too few forms or the net is too weak, those with the lowest upper bound.
    """
    state = next((s for s in STATES if _share_wrong(samples, s) <= WRONG_STATED), STATES[-1])
    tried = []
    for own, marginal, other, confirmed in itertools.product(OWN, MARGINALS, OTHERS, OTHERS_CONFIRMED):
        numbers = {"accept_own": own, "accept_marginal": marginal, "other": other, "other_confirmed": confirmed}
        candidate = dataclasses.replace(t, state=state, **numbers)
        found = figures_of(samples, candidate)
        (held, slips), bound = found["slips_held_back"], found["silently_wrong"][2]
        keeps = bound <= SILENT_UPPER and held >= HELD_BACK * slips
        tried.append(((not keeps, -found["accepted"] if keeps else bound), candidate))
    return min(tried, key=lambda one: one[0])[1]


def _share_wrong(samples: Iterable[Sample], state: float) -> float:
    right = [ok for s in samples for sure, ok in s.stated if sure >= state]
    return right.count(False) / max(len(right), 1)


def station(rng: Rng, columns: int) -> dict[str, int]:
    """Votes and section V of a station."""
    total = int(np.clip(rng.normal(340, 110), 5, 600))
    invalid = int(rng.binomial(total, rng.uniform(0.01, 0.08)))
    votes = rng.multinomial(total - invalid, rng.dirichlet(np.full(columns, 1.5)))
    found = {f"votes_{n}": int(v) for n, v in enumerate(votes, 1)}
    return found | {"valid": total - invalid, "invalid": invalid, "total": total}


def slipped(rng: Rng, figures: dict[str, int]) -> dict[str, int]:
    """The same with one figure written wrongly: a digit off, two digits exchanged, or any other number."""
    name = str(rng.choice(sorted(figures)))
    old = figures[name]
    while True:
        digits = list(f"{old:03d}")
        place = int(rng.integers(3))
        kind = rng.random()
        if kind < 0.6:
            digits[place] = str((int(digits[place]) + int(rng.choice([-1, 1, 2, 5]))) % 10)
        elif kind < 0.85:
            other = (place + 1) % 3
            digits[place], digits[other] = digits[other], digits[place]
        else:
            digits = list(f"{int(rng.integers(1000)):03d}")
        if int("".join(digits)) != old:
            return figures | {name: int("".join(digits))}


def form_evidence(rng: Rng, written: Mapping[str, int], pool: Pool, bubbles: bool) -> dict[str, FieldEvidence]:
    """Evidence of a form that reads ``written``, its boxes drawn from ``pool``: class -> (n, 14) log-probabilities."""
    lead = int(rng.choice([0, BLANK, STRUCK, DASH]))
    fill = rng.uniform(0.3, 0.95)
    out = {}
    for name, figure in written.items():
        text = f"{figure:03d}"
        unused = min(len(text) - len(text.lstrip("0")), 2)
        classes = [lead] * unused + [int(c) for c in text[unused:]]
        classes = [OTHER if rng.random() < CROSSED_OUT and c < 10 else c for c in classes]
        rows = [pool[c][int(rng.integers(len(pool[c])))] for c in classes]
        out[name] = FieldEvidence(np.stack(rows), circles(rng, text, unused, fill) if bubbles else None)
    return out


def circles(rng: Rng, text: str, unused: int, fill: float) -> NDArray[np.float32]:
    """Darkness (3, 10) of filled circles; one column in three hundred is left out or filled wrongly."""
    dark = np.abs(rng.normal(0, 0.03, (3, 10)))
    for box in range(unused, 3):
        chance, digit = rng.random(), int(text[box])
        if chance < 0.002:
            continue
        dark[box, digit if chance > 0.0035 else int(rng.integers(10))] = np.clip(fill * rng.normal(1, 0.15), 0.15, 1)
        if rng.random() < 0.08:
            dark[box, (digit + 1) % 10] += rng.uniform(0.1, 0.35) * fill
    return np.clip(dark, 0, 1).astype(np.float32)


def sample(rng: Rng, pool: Pool, t: Thresholds, bubbles: bool, columns: int = 4) -> Sample:
    """One form, made and judged with nothing held back by the numbers that are to be chosen."""
    true = station(rng, columns)
    slip = bool(rng.random() < SLIPS)
    written = slipped(rng, true) if slip else true
    judged = judge_fields(form_evidence(rng, written, pool, bubbles), columns, t)
    said = {n: f.value if f.value is not None else f.proposal for n, f in judged.fields.items()}
    stated = tuple((f.confidence, f.value == written[n]) for n, f in judged.fields.items() if f.value is not None)
    numbers = judged.least_marginal, judged.least_own, judged.most_other, judged.most_other_confirmed
    return Sample(slip, said != written, judged.sound, *numbers, stated)


def pools(data: Path, count: int, seed: int) -> dict[float, dict[int, NDArray[np.float32]]]:
    """Log-probabilities of rendered crops of the calibration writers, by hardness and class."""
    import cv2
    import glyphs
    import render

    from sirekap.reading import digits

    cv2.setNumThreads(1)
    hands = glyphs.load(data, "calibration", data)
    out = {}
    for number, hard in enumerate(HARDNESS):
        crops, labels = render.batch(seed + number, hands, count, hard)
        found = digits.log_probabilities(crops)
        out[hard] = {k: found[labels == k] for k in range(14)}
    return out


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder fetch.py filled")
    parser.add_argument("--crops", type=int, default=9000, help="crops for each hardness")
    parser.add_argument("--forms", type=int, default=12000)
    parser.add_argument("--seed", type=int, default=211)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    made = pools(options.data, options.crops, options.seed)
    rng = np.random.default_rng(options.seed)
    kept = thresholds.load()
    nothing = {"accept_own": 0.0, "accept_marginal": 0.0, "other": 1.0, "other_confirmed": 1.0}
    open_t = dataclasses.replace(kept, state=min(STATES), **nothing)
    samples: dict[bool, list[Sample]] = {False: [], True: []}
    for number in range(options.forms):
        hard = float(rng.choice(list(HARDNESS), p=list(HARDNESS.values())))
        bubbles = number % 2 == 1
        samples[bubbles].append(sample(rng, made[hard], open_t, bubbles))
    chosen = choose([*samples[False], *samples[True]], kept)
    report = {
        "digits_only": figures_of(samples[False], chosen),
        "with_bubbles": figures_of(samples[True], chosen),
        "crops": options.crops,
        "seed": options.seed,
    }
    sys.stdout.write(json.dumps({"chosen": dataclasses.asdict(chosen), **report}) + "\n")
    if not options.dry:
        found = json.loads(FILE.read_text())
        found |= {name: getattr(chosen, name) for name in (*nothing, "state")}
        found |= {"forms": report, "source": "training/thresholds.py, 60 calibration writers"}
        FILE.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
