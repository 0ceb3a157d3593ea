"""Evidence in sharded folders: ``<root>/ab/cd/<sha256>``.

A file becomes visible only by a hard link made after its bytes are on disk, so a killed process or a cut power line
never leaves a partial file under a hash, and nothing is ever replaced.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from sirekap.evidence.errors import EvidenceCorrupt, EvidenceMissing, EvidenceUnavailable
from sirekap.evidence.store import Stored, digest, key_of

_SHARD = re.compile(r"[0-9a-f]{2}", re.ASCII)
_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


class FolderStore:
    """An `EvidenceStore` in one folder of a local file system with hard links; safe for many processes."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root).absolute()
        self._incoming = self.root / "incoming"
        self._durable_shards: dict[str, set[str]] = {}
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
            _sync(self.root)
            _sync(self.root.parent)
        except OSError as error:
            raise EvidenceUnavailable(error) from error

    def put(self, data: bytes) -> Stored:
        """See `EvidenceStore.put`."""
        sha256 = digest(data)
        final = self.root / key_of(sha256)
        try:
            existed = final.exists()
            if not existed:
                final.parent.mkdir(parents=True, exist_ok=True)
                existed = not self._link(data, final)
            if existed and final.stat().st_size != len(data):
                raise EvidenceCorrupt(sha256)
            self._make_durable(final.parent)
        except OSError as error:
            raise EvidenceUnavailable(error) from error
        return Stored(sha256, len(data), existed)

    def get(self, sha256: str) -> bytes:
        """See `EvidenceStore.get`."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise EvidenceMissing(sha256) from None
        except OSError as error:
            raise EvidenceUnavailable(error) from error
        if digest(data) != sha256:
            raise EvidenceCorrupt(sha256)
        return data

    def stat(self, sha256: str) -> int | None:
        """See `EvidenceStore.stat`."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EvidenceUnavailable(error) from error

    def exists(self, sha256: str) -> bool:
        """See `EvidenceStore.exists`."""
        return self.stat(sha256) is not None

    def iter_hashes(self) -> Iterator[str]:
        """See `EvidenceStore.iter_hashes`."""
        for first in _names(self.root, _SHARD):
            for second in _names(self.root / first, _SHARD):
                for name in _names(self.root / first / second, _NAME):
                    if name.startswith(first + second):
                        yield name

    def path(self, sha256: str) -> Path:
        """See `EvidenceStore.path`."""
        return self.root / key_of(sha256)

    def presign(self, sha256: str, expires: timedelta) -> None:
        """None: the application serves the file."""
        key_of(sha256)

    def remove_leftovers(self, older_than: timedelta = timedelta(hours=1)) -> int:
        """Delete unfinished uploads of killed processes; returns how many. Stored files are never touched."""
        limit = time.time() - older_than.total_seconds()
        removed = 0
        for entry in os.scandir(self._incoming):
            try:
                if entry.stat().st_mtime < limit:
                    os.unlink(entry.path)
                    removed += 1
            except FileNotFoundError:
                continue
        return removed

    def _link(self, data: bytes, final: Path) -> bool:
        """Write, fsync and link; False when another writer was first."""
        temporary = self._incoming / uuid4().hex
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
        try:
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(descriptor, view) :]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            try:
                os.link(temporary, final)
            except FileExistsError:
                return False
            return True
        finally:
            os.unlink(temporary)

    def _make_durable(self, shard: Path) -> None:
        """Sync the shard's names, and once per process those of its parents.

        Even when the shard was there: another process may have made it and not synced it yet.
        """
        _sync(shard)
        first = shard.parent
        if first.name not in self._durable_shards:
            _sync(self.root)
        known = self._durable_shards.setdefault(first.name, set())
        if shard.name not in known:
            _sync(first)
            known.add(shard.name)


def _names(folder: Path, pattern: re.Pattern[str]) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if pattern.fullmatch(name))
    except OSError as error:
        raise EvidenceUnavailable(error) from error


def _sync(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
