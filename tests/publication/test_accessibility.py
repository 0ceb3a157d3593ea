"""The public pages in a real browser: axe in both themes and languages, narrow and zoomed, by keyboard, in print."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from support import small_election as se
from support.open_sites import AWAITED, CONFIRMED, VERIFIED, OpenSites

from sirekap.election.contests import ContestKind
from sirekap.publication import paths

pytestmark = pytest.mark.browser
REGENT, GOVERNOR = ContestKind.REGENT, ContestKind.GOVERNOR
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CORRECTED = se.STATIONS[2]


def _page(kind: ContestKind, code: str) -> str:
    return paths.page(kind, code)


PAGES = {
    "early": [
        "data/index.html",
        *(_page(REGENT, code) for code in ("3216", se.VILLAGES[0])),
        *(_page(GOVERNOR, code) for code in (VERIFIED, CONFIRMED, AWAITED)),
    ],
    "final": [
        "index.html",
        _page(REGENT, "3216"),
        _page(REGENT, CORRECTED),
        _page(GOVERNOR, "32"),
        "pkwkk/index.html",
        "dokumen/*.html",
    ],
}
"""Region and station pages at every kind of standing, a document (the first of its pattern); the other types have their own tests of this kind."""
STATES = pytest.mark.parametrize("state", ["early", "final"])


@pytest.fixture
def context(browser: Browser) -> Iterator[Any]:
    """An empty profile with a small screen."""
    with browser.new_context(locale="id-ID", reduced_motion="reduce", viewport={"width": 360, "height": 740}) as made:
        yield made


def _open(page: Page, root: Path, name: str) -> None:
    page.goto(f"file://{sorted(root.glob(name))[0]}")


def _faults(page: Page) -> list[tuple[str, str]]:
    """What axe finds; the two radios that switch languages by CSS must come before the landmarks."""
    found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
    nodes = [(fault["id"], node["html"][:200]) for fault in found for node in fault["nodes"]]
    return [(rule, html) for rule, html in nodes if rule != "region" or 'class="lang"' not in html]


def _speak(page: Page, language: str) -> None:
    page.locator(f"label[for={language}]").click()


@STATES
def test_no_page_type_has_a_fault_that_axe_finds(context: Any, open_sites: OpenSites, state: str) -> None:
    faults = {}
    page = context.new_page()
    for name in PAGES[state]:
        _open(page, getattr(open_sites, state), name)
        for scheme, language in (("light", "id"), ("dark", "en")):
            page.emulate_media(color_scheme=scheme)
            _speak(page, language)
            faults[name, scheme, language] = _faults(page)
    assert {key: found for key, found in faults.items() if found} == {}


@STATES
def test_no_page_is_wider_than_a_narrow_or_zoomed_screen(context: Any, open_sites: OpenSites, state: str) -> None:
    page = context.new_page()
    wide = []
    for name in PAGES[state]:
        _open(page, getattr(open_sites, state), name)
        for width in (320, 640):
            page.set_viewport_size({"width": width, "height": 740})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    assert wide == []


def test_language_is_switched_by_keyboard_and_remembered(context: Any, open_sites: OpenSites) -> None:
    page = context.new_page()
    _open(page, open_sites.early, _page(REGENT, VERIFIED))
    heading = page.locator("h2", has_text="Perolehan suara")
    assert (page.evaluate("document.documentElement.lang"), heading.inner_text()) == ("id", "Perolehan suara")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.labels[0].textContent") == "Indonesia"
    outline = "getComputedStyle(document.querySelector('label[for=id]')).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("ArrowRight")
    assert (page.evaluate("document.documentElement.lang"), heading.inner_text()) == ("en", "Votes")
    _open(page, open_sites.early, "index.html")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("label[for=en]").get_attribute("lang") == "en"


def test_language_is_switched_without_javascript(browser: Browser, open_sites: OpenSites) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        _open(page, open_sites.early, _page(REGENT, "3216"))
        assert page.locator("table[data-sort] button").count() == 0
        _speak(page, "en")
        assert page.locator("#rincian").inner_text() == "By district"


def test_table_of_children_sorts_by_any_column(context: Any, open_sites: OpenSites) -> None:
    page = context.new_page()
    _open(page, open_sites.final, _page(REGENT, se.VILLAGES[0]))
    table = page.locator("table[data-sort]")
    head = table.locator("thead th").nth(2)

    def votes() -> list[int]:
        return [int(text.replace(".", "")) for text in table.locator("tbody td:nth-child(3)").all_inner_texts()]

    before = votes()
    head.get_by_role("button").click()
    assert (votes(), head.get_attribute("aria-sort")) == (sorted(before, reverse=True), "descending")
    head.get_by_role("button").press("Enter")
    assert (votes(), head.get_attribute("aria-sort")) == (sorted(before), "ascending")
    table.locator("thead th").first.get_by_role("button").click()
    assert votes() == before


def test_station_prints_on_two_sheets_with_standing_and_cut_on_top(context: Any, open_sites: OpenSites) -> None:
    page = context.new_page()
    _open(page, open_sites.final, _page(REGENT, CORRECTED))
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    top = document[0].get_textpage().get_text_range().replace("\r\n", " ")[:400]
    width, height = document[0].get_size()
    assert (len(document), round(width), round(height)) == (2, 595, 842)
    assert [part for part in (CORRECTED, "Ditetapkan", "potongan data") if part not in top] == []
