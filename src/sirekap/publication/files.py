"""Writing the site's files: each one whole or not at all, and only when its bytes change."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_if_changed(root: Path | str, path: str, data: bytes) -> bool:
    """Make ``root/path`` hold ``data``; True if it was written. A reader sees the old file or the new.

    Raises ``ValueError`` for a path that leaves ``root``, ``OSError`` when the disk refuses.
    """
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"path leaves the site: {path!r}")
    target = os.path.join(root, path)
    try:
        descriptor = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        pass
    else:
        try:
            if os.fstat(descriptor).st_size == len(data) and os.read(descriptor, len(data) + 1) == data:
                return False
        finally:
            os.close(descriptor)
    temporary = f"{target}.{os.getpid()}.tmp"
    try:
        _write(temporary, data)
        os.replace(temporary, target)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    return True


def _write(path: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o666)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(path, flags, 0o666)
    with open(descriptor, "wb", buffering=0) as handle:
        left = memoryview(data)
        while left:
            left = left[handle.write(left) :]


def sweep_folder(root: Path, folder: str, keep: set[str]) -> int:
    """Remove what lies right in ``root/folder`` under a name not in ``keep``, folders whole; count of removed files."""
    removed = 0
    for found in list(os.scandir(root / folder)):
        if found.name in keep:
            continue
        if found.is_dir(follow_symlinks=False):
            removed += sum(len(names) for _, _, names in os.walk(found.path))
            shutil.rmtree(found.path)
        else:
            os.unlink(found.path)
            removed += 1
    return removed


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
