"""The browser that tests use is real and calm."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_page_runs_script_with_reduced_motion(page: Page) -> None:
    page.set_content("<title>Rekap</title><button onclick=\"document.title='Sah'\">Sahkan</button>")
    page.get_by_role("button", name="Sahkan").click()
    assert page.title() == "Sah"
    assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches") is True
    assert page.evaluate("navigator.language") == "id-ID"


def test_page_starts_with_an_empty_profile(page: Page) -> None:
    assert page.context.cookies() == []
