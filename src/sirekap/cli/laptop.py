"""The folder of an offline plenary's laptop: everything one node needs, and the settings that point at it."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

MARKER = ".sirekap-laptop"
"""Names the package, its region and where its settings lie; written last, so a folder without it is unfinished."""
SETTINGS = "sirekap.env"


CARRIED = re.compile(r"[!-~]{1,200}")
"""What the value of a setting that came with a package may look like."""


def write_settings(folder: Path, origin: str, carried: Mapping[str, object], allowed: Iterable[str]) -> None:
    """``NAME=value`` lines for this folder, readable by its owner alone; a server can be started with them, too.

    ``carried``: settings of the centre that came with the package; only the ``allowed`` names are taken.
    """
    given = {name: str(carried[name]) for name in allowed if name in carried}
    values = {name: value for name, value in given.items() if CARRIED.fullmatch(value)} | {
        "SIREKAP_MODE": "development",
        "SIREKAP_DATABASE_URL": f"sqlite:///{folder / 'sirekap.sqlite3'}",
        "SIREKAP_EVIDENCE": str(folder / "evidence"),
        "SIREKAP_KEYS": str(folder / "keys"),
        "SIREKAP_SITE": str(folder / "site"),
        "SIREKAP_LOG_ORIGIN": origin,
        "SIREKAP_SECRET_KEY": secrets.token_urlsafe(50),
    }
    text = "".join(f"{name}={value}\n" for name, value in values.items())
    descriptor = os.open(folder / SETTINGS, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)


def configure(folder: Path) -> None:
    """Point every setting at the laptop's folder and start Django; paths follow the folder if it was moved."""
    for line in (folder / SETTINGS).read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        os.environ[name] = value
    os.environ.update(
        {
            "SIREKAP_DATABASE_URL": f"sqlite:///{folder / 'sirekap.sqlite3'}",
            "SIREKAP_EVIDENCE": str(folder / "evidence"),
            "SIREKAP_KEYS": str(folder / "keys"),
            "SIREKAP_SITE": str(folder / "site"),
            "DJANGO_SETTINGS_MODULE": "sirekap.settings",
        }
    )
    os.environ.pop("SIREKAP_DATABASE_OWNER_URL", None)
    import django

    django.setup()


def finish(folder: Path, what: dict[str, Any]) -> None:
    """Write the marker: the folder is whole."""
    (folder / MARKER).write_text(json.dumps(what), encoding="utf-8")
