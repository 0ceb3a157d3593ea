"""Clean stations accepted together: which are clean, all or none, entries below their limit."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from support import plain_reader
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node
from support.plenaries import people_of, row

from sirekap.ledger import canonical
from sirekap.records.models import ItemDecision, SessionCursor, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import conduct, objections, plenary, plenary_batch, reading, reading_queue, verification

DISTRICT = se.DISTRICTS[0]
VILLAGE, SECOND = se.VILLAGES[:2]
ROWS = se.rows_of(VILLAGE)
LATER = se.AT + timedelta(hours=1)


@pytest.fixture
def session(local: Node) -> SessionCursor:
    """An open district session over a village whose stations are all verified."""
    for pk in ROWS:
        se.verify(local.small, local.store, pk)
    return se.open_session(local.small, DISTRICT)


def seen(rows: list[str]) -> dict[str, int]:
    return dict(StationContest.objects.filter(pk__in=rows).values_list("pk", "last_seq"))


def clean(session: SessionCursor, village: str = VILLAGE) -> list[str]:
    return [found.pk for found in plenary_batch.clean_rows(session, village)]


def accept(node: Node, session: SessionCursor, rows: list[str], village: str = VILLAGE) -> list[str]:
    chair = node.small.chairs[DISTRICT]
    return plenary_batch.accept_clean(chair, session.pk, village, LATER, expected=seen(rows))


def test_clean_stations_accepted_together(local: Node, session: SessionCursor) -> None:
    assert clean(session) == ROWS
    assert accept(local, session, ROWS) == ROWS
    entry = last_entry("items.accepted")
    assert entry["body"] == {
        "session": str(session.pk),
        "tier": 1,
        "village": VILLAGE,
        "began": True,
        "items": [
            {
                "row": pk,
                "generation": 1,
                "figures_id": str(row(pk).verified_id),
                "figures_sha256": hashlib.sha256(canonical.dumps(se.figures(pk))).hexdigest(),
            }
            for pk in ROWS
        ],
    }
    for pk in ROWS:
        found = row(pk)
        assert (found.decided_id, found.decided_tier, found.findings) == (found.verified_id, 1, [])
    assert (ItemDecision.objects.count(), clean(session)) == (6, [])
    assert (SessionCursor.objects.get().state, rebuild()["changed"]) == ("reading", 0)
    with refused("not_clean"):
        accept(local, session, ROWS[:1])


def test_panel_lead_accepts_their_village(local: Node, session: SessionCursor) -> None:
    chair, member = people_of(local)
    expected = seen(ROWS)
    with refused("out_of_scope", 403):
        plenary_batch.accept_clean(member, session.pk, VILLAGE, LATER, expected=expected)
    conduct.open_panel(chair, session.pk, 1, [VILLAGE], LATER, lead=member.person)
    assert plenary_batch.accept_clean(member, session.pk, VILLAGE, LATER, expected=expected) == ROWS


def objected(node: Node, session: SessionCursor) -> None:
    supervisor = node.small.others[se.Role.SUPERVISOR]
    objections.file_objection(
        supervisor, session_id=session.pk, region=ROWS[0][:13], row=ROWS[0], text="Segel rusak", at=LATER
    )


def corrected_and_undone(node: Node, session: SessionCursor) -> None:
    plenary.accept(node.small.chairs[DISTRICT], session.pk, ROWS[0], LATER)
    plenary.undo(node.small.chairs[DISTRICT], session.pk, ROWS[0], "Salah baris", LATER)


def put_off(node: Node, session: SessionCursor) -> None:
    plenary.defer(node.small.chairs[DISTRICT], session.pk, ROWS[0], "Saksi belum hadir", LATER)


def flagged(node: Node, session: SessionCursor) -> None:
    """The sheet on the photograph is another station's."""
    (leased,) = reading_queue.lease("test", se.AT)
    other = plain_reader.page(se.rows_of(SECOND)[0], 2, se.figures(se.rows_of(SECOND)[0]))
    reading.record_reading(leased, other, se.AT, judge=plain_reader.judge)
    assert leased.row == ROWS[0]


@pytest.mark.parametrize("spoil", [objected, corrected_and_undone, put_off, flagged], ids=lambda f: f.__name__)
def test_station_with_something_to_hear_is_not_clean(local: Node, session: SessionCursor, spoil: Any) -> None:
    spoil(local, session)
    assert clean(session) == ROWS[1:]
    with refused("not_clean"):
        accept(local, session, ROWS)
    assert accept(local, session, ROWS[1:]) == ROWS[1:]


def test_unverified_or_odd_stations_are_not_clean(local: Node) -> None:
    session = se.open_session(local.small, DISTRICT)
    assert clean(session) == []
    said = {**se.figures(ROWS[0]), "disabled_l": 90, "disabled_p": 96, "disabled_j": 186}
    se.photograph(local.small, local.store, ROWS[0])
    for author in (local.small.kpps[ROWS[0][:13]], local.small.operators[0]):
        verification.make_statement(author, ROWS[0], said, LATER, paper_wrong=True, reason="Di kertas begitu")
    found = row(ROWS[0])
    assert (found.verified_id is not None, bool(found.findings), clean(session)) == (True, True, [])


def test_accepting_together_refused(local: Node, session: SessionCursor) -> None:
    small, expected = local.small, seen(ROWS)
    act = plenary_batch.accept_clean
    chair = small.chairs[DISTRICT]
    with refused("nothing", 400):
        act(chair, session.pk, VILLAGE, LATER, expected={})
    with refused("stale"):
        act(chair, session.pk, VILLAGE, LATER, expected={**expected, ROWS[3]: 1})
    with refused("not_on_agenda", 400):
        act(chair, session.pk, SECOND, LATER, expected=expected)
    with refused("not_on_agenda", 400):
        act(chair, session.pk, VILLAGE, LATER, expected={**expected, f"{VILLAGE}999-pkwkk": 1})
    with refused("out_of_scope", 403):
        act(small.chairs[se.REGENCY], session.pk, VILLAGE, LATER, expected=expected)
    plenary.adjourn(chair, session.pk, LATER)
    with refused("WrongSessionState"):
        act(chair, session.pk, VILLAGE, LATER, expected=expected)


def test_large_village_is_split_into_entries_below_their_limit() -> None:
    item = {"figures_id": "0" * 36, "figures_sha256": "0" * 64, "generation": 1}
    items = [{"row": f"{VILLAGE}{n:03}-pkwkk", **item} for n in range(900)]
    parts = list(plenary_batch._parts(items))
    sizes = [len(canonical.dumps(part)) for part in parts]
    assert [entry for part in parts for entry in part] == items
    assert (len(parts), max(sizes) <= plenary_batch.MOST_BYTES + 2, min(sizes) > 0) == (3, True, True)
