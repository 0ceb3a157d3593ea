"""A plenary in real browsers: four panels at once, an objection, a supervisor who reads, the hall, two chairs at one station."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect
from support import small_election as small
from support.databases import Node

from sirekap.election.roles import Role
from sirekap.records.models import Entry, Objection, StationContest
from sirekap.workflow import conduct, documents, hall, plenary
from sirekap.workflow.people import Actor

from . import plenary_scene as scene
from .conftest import read_out
from .test_journeys import DESK, PHONE, address, enter, press

__all__ = ["address"]
pytestmark = pytest.mark.browser
LAYOUT = ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
ONLY = {"resultTypes": ["violations"]}
AXE: tuple[tuple[Any, dict[str, Any]], ...] = ((PHONE, ONLY), (DESK, {**ONLY, "runOnly": LAYOUT}))
"""Every rule on a phone; on a desk those whose answer depends on the layout."""
LONG = 20_000
HALL = {"width": 1280, "height": 720}


def at_desk(browser: Any, address: str, actor: Actor, path: str, **options: Any) -> Page:
    """A browser of one's own, signed in, at an address."""
    page: Page = browser.new_context(locale="id-ID", viewport=DESK, reduced_motion="reduce", **options).new_page()
    enter(page, address, actor)
    page.goto(address + path)
    return page


def decided(row: str) -> bool:
    return StationContest.objects.get(pk=row).decided_tier == 1


def test_chair_opens_four_panels_that_read_side_by_side(node: Node, address: str, browser: Any) -> None:
    session = scene.open_district(node)
    chair, members = node.small.chairs[scene.DISTRICT], node.small.members[scene.DISTRICT]
    page = at_desk(browser, address, chair, reverse("panels", args=[session.pk]))
    for number, name in enumerate(scene.NAMES, 1):
        page.get_by_label("Nomor panel").select_option(str(number))
        page.get_by_label("Pemimpin panel").select_option(label=f"Anggota {number}")
        page.get_by_label(name).check()
        page.get_by_role("button", name="Buka panel").click()
        expect(page.get_by_role("heading", name=f"Panel {number}")).to_be_visible()
    assert [p.villages for p in conduct.open_panels(session)] == [(v,) for v in scene.VILLAGES]
    pages = [
        at_desk(browser, address, member, reverse("panel", args=[session.pk, n])) for n, member in enumerate(members, 1)
    ]
    for own in pages:
        press(own, "Enter")
    for number, own in enumerate(pages, 1):
        expect(own.get_by_role("heading", name=f"TPS 001, {scene.NAMES[number - 1]}")).to_be_visible()
        press(own, "Enter")
    for number, own in enumerate(pages, 1):
        expect(own.get_by_role("heading", name=f"TPS 002, {scene.NAMES[number - 1]}")).to_be_visible()
    assert [decided(row) for row in scene.ROWS] == [True, False] * 4
    page.goto(address + reverse("hall", args=[session.pk]))
    expect(page.get_by_role("heading", name="TPS 002")).to_have_count(4)
    pages[0].keyboard.press("a")
    expect(pages[0].get_by_role("link", name="Terima bersama Setiadarma")).to_be_visible()
    for own in (*pages, page):
        own.context.close()


def test_hall_follows_the_chair_station_by_station(node: Node, address: str, browser: Any) -> None:
    session = read_out(node)
    rows = small.rows_of(small.DISTRICTS[0], (small.REGENT,))
    big = at_desk(browser, address, node.small.others[Role.SUPERVISOR], reverse("hall", args=[session.pk]))
    big.set_viewport_size(HALL)
    expect(big.get_by_role("heading", name="Menunggu pembacaan")).to_be_visible(timeout=LONG)
    chair = at_desk(
        browser, address, node.small.chairs[small.DISTRICTS[0]], reverse("item", args=[session.pk, rows[0]])
    )
    expect(big.get_by_role("heading", name="TPS 001")).to_be_visible(timeout=LONG)
    expect(big.get_by_text("Sedang dibacakan")).to_be_visible(timeout=LONG)
    press(chair, "Enter")
    expect(big.get_by_role("heading", name="TPS 002")).to_be_visible(timeout=LONG)
    heights = big.evaluate(
        "[...document.querySelectorAll('.hall dd, .hall h1, .hall .verdict b')].map("
        "e => parseFloat(getComputedStyle(e).fontSize) / innerHeight)"
    )
    assert min(heights) >= 0.035, "letters of at least a twenty-eighth of the screen's height"
    assert not big.evaluate("document.documentElement.scrollHeight > innerHeight")
    for page in (big, chair):
        page.context.close()


