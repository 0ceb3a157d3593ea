"""Stations and their rolls: the decree's 4,206, 30 special locations added later, voters moved to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from sirekap.demo.facts import Facts, Village
from sirekap.demo.fitting import Floats, Ints, apportion
from sirekap.demo.plan import AddedStation, RollAmendment, Station

LARGE_ROLL = 617
"""Voters of the one special location above the limit of 600."""
SPECIAL_NUMBER = 901
"""First station number used for special locations [assumed]."""
SPECIAL_KINDS = ("rumah sakit", "pondok pesantren", "asrama pabrik", "panti sosial", "rumah tahanan")
FIRST_ADDED = datetime(2024, 11, 18, 2, tzinfo=UTC)
MOVED_AT_MOST = 60


@dataclass(frozen=True)
class Places:
    """Stations as arrays in code order: indices of village and district, rolls on election day."""

    codes: tuple[str, ...]
    village: Ints
    district: Ints
    special: tuple[str, ...]
    men: Ints
    women: Ints

    @property
    def roll(self) -> Ints:
        """Voters per station."""
        return self.men + self.women

    @property
    def is_special(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Mask of the added special locations."""
        return np.array([bool(s) for s in self.special])


def _special_villages(rng: np.random.Generator, villages: tuple[Village, ...], count: int) -> dict[str, str]:
    """Village code -> what its special location is; the first drawn is the large prison."""
    able = [v for v in villages if v.stations >= 20]
    weight = np.array([v.stations for v in able], np.float64)
    drawn = rng.choice(len(able), size=count, replace=False, p=weight / weight.sum())
    kinds = ["lembaga pemasyarakatan"] + [SPECIAL_KINDS[k % len(SPECIAL_KINDS)] for k in range(count - 1)]
    return {able[int(i)].code: kind for i, kind in zip(drawn, kinds, strict=True)}


def _rolls(rng: np.random.Generator, district: Ints, special: tuple[str, ...], facts: Facts, means: Floats) -> Ints:
    """Voters per station with exactly the decree's sum; regular stations hold 200..600."""
    total = facts.men + facts.women
    is_special = np.array([bool(s) for s in special])
    roll = rng.integers(130, 340, len(district))
    roll[[i for i, s in enumerate(special) if s.startswith("lembaga")]] = LARGE_ROLL
    regular = ~is_special
    gap = 600 - np.clip(means[district[regular]], 470, 575)
    lacking = gap * rng.gamma(1.4, 1 / 1.4, int(regular.sum())) + rng.uniform(0, 6, int(regular.sum()))
    needed = 600 * int(regular.sum()) - (total - int(roll[is_special].sum()))
    for _ in range(30):
        lacking = np.minimum(lacking * (needed / lacking.sum()), 398.0)
    roll[regular] = 600 - apportion(lacking, needed)
    return roll


def _men(rng: np.random.Generator, roll: Ints, special: tuple[str, ...], men: int) -> Ints:
    share = 0.4995 + rng.normal(0, 0.012, len(roll))
    regular = np.array([not s for s in special])
    share[~regular] = rng.uniform(0.35, 0.65, int((~regular).sum()))
    share[[i for i, s in enumerate(special) if s.startswith("lembaga")]] = 0.94
    out = np.rint(roll * share).astype(np.int64)
    while gap := men - int(out.sum()):
        some = rng.permutation(np.flatnonzero(regular))[: abs(gap)]
        out[some] += int(np.sign(gap))
    return out


def build_places(rng: np.random.Generator, facts: Facts, roll_means: Floats) -> Places:
    """Draw the stations. ``roll_means`` = wanted mean roll per district."""
    total = sum(v.stations for v in facts.villages)
    special_of = _special_villages(rng, facts.villages, total - facts.decree_stations)
    codes: list[str] = []
    special: list[str] = []
    village: list[int] = []
    for i, v in enumerate(facts.villages):
        kind = special_of.get(v.code, "")
        numbers = list(range(1, v.stations + (0 if kind else 1))) + ([SPECIAL_NUMBER] if kind else [])
        codes += [f"{v.code}{n:03d}" for n in numbers]
        special += [kind if n == SPECIAL_NUMBER else "" for n in numbers]
        village += [i] * len(numbers)
    position = {d.code: i for i, d in enumerate(facts.districts)}
    district = np.array([position[c[:6]] for c in codes], np.int64)
    roll = _rolls(rng, district, tuple(special), facts, roll_means)
    men = _men(rng, roll, tuple(special), facts.men)
    return Places(tuple(codes), np.array(village, np.int64), district, tuple(special), men, roll - men)


