"""Darkness of printed circles, measured on drawn ones under light, tilt and all ways of filling."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sirekap.paper.layout import Circle
from sirekap.reading.bubbles import NOT_FILLED, SEVERAL, bubble_log_likelihood, darkness

COLUMN = tuple(Circle(10.0, 10.0 + 4.5 * k, 1.7) for k in range(10))
SCALE = 7.0


def _sheet() -> np.ndarray:
    page = np.full((500, 220), 235, np.uint8)
    for number, circle in enumerate(COLUMN):
        centre = (round(circle.x * SCALE), round(circle.y * SCALE))
        cv2.circle(page, centre, round(circle.r * SCALE), 90, 1, cv2.LINE_AA)
        cv2.putText(page, str(number), (centre[0] - 5, centre[1] + 5), cv2.FONT_HERSHEY_PLAIN, 0.8, 150, 1, cv2.LINE_AA)
    return page


def _homography(tilt: float = 0.0) -> np.ndarray:
    return np.array([[1, tilt, 3.0], [0, 1, 2.0], [0, tilt / 2000, 1]]) @ np.diag([SCALE, SCALE, 1.0])


def _photo(page: np.ndarray, tilt: float = 0.0, blur: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    h = _homography(tilt)
    plain = np.diag([SCALE, SCALE, 1.0])
    seen = cv2.warpPerspective(page, h @ np.linalg.inv(plain), (300, 520), borderValue=235)
    return cv2.GaussianBlur(seen, (0, 0), blur), h


def _fill(page: np.ndarray, digit: int, how: str) -> None:
    x, y, r = (round(v * SCALE) for v in (COLUMN[digit].x, COLUMN[digit].y, COLUMN[digit].r))
    if how == "full":
        cv2.circle(page, (x, y), r, 40, -1, cv2.LINE_AA)
    elif how == "light":
        cv2.circle(page, (x, y), r, 165, -1, cv2.LINE_AA)
    elif how == "half":
        cv2.ellipse(page, (x, y), (r, r), 0, 0, 200, 50, -1, cv2.LINE_AA)
    elif how == "cross":
        for sign in (-1, 1):
            cv2.line(page, (x - r, y - sign * r), (x + r, y + sign * r), 50, 3, cv2.LINE_AA)
    elif how == "tick":
        cv2.polylines(page, [np.array([[x - r, y], [x - 2, y + r], [x + r + 4, y - r - 4]])], False, 50, 4, cv2.LINE_AA)
    elif how == "spilling":
        cv2.circle(page, (x + 2, y + 5), r + 4, 45, -1, cv2.LINE_AA)


def _outcome(dark: np.ndarray) -> int:
    return int(bubble_log_likelihood(dark)[0].argmax())


@pytest.mark.parametrize("how", ["full", "light", "half", "cross", "tick", "spilling"])
@pytest.mark.parametrize("tilt", [0.0, 0.25])
@pytest.mark.parametrize("digit", [0, 4, 9])
def test_a_filled_circle_is_found(how: str, tilt: float, digit: int) -> None:
    page = _sheet()
    _fill(page, digit, how)
    photo, h = _photo(page, tilt)
    assert _outcome(darkness(photo, h, [COLUMN])) == digit


@pytest.mark.parametrize("blur", [0.5, 2.0, 3.5])
def test_an_empty_column_has_no_circle_filled(blur: float) -> None:
    photo, h = _photo(_sheet(), 0.1, blur)
    dark = darkness(photo, h, [COLUMN])
    assert _outcome(dark) == NOT_FILLED
    assert float(dark.max()) < 0.1


def test_two_filled_circles_are_several() -> None:
    page = _sheet()
    _fill(page, 2, "full")
    _fill(page, 7, "half")
    photo, h = _photo(page)
    assert _outcome(darkness(photo, h, [COLUMN])) == SEVERAL


@pytest.mark.parametrize("filled", [None, 6])
def test_shadows_and_darkness_do_not_fill_circles(filled: int | None) -> None:
    page = _sheet()
    if filled is not None:
        _fill(page, filled, "full")
    photo, h = _photo(page)
    shade = np.linspace(1.0, 0.35, photo.shape[0])[:, None] * np.ones((1, photo.shape[1]))
    shade[photo.shape[0] // 3 :, : photo.shape[1] // 4] *= 0.6
    dim = (photo * shade).astype(np.uint8)
    assert _outcome(darkness(dim, h, [COLUMN])) == (NOT_FILLED if filled is None else filled)


def test_no_columns_have_no_darkness() -> None:
    assert darkness(np.zeros((9, 9), np.uint8), np.eye(3), []).shape == (0, 10)


def test_circles_outside_the_photo_do_no_harm() -> None:
    photo, h = _photo(_sheet())
    far = tuple(Circle(c.x + 900, c.y, c.r) for c in COLUMN)
    dark = darkness(photo, h, [far, COLUMN])
    assert dark.shape == (2, 10)
    assert np.isfinite(dark).all()


@pytest.mark.parametrize(("around", "filled"), [(0.005, True), (0.045, False)])
def test_a_faint_mark_counts_for_more_beside_clean_circles_than_beside_grey_ones(around: float, filled: bool) -> None:
    dark = np.full((1, 10), around)
    dark[0, ::2] = 0
    dark[0, 9] = 0.125
    log_likelihood = bubble_log_likelihood(dark)[0]
    assert bool(log_likelihood[9] > log_likelihood[NOT_FILLED] - 0.5) is filled
    assert log_likelihood[9] < log_likelihood[NOT_FILLED] + 1.5
