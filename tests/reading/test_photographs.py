"""Real photographs of a design we did not print, and what the capture gate says of pictures that are no page."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.camera import Shot, photograph

from sirekap.paper import templates
from sirekap.paper.identity import FAMILY
from sirekap.paper.ink import tag_modules
from sirekap.paper.raster import page_image
from sirekap.reading.expected import NEAR_DUPLICATE, distance
from sirekap.reading.observing import observe
from sirekap.reading.reader import judge, read
from sirekap.reading.result import PageEvidence, Verdict

FORMS = Path(__file__).parents[3] / "shared" / "data" / "forms"
real = pytest.mark.skipif(not FORMS.is_dir(), reason=f"the c.digital photographs are not at {FORMS}")

_LABELS = {
    "dpt": "roll_dpt",
    "pindah": "roll_dpph",
    "tambahan": "roll_dptb",
    "jumlah_pemilih": "roll_total",
    "pengguna_dpt": "voted_dpt",
    "pengguna_pindah": "voted_dpph",
    "pengguna_tambahan": "voted_dptb",
    "pengguna_total": "voted_total",
    "disabilitas": "disabled_registered",
    "disabilitas_pengguna": "disabled",
    "ss_digunakan": "ballots_used",
    "ss_rusak": "ballots_spoiled",
    "ss_tidak_digunakan": "ballots_unused",
    "ss_diterima": "ballots_received",
}


def _jpeg(grey: np.ndarray, quality: int = 88) -> bytes:
    return cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _sheet(shot: Shot, form: str = "kwk-bupati-3", page: int = 2, ink: int = 0) -> np.ndarray:
    """A photograph of our page; ``ink`` seeds scribbles in its boxes, 0 none."""
    layout = templates.get(form)
    place = layout.page(page)
    paper = page_image(layout, page, 200).copy()
    random, mm = np.random.default_rng(ink), paper.shape[1] / place.width
    for box in [box for field in place.fields for box in (*field.digits, *field.tally)] if ink else []:
        stroke = (np.array([box.x, box.y]) + random.uniform(0.15, 0.85, (5, 2)) * (box.w, box.h)) * mm
        cv2.polylines(paper, [stroke.astype(np.int32)], False, 40, 3, cv2.LINE_AA)
    return photograph(paper, place.width, place.height, shot)[0]


def _codes(evidence: PageEvidence) -> set[str]:
    return {flag.code for flag in evidence.flags}


@real
def test_photographed_vote_page_of_cdigital_is_read() -> None:
    found = read((FORMS / "pwp_sample_01.jpg").read_bytes())
    assert (found.template, found.page, found.verdict) == ("cdigital-ppwp-2", 2, Verdict.ACCEPT)
    assert {name: field.value for name, field in found.fields.items()} == {
        "votes_1": 123,
        "votes_2": 45,
        "votes_3": 67,
        "valid": 235,
        "invalid": 18,
        "total": 253,
    }


@real
def test_photographed_data_page_of_cdigital_is_right_or_silent() -> None:
    labels = json.loads((FORMS / "labels.json").read_text())["data_sample_01.jpg"]
    truth = {}
    for name, stem in _LABELS.items():
        if isinstance(labels[name], list):
            truth |= {f"{stem}_{column}": n for column, n in zip("lpj", labels[name], strict=True)}
        else:
            truth[stem] = labels[name]
    found = read((FORMS / "data_sample_01.jpg").read_bytes())
    assert (found.template, found.page) == ("cdigital-dprp-1", 1)
    assert set(found.fields) == set(truth)
    assert {name for name, field in found.fields.items() if field.value not in (None, truth[name])} == set()


@real
@pytest.mark.parametrize(("name", "page"), [("cdigital-ppwp-1", 1), ("cdigital-ppwp-2", 2)])
@pytest.mark.parametrize("shot", [Shot(tilt=25, blur=0.8, seed=3), Shot(tilt=12, roll=92, fill=0.97, seed=4)])
def test_other_photographs_of_cdigital_are_registered(name: str, page: int, shot: Shot) -> None:
    blank = cv2.imread(str(FORMS / {1: "c.hasil_data.png", 2: "c.hasil_pwp_3.png"}[page]), cv2.IMREAD_GRAYSCALE)
    layout = templates.get(name).page(page)
    covered = blank.copy()
    covered[150:340, 1480:1700] = 255
    for paper in (blank, covered):
        grey, _ = photograph(paper, layout.width, layout.height, shot)
        found = observe(_jpeg(grey))
        assert (found.template, found.page, found.registered) == (name, page, True)


def test_blank_wall_face_and_text_are_no_form() -> None:
    random = np.random.default_rng(1)
    wall = np.clip(cv2.GaussianBlur(random.normal(190, 25, (1500, 1100)), (0, 0), 1.2), 0, 255).astype(np.uint8)
    spots = cv2.resize(random.integers(40, 220, (9, 7)).astype(np.uint8), (1100, 1500), interpolation=cv2.INTER_CUBIC)
    for picture in (wall, spots):
        found = observe(_jpeg(picture))
        assert (found.template, found.page, found.registered, dict(found.fields)) == (None, None, False, {})
        assert "not_a_form" in _codes(found)
        assert judge([found]).verdict is Verdict.REVIEW


def test_official_sheet_is_named_and_its_figures_are_left_alone() -> None:
    sheet = np.full((2000, 1400), 235, np.uint8)
    tag = np.kron(~np.array(tag_modules(102)), np.ones((16, 16), bool)).astype(np.uint8) * 235
    sheet[60:188, 1200:1328] = tag
    cv2.rectangle(sheet, (100, 300), (1300, 1800), 20, 4)
    found = observe(_jpeg(sheet))
    assert FAMILY == "36h10"
    assert (found.template, found.page, found.registered, dict(found.fields)) == ("kwk-2024", 2, False, {})
    assert "geometry_unknown" in _codes(found)


def test_good_photograph_raises_no_flag() -> None:
    found = observe(_jpeg(_sheet(Shot(seed=5))))
    assert (found.page, found.registered, found.flags) == (2, True, ())
    assert list(found.fields) == ["votes_1", "votes_2", "votes_3"]
    assert found.size == (1500, 2000)
    for field in found.fields.values():
        left, top, width, height = field.box
        assert 0 <= left < left + width <= 1500
        assert 0 <= top < top + height <= 2000


@pytest.mark.parametrize(
    ("shot", "code"),
    [
        (Shot(blur=3.6, seed=6), "blurred"),
        (Shot(size=(600, 800), seed=7), "too_small"),
        (Shot(fill=1.12, tilt=3, seed=8), "cut_off"),
    ],
)
def test_poor_photograph_is_flagged(shot: Shot, code: str) -> None:
    assert code in _codes(observe(_jpeg(_sheet(shot))))


def test_dark_photograph_is_flagged() -> None:
    assert "dark" in _codes(observe(_jpeg((_sheet(Shot(seed=9)) * 0.2).astype(np.uint8))))


def test_reflection_over_the_boxes_is_flagged() -> None:
    picture = _sheet(Shot(tilt=4, roll=0, seed=10)).astype(float)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    picture += 400 * np.exp(-(((x - 1150) / 200) ** 2 + ((y - 900) / 320) ** 2))
    found = observe(_jpeg(np.clip(picture, 0, 255).astype(np.uint8)))
    assert _codes(found) & {"glare", "boxes_unproved", "not_registered"}


@pytest.mark.parametrize("screen", [True, False])
def test_photograph_of_a_screen_is_flagged_and_one_of_paper_is_not(screen: bool) -> None:
    layout = templates.get("kwk-bupati-3")
    page = layout.page(2)
    picture = page_image(layout, 2, 150)
    if screen:
        small = cv2.resize(picture, (700, 990), interpolation=cv2.INTER_AREA)
        pixel = np.ones((6, 6))
        pixel[-1] *= 0.6
        pixel[:, :2] *= 0.75
        pixel[:, 4:] *= 0.55
        picture = (np.kron(small, np.ones((6, 6))) * np.tile(pixel, small.shape)).astype(np.uint8)
    shot = Shot(tilt=6, blur=0.5, seed=15, noise=2.0, size=(1536, 2048))
    found = observe(_jpeg(photograph(picture, page.width, page.height, shot)[0]))
    assert ("screen" in _codes(found)) is screen


def test_two_sheets_in_one_photograph_are_flagged() -> None:
    one, other = (_sheet(Shot(tilt=2, roll=0, seed=11, size=(1200, 1700)), page=page) for page in (2, 3))
    assert "two_sheets" in _codes(observe(_jpeg(np.hstack([one, other]))))


def test_copied_photograph_is_a_near_duplicate_and_other_writing_is_not() -> None:
    picture = _sheet(Shot(tilt=5, seed=12), ink=1)
    copy = cv2.resize(np.rot90(picture, 2), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    first, again = observe(_jpeg(picture)), observe(_jpeg(copy, quality=50))
    others = [observe(_jpeg(_sheet(Shot(tilt=5, seed=12), ink=ink))) for ink in (2, 3, 4)]
    assert distance(first.fingerprint, again.fingerprint) <= NEAR_DUPLICATE
    assert min(distance(first.fingerprint, other.fingerprint) for other in others) > NEAR_DUPLICATE


def test_asked_for_template_that_is_not_there_is_not_found() -> None:
    found = observe(_jpeg(_sheet(Shot(seed=14))), template="cdigital-ppwp-2")
    assert (found.registered, dict(found.fields)) == (False, {})
