"""Search: a list that works alone, an index a phone can afford, and a script that finds what people type."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from sirekap.election.contests import ContestKind
from sirekap.publication import front_pages, search
from sirekap.publication.site import SiteWriter
from tests.publication import sample

NAMES = {
    "32": "Jawa Barat", "3216": "Kabupaten Bekasi", "321619": "Kecamatan Cikarang Selatan", "321613": "Pebayuran",
    "3216192003": "Desa Sukadámi", "3216192001": "Ciantra", "3216132001": "Kertasari",
    "3273": "Kota Bandung", "327301": "Sukasari", "3273011001": "Sarijadi",
}  # fmt: skip
BEKASI = [f"3216192003{n:03d}" for n in range(1, 41)] + ["3216192001001", "3216132001001", "3216132001012"]
GOVERNOR_ONLY = "3216132001901"


def _stations(*more: str) -> dict[ContestKind, list[str]]:
    return {ContestKind.REGENT: sorted(BEKASI), ContestKind.GOVERNOR: sorted([*BEKASI, GOVERNOR_ONLY, *more])}


def _write(root: Path, *more: str) -> None:
    writer = SiteWriter(root, sample.SITE)
    front_pages.add_search(writer, search.regencies(_stations(*more), NAMES), sample.CUT)
    writer.finish()


@given(st.sets(st.integers(1, 999)))
def test_ranges_hold_exactly_the_numbers(numbers: set[int]) -> None:
    back = set()
    for part in search.ranges(numbers).split():
        low, _, high = part.partition("-")
        back |= set(range(int(low), int(high or low) + 1))
    assert back == numbers


def test_fold_forgets_case_signs_and_diacritics() -> None:
    assert {search.fold(text) for text in ("Sukadámi", "SUKA DAMI", "suka-dami", "Sukadamı".replace("ı", "i"))} == {
        "sukadami"
    }


def test_index_is_compact_and_exact(tmp_path: Path) -> None:
    _write(tmp_path)
    assert json.loads((tmp_path / "cari/3216.json").read_bytes()) == {
        "format": "sirekap-search-1",
        "code": "3216",
        "name": "Kabupaten Bekasi",
        "kinds": ["pkwkk", "pkwkp"],
        "districts": [
            ["321619", "Cikarang Selatan", [["2001", "Ciantra", "1"], ["2003", "Sukadámi", "1-40"]]],
            ["321613", "Pebayuran", [["2001", "Kertasari", {"pkwkk": "1 12", "pkwkp": "1 12 901"}]]],
        ],
    }
    assert sorted(p.name for p in (tmp_path / "cari").iterdir()) == ["3216.json"]


def test_several_regencies_have_a_list_each_and_no_phone_loads_them_all(tmp_path: Path) -> None:
    _write(tmp_path, "3273011001001")
    assert sorted(p.name for p in (tmp_path / "cari").iterdir()) == [
        "3216.html", "3216.json", "3273.html", "3273.json", "semua.json"
    ]  # fmt: skip
    top = (tmp_path / "cari.html").read_text()
    assert ("cari/3273.html" in top, "Sarijadi" in top) == (True, False)
    assert 'href="../pkwkp/32/3273/327301/3273011001/index.html"' in (tmp_path / "cari/3273.html").read_text()
    assert json.loads((tmp_path / "cari/semua.json").read_bytes())["regencies"] == [
        ["3216", "Kabupaten Bekasi", [["19", "Cikarang Selatan"], ["13", "Pebayuran"]]],
        ["3273", "Kota Bandung", [["01", "Sukasari"]]],
    ]


def test_index_of_the_largest_regency_stays_small() -> None:
    """Bogor has most villages: 435 in 40 districts, about 8,000 stations."""
    names = {"32": "Jawa Barat", "3201": "Kabupaten Bogor"}
    codes = []
    for n in range(435):
        village = f"3201{n % 40 + 1:02d}2{n // 40 + 1:03d}"
        names |= {village[:6]: f"Kecamatan Nama {n % 40}", village: f"Desa Karang Sukamaju {n}"}
        codes += [f"{village}{k:03d}" for k in range(1, 20)]
    found = search.regencies({ContestKind.REGENT: sorted(codes)}, names)
    assert len(gzip.compress(search.index(found[0]))) < 12_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The search served as any web server serves it."""
    _write(tmp_path, "3273011001001")
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.mark.browser
def test_typed_names_numbers_and_codes_are_found(address: str, page: Page) -> None:
    page.goto(f"{address}/cari/3216.html")
    found = page.locator("#hasil li")
    wanted = {
        "TPS 12 Sukadami": ["TPS 012, Sukadámi, Cikarang Selatan"],
        "sukadami 012": ["TPS 012, Sukadámi, Cikarang Selatan"],
        "suka dami": ["Sukadámi, Cikarang Selatan"],
        "kecamatan pebayuran": ["Kecamatan Pebayuran", "Kertasari, Pebayuran"],
        "321613": ["Kecamatan Pebayuran", "Kertasari, Pebayuran"],
        "3216132001901": ["TPS 901, Kertasari, Pebayuran"],
        "tps 901": ["TPS 901, Kertasari, Pebayuran"],
        "zzz": [],
    }
    for text, names in wanted.items():
        page.fill("#cari", text)
        expect(found.locator("b")).to_have_text(names)
    expect(page.locator("#kabar")).to_contain_text("Tidak ditemukan")
    page.fill("#cari", "tps 901")
    links = found.locator("a")
    expect(links).to_have_count(1)
    assert links.first.get_attribute("href") == "../pkwkp/32/3216/321613/3216132001/3216132001901.html"
    assert links.first.get_attribute("aria-label") == "TPS 901, Kertasari, Pebayuran: Gubernur Jawa Barat"


@pytest.mark.browser
def test_above_one_regency_districts_lead_to_its_list_and_codes_to_their_pages(address: str, page: Page) -> None:
    page.goto(f"{address}/cari.html")
    page.fill("#cari", "sukasari")
    expect(page.locator("#hasil a")).to_have_attribute("href", "cari/3273.html#k327301")
    page.fill("#cari", "3273011001001")
    expect(page.locator("#hasil b")).to_have_text(["TPS 001, Sarijadi, Sukasari"])
