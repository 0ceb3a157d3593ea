"""Figures of one made-up polling station that break no rule of the form."""

from __future__ import annotations

import numpy as np

from sirekap.election import chasil


def random_figures(seed: int, columns: int) -> dict[str, int]:
    """Field id -> figure of a form with ``columns`` vote columns; required rows only."""
    rng = np.random.default_rng((41, seed))
    roll = int(rng.integers(180, 601))
    came = int(roll * rng.uniform(0.45, 0.85))
    movers, id_card = (min(int(rng.poisson(mean)), came // 4) for mean in (1.2, 4.0))
    out: dict[str, int] = {}

    def row(stem: str, total: int, share: float = 0.5) -> None:
        men = int(rng.binomial(total, share))
        out.update({f"{stem}_l": men, f"{stem}_p": total - men, f"{stem}_j": total})

    men = int(rng.binomial(roll, 0.5))
    out.update({"roll_dpt_l": men, "roll_dpt_p": roll - men, "roll_dpt_j": roll})
    from_roll = came - movers - id_card
    low, high = max(0, from_roll - (roll - men)), min(men, from_roll)
    voted = int(np.clip(rng.binomial(from_roll, men / roll), low, high))
    out.update({"voted_dpt_l": voted, "voted_dpt_p": from_roll - voted, "voted_dpt_j": from_roll})
    row("voted_dpph", movers)
    row("voted_dptb", id_card)
    for column in chasil.Column:
        out[f"voted_total_{column}"] = sum(out[f"voted_{kind}_{column}"] for kind in ("dpt", "dpph", "dptb"))
    received = roll + -(-roll * 25 // 1000)
    spoiled = min(int(rng.poisson(0.8)), received - came)
    out["ballots_received"], out["ballots_used"] = received, came
    out["ballots_spoiled"], out["ballots_unused"] = spoiled, received - came - spoiled
    for sex in ("l", "p"):
        out[f"disabled_{sex}"] = min(int(rng.poisson(0.7)), out[f"voted_total_{sex}"])
    out["disabled_j"] = out["disabled_l"] + out["disabled_p"]
    invalid = int(rng.binomial(came, rng.uniform(0.01, 0.06)))
    shares = rng.dirichlet(np.full(columns, 1.6))
    votes = rng.multinomial(came - invalid, shares)
    out |= {f"votes_{n + 1}": int(v) for n, v in enumerate(votes)}
    out |= {"valid": came - invalid, "invalid": invalid, "total": came}
    return {name: out[name] for name in chasil.field_ids(columns)}
