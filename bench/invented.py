"""An invented register and invented forms for the benches that fill a database."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping


def register_files(regions: Mapping[str, str], codes: Iterable[str], kind: str, columns: int) -> dict[str, str]:
    """The files of `workflow.register.import_register`: ``regions`` code -> name, stations of 510 voters each."""
    pairs = [f"{kind},{n},Calon {n} – Wakil {n},#{n}0{n}0{n}0,{1000 + n}" for n in range(1, columns + 1)]
    return {
        "regions.csv": "\n".join(["code,name", *(f"{code},{name}" for code, name in regions.items())]) + "\n",
        "pairs.csv": "\n".join(["contest,number,name,colour,commission_id", *pairs]) + "\n",
        "stations.csv": "\n".join(["code,dpt_l,dpt_p", *(f"{code},250,260" for code in codes)]) + "\n",
    }


def form(rng: random.Random, columns: int) -> dict[str, int]:
    """Sound figures of one form of 510 voters with ``columns`` vote columns."""
    voted = {"voted_dpt": (rng.randint(120, 240), rng.randint(130, 250)), "voted_dpph": (1, 2), "voted_dptb": (0, 1)}
    voted["voted_total"] = (sum(men for men, _ in voted.values()), sum(women for _, women in voted.values()))
    out: dict[str, int] = {}
    for stem, (men, women) in {"roll_dpt": (250, 260), **voted, "disabled": (1, 1)}.items():
        out |= {f"{stem}_l": men, f"{stem}_p": women, f"{stem}_j": men + women}
    total, received, invalid = out["voted_total_j"], 523, rng.randint(0, 20)
    out |= {"ballots_received": received, "ballots_used": total, "ballots_spoiled": 0}
    out |= {"ballots_unused": received - total, "invalid": invalid, "valid": total - invalid, "total": total}
    left = out["valid"]
    for pair in range(1, columns):
        out[f"votes_{pair}"] = rng.randint(0, left)
        left -= out[f"votes_{pair}"]
    return out | {f"votes_{columns}": left}
