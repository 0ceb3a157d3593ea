"""Every box of C.Hasil around given votes: rolls, voters by sex, ballots, disabled voters."""

from __future__ import annotations

import numpy as np

from sirekap.demo.facts import GOVERNOR, REGENT
from sirekap.demo.fitting import Ints
from sirekap.demo.rolls import Places
from sirekap.demo.votes import Votes
from sirekap.election import chasil
from sirekap.election.contests import ContestKind

Columns = dict[str, Ints]


def _split(rng: np.random.Generator, total: Ints, share: float) -> tuple[Ints, Ints]:
    men = rng.binomial(total, share).astype(np.int64)
    return men, total - men


def _row(stem: str, men: Ints, women: Ints) -> Columns:
    return {f"{stem}_l": men, f"{stem}_p": women, f"{stem}_j": men + women}


def _administration(rng: np.random.Generator, places: Places, votes: Votes) -> dict[ContestKind, Columns]:
    """Sections I.A and I.B; both contests share the roll and its voters, the governor's adds movers."""
    roll, total = places.roll, votes.total(REGENT)
    id_card = np.minimum(rng.poisson(rng.gamma(2.0, 2.2, len(roll))), total // 20)
    dptb = _split(rng, id_card.astype(np.int64), 0.5)
    near = np.minimum(rng.poisson(1.1, len(roll)), total // 50)
    dpph = _split(rng, near.astype(np.int64), 0.5)
    from_roll = total - near - id_card
    men = rng.binomial(from_roll, np.clip(places.men / roll * 0.985, 0, 1)).astype(np.int64)
    men = np.clip(men, from_roll - places.women, places.men)
    common = _row("roll_dpt", places.men, places.women) | _row("voted_dpt", men, from_roll - men)
    movers = _split(rng, votes.movers, 0.5)
    out: dict[ContestKind, Columns] = {}
    for kind, extra in ((REGENT, (0, 0)), (GOVERNOR, movers)):
        moved = (dpph[0] + extra[0], dpph[1] + extra[1])
        sums = tuple(common[f"voted_dpt_{c}"] + moved[k] + dptb[k] for k, c in enumerate("lp"))
        out[kind] = common | _row("voted_dpph", *moved) | _row("voted_dptb", *dptb) | _row("voted_total", *sums)
    return out


def _ballots(rng: np.random.Generator, roll: Ints, used: Ints) -> Columns:
    """Section II; the reserve is 2.5 % of the roll, rounded up."""
    received = roll + -(-roll * 25 // 1000)
    spoiled = np.minimum(rng.poisson(0.8, len(roll)), received - used).astype(np.int64)
    return {
        "ballots_received": received,
        "ballots_used": used,
        "ballots_spoiled": spoiled,
        "ballots_unused": received - used - spoiled,
    }


def full_forms(
    rng: np.random.Generator, places: Places, votes: Votes
) -> dict[ContestKind, tuple[tuple[str, ...], Ints]]:
    """Per contest the field ids and a (stations, fields) array of figures that break no rule."""
    administration = _administration(rng, places, votes)
    regent = administration[REGENT]
    disabled = [np.minimum(rng.poisson(0.6, len(places.codes)), regent[f"voted_total_{c}"]) for c in "lp"]
    out: dict[ContestKind, tuple[tuple[str, ...], Ints]] = {}
    for kind, columns in administration.items():
        pairs, invalid = votes.pairs[kind], votes.invalid[kind]
        valid = pairs.sum(axis=1)
        columns |= _ballots(rng, places.roll, valid + invalid)
        columns |= _row("disabled", disabled[0].astype(np.int64), disabled[1].astype(np.int64))
        columns |= {f"votes_{n + 1}": pairs[:, n] for n in range(pairs.shape[1])}
        columns |= {"valid": valid, "invalid": invalid, "total": valid + invalid}
        ids = chasil.field_ids(pairs.shape[1])
        out[kind] = ids, np.column_stack([columns[f] for f in ids]).astype(np.int64)
    return out
