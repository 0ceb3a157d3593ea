"""Who wins, and whether the margin is within the constitutional court's threshold.

Sources: UU 10/2016 art. 107, 109 (most votes, spread), 54D (sole pair), 158 (threshold);
UU 29/2007 art. 11 and UU 2/2024 (Jakarta). Vote columns are numbered from 1; against a sole pair
column 2 is the blank column. All arithmetic is on integers and fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from sirekap.election.contests import ContestKind

JAKARTA = "31"
Bracket = tuple[int | None, Fraction]
"""(largest population of the bracket, share of valid votes); ``None`` = no upper end."""


def _brackets(first: int, second: int, third: int) -> tuple[Bracket, ...]:
    return (
        (first, Fraction(2, 100)),
        (second, Fraction(15, 1000)),
        (third, Fraction(1, 100)),
        (None, Fraction(5, 1000)),
    )


COURT_BRACKETS: dict[ContestKind, tuple[Bracket, ...]] = {
    ContestKind.REGENT: _brackets(250_000, 500_000, 1_000_000),
    ContestKind.GOVERNOR: _brackets(2_000_000, 6_000_000, 12_000_000),
}


class OutcomeKind(StrEnum):
    """What the count leads to."""

    WINNER = "winner"
    BLANK_COLUMN = "blank_column"
    SECOND_ROUND = "second_round"
    NEEDS_HUMAN_DECISION = "needs_human_decision"
    NO_VOTES = "no_votes"


LABEL_ID = {
    OutcomeKind.WINNER: "Peraih suara terbanyak",
    OutcomeKind.BLANK_COLUMN: "Pasangan tunggal tidak meraih lebih dari 50 % suara sah",
    OutcomeKind.SECOND_ROUND: "Putaran kedua",
    OutcomeKind.NEEDS_HUMAN_DECISION: "Suara sama: perlu keputusan pleno",
    OutcomeKind.NO_VOTES: "Belum ada suara",
}
LABEL_EN = {
    OutcomeKind.WINNER: "Most votes",
    OutcomeKind.BLANK_COLUMN: "The sole pair did not get more than 50 % of valid votes",
    OutcomeKind.SECOND_ROUND: "Second round",
    OutcomeKind.NEEDS_HUMAN_DECISION: "A tie: the commission must decide",
    OutcomeKind.NO_VOTES: "No votes yet",
}
UNKNOWN_POPULATION_ID = "Ambang sengketa di MK tidak diketahui: jumlah penduduk belum diisi."
UNKNOWN_POPULATION_EN = "The court threshold is unknown: the population has not been entered."


class OutcomeError(ValueError):
    """The input does not describe a contest's result."""


class AreaMismatch(OutcomeError):
    """Votes by area do not add up to the votes."""


class DecisionMismatch(OutcomeError):
    """The recorded decision is incomplete, not needed, or chooses somebody who is not tied."""


@dataclass(frozen=True, slots=True)
class HumanDecision:
    """A recorded decision on a tie: which columns, by whom (at least two), why, and its number."""

    chosen: tuple[int, ...]
    decided_by: tuple[str, ...]
    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """One measure of spread: areas in which each tied column alone has most votes among the tied."""

    measure: str
    areas: int
    won: tuple[tuple[int, int], ...]

    @property
    def leader(self) -> int | None:
        """The column ahead on this measure, ``None`` when level."""
        best = max(n for _, n in self.won)
        ahead = [column for column, n in self.won if n == best]
        return ahead[0] if len(ahead) == 1 else None


