"""Rows of men, women and sum, tied by column sums and bounds: the one part of the form whose identities form loops.

A row is one variable: a list of pairs (men, women), the sum being theirs. Kept are pairs of which at least two of the
three cells are readings the channels support; so every single slip in a row is covered, and a row with one
illegible cell. The least certain row of a block of column sums is not listed at all: it is computed from the others and
weighed cell by cell over 0..999. `Table.messages` returns a bound on the weight that lists leave out, so a caller knows
how exact the result is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sirekap.reading.numbers import FIGURES
from sirekap.reading.sums import Floats, added, normalised, sum_messages

Ints = NDArray[np.int64]

_SUPPORTED = 2e-5
_LIKELIEST = 32
_OPEN = 0.9
_TOO_MUCH = 3e-5


@dataclass(frozen=True, slots=True)
class Effort:
    """How long lists may get: readings of a cell, pairs of a row, combinations of rows; and a pair's least weight."""

    support: int
    pairs: int
    combined: int
    worth: float


QUICK = Effort(32, 64, 384, 1e-9)
THOROUGH = Effort(64, 220, 1800, 1e-12)
"""Tried when the quick lists leave out too much."""


@dataclass(frozen=True, slots=True)
class Row:
    """Field ids of one row: men, women and their sum."""

    men: str
    women: str
    sum: str

    @property
    def cells(self) -> tuple[str, str, str]:
        """Men, women, sum."""
        return self.men, self.women, self.sum


