"""Re-votes by order: one station starts afresh, totals follow, history stays; nothing is determined before all is read."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node
from support.plenaries import DISTRICT, LATER, OTHER, closed_district, row
from support.typed import typed_back

from sirekap.election.generations import ORDER_REASONS
from sirekap.election.plenary import ItemState
from sirekap.election.standing import Standing
from sirekap.records import totals
from sirekap.records.models import Generation, ItemDecision, SessionCursor, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import determination, orders, plenary, sheet_status, sheet_versions
from sirekap.workflow.agenda import item_state, untaken

ROW = se.rows_of(DISTRICT, (se.REGENT,))[0]
DAY = date(2024, 12, 4)


def order(node: Node, **changes: Any) -> int:
    given = {"kind": "PSU", "reason": "double", "voting_date": DAY, "order_number": "7/PSU/2024", "at": LATER} | changes
    return orders.order_generation(node.small.chairs[se.REGENCY], ROW, **given)


def ratified(node: Node) -> SessionCursor:
    """Both districts and the regency closed; the regency's session."""
    session = se.open_session(node.small, se.REGENCY)
    for district in se.DISTRICTS:
        closed_district(node, district)
        plenary.take_region(node.small.chairs[se.REGENCY], session.pk, district, LATER)
    close(node, session)
    return session


def close(node: Node, session: SessionCursor) -> None:
    plenary.close_session(node.small.chairs[session.region_id], session.pk, LATER, typed_back(session))


def votes(pk: str) -> list[int]:
    return [totals.of_contest(se.REGENT)[pk][f"votes_{n}"] for n in (1, 2, 3)]


