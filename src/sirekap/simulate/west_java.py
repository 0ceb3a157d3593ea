"""The other 26 regencies and cities of West Java, as their nodes would send them: simulated, and labelled so.

Real: codes, names, stations per regency, and that all 27 together sum to the governor's published result. Simulated:
districts, villages, every station row, and the split of the result over the regencies (in the proportions of the
commission's partial counts of 28 November 2024).
"""

from __future__ import annotations

import csv
import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sirekap.election import chasil
from sirekap.ledger import canonical
from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.ledger.note import Signer
from sirekap.ledger.tree import leaf_hash
from sirekap.workflow.received import Result, write_result

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CONTEST = "pkwkp-32"
PUBLISHED_VOTES = (2_204_452, 2_116_017, 4_260_072, 14_130_192)
"""The governor's result per pair, West Java 2024, as the press reported the commission's determination."""
PUBLISHED_INVALID = 993_052
"""Invalid ballots, from the same reports."""
STATIONS_PER_DISTRICT, STATIONS_PER_VILLAGE = 120, 12
FULL = 600
"""Most voters of a station in a local election."""


@dataclass(frozen=True, slots=True)
class Regency:
    """A regency or city: its real number of stations, and partial counts per pair that serve as proportions."""

    code: str
    name: str
    stations: int
    partial: tuple[int, ...]


@functools.cache
def regencies() -> tuple[Regency, ...]:
    """The 26, in code order."""
    text = resources.files("sirekap.simulate").joinpath("data", "west_java.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Regency(row["code"], row["name"], int(row["stations"]), tuple(int(row[f"partial_{n}"]) for n in range(1, 5)))
        for row in rows
    )


def results(seed: int, our_votes: Sequence[int], our_invalid: int) -> Iterator[Result]:
    """Every regency's stations; together with ours they sum to `PUBLISHED_VOTES` and `PUBLISHED_INVALID`.

    ``our_votes``, ``our_invalid``: Kabupaten Bekasi's governor result. ``ValueError`` when it exceeds the published.
    """
    left = [whole - ours for whole, ours in zip(PUBLISHED_VOTES, our_votes, strict=True)]
    invalid = PUBLISHED_INVALID - our_invalid
    if min(*left, invalid) < 0:
        raise ValueError(f"ours ({list(our_votes)}, invalid {our_invalid}) exceed the province's published result")
    places = regencies()
    shares = np.array([place.partial for place in places], np.float64)
    votes = np.column_stack([_apportion(shares[:, n], left[n]) for n in range(len(left))])
    spoilt = _apportion(votes.sum(axis=1).astype(np.float64), invalid)
    for place, own, lost in zip(places, votes, spoilt, strict=True):
        yield _regency(np.random.default_rng([seed, int(place.code)]), place, own, int(lost))


def _apportion(weights: Floats, total: int) -> Ints:
    """Whole numbers in proportion to ``weights`` that sum to ``total``, by largest remainder."""
    exact = weights * (total / weights.sum())
    out: Ints = np.floor(exact).astype(np.int64)
    short = int(total - out.sum())
    out[np.argsort(out - exact, kind="stable")[:short]] += 1
    return out


def _codes(place: Regency) -> tuple[str, ...]:
    """Station codes in invented districts and villages of about the usual size."""
    out = []
    for n in range(place.stations):
        district, within = divmod(n, STATIONS_PER_DISTRICT)
        village, station = divmod(within, STATIONS_PER_VILLAGE)
        out.append(f"{place.code}{district + 1:02d}{2001 + village}{station + 1:03d}")
    return tuple(out)


