"""What is written and what is true, over all figures of a form at once: exact sum-product with the form's identities.

Every field has a true figure 0..999 and what a person wrote for it, which may differ (``slip``). True figures obey the
identities of `election.rules_table`; what is written is seen through the channels. So arithmetic is evidence about the
truth, and a sure reading that breaks a sum is believed to be a slip of the pen rather than repaired.

Exact: the identities outside the rows of men, women and sum form a tree; their messages are full convolutions over
0..999. In the block of rows (loops) lists are cut and the weight left out is bounded, see `tables`; ``lost`` is that
bound. An identity takes part only when every figure it names is on the pages given, as in `election.rules.check`.
Bounds take part between rows where they close no loop; all others are implied by identities or only checked. A
station's roll is a cap: figures above it weigh a hundredth, those below all the same.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sirekap.election.chasil import BY_ID, Column
from sirekap.election.rules_base import Bound, Identity
from sirekap.election.rules_table import BOUNDS, IDENTITIES
from sirekap.reading.sums import Floats, normalised, one_message, sum_messages, truth_weights, written_posterior
from sirekap.reading.tables import Row, Table

_ABOVE_CAP = 0.01
_SHARPER = (3, 9)
_MAJORITY = 0.5


@dataclass(frozen=True, slots=True)
class Sum:
    """One identity outside the rows."""

    identity: Identity

    @property
    def fields(self) -> tuple[str, ...]:
        """Every figure it ties together."""
        return self.identity.fields

    def messages(self, incoming: Mapping[str, Floats], power: int = 1) -> tuple[dict[str, Floats], float]:
        """What the identity tells every figure; nothing is left out."""
        terms, target = self.identity.terms, self.identity.target
        to_terms, to_target = sum_messages([incoming[term] for term in terms], incoming[target], power > 1)
        return dict(zip((*terms, target), (*to_terms, to_target), strict=True)), 0.0

    def message(self, incoming: Mapping[str, Floats], field: str, power: int = 1) -> Floats:
        """What the identity tells ``field``."""
        others = [incoming[term] for term in self.identity.terms if term != field]
        target = None if field == self.identity.target else incoming[self.identity.target]
        return one_message(others, target, power > 1)


Factor = Sum | Table


@dataclass(frozen=True, slots=True)
class Structure:
    """The factors of a form. ``codes``: the rules among them; ``tied``: figures that at least one rule checks."""

    factors: tuple[Factor, ...]
    codes: tuple[str, ...]
    tied: frozenset[str]


@dataclass(frozen=True, slots=True)
class Posterior:
    """One figure after arithmetic: outcomes written (1003,), the truth (1000,), and the truth of the likeliest form."""

    own: Floats
    written: Floats
    truth: Floats
    best: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """All figures. ``certain``: ``best`` is proved the jointly likeliest form. ``lost``: share left out at most."""

    fields: Mapping[str, Posterior]
    structure: Structure
    certain: bool
    lost: float


@functools.lru_cache(maxsize=256)
def structure(columns: int, present: frozenset[str]) -> Structure:
    """Factors for the fields ``present`` of a form with ``columns`` vote columns."""
    found = [
        (rule.code, check) for rule in IDENTITIES if rule.check and isinstance(check := rule.check(columns), Identity)
    ]
    alive = [(code, i) for code, i in found if i.unless not in present and all(f in present for f in i.fields)]
    tables = _tables([i for _, i in alive], columns, present)
    inside = {cell for table in tables for cell in table.fields}
    factors: list[Factor] = list(tables)
    codes = []
    groups = _Groups()
    for table in tables:
        groups.tie(table.fields)
    for code, identity in alive:
        if set(identity.fields) <= inside and _is_table_identity(identity):
            codes.append(code)
        elif groups.tie(identity.fields):
            factors.append(Sum(identity))
            codes.append(code)
    return Structure(tuple(factors), tuple(codes), frozenset(f for _, i in alive for f in i.fields))


class _Groups:
    """Which figures are connected already; refuses an identity that would close a loop."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}
        self.next = 0

    def tie(self, fields: Sequence[str]) -> bool:
        """Connects ``fields``; False, and nothing done, when two of them were connected before."""
        known = [self.of[f] for f in fields if f in self.of]
        if len(set(known)) < len(known):
            return False
        self.next += 1
        for field in [f for f in self.of if self.of[f] in known]:
            self.of[field] = self.next
        self.of.update(dict.fromkeys(fields, self.next))
        return True


def _stem(field: str) -> str:
    return BY_ID[field].stem


def _is_table_identity(identity: Identity) -> bool:
    return all(BY_ID[f].column is not None for f in identity.fields)


@functools.cache
def _row(stem: str) -> Row:
    cells = {field.column: field.id for field in BY_ID.values() if field.stem == stem}
    return Row(cells[Column.MEN], cells[Column.WOMEN], cells[Column.SUM])


def _tables(identities: Sequence[Identity], columns: int, present: frozenset[str]) -> list[Table]:
    """One table for every family of column sums, with the bounds that close no loop."""
    families: dict[str, tuple[str, ...]] = {}
    for identity in identities:
        if _is_table_identity(identity) and len({_stem(f) for f in identity.fields}) > 1:
            families[_stem(identity.target)] = tuple(_stem(term) for term in identity.terms)
    tied = {stem for whole, parts in families.items() for stem in (whole, *parts)}
    bounds = {stems for stems in _row_bounds(columns, present) if len(tied & set(stems)) == 1}
    out, used = [], set[str]()
    for whole, parts in families.items():
        mine = []
        for small, large in sorted(bounds):
            outer = large if small in tied else small
            if {small, large} & {whole, *parts} and outer not in used:
                used.add(outer)
                mine.append((_row(small), _row(large)))
        out.append(Table(tuple(_row(stem) for stem in parts), _row(whole), tuple(mine)))
    return out