@dataclass(frozen=True, slots=True)
class CourtThreshold:
    """The largest margin that may be petitioned: ``share`` of ``valid`` votes.

    ``exact`` is compared; ``votes`` is ``exact`` rounded half up to a whole vote, for display.
    """

    population: int
    share: Fraction
    exact: Fraction

    @property
    def votes(self) -> int:
        """Whole votes, rounded half up (7,295.99 -> 7,296; 4,881.445 -> 4,881)."""
        return (2 * self.exact.numerator + self.exact.denominator) // (2 * self.exact.denominator)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of :func:`decide`.

    ``ranking``: (column, votes), most first. ``margin``: first minus second. ``winner``: column
    number of a candidate pair. ``candidates``: the second round's two. ``tied`` and ``open_places``:
    columns level at the deciding place and how many of them go through. ``threshold`` and
    ``within_threshold`` are ``None`` while the population is unknown.
    """

    kind: OutcomeKind
    valid: int
    ranking: tuple[tuple[int, int], ...]
    margin: int
    winner: int | None = None
    candidates: tuple[int, ...] = ()
    tied: tuple[int, ...] = ()
    open_places: int = 0
    spread: tuple[Spread, ...] = ()
    decision: HumanDecision | None = None
    threshold: CourtThreshold | None = None

    @property
    def within_threshold(self) -> bool | None:
        """Whether the margin is at most the exact threshold."""
        return None if self.threshold is None else self.margin <= self.threshold.exact

    def share(self, column: int) -> Fraction:
        """Exact share of valid votes of a column (0 without votes)."""
        return Fraction(dict(self.ranking)[column], self.valid) if self.valid else Fraction(0)


def court_threshold(kind: ContestKind, population: int | None, valid: int) -> CourtThreshold | None:
    """Threshold for a contest of ``kind``; ``None`` when the population is unknown."""
    if population is None:
        return None
    if population <= 0:
        raise OutcomeError(f"population must be positive, got {population}")
    share = next(s for limit, s in COURT_BRACKETS[kind] if limit is None or population <= limit)
    return CourtThreshold(population, share, share * valid)


def decide(
    contest_kind: ContestKind,
    province_code: str,
    votes: Sequence[int],
    *,
    blank_column: bool = False,
    by_area: Sequence[Sequence[int]] = (),
    by_lower_area: Sequence[Sequence[int]] = (),
    population: int | None = None,
    human_decision: HumanDecision | None = None,
) -> Outcome:
    """The outcome of one contest.

    ``votes``: per column. ``by_area``/``by_lower_area``: the same per sub-area (regent: districts,
    then villages; governor: regencies, then districts), needed only as evidence in a tie.
    A tie is never broken here: it takes a recorded ``human_decision``. Raises
    :class:`OutcomeError` and its kinds.
    """
    _check_votes(votes, blank_column, by_area, by_lower_area)
    valid = sum(votes)
    ranking = tuple(sorted(enumerate(votes, 1), key=lambda item: (-item[1], item[0])))
    margin = ranking[0][1] - ranking[1][1] if len(ranking) > 1 else ranking[0][1]
    jakarta = contest_kind is ContestKind.GOVERNOR and province_code == JAKARTA
    places = 2 if jakarta and ranking[0][1] * 2 <= valid else 1
    sure, tied = ((), ()) if not valid or blank_column else _places(ranking, places)
    _check_decision(human_decision, tied, places - len(sure))
    result = Outcome(
        OutcomeKind.NO_VOTES,
        valid,
        ranking,
        margin,
        tied=tied,
        spread=_spread(tied, by_area, by_lower_area),
        decision=human_decision,
        threshold=court_threshold(contest_kind, population, valid),
    )
    if not valid:
        return result
    if blank_column:
        won = votes[0] * 2 > valid
        return replace(result, kind=OutcomeKind.WINNER if won else OutcomeKind.BLANK_COLUMN, winner=1 if won else None)
    if tied and human_decision is None:
        return replace(result, kind=OutcomeKind.NEEDS_HUMAN_DECISION, candidates=sure, open_places=places - len(sure))
    through = sure + (tuple(sorted(human_decision.chosen)) if human_decision else ())
    if places == 2:
        return replace(result, kind=OutcomeKind.SECOND_ROUND, candidates=through)
    return replace(result, kind=OutcomeKind.WINNER, winner=through[0])


def _check_votes(votes: Sequence[int], blank: bool, *tables: Sequence[Sequence[int]]) -> None:
    if not votes or any(v < 0 for v in votes):
        raise OutcomeError("votes must be one or more figures of 0 or above")
    if blank and len(votes) != 2:
        raise OutcomeError("a sole pair against the blank column has exactly two vote columns")
    for name, table in zip(("by_area", "by_lower_area"), tables, strict=True):
        if any(len(row) != len(votes) for row in table):
            raise AreaMismatch(f"every row of {name} needs {len(votes)} columns")
        if table and [sum(column) for column in zip(*table, strict=True)] != list(votes):
            raise AreaMismatch(f"{name} does not add up to the votes")


def _places(ranking: Sequence[tuple[int, int]], places: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns that are through for sure, and those level at the last place (empty: no tie)."""
    if len(ranking) <= places:
        return tuple(sorted(column for column, _ in ranking)), ()
    bar = ranking[places - 1][1]
    level = tuple(column for column, votes in ranking if votes == bar)
    above = tuple(column for column, votes in ranking if votes > bar)
    if len(above) + len(level) == places:
        return tuple(sorted((*above, *level))), ()
    return above, level


def _check_decision(decision: HumanDecision | None, tied: tuple[int, ...], places: int) -> None:
    if decision is None:
        return
    if not tied:
        raise DecisionMismatch("there is no tie to decide")
    if len(set(decision.chosen)) != places or len(decision.chosen) != places or not set(decision.chosen) <= set(tied):
        raise DecisionMismatch(f"the decision must choose {places} of the tied columns {list(tied)}")
    if len(set(decision.decided_by)) < 2 or not all(decision.decided_by) or not decision.reason.strip():
        raise DecisionMismatch("the decision must name at least two deciders and a reason")


def _spread(tied: tuple[int, ...], *tables: Sequence[Sequence[int]]) -> tuple[Spread, ...]:
    return tuple(
        Spread(measure, len(table), _won(tied, table))
        for measure, table in zip(("areas", "lower_areas"), tables, strict=True)
        if tied and table
    )


def _won(tied: tuple[int, ...], table: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    won = dict.fromkeys(tied, 0)
    for row in table:
        best = max(row[column - 1] for column in tied)
        ahead = [column for column in tied if row[column - 1] == best]
        if len(ahead) == 1:
            won[ahead[0]] += 1
    return tuple(won.items())
