"""Votes per station that add up to what was published, per district at the snapshot and in total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sirekap.demo.facts import GOVERNOR, KINDS, REGENT, Facts
from sirekap.demo.fitting import Floats, Ints, apportion, scale_capped, whole_table
from sirekap.demo.rolls import Places
from sirekap.election.contests import ContestKind

Mask = npt.NDArray[np.bool_]

GOVERNOR_RATIO = 0.985
"""Valid governor votes per valid regent vote, from the published totals."""
GOVERNOR_INVALID = 0.043
"""Share of invalid governor ballots (West Java as a whole: 4.2 %)."""


@dataclass(frozen=True)
class Queue:
    """In which order one contest's forms come in: positions 0, 1, ... within each station's district.

    ``arrived`` and ``counted`` mask the stations received, and with figures, at the snapshot.
    """

    arrival: Ints
    verification: Ints
    arrived: Mask
    counted: Mask


@dataclass(frozen=True)
class Votes:
    """Votes after the district plenaries: per contest a (stations, pairs) array, invalid and total per station.

    ``movers`` = governor voters from outside the regency, who get no regent ballot.
    """

    pairs: dict[ContestKind, Ints]
    invalid: dict[ContestKind, Ints]
    queues: dict[ContestKind, Queue]
    movers: Ints
    deltas: dict[int, tuple[int, ...]]

    def total(self, kind: ContestKind) -> Ints:
        """Valid and invalid ballots per station."""
        out: Ints = self.pairs[kind].sum(axis=1) + self.invalid[kind]
        return out


def district_means(facts: Facts) -> tuple[Floats, Ints]:
    """Mean valid regent votes per station and number of stations with regent figures, per district.

    The number never exceeds the stations arrived and sums to ``facts.regent_with_figures``.
    """
    arrived = np.array([d.counts[REGENT].arrived for d in facts.districts])
    votes = np.array([sum(d.counts[REGENT].votes) for d in facts.districts], np.float64)
    governor = np.array([sum(d.counts[GOVERNOR].votes) / d.counts[GOVERNOR].arrived for d in facts.districts])
    least = np.maximum(votes / arrived, governor / GOVERNOR_RATIO)
    low, high = 100.0, 1000.0
    for _ in range(60):
        level = (low + high) / 2
        means = np.maximum(least, np.sqrt(least * level))
        low, high = (level, high) if (votes / means).sum() > facts.regent_with_figures else (low, level)
    counted = apportion(votes / means, facts.regent_with_figures)
    over = int(np.maximum(counted - arrived, 0).sum())
    counted = np.minimum(counted, arrived)
    counted[np.argsort(counted - arrived)[:over]] += 1
    return votes / counted, counted


def _positions(score: Floats, district: Ints) -> Ints:
    order = np.lexsort((score, district))
    starts = np.searchsorted(district[order], np.arange(district.max() + 1))
    out = np.empty(len(score), np.int64)
    out[order] = np.arange(len(score)) - starts[district[order]]
    return out


def _queue(rng: np.random.Generator, lateness: Floats, places: Places, arrived: Ints, counted: Ints) -> Queue:
    score = lateness + rng.normal(0, 0.2, len(lateness))
    arrival = _positions(score, places.district)
    in_time = arrival < arrived[places.district]
    verification = _positions(np.where(in_time, 0, 1e6) + score + rng.normal(0, 0.4, len(score)), places.district)
    return Queue(arrival, verification, in_time, verification < counted[places.district])


def _shares(rng: np.random.Generator, places: Places, district_shares: Floats) -> Floats:
    pairs = district_shares.shape[1]
    village = rng.normal(0, 0.22, (int(places.village.max()) + 1, pairs))
    noise = village[places.village] + rng.normal(0, 0.20, (len(places.codes), pairs))
    shares = district_shares[places.district] * np.exp(noise)
    out: Floats = shares / shares.sum(axis=1, keepdims=True)
    return out


def _turnout_weights(rng: np.random.Generator, places: Places, means: Floats) -> Floats:
    """Expected valid regent votes per station; the mean of each district is ``means``."""
    village = rng.normal(0, 0.16, int(places.village.max()) + 1)
    size = np.bincount(places.district)
    level = means * size / np.bincount(places.district, places.roll)
    logit = np.log(level / (1 - level))[places.district] + village[places.village]
    logit = logit + rng.normal(0, 0.24, len(places.codes))
    out: Floats = places.roll / (1 + np.exp(-logit))
    return out


def _snapshot_votes(facts: Facts, kind: ContestKind) -> Ints:
    return np.array([d.counts[kind].votes for d in facts.districts], np.int64)


def _regent(rng: np.random.Generator, facts: Facts, places: Places, means: Floats, counted: Mask) -> Ints:
    """Regent votes after the districts: exact per district over ``counted``, exact in total."""
    snapshot = _snapshot_votes(facts, REGENT)
    weights = _turnout_weights(rng, places, means)
    caps: Floats = 0.89 * np.minimum(places.roll, 600).astype(np.float64)
    shares = _shares(rng, places, snapshot / snapshot.sum(axis=1, keepdims=True))
    out = np.zeros((len(places.codes), snapshot.shape[1]), np.int64)
    for d in range(len(facts.districts)):
        group = np.flatnonzero(counted & (places.district == d))
        rows = scale_capped(weights[group], float(snapshot[d].sum()), caps[group])
        out[group] = whole_table(rows[:, None] * shares[group], rows, snapshot[d])
    rest = np.flatnonzero(~counted)
    left = np.array(facts.stage_votes) - snapshot.sum(axis=0)
    rows = scale_capped(weights[rest], float(left.sum()), caps[rest])
    out[rest] = whole_table(rows[:, None] * shares[rest], rows, left)
    return out


def _invalid_rates(rng: np.random.Generator, places: Places, mean: float) -> Floats:
    village = rng.normal(0, 0.25, int(places.village.max()) + 1)
    rates = mean * np.exp(village[places.village]) * rng.gamma(6, 1 / 6, len(places.codes))
    return np.clip(rates, 0.25 * mean, 0.085)


def _governor_counted(facts: Facts, places: Places, queue: Queue, total: Ints) -> Mask:
    """Which stations carry governor figures at the snapshot: as many as make the invalid share plausible."""
    out = np.zeros(len(places.codes), bool)
    for d, district in enumerate(facts.districts):
        group = np.flatnonzero((places.district == d) & queue.arrived)
        group = group[np.argsort(queue.verification[group])]
        valid = np.cumsum(total[group]) * (1 - GOVERNOR_INVALID)
        wanted = int(np.argmin(np.abs(valid - sum(district.counts[GOVERNOR].votes)))) + 1
        out[group[:wanted]] = True
    return out


def _governor(rng: np.random.Generator, facts: Facts, places: Places, counted: Mask, total: Ints) -> tuple[Ints, Ints]:
    """Governor votes and invalid ballots; exact per district over ``counted``, free but alike elsewhere."""
    snapshot = _snapshot_votes(facts, GOVERNOR)
    shares = _shares(rng, places, snapshot / snapshot.sum(axis=1, keepdims=True))
    invalid = total * _invalid_rates(rng, places, GOVERNOR_INVALID)
    pairs = np.zeros((len(places.codes), snapshot.shape[1]), np.int64)
    for d in range(len(facts.districts)):
        group = np.flatnonzero(counted & (places.district == d))
        lost = float(total[group].sum() - snapshot[d].sum())
        most = 0.2 * total[group].astype(np.float64)
        rows = total[group] - scale_capped(invalid[group], lost, most)
        pairs[group] = whole_table(rows[:, None] * shares[group], rows, snapshot[d])
        rest = np.flatnonzero(~counted & (places.district == d))
        if len(rest):
            rows = total[rest] - invalid[rest]
            table = rows[:, None] * shares[rest]
            pairs[rest] = whole_table(table, rows, apportion(table.sum(axis=0), round(float(rows.sum()))))
    return pairs, total - pairs.sum(axis=1)


def build_votes(
    rng: np.random.Generator, facts: Facts, places: Places, deltas_of: Ints, means: Floats, counted_of: Ints
) -> Votes:
    """Both contests' votes. ``deltas_of``: rows of (pair changes) the regency plenary will make, one per station."""
    village = rng.normal(0, 0.9, int(places.village.max()) + 1)
    lateness = village[places.village] + rng.normal(0, 0.8, len(places.codes))
    arrived = {k: np.array([d.counts[k].arrived for d in facts.districts]) for k in KINDS}
    queue = _queue(rng, lateness, places, arrived[REGENT], counted_of)
    regent = _regent(rng, facts, places, means, queue.counted)
    valid = regent.sum(axis=1)
    final_invalid = apportion(valid * _invalid_rates(rng, places, 0.029), facts.final_invalid)
    deltas = _assign(rng, places, regent, valid + final_invalid, deltas_of)
    invalid = final_invalid.copy()
    for station, delta in deltas.items():
        invalid[station] += sum(delta)
    movers = rng.poisson(np.where(places.is_special, 5.0, 0.7)).astype(np.int64)
    total = valid + invalid + movers
    other = _queue(rng, lateness, places, arrived[GOVERNOR], arrived[GOVERNOR])
    counted = _governor_counted(facts, places, other, total)
    governor, governor_invalid = _governor(rng, facts, places, counted, total)
    lacking = np.maximum(-governor_invalid, 0)
    queues = {REGENT: queue, GOVERNOR: Queue(other.arrival, other.verification, other.arrived, counted)}
    return Votes(
        {REGENT: regent, GOVERNOR: governor},
        {REGENT: invalid, GOVERNOR: governor_invalid + lacking},
        queues,
        movers + lacking,
        deltas,
    )


def _assign(
    rng: np.random.Generator, places: Places, regent: Ints, total: Ints, deltas: Ints
) -> dict[int, tuple[int, ...]]:
    """Give each row of pair changes to a station of another district that has room for it."""
    room = (regent.min(axis=1) >= 45) & (total + 40 < 0.93 * np.minimum(places.roll, 600)) & ~places.is_special
    out: dict[int, tuple[int, ...]] = {}
    used: set[int] = set()
    for i in rng.permutation(np.flatnonzero(room)).tolist():
        if len(out) == len(deltas):
            break
        if int(places.district[i]) not in used:
            used.add(int(places.district[i]))
            out[i] = tuple(int(x) for x in deltas[len(out)])
    if len(out) < len(deltas):
        raise ValueError("too few stations have room for the regency's corrections")
    return out
