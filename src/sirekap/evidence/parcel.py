"""A parcel: one tar whose first member is a signed note, and whose second lists every other with size and SHA-256.

How nodes hand things to each other: a district taken to a laptop, what the laptop brings back, a regency's result.
The note's text is three lines: ``sirekap/parcel/v1``, the parcel's kind, the SHA-256 of ``manifest.json``. A parcel
comes from outside: nothing in it is believed before :func:`open_parcel` has looked at every byte, and no name in it
ever becomes a path.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sirekap.ledger import canonical
from sirekap.ledger.errors import CanonicalError, NoteError
from sirekap.ledger.note import MAX_NOTE, Signer, Verifier, sign_note, split_note, verify_note

HEADER = "sirekap/parcel/v1"
NOTE, MANIFEST = "note", "manifest.json"
TIME = 1732665600
"""Modification time of every member: 27 November 2024, 00:00 UTC."""
MAX_MANIFEST = 64 * 1024 * 1024
MAX_FILES = 200_000
BLOCK = 1 << 20
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,80}(/[a-z0-9][a-z0-9_.-]{0,80})?", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class ParcelError(Exception):
    """A parcel that cannot be believed or written; ``text_id`` and ``text_en`` say why and what to do."""

    code = "parcel"

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


def _damaged(why_id: str, why_en: str) -> ParcelError:
    return ParcelError(
        f"Paket ini tidak dapat dipercaya: {why_id}. Tidak ada yang diubah; ambil ulang berkasnya dari pengirim.",
        f"This package cannot be trusted: {why_en}. Nothing was changed; fetch the file again from its sender.",
    )


@dataclass(frozen=True, slots=True)
class Content:
    """One file to go into a parcel; ``read`` gives its ``size`` bytes, whose SHA-256 (hex) is ``sha256``."""

    name: str
    size: int
    sha256: str
    read: Callable[[], bytes]

    @classmethod
    def of(cls, name: str, data: bytes) -> Content:
        """A file whose bytes are at hand."""
        return cls(name, len(data), hashlib.sha256(data).hexdigest(), lambda: data)


def write(path: Path, kind: str, meta: Mapping[str, Any], contents: Iterable[Content], signer: Signer) -> str:
    """Write a parcel; the file appears when it is whole. Returns its SHA-256 in hex.

    ``meta``: what the parcel says of itself, canonical-JSON-able. Raises `ParcelError` when a file is not what it was
    said to be.
    """
    listed = list(contents)
    files = [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in listed]
    manifest = canonical.dumps({"meta": dict(meta), "files": files})
    digest = hashlib.sha256(manifest).hexdigest()
    note = sign_note(f"{HEADER}\n{kind}\n{digest}\n", signer)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as handle:
            with tarfile.open(fileobj=handle, mode="w", format=tarfile.USTAR_FORMAT) as tar:
                _add(tar, NOTE, note)
                _add(tar, MANIFEST, manifest)
                for one in listed:
                    data = one.read()
                    if len(data) != one.size or hashlib.sha256(data).hexdigest() != one.sha256:
                        raise _damaged(f"{one.name} berubah saat dikemas", f"{one.name} changed while it was packed")
                    _add(tar, one.name, data)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return file_sha256(path)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = len(data), TIME, 0o600
    tar.addfile(info, io.BytesIO(data))


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a whole file, read in blocks."""
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        while data := handle.read(BLOCK):
            digest.update(data)
    return digest.hexdigest()


@dataclass
class Parcel:
    """A parcel that was read to its end: every file is the one its manifest lists. Who signed it is not known yet."""

    kind: str
    meta: dict[str, Any]
    note: bytes
    files: dict[str, tuple[int, str]]
    _tar: tarfile.TarFile = field(repr=False)

    def read(self, name: str) -> bytes:
        """The bytes of one file; raises `ParcelError` when it has no such file."""
        if name not in self.files:
            raise _damaged(f"{name} tidak ada di dalamnya", f"it holds no {name}")
        found = self._tar.extractfile(name)
        data = found.read() if found else b""
        if hashlib.sha256(data).hexdigest() != self.files[name][1]:
            raise _damaged(f"{name} berubah", f"{name} has changed")
        return data

    def below(self, folder: str) -> list[str]:
        """Names of the files in one folder of the parcel."""
        return [name for name in self.files if name.startswith(f"{folder}/")]

    def signed_by(self, verifier: Verifier) -> None:
        """Raise `ParcelError` unless this key has signed the parcel."""
        try:
            verify_note(self.note, [verifier])
        except NoteError as error:
            raise _damaged(
                f"tanda tangannya bukan dari kunci {verifier.name}", f"it is not signed by the key {verifier.name}"
            ) from error


