"""Panels side by side in real processes: on one station one of them wins and the other is told."""

from __future__ import annotations

from typing import Any

import pytest
from support import small_election as se
from support.databases import Node

from sirekap.ledger import canonical
from sirekap.records.models import Entry, ItemDecision, SessionCursor, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import conduct

pytestmark = pytest.mark.postgresql

DISTRICT = se.DISTRICTS[0]
FIRST = se.VILLAGES[0]
ROW = se.rows_of(FIRST)[0]


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