def test_hall_follows_without_javascript(node: Node, address: str, browser: Any) -> None:
    session = read_out(node)
    row = small.rows_of(small.DISTRICTS[0])[0]
    path = reverse("hall", args=[session.pk])
    page = at_desk(browser, address, node.small.others[Role.SUPERVISOR], path, java_script_enabled=False)
    expect(page.get_by_role("heading", name="Menunggu pembacaan")).to_be_visible()
    hall.show(session.pk, 0, row, node.small.at)
    expect(page.get_by_role("heading", name="TPS 001")).to_be_visible(timeout=LONG)
    page.context.close()


def test_two_chairs_at_one_station_one_wins_and_the_other_is_told(node: Node, address: str, browser: Any) -> None:
    session = scene.open_district(node)
    row, lead = scene.ROWS[0], node.small.members[scene.DISTRICT][0]
    chair = node.small.chairs[scene.DISTRICT]
    conduct.open_panel(chair, session.pk, 1, [scene.VILLAGES[0]], node.small.at, lead=lead.person)
    path = reverse("item", args=[session.pk, row])
    first, second = (at_desk(browser, address, actor, path) for actor in (lead, chair))
    press(first, "Enter")
    expect(first.get_by_role("heading", name="TPS 002, Setiadarma")).to_be_visible()
    entries = Entry.objects.count()
    press(second, "Enter")
    expect(second.get_by_text("Anggota PPK/KPU Anggota 1 lebih dulu memutuskan TPS ini")).to_be_visible()
    expect(second.get_by_text("Yang Anda tekan tidak dicatat")).to_be_visible()
    assert Entry.objects.count() == entries
    press(second, "ArrowRight")
    expect(second.get_by_role("heading", name="TPS 002, Setiadarma")).to_be_visible()
    for page in (first, second):
        page.context.close()


def test_witness_objects_supervisor_reads_and_the_chair_answers(node: Node, address: str, browser: Any) -> None:
    session = read_out(node)
    row = small.rows_of(small.DISTRICTS[0], (small.REGENT,))[0]
    path = reverse("item", args=[session.pk, row])
    witness = at_desk(browser, address, node.small.others[Role.WITNESS], path)
    expect(witness.get_by_role("button", name="Terima")).to_have_count(0)
    press(witness, "s")
    witness.get_by_label("Isian formulir").check()
    witness.get_by_text("Isian yang dipersoalkan").click()
    witness.get_by_label("2. Pasangan pkwkk 2", exact=True).check()
    witness.get_by_label("Pasangan yang memberi mandat saksi").select_option(label="Bupati Contoh: 2. Pasangan pkwkk 2")
    witness.get_by_label("Uraian").fill(scene.WORDS)
    witness.get_by_label("Lampiran").set_input_files(
        {"name": "catatan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 catatan saksi"}
    )
    witness.get_by_role("button", name="Sampaikan").click()
    expect(witness.get_by_text(scene.WORDS)).to_be_visible()
    assert Objection.objects.get().fields == ["votes_2"]
    supervisor = at_desk(browser, address, node.small.others[Role.SUPERVISOR], path)
    expect(supervisor.get_by_text(scene.WORDS)).to_be_visible()
    expect(supervisor.get_by_role("button", name="Terima")).to_have_count(0)
    chair = at_desk(browser, address, node.small.chairs[small.DISTRICTS[0]], reverse("session", args=[session.pk]))
    chair.get_by_role("link", name="Keberatan (1)").click()
    chair.get_by_role("link", name="Jawab").click()
    chair.get_by_label("Ditolak, dengan alasan").check()
    chair.get_by_label("Jawaban").fill("Turus dihitung lagi di depan saksi: 52")
    chair.get_by_role("button", name="Catat jawaban").click()
    expect(chair.get_by_text("Jawaban rapat tercatat.")).to_be_visible()
    supervisor.reload()
    expect(supervisor.get_by_text("Ditolak", exact=True)).to_be_visible()
    for page in (witness, supervisor, chair):
        page.context.close()


