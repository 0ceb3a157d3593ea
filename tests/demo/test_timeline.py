"""The order of the demo's night and of its plenaries."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from sirekap.demo.facts import KINDS, REGENT, facts
from sirekap.demo.plan import Act, ErrorKind, Plan
from sirekap.election.contests import ContestKind

WIB = timezone(timedelta(hours=7))


@pytest.mark.parametrize("kind", KINDS)
def test_acts_of_one_form_follow_each_other(plan: Plan, kind: ContestKind) -> None:
    t = plan.times[kind]
    third = t.third > 0
    assert bool((t.arrive < t.confirm).all() and (t.confirm < t.verify).all() and (t.verify < t.third)[third].all())
    assert datetime.fromtimestamp(int(t.arrive.min()), WIB) > datetime(2024, 11, 27, 16, tzinfo=WIB)
    assert datetime.fromtimestamp(int(t.arrive.max()), WIB) > datetime(2024, 11, 29, 0, tzinfo=WIB)
    slips = {e.station for e in plan.errors if e.kind is ErrorKind.SLIP and e.contest is kind}
    assert {plan.stations[i].code for i in np.flatnonzero(third).tolist()} == slips


@pytest.mark.parametrize("kind", KINDS)
def test_forms_are_verified_before_their_district_sits(plan: Plan, kind: ContestKind) -> None:
    opens = {s.region: int(s.opens.timestamp()) for s in plan.sessions}
    verified = plan.times[kind].verified.tolist()
    assert [s.code for s, at in zip(plan.stations, verified, strict=True) if at >= opens[s.district]] == []


def test_events_are_ordered_and_complete(plan: Plan) -> None:
    times = [e.at for e in plan.events]
    assert times == sorted(times)
    assert Counter(e.act for e in plan.events) == {Act.ARRIVE: 8472, Act.CONFIRM: 8472, Act.VERIFY: 8472, Act.THIRD: 54}
    assert all(e.at.tzinfo is UTC for e in plan.events)


def test_chairmans_figure_is_passed_before_the_snapshot(plan: Plan) -> None:
    arrivals = [e.at for e in plan.events if e.act is Act.ARRIVE]
    reached = next(at for n, at in enumerate(arrivals, 1) if n / 8472 >= 0.905)
    assert reached < facts().snapshot
    assert sum(at <= facts().snapshot for at in arrivals) == 4014 + 3990


def test_districts_sit_29_nov_to_3_dec_and_tambun_selatan_closes_last(plan: Plan) -> None:
    districts = [s for s in plan.sessions if s.tier == "district"]
    assert [s.region for s in districts] == [d.code for d in facts().districts]
    assert min(s.opens for s in districts).astimezone(WIB).day == 29
    assert max(s.closes for s in districts) <= datetime(2024, 12, 3, 23, 59, tzinfo=WIB)
    assert max(districts, key=lambda s: s.closes).region == "321606"
    assert all(s.opens < s.closes < (s.read_at or s.opens) for s in districts)


def test_regency_sits_while_districts_do_and_determines_last(plan: Plan) -> None:
    regency = plan.sessions[-1]
    districts = plan.sessions[:-1]
    assert (regency.tier, regency.region) == ("regency", "3216")
    assert min(s.closes for s in districts) < regency.opens < max(s.closes for s in districts)
    assert all(s.read_at and regency.opens <= s.read_at < regency.closes for s in districts)
    assert plan.determination.at == datetime(2024, 12, 6, 3, 57, tzinfo=WIB) > regency.closes
    assert (plan.determination.contest, plan.determination.decision) == (REGENT, "2901/2024")


def test_corrections_and_recounts_happen_in_their_sessions(plan: Plan) -> None:
    sessions = {s.region: s for s in plan.sessions}
    for act in (*plan.district_corrections, *plan.recounts):
        assert sessions[act.station[:6]].opens < act.at < sessions[act.station[:6]].closes
    last = max(s.closes for s in plan.sessions if s.tier == "district")
    for c in plan.regency_corrections:
        read_at = sessions[c.station[:6]].read_at
        assert read_at is not None
        assert last < c.at < read_at