@dataclass(slots=True)
class Pairs:
    """Pairs (men, women) of a row with their weights.

    ``left_out``: weight of all pairs that are not listed; ``heaviest_left_out``: none of them weighs more.
    """

    men: Ints
    women: Ints
    weight: Floats
    left_out: float = 0.0
    heaviest_left_out: float = 1.0

    @property
    def total(self) -> float:
        """Weight listed and left out."""
        return float(self.weight.sum()) + self.left_out


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of which ``whole`` is the sum of ``parts`` (both empty for none), and bounds between rows.

    ``bounds``: (smaller row, larger row): neither men nor women of the smaller may exceed the larger's. One row of each
    bound is tied by the sums, the other is not, and no other row is in two bounds.
    """

    parts: tuple[Row, ...]
    whole: Row
    bounds: tuple[tuple[Row, Row], ...] = ()

    @property
    def tied(self) -> tuple[Row, ...]:
        """The rows of the column sums."""
        return (*self.parts, self.whole)

    @property
    def beside(self) -> tuple[Row, ...]:
        """Rows that only a bound ties to the others."""
        seen = [row for pair in self.bounds for row in pair if row not in self.tied]
        return tuple(dict.fromkeys(seen))

    @property
    def fields(self) -> tuple[str, ...]:
        """Every cell, absent ones included."""
        return tuple(cell for row in (*self.tied, *self.beside) for cell in row.cells)

    def messages(self, incoming: Mapping[str, Floats], power: int = 1) -> tuple[dict[str, Floats], float]:
        """What the table tells every cell, from what each says of itself; and the share of weight left out at most.

        ``incoming``: field id -> weights (1000,); cells that are not on the form are absent. ``power``: the weights
        were raised to this, so readings with that much less weight are still supported.
        """
        flat = np.full(FIGURES, 1.0 / FIGURES)
        said = {row: np.stack([_scaled(incoming.get(cell, flat)) for cell in row.cells]) for row in self._rows()}
        open_cells = {row: sum(_is_open(cell) for cell in said[row]) for row in said}
        hidden = [row for row in self.tied if open_cells[row] >= 2]
        if len(hidden) > 1:
            return _apart(said), 0.0
        found: dict[str, Floats] = {}
        left_out = 1.0
        for effort in (QUICK, THOROUGH):
            lists = {row: listed(said[row], effort, power) for row in said if open_cells[row] < 2}
            derived = hidden[0] if hidden else max(self.tied, key=lambda row: (open_cells[row], _doubt(lists[row])))
            found, left_out = _Solver(self, said, lists, derived, effort).solve()
            if left_out <= _TOO_MUCH or power > 1:
                break
        return found, left_out

    def message(self, incoming: Mapping[str, Floats], field: str, power: int = 1) -> Floats:
        """What the table tells ``field``."""
        return self.messages(incoming, power)[0][field]

    def _rows(self) -> tuple[Row, ...]:
        return (*self.tied, *self.beside)


@dataclass(slots=True)
class _Combined:
    """Sums of pairs of several rows, with the index of the pair that each row put in."""

    men: Ints
    women: Ints
    weight: Floats
    index: dict[Row, Ints] = field(default_factory=dict)


@dataclass(slots=True)
class _Solver:
    table: Table
    said: dict[Row, Floats]
    lists: dict[Row, Pairs]
    derived: Row
    effort: Effort
    left_out: float = 0.0

    def solve(self) -> tuple[dict[str, Floats], float]:
        """Messages to all cells and the share of weight left out."""
        table = self.table
        bounds = [(a, b) for a, b in table.bounds if not {a, b} & set(table.beside) - self.lists.keys()]
        listed_rows = [row for row in table.tied if row is not self.derived]
        own = {row: self.lists[row].weight.copy() for row in listed_rows}
        for small, large in bounds:
            inner, outer = (small, large) if small in table.tied else (large, small)
            if inner is not self.derived:
                own[inner] *= _allowed(self.lists[outer], self.lists[inner], outer is large)
        both = self._combine(listed_rows, own)
        self._count_outside({row for pair in bounds for row in pair} & set(table.beside))
        men, women = self._derived_pairs(both, listed_rows)
        inside = (men >= 0) & (women >= 0) & (men + women < FIGURES)
        men, women = np.where(inside, men, 0), np.where(inside, women, 0)
        cells = self.said[self.derived]
        seen = cells[0][men] * cells[1][women] * cells[2][men + women] * inside
        ends = Pairs(men, women, both.weight * seen)
        for small, large in bounds:
            if self.derived in (small, large):
                outer = large if small is self.derived else small
                ends.weight *= _allowed(self.lists[outer], ends, outer is large)
        total = float(ends.weight.sum())
        if not total > 0:
            return _apart(self.said), 1.0
        posts = {row: self._posterior(row, both, ends) for row in listed_rows}
        out: dict[str, Floats] = {}
        for row, post in posts.items():
            out |= _to_cells(row, post, self.said[row])
        out |= _to_cells(self.derived, ends, cells)
        for small, large in bounds:
            inner, outer = (small, large) if small in table.tied else (large, small)
            post = ends if inner is self.derived else posts[inner]
            out |= self._to_outer(inner, outer, post, outer is large)
        for row in set(table.beside) - {row for pair in bounds for row in pair}:
            out |= _apart({row: self.said[row]})
        return out, min(self.left_out / total, 1.0)

    def _combine(self, rows: Sequence[Row], own: Mapping[Row, Floats]) -> _Combined:
        """All sums (or differences) of one pair from each row, the weakest combinations left out and counted."""
        cells = self.said[self.derived]
        limit = float(np.prod([cell.max() for cell in cells]))
        everything = float(cells[2] @ added(cells[0], cells[1]))
        totals = [self.lists[row].total for row in rows]
        for row, total in zip(rows, totals, strict=True):
            others = float(np.prod(totals)) / max(total, 1e-300)
            # With the other rows fixed, every pair of this row meets another pair of the computed row.
            met = min(self.lists[row].left_out * limit, self.lists[row].heaviest_left_out * everything)
            self.left_out += met * others
        first = rows[0]
        pairs = self.lists[first]
        sign = 1 if first is not self.table.whole else -1
        out = _Combined(sign * pairs.men, sign * pairs.women, own[first], {first: np.arange(len(pairs.men))})
        for number, row in enumerate(rows[1:], 1):
            out = self._joined(out, row, own[row])
            most = self.effort.combined
            if number < len(rows) - 1 and len(out.weight) > most:
                keep = np.argpartition(out.weight, -most)[-most:]
                lost = float(out.weight.sum() - out.weight[keep].sum())
                self.left_out += max(lost, 0.0) * float(np.prod(totals[number + 1 :])) * limit
                index = {row: found[keep] for row, found in out.index.items()}
                out = _Combined(out.men[keep], out.women[keep], out.weight[keep], index)
        return out

    def _count_outside(self, rows: set[Row]) -> None:
        """Brings rows beside into the bound: what they list multiplies it, what they do not list adds to it."""
        everything = float(np.prod([cell.max() for cell in self.said[self.derived]]))
        everything *= float(np.prod([self.lists[row].total for row in self.table.tied if row is not self.derived]))
        for row in rows:
            self.left_out = self.left_out * self.lists[row].total + everything * self.lists[row].left_out
            everything *= self.lists[row].total

    def _joined(self, one: _Combined, row: Row, weight: Floats) -> _Combined:
        pairs, n = self.lists[row], len(one.weight)
        sign = 1 if row is not self.table.whole else -1
        index = {name: np.repeat(found, len(weight)) for name, found in one.index.items()}
        return _Combined(
            np.add.outer(one.men, sign * pairs.men).ravel(),
            np.add.outer(one.women, sign * pairs.women).ravel(),
            np.multiply.outer(one.weight, weight).ravel(),
            index | {row: np.tile(np.arange(len(weight)), n)},
        )

    def _derived_pairs(self, both: _Combined, rows: Sequence[Row]) -> tuple[Ints, Ints]:
        if self.derived is self.table.whole:
            return both.men, both.women
        return -both.men, -both.women

    def _posterior(self, row: Row, both: _Combined, ends: Pairs) -> Pairs:
        pairs = self.lists[row]
        weight = np.bincount(both.index[row], ends.weight, minlength=len(pairs.men))
        return Pairs(pairs.men, pairs.women, weight.astype(np.float64))

    def _to_outer(self, inner: Row, outer: Row, post: Pairs, outer_is_large: bool) -> dict[str, Floats]:
        outside = self.lists[outer]
        allowed = _allowed(outside, post, outer_is_large)
        free = np.divide(post.weight, allowed, out=np.zeros_like(post.weight), where=allowed > 0)
        fit = _allowed(Pairs(post.men, post.women, free), outside, not outer_is_large)
        found = Pairs(outside.men, outside.women, outside.weight * fit)
        if not found.weight.sum() > 0:
            return _apart({outer: self.said[outer]})
        return _to_cells(outer, found, self.said[outer])


def listed(said: Floats, effort: Effort = QUICK, power: int = 1) -> Pairs:
    """The pairs of a row worth listing, from what its cells say, (3, 1000) each with a largest weight of 1."""
    support = [_support(cell, effort.support, power) for cell in said]
    men, women, sums = support
    rest = [_heaviest_outside(cell, inside) for cell, inside in zip(said, support, strict=True)]
    heaviest = max(rest[0] * rest[1], rest[0] * rest[2], rest[1] * rest[2])
    found = []
    if men.size and women.size:
        found.append(np.stack(np.meshgrid(men, women, indexing="ij"), -1).reshape(-1, 2))
    if men.size and sums.size:
        grid = np.stack(np.meshgrid(men, sums, indexing="ij"), -1).reshape(-1, 2)
        found.append(np.stack([grid[:, 0], grid[:, 1] - grid[:, 0]], -1))
    if women.size and sums.size:
        grid = np.stack(np.meshgrid(women, sums, indexing="ij"), -1).reshape(-1, 2)
        found.append(np.stack([grid[:, 1] - grid[:, 0], grid[:, 0]], -1))
    pairs = np.concatenate(found)
    pairs = pairs[(pairs >= 0).all(axis=1) & (pairs.sum(axis=1) < FIGURES)]
    weight = said[0][pairs[:, 0]] * said[1][pairs[:, 1]] * said[2][pairs[:, 0] + pairs[:, 1]]
    if len(weight) > 3 * effort.pairs:
        keep = np.argpartition(weight, -3 * effort.pairs)[-3 * effort.pairs :]
        heaviest = max(heaviest, float(np.delete(weight, keep).max()))
        pairs, weight = pairs[keep], weight[keep]
    _, once = np.unique(pairs[:, 0] * FIGURES + pairs[:, 1], return_index=True)
    order = once[np.argsort(-weight[once])]
    kept = min(effort.pairs, int((weight[order] >= effort.worth**power * weight[order[0]]).sum()))
    heaviest = max(heaviest, float(weight[order[kept]]) if kept < len(order) else 0.0)
    pairs, weight = pairs[order[:kept]], weight[order[:kept]]
    everything = float(said[2] @ added(said[0], said[1]))
    return Pairs(pairs[:, 0], pairs[:, 1], weight, max(everything - float(weight.sum()), 0.0), heaviest)


def _support(cell: Floats, most: int, power: int) -> Ints:
    if _is_open(cell):
        return np.empty(0, np.int64)
    best = np.argpartition(cell, -most)[-most:]
    return np.asarray(best[cell[best] > _SUPPORTED**power * cell[best].max()])


def _heaviest_outside(cell: Floats, inside: Ints) -> float:
    return float(np.delete(cell, inside).max()) if len(inside) < len(cell) else 0.0


def _is_open(cell: Floats) -> bool:
    best = np.partition(cell, -_LIKELIEST)[-_LIKELIEST:]
    return bool(best.sum() < (1 - _OPEN) * cell.sum())


def _doubt(pairs: Pairs) -> float:
    return 1.0 - float(pairs.weight.max()) / max(pairs.total, 1e-300)


def _scaled(weights: Floats) -> Floats:
    return np.asarray(weights / max(float(weights.max()), 1e-300))


def _allowed(outer: Pairs, inner: Pairs, outer_is_large: bool) -> Floats:
    """For every pair of ``inner`` the weight of the ``outer`` pairs that the bound allows beside it."""
    sign = -1 if outer_is_large else 1
    men, women, at_men, at_women = sign * outer.men, sign * outer.women, sign * inner.men, sign * inner.women
    few = len(inner.men) < len(outer.men)
    xs, ys = np.unique(at_men if few else men), np.unique(at_women if few else women)
    row, column = np.searchsorted(xs, men), np.searchsorted(ys, women)
    shape = len(xs) + 1, len(ys) + 1
    grid = np.bincount(row * shape[1] + column, outer.weight, minlength=shape[0] * shape[1]).reshape(shape)
    grid = np.vstack([np.zeros((1, shape[1])), grid]).cumsum(axis=0)
    grid = np.hstack([np.zeros((shape[0] + 1, 1)), grid]).cumsum(axis=1)
    return np.asarray(grid[np.searchsorted(xs, at_men, "right"), np.searchsorted(ys, at_women, "right")])


def _to_cells(row: Row, post: Pairs, said: Floats) -> dict[str, Floats]:
    out: dict[str, Floats] = {}
    for cell, own, at in zip(row.cells, said, (post.men, post.women, post.men + post.women), strict=True):
        belief = np.bincount(at, post.weight, minlength=FIGURES)[:FIGURES]
        out[cell] = normalised(np.divide(belief, own, out=np.zeros(FIGURES), where=own > 0))
    return out


def _apart(said: Mapping[Row, Floats]) -> dict[str, Floats]:
    """Every row by itself: men + women = sum, nothing else."""
    out: dict[str, Floats] = {}
    for row, cells in said.items():
        to_terms, to_sum = sum_messages([cells[0], cells[1]], cells[2])
        out |= dict(zip(row.cells, (*to_terms, to_sum), strict=True))
    return out
