"""The second renderer: the same seed gives the same picture, what it says is written is drawn, and it owes nobody code."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.reading_stats import calibration_error, rate, upper, wilson
from bench.second_renderer import capture, forms, glyphs, hand, ink, photograph, prints
from bench.second_renderer.bend import Scene
from bench.second_renderer.thinning import field_of_lines, fields_of, thin
from sirekap.election.rules import check
from sirekap.paper import templates
from sirekap.paper.layout import Rect
from sirekap.reading.result import BLANK, OTHER

BENCH = Path(__file__).parents[2] / "bench"
DESIGN = "kwk-bupati-3"
PAGE = templates.get(DESIGN).page(1)


def _form(seed: int) -> tuple[forms.Form, hand.Hand, np.random.Generator]:
    rng = np.random.default_rng(seed)
    form = forms.fill(3, rng)
    return form, hand.draw(glyphs.Drawn().writer(seed), rng), rng


def _patches(seed: int, profile: str = "typical") -> list[photograph.Patch]:
    form, writer, rng = _form(seed)
    shot = capture.draw(profile, PAGE.width, PAGE.height, rng).scaled(1600)
    return list(photograph.patches(DESIGN, PAGE, form, writer, ink.stock(rng), shot, rng))


def test_patches_same_seed_same_pixels() -> None:
    first, again, other = _patches(5), _patches(5), _patches(6)
    assert [p.jpeg for p in first] == [p.jpeg for p in again]
    assert [p.jpeg for p in first] != [p.jpeg for p in other]


def test_photograph_same_seed_same_bytes_and_sizes() -> None:
    made = []
    for _ in range(2):
        form, writer, rng = _form(8)
        page = photograph.write_page(DESIGN, PAGE, form, writer, ink.stock(rng), rng)
        shot = capture.draw("hard", PAGE.width, PAGE.height, rng).scaled(1200)
        made.append(photograph.photograph(page.pixels, shot, rng, 1200, 800))
    assert made[0] == made[1]
    assert [data[:2] for data in made[0]] == [b"\xff\xd8", b"\xff\xd8"]


def test_page_holds_ink_where_the_form_says_and_none_in_blank_boxes() -> None:
    form, writer, rng = _form(3)
    plain = ink.Stock(0.85, 0.05, (1.0, 1.0, 1.0), 0.0, 0.0)
    thick = replace(writer, pen=ink.Pen(0.3, hand.BLACK, 1.0, 0.0))
    empty = {name: replace(f, boxes=(forms.Box(BLANK),) * 3, bubbles=()) for name, f in form.fields.items()}
    empty = {name: replace(f, bubbles=(None,) * 3) for name, f in empty.items()}
    written = photograph.write_page(DESIGN, PAGE, form, thick, plain, rng, bare=True).pixels
    blank = photograph.write_page(DESIGN, PAGE, replace(form, fields=empty), thick, plain, rng, bare=True).pixels
    said, found = [], []
    for place in PAGE.fields:
        for rect, box in zip(place.digits, form.fields[place.field].boxes, strict=True):
            said.append(box.symbol != BLANK)
            where = rect.grown(-0.2) if box.symbol == BLANK else rect
            found.append(bool(_differs(written, blank, where) > 0.01))
    assert found == said


def test_blank_boxes_photograph_as_the_print_alone() -> None:
    form, writer, rng = _form(3)
    plain = ink.Stock(0.85, 0.05, (1.0, 1.0, 1.0), 0.0, 0.0)
    empty = {n: replace(f, boxes=(forms.Box(BLANK),) * 3, bubbles=(None,) * 3) for n, f in form.fields.items()}
    page = photograph.write_page(DESIGN, PAGE, replace(form, fields=empty), writer, plain, rng, bare=True)
    untouched = ink.Region(prints.grey(DESIGN, 1, photograph.DENSITY), 0, 0, photograph.DENSITY, plain, 0)
    assert np.array_equal(page.pixels, untouched.pixels)


def _differs(a: np.ndarray, b: np.ndarray, rect: Rect) -> float:
    d = photograph.DENSITY
    part = slice(int(rect.y * d), int(rect.bottom * d)), slice(int(rect.x * d), int(rect.right * d))
    return float((np.abs(a[part].astype(int) - b[part]).max(axis=2) > 40).mean())


@pytest.mark.parametrize("columns", [2, 3, 4, 7])
def test_figures_without_slips_break_no_rule(columns: int) -> None:
    for seed in range(40):
        form = forms.fill(columns, np.random.default_rng((seed, columns)), slips=False)
        meant = {name: filled.meant for name, filled in form.fields.items()}
        assert [f for f in check(meant, columns) if f.severity.value == "error"] == []
        assert {n: v for n, v in form.written.items() if v is not None} == {
            n: v for n, v in meant.items() if form.written[n] is not None
        }


def test_slips_and_corrections_have_their_shares() -> None:
    made = [forms.fill(3, np.random.default_rng((9, seed))) for seed in range(1500)]
    slips = [form for form in made if form.slip == "digit"]
    assert abs(len(slips) / len(made) - forms.SLIP_SHARE) < 0.02
    for form in slips:
        changed = [n for n, f in form.fields.items() if f.written is not None and f.written != f.meant]
        unsaid = [n for n, f in form.fields.items() if f.written is None and f.meant]
        assert changed + unsaid in ([form.slip_field], []) and (changed or form.fields[form.slip_field].written is None)
    corrected = [form for form in made if form.corrected]
    assert abs(len(corrected) / len(made) - forms.CORRECTED_SHARE) < 0.02
    assert all(sum(box.symbol == OTHER for box in form.fields[form.corrected].boxes) == 1 for form in corrected)


@pytest.mark.parametrize("profile", sorted(capture.PROFILES))
def test_scene_there_and_back_whole_sheet_in_the_picture(profile: str) -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        shot = capture.draw(profile, 210, 297, rng)
        scene = Scene(shot.sheet, shot.camera)
        mm = rng.uniform((0, 0), (210, 297), (40, 2))
        pixels = scene.project(mm)
        assert np.abs(scene.lift(pixels)[0] - mm).max() < 0.02
        assert (pixels > 0).all() and (pixels < [shot.camera.width, shot.camera.height]).all()


def test_profiles_keep_their_limits() -> None:
    rng = np.random.default_rng(2)
    for profile, tilt, blur in (("typical", 25, 2.5), ("hard", 35, 3.5), ("wide", 30, 3.5)):
        shots = [capture.draw(profile, 210, 297, rng) for _ in range(300)]
        assert max(shot.camera.tilt for shot in shots) <= tilt
        assert max(shot.sensor.blur for shot in shots) <= blur


def test_thin_ring_stays_a_ring_one_pixel_wide() -> None:
    ys, xs = np.mgrid[:40, :40]
    radius = np.hypot(ys - 20, xs - 20)
    ring = ((radius > 8) & (radius < 13)).astype(np.uint8)[None]
    line = thin(ring)[0]
    assert 40 < line.sum() < 90
    assert abs(float(radius[line > 0].mean()) - 10.5) < 0.8


def test_fields_distance_is_zero_on_the_stroke_and_grows_away() -> None:
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4:24, 12:16] = 255
    field = fields_of(image)[0]
    assert field[42, 42] < 0.3 and 4 < field[42, 60] < 8
    drawn = field_of_lines([np.array([[14.0, 4.0], [14.0, 24.0]])])
    assert drawn[42, 42] < 0.3 and 5 < drawn[42, 60] < 7


def test_renderer_and_bench_import_nothing_of_training_or_simulate() -> None:
    files = [*(BENCH / "second_renderer").glob("*.py"), *BENCH.glob("reading*.py")]
    assert len(files) > 12
    for file in files:
        names = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        assert not [n for n in names if n.split(".")[0] == "training" or n.startswith("sirekap.simulate")], file


def test_wilson_published_values() -> None:
    # Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3.
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    assert {key: tuple(round(v, 4) for v in wilson(*key)) for key in published} == published
    assert wilson(0, 0) == (0.0, 1.0)
    assert rate("x", 1, 29) == {"x": round(1 / 29, 6), "x_n": 29, "x_ci": [0.006113, 0.171755]}


def test_upper_rule_of_three_and_exact_bound() -> None:
    assert round(upper(0, 3000), 6) == round(1 - 0.05 ** (1 / 3000), 6)
    assert round(upper(4, 10_000), 6) == 0.000915
    assert upper(3, 3) == 1.0


def test_calibration_error_of_sure_and_half_right() -> None:
    assert calibration_error(np.array([0.95, 0.95, 0.95, 0.95]), np.array([True, True, False, True])) == 0.2
    assert calibration_error(np.zeros(0), np.zeros(0, bool)) is None
