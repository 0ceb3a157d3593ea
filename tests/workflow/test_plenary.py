"""Plenary sessions: reading station by station, corrections, recounts, deferral, closing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from support import small_election as se
from support import story
from support.acts import last_entry, refused
from support.databases import Node
from support.plenaries import people_of, read_all, row
from support.typed import typed_back

from sirekap.election.generations import RecountReason
from sirekap.election.plenary import ItemState
from sirekap.election.standing import Standing
from sirekap.records import totals
from sirekap.records.models import (
    Correction,
    CorrectionField,
    FigureSet,
    Generation,
    ItemDecision,
    SessionCursor,
)
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import plenary, register
from sirekap.workflow.agenda import agenda_of, item_state

DISTRICT, OTHER = se.DISTRICTS
ROW, GOVERNOR_ROW, THIRD = se.rows_of(DISTRICT)[:3]
LATER = se.AT + timedelta(hours=1)


@pytest.fixture
def session(local: Node) -> SessionCursor:
    """An open district session."""
    return se.open_session(local.small, DISTRICT)


def test_accepted_station_keeps_its_verified_figures(local: Node, session: SessionCursor) -> None:
    verified = se.verify(local.small, local.store, ROW)
    plenary.accept(local.small.chairs[DISTRICT], session.pk, ROW, LATER, expected_seq=verified.last_seq)
    assert last_entry("item.decided")["body"] == {
        "row": ROW,
        "generation": 1,
        "session": str(session.pk),
        "tier": 1,
        "began": True,
        "decision": "accepted",
        "figures_id": str(verified.verified_id),
        "figures": None,
        "findings": [],
        "second": None,
        "reason": "",
    }
    decision, after = ItemDecision.objects.get(), row()
    assert (decision.decision, decision.figures_id, decision.tier, decision.row_id) == (
        "accepted",
        verified.verified_id,
        1,
        ROW,
    )
    assert (after.decided_id, after.decided_tier, after.standing) == (verified.verified_id, 1, Standing.VERIFIED)
    assert SessionCursor.objects.get().state == "reading"


def test_station_without_figures_is_taken_from_the_box_with_the_missing_photo_as_finding(
    local: Node, session: SessionCursor
) -> None:
    chair, member = people_of(local)
    with refused("not_verified"):
        plenary.accept(chair, session.pk, ROW, LATER)
    plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    body = last_entry("item.decided")["body"]
    assert (body["decision"], body["figures"], body["findings"], body["second"]) == (
        "from_box",
        se.figures(ROW),
        ["W701"],
        str(member.person),
    )
    after = row()
    assert after.decided is not None and after.decided.figures() == se.figures(ROW)
    assert (after.standing, after.counted, after.findings) == (Standing.AWAITED, None, ["W701"])


def test_figures_that_exist_are_corrected_not_typed_over(local: Node, session: SessionCursor) -> None:
    """Otherwise reason and evidence could be avoided."""
    chair, member = people_of(local)
    se.verify(local.small, local.store, ROW)
    plenary.take_from_box(chair, member, session.pk, THIRD, se.figures(THIRD), LATER)
    plenary.defer(chair, session.pk, THIRD, "Saksi belum hadir", LATER)
    for pk in (ROW, THIRD):
        with refused("already_verified"):
            plenary.take_from_box(chair, member, session.pk, pk, se.figures(pk, shift=5), LATER)


def test_correction_is_one_decision_over_several_fields(local: Node, session: SessionCursor) -> None:
    se.verify(local.small, local.store, ROW)
    chair, member = people_of(local)
    before = se.figures(ROW)
    changes = {"votes_1": before["votes_1"] - 4, "votes_2": before["votes_2"] + 4, "votes_3": before["votes_3"]}
    evidence = local.store.put(se.photo("box")).sha256
    plenary.correct(chair, member, local.store, session.pk, ROW, changes, "Salah salin", evidence, LATER)
    after = {**before, **changes}
    assert last_entry("item.corrected")["body"] == {
        "row": ROW,
        "generation": 1,
        "session": str(session.pk),
        "tier": 1,
        "began": True,
        "changes": {name: {"old": before[name], "new": changes[name]} for name in ("votes_1", "votes_2")},
        "figures": after,
        "findings": [],
        "reason": "Salah salin",
        "evidence": evidence,
        "authorised": [str(chair.person), str(member.person)],
    }
    fact = Correction.objects.select_related("figures").get()
    assert (fact.figures.figures(), fact.first, fact.second, fact.evidence) == (
        after,
        chair.person,
        member.person,
        evidence,
    )
    assert list(CorrectionField.objects.order_by("field").values_list("field", "old", "new")) == [
        (name, before[name], changes[name]) for name in ("votes_1", "votes_2")
    ]
    cursor = row()
    assert (cursor.decided_id, cursor.counted_id, cursor.decided_tier) == (fact.figures_id, fact.figures_id, 1)
    assert totals.of_contest(se.REGENT)[DISTRICT]["votes_2"] == after["votes_2"]
    figures = FigureSet.objects.get(pk=cursor.verified_id).figures()
    assert figures == before


def test_correction_refused(local: Node, session: SessionCursor) -> None:
    small, (chair, member) = local.small, people_of(local)
    before = se.figures(ROW)
    good = {"votes_1": before["votes_1"] - 1, "votes_2": before["votes_2"] + 1}
    evidence = local.store.put(se.photo("box")).sha256

    def correct(changes: dict[str, Any] = good, by: Any = chair, second: Any = member, **other: Any) -> None:
        values = {"reason": "Salah salin", "evidence": evidence, "at": LATER, **other}
        plenary.correct(by, second, local.store, session.pk, ROW, changes, **values)

    with refused("nothing_to_correct"):
        correct()
    seq = se.verify(small, local.store, ROW).last_seq
    with refused("evidence", 400):
        correct(evidence="")
    with refused("evidence", 400):
        correct(evidence="0" * 64)
    with refused("two_persons", 403):
        correct(second=chair)
    with refused("out_of_scope", 403):
        correct(second=small.members[OTHER][0])
    with refused("out_of_scope", 403):
        correct(second=small.operators[0])
    with refused("no_change", 400):
        correct({"votes_1": before["votes_1"]})
    with refused("no_change", 400):
        correct({})
    with refused("reason", 400):
        correct(reason="")
    with refused("malformed", 400):
        correct({"votes_1": -1})
    with refused("malformed", 400):
        correct({"votes_9": 1})
    with refused("stale"):
        correct(expected_seq=seq - 1)
    with refused("correction_breaks_rule", 422) as info:
        correct({"votes_1": before["votes_1"] + 1})
    assert [f.code for f in info.value.findings] == ["E203"]
    correct(expected_seq=seq)


def test_correction_may_leave_an_old_error_it_does_not_touch(local: Node, session: SessionCursor) -> None:
    wrong = {**se.figures(ROW), "disabled_j": 5}
    se.photograph(local.small, local.store, ROW)
    for actor in (local.small.kpps[ROW[:13]], local.small.operators[0]):
        se.verification.make_statement(actor, ROW, wrong, se.AT, paper_wrong=True)
    assert row().findings == ["E230"]
    before = se.figures(ROW)
    changes = {"votes_1": before["votes_1"] - 1, "votes_2": before["votes_2"] + 1}
    story.correct(local.small, local.store, DISTRICT, session, ROW, **changes)
    assert row().findings == ["E230"]
    with refused("correction_breaks_rule", 422):
        story.correct(local.small, local.store, DISTRICT, session, ROW, disabled_j=6)
    story.correct(local.small, local.store, DISTRICT, session, ROW, disabled_j=2)
    assert row().findings == []


def test_recount_starts_a_generation_whose_figures_must_be_read_out(local: Node, session: SessionCursor) -> None:
    old = se.verify(local.small, local.store, ROW)
    chair, member = people_of(local)
    plenary.order_recount(chair, session.pk, ROW, RecountReason.TOTALS_DIFFER, LATER)
    assert last_entry("generation.opened")["body"] == {
        "row": ROW,
        "generation": 2,
        "generation_kind": "HSU",
        "reason": "totals_differ",
        "session": str(session.pk),
        "began": True,
    }
    now = row()
    assert (now.generation, now.pages, now.verified, now.decided, now.counted, now.standing) == (
        2,
        0,
        None,
        None,
        None,
        Standing.AWAITED,
    )
    assert Generation.objects.get().row_id == ROW
    assert item_state(now, session) is ItemState.RECOUNT
    for act in (
        lambda: plenary.accept(chair, session.pk, ROW, LATER),
        lambda: plenary.defer(chair, session.pk, ROW, "Nanti", LATER),
        lambda: plenary.order_recount(chair, session.pk, ROW, RecountReason.DARK, LATER),
    ):
        with refused("WrongItemState"):
            act()
    counted = se.figures(ROW, shift=9)
    plenary.take_from_box(chair, member, session.pk, ROW, counted, LATER)
    assert last_entry("item.decided")["body"]["decision"] == "recount_entered"
    now = row()
    assert now.verified is not None and now.verified.figures() == counted
    assert (now.standing, now.decided, now.decided_tier, item_state(now, session)) == (
        Standing.VERIFIED,
        None,
        0,
        ItemState.UNREAD,
    )
    plenary.accept(chair, session.pk, ROW, LATER)
    assert (row().decided_id, row().decided_tier) == (now.verified_id, 1)
    assert FigureSet.objects.filter(pk=old.verified_id).exists()
    assert rebuild()["changed"] == 0


def test_session_cannot_close_between_recount_and_reading_out(local: Node, session: SessionCursor) -> None:
    chair, member = people_of(local)
    read_all(local, DISTRICT, session)
    plenary.order_recount(chair, session.pk, ROW, RecountReason.DARK, LATER)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, session.pk, LATER, typed_back(session))
    plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, session.pk, LATER, typed_back(session))
    plenary.accept(chair, session.pk, ROW, LATER)
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    assert rebuild()["changed"] == 0


@pytest.mark.parametrize("after", [False, True], ids=["before reading", "after reading"])
def test_deferred_station_keeps_the_session_open(local: Node, session: SessionCursor, after: bool) -> None:
    chair, member = people_of(local)
    read_all(local, DISTRICT, session, skip=() if after else (ROW,))
    plenary.defer(chair, session.pk, ROW, "Saksi belum hadir", LATER)
    assert last_entry("item.decided")["body"]["reason"] == "Saksi belum hadir"
    assert item_state(row(), session) is ItemState.DEFERRED
    agenda = agenda_of(SessionCursor.objects.get())
    assert (agenda.unread, agenda.deferred, agenda.accepted) == (0, 1, 11)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, session.pk, LATER, typed_back(session))
    with refused("WrongItemState"):
        plenary.defer(chair, session.pk, ROW, "Sekali lagi", LATER)
    if after:
        plenary.accept(chair, session.pk, ROW, LATER)
    else:
        plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    assert rebuild()["changed"] == 0


def test_deferred_station_is_settled_by_a_correction(local: Node, session: SessionCursor) -> None:
    se.verify(local.small, local.store, ROW)
    plenary.defer(local.small.chairs[DISTRICT], session.pk, ROW, "Saksi belum hadir", LATER)
    before = se.figures(ROW)
    changes = {"votes_1": before["votes_1"] - 1, "votes_2": before["votes_2"] + 1}
    story.correct(local.small, local.store, DISTRICT, session, ROW, **changes)
    assert item_state(row(), session) is ItemState.ACCEPTED
    assert agenda_of(session).deferred == 0


def test_reading_refused(local: Node, session: SessionCursor) -> None:
    small, (chair, member) = local.small, people_of(local)
    figures = se.figures(ROW)
    take = plenary.take_from_box
    with refused("not_on_agenda", 400):
        take(chair, member, session.pk, se.rows_of(OTHER)[0], se.figures(se.rows_of(OTHER)[0]), LATER)
    with refused("not_found", 404):
        take(chair, member, session.pk, f"{ROW[:13]}-pilpr", figures, LATER)
    with refused("not_found", 404):
        take(chair, member, uuid.uuid4(), ROW, figures, LATER)
    with refused("not_found", 404):
        plenary.close_session(chair, uuid.uuid4(), LATER, {})
    with refused("incomplete", 400):
        take(chair, member, session.pk, ROW, {k: v for k, v in figures.items() if k != "valid"}, LATER)
    with refused("malformed", 400):
        take(chair, member, session.pk, ROW, {**figures, "valid": -1}, LATER)
    with refused("two_persons", 403):
        take(chair, chair, session.pk, ROW, figures, LATER)
    with refused("out_of_scope", 403):
        take(chair, small.others[se.Role.SUPERVISOR], session.pk, ROW, figures, LATER)
    with refused("stale"):
        take(chair, member, session.pk, ROW, figures, LATER, expected_seq=0)
    with refused("reason", 400):
        plenary.defer(chair, session.pk, ROW, "", LATER)
    with refused("WrongSessionState"):
        plenary.close_session(chair, session.pk, LATER, typed_back(session))
    take(chair, member, session.pk, ROW, figures, LATER)
    with refused("WrongItemState"):
        take(chair, member, session.pk, ROW, figures, LATER)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, session.pk, LATER, typed_back(session))
    register.close_station(small.administrator, THIRD[:13], "Digusur", se.AT.date(), se.AT)
    with refused("station_closed"):
        take(chair, member, session.pk, THIRD, se.figures(THIRD), LATER)


def test_station_closed_later_leaves_the_agenda(local: Node, session: SessionCursor) -> None:
    read_all(local, DISTRICT, session, skip=se.rows_of(THIRD[:13]) and tuple(se.rows_of(THIRD[:13])))
    chair = local.small.chairs[DISTRICT]
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, session.pk, LATER, typed_back(session))
    register.close_station(local.small.administrator, THIRD[:13], "Digusur", se.AT.date(), se.AT)
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    assert rebuild()["changed"] == 0
