"""Documents, objections and regions received on the public site, from a site as a cut writes it."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from support import other_nodes, story
from support import small_election as se
from support.languages import shown
from support.open_sites import OpenSites

from sirekap.election.contests import ContestKind
from sirekap.election.sheet import chunks
from sirekap.publication import load_outcome, paths
from sirekap.publication.opendata import read_region
from sirekap.workflow import court

DISTRICT = se.DISTRICTS[0]
SIGNED_NOTE, WAITING_NOTE = "Lengkap ditandatangani", "Menunggu tanda tangan"


def region(site: Path, code: str, kind: ContestKind = ContestKind.REGENT) -> dict[str, Any]:
    return read_region((site / paths.region_folder(kind, code) / "data.json").read_bytes())


def words(site: Path, path: str, language: str = "id") -> str:
    """What a reader of one language sees, in one line."""
    page = re.sub(r"<[^>]+>", " ", shown((site / path).read_text(), language))
    return re.sub(r" (?=[.,:;])", "", re.sub(r"\s+", " ", unescape(page)))


def history(site: Path, row: str, kind: ContestKind) -> list[str]:
    village = region(site, row[:10], kind)
    (station,) = [station for station in village["stations"] if station["code"] == row[:13]]
    return [event["kind"] for event in station["history"]]


@pytest.fixture(scope="session")
def site(open_sites: OpenSites) -> Path:
    return open_sites.final


def test_every_document_stands_with_its_file_its_page_and_its_scan_in_the_manifest(site: Path) -> None:
    listed = {
        item["path"]: item["sha256"] for item in json.loads((site / "dokumen/manifest.json").read_bytes())["files"]
    }
    documents = [d for code in (DISTRICT, se.REGENCY) for d in region(site, code)["documents"]]
    assert [d["note"] for d in documents] == [SIGNED_NOTE, WAITING_NOTE]
    names = [d["path"].removeprefix("dokumen/") for d in documents]
    assert sorted(listed) == sorted([*names, *(name.replace(".pdf", ".html") for name in names)])
    for document in documents:
        data = (site / document["path"]).read_bytes()
        assert (data[:5], hashlib.sha256(data).hexdigest()) == (b"%PDF-", document["sha256"])
        assert listed[document["path"].removeprefix("dokumen/")] == document["sha256"]
    scans = sorted((site / "dokumen/pindaian").glob("*.*"))
    assert [f.suffix for f in scans if f.name != "manifest.json"] == [".png"]
    root = json.loads((site / "manifest.json").read_bytes())
    assert "dokumen/manifest.json" in [child["path"] for child in root["children"]]


def test_page_of_a_document_says_who_signed_who_refused_and_how_to_check(site: Path) -> None:
    (document,) = region(site, DISTRICT)["documents"]
    page = words(site, document["path"].replace(".pdf", ".html"))
    said = [
        SIGNED_NOTE,
        f"SHA-256 berkas PDF {document['sha256']}",
        "Ketua Ditandatangani dengan tinta",
        "Anggota 2 Ditandatangani dengan tinta",
        "Saksi pasangan calon nomor 1 Menolak menandatangani Alasan: Saksi tidak sepakat",
        f"sirekap documents verify {document['path'].removeprefix('dokumen/')}",
        "Pindaian 1",
    ]
    assert [text for text in said if text not in page] == []
    assert "Signed, complete" in words(site, document["path"].replace(".pdf", ".html"), "en")


def test_code_of_the_figures_stands_in_sixteen_groups(site: Path) -> None:
    (document,) = region(site, DISTRICT)["documents"]
    page = words(site, document["path"].replace(".pdf", ".html"))
    found = re.search(r"Kode angka ((?:[0-9a-f]{4} ){16})", page)
    assert found is not None
    assert list(chunks("".join(found[1].split()))) == found[1].split()


def test_completeness_counts_sheets_expected_issued_and_signed(site: Path) -> None:
    said = "D.Hasil: 1 lengkap ditandatangani dan 2 diterbitkan, dari 3 lembar yang harus ada."
    assert said in words(site, paths.page(ContestKind.REGENT, se.REGENCY))
    assert said in words(site, "index.html")
    none = "D.Hasil: 0 lengkap ditandatangani dan 0 diterbitkan, dari 4 lembar yang harus ada."
    assert none in words(site, paths.page(ContestKind.GOVERNOR, se.PROVINCE))


def test_objection_shows_its_text_answers_and_the_correction_it_led_to(site: Path) -> None:
    row, kind = story.LATE, ContestKind.GOVERNOR
    said = [
        "Keberatan · Saksi pasangan calon nomor 4 · Isian formulir",
        "Diterima",
        "Saksi mencatat angka lain.",
        "Pleno kecamatan: Belum selesai. Salinan berbeda",
        "Pleno kabupaten/kota: Diterima. Dikoreksi Tindak lanjut: koreksi",
        "Lampiran tidak diterbitkan; SHA-256:",
    ]
    for path in (paths.page(kind, row[:13]), paths.page(kind, DISTRICT), paths.page(kind, se.REGENCY)):
        page = words(site, path).replace("“", "").replace("”", "")
        assert (path, [text for text in said if text not in page]) == (path, [])
    hidden = "Saksi mencatat satu suara lagi"
    assert [page for page in site.rglob("*.html") if hidden in page.read_text()] == []
    assert "Keberatan" not in words(site, paths.page(ContestKind.REGENT, DISTRICT))


def test_history_tells_what_was_undone_and_what_a_ruling_put_aside(site: Path) -> None:
    undone = history(site, story.UNDONE, ContestKind.GOVERNOR)
    assert [k for k in undone if k.startswith("item.")] == ["item.accepted", "item.reopened", "item.accepted"]
    regent = history(site, story.CORRECTED, ContestKind.REGENT)
    assert regent[-3:] == ["contest.determined", "contest.reopened", "contest.determined"]


def test_province_keeps_what_others_counted_apart_and_shows_the_sum(site: Path) -> None:
    province = region(site, se.PROVINCE, ContestKind.GOVERNOR)
    (one,) = province["received"]
    assert {key: one[key] for key in ("code", "name", "stations", "figures", "package_sha256", "simulated")} == {
        "code": other_nodes.FAR,
        "name": "Kota Jauh",
        "stations": 2,
        "figures": {"valid": 7},
        "package_sha256": "ab" * 32,
        "simulated": True,
    }
    assert [child["code"] for child in province["children"]] == [se.REGENCY]
    assert "received" not in region(site, se.REGENCY, ContestKind.GOVERNOR)
    assert region(site, se.PROVINCE)["received"] == []
    page = words(site, paths.page(ContestKind.GOVERNOR, se.PROVINCE))
    both = province["figures"]["valid"] + 7
    assert f"{both:,}".replace(",", ".") in page
    assert "Diterima sebagai paket dari simpul lain Kota Jauh SIMULASI 2" in page


def test_contest_page_tells_the_ruling_the_clock_and_the_elected_pair(site: Path) -> None:
    page = words(site, f"{ContestKind.REGENT.value}/index.html")
    said = [
        "Keputusan 50/2025",
        "Mahkamah Konstitusi BRPK: tidak ada perkara, BRPK 1/2025",
        "Hari terakhir permohonan ke MK",
        "Pasangan calon terpilih Nomor urut 1:",
        "Keputusan nomor 2901/2024 dibatalkan oleh Putusan Mahkamah Konstitusi: Putusan 1/PHPU/2025.",
    ]
    assert [text for text in said if text not in page] == []


def test_every_basis_of_a_superseding_ruling_has_words() -> None:
    assert set(load_outcome.RULINGS) == set(court.BASES)


def test_feed_announces_documents_when_their_signatures_are_complete(site: Path) -> None:
    (document,) = region(site, DISTRICT)["documents"]
    feed = (site / "data/atom.xml").read_text()
    assert feed.count('term="document"') == 1
    assert f'href="../{document["path"].replace(".pdf", ".html")}"' in feed
