"""Blend the weights of the first pass of training with those of the second: most of what each is good at.

    python training/blend.py --first first.pt --second second.pt --share 0.7 --out net.pt

The second pass learns spoilt boxes at the cost of some digits. On the line between two nets of one training the loss
stays low: Wortsman et al., Robust fine-tuning of zero-shot models, 2022.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch


def blended(
    first: Mapping[str, torch.Tensor], second: Mapping[str, torch.Tensor], share: float
) -> dict[str, torch.Tensor]:
    """Weights of which ``share`` is the second's."""
    return {
        name: torch.lerp(first[name], weight, share) if weight.dtype.is_floating_point else weight
        for name, weight in second.items()
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=Path, required=True)
    parser.add_argument("--second", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.7)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.save(blended(torch.load(options.first), torch.load(options.second), options.share), options.out)


if __name__ == "__main__":
    main()
