"""Contests, pairs, the blank column and scope."""

from __future__ import annotations

import pytest

from sirekap.election import chasil, contests
from sirekap.election.contests import Contest, ContestKind, Pair


def _pairs(count: int) -> tuple[Pair, ...]:
    return tuple(Pair(n, f"Pair {n}") for n in range(1, count + 1))


def test_contest_kinds_are_the_commissions_codes() -> None:
    assert [kind.value for kind in ContestKind] == ["pkwkp", "pkwkk"]
    assert set(contests.TITLE_ID) == set(contests.TITLE_EN) == set(contests.SCOPE_LENGTH) == set(ContestKind)


def test_regent_contest_of_three_pairs_has_three_columns() -> None:
    contest = Contest(ContestKind.REGENT, "3216", _pairs(3))
    assert (contest.id, contest.columns, contest.blank_column) == ("pkwkk-3216", 3, False)


def test_sole_pair_stands_against_the_blank_column() -> None:
    contest = Contest(ContestKind.GOVERNOR, "92", _pairs(1))
    assert (contest.id, contest.columns, contest.blank_column) == ("pkwkp-92", 2, True)


def test_contest_covers_its_region_and_what_lies_in_it() -> None:
    contest = Contest(ContestKind.REGENT, "3216", _pairs(2))
    assert contest.covers("3216")
    assert contest.covers("3216011007001")
    assert not contest.covers("3275011001001")
    assert not contest.covers("32")


@pytest.mark.parametrize(
    ("kind", "region"), [(ContestKind.GOVERNOR, "3216"), (ContestKind.REGENT, "32"), (ContestKind.REGENT, "321601")]
)
def test_contest_of_other_tier_is_refused(kind: ContestKind, region: str) -> None:
    with pytest.raises(ValueError, match="covers a region code"):
        Contest(kind, region, _pairs(2))


@pytest.mark.parametrize("numbers", [(2, 1), (1, 3), (0, 1), (1, 1)])
def test_pairs_with_gaps_or_doubles_are_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="numbered"):
        Contest(ContestKind.REGENT, "3216", tuple(Pair(n, "x") for n in numbers))


@pytest.mark.parametrize("count", [0, chasil.MAX_COLUMNS + 1])
def test_contest_without_pairs_or_with_too_many_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="vote columns"):
        Contest(ContestKind.REGENT, "3216", _pairs(count))
