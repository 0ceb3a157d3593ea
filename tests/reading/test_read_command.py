"""`sirekap read` as anyone runs it: JSON of the contract, a table, a drawing, helpful errors."""

from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from support.camera import Shot, photograph

from sirekap.cli import main
from sirekap.paper import templates
from sirekap.paper.raster import page_image
from sirekap.reading.grouping import forms
from sirekap.reading.result import PageEvidence, QrReading

KEYS = {"template", "page", "qr", "standing", "reasons", "fields", "cpu_ms"}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Photographs of the three blank pages of one form."""
    folder = tmp_path_factory.mktemp("photos")
    layout = templates.get("kwk-bupati-3")
    out = []
    for page in layout.pages:
        grey, _ = photograph(page_image(layout, page.page, 200), page.width, page.height, Shot(seed=page.page))
        out.append(folder / f"hal{page.page}.jpg")
        cv2.imwrite(str(out[-1]), grey)
    return out


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["read", *map(str, arguments)])


def test_one_photograph_gives_the_object_of_the_contract(photos: list[Path]) -> None:
    result = _run(photos[1], "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(found) >= KEYS
    assert (found["template"], found["page"], found["standing"]) == ("kwk-bupati-3", 2, "review")
    assert found["qr"]["check"] == "unverified"
    assert list(found["fields"]) == ["votes_1", "votes_2", "votes_3"]
    assert set(found["fields"]["votes_1"]) >= {"value", "proposal", "confidence", "box"}
    assert {name: field["value"] for name, field in found["fields"].items()} == dict.fromkeys(found["fields"])
    assert all(reason["text_id"] and reason["text_en"] for reason in found["reasons"])


def test_pages_of_one_form_are_judged_together(photos: list[Path]) -> None:
    found = json.loads(_run(*photos, "--json").stdout)
    assert [photo["page"] for photo in found["photos"]] == [1, 2, 3]
    assert [form["photos"] for form in found["forms"]] == [[str(photo) for photo in photos]]
    assert set(found["forms"][0]) >= KEYS
    assert len(found["forms"][0]["fields"]) == 22 + 3 + 3


def test_table_speaks_to_people_and_stdout_stays_empty(photos: list[Path]) -> None:
    result = _run(photos[1])
    assert result.stdout == ""
    assert "kwk-bupati-3 halaman 2" in result.stderr
    assert "PERLU DIPERIKSA ORANG" in result.stderr
    assert "Suara pasangan calon nomor urut 3" in result.stderr


def test_overlay_draws_on_the_upright_photograph(photos: list[Path], tmp_path: Path) -> None:
    result = _run(photos[1], "--overlay", tmp_path / "new" / "out.png")
    assert result.exit_code == 0
    with Image.open(tmp_path / "new" / "out.png") as drawing, Image.open(photos[1]) as photo:
        assert drawing.size == photo.size
        coloured = np.ptp(np.asarray(drawing.convert("RGB")).astype(int), axis=2) > 60
    assert 0.005 < coloured.mean() < 0.3


def test_overlay_of_many_photographs_is_one_file_each(photos: list[Path], tmp_path: Path) -> None:
    _run(*photos[:2], "--overlay", tmp_path / "out.png")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out-hal1.png", "out-hal2.png"]


def test_file_that_is_no_picture_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "note.jpg").write_text("hello")
    found = json.loads(_run(tmp_path / "note.jpg", "--json").stdout)
    assert (found["standing"], found["template"], found["fields"]) == ("refused", None, {})
    assert found["reasons"][0]["code"] == "undecodable"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.jpg"], "Berkas missing.jpg tidak ada"),
        (["."], "tidak dapat dibuka"),
    ],
)
def test_unreadable_path_is_told_with_what_to_do(arguments: list[str], sentence: str) -> None:
    result = _run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_unknown_template_lists_the_known_ones(photos: list[Path]) -> None:
    result = _run(photos[0], "--template", "nothing")
    assert result.exit_code == 2
    assert "kwk-bupati-3" in result.stderr
    assert "cdigital-ppwp-2" in result.stderr


def test_photograph_may_be_of_any_orientation(photos: list[Path], tmp_path: Path) -> None:
    with Image.open(photos[2]) as image:
        exif = Image.Exif()
        exif[0x0112] = 8
        out = io.BytesIO()
        image.transpose(Image.Transpose.ROTATE_270).save(out, "JPEG", exif=exif)
    (tmp_path / "turned.jpg").write_bytes(out.getvalue())
    found = json.loads(_run(tmp_path / "turned.jpg", "--json").stdout)
    assert (found["page"], found["size"]) == (3, [1500, 2000])


def _page(template: str | None, page: int | None, station: str | None = None) -> PageEvidence:
    qr = QrReading("x", "pkwkk-3216", station, page, 1, "unverified") if station else None
    return PageEvidence(template, page, qr, True, (), {})


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([_page("a", 1), _page("a", 2)], [[0, 1]]),
        ([_page("a", 1), _page("a", 1)], [[0], [1]]),
        ([_page("a", 1, "1"), _page("a", 2, "2"), _page("a", 2, "1")], [[0, 2], [1]]),
        ([_page("a", 1, "1"), _page("a", 1, "1")], [[0, 1]]),
        ([_page(None, None), _page(None, None)], [[0], [1]]),
        ([_page("a", 1), _page("b", 2)], [[0], [1]]),
    ],
)
def test_photographs_are_grouped_by_station_then_by_design(
    pages: list[PageEvidence], expected: list[list[int]]
) -> None:
    assert forms(pages) == expected