def _regency(rng: np.random.Generator, place: Regency, votes: Ints, invalid: int) -> Result:
    count = place.stations
    size = np.clip(rng.normal(1.0, 0.11, count), 0.6, 1.25)
    village = np.arange(count) // STATIONS_PER_VILLAGE
    lean = rng.normal(0, 0.12, (int(village[-1]) + 1, len(votes)))[village] + rng.normal(0, 0.08, (count, len(votes)))
    pairs = np.column_stack([_apportion(size * np.exp(lean[:, n]), int(votes[n])) for n in range(len(votes))])
    lost = _apportion(pairs.sum(axis=1) * rng.gamma(6, 1 / 6, count), invalid)
    columns = _administration(rng, pairs.sum(axis=1) + lost)
    columns |= {f"votes_{n + 1}": pairs[:, n] for n in range(len(votes))}
    columns |= {"valid": pairs.sum(axis=1), "invalid": lost, "total": pairs.sum(axis=1) + lost}
    fields = chasil.field_ids(len(votes))
    figures = np.column_stack([columns[name] for name in fields])
    blank = np.zeros(figures.shape, bool)
    return Result(place.code, place.name, CONTEST, fields, _codes(place), figures, blank, True, {})


def _administration(rng: np.random.Generator, total: Ints) -> dict[str, Ints]:
    """Rolls, voters and ballots around the ballots cast; every identity and bound of the form holds."""
    turnout = np.clip(rng.normal(0.66, 0.07, len(total)), 0.45, 0.95)
    roll = np.maximum(np.minimum(np.rint(total / turnout).astype(np.int64), FULL), total)
    card = np.minimum(rng.poisson(4.0, len(total)), total // 20)
    moved = np.minimum(rng.poisson(1.1, len(total)), total // 50)
    men = rng.binomial(roll, 0.4995)
    listed = total - card - moved
    came = np.clip(rng.binomial(listed, men / np.maximum(roll, 1)), listed - (roll - men), men)
    rows = {"roll_dpt": (men, roll), "voted_dpt": (came, listed)}
    rows |= {"voted_dpph": (rng.binomial(moved, 0.5), moved), "voted_dptb": (rng.binomial(card, 0.5), card)}
    rows["voted_total"] = (sum(rows[f"voted_{s}"][0] for s in ("dpt", "dpph", "dptb")), total)
    limit = np.minimum(rows["voted_total"][0], total - rows["voted_total"][0])
    disabled = [np.minimum(rng.poisson(0.6, len(total)), limit) for _ in "lp"]
    rows["disabled"] = (disabled[0], disabled[0] + disabled[1])
    out: dict[str, Ints] = {}
    for stem, (first, both) in rows.items():
        out |= {f"{stem}_l": first, f"{stem}_p": both - first, f"{stem}_j": both}
    received = roll + -(-roll * 25 // 1000)
    spoiled = np.minimum(rng.poisson(0.8, len(total)), received - total)
    out |= {"ballots_received": received, "ballots_used": total, "ballots_spoiled": spoiled}
    return out | {"ballots_unused": received - total - spoiled}


def node_key(seed: int, code: str) -> Signer:
    """The key of a simulated node; anybody can derive it, and its name says that it is simulated."""
    secret = hashlib.sha256(f"sirekap simulated node {seed} {code}".encode()).digest()
    return Signer(f"simulasi.{code}.sirekap.local/log", Ed25519PrivateKey.from_private_bytes(secret))


def write_packages(
    folder: Path,
    seed: int,
    our_votes: Sequence[int],
    our_invalid: int,
    advance: Callable[[Path], None] = lambda path: None,
) -> list[Path]:
    """Write the 26 packages ``<code>.tar``, in code order; the same arguments give the same bytes."""
    written = []
    for result in results(seed, our_votes, our_invalid):
        signer = node_key(seed, result.region)
        entry = canonical.dumps({"figures_sha256": result.sheet().figures_sha256(), "simulated": True})
        head = Checkpoint(signer.name, 1, leaf_hash(entry))
        path = folder / f"{result.region}.tar"
        write_result(path, result, sign_checkpoint(head, signer).decode(), signer)
        written.append(path)
        advance(path)
    return written
