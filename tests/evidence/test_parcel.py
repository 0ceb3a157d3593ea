"""A parcel is believed byte for byte or not at all."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sirekap.evidence import parcel
from sirekap.evidence.parcel import Content, ParcelError
from sirekap.ledger.note import Signer

SENDER = Signer("sender.example/log", Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32))
OTHER = Signer("sender.example/log", Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32))
FILES = {"entries.jsonl": b'{"a":1}\n', "photos/" + "ab" * 32: b"picture", "empty": b""}


def written(folder: Path, name: str = "one.tar") -> Path:
    path = folder / name
    parcel.write(path, "pack", {"region": "321606"}, [Content.of(n, d) for n, d in FILES.items()], SENDER)
    return path


def opened(path: Path) -> None:
    with parcel.open_parcel(path, "pack") as found:
        found.signed_by(SENDER.verifier)


def test_parcel_comes_back_as_it_was_packed(tmp_path: Path) -> None:
    path = written(tmp_path)
    with parcel.open_parcel(path, "pack") as found:
        found.signed_by(SENDER.verifier)
        assert {name: found.read(name) for name in found.files} == FILES
        assert (found.meta, found.below("photos")) == ({"region": "321606"}, ["photos/" + "ab" * 32])
    assert path.read_bytes() == written(tmp_path, "two.tar").read_bytes()


def test_parcel_of_another_sender_is_refused(tmp_path: Path) -> None:
    with parcel.open_parcel(written(tmp_path), "pack") as found, pytest.raises(ParcelError, match="not signed by"):
        found.signed_by(OTHER.verifier)


def test_parcel_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParcelError, match="this is a “pack” package"), parcel.open_parcel(written(tmp_path), "return"):
        pass


def test_missing_parcel_says_so(tmp_path: Path) -> None:
    with pytest.raises(ParcelError, match="There is no file"):
        opened(tmp_path / "none.tar")


@settings(max_examples=40)
@given(st.data())
def test_parcel_with_one_byte_changed_is_refused_or_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Bytes that no reader looks at (padding, a header's times) may differ; what is read never does."""
    folder = tmp_path_factory.mktemp("parcel")
    whole = bytearray(written(folder).read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    (folder / "changed.tar").write_bytes(whole)
    try:
        with parcel.open_parcel(folder / "changed.tar", "pack") as found:
            found.signed_by(SENDER.verifier)
            assert {name: found.read(name) for name in found.files} == FILES
            assert found.meta == {"region": "321606"}
    except ParcelError:
        pass


@settings(max_examples=30)
@given(st.integers(0, 10240))
def test_truncated_parcel_is_refused_or_lacks_only_its_padding(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    folder = tmp_path_factory.mktemp("parcel")
    whole = written(folder).read_bytes()
    (folder / "cut.tar").write_bytes(whole[:length])
    try:
        with parcel.open_parcel(folder / "cut.tar", "pack") as found:
            assert ({name: found.read(name) for name in found.files}, whole[length:].strip(b"\0")) == (FILES, b"")
    except ParcelError:
        pass


def hostile(folder: Path, change: str) -> Path:
    """A parcel rebuilt with one thing wrong in the tar itself."""
    path = folder / f"{change}.tar"
    with tarfile.open(written(folder)) as source, tarfile.open(path, "w") as out:
        for member in source:
            body = source.extractfile(member)
            assert body is not None
            data = body.read()
            if change == "longer" and member.name == "empty":
                data, member.size = b"x", 1
            if change == "renamed" and member.name == "empty":
                member.name = "../empty"
            if change == "link" and member.name == "empty":
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            if not (change == "missing" and member.name == "empty"):
                out.addfile(member, io.BytesIO(data))
            if change == "twice" and member.name == "empty":
                out.addfile(member, io.BytesIO(data))
        if change == "extra":
            info = tarfile.TarInfo("more")
            info.size = 3
            out.addfile(info, io.BytesIO(b"abc"))
    return path


@pytest.mark.parametrize("change", ["longer", "renamed", "link", "missing", "twice", "extra"])
def test_parcel_whose_tar_was_rebuilt_is_refused(tmp_path: Path, change: str) -> None:
    with pytest.raises(ParcelError, match="cannot be trusted"):
        opened(hostile(tmp_path, change))
