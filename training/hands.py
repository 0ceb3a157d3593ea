"""The hands of the demo: glyphs of the 40 validation writers, who are neither trained on nor in the release test.

    python training/hands.py --data DIR   # writes src/sirekap/simulate/data/hands.npz

The file holds ``glyphs`` (n, 28, 28) uint8 with ink bright, ``labels`` (n,) uint8 and ``writers`` (n,) uint16.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import fetch
import numpy as np
import writers

OUT = Path(__file__).parents[1] / "src" / "sirekap" / "simulate" / "data" / "hands.npz"
PER_DIGIT = 10
"""At most so many glyphs of one digit by one writer."""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    fetch.fetch(options.data)
    digits = writers.only(fetch.mnist(options.data, "train"), "validation")
    keep = []
    for writer in np.unique(digits.writers):
        for label in range(10):
            keep.extend(np.flatnonzero((digits.writers == writer) & (digits.labels == label))[:PER_DIGIT])
    chosen = np.array(keep)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        options.out,
        glyphs=digits.images[chosen],
        labels=digits.labels[chosen],
        writers=digits.writers[chosen],
    )


if __name__ == "__main__":
    main()