def test_re_vote_restarts_one_station_and_totals_follow(node: Node) -> None:
    regency = ratified(node)
    old, before = se.figures(ROW), votes(se.REGENCY)
    assert order(node) == 2
    entry = last_entry("generation.opened")
    assert entry["actor"] == {"person": str(node.small.chairs[se.REGENCY].person), "role": "chair", "region": "3216"}
    assert entry["body"] == {
        "row": ROW,
        "generation": 2,
        "generation_kind": "PSU",
        "reason": "double",
        "session": None,
        "began": False,
        "order": {"number": "7/PSU/2024", "voting_date": "2024-12-04", "basis": "commission"},
    }
    without = [b - old[f"votes_{n}"] for n, b in enumerate(before, 1)]
    assert (row(ROW).standing, votes(se.REGENCY)) == (Standing.AWAITED, without)
    assert set(StationContest.objects.exclude(pk=ROW).values_list("standing", flat=True)) == {Standing.REGENCY}
    district = SessionCursor.objects.get(region_id=DISTRICT)
    assert orders.to_reopen(row(ROW)) == [district, regency]
    assert {r: s.outdated for r, s in sheet_status.sheet_statuses(se.REGENT).items()} == {
        DISTRICT: True,
        OTHER: False,
        se.REGENCY: True,
    }
    with refused("not_ratified"):
        determination.determine(node.small.chairs[se.REGENCY], se.REGENT, "2901/2024", LATER)

    chair, member = node.small.chairs[DISTRICT], node.small.members[DISTRICT][0]
    plenary.reopen_session(chair, district.pk, "PSU di satu TPS", LATER, cause="generation")
    assert item_state(row(ROW), district) is ItemState.UNREAD
    new = old | {"votes_1": old["votes_1"] - 3, "votes_2": old["votes_2"] + 3}
    plenary.take_from_box(chair, member, district.pk, ROW, new, LATER)
    close(node, district)
    after = [without[0] + new["votes_1"], without[1] + new["votes_2"], without[2] + new["votes_3"]]
    assert (row(ROW).standing, votes(se.REGENCY)) == (Standing.DISTRICT, after)
    plenary.reopen_session(node.small.chairs[se.REGENCY], regency.pk, "PSU di satu TPS", LATER, cause="generation")
    plenary.take_region(node.small.chairs[se.REGENCY], regency.pk, DISTRICT, LATER)
    close(node, regency)
    assert orders.to_reopen(row(ROW)) == []
    assert not any(status.outdated for status in sheet_status.sheet_statuses(se.REGENT).values())
    determination.determine(node.small.chairs[se.REGENCY], se.REGENT, "2901/2024", LATER)
    (one, two), (above, again) = (sheet_versions.versions(r, se.REGENT) for r in (DISTRICT, se.REGENCY))
    assert [c.kind for c in sheet_versions.difference(one, two).causes] == ["generation.opened", "item.decided"]
    assert [(c.old, c.new) for c in sheet_versions.difference(above, again).totals] == [
        (before[0], after[0]),
        (before[1], after[1]),
    ]
    history = ItemDecision.objects.filter(row_id=ROW).order_by("entry_id")
    assert [(d.generation, d.figures.figures()["votes_1"]) for d in history] == [
        (1, old["votes_1"]),
        (2, new["votes_1"]),
    ]
    assert Generation.objects.get(row_id=ROW).order["number"] == "7/PSU/2024"
    assert rebuild()["changed"] == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_totals_follow_every_re_vote_and_every_generation_stays_readable(local: Node, seed: int) -> None:
    dice, regency = random.Random(seed), ratified(local)
    rows = se.rows_of("", (se.REGENT,))
    told: dict[str, list[dict[str, Any]]] = {pk: [dict(se.figures(pk))] for pk in rows}
    waiting: set[str] = set()

    def follows() -> bool:
        """Every region's total is the sum of the stations' latest generations; one that waits counts nothing."""
        table = totals.of_contest(se.REGENT)
        return all(
            table[region][field]
            == sum(told[pk][-1][field] for pk in rows if pk.startswith(region) and pk not in waiting)
            for region in (*se.VILLAGES, *se.DISTRICTS, se.REGENCY)
            for field in ("votes_1", "votes_2", "invalid", "voted_total_j")
        )

    for _ in range(3):
        for pk in dice.sample(rows, 2):
            kind = dice.choice(list(ORDER_REASONS))
            reason = dice.choice(sorted(ORDER_REASONS[kind]))
            orders.order_generation(local.small.chairs[se.REGENCY], pk, kind, reason, DAY, f"{kind}/2024", LATER)
            waiting.add(pk)
            assert follows()
        for district in {pk[:6] for pk in waiting}:
            session = SessionCursor.objects.get(region_id=district)
            people = local.small.chairs[district], local.small.members[district][0]
            plenary.reopen_session(people[0], session.pk, "Pemungutan ulang", LATER, cause="generation")
            for pk in sorted(pk for pk in waiting if pk.startswith(district)):
                told[pk].append(dict(se.figures(pk, shift=dice.randrange(1, 9))))
                plenary.take_from_box(*people, session.pk, pk, told[pk][-1], LATER)
                waiting.discard(pk)
            close(local, session)
            assert follows()
    plenary.reopen_session(local.small.chairs[se.REGENCY], regency.pk, "Pemungutan ulang", LATER, cause="generation")
    for district in se.DISTRICTS:
        if district in untaken(regency):
            plenary.take_region(local.small.chairs[se.REGENCY], regency.pk, district, LATER)
    close(local, regency)
    determination.determine(local.small.chairs[se.REGENCY], se.REGENT, "2901/2024", LATER)
    assert follows() and rebuild()["changed"] == 0
    for pk in rows:
        read = ItemDecision.objects.filter(row_id=pk).order_by("generation")
        assert [(d.generation, d.figures.figures()) for d in read] == list(enumerate(told[pk], 1))


def test_order_refused(local: Node) -> None:
    for code, status, changes in (
        ("kind", 400, {"kind": "Reguler"}),
        ("order_reason", 400, {"reason": "dark"}),
        ("order_reason", 400, {"kind": "PSS"}),
        ("basis", 400, {"basis": "rumour"}),
        ("voting_date", 400, {"voting_date": date(2024, 11, 26)}),
        ("reason", 400, {"order_number": " "}),
        ("stale", 409, {"expected_seq": -1}),
    ):
        with refused(code, status):
            order(local, **changes)
    for actor in (local.small.chairs[DISTRICT], local.small.members[se.REGENCY][0], local.small.chairs[se.PROVINCE]):
        with refused("out_of_scope", 403):
            orders.order_generation(actor, ROW, "PSU", "double", DAY, "7/PSU/2024", LATER)
    with refused("not_found", 404):
        orders.order_generation(local.small.chairs[se.REGENCY], "x", "PSU", "double", DAY, "7/PSU/2024", LATER)
    assert order(local, kind="PUSS", reason="dark", basis="court", expected_seq=row(ROW).last_seq) == 2


def test_day_outside_the_window_is_warned_about() -> None:
    assert orders.order_warnings(DAY) == []
    ((text_id, text_en),) = orders.order_warnings(date(2024, 12, 7))
    assert "2024-12-07" in text_id and "2024-12-07" in text_en
