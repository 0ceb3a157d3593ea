"""The vocabulary of the numbered checks: findings, rules, limits, and the three ways figures can break."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Values = Mapping[str, int]
"""Field id -> figure, only figures that are present and well formed."""

Context = dict[str, int]
"""Numbers that explain a finding: ``expected``, ``actual`` and the figures it looked at."""


class Severity(StrEnum):
    """An error contradicts the form's own arithmetic; a warning is unusual but possible."""

    ERROR = "error"
    WARNING = "warning"


class Audience(StrEnum):
    """Who reads a message: who types, who must decide, or anyone."""

    TYPIST = "typist"
    COORDINATOR = "coordinator"
    PUBLIC = "public"


class Scope(StrEnum):
    """What a rule looks at."""

    FORM = "form"
    CHANNELS = "channels"
    CONTESTS = "contests"
    TIERS = "tiers"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True)
class Limits:
    """Settings of the bounds that no source at hand confirms as law.

    ``reserve_per_mille``: reserve ballots per 1,000 voters of the DPT, rounded up.
    ``station_cap``: most DPT voters of one station. ``uniform_from``: a station with at
    least this many votes is looked at when they are all alike.
    """

    reserve_per_mille: int = 25
    station_cap: int = 600
    uniform_from: int = 20

    def reserve(self, roll: int) -> int:
        """Reserve ballots for a DPT of ``roll`` voters."""
        return -(-roll * self.reserve_per_mille // 1000)


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one set of figures breaks. ``fields`` are the figures to look at."""

    code: str
    severity: Severity
    fields: tuple[str, ...]
    context: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """``{"code","severity","fields"}``, the shape other programs read."""
        return {"code": self.code, "severity": self.severity.value, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True)
class Identity:
    """``target`` must equal the sum of ``terms``; ``unless`` names a figure that makes the check needless."""

    target: str
    terms: tuple[str, ...]
    unless: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Every figure the identity ties together."""
        return (*self.terms, self.target)

    def residual(self, values: Values) -> int | None:
        """Target minus sum; ``None`` when a figure is missing or the check is needless."""
        if self.unless in values or any(f not in values for f in self.fields):
            return None
        return values[self.target] - sum(values[t] for t in self.terms)

    def breach(self, values: Values, limits: Limits) -> Context | None:
        """Context when the figures break the identity, else ``None``."""
        residual = self.residual(values)
        if not residual:
            return None
        actual = values[self.target]
        return {"actual": actual, "expected": actual - residual} | {f: values[f] for f in self.fields}

    def repairs(self, values: Values) -> Iterator[tuple[str, int]]:
        """Each single change (field, new figure >= 0) that would make the identity hold."""
        residual = self.residual(values) or 0
        for name, figure in [(self.target, values[self.target] - residual)] + [
            (t, values[t] + residual) for t in self.terms
        ]:
            if figure >= 0:
                yield name, figure


@dataclass(frozen=True, slots=True)
class Bound:
    """Each of ``small`` must not exceed ``large``."""

    small: tuple[str, ...]
    large: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Every figure the bound compares."""
        return (*self.small, self.large)

    def breach(self, values: Values, limits: Limits) -> Context | None:
        """Context (``actual`` = the largest offender) when broken; offenders' figures and the limit's."""
        limit = values.get(self.large)
        if limit is None:
            return None
        over = {s: values[s] for s in self.small if values.get(s, limit) > limit}
        return {"actual": max(over.values()), "expected": limit, **over, self.large: limit} if over else None


@dataclass(frozen=True, slots=True)
class Special:
    """Any other check: ``test`` gives a context when broken. Every field is needed."""

    fields: tuple[str, ...]
    test: Callable[[Values, Limits], Context | None]

    def breach(self, values: Values, limits: Limits) -> Context | None:
        """Context when the figures break the check, else ``None``."""
        if any(f not in values for f in self.fields):
            return None
        found = self.test(values, limits)
        return None if found is None else found | {f: values[f] for f in self.fields}


Check = Identity | Bound | Special


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered check.

    ``formula`` is the rule in the form's own row numbers, ``source`` the paper or setting it
    comes from. ``check`` builds the predicate for a contest with n vote columns; ``None``
    where the facts come from elsewhere (format, channels, other forms, workflow).
    ``hidden_by`` are rules of which this one can be a mere consequence.
    """

    code: str
    severity: Severity
    scope: Scope
    formula: str
    source: str
    check: Callable[[int], Check] | None = None
    hidden_by: tuple[str, ...] = ()

    def fields(self, columns: int) -> tuple[str, ...]:
        """Fields the rule looks at in a contest with ``columns`` vote columns (empty: any field)."""
        return self.check(columns).fields if self.check else ()
