"""``periksa.html`` in a real browser, against a published site and altered copies of it."""

from __future__ import annotations

import functools
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from support import small_election as se
from support import story
from support.open_sites import OpenSites

from sirekap.ledger import canonical
from sirekap.ledger.note import Signer, sign_note
from sirekap.publication import check_page, ledger_files, opendata, region_file
from sirekap.records.journal import timestamp
from sirekap.records.replaying import entries_in

pytestmark = pytest.mark.browser
RECEIPTS = Signer("small.example/receipts", story.FIRST_KEY.private_key)
CORRECTED, RECOUNTED, BOX = story.CORRECTED, story.RECOUNTED, story.BOX


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves folders until the test ends."""
    servers = []

    def start(site: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def copy(open_sites: OpenSites, tmp_path: Path) -> Path:
    """The final site, to be altered."""
    site = tmp_path / "site"
    shutil.copytree(open_sites.final, site)
    return site


def verdict(page: Page, element: str) -> str:
    """The class of a verdict once it is there: good, warn or bad."""
    page.wait_for_selector(f"#{element}.good, #{element}.bad, #{element}.warn")
    return (page.locator(f"#{element}").get_attribute("class") or "").removeprefix("verdict ")


def steps(page: Page, address: str, row: str, thorough: bool = False) -> tuple[str, list[str]]:
    """The verdict on one station and the marks of its steps."""
    code, kind = row.split("-")
    page.goto(f"{address}periksa.html")
    page.select_option("#jenis", kind)
    page.fill("#tps", code)
    if thorough:
        page.check("#teliti")
    page.click("#formulir button")
    found = verdict(page, "hasil")
    return found, [text[0] for text in page.locator("#langkah li").all_inner_texts()]


def test_head_keys_and_witnesses_are_shown(page: Page, open_sites: OpenSites, serve: Callable[[Path], str]) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(serve(open_sites.final) + "periksa.html")
    assert (verdict(page, "kepala"), errors) == ("good", [])
    assert story.SIGNER.verifier.vkey in page.inner_text("#kepala")
    page.wait_for_selector("#saksi tbody tr")
    assert re.fullmatch(
        r"Universitas Contoh\tobserver\.example\t✓ menandatangani \d+ entri, 2024-11-27 06:00 UTC",
        page.inner_text("#saksi tbody tr"),
    )


@pytest.mark.parametrize("row", [CORRECTED, RECOUNTED, BOX, story.DISPUTED, story.LATE, story.UNDONE])
def test_station_of_an_honest_site_agrees(
    page: Page, open_sites: OpenSites, serve: Callable[[Path], str], row: str
) -> None:
    assert steps(page, serve(open_sites.final), row, thorough=True) == ("good", ["✓"] * 7)


def test_station_accepted_together_with_others_agrees(
    page: Page, open_sites: OpenSites, serve: Callable[[Path], str]
) -> None:
    row = se.row_id(se.STATIONS[0])
    assert steps(page, serve(open_sites.together), row, thorough=True) == ("good", ["✓"] * 7)
    data = opendata.read_region(village(open_sites.together, row).read_bytes())
    assert [event["kind"] for event in data["stations"][0]["history"]][-1] == "item.accepted"


def test_station_by_link(page: Page, open_sites: OpenSites, serve: Callable[[Path], str]) -> None:
    code, kind = CORRECTED.split("-")
    parts = [code[:n] for n in (2, 4, 6, 10)]
    page.goto(f"{serve(open_sites.final)}{kind}/{'/'.join(parts)}/{code}.html")
    page.click("text=Periksa TPS ini di browser Anda sendiri")
    assert verdict(page, "hasil") == "good"


def village(site: Path, row: str) -> Path:
    code, kind = row.split("-")
    return site.joinpath(kind, *(code[:n] for n in (2, 4, 6, 10)), "data.json")


def alter_data(site: Path, row: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one station's object, and every manifest above it: only the ledger can tell."""
    file = village(site, row)
    data = opendata.read_region(file.read_bytes())
    change(next(s for s in data["stations"] if s["code"] == row[:13]))
    file.write_bytes(canonical.dumps(region_file.pack(data)))


def drop_correction(station: dict[str, Any]) -> None:
    station["history"] = [e for e in station["history"] if not e["changes"]]


def test_altered_site_is_found_out(page: Page, copy: Path, serve: Callable[[Path], str]) -> None:
    address, file = serve(copy), village(copy, CORRECTED)
    whole = file.read_bytes()
    photo = next((copy / "foto").rglob("*.png"))
    cases: dict[str, tuple[Callable[[dict[str, Any]], None], list[str]]] = {
        "figure": (lambda s: s["figures"]["counted"].update(votes_1=999), list("✓✓✗✓✓✗✓")),
        "dropped": (drop_correction, list("✓✓✗✓✗✗✓")),
        "hidden verified": (lambda s: s["figures"]["verified"].update(votes_1=999), list("✓✓✗✓✓✗✓")),
        "another's photo": (lambda s: s["photos"][0].update(sha256=photo.stem), list("✓✓✗✓✓✓✗")),
        "another's act": (lambda s: s["history"][0].update(ledger_index=60), list("✓✓✗✗✗✓✗")),
    }
    for name, (change, marks) in cases.items():
        alter_data(copy, CORRECTED, change)
        found = steps(page, address, CORRECTED, thorough=True)
        assert (name, found[0], found[1][:3]) == (name, "bad", marks[:3])
        assert (name, [i for i, mark in enumerate(found[1]) if mark == "✗"]) == (
            name,
            [i for i, mark in enumerate(marks) if mark == "✗"],
        )
        file.write_bytes(whole)


