"""The QR of a sheet: what goes in comes out, any changed character is noticed, only the key's holder signs."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sirekap.keys import Key, Purpose
from sirekap.paper import qr
from sirekap.paper.identity import Form
from sirekap.paper.qr import QrCheck

KEY = Key(Purpose.QR, "kpu.example/qr", False, b"k" * 32)
OTHER = Key(Purpose.QR, "kpu.example/qr", False, b"o" * 32)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:abcé"

stations = st.none() | st.text("0123456789", min_size=13, max_size=13).filter(lambda code: code != qr.NO_STATION)
sheets = st.tuples(st.sampled_from(Form), stations, st.integers(1, 8), st.integers(1, 99))
keys = st.sampled_from([None, KEY])


@given(sheets, keys)
def test_encode_comes_back(sheet: tuple[Form, str | None, int, int], key: Key | None) -> None:
    text = qr.encode(*sheet, key)
    found = qr.parse(text)
    assert found is not None
    assert (found.form, found.station, found.page, found.generation, found.check) == (*sheet, QrCheck.UNVERIFIED)
    assert len(text) == (22 if key is None else 37)
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:")


@given(sheets, keys, st.data())
def test_one_changed_character_is_noticed(
    sheet: tuple[Form, str | None, int, int], key: Key | None, data: st.DataObject
) -> None:
    text = qr.encode(*sheet, key)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(ALPHABET))
    assume(other != text[place])
    found = qr.parse(text[:place] + other + text[place + 1 :])
    assert found is None or found.check is QrCheck.BAD


@given(sheets)
def test_server_key_tells_its_own_sheets(sheet: tuple[Form, str | None, int, int]) -> None:
    check = qr.checker(KEY)
    texts = {
        "own": qr.encode(*sheet, KEY),
        "another key": qr.encode(*sheet, OTHER),
        "no key": qr.encode(*sheet),
    }
    found = {name: qr.parse(text, check) for name, text in texts.items()}
    assert {name: payload and payload.check for name, payload in found.items()} == {
        "own": QrCheck.VALID,
        "another key": QrCheck.BAD,
        "no key": QrCheck.BAD,
    }


def test_moved_hmac_is_bad_at_the_server_though_its_checksum_holds() -> None:
    """Somebody who knows the format makes the checksum fit, but cannot sign another station."""
    text = qr.encode(Form.CHASIL_REGENT, "3216012001003", 2, 1, KEY).replace("001003", "001004", 1)
    forged = text[:-3] + qr._checksum(text[:-3])
    payloads = [qr.parse(forged), qr.parse(forged, qr.checker(KEY))]
    assert [payload and payload.check for payload in payloads] == [QrCheck.UNVERIFIED, QrCheck.BAD]


@pytest.mark.parametrize("text", ["", "S1", "https://example.org/" + "x" * 17, "S2B3216012001003201UKL8$FZEVQEFDKV7L*"])
def test_parse_foreign_text_is_none(text: str) -> None:
    assert qr.parse(text) is None


@given(st.text(max_size=60))
def test_parse_never_raises(text: str) -> None:
    for candidate in (text, "S1" + text, "S1G" + text):
        payload = qr.parse(candidate, qr.checker(KEY))
        assert payload is None or payload.check is not QrCheck.VALID


@pytest.mark.parametrize(
    ("station", "page", "generation"),
    [("123", 1, 1), ("321601200100x", 1, 1), (None, 0, 1), (None, 9, 1), (None, 1, 0)],
)
def test_encode_nonsense_is_refused(station: str | None, page: int, generation: int) -> None:
    with pytest.raises(ValueError, match=r"13 digits|no QR"):
        qr.encode(Form.CHASIL_GOVERNOR, station, page, generation)


def test_contest_id_follows_the_station() -> None:
    texts = [qr.encode(form, "3216012001003", 1) for form in (Form.CHASIL_GOVERNOR, Form.SALINAN_REGENT)]
    texts.append(qr.encode(Form.CHASIL_REGENT, None, 1))
    assert [payload and payload.contest_id for payload in map(qr.parse, texts)] == ["pkwkp-32", "pkwkk-3216", None]


def test_key_id_tells_keys_apart() -> None:
    assert len({qr.key_id(KEY), qr.key_id(OTHER)}) == 2
