"""Panels side by side in real processes: on one station one of them wins and the other is told; elsewhere both go on."""

from __future__ import annotations

from typing import Any

import pytest
from support import small_election as se
from support.databases import Node

from sirekap.ledger import canonical
from sirekap.records.journal import body_of
from sirekap.records.models import Entry, ItemDecision, SessionCursor, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import conduct

pytestmark = pytest.mark.postgresql

DISTRICT = se.DISTRICTS[0]
FIRST, SECOND = se.VILLAGES[:2]
ROW, ELSEWHERE = se.rows_of(FIRST)[0], se.rows_of(SECOND)[0]


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return sorted(canonical.dumps(result).decode() for result in results)


def seen(*rows: str) -> dict[str, int]:
    return dict(StationContest.objects.filter(pk__in=rows).values_list("pk", "last_seq"))


def panel_of(node: Node, session: SessionCursor) -> str:
    """The member who leads panel 1 over the first village."""
    lead = node.small.members[DISTRICT][0].person
    conduct.open_panel(node.small.chairs[DISTRICT], session.pk, 1, [FIRST], node.small.at, lead=lead)
    return str(lead)


def test_chair_and_panel_lead_on_one_station_at_once_one_wins(central: Node) -> None:
    session = se.open_session(central.small, DISTRICT)
    lead, chair = panel_of(central, session), str(central.small.chairs[DISTRICT].person)
    box = {"session": str(session.pk), "row": ROW}
    results = central.together(
        ("take_from_box", {"person": lead, "second": chair, **box}),
        ("take_from_box", {"person": chair, "second": lead, **box}),
    )
    assert outcomes(results) == ['{"ok":null}', '{"refused":"WrongItemState"}']
    (decision,) = ItemDecision.objects.all()
    assert decision.figures is not None and decision.figures.figures() == se.figures(ROW)
    assert (Entry.objects.filter(kind="item.decided").count(), rebuild()["changed"]) == (1, 0)


def test_two_panels_on_stations_of_their_own_both_go_on(central: Node) -> None:
    session = se.open_session(central.small, DISTRICT)
    one, chair = panel_of(central, session), str(central.small.chairs[DISTRICT].person)
    other = central.small.members[DISTRICT][1].person
    conduct.open_panel(central.small.chairs[DISTRICT], session.pk, 2, [SECOND], central.small.at, lead=other)
    box = {"session": str(session.pk), "second": chair}
    results = central.together(
        ("take_from_box", {"person": one, "row": ROW, **box}),
        ("take_from_box", {"person": str(other), "row": ELSEWHERE, **box}),
    )
    assert outcomes(results) == ['{"ok":null}'] * 2
    began = [body_of(entry)["began"] for entry in Entry.objects.filter(kind="item.decided").order_by("seq")]
    assert (began, SessionCursor.objects.get().state, rebuild()["changed"]) == ([True, False], "reading", 0)


def test_village_accepted_together_and_one_of_its_stations_at_once(central: Node) -> None:
    rows = se.rows_of(FIRST)[:3]
    for pk in rows:
        se.verify(central.small, central.store, pk)
    session = se.open_session(central.small, DISTRICT)
    lead, chair = panel_of(central, session), str(central.small.chairs[DISTRICT].person)
    expected = seen(*rows)
    results = central.together(
        ("accept_clean", {"person": lead, "session": str(session.pk), "village": FIRST, "expected": expected}),
        ("accept", {"person": chair, "session": str(session.pk), "row": rows[1], "expected_seq": expected[rows[1]]}),
    )
    together, alone = ([{"ok": rows}, {"refused": "stale"}], [{"refused": "stale"}, {"ok": None}])
    assert results in (together, alone)
    assert ItemDecision.objects.count() == (3 if results == together else 1)
    assert rebuild()["changed"] == 0


def test_one_village_given_to_two_panels_at_once(central: Node) -> None:
    session = se.open_session(central.small, DISTRICT)
    chair = str(central.small.chairs[DISTRICT].person)
    one, other = (str(member.person) for member in central.small.members[DISTRICT])
    act = {"person": chair, "session": str(session.pk), "village": FIRST}
    results = central.together(
        ("open_panel", {**act, "number": 1, "lead": one}), ("open_panel", {**act, "number": 2, "lead": other})
    )
    assert outcomes(results) == ['{"ok":null}', '{"refused":"village_taken"}']
    assert len(conduct.open_panels(session)) == 1