@contextmanager
def open_parcel(path: Path, kind: str) -> Iterator[Parcel]:
    """Read a parcel of one kind and check every byte against its note.

    Raises `ParcelError` for anything else than a whole parcel of this kind. The signature is checked by
    :meth:`Parcel.signed_by`: only the caller knows whose it must be.
    """
    with ExitStack() as stack:
        try:
            handle = stack.enter_context(open(path, "rb"))
            tar = stack.enter_context(tarfile.open(fileobj=handle, mode="r:"))
            found = _checked(tar, kind)
        except FileNotFoundError as error:
            raise ParcelError(f"Berkas {path} tidak ada.", f"There is no file {path}.") from error
        except (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, MemoryError) as error:
            raise _damaged(f"bukan berkas tar yang utuh ({error})", f"it is not a whole tar file ({error})") from error
        yield found


def _checked(tar: tarfile.TarFile, kind: str) -> Parcel:
    members = _members(tar)
    note = _member_bytes(tar, members, 0, NOTE, MAX_NOTE)
    manifest = _member_bytes(tar, members, 1, MANIFEST, MAX_MANIFEST)
    said, digest = _header(note)
    if said != kind:
        raise _damaged(f"ini paket “{said}”, bukan “{kind}”", f"this is a “{said}” package, not a “{kind}”")
    if hashlib.sha256(manifest).hexdigest() != digest:
        raise _damaged("daftar isinya berubah", "its list of contents has changed")
    meta, files = _parse(manifest)
    rest = members[2:]
    if [member.name for member in rest] != list(files) or len(rest) != len(files):
        raise _damaged("isinya tidak sama dengan daftarnya", "its contents are not those it lists")
    for member in rest:
        _check_member(tar, member, *files[member.name])
    return Parcel(kind, meta, note, files, tar)


def _members(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    members = []
    for member in tar:
        members.append(member)
        if len(members) > MAX_FILES:
            raise _damaged("isinya terlalu banyak", "it holds too many files")
    names = {member.name for member in members}
    if len(names) != len(members) or not all(m.isreg() and not m.issparse() for m in members):
        raise _damaged("ada isi ganda atau bukan berkas biasa", "it holds a file twice, or something else than files")
    return members


def _member_bytes(tar: tarfile.TarFile, members: list[tarfile.TarInfo], at: int, name: str, most: int) -> bytes:
    if len(members) <= at or members[at].name != name or members[at].size > most:
        raise _damaged(f"{name} tidak ada di tempatnya", f"{name} is not in its place")
    found = tar.extractfile(members[at])
    data = found.read() if found else b""
    if len(data) != members[at].size:
        raise _damaged("berkasnya terpotong", "the file is cut short")
    return data


def _header(note: bytes) -> tuple[str, str]:
    try:
        text, _ = split_note(note)
    except NoteError as error:
        raise _damaged("catatannya rusak", "its note is damaged") from error
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != HEADER or lines[3] or not _HASH.fullmatch(lines[2]):
        raise _damaged("catatannya bukan milik sebuah paket", "its note is not that of a package")
    return lines[1], lines[2]


def _parse(manifest: bytes) -> tuple[dict[str, Any], dict[str, tuple[int, str]]]:
    try:
        said = canonical.loads(manifest)
        files = {one["name"]: (one["size"], one["sha256"]) for one in said["files"]}
        well_formed = (
            isinstance(said["meta"], dict)
            and len(files) == len(said["files"])
            and all(_NAME.fullmatch(name) and name not in (NOTE, MANIFEST) for name in files)
            and all(type(size) is int and size >= 0 and _HASH.fullmatch(sha256) for size, sha256 in files.values())
        )
    except (CanonicalError, KeyError, TypeError, AttributeError) as error:
        raise _damaged("daftar isinya rusak", "its list of contents is damaged") from error
    if not well_formed:
        raise _damaged("daftar isinya rusak", "its list of contents is damaged")
    return said["meta"], files


def _check_member(tar: tarfile.TarFile, member: tarfile.TarInfo, size: int, sha256: str) -> None:
    found = tar.extractfile(member)
    digest, seen = hashlib.sha256(), 0
    while found is not None and (data := found.read(BLOCK)):
        digest.update(data)
        seen += len(data)
    if seen != size or member.size != size or digest.hexdigest() != sha256:
        raise _damaged(f"{member.name} berubah atau terpotong", f"{member.name} has changed or is cut short")
