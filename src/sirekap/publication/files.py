"""Writing the site's files: each one whole or not at all, and only when its bytes change."""

from __future__ import annotations

import os
from pathlib import Path


def write_if_changed(root: Path, path: str, data: bytes) -> bool:
    """Make ``root/path`` hold ``data``; True if it was written. A reader sees the old file or the new.

    Raises ``ValueError`` for a path that leaves ``root``, ``OSError`` when the disk refuses.
    """
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"path leaves the site: {path!r}")
    target = os.path.join(root, path)
    try:
        with open(target, "rb") as handle:
            if handle.read() == data:
                return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
    temporary = f"{target}.{os.getpid()}.tmp"
    try:
        with open(temporary, "wb") as handle:
            handle.write(data)
        os.replace(temporary, target)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    return True


def sweep(root: Path, folders: tuple[str, ...], keep: set[str]) -> int:
    """Remove every file under ``root/<folders>`` whose path is not in ``keep``; count of removed files.

    Folders left empty go too. Files elsewhere under ``root`` are not looked at.
    """
    removed = 0
    for folder in folders:
        for here, _, names in os.walk(root / folder, topdown=False):
            inside = os.path.relpath(here, root).replace(os.sep, "/")
            for name in names:
                if f"{inside}/{name}" not in keep:
                    os.unlink(os.path.join(here, name))
                    removed += 1
            if not os.listdir(here):
                os.rmdir(here)
    return removed
