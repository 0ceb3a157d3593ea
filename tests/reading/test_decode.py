"""Untrusted bytes become an upright grey picture or one reason."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from sirekap.reading.decode import Picture, decode, jpeg_complete
from sirekap.reading.result import Reason


def _gradient(width: int = 60, height: int = 40) -> np.ndarray:
    return (np.add.outer(np.arange(height) * 3, np.arange(width) * 2) % 256).astype(np.uint8)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _picture(data: bytes, **options: bool) -> Picture:
    found = decode(data, **options)
    assert isinstance(found, Picture), found
    return found


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_picture_is_upright_for_every_exif_orientation(orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = _saved(Image.fromarray(_gradient()), kind, exif=exif)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    found = _picture(data)
    assert found.size == expected.shape[::-1]
    assert np.abs(found.grey.astype(int) - expected).max() <= 2


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("L", "PNG"),
        ("1", "PNG"),
        ("P", "GIF"),
        ("RGBA", "PNG"),
        ("CMYK", "JPEG"),
        ("RGB", "WEBP"),
        ("RGB", "BMP"),
        ("CMYK", "TIFF"),
    ],
)
def test_picture_of_every_mode_keeps_dark_and_light(mode: str, kind: str) -> None:
    halves = np.full((40, 60), 255, np.uint8)
    halves[:, :30] = 0
    found = _picture(_saved(Image.fromarray(halves).convert("RGB").convert(mode), kind))
    assert found.grey.shape == (40, 60)
    assert found.grey[20, 10] < 60
    assert found.grey[20, 50] > 200


def test_picture_of_16_bits_is_scaled_to_8() -> None:
    deep = (_gradient().astype(np.uint16) * 257).astype(np.uint16)
    assert np.array_equal(_picture(_saved(Image.fromarray(deep), "PNG")).grey, _gradient())


def test_transparent_picture_lies_on_white_paper() -> None:
    assert _picture(_saved(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG")).grey.min() == 255


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animated_picture_gives_its_first_frame_and_says_so(kind: str) -> None:
    frames = [Image.new("RGB", (40, 30), (level, level, level)) for level in (10, 120, 240)]
    found = _picture(_saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))
    assert [flag.code for flag in found.flags] == ["animated"]
    assert abs(int(found.grey.mean()) - 10) <= 3


def test_large_jpeg_comes_at_half_its_size_unless_all_is_asked_for() -> None:
    data = _saved(Image.fromarray(_gradient(4000, 3000)), "JPEG")
    half, full = _picture(data), _picture(data, full=True)
    assert (half.grey.shape, half.reduced, half.size) == ((1500, 2000), 2, (4000, 3000))
    assert (full.grey.shape, full.reduced, full.size) == ((3000, 4000), 1, (4000, 3000))


def test_progressive_jpeg_is_read_and_complete() -> None:
    data = _saved(Image.fromarray(_gradient(400, 300)), "JPEG", progressive=True)
    assert jpeg_complete(data)
    assert _picture(data).flags == ()


def test_truncated_jpeg_says_so() -> None:
    random = np.random.default_rng(1).integers(0, 255, (300, 400)).astype(np.uint8)
    data = _saved(Image.fromarray(random), "JPEG")
    found = decode(data[: len(data) // 2])
    assert [flag.code for flag in found.flags] == ["truncated"] if isinstance(found, Picture) else found.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "undecodable"),
        (b"hello", "undecodable"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "undecodable"),
        (b"%PDF-1.7 ...", "undecodable"),
        (bytes(30_000_000), "too_many_bytes"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(data: bytes, code: str) -> None:
    found = decode(data)
    assert isinstance(found, Reason)
    assert found.code == code


def test_decompression_bomb_is_refused_from_its_header() -> None:
    bomb = _saved(Image.new("1", (19_000, 19_000)), "PNG")
    found = decode(bomb)
    assert len(bomb) < 100_000
    assert isinstance(found, Reason)
    assert found.code == "too_many_pixels"
