"""Two real processes at once on the same station, session or region: one order wins, nothing is lost or half done."""

from __future__ import annotations

from typing import Any

import pytest
from support import small_election as se
from support.databases import Node
from support.typed import typed_back

from sirekap.election.roles import Role
from sirekap.election.standing import Standing
from sirekap.ledger import canonical
from sirekap.records.journal import body_of
from sirekap.records.models import (
    Correction,
    Entry,
    ItemDecision,
    Photo,
    SessionCursor,
    SessionEvent,
    Statement,
    StationContest,
    Verification,
)
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import plenary, sheets, verification
from sirekap.workflow.people import Actor

DISTRICT = se.DISTRICTS[0]
ROW, OTHER = se.rows_of(DISTRICT)[:2]


def consistent() -> bool:
    """Every cursor is what the facts say."""
    return rebuild()["changed"] == 0


def kinds(*names: str) -> int:
    return Entry.objects.filter(kind__in=names).count()


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return sorted(canonical.dumps(result).decode() for result in results)


def test_two_agreeing_statements_at_once_verify_once(node: Node) -> None:
    se.photograph(node.small, node.store, ROW)
    authors = (node.small.kpps[ROW[:13]], node.small.operators[0])
    figures = se.figures(ROW)
    results = node.together(*[("state", {"person": str(a.person), "row": ROW, "figures": figures}) for a in authors])
    assert outcomes(results) == ['{"ok":false}', '{"ok":true}']
    row = StationContest.objects.get(pk=ROW)
    assert (row.standing, row.verified_id is not None, row.counted_id) == (Standing.VERIFIED, True, row.verified_id)
    assert (Statement.objects.count(), Verification.objects.count(), kinds("statement.made")) == (2, 1, 2)
    assert row.verified is not None and row.verified.figures() == figures
    assert consistent()


def test_two_operators_at_once_after_the_committee_second_refused(node: Node) -> None:
    se.photograph(node.small, node.store, ROW)
    verification.make_statement(node.small.kpps[ROW[:13]], ROW, se.figures(ROW), node.small.at)
    results = node.together(
        *[("state", {"person": str(a.person), "row": ROW, "figures": se.figures(ROW)}) for a in node.small.operators]
    )
    assert outcomes(results) == ['{"ok":true}', '{"refused":"already_verified"}']
    assert (Statement.objects.count(), Verification.objects.count(), consistent()) == (2, 1, True)


def chairs(node: Node) -> tuple[Actor, Actor]:
    return node.small.chairs[DISTRICT], node.small.appoint("Ketua pengganti", Role.CHAIR, DISTRICT)


def correction(node: Node, session: SessionCursor, chair: Actor, row: StationContest) -> dict[str, Any]:
    before = se.figures(row.pk)
    return {
        "person": str(chair.person),
        "second": str(node.small.members[DISTRICT][0].person),
        "session": str(session.pk),
        "row": row.pk,
        "changes": {"votes_1": before["votes_1"] - 1, "votes_2": before["votes_2"] + 1},
        "evidence": node.store.put(se.photo("box")).sha256,
        "expected_seq": row.last_seq,
    }


@pytest.mark.parametrize(("seen", "code"), [(True, "stale"), (False, "WrongItemState")])
def test_two_chairs_accepting_at_once_one_wins(node: Node, seen: bool, code: str) -> None:
    row = se.verify(node.small, node.store, ROW)
    session = se.open_session(node.small, DISTRICT)
    expected = row.last_seq if seen else None
    results = node.together(
        *[
            ("accept", {"person": str(c.person), "session": str(session.pk), "row": ROW, "expected_seq": expected})
            for c in chairs(node)
        ]
    )
    assert outcomes(results) == ['{"ok":null}', f'{{"refused":"{code}"}}']
    assert (ItemDecision.objects.count(), kinds("item.decided"), consistent()) == (1, 1, True)


def test_accepting_and_correcting_at_once_one_wins(node: Node) -> None:
    row = se.verify(node.small, node.store, ROW)
    session = se.open_session(node.small, DISTRICT)
    one, other = chairs(node)
    accept = {"person": str(one.person), "session": str(session.pk), "row": ROW, "expected_seq": row.last_seq}
    results = node.together(("accept", accept), ("correct", correction(node, session, other, row)))
    assert outcomes(results) == ['{"ok":null}', '{"refused":"stale"}']
    assert (ItemDecision.objects.count() + Correction.objects.count(), consistent()) == (1, True)


