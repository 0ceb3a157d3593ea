"""Totals of every region against a plain sum over the rows; the shared queries against a plain count."""

from __future__ import annotations

from collections import defaultdict

from support import small_election as se
from support import story
from support.databases import Node

from sirekap.election import chasil
from sirekap.election.standing import COUNTED_FROM, Standing
from sirekap.records import queries, totals
from sirekap.records.models import Contest, StationContest, Verification


def plain_totals(contest: Contest) -> dict[str, dict[str, int]]:
    """The same sums, one row at a time; rows only some layouts print appear once somebody states them."""
    rows = list(contest.rows.filter(closed=False).select_related("decided", "verified"))
    said = {r.pk: (r.decided or r.verified).figures() if r.standing >= COUNTED_FROM else {} for r in rows}
    stated = {name for figures in said.values() for name, value in figures.items() if value is not None}
    ids = [f.id for f in chasil.fields(contest.columns, optional=True) if not f.optional or f.id in stated]
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(ids, 0))
    for row in rows:
        for length in (2, 4, 6, 10):
            region = sums[row.pk[:length]]
            for name in ids:
                region[name] += said[row.pk].get(name) or 0
    return dict(sums)


def test_totals_equal_plain_sums_at_every_tier(node: Node) -> None:
    story.tell(node.small, node.store)
    for contest in Contest.objects.all():
        assert totals.of_contest(contest.pk) == plain_totals(contest)


def test_totals_of_partial_count_equal_plain_sums(local: Node) -> None:
    empty = totals.of_contest(se.REGENT)
    assert {r: set(f.values()) for r, f in empty.items()} == {r: {0} for r in (*se.NAMES,)}
    for row in se.rows_of(se.DISTRICTS[0], (se.REGENT,))[:4]:
        se.verify(local.small, local.store, row)
    se.photograph(local.small, local.store, se.rows_of(se.DISTRICTS[1])[0])
    contest = Contest.objects.get(pk=se.REGENT)
    assert totals.of_contest(se.REGENT) == plain_totals(contest)
    expected = [sum(se.figures(r)[f"votes_{n}"] for r in se.rows_of("", (se.REGENT,))[:4]) for n in (1, 2, 3)]
    assert [totals.of_contest(se.REGENT)["32"][f"votes_{n}"] for n in (1, 2, 3)] == expected


def test_totals_with_row_of_another_layout_show_it(local: Node) -> None:
    rows = se.rows_of("", (se.REGENT,))
    movers = {"roll_dpph_l": 0, "roll_dpph_p": 1, "roll_dpph_j": 1}
    se.verify(local.small, local.store, rows[0], {**se.figures(rows[0]), **movers})
    se.verify(local.small, local.store, rows[1])
    table = totals.of_contest(se.REGENT)
    assert table == plain_totals(Contest.objects.get(pk=se.REGENT))
    assert {name: table["32"][name] for name in movers} == movers


def test_totals_with_blank_box_count_it_as_nothing(local: Node) -> None:
    row = se.rows_of("", (se.REGENT,))[0]
    said = {**se.figures(row), "disabled_l": None, "disabled_p": None, "disabled_j": None}
    assert se.verify(local.small, local.store, row, said).standing == Standing.VERIFIED
    assert totals.of_contest(se.REGENT)["3216"]["disabled_j"] == 0


def test_standing_counts_equal_plain_count(local: Node) -> None:
    for row in se.rows_of(se.DISTRICTS[0])[:5]:
        se.verify(local.small, local.store, row)
    se.photograph(local.small, local.store, se.rows_of(se.DISTRICTS[1])[0])
    for region in ("", "32", "3216", *se.DISTRICTS, *se.VILLAGES, se.STATIONS[0], "33"):
        for contest in se.CONTESTS:
            rows = [r for r in StationContest.objects.filter(contest_id=contest) if r.pk.startswith(region)]
            exact = {rung: sum(r.standing == rung for r in rows) for rung in Standing}
            arrived = sum(r.complete for r in rows)
            assert queries.standing_counts(region, contest) == (exact, arrived)


def test_rolls_follow_the_register(local: Node) -> None:
    assert queries.rolls(se.STATIONS) == {code: se.roll(code) for code in se.STATIONS}
    assert queries.roll_of_region("") == sum(sum(se.roll(code)) for code in se.STATIONS)
    assert queries.roll_of_region(se.VILLAGES[1]) == sum(sum(se.roll(code)) for code in se.STATIONS[3:6])
    assert queries.roll_of_region("33") == 0


def test_findings_ever_count_verifications(local: Node) -> None:
    row = se.rows_of("")[0]
    se.verify(local.small, local.store, row)
    assert queries.findings_ever() == {}
    assert Verification.objects.count() == 1


def test_election_of_this_database(local: Node) -> None:
    election = queries.election()
    assert election is not None
    assert (election.pk, election.name, election.voting_day, election.simulated) == (
        "small",
        "Pemilihan Contoh",
        se.VOTING_DAY,
        True,
    )
