"""The table of numbered checks: format, identities, bounds, plausibility, and what other rooms report.

Order matters twice: findings come in this order, and a rule is hidden only by rules whose breach
explains it. Sources: the rows of MODEL C.HASIL-KWK (PKPU 18/2024).
"""

from __future__ import annotations

from collections.abc import Callable

from sirekap.election.chasil import BY_ID, Column
from sirekap.election.rules_base import Bound, Check, Context, Identity, Limits, Rule, Scope, Severity, Special, Values

_FORM = "MODEL C.HASIL-KWK"
_VALUES = "the boxes of the form"


def _votes(columns: int) -> tuple[str, ...]:
    return tuple(f"votes_{n}" for n in range(1, columns + 1))


def _fixed(check: Check) -> Callable[[int], Check]:
    return lambda columns: check


def _error(code: str, formula: str, source: str, check: Callable[[int], Check], *hidden_by: str) -> Rule:
    return Rule(code, Severity.ERROR, Scope.FORM, formula, source, check, hidden_by)


def _warning(code: str, formula: str, source: str, check: Callable[[int], Check], *hidden_by: str) -> Rule:
    return Rule(code, Severity.WARNING, Scope.FORM, formula, source, check, hidden_by)


def _format(code: str, formula: str, scope: Scope = Scope.FORM) -> Rule:
    return Rule(code, Severity.ERROR, scope, formula, _VALUES)


FORMAT: tuple[Rule, ...] = (
    _format("E101", "id in catalogue"),
    _format("E102", "whole number"),
    _format("E103", "figure >= 0"),
    _format("E104", "figure <= 10^digits - 1"),
    _format("E105", "every row of the form filled (only when the form is called complete)"),
    _format("E106", "vote column <= columns of the contest"),
)

ROW_CODES: dict[str, str] = {
    "roll_dpt": "E221",
    "roll_dpph": "E222",
    "roll_dptb": "E223",
    "roll_total": "E224",
    "voted_dpt": "E225",
    "voted_dpph": "E226",
    "voted_dptb": "E227",
    "voted_total": "E228",
    "disabled_registered": "E229",
    "disabled": "E230",
}
"""Stem of a row with L/P/J columns -> code of its L + P = J."""

VOTED_SUM: dict[Column, str] = {Column.MEN: "E211", Column.WOMEN: "E212", Column.SUM: "E213"}
ROLL_SUM: dict[Column, str] = {Column.MEN: "E214", Column.WOMEN: "E215", Column.SUM: "E216"}
_VOTED = ("voted_dpt", "voted_dpph", "voted_dptb", "voted_total")
_ROLL = ("roll_dpt", "roll_dpph", "roll_dptb", "roll_total")


def _rows() -> tuple[Rule, ...]:
    out = []
    for stem, code in ROW_CODES.items():
        row = BY_ID[f"{stem}_l"].row
        check = Identity(f"{stem}_j", (f"{stem}_l", f"{stem}_p"))
        out.append(_error(code, f"{row}.J = {row}.L + {row}.P", f"{_FORM}, {row}", _fixed(check)))
    return tuple(out)


def _column_sums(stems: tuple[str, ...], codes: dict[Column, str], rows: str) -> tuple[Rule, ...]:
    row_codes = tuple(ROW_CODES[s] for s in stems)
    parts, total = stems[:-1], stems[-1]
    out = []
    for column, code in codes.items():
        check = Identity(f"{total}_{column}", tuple(f"{p}_{column}" for p in parts))
        names = " + ".join(f"{BY_ID[t].row}" for t in check.terms)
        formula = f"{BY_ID[check.target].row} = {names}, column {column.upper()}"
        # Where men and women are both off, the sum column is off by exactly their sum.
        others = tuple(c for k, c in codes.items() if k is not Column.SUM) if column is Column.SUM else ()
        out.append(_error(code, formula, f"{_FORM}, {rows}", _fixed(check), *row_codes, *others))
    return tuple(out)


