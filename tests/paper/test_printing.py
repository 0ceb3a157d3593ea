"""What is printed is what the layout says, as valid PDF/A, byte for byte the same every time."""

from __future__ import annotations

import io
import re

import cv2
import numpy as np
import pikepdf
import pytest
import zxingcpp
from numpy.typing import NDArray

from sirekap.election.contests import Contest, ContestKind, Pair
from sirekap.keys import Key, Purpose
from sirekap.paper import qr, templates
from sirekap.paper.chasil import heading_for, sheets
from sirekap.paper.frame import Heading
from sirekap.paper.identity import Form
from sirekap.paper.layout import Layout, Rect
from sirekap.paper.printing import Size, Station, print_each, print_forms
from sirekap.paper.raster import page_image, pdf_image

KEY = Key(Purpose.QR, "kpu.example/qr", False, b"k" * 32)
STATION = Station("3216012001003", "Setia Asih", "Tarumajaya", "Kabupaten Bekasi", "Jawa Barat")
PAIRS = tuple(Pair(n, f"Nama Kepala {n} dan Nama Wakil {n}") for n in range(1, 4))
REGENT = heading_for(Contest(ContestKind.REGENT, "3216", PAIRS, "Pemilihan Bupati Bekasi"), year="2024")
DPI = 200
FORMS = ["kwk-gubernur-4", "kwk-bupati-2", "kwk-gubernur-10", "salinan-bupati-3", "salinan-gubernur-10"]


def ink(image: NDArray[np.uint8], rect: Rect) -> float:
    """Mean darkness of a rectangle in mm, 0 paper to 1 black."""
    x, y, right, bottom = (round(value * DPI / 25.4) for value in (rect.x, rect.y, rect.right, rect.bottom))
    return 1 - float(image[y : max(bottom, y + 1), x : max(right, x + 1)].mean()) / 255


def tags(image: NDArray[np.uint8]) -> dict[int, NDArray[np.float32]]:
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h10)
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    corners, ids, _ = cv2.aruco.ArucoDetector(family, parameters).detectMarkers(image)
    return {int(n): found.reshape(4, 2) for n, found in zip(np.ravel(ids), corners, strict=True)}


def pages(layout: Layout) -> list[int]:
    """The first vote page stands for all vote pages."""
    return [page.page for page in layout.pages if page.page in (1, 2, len(layout.pages))]


@pytest.mark.parametrize("name", FORMS)
def test_tags_are_printed_where_the_layout_says(name: str) -> None:
    layout = templates.get(name)
    for number in pages(layout):
        found = tags(page_image(layout, number, DPI))
        page = layout.page(number)
        assert sorted(found) == sorted(tag.id for tag in page.tags)
        for tag in page.tags:
            r = tag.rect
            expected = np.array([[r.x, r.y], [r.right, r.y], [r.right, r.bottom], [r.x, r.bottom]])
            assert np.abs(found[tag.id] * 25.4 / DPI - expected).max() < 0.15, tag.id


@pytest.mark.parametrize("name", FORMS)
def test_lines_boxes_and_bubbles_are_printed_where_the_layout_says(name: str) -> None:
    layout = templates.get(name)
    for number in pages(layout):
        image, page = page_image(layout, number, DPI), layout.page(number)
        faint = [rule for rule in page.rules if ink(image, rule) < 0.5]
        assert faint == []
        for place in page.fields:
            for box in place.digits:
                edges = (
                    Rect(box.x, box.y, box.w, 0.32),
                    Rect(box.x, box.bottom - 0.32, box.w, 0.32),
                    Rect(box.x, box.y, 0.32, box.h),
                    Rect(box.right - 0.32, box.y, 0.32, box.h),
                )
                assert min(ink(image, edge) for edge in edges) > 0.45, place.field
                assert ink(image, box.grown(-0.1)) < 0.06, place.field
                assert ink(image, Rect(box.x - 0.9, box.y, 0.7, box.h)) < 0.02, place.field
            for circle in (circle for column in place.bubbles for circle in column):
                r = circle.r
                assert ink(image, Rect(circle.x - 0.5 * r, circle.y - 0.5 * r, r, r)) < 0.02, place.field
                assert ink(image, Rect(circle.x - r, circle.y - r, 2 * r, 2 * r)) > 0.1, place.field
            for cell in place.tally:
                assert 0.01 < ink(image, cell.grown(-0.1)) < 0.25, place.field
            if place.words:
                assert ink(image, place.words) < 0.06, place.field


@pytest.mark.parametrize("size", list(Size))
def test_qr_is_printed_where_the_layout_says_at_every_size(size: Size) -> None:
    pdf = print_forms(REGENT, [STATION], size=size, key=KEY)
    for number, sheet in enumerate(sheets(REGENT)):
        image = pdf_image(pdf, number, 100 / size.scale)
        assert sheet.layout.qr is not None
        found = zxingcpp.read_barcodes(image)
        assert [code.text for code in found] == [qr.encode(REGENT.form, STATION.code, number + 1, 1, KEY)]
        payload = qr.parse(found[0].text, qr.checker(KEY))
        assert payload is not None
        assert (payload.station, payload.page, payload.check.value) == (STATION.code, number + 1, "valid")
        corner = found[0].position.top_left
        scale = 25.4 / (100 / size.scale)
        left = (corner.x * scale - size.offset[0]) / size.scale
        top = (corner.y * scale - size.offset[1]) / size.scale
        assert (left, top) == pytest.approx((sheet.layout.qr.x, sheet.layout.qr.y), abs=0.6)


