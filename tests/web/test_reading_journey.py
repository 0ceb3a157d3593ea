"""The committee's way past the machine in a real browser: keyed blind, then compared, on a phone and on a desk."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect
from support import reads
from support import small_election as small
from support.databases import Node

from sirekap.election import chasil
from sirekap.election.standing import Standing
from sirekap.records.models import StationContest

from .test_journeys import DESK, PHONE, address, enter

__all__ = ["address"]
pytestmark = pytest.mark.browser
ROW = small.row_id(small.STATIONS[0])
FIGURES = small.figures(ROW)
DOUBTFUL = ("votes_3", "disabled_p")


def faults(page: Page) -> list[str]:
    found = [f"{v['id']} {v['nodes'][0]['target']}" for v in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    broken = "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
    page.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })")
    while not page.evaluate("[...document.images].every(i => i.complete)"):
        page.wait_for_timeout(50)
    return found + list(page.evaluate(broken))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_committee_keys_blind_then_compares_with_the_reading(node: Node, address: str, browser: Any, size: Any) -> None:
    reads.send(node, ROW, picture=reads.sheet)
    reads.read(node, unsure=DOUBTFUL)
    with browser.new_context(locale="id-ID", viewport=size, reduced_motion="reduce") as context:
        page = context.new_page()
        enter(page, address, node.small.kpps[ROW[:13]])
        page.goto(address + reverse("enter", args=[ROW]))
        assert faults(page) == []
        for name in chasil.blind_ids(3):
            page.locator(f"#f-{name}").fill(str(FIGURES[name] + (name == "votes_1") - (name == "votes_2")))
        page.get_by_role("button", name="Simpan").click()
        expect(page.get_by_role("heading", name="Bandingkan TPS 001")).to_be_visible()
        assert faults(page) == []
        expect(page.locator(".compare .differs")).to_have_count(2)
        expect(page.locator(".compare .doubt")).to_have_count(2)
        expect(page.get_by_alt_text("Potongan foto: Suara pasangan calon nomor urut 1")).to_be_visible()
        page.locator("#f-votes_1").fill(str(FIGURES["votes_1"]))
        page.locator("#f-votes_2").fill(str(FIGURES["votes_2"]))
        page.locator("#f-disabled_p").fill(str(FIGURES["disabled_p"]))
        page.get_by_role("button", name="Simpan").click()
        expect(page.get_by_text("isian akan dibaca lagi oleh petugas lain")).to_be_visible()
        assert faults(page) == []
        opened = StationContest.objects.get(pk=ROW).open_fields
        operator = context.browser.new_context(locale="id-ID", viewport=size).new_page()
        enter(operator, address, node.small.operators[0])
        operator.get_by_role("link", name="Ambil berikutnya").click()
        expect(operator.locator("img.crop")).to_have_count(len(opened))
        assert faults(operator) == []
        for name in opened:
            operator.locator(f"#f-{name}").fill(str(FIGURES[name]))
        operator.get_by_role("button", name="Simpan").click()
        expect(operator.get_by_text("terverifikasi")).to_be_visible()
        operator.context.close()
    row = StationContest.objects.select_related("verified").get(pk=ROW)
    assert row.verified is not None
    assert (row.standing, row.verified.figures()) == (Standing.VERIFIED, FIGURES)


def test_flags_appear_by_themselves_once_the_photo_is_read(node: Node, address: str, page: Page) -> None:
    reads.send(node, ROW, (2,), picture=reads.sheet)
    enter(page, address, node.small.kpps[ROW[:13]])
    page.goto(address + reverse("upload", args=[ROW]))
    expect(page.get_by_text("Menunggu dibaca mesin.")).to_be_visible()
    reads.read(node, unsure=("votes_1",))
    expect(page.get_by_text("Dibaca mesin: 3 isian, 1 ragu.")).to_be_visible()
    expect(page.locator("svg.boxes path")).to_have_count(2)
    assert faults(page) == []
