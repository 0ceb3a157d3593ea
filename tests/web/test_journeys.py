"""A few journeys in a real browser: by keyboard alone, with a second person, on a phone; every main screen through axe."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import waitress
from axe_playwright_python.sync_playwright import Axe
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import reverse
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from support import small_election as small
from support.databases import Node

from sirekap.election.standing import Standing, all_pages
from sirekap.records.models import Correction, SessionCursor, StationContest
from sirekap.workflow import intake, verification
from sirekap.workflow.people import Actor

from .conftest import PASSWORD, account, read_out

pytestmark = pytest.mark.browser
DISTRICT = small.DISTRICTS[0]
ROW = small.row_id(small.STATIONS[0])
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture
def address(node: Node) -> Iterator[str]:
    """The real server on a free port."""
    server = waitress.create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(5)
    connections.close_all()


def enter(page: Page, address: str, actor: Actor) -> None:
    """Sign in by typing."""
    page.goto(f"{address}/petugas/masuk")
    page.get_by_label("Nama pengguna").fill(account(actor).username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tugas saya")).to_be_visible()


def press(page: Page, key: str) -> None:
    """Strike a key once the page listens: for a moment after it opened it does not."""
    expect(page.locator("html[data-keys=on]")).to_have_count(1)
    page.keyboard.press(key)


def form_photo(row: str) -> bytes:
    """A page-shaped photograph."""
    image = Image.new("L", (600, 900), 235)
    draw = ImageDraw.Draw(image)
    for n, (name, value) in enumerate(small.figures(row).items()):
        draw.text((40, 30 + n * 26), f"{name}: {value}", fill=20)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def stated(node: Node, row: str) -> None:
    kpps = node.small.kpps[row[:13]]
    intake.receive_photo(kpps, node.store, row, all_pages(3), form_photo(row), node.small.at)
    verification.make_statement(kpps, row, small.figures(row), node.small.at)


def test_operator_verifies_a_station_by_keyboard(node: Node, address: str, page: Page) -> None:
    stated(node, ROW)
    enter(page, address, node.small.operators[0])
    page.get_by_role("link", name="Ambil berikutnya").press("Enter")
    expect(page.locator("#f-roll_dpt_l")).to_be_focused()
    for value in small.figures(ROW).values():
        page.keyboard.type(str(value))
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Simpan")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Antrean kosong", exact=True)).to_be_visible()
    assert StationContest.objects.get(pk=ROW).standing == Standing.VERIFIED


def test_chair_reads_by_keyboard_and_corrects_with_a_second_person(
    node: Node, address: str, page: Page, tmp_path: Path
) -> None:
    session = read_out(node)
    member = account(node.small.members[DISTRICT][0])
    proof = tmp_path / "bukti.png"
    proof.write_bytes(small.photo("bukti"))
    enter(page, address, node.small.chairs[DISTRICT])
    page.goto(f"{address}{reverse('session', args=[session.pk])}")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="TPS 001")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="TPS 002")).to_be_visible()
    press(page, "k")
    expect(page.get_by_role("heading", name="Koreksi: TPS 002")).to_be_visible()
    figures = small.figures(small.row_id(small.STATIONS[1]), 1)
    page.locator("#f-votes_1").fill(str(figures["votes_1"]))
    page.locator("#f-votes_2").fill(str(figures["votes_2"]))
    page.get_by_label("Alasan").fill("Turus keliru dibaca")
    page.get_by_label("Bukti").set_input_files(proof)
    page.get_by_label("Nama pengguna orang kedua").fill(member.username)
    page.get_by_label("Kata sandi orang kedua").fill(PASSWORD)
    page.get_by_role("button", name="Catat koreksi").click()
    expect(page.get_by_role("heading", name="TPS 003")).to_be_visible()
    correction = Correction.objects.get()
    assert (correction.row_id, correction.second) == (small.row_id(small.STATIONS[1]), member.person_id)
    press(page, "t")
    expect(page.get_by_role("heading", name="Tunda pembacaan: TPS 003")).to_be_visible()
    assert SessionCursor.objects.get().state == "reading"


def test_committee_uploads_and_enters_without_javascript(
    node: Node, address: str, browser: Any, tmp_path: Path
) -> None:
    photo = tmp_path / "c.png"
    photo.write_bytes(form_photo(ROW))
    with browser.new_context(java_script_enabled=False, viewport=PHONE) as context:
        page = context.new_page()
        enter(page, address, node.small.kpps[ROW[:13]])
        page.get_by_role("link", name="Unggah foto").first.click()
        for number in (1, 2, 3):
            page.get_by_label(f"Halaman {number}").check()
        page.get_by_label("Foto (JPEG, PNG, atau WebP)").set_input_files(photo)
        page.get_by_role("button", name="Kirim foto").click()
        expect(page.get_by_text("Foto diterima.")).to_be_visible()
        page.get_by_role("link", name="Isi angka").click()
        kind = page.url.split("-")[-1][:5]
        for name, value in small.figures(f"{small.STATIONS[0]}-{kind}").items():
            page.locator(f"#f-{name}").fill(str(value))
        page.get_by_role("button", name="Simpan").click()
        expect(page.get_by_text("Tersimpan: isian TPS 001 tercatat.")).to_be_visible()


def screens(node: Node, session: Any) -> dict[str, tuple[Actor, str]]:
    """Main screens and who looks at them."""
    people = node.small
    chair, operator, admin = people.chairs[DISTRICT], people.operators[0], people.administrator
    second, third = (small.row_id(s) for s in small.STATIONS[3:5])
    village = small.VILLAGES[0]
    return {
        "tugas": (chair, reverse("work")),
        "tugas-kpps": (people.kpps[small.STATIONS[6]], reverse("work")),
        "antrean": (operator, reverse("queue")),
        "isi": (operator, reverse("enter", args=[small.row_id(small.STATIONS[6])])),
        "tps": (chair, reverse("station", args=[ROW])),
        "unggah": (operator, reverse("upload", args=[ROW])),
        "bahan": (chair, reverse("materials", args=[small.REGENT, village])),
        "bahan-kecamatan": (chair, reverse("materials", args=[small.REGENT, DISTRICT])),
        "rapat": (chair, reverse("sessions")),
        "sidang": (chair, reverse("session", args=[session.pk])),
        "agenda": (chair, reverse("agenda", args=[session.pk]) + f"?desa={village}"),
        "layar": (chair, reverse("hall", args=[session.pk])),
        "bacakan": (chair, reverse("item", args=[session.pk, second])),
        "koreksi": (chair, reverse("correct", args=[session.pk, second])),
        "hitung-ulang": (chair, reverse("recount", args=[session.pk, third])),
        "wilayah": (chair, reverse("region", args=[DISTRICT])),
        "tahapan": (chair, reverse("timetable")),
        "penetapan": (people.chairs[small.REGENCY], reverse("determine", args=[small.REGENT])),
        "kelola": (admin, reverse("stations") + f"?desa={village}"),
        "impor": (admin, reverse("import")),
        "petugas": (admin, reverse("people")),
    }


def test_main_screens_have_no_accessibility_faults_and_never_scroll_sideways(
    node: Node, address: str, browser: Any
) -> None:
    session = read_out(node)
    stated(node, small.row_id(small.STATIONS[6]))
    faults: list[str] = []
    contexts: dict[Any, Page] = {}
    for name, (actor, path) in screens(node, session).items():
        if actor.person not in contexts:
            contexts[actor.person] = browser.new_context(locale="id-ID", viewport=DESK).new_page()
            enter(contexts[actor.person], address, actor)
        page = contexts[actor.person]
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            answer = page.goto(address + path)
            assert answer is not None and answer.status == 200, (name, answer)
            found = Axe().run(page).response["violations"]
            faults += [f"{name} {size['width']}: {v['id']} {v['nodes'][0]['target']}" for v in found]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{name} {size['width']}: scrolls sideways")
    for page in contexts.values():
        page.context.close()
    assert faults == []


def test_no_screen_needs_what_the_security_policy_forbids(node: Node, address: str, page: Page) -> None:
    session = read_out(node)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    enter(page, address, node.small.administrator)
    admin = "/petugas/admin/records/stationcontest/"
    for path in ("/petugas/admin/", admin, f"{admin}{ROW}/change/", "/petugas/gaya", reverse("people")):
        assert page.goto(address + path).status == 200  # type: ignore[union-attr]
    page.goto(address + reverse("item", args=[session.pk, ROW]))
    assert page.evaluate("getComputedStyle(document.querySelector('.aloud .now')).fontWeight") == "700"
    assert complaints == []
