"""From a printed sheet to a verified form and to training crops, with the real reader: print, fill, photograph, send."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from support import small_election as se
from support.databases import Node, local, sqlite_template

from sirekap import keys
from sirekap.election import chasil
from sirekap.jobs import exporting
from sirekap.jobs.reading import Reader, qr_checker
from sirekap.paper.frame import Heading
from sirekap.paper.identity import Form
from sirekap.paper.printing import Station
from sirekap.reading.result import CLASSES
from sirekap.records.models import Entry, PhotoReading, Statement, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.records.replaying import state_digest
from sirekap.simulate.form import Order, photograph
from sirekap.workflow import intake, verification

__all__ = ["local", "sqlite_template"]
pytestmark = pytest.mark.slow
ROW = se.rows_of(se.DISTRICTS[0], (se.REGENT,))[0]
COLUMNS = 3


@pytest.fixture
def read(local: Node, tmp_path: Path) -> Node:
    """One form of the small election, photographed page by page and read by the real reader."""
    keys.init(tmp_path / "keys", "node.example", demo=True, allow_in_repo=True)
    key = keys.load(tmp_path / "keys", keys.Purpose.QR)
    station = Station(ROW[:13], "Desa Awal", "Kecamatan Satu", "Kabupaten Contoh", "Jawa Barat")
    heading = Heading(Form.CHASIL_REGENT, COLUMNS, year="2024")
    order = Order(heading, se.figures(ROW), 11, station, key, slips=0.0, profile="easy", long_side=2048)
    cv2.setNumThreads(1)
    for number, shot in photograph(order).shots.items():
        intake.receive_photo(local.small.kpps[ROW[:13]], local.store, ROW, 1 << (number - 1), shot.jpeg, local.small.at)
    check = qr_checker(tmp_path / "keys", "development")
    with Reader(local.store, qr_check=check, clock=lambda: local.small.at) as loop:
        done = loop.run_once()
    assert (done.read, done.complete) == (3, 1)
    return local


def test_paper_is_read_stated_and_verified_by_a_person(read: Node, tmp_path: Path) -> None:
    readings = list(PhotoReading.objects.order_by("entry_id"))
    assert [(r.page, r.template, r.qr["check"], r.flags) for r in readings] == [
        (n, "kwk-bupati-3", "valid", []) for n in (1, 2, 3)
    ]
    figures = se.figures(ROW)
    stated = Statement.objects.get().figures.figures()
    assert {name: value for name, value in stated.items() if figures[name] != value} == {}
    assert len(stated) >= len(figures) * 0.8
    assert max(len(bytes(e.content)) for e in Entry.objects.filter(kind="photo.read")) < 65_536
    verification.make_statement(read.small.kpps[ROW[:13]], ROW, figures, read.small.at)
    row = StationContest.objects.select_related("verified").get(pk=ROW)
    missing = {name for name in figures if name not in stated}
    assert set(row.open_fields) == missing
    if missing:
        rest = {name: figures[name] for name in missing}
        verification.make_statement(read.small.operators[0], ROW, rest, read.small.at)
        row.refresh_from_db()
    assert row.verified is not None
    assert row.verified.figures() == figures
    assert rebuild()["changed"] == 0
    check_export(read, tmp_path)


def check_export(read: Node, tmp_path: Path) -> None:
    """Settled crops with labels, and the word about the test set."""
    before = state_digest()
    written = exporting.export(tmp_path / "crops", read.store)
    with open(tmp_path / "crops" / "labels.csv", newline="", encoding="utf-8") as handle:
        lines = list(csv.DictReader(handle))
    assert (written.photos, written.boxes, written.labelled) == (
        3,
        len(lines),
        sum(line["label"] != "" for line in lines),
    )
    fields = {line["field"] for line in lines}
    assert (fields, written.fields) == (set(chasil.field_ids(COLUMNS)), len(fields))
    figures = se.figures(ROW)
    for name in fields:
        own = [line for line in lines if line["field"] == name]
        assert [line["label"] for line in own] == exporting.labels(figures[name], 3)
        assert {(line["value"], line["blind"]) for line in own} == {(str(figures[name]), own[0]["people"])}
    picture = cv2.imread(str(tmp_path / "crops" / lines[0]["file"]), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert (picture.shape, picture.dtype) == ((40, 40), np.uint8)
    labelled = [line for line in lines if line["label"]]
    assert {line["opinion"] for line in lines} <= set(CLASSES)
    assert sum(line["opinion"] == line["label"] for line in labelled) / len(labelled) > 0.9
    assert "keluar dari himpunan uji" in (tmp_path / "crops" / "README.md").read_text()
    assert state_digest() == before


@pytest.mark.parametrize(
    ("value", "labels"), [(7, ["", "", "7"]), (45, ["", "4", "5"]), (120, ["1", "2", "0"]), (0, ["", "", ""])]
)
def test_boxes_without_a_written_digit_have_no_label(value: int, labels: list[str]) -> None:
    assert exporting.labels(value, 3) == labels
