"""A published cut as plain files, in a folder or one tar: the site, the ledger, the documents, all or some photographs.

The same cut gives the same bytes. Nothing is taken from a site that is not exactly the cut its pointer names: every
listed file is hashed on its way into the bundle. What lies in the site without being part of it stays behind.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from sirekap.ledger import canonical

NAME = "bundle.json"
FORMAT = "sirekap-bundle-1"
POINTER = "latest.json"
PHOTOS = "foto"
UNLISTED = ("buku-besar",)
"""What lies outside the tree of manifests: the ledger proves its own bytes."""
LOCK = ".publishing"
SAMPLE = 200
"""Photographs in a sample, unless told otherwise."""
TIME = 1732665600
"""Modification time of every file in a tar: 27 November 2024, 00:00 UTC."""
BLOCK = 1 << 20


class Photos(StrEnum):
    """Which photographs go into a bundle."""

    NONE = "none"
    SAMPLE = "sample"
    ALL = "all"


class BundleError(Exception):
    """No bundle can be made of this site now; says why and what to do."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


@dataclass(frozen=True, slots=True)
class Bundle:
    """What ``bundle.json`` says, and what was written: files and bytes, the bundle's own file included.

    ``sample`` = the first ``photos_included`` of all names in the order of SHA-256(``seed`` + name); the seed is the
    root (hex) of the ledger the cut was made from.
    """

    cut: int
    photos: str
    photos_total: int
    photos_included: int
    seed: str
    files: int = 0
    bytes: int = 0

    def document(self) -> bytes:
        """The bytes of ``bundle.json``."""
        said = {key: value for key, value in asdict(self).items() if key not in ("files", "bytes")}
        return canonical.dumps({"format": FORMAT, **said})


class _Target(Protocol):
    def add(self, path: str, source: Path, size: int, sha256: str | None) -> None:
        """Copy one file; ``sha256``: what its bytes must hash to."""

    def put(self, path: str, data: bytes) -> None:
        """Write one small file."""


def make(
    site: Path, target: Path, photos: Photos, *, sample: int = SAMPLE, advance: Callable[[int, int], None] | None = None
) -> Bundle:
    """Write the cut that stands in ``site`` to ``target``: a tar if its name ends in ``.tar``, else a folder.

    ``advance`` is told of (bytes done, bytes in all). The target appears when it is whole; an older bundle there is
    replaced. Raises :class:`BundleError` when the site is in the middle of a cut or damaged, when its bytes change
    meanwhile, or when the target is something else than a bundle.
    """
    _refuse_target(site, target)
    with _no_cut(site):
        listed = _listed(site)
        named = _photo_names(site)
        pointer = json.loads((site / POINTER).read_bytes())
        seed = str(pointer["ledger_root"])
        chosen = _chosen(named, photos, sample, seed)
        made = Bundle(pointer["cut"], photos.value, len(named), len(chosen), seed)
        plain = sorted([*listed.items(), *((path, None) for path in (*_unlisted(site), POINTER))])
        sizes = {path: (site / path).stat().st_size for path in (*(p for p, _ in plain), *chosen)}
        total, done = sum(sizes.values()), 0
        with _writer(target) as out:
            out.put(NAME, made.document())
            for path, sha256 in plain:
                out.add(path, site / path, sizes[path], sha256)
                done += sizes[path]
                if advance:
                    advance(done, total)
            for path in chosen:
                out.add(path, site / path, sizes[path], Path(path).stem)
                done += sizes[path]
                if advance:
                    advance(done, total)
    return replace(made, files=len(sizes) + 1, bytes=total + len(made.document()))


def _refuse_target(site: Path, target: Path) -> None:
    inside = target.resolve().is_relative_to(site.resolve())
    foreign = target.is_dir() and any(target.iterdir()) and not (target / NAME).is_file()
    if inside or foreign or (target.is_dir() and target.suffix == ".tar"):
        raise BundleError(
            f"{target} bukan tempat untuk bundel: di dalam situs, atau folder yang berisi hal lain. Pilih nama lain.",
            f"{target} is no place for a bundle: inside the site, or a folder that holds something else.",
        )


