"""Checks between the ways of writing one figure, between two contests of a station, and between tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sirekap.election.chasil import BY_ID, Column, Figures, fields
from sirekap.election.rules_base import Finding, Severity
from sirekap.election.rules_table import CHANNEL_CODES, TIER_CODES

_ROLL = tuple(f"roll_dpt_{column}" for column in Column)


def check_channels(field: str, channels: Mapping[str, int | None]) -> list[Finding]:
    """Whether the ways of writing one figure agree; at most one finding.

    ``channels``: ``tally``, ``rows``, ``digits``, ``words``, ``bubbles`` -> figure, ``None`` or
    absent = not written. With three or more, one that alone differs is named (E251-E255),
    otherwise E250. The context holds what each channel says. Raises ``ValueError`` for an
    unknown field or channel.
    """
    if field not in BY_ID:
        raise ValueError(f"unknown field {field!r}")
    unknown = channels.keys() - CHANNEL_CODES.keys()
    if unknown:
        raise ValueError(f"unknown channel {min(unknown)!r}; known: {', '.join(CHANNEL_CODES)}")
    said = {name: figure for name in CHANNEL_CODES if (figure := channels.get(name)) is not None}
    if len(set(said.values())) < 2:
        return []
    alone = [name for name in said if len({f for other, f in said.items() if other != name}) == 1]
    if len(alone) == 1:
        odd = alone[0]
        rest = next(f for name, f in said.items() if name != odd)
        context = {"actual": said[odd], "expected": rest, **said}
        return [Finding(CHANNEL_CODES[odd], Severity.ERROR, (field,), context)]
    return [Finding("E250", Severity.ERROR, (field,), dict(said))]


def check_cross_contest(governor: Figures, regent: Figures) -> list[Finding]:
    """Governor's form against regent's form of one station, same kind and generation.

    Who votes for regent may vote for governor, so the governor's form has as many voters or
    more, the difference being movers from elsewhere in the province. Missing figures are skipped.
    """
    found: list[Finding] = []
    differing = [
        (f, a, b) for f in _ROLL if (a := governor.get(f)) is not None and (b := regent.get(f)) not in (None, a)
    ]
    if differing:
        first = differing[0]
        context = {"governor": first[1], "regent": int(first[2] or 0)}
        found.append(Finding("E501", Severity.ERROR, tuple(f for f, _, _ in differing), context))
    many, few = governor.get("voted_total_j"), regent.get("voted_total_j")
    if many is None or few is None:
        return found
    context = {"governor": many, "regent": few}
    movers = governor.get("voted_dpph_j")
    if many < few:
        found.append(Finding("E502", Severity.ERROR, ("voted_total_j",), context))
    elif movers is not None and many - few > movers:
        context |= {"actual": many - few, "expected": movers}
        found.append(Finding("W503", Severity.WARNING, ("voted_total_j", "voted_dpph_j"), context))
    return found


def check_cross_tier(sheet_row: Figures, rows_below: Sequence[Figures], columns: int) -> list[Finding]:
    """Every field of a recapitulation row against the sum of the rows below it, one finding a field.

    A field is skipped when the row or any row below lacks it. No rows below sum to 0.
    """
    found: list[Finding] = []
    for field in fields(columns, optional=True):
        written = sheet_row.get(field.id)
        below = [row.get(field.id) for row in rows_below]
        present = [figure for figure in below if figure is not None]
        if written is None or len(present) < len(below) or written == sum(present):
            continue
        context = {"actual": written, "expected": sum(present), "below": len(below)}
        found.append(Finding(TIER_CODES[field.section], Severity.ERROR, (field.id,), context))
    return found
