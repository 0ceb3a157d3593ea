"""Real photographs of one district: which pictures, when, and that they show the plan's paper."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from PIL import Image

from sirekap.demo.facts import GOVERNOR, REGENT, facts
from sirekap.demo.generate import generate
from sirekap.demo.photographed import compares_at
from sirekap.demo.photographs import DISTRICT, LONG_SIDE, Errand, Snap, Studio, errand, order, rows, run, snaps
from sirekap.demo.plan import Plan
from sirekap.keys import Key, Purpose
from sirekap.paper.qr import checker
from sirekap.reading import keeping
from sirekap.reading.expected import with_check
from sirekap.reading.reader import judge

KEY = Key(Purpose.QR, "demo.sirekap.local/qr", True, bytes(32))


def test_every_form_of_the_smallest_district_is_photographed(plan: Plan) -> None:
    assert min(facts().districts, key=lambda d: d.stations).code == DISTRICT
    found = Counter(kind for kind, _ in rows(plan))
    assert found == {REGENT: 41, GOVERNOR: 41}
    assert {plan.stations[station].district for _, station in rows(plan)} == {DISTRICT}


def test_pictures_of_a_form_come_page_by_page_and_the_last_completes_it() -> None:
    for number in range(200):
        for pages in (3, 4):
            found = snaps(number, pages, 2024)
            assert [s.page for s in found if not s.attempt] == list(range(1, pages + 1))
            assert found[-1].before == timedelta(0)
            assert not found[-1].attempt
            assert sorted((s.before for s in found), reverse=True) == [s.before for s in found]


def test_every_bad_picture_is_taken_again() -> None:
    bad = 0
    for number in range(82):
        found = snaps(number, 3, 2024)
        for one, following in pairwise(found):
            assert bool(one.attempt) == following.again
            bad += bool(one.attempt)
            if one.attempt:
                assert following == Snap(one.page, one.page, "typical", one.before - timedelta(seconds=25), again=True)
    assert bad == 6


def test_bad_pictures_of_every_kind_are_among_them() -> None:
    found = [s for number in range(82) for s in snaps(number, 3, 2024) if s.attempt]
    assert {s.profile for s in found} == {"blurred", "cut off", "typical"}
    assert any(s.page != s.of for s in found)
    assert any(s.neighbour for s in found)


def test_paper_says_the_plan_and_nothing_slips(plan: Plan) -> None:
    for kind, station in rows(plan)[:20]:
        found = order(plan, kind, station, KEY).written()
        assert (found.meant, dict(found.slips)) == (plan.figures(kind, station), {})


def test_comparing_never_crosses_a_published_count() -> None:
    count = facts().snapshot
    before, after = count - timedelta(hours=1), count + timedelta(minutes=1)
    assert compares_at(before, after) == after
    assert compares_at(before, count) == count - timedelta(minutes=4)
    early = datetime(2024, 11, 27, 12, 0, tzinfo=UTC)
    assert compares_at(early, early + timedelta(minutes=2)) == early + timedelta(minutes=1)


@pytest.fixture(scope="module")
def work() -> Errand:
    plan = generate()
    studio = Studio(plan, KEY)
    row, number = next((row, n) for row, n in studio.forms.items() if any(s.neighbour for s in studio.snaps(row)))
    return errand(plan, row, number, KEY)


def test_photographs_are_small_jpegs_with_a_valid_qr_and_are_read(work: Errand) -> None:
    taken = run(work)
    assert len(taken) == 4
    own, beside = (o.station.code for o in work.orders if o.station)
    for picture in taken:
        with Image.open(io.BytesIO(picture.jpeg)) as image:
            assert (image.format, max(image.size)) == ("JPEG", LONG_SIDE)
        assert len(picture.jpeg) <= 450_000
    seen = [with_check(keeping.unpack(picture.evidence), checker(KEY)) for picture in taken]
    for picture, evidence in zip(taken, seen, strict=True):
        if evidence.registered:
            assert evidence.page == picture.snap.of
        if evidence.qr is not None:
            assert evidence.qr.check == "valid"
            assert evidence.qr.station == (beside if picture.snap.neighbour else own)
    reading = judge([e for e, p in zip(seen, taken, strict=True) if not p.snap.attempt])
    stated = {name: f.value for name, f in reading.fields.items() if f.value is not None and not f.doubt}
    assert stated == {name: work.orders[0].figures[name] for name in stated}


def test_photographs_are_the_same_again(work: Errand) -> None:
    short = Errand(work.orders[:1], work.snaps[-1:])
    assert run(short)[0].jpeg == run(short)[0].jpeg
