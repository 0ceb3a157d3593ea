"""Hypothesis strategies for forms that add up."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from sirekap.election.rules import DEFAULT_LIMITS


@st.composite
def consistent_forms(draw: st.DrawFn, columns: int, *, optional: bool | None = None) -> dict[str, int]:
    """A form with ``columns`` >= 2 vote columns that satisfies every rule, warnings included.

    ``optional=True`` fills the rows only some layouts print, ``False`` leaves them out,
    ``None`` lets the draw decide.
    """
    form: dict[str, int] = {}

    def row(stem: str, men: int, women: int) -> int:
        form.update({f"{stem}_l": men, f"{stem}_p": women, f"{stem}_j": men + women})
        return men + women

    def up_to(most: int) -> int:
        return draw(st.integers(0, most))

    roll = (draw(st.integers(30, 300)), draw(st.integers(30, 300)))
    roll_j = row("roll_dpt", *roll)
    voted = (draw(st.integers(12, roll[0] - 1)), up_to(roll[1]))
    movers, extra = (up_to(1), up_to(1)), (up_to(1), 0)
    # Movers and ID-card voters fit into the reserve and the ballots that stayed.
    for stem, pair in (("voted_dpt", voted), ("voted_dpph", movers), ("voted_dptb", extra)):
        row(stem, *pair)
    came = (voted[0] + movers[0] + extra[0], voted[1] + movers[1] + extra[1])
    total = row("voted_total", *came)
    row("disabled", up_to(came[0]), up_to(came[1]))
    received = roll_j + DEFAULT_LIMITS.reserve(roll_j)
    spoiled = up_to(received - total)
    form |= {"ballots_received": received, "ballots_used": total, "ballots_spoiled": spoiled}
    form["ballots_unused"] = received - total - spoiled
    if draw(st.booleans()) if optional is None else optional:
        rolls = [roll, (movers[0] + up_to(3), movers[1] + up_to(3)), (extra[0] + up_to(3), extra[1] + up_to(3))]
        for stem, pair in zip(("roll_dpt", "roll_dpph", "roll_dptb"), rolls, strict=True):
            row(stem, *pair)
        row("roll_total", sum(r[0] for r in rolls), sum(r[1] for r in rolls))
        row("disabled_registered", up_to(99), up_to(99))
    invalid = up_to(total // 2)
    form |= {"invalid": invalid, "valid": total - invalid, "total": total}
    form.update(draw(_votes(columns, total - invalid)))
    return form


@st.composite
def _votes(draw: st.DrawFn, columns: int, valid: int) -> dict[str, int]:
    """``valid`` votes over the columns, at least one for each of the first two."""
    cuts = sorted(draw(st.lists(st.integers(1, valid - 1), min_size=columns - 1, max_size=columns - 1)))
    edges = [0, *cuts, valid]
    shares = sorted((b - a for a, b in itertools.pairwise(edges)), reverse=True)
    return {f"votes_{n}": share for n, share in enumerate(shares, 1)}