def test_header_names_the_station_and_a_blank_form_names_none() -> None:
    import pypdfium2

    for station, expected in ((STATION, True), (None, False)):
        document = pypdfium2.PdfDocument(print_forms(REGENT, [station]))
        texts = [document[n].get_textpage().get_text_range() for n in range(len(document))]
        assert len(texts) == 3
        for n, text in enumerate(texts, start=1):
            shown = [word in text for word in ("3216012001003", "Setia Asih", "Tarumajaya", "Kabupaten Bekasi")]
            assert shown == [expected] * 4
            assert f"Halaman {n} dari 3" in text
        assert ["Nama Kepala 2" in text for text in texts] == [True, True, True]


def test_blank_sheet_has_a_qr_without_station() -> None:
    image = pdf_image(print_forms(REGENT, [None], key=KEY), 1, 100)
    payload = qr.parse(zxingcpp.read_barcodes(image)[0].text)
    assert payload is not None
    assert (payload.form, payload.station, payload.page, payload.mac) == (Form.CHASIL_REGENT, None, 2, b"")


def test_same_order_gives_the_same_bytes() -> None:
    stations = [STATION, None]
    first = print_forms(REGENT, stations, key=KEY)
    assert print_forms(Heading(**{f: getattr(REGENT, f) for f in REGENT.__slots__}), stations, key=KEY) == first
    each = [dict(print_each(REGENT, [STATION], key=KEY))[STATION] for _ in range(2)]
    assert each[0] == each[1]


def test_pdf_keeps_the_rules_of_pdf_a() -> None:
    data = print_forms(REGENT, [STATION, None], size=Size.A3, key=KEY)
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert not pdf.is_encrypted
        assert "/ID" in pdf.trailer
        assert [str(intent.S) for intent in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]
        assert pdf.Root.OutputIntents[0].DestOutputProfile.N == 3
        metadata = pdf.open_metadata()
        assert metadata.pdfa_status == "2B"
        assert metadata["dc:title"] == "MODEL C.HASIL-KWK-BUPATI/WALIKOTA Pemilihan Bupati Bekasi"
        assert "/Filter" not in pdf.Root.Metadata
        assert len(pdf.pages) == 6
        assert not {"/Names", "/OpenAction", "/AcroForm", "/AA"} & set(pdf.Root.keys())
        fonts = 0
        for thing in pdf.objects:
            if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                continue
            assert not {"/SMask", "/ca", "/CA", "/JS", "/EmbeddedFile", "/AA"} & set(thing.keys())
            if thing.get("/Type") == pikepdf.Name.FontDescriptor:
                assert "/FontFile2" in thing
                fonts += 1
            if thing.get("/Type") == pikepdf.Name.Font:
                assert thing.Subtype in (pikepdf.Name.Type0, pikepdf.Name.CIDFontType2)
        assert fonts >= 3


def test_names_of_any_length_or_script_stay_on_the_sheet() -> None:
    long = "Dr. H. Raden Mas Aryo " + "Soerjoningrat " * 8
    odd = 'Calon \u202e\x07 (Ł) “Ñandú” \\ #let x = 1 "$a$" 你'
    heading = Heading(Form.CHASIL_REGENT, 3, "Pemilihan " + "Bupati " * 30, "2024", (long, odd, ""))
    image = pdf_image(print_forms(heading, [Station("3216012001003", long, odd, long, "")]), 1, DPI)
    page = templates.get("kwk-bupati-3").page(2)
    assert page.qr is not None
    beside = [Rect(47.3, place.digits[0].y, 1.0, 40.0) for place in page.fields]
    beside += [Rect(153.0, page.qr.y, 5.5, page.qr.h), Rect(29.5, 6.0, 1.5, 13.0), Rect(141.8, 6.0, 1.2, 13.0)]
    assert max(ink(image, gap) for gap in beside) == 0


def test_form_for_a_sole_pair_has_the_blank_column() -> None:
    import pypdfium2

    heading = heading_for(Contest(ContestKind.REGENT, "3216", PAIRS[:1], "Pemilihan"), year="2024")
    assert (heading.columns, heading.sole) == (2, True)
    text = pypdfium2.PdfDocument(print_forms(heading, [None]))[1].get_textpage().get_text_range()
    assert "KOLOM KOSONG" in text


def test_page_image_is_shared_and_read_only() -> None:
    layout = templates.get("kwk-bupati-3")
    image = page_image(layout, 1, 100)
    assert image is page_image(layout, 1, 100)
    assert image.shape == (1170, 827)
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 0
    with pytest.raises(KeyError):
        page_image(layout, 4, 100)
