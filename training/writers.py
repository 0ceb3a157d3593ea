"""Who wrote what: the split of the digits by writer, so that nobody is tested on a hand they were trained on.

Four sets, pairwise disjoint: ``train`` (439), ``validation`` (40) and ``calibration`` (60) of the 539 writers of
MNIST's training part, and ``test`` (297), all writers of its test part. A composite glyph (an overwritten digit, two
digits in a box) is made of glyphs of one set only. The split is the committed file ``writers.json``.

    python training/writers.py            # writes the split from the writer ids
"""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

import fetch
import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("writers.json")
SETS = ("train", "validation", "calibration", "test")
SEED = 20241127
VALIDATION, CALIBRATION = 40, 60


def split(train_part: NDArray[np.uint16], test_part: NDArray[np.uint16]) -> dict[str, list[int]]:
    """The four sets of writer ids, each sorted, from the writer of every image of both parts."""
    ids = sorted(int(writer) for writer in np.unique(train_part))
    random.Random(SEED).shuffle(ids)
    validation, calibration, train = ids[:VALIDATION], ids[VALIDATION:][:CALIBRATION], ids[VALIDATION + CALIBRATION :]
    test = sorted(int(writer) for writer in np.unique(test_part))
    return {"train": sorted(train), "validation": sorted(validation), "calibration": sorted(calibration), "test": test}


@cache
def committed() -> dict[str, frozenset[int]]:
    """The sets as committed."""
    found = json.loads(FILE.read_text())
    return {name: frozenset(found[name]) for name in SETS}


def only(digits: fetch.Digits, name: str) -> fetch.Digits:
    """The images of the writers of one set."""
    keep = np.isin(digits.writers, np.array(sorted(committed()[name])))
    return fetch.Digits(digits.images[keep], digits.labels[keep], digits.writers[keep])


def main() -> None:
    """Write the split."""
    ids = fetch.writer_ids()
    lines = [
        '  "source": "writer ids of QMNIST (BSD-3-Clause) for the images of MNIST in original order"',
        f'  "seed": {SEED}',
        *(f'  "{name}": {json.dumps(members)}' for name, members in split(ids[:60000], ids[60000:]).items()),
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