def test_a_key_struck_twice_decides_about_one_station_only(node: Node, address: str, browser: Any) -> None:
    session = read_out(node)
    rows = small.rows_of(small.DISTRICTS[0], (small.REGENT,))
    chair = at_desk(browser, address, node.small.chairs[small.DISTRICTS[0]], reverse("work"))
    chair.clock.install()
    chair.goto(address + reverse("item", args=[session.pk, rows[0]]))
    chair.keyboard.press("Enter")
    expect(chair.locator("html[data-keys=on]")).to_have_count(0)
    chair.clock.run_for(400)
    chair.keyboard.press("Enter")
    expect(chair.get_by_role("heading", name="TPS 002")).to_be_visible()
    chair.keyboard.press("Enter")
    chair.reload()
    expect(chair.get_by_role("heading", name="TPS 002")).to_be_visible()
    assert [decided(row) for row in rows[:2]] == [True, False]
    chair.context.close()


def screens(node: Node) -> list[tuple[Actor, str]]:
    """Every screen of a plenary at work, and who looks at it."""
    session, people = scene.open_district(node), node.small
    chair, lead, at = people.chairs[scene.DISTRICT], people.members[scene.DISTRICT][0], people.at
    conduct.open_panel(chair, session.pk, 1, [scene.VILLAGES[0]], at, lead=lead.person)
    conduct.record_attendance(chair, session.pk, "chair", at, person=chair.person)
    objection = scene.object_to(node, session, scene.ROWS[0])
    plenary.accept(chair, session.pk, scene.ROWS[1], at)
    paper = documents.issue(chair, node.store, "daftar_hadir", session, at)
    hall.show(session.pk, 1, scene.ROWS[0], at)
    hall.show(session.pk, 0, scene.ROWS[2], at)
    for verified in small.rows_of(small.DISTRICTS[0]):
        small.verify(people, node.store, verified)
    small.close_district(people, small.DISTRICTS[0])
    own, row, regency = [session.pk], [session.pk, scene.ROWS[0]], people.chairs[small.REGENCY]
    upper = small.open_session(people, small.REGENCY)
    chairs = [
        *((name, own) for name in ("session", "agenda", "panels", "attendance", "hall", "close")),
        *((name, own) for name in ("session_objections", "session_documents")),
        *((name, row) for name in ("item", "defer", "recount", "undo")),
        ("panel", [session.pk, 1]),
        ("accept_clean", [session.pk, scene.VILLAGES[1]]),
        ("objection", [objection]),
        ("answer", [session.pk, objection]),
        ("publish_objection", [objection]),
        ("document", [paper.pk]),
        ("sessions", []),
        ("work", []),
    ]
    upwards = [
        ("session", [upper.pk]),
        ("pacing", [small.REGENCY]),
        ("order", [small.REGENCY]),
        ("sheet", [small.REGENT, small.DISTRICTS[0]]),
        ("determine", [small.REGENT]),
    ]
    found = [(chair, reverse(name, args=args)) for name, args in chairs]
    found += [(regency, reverse(name, args=args)) for name, args in upwards]
    found.append((chair, reverse("object_in_session", args=own) + f"?row={scene.ROWS[0]}"))
    return [*found, (people.chairs[small.DISTRICTS[1]], reverse("convene", args=[small.DISTRICTS[1]]))]


def test_every_screen_of_a_plenary_is_free_of_accessibility_faults(node: Node, address: str, browser: Any) -> None:
    faults: list[str] = []

    def complain(message: Any) -> None:
        if message.type == "error":
            faults.append(message.text)

    pages: dict[Any, Page] = {}
    for actor, path in screens(node):
        if actor.person not in pages:
            pages[actor.person] = at_desk(browser, address, actor, path)
            pages[actor.person].on("console", complain)
        page = pages[actor.person]
        answer = page.goto(address + path)
        assert answer is not None and answer.status == 200, (path, answer)
        for size, options in AXE:
            page.set_viewport_size(size)
            found = Axe().run(page, options=options).response["violations"]
            faults += [f"{path} {size['width']}: {v['id']} {v['nodes'][0]['target']}" for v in found]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{path} {size['width']}: scrolls sideways")
    for page in pages.values():
        page.context.close()
    assert faults == []
