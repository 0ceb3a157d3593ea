"""The hard checks over many forms at once, column by column; `rules.check` says what is wrong with the few that break.

The same rule objects as `rules`: nothing is written twice. Warnings are left to `rules.check`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sirekap.election import chasil
from sirekap.election.rules_base import Bound, Identity, Severity
from sirekap.election.rules_table import RULES

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def with_errors(fields: Sequence[str], figures: Ints, missing: Mask, columns: int) -> Mask:
    """Which rows ``check(row, columns, complete=True)`` finds an error in: bool [rows].

    ``fields``: catalogue ids; ``figures``: int64 [rows x fields]; ``missing``: bool [rows x fields], boxes left blank.
    Raises ``KeyError`` for a field that no form with this many vote columns has.
    """
    known = set(chasil.field_ids(columns, optional=True))
    if unknown := [name for name in fields if name not in known]:
        raise KeyError(unknown[0])
    place = {name: at for at, name in enumerate(fields)}
    maxima = np.array([chasil.BY_ID[name].maximum for name in fields], np.int64)
    wrong: Mask = np.any(((figures < 0) | (figures > maxima)) & ~missing, axis=1)
    fit = ~missing & (figures >= 0) & (figures <= maxima)
    for name in chasil.field_ids(columns):
        wrong |= missing[:, place[name]] if name in place else True
    for rule in RULES:
        if rule.check is None or rule.severity is not Severity.ERROR:
            continue
        check = rule.check(columns)
        if isinstance(check, Identity):
            wrong |= _unequal(check, place, figures, fit)
        elif isinstance(check, Bound):
            wrong |= _above(check, place, figures, fit)
        else:
            raise TypeError(f"{rule.code} cannot be checked column by column")
    return wrong


def _unequal(check: Identity, place: dict[str, int], figures: Ints, fit: Mask) -> Mask:
    rows = len(figures)
    if any(name not in place for name in check.fields):
        return np.zeros(rows, bool)
    at = [place[name] for name in check.fields]
    applies: Mask = np.all(fit[:, at], axis=1)
    if check.unless in place:
        applies &= ~fit[:, place[check.unless]]
    out: Mask = applies & (figures[:, at[-1]] != figures[:, at[:-1]].sum(axis=1))
    return out


def _above(check: Bound, place: dict[str, int], figures: Ints, fit: Mask) -> Mask:
    out = np.zeros(len(figures), bool)
    if check.large not in place:
        return out
    large = place[check.large]
    for name in check.small:
        if name in place:
            small = place[name]
            out |= fit[:, small] & fit[:, large] & (figures[:, small] > figures[:, large])
    return out
