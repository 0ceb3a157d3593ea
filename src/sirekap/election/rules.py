"""Numbered checks of one form: what breaks, on which figures, and what to tell whom.

``check`` only reports: it never alters a figure. One cause gives one message: a rule is left out
when a broken rule named in its ``hidden_by`` explains it, that is when one and the same change
of one shared figure would satisfy both.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple

from sirekap.election import chasil
from sirekap.election.rules_base import (
    DEFAULT_LIMITS,
    Audience,
    Check,
    Context,
    Finding,
    Identity,
    Limits,
    Rule,
    Scope,
    Severity,
    Values,
)
from sirekap.election.rules_cross import check_channels, check_cross_contest, check_cross_tier
from sirekap.election.rules_table import RULE_BY_CODE, RULES
from sirekap.election.rules_texts import AUDIENCE_OF, describe, title

__all__ = [
    "AUDIENCE_OF",
    "DEFAULT_LIMITS",
    "RULES",
    "RULE_BY_CODE",
    "Audience",
    "Finding",
    "Limits",
    "Rule",
    "Scope",
    "Severity",
    "check",
    "check_channels",
    "check_cross_contest",
    "check_cross_tier",
    "describe",
    "has_errors",
    "title",
]


class _Armed(NamedTuple):
    """A form rule made ready for one number of vote columns."""

    rule: Rule
    check: Check
    fields: frozenset[str]


@functools.cache
def _armed(columns: int) -> tuple[_Armed, ...]:
    built = [(rule, rule.check(columns)) for rule in RULES if rule.check]
    return tuple(_Armed(rule, check, frozenset(check.fields)) for rule, check in built)


def check(
    figures: Mapping[str, object],
    columns: int,
    *,
    complete: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Finding]:
    """Findings of one station's form, in rule order.

    ``figures``: field id -> figure; absent or ``None`` = not written, and rules that need it are
    skipped. ``columns``: vote columns of the contest (pairs plus a blank column).
    ``complete=True`` also reports rows left empty that every layout prints.
    Raises ``ValueError`` when ``columns`` is not 1..``chasil.MAX_COLUMNS``.
    """
    known = chasil.field_ids(columns, optional=True)
    found, values = _check_format(figures, known, columns)
    if complete:
        missing = tuple(f for f in chasil.field_ids(columns) if figures.get(f) is None)
        if missing:
            found.append(Finding("E105", Severity.ERROR, missing, {"missing": len(missing)}))
    broken: dict[str, tuple[_Armed, Context]] = {}
    for armed in _armed(columns):
        context = armed.check.breach(values, limits)
        if context is not None:
            broken[armed.rule.code] = (armed, context)
    for armed, context in broken.values():
        if not _follows(armed, broken, values, limits):
            fields = tuple(f for f in armed.check.fields if f in context)
            found.append(Finding(armed.rule.code, armed.rule.severity, fields, context))
    return found


def has_errors(findings: list[Finding]) -> bool:
    """Whether any finding is an error (warnings alone do not contradict the form)."""
    return any(f.severity is Severity.ERROR for f in findings)


def _check_format(
    figures: Mapping[str, object], known: tuple[str, ...], columns: int
) -> tuple[list[Finding], dict[str, int]]:
    """Format findings, and the figures that are fit for arithmetic."""
    found: list[Finding] = []
    values: dict[str, int] = {}
    for name in known:
        figure = figures.get(name)
        if figure is None:
            continue
        if isinstance(figure, bool) or not isinstance(figure, int):
            found.append(Finding("E102", Severity.ERROR, (name,)))
        elif figure < 0:
            found.append(Finding("E103", Severity.ERROR, (name,), {"actual": figure}))
        elif figure > chasil.BY_ID[name].maximum:
            context = {"actual": figure, "expected": chasil.BY_ID[name].maximum}
            found.append(Finding("E104", Severity.ERROR, (name,), context))
        else:
            values[name] = figure
    for name in sorted(figures.keys() - set(known)):
        if name not in chasil.BY_ID:
            found.append(Finding("E101", Severity.ERROR, (name,)))
        elif figures[name] is not None:
            found.append(Finding("E106", Severity.ERROR, (name,), {"columns": columns}))
    found.sort(key=lambda f: f.code)
    return found, values


def _follows(armed: _Armed, broken: Mapping[str, tuple[_Armed, Context]], values: Values, limits: Limits) -> bool:
    hiders = [broken[code][0] for code in armed.rule.hidden_by if code in broken]
    if any(_explains(hider, armed, values, limits) for hider in hiders):
        return True
    if not isinstance(armed.check, Identity):
        return False
    # Rules on other columns explain a sum column only together: their gaps must add up to its gap.
    apart = [h.check for h in hiders if isinstance(h.check, Identity) and not h.fields & armed.fields]
    return bool(apart) and sum(i.residual(values) or 0 for i in apart) == armed.check.residual(values)


def _explains(hider: _Armed, armed: _Armed, values: Values, limits: Limits) -> bool:
    """Whether one change of one figure would satisfy both rules (two bounds: always)."""
    solved, other = hider, armed
    if not isinstance(hider.check, Identity):
        solved, other = armed, hider
    if not isinstance(solved.check, Identity):
        return True
    return any(
        other.check.breach({**values, name: figure}, limits) is None
        for name, figure in solved.check.repairs(values)
        if name in other.fields
    )