@contextmanager
def _no_cut(site: Path) -> Iterator[None]:
    """Hold publishers off while the bundle is made; refuse while one is at work."""
    try:
        handle = open(site / LOCK, "a")  # noqa: SIM115  (closed below, with the lock)
    except FileNotFoundError:
        raise BundleError(
            f"Belum ada situs di {site}. Jalankan `sirekap publish`.", f"There is no site in {site} yet."
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BundleError(
                "Situs sedang diterbitkan. Coba lagi setelah potongan selesai.",
                "The site is in the middle of a cut. Try again when the cut is finished.",
            ) from None
        yield


def _listed(site: Path) -> dict[str, str]:
    """Every path of the tree of manifests with its SHA-256, the manifests included."""
    try:
        pointer = json.loads((site / POINTER).read_bytes())
        todo = [("", str(pointer["manifest_sha256"]))]
        out: dict[str, str] = {}
        while todo:
            folder, expected = todo.pop()
            path = f"{folder}/manifest.json".lstrip("/")
            data = (site / path).read_bytes()
            if hashlib.sha256(data).hexdigest() != expected:
                raise _damaged(path)
            out[path] = expected
            document = json.loads(data)
            out |= {f"{folder}/{item['path']}".lstrip("/"): item["sha256"] for item in document["files"]}
            for item in document["children"]:
                todo.append((f"{folder}/{item['path'].rpartition('/')[0]}".lstrip("/"), item["sha256"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(str(error)) from error
    return {path: sha256 for path, sha256 in out.items() if not path.startswith(f"{PHOTOS}/")}


def _damaged(where: str) -> BundleError:
    return BundleError(
        f"Situs bukan satu potongan yang utuh ({where}). Jalankan `sirekap publish`; bila tetap, "
        "`sirekap publish --whole`.",
        f"The site is not one whole cut ({where}). Run `sirekap publish`; if that does not help, add `--whole`.",
    )


def _unlisted(site: Path) -> list[str]:
    out = []
    for top in UNLISTED:
        for here, _, names in os.walk(site / top):
            inside = Path(here).relative_to(site).as_posix()
            out += [f"{inside}/{name}" for name in names if not name.startswith(".") and not name.endswith(".tmp")]
    return out


def _photo_names(site: Path) -> list[str]:
    """Every published photograph, named after its SHA-256."""
    found = (site / PHOTOS).glob("??/*")
    return sorted(p.relative_to(site).as_posix() for p in found if len(p.stem) == 64 and p.suffix != ".tmp")


def _chosen(names: list[str], photos: Photos, sample: int, seed: str) -> list[str]:
    if photos is Photos.NONE:
        return []
    if photos is Photos.ALL or len(names) <= sample:
        return names
    ranked = sorted(names, key=lambda name: hashlib.sha256((seed + Path(name).stem).encode()).digest())
    return sorted(ranked[:sample])


@contextmanager
def _writer(target: Path) -> Iterator[_Target]:
    """A folder or tar beside the target, moved there at the end and removed when anything fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        if target.suffix == ".tar":
            with open(temporary, "wb") as handle:
                with tarfile.open(fileobj=handle, mode="w", format=tarfile.PAX_FORMAT) as tar:
                    yield _Tar(tar)
                handle.flush()
                os.fsync(handle.fileno())
            os.replace(temporary, target)
        else:
            temporary.mkdir()
            yield _Folder(temporary)
            _swap(temporary, target)
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary)
        temporary.unlink(missing_ok=True)


def _swap(new: Path, target: Path) -> None:
    old = new.with_suffix(".old")
    if target.exists():
        os.replace(target, old)
    os.replace(new, target)
    if old.exists():
        shutil.rmtree(old)


class _Checked(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, handle: io.BufferedReader) -> None:
        self._handle = handle
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._handle.read(size)
        self.sha256.update(data)
        return data


def _check(path: str, got: str, expected: str | None) -> None:
    if expected is not None and got != expected:
        raise _damaged(path)


class _Tar:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def _info(self, path: str, size: int) -> tarfile.TarInfo:
        info = tarfile.TarInfo(path)
        info.size, info.mtime, info.mode = size, TIME, 0o644
        return info

    def add(self, path: str, source: Path, size: int, sha256: str | None) -> None:
        """See `_Target`."""
        with open(source, "rb") as handle:
            checked = _Checked(handle)
            try:
                self._tar.addfile(self._info(path, size), checked)  # type: ignore[arg-type]
            except OSError as error:
                raise _damaged(path) from error
        _check(path, checked.sha256.hexdigest(), sha256)

    def put(self, path: str, data: bytes) -> None:
        """See `_Target`."""
        self._tar.addfile(self._info(path, len(data)), io.BytesIO(data))


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def add(self, path: str, source: Path, size: int, sha256: str | None) -> None:
        """See `_Target`."""
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(source, "rb") as handle, open(target, "wb") as out:
            checked = _Checked(handle)
            while data := checked.read(BLOCK):
                out.write(data)
        _check(path, checked.sha256.hexdigest(), sha256)

    def put(self, path: str, data: bytes) -> None:
        """See `_Target`."""
        (self._root / path).write_bytes(data)
