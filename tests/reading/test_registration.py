"""Boxes are found to a fifth of a millimetre, and a page that is not proved is never read."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.camera import Shot, photograph

from sirekap.paper import templates
from sirekap.paper.layout import PageLayout
from sirekap.paper.raster import page_image
from sirekap.reading import tags
from sirekap.reading.finding import find
from sirekap.reading.plane import Floats, project, scale_at
from sirekap.reading.registration import Registration, register

FORM = "kwk-bupati-3"
Grey = NDArray[np.uint8]


@functools.cache
def _shot(page: int, shot: Shot, form: str = FORM) -> tuple[Grey, Floats, PageLayout]:
    layout = templates.get(form)
    place = layout.page(page)
    grey, truth = photograph(page_image(layout, page, 200), place.width, place.height, shot)
    return grey, truth, place


def _errors(found: Registration, truth: Floats) -> Floats:
    """mm between where each digit box is and where it was found to be."""
    centres = np.array([box.centre for place in found.page.fields for box in place.digits])
    own = [found.at(place.field, box) for place in found.page.fields for box in place.digits]
    seen = np.concatenate([project(matrix, [centre]) for matrix, centre in zip(own, centres, strict=True)])
    return np.hypot(*(seen - project(truth, centres)).T) / scale_at(truth, centres)


@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize(
    "shot",
    [
        Shot(tilt=0, blur=0.4, seed=1),
        Shot(tilt=15, roll=85, seed=2),
        Shot(tilt=30, blur=0.8, seed=3),
        Shot(tilt=30, blur=1.75, seed=4),
        Shot(tilt=20, roll=178, seed=5),
        Shot(tilt=10, fill=0.7, seed=6),
    ],
    ids=["flat", "on its side", "tilted", "tilted and blurred", "upside down", "far"],
)
def test_page_is_found_named_and_proved(page: int, shot: Shot) -> None:
    grey, truth, _ = _shot(page, shot)
    sheet = find(grey)
    assert (sheet.layout, sheet.page, sheet.proved) == (FORM, page, True)
    assert sheet.registration is not None
    assert float(np.percentile(_errors(sheet.registration, truth), 95)) <= 0.2


@pytest.mark.parametrize(
    ("form", "page"), [("kwk-gubernur-2", 2), ("kwk-gubernur-10", 4), ("salinan-bupati-4", 1), ("salinan-bupati-4", 2)]
)
def test_other_forms_of_ours_are_found(form: str, page: int) -> None:
    sheet = find(_shot(page, Shot(seed=7), form)[0])
    assert (sheet.layout, sheet.page, sheet.proved) == (form, page, True)


def test_curled_sheet_is_followed() -> None:
    layout = templates.get(FORM)
    flat = page_image(layout, 2, 200)
    y, x = np.mgrid[: flat.shape[0], : flat.shape[1]].astype(np.float32)
    mm = flat.shape[1] / 210
    bow = (1.5 * mm * np.sin(np.pi * x / flat.shape[1]) * np.sin(np.pi * y / flat.shape[0])).astype(np.float32)
    curled = cv2.remap(flat, x - bow, y - bow, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    grey, truth = photograph(curled, 210, 297, Shot(seed=8))
    sheet = find(grey)
    assert sheet.registration is not None
    assert sheet.proved
    centres = np.array([box.centre for place in layout.page(2).fields for box in place.digits])
    moved = 1.5 * np.sin(np.pi * centres[:, 0] / 210) * np.sin(np.pi * centres[:, 1] / 297)
    own = [sheet.registration.at(p.field, b) for p in layout.page(2).fields for b in p.digits]
    seen = np.concatenate([project(matrix, [centre]) for matrix, centre in zip(own, centres, strict=True)])
    true = project(truth, centres + moved[:, None])
    assert float((np.hypot(*(seen - true).T) / scale_at(truth, centres)).max()) <= 0.3


@settings(max_examples=25)
@given(
    page=st.sampled_from([1, 2, 3]),
    dx=st.floats(-60, 60),
    dy=st.floats(-60, 60),
    turn=st.floats(-0.3, 0.3),
    stretch=st.floats(0.85, 1.15),
)
def test_wrong_homography_is_corrected_or_refused_never_believed(
    page: int, dx: float, dy: float, turn: float, stretch: float
) -> None:
    grey, truth, place = _shot(page, Shot(seed=9))
    cos, sin = np.cos(turn), np.sin(turn)
    wrong = truth @ np.array([[stretch * cos, -sin, dx], [sin, stretch * cos, dy], [0, 0, 1]])
    found = register(grey, wrong, place)
    if found is not None and found.proved:
        assert float(_errors(found, truth).max()) <= 0.6


@pytest.mark.parametrize(
    "steps", [(9.0, 0.0), (-9.0, 0.0), (18.0, 0.0), (0.0, 9.0), (2.0, 0.0), (-2.0, 0.0), (30.0, 0.0)]
)
def test_page_moved_by_whole_boxes_is_not_taken_for_itself(steps: tuple[float, float]) -> None:
    for page in (1, 2, 3):
        grey, truth, place = _shot(page, Shot(seed=10))
        found = register(grey, truth @ np.array([[1, 0, steps[0]], [0, 1, steps[1]], [0, 0, 1]]), place)
        assert found is None or not found.proved or float(_errors(found, truth).max()) <= 0.3


@pytest.mark.parametrize(("shown", "taken_for"), [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)])
def test_other_page_under_the_right_homography_is_refused(shown: int, taken_for: int) -> None:
    grey, truth, _ = _shot(shown, Shot(seed=11))
    found = register(grey, truth, templates.get(FORM).page(taken_for))
    assert found is None or not found.proved


@pytest.mark.parametrize("texture", ["noise", "lines", "blank"])
def test_what_is_no_page_is_never_proved(texture: str) -> None:
    random = np.random.default_rng(12)
    grey = np.full((2000, 1500), 200, np.uint8)
    if texture == "noise":
        grey = random.integers(0, 255, grey.shape).astype(np.uint8)
    if texture == "lines":
        grey[::9] = 40
        grey[:, ::9] = 40
    _, truth, place = _shot(1, Shot(seed=13))
    found = register(grey, truth, place)
    assert found is None or not found.proved


def test_covered_boxes_are_left_out_and_the_rest_is_kept() -> None:
    grey, truth, place = _shot(2, Shot(tilt=5, seed=14))
    covered = grey.copy()
    box = place.fields[0].digits
    corners = [[box[0].x - 3, box[0].y - 3], [box[-1].right + 3, box[0].y - 3]]
    corners += [[box[-1].right + 3, box[0].bottom + 3], [box[0].x - 3, box[0].bottom + 3]]
    cv2.fillConvexPoly(covered, project(truth, corners).astype(np.int32), 120)
    found = find(covered).registration
    assert found is not None
    assert {field.field: found.field_proved(field.field) for field in place.fields}["votes_1"] is False


def test_glare_proves_nothing_either_way_and_its_fields_are_left_out() -> None:
    grey, truth, place = _shot(1, Shot(tilt=5, seed=15))
    burnt = grey.copy()
    area = [[place.width * 0.72, place.height * 0.3], [place.width * 0.95, place.height * 0.3]]
    area += [[place.width * 0.95, place.height * 0.62], [place.width * 0.72, place.height * 0.62]]
    cv2.fillConvexPoly(burnt, project(truth, area).astype(np.int32), 255)
    found = find(burnt).registration
    assert found is not None
    assert (found.proved, found.proof.washed > 0.1) == (True, True)
    inside = [f.field for f in place.fields if area[0][0] < f.digits[0].x and area[0][1] < f.digits[0].y < area[2][1]]
    assert {field: found.field_proved(field) for field in inside} == dict.fromkeys(inside, False)
    assert found.field_proved("roll_dpt_l") is True
    assert float(np.percentile(_errors(found, truth), 95)) <= 0.3


def test_mostly_burnt_page_is_not_proved() -> None:
    grey, truth, place = _shot(1, Shot(tilt=5, seed=15))
    burnt = grey.copy()
    area = [[0, place.height * 0.2], [place.width, place.height * 0.2]]
    area += [[place.width, place.height * 0.68], [0, place.height * 0.68]]
    cv2.fillConvexPoly(burnt, project(truth, area).astype(np.int32), 255)
    assert find(burnt).proved is False


def test_a_tag_too_blurred_to_decode_is_found_by_its_pattern() -> None:
    grey, truth, place = _shot(1, Shot(tilt=10, seed=16))
    sharp = tags.look_closer(grey, tags.glance(grey))
    blurred = cv2.GaussianBlur(grey, (0, 0), 3.0)
    one = next(iter(sharp.corners))
    few = tags.Sighting(sharp.layout, sharp.page, {one: sharp.corners[one]})
    near = np.array([[1, 0, 14.0], [0, 1, -11.0], [0, 0, 1]]) @ truth
    found = tags.by_pattern(blurred, few, place, near)
    assert set(found.corners) == {tag.id for tag in place.tags}
    off = [np.abs(found.corners[number] - sharp.corners[number]).max() for number in sharp.corners]
    assert max(off) / scale_at(truth, [[105.0, 150.0]])[0] < 1.5


def test_no_tag_is_found_by_its_pattern_on_a_sheet_of_other_tags() -> None:
    grey, truth, _ = _shot(1, Shot(tilt=10, seed=16))
    other = templates.get("kwk-gubernur-4").page(2)
    assert tags.by_pattern(grey, tags.Sighting("kwk-gubernur-4", 2, {}), other, truth).corners == {}