def test_first_readings_at_once_begin_the_session_once(node: Node) -> None:
    for row in (ROW, OTHER):
        se.verify(node.small, node.store, row)
    session = se.open_session(node.small, DISTRICT)
    person = str(node.small.chairs[DISTRICT].person)
    results = node.together(
        *[("accept", {"person": person, "session": str(session.pk), "row": row}) for row in (ROW, OTHER)]
    )
    assert outcomes(results) == ['{"ok":null}'] * 2
    began = [body_of(entry)["began"] for entry in Entry.objects.filter(kind="item.decided").order_by("seq")]
    assert (began, SessionCursor.objects.get().state, consistent()) == ([True, False], "reading", True)


def read_out(node: Node, last: bool = True) -> SessionCursor:
    """A district session in which everything is accepted (but the very last row)."""
    rows = se.rows_of(DISTRICT)
    session = se.open_session(node.small, DISTRICT)
    chair, member = node.small.chairs[DISTRICT], node.small.members[DISTRICT][0]
    for row in rows if last else rows[:-1]:
        plenary.take_from_box(chair, member, session.pk, row, se.figures(row), node.small.at)
    return session


def test_closing_and_correcting_at_once_closing_hash_is_of_what_stands(node: Node) -> None:
    session = read_out(node)
    row = StationContest.objects.get(pk=ROW)
    one, other = chairs(node)
    close = {"person": str(one.person), "session": str(session.pk), "typed": typed_back(session)}
    results = node.together(("close", close), ("correct", correction(node, session, other, row)))
    session.refresh_from_db()
    after = (ItemDecision.objects.count(), Correction.objects.count(), *results)
    if after == (12, 1, {"refused": "chunks"}, {"ok": None}):
        plenary.close_session(one, session.pk, node.small.at, typed_back(session))
        session.refresh_from_db()
    else:
        refusals = ({"refused": "stale"}, {"refused": "WrongSessionState"})
        assert after in [(12, 0, {"ok": None}, refusal) for refusal in refusals]
    closed = SessionEvent.objects.get(event="closed").detail["figures_sha256"]
    assert (session.state, closed) == ("closed", sheets.figures_sha256(session))
    assert (set(StationContest.objects.filter(pk__startswith=DISTRICT).values_list("standing", flat=True))) == {
        Standing.DISTRICT
    }
    assert consistent()


def test_closing_and_adding_a_station_at_once_no_station_is_ratified_unread(node: Node) -> None:
    session = read_out(node)
    code = f"{se.VILLAGES[0]}009"
    results = node.together(
        (
            "close",
            {
                "person": str(node.small.chairs[DISTRICT].person),
                "session": str(session.pk),
                "typed": typed_back(session),
            },
        ),
        ("add", {"person": str(node.small.administrator.person), "station": code}),
    )
    added = set(StationContest.objects.filter(station_id=code).values_list("standing", "ratified_tier", "counted"))
    assert (results[1], added) == ({"ok": None}, {(Standing.AWAITED, 0, None)})
    assert results[0] in ({"ok": None}, {"refused": "AgendaUnfinished"})
    assert consistent()


def test_opening_a_session_twice_at_once_opens_one(node: Node) -> None:
    person = str(node.small.chairs[DISTRICT].person)
    act = ("open", {"person": person, "region": DISTRICT, "contests": list(se.CONTESTS)})
    results = node.together(act, act)
    assert [r for r in results if "refused" in r] == [{"refused": "session_exists"}]
    assert (SessionCursor.objects.count(), kinds("session.changed"), consistent()) == (1, 1, True)


def test_same_photo_twice_at_once_is_one_photo(node: Node) -> None:
    act = ("photo", {"person": str(node.small.kpps[ROW[:13]].person), "row": ROW, "text": "a"})
    results = node.together(act, act)
    assert results[0] == results[1] == {"ok": str(Photo.objects.get().pk)}
    assert (kinds("photo.received"), consistent()) == (1, True)


def test_recount_and_statement_at_once_leave_no_figures_of_the_old_generation(node: Node) -> None:
    se.photograph(node.small, node.store, ROW)
    verification.make_statement(node.small.kpps[ROW[:13]], ROW, se.figures(ROW), node.small.at)
    session = se.open_session(node.small, DISTRICT)
    chair, operator = node.small.chairs[DISTRICT], node.small.operators[0]
    statement = {"person": str(operator.person), "row": ROW, "figures": se.figures(ROW), "generation": 1}
    results = node.together(
        ("recount", {"person": str(chair.person), "session": str(session.pk), "row": ROW}), ("state", statement)
    )
    assert results[0] == {"ok": None} and results[1] in ({"ok": True}, {"refused": "stale"})
    row = StationContest.objects.get(pk=ROW)
    assert (row.generation, row.verified, row.standing, row.pages) == (2, None, Standing.AWAITED, 0)
    assert consistent()
