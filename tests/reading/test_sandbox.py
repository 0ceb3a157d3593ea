"""Hostile files: always evidence, never an exception, and the next photograph is read as if nothing had happened."""

from __future__ import annotations

import io
import os
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from sirekap.paper import templates
from sirekap.paper.raster import page_image
from sirekap.reading import keeping
from sirekap.reading.result import PageEvidence
from sirekap.reading.sandbox import Limits, Sandbox

CASES = 60
"""Random cases of the fuzz test."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    box = Sandbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def form() -> bytes:
    """A flat scan of page 2 of our form as JPEG."""
    layout = templates.get("kwk-bupati-3")
    return _saved(Image.fromarray(np.pad(page_image(layout, 2, 150), 40, constant_values=200)), "JPEG", quality=85)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _codes(evidence: PageEvidence) -> set[str]:
    return {flag.code for flag in evidence.flags}


def _png(width: int, height: int, body: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_form_is_read_through_the_sandbox_as_without_it(sandbox: Sandbox, form: bytes) -> None:
    from sirekap.reading.observing import observe

    inside, here = sandbox.observe(form), observe(form)
    assert (inside.template, inside.page, inside.registered) == ("kwk-bupati-3", 2, True)
    assert (inside.flags, inside.qr, inside.fingerprint) == (here.flags, here.qr, here.fingerprint)
    assert list(inside.fields) == ["votes_1", "votes_2", "votes_3"]
    for name, field in inside.fields.items():
        assert np.array_equal(field.digits, here.fields[name].digits)


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"", {"undecodable"}),
        (_png(20_000, 20_000, zlib.compress(bytes(1000))), {"too_many_pixels"}),
        (_png(2**31 - 1, 2**31 - 1, b""), {"too_many_pixels"}),
        (_png(7000, 8000, zlib.compress(bytes(100))), {"undecodable"}),
        (_png(30, 3000, b"not zlib"), {"undecodable"}),
        (b"GIF89a" + b"\xff" * 400, {"undecodable"}),
        (b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(100), {"undecodable"}),
        (b"II*\x00\xff\xff\xff\xff", {"undecodable"}),
    ],
)
def test_hostile_header_is_refused_clearly(sandbox: Sandbox, data: bytes, codes: set[str]) -> None:
    assert _codes(sandbox.observe(data)) == codes


def test_polyglots_are_read_as_the_picture_they_are(sandbox: Sandbox, form: bytes) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("run.sh", "rm -rf /")
    comment = b"<html><script>alert(1)</script></html>"
    with_html = form[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + form[2:]
    for data in (form + archive.getvalue(), with_html):
        found = sandbox.observe(data)
        assert (found.template, found.page, found.registered, _codes(found)) == ("kwk-bupati-3", 2, True, set())


def test_odd_kinds_of_the_same_form_are_all_read(sandbox: Sandbox, form: bytes) -> None:
    with Image.open(io.BytesIO(form)) as image:
        image.load()
        deep = Image.fromarray((np.asarray(image.convert("L")).astype(np.uint16) * 257).astype(np.uint16))
        still = image.convert("RGB").resize((900, 1230))
        kinds = [
            _saved(image.convert("CMYK"), "JPEG"),
            _saved(deep, "PNG"),
            _saved(image, "JPEG", progressive=True),
            _saved(image.convert("P"), "PNG"),
            _saved(still, "WEBP", save_all=True, append_images=[Image.new("RGB", still.size)], duration=50),
        ]
        exif = Image.Exif()
        exif[0x0112] = 6
        kinds.append(_saved(image.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif))
    assert [sandbox.observe(data).page for data in kinds] == [2] * len(kinds)


def test_fuzzed_files_never_raise_and_the_reader_stays_up(sandbox: Sandbox, form: bytes) -> None:
    random = np.random.default_rng(20240214)
    with Image.open(io.BytesIO(form)) as image:
        small = image.convert("RGB").resize((240, 330))
    seeds = [_saved(small, kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")]
    for case in range(CASES):
        data = bytearray(seeds[case % len(seeds)])
        if case % 3 == 0:
            data = data[: random.integers(1, len(data))]
        for at in random.integers(0, len(data), random.integers(1, 24)):
            data[at] = random.integers(0, 256)
        assert isinstance(sandbox.observe(bytes(data)), PageEvidence)
    assert sandbox.observe(form).registered


def test_file_that_takes_too_long_is_refused_and_the_next_one_read(form: bytes) -> None:
    box = Sandbox(Limits(wall=0.001))
    try:
        assert _codes(box.observe(form)) == {"reader_failed"}
        box.limits = Limits()
        assert box.observe(form).registered
    finally:
        box.close()


def test_killed_process_is_replaced(form: bytes) -> None:
    box = Sandbox()
    try:
        box.observe(b"")
        first = box._idle[0].process
        os.kill(first.pid, 9)
        first.wait()
        assert box.observe(form).registered
        assert box._idle[0].process.pid != first.pid
    finally:
        box.close()


def test_memory_limit_ends_in_a_refusal_not_in_an_exception() -> None:
    box = Sandbox(Limits(memory=1 << 30))
    try:
        found = box.observe(_saved(Image.new("RGBA", (9000, 6500), (1, 2, 3, 4)), "PNG", compress_level=1))
        assert _codes(found) <= {"reader_failed", "undecodable"}
        assert not found.registered
    finally:
        box.close()


def test_process_holds_no_secret_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIREKAP_SECRET_KEY", "do-not-pass-on")
    box = Sandbox()
    try:
        box.observe(b"")
        with open(f"/proc/{box._idle[0].process.pid}/environ", "rb") as environment:
            assert b"do-not-pass-on" not in environment.read()
    finally:
        box.close()


def test_many_threads_share_one_sandbox(sandbox: Sandbox, form: bytes) -> None:
    pages: list[int | None] = []
    threads = [threading.Thread(target=lambda: pages.append(sandbox.observe(form).page)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pages == [2, 2, 2]


def test_unknown_template_is_the_callers_error(sandbox: Sandbox) -> None:
    with pytest.raises(KeyError):
        sandbox.observe(b"", template="no-such-form")


def test_crops_come_from_the_sandbox_as_they_are_cut_here(sandbox: Sandbox, form: bytes) -> None:
    from sirekap.reading.box_crops import digit_crops

    inside, here = sandbox.crops(form, "kwk-bupati-3"), digit_crops(form, "kwk-bupati-3")
    assert list(inside) == ["votes_1", "votes_2", "votes_3"]
    assert {name: crops.tolist() for name, crops in inside.items()} == {n: c.tolist() for n, c in here.items()}


@pytest.mark.parametrize("data", [b"", b"GIF89a" + b"\xff" * 400, _png(20_000, 20_000, zlib.compress(bytes(1000)))])
def test_no_crops_of_hostile_files_and_the_next_one_is_cut(sandbox: Sandbox, form: bytes, data: bytes) -> None:
    assert sandbox.crops(data) == {}
    assert list(sandbox.crops(form)) == ["votes_1", "votes_2", "votes_3"]


def test_a_worker_killed_by_a_file_gives_no_crops(form: bytes) -> None:
    small = Sandbox(Limits(wall=0.001))
    assert small.crops(form) == {}
    small.close()


@pytest.mark.parametrize("data", [b"", b"x", zlib.compress(b"[]"), zlib.compress(b'{"a": {"shape": [1, 2, 3]}}')])
def test_what_is_no_packed_crop_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"crops|JSON|Expecting"):
        keeping.unpack_crops(data, 40)
