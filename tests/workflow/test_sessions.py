"""Whole sessions: opening, adjourning, closing, and the plenaries of regency and province over those below."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support import small_election as se
from support import story
from support.acts import last_entry, refused
from support.databases import Node
from support.plenaries import closed_district, people_of, row
from support.typed import typed_back

from sirekap.election.generations import RecountReason
from sirekap.election.standing import Standing, Tier
from sirekap.records import totals
from sirekap.records.models import RegionTaken, SessionCursor, SessionEvent, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import plenary, register, sheets
from sirekap.workflow.agenda import agenda_of

DISTRICT, OTHER = se.DISTRICTS
ROW, GOVERNOR_ROW, THIRD = se.rows_of(DISTRICT)[:3]
LATER = se.AT + timedelta(hours=1)


@pytest.fixture
def session(local: Node) -> SessionCursor:
    """An open district session."""
    return se.open_session(local.small, DISTRICT)


def test_session_opened(local: Node, session: SessionCursor) -> None:
    chair = local.small.chairs[DISTRICT]
    assert last_entry("session.changed") == {
        "actor": {"person": str(chair.person), "role": "chair", "region": DISTRICT},
        "at": "2024-11-27T06:00:00.000000Z",
        "body": {
            "session": str(session.pk),
            "event": "opened",
            "tier": 1,
            "region": DISTRICT,
            "contests": [se.REGENT, se.GOVERNOR],
            "state": "opened",
            "detail": {"state": "opened"},
        },
    }
    assert (session.tier, session.region_id, session.contests, session.state, session.opened_at) == (
        1,
        DISTRICT,
        [se.REGENT, se.GOVERNOR],
        "opened",
        se.AT,
    )


def test_closed_session_ratifies_its_rows(node: Node) -> None:
    session = closed_district(node, DISTRICT)
    session.refresh_from_db()
    hashes = sheets.figures_sha256(session)
    assert last_entry("session.changed")["body"] == {
        "session": str(session.pk),
        "event": "closed",
        "state": "closed",
        "detail": {"state": "closed", "figures_sha256": hashes},
    }
    assert SessionEvent.objects.get(event="closed").detail == {"state": "closed", "figures_sha256": hashes}
    assert (session.state, session.closed_at) == ("closed", LATER)
    rows = StationContest.objects.filter(pk__startswith=DISTRICT)
    found = set(rows.values_list("standing", "ratified_tier"))
    assert (rows.count(), found) == (12, {(Standing.DISTRICT, Tier.DISTRICT)})
    assert all(r.counted_id == r.decided_id for r in rows)
    assert set(StationContest.objects.filter(pk__startswith=OTHER).values_list("standing", flat=True)) == {0}


def test_closed_session_takes_no_more_acts(local: Node) -> None:
    session, (chair, member) = closed_district(local, DISTRICT), people_of(local)
    before = se.figures(ROW)
    evidence = local.store.put(se.photo("box")).sha256
    for act in (
        lambda: plenary.accept(chair, session.pk, ROW, LATER),
        lambda: plenary.defer(chair, session.pk, ROW, "Nanti", LATER),
        lambda: plenary.order_recount(chair, session.pk, ROW, RecountReason.DARK, LATER),
        lambda: plenary.take_from_box(chair, member, session.pk, ROW, before, LATER),
        lambda: plenary.correct(chair, member, local.store, session.pk, ROW, {"votes_1": 1}, "Salah", evidence, LATER),
        lambda: plenary.adjourn(chair, session.pk, LATER),
        lambda: plenary.resume(chair, session.pk, LATER),
        lambda: plenary.close_session(chair, session.pk, LATER, typed_back(session)),
    ):
        with refused("WrongSessionState"):
            act()


def test_adjourned_session_reads_nothing_until_resumed(local: Node, session: SessionCursor) -> None:
    chair, member = people_of(local)
    plenary.adjourn(chair, session.pk, LATER)
    assert last_entry("session.changed")["body"]["detail"] == {"state": "adjourned"}
    with refused("WrongSessionState"):
        plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    plenary.resume(chair, session.pk, LATER)
    plenary.take_from_box(chair, member, session.pk, ROW, se.figures(ROW), LATER)
    assert SessionCursor.objects.get().state == "reading"


OPENING: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "unknown region": ("not_found", "chair 321601", "321609", se.CONTESTS),
    "village": ("not_found", "chair 321601", se.VILLAGES[0], se.CONTESTS),
    "higher chair": ("out_of_scope", "chair 3216", DISTRICT, se.CONTESTS),
    "member": ("out_of_scope", "member 321601 1", DISTRICT, se.CONTESTS),
    "neighbour": ("out_of_scope", "chair 321602", DISTRICT, se.CONTESTS),
    "unknown contest": ("wrong_contest", "chair 321601", DISTRICT, ("pkwkk-3217",)),
    "regent in the province": ("wrong_contest", "chair 32", "32", se.CONTESTS),
    "nothing": ("EmptyAgenda", "chair 321601", DISTRICT, ()),
}


@pytest.mark.parametrize("name", OPENING)
def test_opening_refused(local: Node, name: str) -> None:
    code, who, region, contests = OPENING[name]
    with refused(code):
        plenary.open_session(local.small.everyone()[who], region, contests, se.AT)


def test_second_session_of_a_region_is_refused(local: Node, session: SessionCursor) -> None:
    with refused("session_exists"):
        se.open_session(local.small, DISTRICT)


def test_regency_reads_closed_districts_and_closes(local: Node) -> None:
    small, chair = local.small, local.small.chairs[se.REGENCY]
    regency = se.open_session(small, se.REGENCY)
    with refused("lower_not_closed"):
        plenary.take_region(chair, regency.pk, DISTRICT, LATER)
    closed_district(local, DISTRICT)
    plenary.take_region(chair, regency.pk, DISTRICT, LATER)
    assert last_entry("region.taken")["body"] == {"session": str(regency.pk), "region": DISTRICT, "began": True}
    taken = RegionTaken.objects.get()
    assert (taken.session_id, taken.region_id, taken.at) == (regency.pk, DISTRICT, LATER)
    with refused("already_taken"):
        plenary.take_region(chair, regency.pk, DISTRICT, LATER)
    with refused("not_found", 404):
        plenary.take_region(chair, regency.pk, "321609", LATER)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    closed_district(local, OTHER)
    plenary.adjourn(chair, regency.pk, LATER)
    with refused("session_not_open"):
        plenary.take_region(chair, regency.pk, OTHER, LATER)
    plenary.resume(chair, regency.pk, LATER)
    plenary.take_region(chair, regency.pk, OTHER, LATER)
    before = se.figures(ROW)
    changes = {"votes_1": before["votes_1"] - 7, "votes_3": before["votes_3"] + 7}
    story.correct(small, local.store, se.REGENCY, regency, ROW, **changes)
    assert (row().decided_tier, row().standing) == (Tier.REGENCY, Standing.DISTRICT)
    plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    assert set(StationContest.objects.values_list("standing", flat=True)) == {Standing.REGENCY}
    votes = [totals.of_contest(se.REGENT)["3216"][f"votes_{n}"] for n in (1, 2, 3)]
    plain = [sum(se.figures(r)[f"votes_{n}"] for r in se.rows_of("", (se.REGENT,))) for n in (1, 2, 3)]
    assert votes == [plain[0] - 7, plain[1], plain[2] + 7]
    assert rebuild()["changed"] == 0


def test_regency_defers_a_station_of_a_district_it_has_read(local: Node) -> None:
    chair, regency = local.small.chairs[se.REGENCY], se.open_session(local.small, se.REGENCY)
    for district in se.DISTRICTS:
        closed_district(local, district)
        plenary.take_region(chair, regency.pk, district, LATER)
    plenary.defer(chair, regency.pk, ROW, "Saksi belum hadir", LATER)
    agenda = agenda_of(regency)
    assert (agenda.unread, agenda.deferred, agenda.accepted) == (0, 1, 23)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    plenary.accept(chair, regency.pk, ROW, LATER)
    plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    assert (row().standing, row().decided_tier, rebuild()["changed"]) == (Standing.REGENCY, Tier.REGENCY, 0)


def test_regency_touches_no_station_of_an_open_district(local: Node, session: SessionCursor) -> None:
    se.verify(local.small, local.store, ROW)
    regency = se.open_session(local.small, se.REGENCY)
    with refused("lower_not_closed"):
        plenary.accept(local.small.chairs[se.REGENCY], regency.pk, ROW, LATER)
    with refused("lower_not_closed"):
        story.correct(local.small, local.store, se.REGENCY, regency, ROW, votes_1=1)


def test_regency_orders_a_recount_of_a_ratified_station(local: Node) -> None:
    small, (chair, member) = local.small, people_of(local, se.REGENCY)
    regency = se.open_session(small, se.REGENCY)
    for district in se.DISTRICTS:
        closed_district(local, district)
        plenary.take_region(chair, regency.pk, district, LATER)
    plenary.order_recount(chair, regency.pk, ROW, RecountReason.ILLEGIBLE, LATER)
    assert (row().standing, row().ratified_tier) == (Standing.AWAITED, 0)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    plenary.take_from_box(chair, member, regency.pk, ROW, se.figures(ROW, shift=1), LATER)
    plenary.accept(chair, regency.pk, ROW, LATER)
    plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    assert (row().standing, row().generation, row().decided_tier) == (Standing.REGENCY, 2, Tier.REGENCY)
    assert rebuild()["changed"] == 0


def test_regency_reads_a_station_added_after_its_district_closed(local: Node) -> None:
    small, (chair, member) = local.small, people_of(local, se.REGENCY)
    closed_district(local, DISTRICT)
    closed_district(local, OTHER)
    code = f"{se.VILLAGES[0]}009"
    register.add_station(small.administrator, code, 210, 210, "TPS khusus", se.AT.date(), se.AT)
    regency = se.open_session(small, se.REGENCY)
    for district in se.DISTRICTS:
        plenary.take_region(chair, regency.pk, district, LATER)
    with refused("AgendaUnfinished"):
        plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    for contest in se.CONTESTS:
        figures = se.figures(se.row_id(se.STATIONS[0], contest))
        plenary.take_from_box(chair, member, regency.pk, se.row_id(code, contest), figures, LATER)
    plenary.close_session(chair, regency.pk, LATER, typed_back(regency))
    assert set(StationContest.objects.values_list("standing", flat=True)) == {Standing.REGENCY}
    assert rebuild()["changed"] == 0
