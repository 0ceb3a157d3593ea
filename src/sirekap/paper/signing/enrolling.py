"""The test authority and the keys it issues, as files of one node's key folder (directories 0700, keys 0600)."""

from __future__ import annotations

import json
import os
import uuid
from datetime import datetime
from pathlib import Path

from sirekap.paper.signing import authority
from sirekap.paper.signing.authority import Authority, AuthorityError, Holder
from sirekap.paper.signing.holders import holder_file

AUTHORITY, OFFICERS = "documents-ca", "officers"
"""Folders under ``SIREKAP_KEYS``: the test authority, and one file for each officer's key."""


def authority_file(keys: Path) -> Path:
    """The test authority's certificate."""
    return keys / AUTHORITY / authority.CERTIFICATE


def officers_folder(keys: Path) -> Path:
    """Where officers' keys, or the settings that lead to them, are."""
    return keys / OFFICERS


def init_authority(keys: Path, at: datetime) -> Path:
    """Make the test authority of a node, once; returns its certificate. Raises :class:`AuthorityError`."""
    folder = keys / AUTHORITY
    if (folder / authority.KEY).exists():
        raise AuthorityError(
            f"CA uji coba sudah ada di {folder} dan tidak ditimpa.", f"The test CA exists in {folder}; it is kept."
        )
    authority.save(authority.make(at), folder / authority.CERTIFICATE, folder / authority.KEY)
    return authority_file(keys)


def load_authority(keys: Path) -> Authority:
    """The test authority of a node; raises :class:`AuthorityError`."""
    folder = keys / AUTHORITY
    return authority.load(folder / authority.CERTIFICATE, folder / authority.KEY)


def enrol(keys: Path, person: uuid.UUID, holder: Holder, at: datetime, issuer: Authority | None = None) -> Path:
    """A key and test certificate for a person, and the file that leads to them; returns that file.

    A person who is enrolled keeps their key. ``issuer``: the authority, where it was loaded before.
    """
    folder = officers_folder(keys)
    file = holder_file(folder, person)
    if file.exists():
        return file
    issued = authority.issue(issuer or load_authority(keys), holder, at)
    key, certificate = folder / f"{person}.key", folder / f"{person}.pem"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in (key, certificate):
        left.unlink(missing_ok=True)
    authority.save(issued, certificate, key)
    text = json.dumps({"method": "pem", "key": key.name, "certificate": certificate.name}) + "\n"
    unfinished = file.with_suffix(".new")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, file)
    return file