def _sources(places: Places, station: int, room: Ints) -> list[tuple[int, int]]:
    """Neighbours (index, voters) whose decree roll held the added station's voters; ``room`` is used up."""
    regular = ~places.is_special
    near = places.village == places.village[station]
    distance = np.where(near, 0, np.where(places.district == places.district[station], 1, 2))
    candidates = np.flatnonzero(regular & (distance < 2) & (room > 0))
    order = candidates[np.lexsort((-room[candidates], distance[candidates]))]
    left = int(places.roll[station])
    out: list[tuple[int, int]] = []
    for i in order.tolist():
        take = min(MOVED_AT_MOST, int(room[i]), left)
        out.append((i, take))
        room[i] -= take
        left -= take
        if left == 0:
            return out
    raise ValueError(f"no room for the voters of {places.codes[station]}")


def move_voters(places: Places) -> tuple[tuple[Station, ...], tuple[AddedStation, ...], tuple[RollAmendment, ...]]:
    """Stations with decree rolls, the added ones, and the amendments that lead from the decree to election day.

    Decree rolls of regular stations stay <= 600; the sum over all stations is the same before and after.
    """
    room = np.where(places.is_special, 0, 600 - places.roll)
    moves: list[tuple[int, int, int, int]] = []
    added = np.flatnonzero(places.is_special).tolist()
    for s in added:
        sources = _sources(places, s, room)
        men = apportion(np.array([n for _, n in sources], np.float64), int(places.men[s]))
        moves += [(s, i, int(m), n - int(m)) for (i, n), m in zip(sources, men.tolist(), strict=True)]
    men, women = places.men.copy(), places.women.copy()
    for _, i, m, w in moves:
        men[i] += m
        women[i] += w
    stations = _stations(places, men, women)
    at = {s: FIRST_ADDED + timedelta(hours=4 * k) for k, s in enumerate(added)}
    return stations, _added(places, at), _amendments(places, at, moves, men, women)


def _stations(places: Places, men: Ints, women: Ints) -> tuple[Station, ...]:
    return tuple(
        Station(
            code,
            int(places.men[i]),
            int(places.women[i]),
            None if places.special[i] else int(men[i]),
            None if places.special[i] else int(women[i]),
            places.special[i],
        )
        for i, code in enumerate(places.codes)
    )


def _added(places: Places, at: dict[int, datetime]) -> tuple[AddedStation, ...]:
    return tuple(
        AddedStation(
            when,
            places.codes[s],
            int(places.men[s]),
            int(places.women[s]),
            f"TPS lokasi khusus ({places.special[s]}) ditambahkan setelah keputusan DPT; pemilih pindah dari TPS lain.",
        )
        for s, when in at.items()
    )


def _amendments(
    places: Places, at: dict[int, datetime], moves: list[tuple[int, int, int, int]], men: Ints, women: Ints
) -> tuple[RollAmendment, ...]:
    now_m, now_w = men.copy(), women.copy()
    out: list[RollAmendment] = []
    for k, (s, i, m, w) in enumerate(moves):
        old_l, old_p = int(now_m[i]), int(now_w[i])
        now_m[i] -= m
        now_w[i] -= w
        when = at[s] + timedelta(minutes=5, seconds=k)
        reason = f"{m + w} pemilih dipindahkan ke TPS lokasi khusus {places.codes[s]}."
        out.append(RollAmendment(when, places.codes[i], old_l, old_p, old_l - m, old_p - w, places.codes[s], reason))
    return tuple(out)
