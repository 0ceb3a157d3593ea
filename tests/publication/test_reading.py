"""What is public of machine reading: boxes, doubts, flags and agreement; never a figure that no person stated."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import plain_reader, reads, small_election
from support.languages import shown
from support.small_election import REGENT, STATIONS, figures, row_id

from sirekap.election import chasil
from sirekap.election.contests import ContestKind
from sirekap.evidence.store import open_store
from sirekap.ledger.note import Signer
from sirekap.publication import opendata, overlay, paths, publish
from sirekap.reading import messages
from sirekap.reading.version import READER
from sirekap.workflow import verification

pytestmark = pytest.mark.django_db
LOG = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ROW = row_id(STATIONS[0])
FIGURES = figures(ROW)


@pytest.fixture
def node(tmp_path: Path) -> Any:
    return SimpleNamespace(small=small_election.build(), store=open_store(str(tmp_path / "evidence")), folder=tmp_path)


def cut(node: Any) -> tuple[dict[str, Any], str]:
    """The station's JSON and its page in Indonesian after a cut."""
    publish.publish(node.folder / "site", node.store, LOG, node.small.at)
    path = node.folder / "site" / paths.page(ContestKind.REGENT, STATIONS[0])
    return opendata.read_region(path.with_name("data.json").read_bytes())["stations"][0], shown(path.read_text())


def test_a_form_only_read_by_the_machine_shows_boxes_and_no_figure(node: Any) -> None:
    reads.send(node, ROW)
    blurred = plain_reader.page(ROW, 2, FIGURES, unsure=("votes_2",), flags=(messages.reason("blurred"),))
    reads.read(node, {(ROW, 2): blurred})
    data, page = cut(node)
    assert data["standing"] == "read"
    assert data["figures"] == dict.fromkeys(("written", "verified", "decided", "counted"))
    assert data["agreement"] is None
    assert data["photos"][1]["seen"] == {
        "reader": READER,
        "page": 2,
        "verdict": "review",
        "flags": [{"code": "blurred", "text": messages.reason("blurred").text_id}],
        "boxes": {f"votes_{n + 1}": [700, 100 + 50 * n, 180, 44] for n in range(3)},
        "doubtful": ["votes_2"],
        "size": [1200, 1600],
    }
    assert [event["what"] for event in data["history"]][3:] == [
        f"Foto dibaca mesin ({READER}): halaman 1, {len(chasil.fields_of_page(1, 3))} isian, 0 ragu",
        f"Foto dibaca mesin ({READER}): halaman 2, 3 isian, 1 ragu, 1 tanda",
        f"Foto dibaca mesin ({READER}): halaman 3, 3 isian, 0 ragu",
        f"Bacaan formulir lengkap: menyatakan {len(FIGURES) - 1} isian; tidak dihitung tanpa pembaca manusia",
    ]
    assert re.findall(r"<svg class=boxes.*?</svg>", page)[1] == (
        '<svg class=boxes viewBox="0 0 300 400" preserveAspectRatio=none aria-hidden=true>'
        '<path d="M175,25h45v11h-45zM175,50h45v11h-45z"/><path class=doubt d="M175,37h45v11h-45z"/></svg>'
    )
    assert ("Belum ada angka" in page, "dibaca mesin: 3 isian, 1 ragu" in page, ">Terbaca<" in page) == (True,) * 3
    assert f"<li>{messages.reason('blurred').text_id}" in page
    large = {value for value in FIGURES.values() if value > 20}
    assert [value for value in large if re.search(rf">\s*{value}\s*<", page)] == []


def test_station_page_says_on_which_fields_machine_and_people_agree(node: Any) -> None:
    reads.send(node, ROW)
    reads.read(node, unsure=("votes_3",))
    said = figures(ROW, shift=2)
    verification.make_statement(node.small.kpps[ROW[:13]], ROW, said, node.small.at)
    data, page = cut(node)
    assert data["agreement"] == {
        "same": [n for n in chasil.field_ids(3) if n not in ("votes_1", "votes_2", "votes_3")],
        "differs": ["votes_1", "votes_2"],
        "doubtful": ["votes_3"],
    }
    assert f"Mesin dan petugas membaca sama pada {len(FIGURES) - 3} isian." in page
    assert "Berbeda pada: Suara pasangan calon nomor urut 1; Suara pasangan calon nomor urut 2." in page
    assert f">{FIGURES['votes_1']}<" not in page
    assert (REGENT, data["figures"]["written"]) == (REGENT, said)


def test_figures_keyed_blind_stand_alone_without_an_empty_table(node: Any) -> None:
    blind = {name: FIGURES[name] for name in chasil.blind_ids(3)}
    verification.make_statement(node.small.kpps[ROW[:13]], ROW, blind, node.small.at)
    data, page = cut(node)
    assert data["figures"]["written"] == blind
    assert ("Perolehan suara</h2>" in page, "Pemilih dan surat suara" in page) == (True, False)


def test_a_box_is_one_short_path() -> None:
    assert overlay.path([(10, 21, 403, 99), (0, 0, 3, 3)]) == "M2,5h100v24h-100zM0,0h1v1h-1z"