_CENTRE: tuple[Rule, ...] = (
    _error(
        "E201",
        "V.C = II.2",
        f"{_FORM}, II and V",
        _fixed(Identity("total", ("ballots_used",))),
        *("E204", "E202"),
    ),
    _error(
        "E202",
        "V.C = I.B.4.J",
        f"{_FORM}, I.B and V",
        _fixed(Identity("total", ("voted_total_j",))),
        *("E204", "E228", "E213"),
    ),
    _error(
        "E203",
        "V.A = sum of IV",
        f"{_FORM}, IV and V",
        lambda columns: Identity("valid", _votes(columns)),
        "E321",
    ),
    _error(
        "E204",
        "V.C = V.A + V.B",
        f"{_FORM}, V",
        _fixed(Identity("total", ("valid", "invalid"))),
        *("E203", "E321"),
    ),
    _error(
        "E205",
        "II.1 = II.2 + II.3 + II.4",
        f"{_FORM}, II",
        _fixed(Identity("ballots_received", ("ballots_used", "ballots_spoiled", "ballots_unused"))),
        *("E201", "E206"),
    ),
    _error(
        "E206",
        "II.2 = I.B.4.J (asked only where V.C is missing)",
        f"{_FORM}, I.B and II",
        _fixed(Identity("ballots_used", ("voted_total_j",), unless="total")),
        *("E228", "E213"),
    ),
)

IDENTITIES: tuple[Rule, ...] = (
    *_CENTRE,
    *_column_sums(_VOTED, VOTED_SUM, "I.B"),
    *_column_sums(_ROLL, ROLL_SUM, "I.A"),
    *_rows(),
)

BOUND_CODES: dict[tuple[str, str], tuple[str, str, str]] = {
    ("voted_dpt", "roll_dpt"): ("E301", "E302", "E303"),
    ("voted_dpph", "roll_dpph"): ("E304", "E305", "E306"),
    ("voted_dptb", "roll_dptb"): ("E307", "E308", "E309"),
    ("disabled", "voted_total"): ("E311", "E312", "E313"),
}
"""(smaller row, larger row) -> codes for L, P, J."""


def _column_bounds() -> tuple[Rule, ...]:
    out = []
    for (small, large), codes in BOUND_CODES.items():
        for column, code in zip(Column, codes, strict=True):
            check = Bound((f"{small}_{column}",), f"{large}_{column}")
            hiders = [ROW_CODES[small], ROW_CODES[large]]
            hiders += [
                sums[column] for stems, sums in ((_VOTED, VOTED_SUM), (_ROLL, ROLL_SUM)) if {small, large} & {*stems}
            ]
            if column is Column.SUM:
                hiders += [*codes[:2], *(("E202",) if large == "voted_total" else ())]
            rows = (BY_ID[f"{small}_l"].row, BY_ID[f"{large}_l"].row)
            formula = f"{rows[0]} <= {rows[1]}, column {column.upper()}"
            out.append(_error(code, formula, f"{_FORM}, {rows[0]} and {rows[1]}", _fixed(check), *hiders))
    return tuple(out)


BOUNDS: tuple[Rule, ...] = (
    *_column_bounds(),
    _error("E321", "each row of IV <= V.A", f"{_FORM}, IV and V", lambda columns: Bound(_votes(columns), "valid")),
    _error(
        "E322",
        "V.C <= II.1",
        f"{_FORM}, II and V",
        _fixed(Bound(("total",), "ballots_received")),
        *("E204", "E202", "E201", "E205"),
    ),
)


def _over_reserve(values: Values, limits: Limits) -> Context | None:
    roll = values["roll_dpt_j"]
    most = roll + limits.reserve(roll)
    return {"actual": values["total"], "expected": most} if values["total"] > most else None


def _over_cap(values: Values, limits: Limits) -> Context | None:
    roll = values["roll_dpt_j"]
    return {"actual": roll, "expected": limits.station_cap} if roll > limits.station_cap else None


def _nobody(values: Values, limits: Limits) -> Context | None:
    return {"actual": 0} if values["total"] == 0 and values["roll_dpt_j"] > 0 else None


def _one_pair_takes_all(columns: int) -> Check:
    def test(values: Values, limits: Limits) -> Context | None:
        votes = [values[v] for v in _votes(columns)]
        most = max(votes)
        if columns < 2 or most < limits.uniform_from or sum(votes) != most:
            return None
        return {"actual": most, "pair": votes.index(most) + 1}

    return Special(_votes(columns), test)


