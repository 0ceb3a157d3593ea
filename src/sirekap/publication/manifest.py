"""The tree of manifests: every region folder lists its files and the manifests right below it.

One hash, the root manifest's, therefore commits to every published file, and a change of one
station rewrites only the manifests on its way up. Canonical JSON, sorted by path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from sirekap.election.contests import ContestKind
from sirekap.ledger import canonical

NAME = "manifest.json"
FORMAT = "sirekap-manifest-1"
_KINDS = tuple(kind.value for kind in ContestKind)
TREES = (*_KINDS, "data", "dokumen", "pilkada", "wilayah")
"""Top folders whose every folder has a manifest of its own."""
OWNED = (*TREES, "assets", "cari", "paket")
"""Top folders of the site that only this room writes, and may sweep."""

Entry = tuple[str, int]
"""SHA-256 (hex) and size in bytes."""
Listing = dict[str, dict[str, Entry]]
"""Folder -> name in it -> what lies there."""


def folder_of(path: str) -> str:
    """The folder whose manifest lists ``path``: its own under `TREES`, else the root (``""``)."""
    folder = path.rpartition("/")[0]
    return folder if path.partition("/")[0] in TREES else ""


class ManifestTree:
    """Collects what was published, then yields the manifests, deepest first, the root last.

    With ``previous`` (a site's root) everything its manifests list in the folders concerned, and
    that is not replaced, is kept: a partial cut.
    """

    def __init__(self, previous: Path | None = None) -> None:
        self._previous = previous
        self._files: dict[str, dict[str, Entry]] = {}
        self._children: dict[str, dict[str, Entry]] = {}
        self._made: dict[str, dict[str, Entry]] = {}
        self._closed_below: dict[str, dict[str, Entry]] = {}
        self._folder("")

    def add(self, path: str, data: bytes) -> None:
        """Record one file by its path from the site's root."""
        folder = folder_of(path)
        name = path[len(folder) + 1 :] if folder else path
        entry = (hashlib.sha256(data).hexdigest(), len(data))
        self._folder(folder)[name] = entry
        self._made.setdefault(folder, {})[name] = entry

    def drop(self, folder: str, gone: Callable[[str], bool]) -> list[str]:
        """Forget the files of a folder that are ``gone`` by their names; returns the names."""
        found = self._folder(folder)
        names = [name for name in found if gone(name)]
        for name in names:
            del found[name]
        return names

    def close(self, folder: str) -> tuple[str, bytes]:
        """(path, bytes) of a finished folder's manifest; nothing may be added to it, and it is forgotten."""
        data = canonical.dumps(self._document(folder))
        if folder:
            parent, _, name = folder.rpartition("/")
            entry = (hashlib.sha256(data).hexdigest(), len(data))
            self._children[parent][f"{name}/{NAME}"] = entry
            self._closed_below.setdefault(parent, {})[f"{name}/{NAME}"] = entry
        for listed in (self._files, self._children, self._made, self._closed_below):
            listed.pop(folder, None)
        return (f"{folder}/{NAME}" if folder else NAME), data

    def part(self) -> tuple[Listing, Listing]:
        """What this tree itself added to folders still open: files, and manifests closed right below them."""
        return self._made, self._closed_below

    def adopt(self, part: tuple[Listing, Listing]) -> None:
        """Take over what another tree's :meth:`part` says."""
        for listed, found in zip((self._files, self._children), part, strict=True):
            for folder, entries in found.items():
                self._folder(folder)
                listed[folder].update(entries)

    def open_folders(self) -> list[str]:
        """The folders not closed yet, deepest first, the root last."""
        return sorted(self._files, key=lambda f: (-f.count("/") if f else 1, f))

    def has(self, path: str) -> bool:
        """Whether the path is listed: added, or kept from the previous cut."""
        folder = folder_of(path)
        return path[len(folder) + 1 if folder else 0 :] in self._folder(folder)

    def sha256(self, path: str) -> str | None:
        """The hash of a listed path."""
        folder = folder_of(path)
        found = self._folder(folder).get(path[len(folder) + 1 if folder else 0 :])
        return found[0] if found else None

    def manifests(self) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of every manifest not written yet; each is hashed into its parent's."""
        for folder in self.open_folders():
            yield self.close(folder)

    def names(self, folder: str) -> set[str]:
        """What an open folder holds: files by their path in it, the folders right below it, its manifest."""
        below = {path.partition("/")[0] for path in self._children[folder]}
        return {*self._files[folder], *below, NAME}

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
