"""Debian's Chromium, driven by Playwright: headless, an empty profile, reduced motion, no background traffic."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-prefers-reduced-motion",
)


def binary() -> str:
    """Path of ``chromium``; raises RuntimeError with the remedy."""
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError(
            "Chromium tidak terpasang; jalankan scripts/system-packages chromium (make test melakukannya). / "
            "Chromium is not installed; run scripts/system-packages chromium (make test does)."
        )
    return path


@contextlib.contextmanager
def launch() -> Iterator[Browser]:
    """A browser for the length of the block; every ``new_context()`` starts from an empty profile."""
    executable = binary()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
