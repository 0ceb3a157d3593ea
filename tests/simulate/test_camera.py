"""Photographs: where the sheet lies, how large the files are, the same from the same seed."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from sirekap.demo.photographs import LONG_SIDE
from sirekap.paper.identity import parse_tag
from sirekap.simulate import camera
from sirekap.simulate.camera import PROFILES, Profile, photograph
from sirekap.simulate.form import sheets
from sirekap.simulate.ink import Bytes

from .conftest import Seen, order

SIDE = 1600


@pytest.fixture(scope="module")
def sheet() -> Bytes:
    return sheets(order(seed=9, long_side=SIDE))[2]


def profile(name: str) -> Profile:
    return replace(PROFILES[name], long_side=SIDE)


def decoded(jpeg: bytes) -> Bytes:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)


def test_same_seed_is_the_same_photograph(sheet: Bytes) -> None:
    first, again, other = (photograph(sheet, seed, profile("typical")) for seed in (4, 4, 5))
    assert first == again
    assert first.jpeg != other.jpeg


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_photographs_have_a_phones_shape(sheet: Bytes, name: str) -> None:
    shot = photograph(sheet, 1, profile(name))
    assert decoded(shot.jpeg).shape in ((1600, 1200), (1600, 900), (1200, 1600), (900, 1600))
    assert shot.as_dict()["bytes"] == len(shot.jpeg)


def test_photograph_as_the_demo_sends_it_is_small() -> None:
    o = order(seed=4, profile="typical", long_side=LONG_SIDE)
    shot = photograph(sheets(o)[2], 4, o.profile_named("typical"))
    assert max(decoded(shot.jpeg).shape) == LONG_SIDE
    assert len(shot.jpeg) <= 400_000


def test_tags_lie_where_the_pose_says(seen: Seen) -> None:
    """A flat sheet: the homography of the truth takes the printed tags to the pixels where they are found."""
    layout = seen.made.order.layout
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10))
    for page, shot in list(seen.made.shots.items())[1:]:
        corners, ids, _ = detector.detectMarkers(decoded(shot.jpeg))
        found = {int(i): c[0].mean(axis=0) for i, c in zip(ids.ravel(), corners, strict=True)}
        assert {parse_tag(i).page for i in found} == {page}  # type: ignore[union-attr]
        for tag in layout.page(page).tags:
            x, y, w = shot.pose.matrix @ (*tag.rect.centre, 1.0)
            assert np.hypot(*(found[tag.id] - (x / w, y / w))) < 2.5


def test_bad_photographs_are_bad(sheet: Bytes) -> None:
    sharp, blurred, cut = (decoded(photograph(sheet, 2, profile(n)).jpeg) for n in ("typical", "blurred", "cut off"))
    assert cv2.Laplacian(blurred, cv2.CV_64F).var() < cv2.Laplacian(sharp, cv2.CV_64F).var() / 10
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10))
    assert len(detector.detectMarkers(sharp)[0]) == 4
    assert len(detector.detectMarkers(cut)[0]) == 2


def test_sheet_fills_the_share_of_the_picture_it_should(sheet: Bytes) -> None:
    for seed in range(20):
        pose = camera._pose(np.random.default_rng(seed), PROFILES["typical"], (210.0, 297.0))
        corners = camera._project(pose.matrix, np.array([[0, 0], [210, 0], [210, 297], [0, 297]], np.float64))
        assert (corners >= -1).all() and (corners <= np.array(pose.size) + 1).all()
        assert 0.8 <= float((np.ptp(corners, axis=0) / pose.size).max()) <= 0.96
