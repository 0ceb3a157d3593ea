"""A published ledger lying in a folder."""

from __future__ import annotations

from pathlib import Path

from sirekap.ledger.log_reader import Fetch, LogFileMissing


def folder_reader(folder: Path) -> Fetch:
    """Reads the files of a published ledger below ``folder``."""

    def fetch(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise LogFileMissing(path) from error

    return fetch
