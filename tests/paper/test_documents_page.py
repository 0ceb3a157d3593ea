"""docs/reference/documents.md says what the documents are; whoever follows it arrives at the same hash and groups."""

from __future__ import annotations

import hashlib
import io
import json
import re
import uuid
from pathlib import Path

import pikepdf
import pytest
from support.sheet_samples import contest, district_sheet, every_kind, recapitulation

from sirekap.election.sheet import asked_chunks, chunks
from sirekap.paper.documents.grid import SMALLEST_PITCH
from sirekap.paper.documents.model import DocumentKind, Paper
from sirekap.paper.documents.rendering import render

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/documents.md").read_text(encoding="utf-8")


def test_the_page_lists_every_kind_and_paper() -> None:
    assert set(re.findall(r"`(\w+)`", PAGE.split("## The file")[0])) >= {kind.value for kind in DocumentKind}
    assert all(paper.name in PAGE for paper in Paper)
    assert f"lower than {SMALLEST_PITCH} mm" in PAGE


def test_figures_are_laid_out_as_the_page_says() -> None:
    sheet = district_sheet(contest(), (2, 1), blanks=0.2)
    with pikepdf.open(io.BytesIO(render(recapitulation(contest(), sheet)).pdf)) as pdf:
        data = pdf.attachments["figures.json"].get_file().read_bytes()
    keys = re.search(r"canonical JSON \(RFC 8785\) of `(\{\"columns.*?\})`", PAGE)
    assert keys
    assert re.findall(r'"(\w+)"', keys[1]) == list(json.loads(data))
    again = {
        "columns": [[code, list(values)] for code, values in sheet.columns],
        "contest": "pkwkk-3216",
        "fields": list(sheet.fields),
        "region": "321607",
        "tier": "district",
    }
    assert json.dumps(again, separators=(",", ":")).encode() == data
    assert hashlib.sha256(data).hexdigest() == sheet.figures_sha256()


@pytest.mark.parametrize("kind", [DocumentKind.SK_HASIL, DocumentKind.BERITA_ACARA, DocumentKind.DAFTAR_HADIR])
def test_files_are_embedded_as_the_page_says(kind: DocumentKind) -> None:
    with pikepdf.open(io.BytesIO(render(every_kind()[kind]).pdf)) as pdf:
        found = set(pdf.attachments)
    expected = {
        DocumentKind.SK_HASIL: {"figures.json"},
        DocumentKind.BERITA_ACARA: {"isi.json", "figures-pkwkk-3216.json"},
        DocumentKind.DAFTAR_HADIR: {"isi.json"},
    }
    assert found == expected[kind]
    assert "`figures-<contest>.json` | minutes" in PAGE


def test_the_groups_asked_for_follow_from_the_page() -> None:
    domain = re.search(r"SHA-256\(`(.+?)` newline", PAGE)
    assert domain
    for n in range(50):
        session, sha256 = uuid.UUID(int=n), hashlib.sha256(bytes([n])).hexdigest()
        d = hashlib.sha256(f"{domain[1]}\n{session}\n{sha256}".encode()).digest()
        first = d[0] % 16
        assert asked_chunks(session, sha256) == tuple(sorted((first, (first + 1 + d[1] % 15) % 16)))
        assert "".join(chunks(sha256)) == sha256
