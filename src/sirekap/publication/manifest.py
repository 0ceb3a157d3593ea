"""The tree of manifests: every region folder lists its files and the manifests right below it.

One hash, the root manifest's, therefore commits to every published file, and a change of one
station rewrites only the manifests on its way up. Canonical JSON, sorted by path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from sirekap.election.contests import ContestKind
from sirekap.ledger import canonical

NAME = "manifest.json"
FORMAT = "sirekap-manifest-1"
_KINDS = tuple(kind.value for kind in ContestKind)
OWNED = (*_KINDS, "assets")
"""Top folders of the site that only this room writes, and may sweep."""

Entry = tuple[str, int]
"""SHA-256 (hex) and size in bytes."""


def folder_of(path: str) -> str:
    """The folder whose manifest lists ``path``: its own under a contest, else the root (``""``)."""
    folder = path.rpartition("/")[0]
    return folder if path.partition("/")[0] in _KINDS else ""


class ManifestTree:
    """Collects what was published, then yields the manifests, deepest first, the root last.

    With ``previous`` (a site's root) everything its manifests list in the folders concerned, and
    that is not replaced, is kept: a partial cut.
    """

    def __init__(self, previous: Path | None = None) -> None:
        self._previous = previous
        self._files: dict[str, dict[str, Entry]] = {}
        self._children: dict[str, dict[str, Entry]] = {}
        self._folder("")

    def add(self, path: str, data: bytes) -> None:
        """Record one file by its path from the site's root."""
        folder = folder_of(path)
        name = path[len(folder) + 1 :] if folder else path
        self._folder(folder)[name] = (hashlib.sha256(data).hexdigest(), len(data))

    def manifests(self) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of every manifest concerned; each is hashed into its parent's."""
        for folder in sorted(self._files, key=lambda f: (-f.count("/") if f else 1, f)):
            data = canonical.dumps(self._document(folder))
            if folder:
                parent, _, name = folder.rpartition("/")
                self._children[parent][f"{name}/{NAME}"] = (hashlib.sha256(data).hexdigest(), len(data))
            yield (f"{folder}/{NAME}" if folder else NAME), data

    def paths(self) -> set[str]:
        """Every path listed, the manifests included."""
        listed = {f"{folder}/{name}" if folder else name for folder, files in self._files.items() for name in files}
        return listed | {f"{folder}/{NAME}" if folder else NAME for folder in self._files}

    def _folder(self, folder: str) -> dict[str, Entry]:
        found = self._files.get(folder)
        if found is None:
            found = self._files[folder] = {}
            children = self._children[folder] = {}
            if self._previous is not None:
                found.update(_read(self._previous / folder / NAME, "files"))
                children.update(_read(self._previous / folder / NAME, "children"))
            if folder:
                self._folder(folder.rpartition("/")[0])
        return found

    def _document(self, folder: str) -> dict[str, object]:
        return {
            "format": FORMAT,
            "folder": folder,
            "files": _listed(self._files[folder]),
            "children": _listed(self._children[folder]),
        }


def _listed(entries: dict[str, Entry]) -> list[dict[str, object]]:
    return [{"path": path, "sha256": sha, "size": size} for path, (sha, size) in sorted(entries.items())]


def _read(path: Path, key: str) -> dict[str, Entry]:
    try:
        listed = json.loads(path.read_bytes())[key]
    except FileNotFoundError:
        return {}
    return {item["path"]: (item["sha256"], item["size"]) for item in listed}
