"""What every evidence store offers, and how one is opened from an address."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import parse_qs, unquote, urlsplit

from sirekap.evidence.errors import EvidenceAddressError

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stored:
    """What `EvidenceStore.put` did: hex SHA-256, size in bytes, whether the file was there before."""

    sha256: str
    size: int
    existed: bool


@runtime_checkable
class EvidenceStore(Protocol):
    """A write-once store of bytes under their SHA-256 (64 lower-case hex characters).

    Every method that takes a hash raises `EvidenceAddressError` for anything else, and every method raises
    `EvidenceUnavailable` when disk or server fail.
    """

    def put(self, data: bytes) -> Stored:
        """Store ``data`` if absent; on return it is durable. `EvidenceCorrupt` if a damaged file is in its place."""

    def get(self, sha256: str) -> bytes:
        """The bytes, hash checked. Raises `EvidenceMissing` or `EvidenceCorrupt`."""

    def stat(self, sha256: str) -> int | None:
        """Size in bytes, or None when absent."""

    def exists(self, sha256: str) -> bool:
        """Whether a file is stored under this hash (its content is not read)."""

    def iter_hashes(self) -> Iterator[str]:
        """Every hash in the store, in ascending order."""

    def path(self, sha256: str) -> Path | None:
        """Where the file lies on this machine, or None for a remote store. The file may be absent."""

    def presign(self, sha256: str, expires: timedelta) -> str | None:
        """A URL that reads the file until it expires, or None when the application must serve it."""


def digest(data: bytes) -> str:
    """Hex SHA-256 of ``data``: its address in every store."""
    return hashlib.sha256(data).hexdigest()


def key_of(sha256: str) -> str:
    """Relative place ``ab/cd/<sha256>`` of a hash; the one gate against path traversal."""
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise EvidenceAddressError.of_hash(sha256)
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def open_store(url: str | os.PathLike[str]) -> EvidenceStore:
    """Open ``folder:///abs/path``, a plain path, or ``s3://bucket[/prefix]?endpoint=URL&region=NAME``.

    S3 credentials come from the environment (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_SESSION_TOKEN``).
    A folder is created when absent. Raises `EvidenceAddressError`.
    """
    from sirekap.evidence.folder import FolderStore

    text = os.fspath(url)
    if "://" not in text:
        if not text:
            raise EvidenceAddressError.of_store(text)
        return FolderStore(Path(text))
    parts = urlsplit(text)
    if parts.scheme == "folder" and not parts.netloc and len(parts.path) > 1 and not parts.query:
        return FolderStore(Path(unquote(parts.path)))
    options = parse_qs(parts.query, keep_blank_values=True)
    known = options.keys() <= {"endpoint", "region"} and all(
        len(values) == 1 and values[0] for values in options.values()
    )
    if parts.scheme == "s3" and parts.netloc and known:
        from sirekap.evidence.s3 import S3Store

        endpoint, region = (options.get(name, [None])[0] for name in ("endpoint", "region"))
        return S3Store(parts.netloc, prefix=parts.path.strip("/"), endpoint=endpoint, region=region)
    raise EvidenceAddressError.of_store(text)
