"""What the officer is told when a photograph is not what the upload claims."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sirekap.keys import Key, Purpose
from sirekap.paper import qr
from sirekap.paper.identity import Form
from sirekap.reading.expected import NEAR_DUPLICATE, Expected, compare, distance, with_check
from sirekap.reading.messages import ADVISORY, CODES, REFUSING, reason
from sirekap.reading.result import PageEvidence, QrReading

STATION = "3216012001001"
SHEET = PageEvidence(
    "kwk-bupati-3", 2, QrReading("x", "pkwkk-3216", STATION, 2, 1, "unverified"), True, (), {}, fingerprint=1
)
CLAIM = Expected("pkwkk-3216", STATION, 2, 1, "kwk-bupati")


@pytest.mark.parametrize(
    ("evidence", "claim", "codes"),
    [
        (SHEET, CLAIM, []),
        (SHEET, Expected(), []),
        (SHEET, replace(CLAIM, contest="pkwkk", form="kwk-bupati-3"), []),
        (SHEET, replace(CLAIM, page=1), ["wrong_page"]),
        (SHEET, replace(CLAIM, station="3216012001002"), ["wrong_station"]),
        (SHEET, replace(CLAIM, contest="pkwkp-32", form="kwk-gubernur"), ["wrong_form", "wrong_contest"]),
        (SHEET, replace(CLAIM, contest="pkwkk-3217"), ["wrong_contest"]),
        (SHEET, replace(CLAIM, generation=2), ["wrong_generation"]),
        (SHEET, replace(CLAIM, form="kwk-bupati-4"), ["wrong_form"]),
        (replace(SHEET, template="salinan-bupati-3"), CLAIM, ["witness_copy"]),
        (replace(SHEET, template="cdigital-ppwp-2"), CLAIM, ["wrong_form"]),
        (replace(SHEET, template=None, page=None, qr=None), CLAIM, []),
        (replace(SHEET, qr=QrReading("x", "pkwkk", None, 2, 1, "unverified")), CLAIM, []),
        (
            replace(SHEET, qr=QrReading("x", "pkwkk-3216", "3216012001002", 2, 1, "bad")),
            CLAIM,
            [],
        ),
    ],
)
def test_difference_is_named(evidence: PageEvidence, claim: Expected, codes: list[str]) -> None:
    assert [found.code for found in compare(evidence, claim)] == codes


def test_sentence_says_which_page_to_photograph() -> None:
    (found,) = compare(SHEET, replace(CLAIM, page=3))
    assert found.text_id == "Ini halaman 2, sedangkan yang diminta halaman 3; foto halaman 3."
    assert found.text_en == "This is page 2, but page 3 was asked for; photograph page 3."


def test_every_code_has_both_sentences_and_a_place() -> None:
    values = dict.fromkeys(("limit", "width", "height", "page", "seen", "expected", "other"), 1)
    for code in CODES:
        found = reason(code, **values)
        assert found.text_id.endswith(".")
        assert found.text_en.endswith(".")
        assert "{" not in found.text_id + found.text_en
    assert set(CODES) > REFUSING
    assert set(CODES) > ADVISORY


def test_qr_is_checked_where_the_key_is() -> None:
    key, other = (Key(Purpose.QR, "test", True, secret * 32) for secret in (b"k", b"o"))
    text = qr.encode(Form.CHASIL_REGENT, STATION, 2, key=key)
    sheet = replace(SHEET, qr=QrReading(text, "pkwkk-3216", STATION, 2, 1, "unverified"))
    valid, bad = with_check(sheet, qr.checker(key)), with_check(sheet, qr.checker(other))
    assert (valid.qr and valid.qr.check, [f.code for f in valid.flags]) == ("valid", [])
    assert (bad.qr and bad.qr.check, [f.code for f in bad.flags]) == ("bad", ["qr_bad"])


def test_distance_counts_differing_bits_and_knows_no_fingerprint() -> None:
    assert (distance(0b1011, 0b0001), distance(5, 5), distance(0, 5), distance(5, 0)) == (2, 0, 64, 64)
    assert 0 < NEAR_DUPLICATE < 16