def test_altered_ledger_is_found_out(page: Page, copy: Path, serve: Callable[[Path], str]) -> None:
    address = serve(copy)
    for pattern in ("tile/0/*.p/*", "tile/entries/*.p/*", "checkpoint"):
        file = max((copy / "buku-besar").glob(pattern), key=lambda path: int(path.name) if path.name.isdigit() else 0)
        data = file.read_bytes()
        at = data.index(b"\n") + 1 if pattern == "checkpoint" else len(data) // 2
        file.write_bytes(data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
        found, _ = steps(page, address, CORRECTED, thorough=True)
        assert (pattern, found) == (pattern, "bad")
        file.write_bytes(data)


def test_forged_signature_and_unknown_key_are_found_out(page: Page, copy: Path, serve: Callable[[Path], str]) -> None:
    address, head = serve(copy), copy / "buku-besar/checkpoint"
    note = head.read_text()
    text = note.partition("\n\n")[0] + "\n"
    head.write_bytes(sign_note(text, story.FIRST_KEY))
    page.goto(f"{address}periksa.html")
    assert verdict(page, "kepala") == "bad"
    head.write_text(note)
    page.goto(f"{address}periksa.html")
    assert verdict(page, "kepala") == "good"
    page.click("summary")
    for signer, expected in ((RECEIPTS, "bad"), (story.FIRST_KEY, "good"), (story.SIGNER, "good")):
        page.fill("#kunci", signer.verifier.vkey)
        page.dispatch_event("#kunci", "change")
        assert verdict(page, "kepala") == expected


def receipt(leaf: str, minutes: int) -> str:
    body = {
        "photo": "x",
        "sha256": "ab" * 32,
        "leaf_hash": leaf,
        "deadline": timestamp(se.AT + timedelta(minutes=minutes)),
    }
    return sign_note(canonical.dumps(body).decode() + "\n", RECEIPTS).decode()


def test_receipt_gets_one_of_three_answers(page: Page, copy: Path, serve: Callable[[Path], str]) -> None:
    from sirekap.ledger.tree import leaf_hash

    ledger_files.publish_receipt_key(copy, RECEIPTS.verifier.vkey)
    entry = next(e for e in entries_in(copy) if b"photo.received" in e)
    page.goto(serve(copy) + "periksa.html")
    other = receipt("ab" * 32, -5).replace("small.example/receipts", "other.example/receipts")
    cases = [
        (receipt(leaf_hash(entry).hex(), 5), "good", "TERCATAT"),
        (receipt("ab" * 32, 60 * 24 * 36500), "warn", "BELUM"),
        (receipt("ab" * 32, -5), "bad", "HILANG: LAPORKAN INI"),
        (other, "bad", "tidak ditandatangani server ini"),
        ("kata-kata", "bad", "bukan tanda terima"),
    ]
    for pasted, expected, words in cases:
        page.fill("#tanda-terima", pasted)
        page.click("#periksa-tanda")
        page.wait_for_selector(f"#jawaban:has-text('{words}')")
        assert verdict(page, "jawaban") == expected


def test_page_checks_a_folder_when_saved_and_opened_from_a_disk(
    page: Page, open_sites: OpenSites, tmp_path: Path
) -> None:
    saved = tmp_path / "periksa.html"
    shutil.copy(open_sites.final / "periksa.html", saved)
    page.goto(saved.as_uri())
    page.click("summary")
    page.set_input_files("#folder", str(open_sites.final))
    assert verdict(page, "kepala") == "good"
    code, kind = CORRECTED.split("-")
    page.select_option("#jenis", kind)
    page.fill("#tps", code)
    page.click("#formulir button")
    assert verdict(page, "hasil") == "good"


def test_page_is_accessible_narrow_and_in_two_languages(
    page: Page, open_sites: OpenSites, serve: Callable[[Path], str]
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    address = serve(open_sites.final)
    assert steps(page, address, CORRECTED)[0] == "good"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = [(v["id"], node["html"]) for v in Axe().run(page).response["violations"] for node in v["nodes"]]
    assert [fault for fault in found if 'class="lang"' not in fault[1]] == []
    page.click("label[for=en]")
    assert "Everything agrees" in page.inner_text("#hasil") and "Semua cocok" not in page.inner_text("#hasil")


def test_page_is_one_file_that_asks_for_nothing(open_sites: OpenSites) -> None:
    data = (open_sites.final / "periksa.html").read_bytes()
    assert data == check_page.page()[1]
    assert len(data) <= 80_000
    assert re.findall(rb"<(?:script|link|img|iframe)[^>]+(?:src|href)=", data) == []