def _everyone_voted(values: Values, limits: Limits) -> Context | None:
    voted = values["voted_dpt_j"]
    return {"actual": voted} if voted == values["roll_dpt_j"] and voted >= limits.uniform_from else None


def _more_invalid(values: Values, limits: Limits) -> Context | None:
    invalid, valid = values["invalid"], values["valid"]
    return {"actual": invalid, "expected": valid} if invalid > valid else None


_ROLL_HIDERS = ("E221", "E216")
_TOTAL_HIDERS = ("E204", "E202", "E201")
PLAUSIBILITY: tuple[Rule, ...] = (
    _warning(
        "W401",
        "V.C <= I.A DPT + reserve (2.5 %, rounded up)",
        "Setting: reserve ballots per 1,000 voters",
        _fixed(Special(("roll_dpt_j", "total"), _over_reserve)),
        *(*_TOTAL_HIDERS, *_ROLL_HIDERS, "E303", "E322"),
    ),
    _warning(
        "W402",
        "I.A DPT <= 600",
        "Setting: most voters of one station in local elections",
        _fixed(Special(("roll_dpt_j",), _over_cap)),
        *_ROLL_HIDERS,
    ),
    _warning(
        "W403",
        "V.C > 0",
        "Plausibility",
        _fixed(Special(("roll_dpt_j", "total"), _nobody)),
        *(*_TOTAL_HIDERS, *_ROLL_HIDERS),
    ),
    _warning("W404", "not all votes for one pair", "Plausibility", _one_pair_takes_all, "E203", "E321"),
    _warning(
        "W405",
        "I.B.1.J < I.A DPT",
        "Plausibility",
        _fixed(Special(("roll_dpt_j", "voted_dpt_j"), _everyone_voted)),
        *(*_ROLL_HIDERS, "E225", "E213"),
    ),
    _warning(
        "W406",
        "V.B <= V.A",
        "Plausibility",
        _fixed(Special(("valid", "invalid"), _more_invalid)),
        *("E203", "E204", "E321"),
    ),
)


def _other(code: str, scope: Scope, formula: str, source: str) -> Rule:
    severity = Severity.WARNING if code.startswith("W") else Severity.ERROR
    return Rule(code, severity, scope, formula, source)


CHANNEL_CODES: dict[str, str] = {"tally": "E251", "rows": "E252", "digits": "E253", "words": "E254", "bubbles": "E255"}
"""Way of writing a figure -> code when it alone differs from the others."""

TIER_CODES: dict[str, str] = {"I.A": "E601", "I.B": "E602", "II": "E603", "III": "E604", "IV": "E605", "V": "E606"}
"""Section of the form -> code when a recapitulation row is not the sum of the rows below."""

OTHERS: tuple[Rule, ...] = (
    _other("E250", Scope.CHANNELS, "tally = row totals = digits = words = bubbles", f"{_FORM}, IV and V"),
    *(
        _other(code, Scope.CHANNELS, f"{name} = the other ways of writing", f"{_FORM}, IV and V")
        for name, code in CHANNEL_CODES.items()
    ),
    _other("E501", Scope.CONTESTS, "I.A DPT (governor) = I.A DPT (regent)", f"{_FORM}-GUBERNUR and -BUPATI, I.A"),
    _other("E502", Scope.CONTESTS, "I.B.4.J (governor) >= I.B.4.J (regent)", f"{_FORM}-GUBERNUR and -BUPATI, I.B"),
    _other(
        "W503",
        Scope.CONTESTS,
        "I.B.4.J (governor) - I.B.4.J (regent) <= I.B.2.J (governor)",
        f"{_FORM}-GUBERNUR and -BUPATI, I.B",
    ),
    *(
        _other(code, Scope.TIERS, f"row {section} = sum of the rows below", f"MODEL D.HASIL-KWK, {section}")
        for section, code in TIER_CODES.items()
    ),
    _other("W701", Scope.WORKFLOW, "every ratified station has its photographs", "Plenary record"),
    _other("W702", Scope.WORKFLOW, "the paper itself is right", "Statement of the officer"),
)

RULES: tuple[Rule, ...] = FORMAT + IDENTITIES + BOUNDS + PLAUSIBILITY + OTHERS
"""Every rule, in the order findings are reported."""

RULE_BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
