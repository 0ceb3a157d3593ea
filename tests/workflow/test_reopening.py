"""Convening, undoing, and sessions that are read on after they closed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from support import small_election as se
from support import story
from support.acts import last_entry, refused
from support.databases import Node
from support.plenaries import closed_district, people_of, read_all, row
from support.typed import typed_back

from sirekap.election.generations import RecountReason
from sirekap.election.plenary import ItemState
from sirekap.election.standing import Standing, Tier
from sirekap.records.models import ItemReopened, RegionTaken, SessionCursor, SessionEvent, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import determination, plenary, sheets
from sirekap.workflow.agenda import agenda_of, item_state, untaken

DISTRICT, OTHER = se.DISTRICTS
ROW, GOVERNOR_ROW, THIRD = se.rows_of(DISTRICT)[:3]
LATER = se.AT + timedelta(hours=1)
PLANNED = se.AT + timedelta(days=2)


def convene(node: Node, order: tuple[str, ...] = (), contests: tuple[str, ...] = se.CONTESTS) -> SessionCursor:
    return plenary.convene(node.small.chairs[DISTRICT], DISTRICT, contests, PLANNED, order, se.AT, se.AT)


def test_convened_session_opens_under_its_own_id(local: Node) -> None:
    session = convene(local, (se.VILLAGES[1],))
    assert last_entry("session.changed")["body"] == {
        "session": str(session.pk),
        "event": "convened",
        "tier": 1,
        "region": DISTRICT,
        "contests": [se.REGENT, se.GOVERNOR],
        "state": "scheduled",
        "detail": {
            "state": "scheduled",
            "planned_at": "2024-11-29T06:00:00.000000Z",
            "order": [se.VILLAGES[1]],
            "invited_at": "2024-11-27T06:00:00.000000Z",
        },
    }
    assert (session.state, session.opened_at) == ("scheduled", None)
    assert convene(local).pk == session.pk
    with refused("WrongSessionState"):
        plenary.defer(local.small.chairs[DISTRICT], session.pk, ROW, "Nanti", LATER)
    opened = se.open_session(local.small, DISTRICT)
    assert (opened.pk, opened.state, opened.opened_at) == (session.pk, "opened", se.AT)
    with refused("session_exists"):
        convene(local)
    assert rebuild()["changed"] == 0


def test_convening_refused(local: Node) -> None:
    session = convene(local)
    chair = local.small.chairs[DISTRICT]
    for order in (("3216022001",), (se.VILLAGES[0], se.VILLAGES[0]), ("321601",)):
        with refused("order", 400):
            convene(local, order)
    with refused("other_contests", 400):
        convene(local, contests=(se.REGENT,))
    with refused("other_contests", 400):
        plenary.open_session(chair, DISTRICT, [se.GOVERNOR], se.AT)
    with refused("out_of_scope", 403):
        plenary.convene(local.small.chairs[OTHER], DISTRICT, se.CONTESTS, PLANNED, (), se.AT, se.AT)
    with refused("plan", 400):
        plenary.convene(chair, DISTRICT, se.CONTESTS, PLANNED, (), PLANNED + timedelta(minutes=1), se.AT)
    with refused("EmptyAgenda"):
        plenary.convene(local.small.chairs[OTHER], OTHER, (), PLANNED, (), se.AT, se.AT)
    assert SessionCursor.objects.get() == session


@pytest.fixture
def session(local: Node) -> SessionCursor:
    """An open district session."""
    return se.open_session(local.small, DISTRICT)


def test_undone_acceptance_is_unread_and_verified_as_before(local: Node, session: SessionCursor) -> None:
    chair = local.small.chairs[DISTRICT]
    before = se.verify(local.small, local.store, ROW)
    plenary.accept(chair, session.pk, ROW, LATER)
    plenary.undo(chair, session.pk, ROW, "Salah baris", LATER, expected_seq=row().last_seq)
    assert last_entry("item.reopened")["body"] == {
        "row": ROW,
        "generation": 1,
        "session": str(session.pk),
        "tier": 1,
        "began": False,
        "reason": "Salah baris",
    }
    now = row()
    assert (now.decided, now.decided_tier, now.findings, now.counted_id) == (None, 0, [], before.verified_id)
    assert (item_state(now, session), agenda_of(session).unread, now.standing) == (
        ItemState.UNREAD,
        12,
        Standing.VERIFIED,
    )
    with refused("WrongItemState"):
        plenary.undo(chair, session.pk, ROW, "Lagi", LATER)
    plenary.accept(chair, session.pk, ROW, LATER)
    assert (row().decided_tier, ItemReopened.objects.count(), rebuild()["changed"]) == (1, 1, 0)


def test_undone_box_figures_leave_nothing(local: Node, session: SessionCursor) -> None:
    chair, member = people_of(local)
    plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    changes = {"votes_1": se.figures(ROW)["votes_1"] - 1, "votes_2": se.figures(ROW)["votes_2"] + 1}
    story.correct(local.small, local.store, DISTRICT, session, ROW, **changes)
    plenary.undo(chair, session.pk, ROW, "Salah TPS", LATER)
    now = row()
    assert (now.decided, now.decided_tier, now.findings, now.counted, now.standing) == (None, 0, [], None, 0)
    plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    assert (row().decided.figures(), rebuild()["changed"]) == (se.figures(ROW), 0)


def test_undone_deferral(local: Node, session: SessionCursor) -> None:
    chair = local.small.chairs[DISTRICT]
    plenary.defer(chair, session.pk, ROW, "Saksi belum hadir", LATER)
    plenary.undo(chair, session.pk, ROW, "Saksi datang", LATER)
    agenda = agenda_of(session)
    assert (agenda.unread, agenda.deferred, item_state(row(), session)) == (12, 0, ItemState.UNREAD)


def test_undo_refused(local: Node, session: SessionCursor) -> None:
    chair, member = people_of(local)
    with refused("WrongItemState"):
        plenary.undo(chair, session.pk, ROW, "Salah", LATER)
    plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    with refused("reason", 400):
        plenary.undo(chair, session.pk, ROW, " ", LATER)
    with refused("stale"):
        plenary.undo(chair, session.pk, ROW, "Salah", LATER, expected_seq=1)
    with refused("out_of_scope", 403):
        plenary.undo(member, session.pk, ROW, "Salah", LATER)
    read_all(local, DISTRICT, session, skip=(ROW,))
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    with refused("WrongSessionState"):
        plenary.undo(chair, session.pk, ROW, "Salah", LATER)
    plenary.reopen_session(chair, session.pk, "Perintah KPU", LATER, cause="instruction")
    with refused("ratified"):
        plenary.undo(chair, session.pk, ROW, "Salah", LATER)


def regency_over_both(node: Node) -> SessionCursor:
    regency = se.open_session(node.small, se.REGENCY)
    for district in se.DISTRICTS:
        closed_district(node, district)
        plenary.take_region(node.small.chairs[se.REGENCY], regency.pk, district, LATER)
    return regency


def test_undone_correction_of_the_regency_gives_the_district_its_figures_back(local: Node) -> None:
    chair, regency = local.small.chairs[se.REGENCY], regency_over_both(local)
    with refused("nothing_to_undo"):
        plenary.undo(chair, regency.pk, ROW, "Salah", LATER)
    before = row()
    votes = se.figures(ROW)
    story.correct(
        local.small,
        local.store,
        se.REGENCY,
        regency,
        ROW,
        votes_1=votes["votes_1"] - 2,
        votes_3=votes["votes_3"] + 2,
    )
    plenary.undo(chair, regency.pk, ROW, "Salah TPS", LATER)
    now = row()
    assert (now.decided_id, now.decided_tier, now.standing) == (before.decided_id, Tier.DISTRICT, Standing.DISTRICT)
    assert (item_state(now, regency), agenda_of(regency).unread) == (ItemState.UNREAD, 1)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    plenary.accept(chair, regency.pk, ROW, LATER)
    plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    assert (row().decided_id, row().decided_tier, rebuild()["changed"]) == (before.decided_id, Tier.REGENCY, 0)


def test_reopened_district_is_read_again_by_the_regency(local: Node) -> None:
    small, (chair, member) = local.small, people_of(local)
    regency = regency_over_both(local)
    district = SessionCursor.objects.get(region_id=DISTRICT)
    plenary.reopen_session(chair, district.pk, "Hitung ulang satu TPS", LATER, cause="generation")
    assert last_entry("session.changed")["body"] == {
        "session": str(district.pk),
        "event": "reopened",
        "state": "reading",
        "detail": {"state": "reading", "reason": "Hitung ulang satu TPS", "cause": "generation"},
    }
    district.refresh_from_db()
    assert (district.state, district.closed_at, row().standing) == ("reading", None, Standing.DISTRICT)
    assert (untaken(regency), agenda_of(district).unread) == ([DISTRICT], 0)
    above = small.chairs[se.REGENCY]
    with refused("lower_not_closed"):
        plenary.take_region(above, regency.pk, DISTRICT, LATER)
    plenary.order_recount(chair, district.pk, ROW, RecountReason.DARK, LATER)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, district.pk, LATER, typed_back(district))
    plenary.take_from_box(chair, member, district.pk, ROW, se.figures(ROW, shift=4), LATER)
    plenary.accept(chair, district.pk, ROW, LATER)
    plenary.close_session(chair, district.pk, LATER, typed_back(district))
    with refused("AgendaUnfinished"):
        plenary.close_session(above, regency.pk, LATER, typed_back(regency))
    plenary.take_region(above, regency.pk, DISTRICT, LATER)
    with refused("already_taken"):
        plenary.take_region(above, regency.pk, DISTRICT, LATER)
    plenary.close_session(above, regency.pk, LATER, typed_back(regency))
    assert (RegionTaken.objects.count(), untaken(regency), row().generation) == (3, [], 2)
    assert set(StationContest.objects.values_list("standing", flat=True)) == {Standing.REGENCY}
    assert rebuild()["changed"] == 0


def test_second_close_lowers_nothing_that_a_higher_session_ratified(local: Node) -> None:
    small, (chair, _) = local.small, people_of(local)
    regency = regency_over_both(local)
    above = small.chairs[se.REGENCY]
    plenary.close_session(above, regency.pk, LATER, typed_back(regency))
    district = SessionCursor.objects.get(region_id=DISTRICT)
    plenary.reopen_session(chair, district.pk, "Putusan Bawaslu", LATER, cause="ruling")
    with refused("ratified_above"):
        plenary.order_recount(chair, district.pk, ROW, RecountReason.DARK, LATER)
    plenary.close_session(chair, district.pk, LATER, typed_back(district))
    assert set(StationContest.objects.values_list("standing", "ratified_tier")) == {(Standing.REGENCY, Tier.REGENCY)}
    plenary.reopen_session(above, regency.pk, "Putusan Bawaslu", LATER, cause="ruling")
    assert untaken(regency) == [DISTRICT]
    plenary.order_recount(above, regency.pk, ROW, RecountReason.DARK, LATER)
    assert (row().ratified_tier, row(THIRD).ratified_tier) == (0, Tier.REGENCY)
    plenary.take_from_box(above, small.members[se.REGENCY][0], regency.pk, ROW, se.figures(ROW, shift=1), LATER)
    plenary.accept(above, regency.pk, ROW, LATER)
    plenary.take_region(above, regency.pk, DISTRICT, LATER)
    plenary.close_session(above, regency.pk, LATER, typed_back(regency))
    assert SessionEvent.objects.filter(event="closed").count() == 5
    assert set(StationContest.objects.values_list("standing", "ratified_tier")) == {(Standing.REGENCY, Tier.REGENCY)}
    assert rebuild()["changed"] == 0


def test_reopening_refused(local: Node) -> None:
    small, (chair, _) = local.small, people_of(local)
    regency = regency_over_both(local)
    district = SessionCursor.objects.get(region_id=DISTRICT)
    above = small.chairs[se.REGENCY]
    with refused("not_found", 404):
        plenary.reopen_session(chair, uuid.uuid4(), "Putusan", LATER, cause="ruling")
    with refused("out_of_scope", 403):
        plenary.reopen_session(above, district.pk, "Putusan", LATER, cause="ruling")
    with refused("cause", 400):
        plenary.reopen_session(chair, district.pk, "Putusan", LATER, cause="whim")
    with refused("reason", 400):
        plenary.reopen_session(chair, district.pk, "", LATER, cause="ruling")
    with refused("WrongSessionState"):
        plenary.reopen_session(above, regency.pk, "Putusan", LATER, cause="ruling")
    plenary.close_session(above, regency.pk, LATER, typed_back(regency))
    province = se.open_session(small, se.PROVINCE, (se.GOVERNOR,))
    plenary.take_region(small.chairs[se.PROVINCE], province.pk, se.REGENCY, LATER)
    plenary.close_session(small.chairs[se.PROVINCE], province.pk, LATER, typed_back(province))
    determination.determine(small.chairs[se.PROVINCE], se.GOVERNOR, "199/2024", LATER)
    with refused("determined"):
        plenary.reopen_session(small.chairs[se.PROVINCE], province.pk, "Putusan", LATER, cause="ruling")
    plenary.reopen_session(above, regency.pk, "Putusan", LATER, cause="ruling")
    with refused("determined"):
        plenary.order_recount(above, regency.pk, GOVERNOR_ROW, RecountReason.DARK, LATER)


def test_closing_needs_the_groups_of_the_newest_sheets(local: Node, session: SessionCursor) -> None:
    chair = local.small.chairs[DISTRICT]
    read_all(local, DISTRICT, session)
    old = typed_back(session)
    votes = se.figures(ROW)
    story.correct(
        local.small,
        local.store,
        DISTRICT,
        session,
        ROW,
        votes_1=votes["votes_1"] - 1,
        votes_2=votes["votes_2"] + 1,
    )
    right = typed_back(session)
    wrong = {se.REGENT: ["0000", "ffff"]}
    for typed in ({}, old, right | wrong, {se.REGENT: right[se.REGENT]}, right | {se.REGENT: right[se.REGENT][::-1]}):
        with refused("chunks", 400) as info:
            plenary.close_session(chair, session.pk, LATER, typed)
        assert "Bupati" in info.value.text_id or "Gubernur" in info.value.text_id
    loud = {contest: [f" {group.upper()} " for group in groups] for contest, groups in right.items()}
    plenary.close_session(chair, session.pk, LATER, loud)
    assert SessionEvent.objects.get(event="closed").detail["figures_sha256"] == sheets.figures_sha256(session)