def _row_bounds(columns: int, present: frozenset[str]) -> set[tuple[str, str]]:
    out = set()
    for rule in BOUNDS:
        check = rule.check(columns) if rule.check else None
        if isinstance(check, Bound) and all(BY_ID[f].column is not None for f in check.fields):
            small, large = _stem(check.small[0]), _stem(check.large)
            if all(cell in present for stem in (small, large) for cell in _row(stem).cells):
                out.add((small, large))
    return out


def decode(
    written: Mapping[str, Floats], columns: int, *, slip: float, caps: Mapping[str, int] | None = None
) -> Decoded:
    """Posteriors of all figures from ``written``: field id -> outcomes (1003,) after the channels, see `numbers`."""
    found = structure(columns, frozenset(written))
    if not written:
        return Decoded({}, found, True, 0.0)
    names = tuple(written)
    own = np.stack([written[name] for name in names])
    prior = np.stack([_cap((caps or {}).get(name)) for name in names])
    weights = truth_weights(own, slip) * prior
    leaves = dict(zip(names, weights, strict=True))
    messages, lost = _propagate(found.factors, leaves, 1)
    said = np.stack([messages[name] for name in names])
    truth = weights * said
    truth /= np.maximum(truth.sum(axis=1, keepdims=True), 1e-300)
    beliefs = dict(zip(names, truth, strict=True))
    best, certain = _best(found, leaves, beliefs)
    after = written_posterior(own, said * prior, slip)
    fields = {name: Posterior(own[k], after[k], truth[k], best[name]) for k, name in enumerate(names)}
    return Decoded(fields, found, certain, lost)


def _cap(most: int | None) -> Floats:
    out = np.ones(1000)
    if most is not None:
        out[max(most, 0) + 1 :] = _ABOVE_CAP
    return out


def _best(found: Structure, leaves: Mapping[str, Floats], truth: Mapping[str, Floats]) -> tuple[dict[str, int], bool]:
    """The jointly likeliest form, and whether that is proved.

    If the chances that single figures differ from their likeliest values add up to less than half, those values
    together have a majority, so no other form is likelier. Raising all weights to a power keeps the likeliest form and
    sharpens the chances, until the proof succeeds or the form is as good as undecided.
    """
    best, certain = _majority(found, truth)
    for power in _SHARPER:
        if certain:
            break
        sharp = {name: (weights / weights.max()) ** power for name, weights in leaves.items()}
        messages, _ = _propagate(found.factors, sharp, power)
        best, certain = _majority(found, {name: normalised(sharp[name] * messages[name]) for name in sharp})
    return best, certain


def _majority(found: Structure, truth: Mapping[str, Floats]) -> tuple[dict[str, int], bool]:
    best = {name: int(weights.argmax()) for name, weights in truth.items()}
    doubt = sum(1.0 - float(truth[name][best[name]]) for name in best if name in found.tied)
    return best, doubt < _MAJORITY


def _propagate(factors: Sequence[Factor], leaves: Mapping[str, Floats], power: int) -> tuple[dict[str, Floats], float]:
    """For every figure what all the others say of it; and the share of weight left out at most."""
    order = _order(factors, leaves)
    to_field: dict[tuple[int, str], Floats] = {}
    around: dict[str, list[int]] = {}
    for number, factor in enumerate(factors):
        for name in factor.fields:
            around.setdefault(name, []).append(number)

    def incoming(number: int) -> dict[str, Floats]:
        out = {}
        for name in factors[number].fields:
            if name in leaves:
                said = [to_field[k, name] for k in around[name] if k != number and (k, name) in to_field]
                out[name] = normalised(np.prod([leaves[name], *said], axis=0))
        return out

    lost = 0.0
    for number, parent in reversed(order):
        if parent is not None:
            to_field[number, parent] = factors[number].message(incoming(number), parent, power)
    for number, _ in order:
        messages, left_out = factors[number].messages(incoming(number), power)
        lost += left_out
        to_field |= {(number, name): message for name, message in messages.items()}
    flat = np.ones(1000)
    return {name: np.prod([flat, *(to_field[k, name] for k in around.get(name, ()))], axis=0) for name in leaves}, min(
        lost, 1.0
    )


def _order(factors: Sequence[Factor], leaves: Mapping[str, Floats]) -> list[tuple[int, str | None]]:
    """Every factor once, parents first, with the figure that ties it to its parent; tables are roots where possible."""
    waiting = dict.fromkeys(sorted(range(len(factors)), key=lambda k: isinstance(factors[k], Sum)))
    order: list[tuple[int, str | None]] = []
    while waiting:
        queue: list[tuple[int, str | None]] = [(next(iter(waiting)), None)]
        while queue:
            number, parent = queue.pop(0)
            if number not in waiting:
                continue
            del waiting[number]
            order.append((number, parent))
            for name in factors[number].fields:
                if name in leaves and name != parent:
                    queue += [(k, name) for k in waiting if name in factors[k].fields]
    return order
