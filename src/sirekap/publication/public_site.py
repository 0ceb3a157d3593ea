"""A published site, read as any outsider reads it: from a folder or over HTTP. Needs no database and no settings."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sirekap.ledger import canonical
from sirekap.ledger.checkpoint import Checkpoint, parse_checkpoint
from sirekap.ledger.errors import LedgerError
from sirekap.ledger.log_reader import LogFileMissing, PublishedLog
from sirekap.ledger.note import Verifier, parse_vkey, split_note
from sirekap.ledger.rotation import ENTRY_KIND, KeyInForce, key_chain, open_in_chain

LEDGER = "buku-besar"
SECONDS = 30
MAX_BYTES = 64 * 2**20
"""Largest file fetched."""


class SiteUnreadable(LedgerError):
    """The site cannot be read at all."""


@dataclass(frozen=True, slots=True)
class PublicSite:
    """``read``: a path from the site's root to its bytes; raises `LogFileMissing`, `SiteUnreadable`."""

    name: str
    read: Callable[[str], bytes]

    def ledger(self, path: str) -> bytes:
        """A file of the ledger."""
        return self.read(f"{LEDGER}/{path}")


@dataclass(frozen=True, slots=True)
class SignedLog:
    """A published log whose head's signature and root hold. ``note``: its checkpoint; ``chain``: its keys."""

    log: PublishedLog
    head: Checkpoint
    note: bytes
    chain: tuple[KeyInForce, ...]


def open_site(source: str) -> PublicSite:
    """The site at an address, or in a folder (of the site, or of its ledger alone); raises `SiteUnreadable`."""
    if source.startswith(("http://", "https://")):
        return PublicSite(source, _http(source))
    folder = Path(source)
    if (folder / LEDGER / "checkpoint").is_file():
        return PublicSite(source, _folder(folder))
    if (folder / "checkpoint").is_file():
        below = _folder(folder)
        return PublicSite(source, lambda path: below(path.removeprefix(f"{LEDGER}/")))
    raise SiteUnreadable(
        "site",
        f"{source} bukan situs terbitan: tidak ada {LEDGER}/checkpoint di sana.",
        f"{source} is no published site: there is no {LEDGER}/checkpoint in it.",
    )


def open_log(site: PublicSite, key: Verifier | None = None) -> SignedLog:
    """The site's log, its head checked: signed by the key in force, and given by the tiles.

    ``key``: a key of the log that the caller trusts; later keys are accepted through the rotations that follow it.
    Without it the site's own word is taken for the key. Raises `NoteError`, `LedgerError`.
    """
    note = site.ledger("checkpoint")
    claimed = parse_checkpoint(split_note(note)[0])
    log = PublishedLog(site.ledger, claimed.size)
    chain = _chain(site, log, key)
    head, _ = open_in_chain(note, chain)
    if log.root() != head.root:
        raise LedgerError(
            "tiles",
            "Ubin buku besar ini tidak memberi akar yang ditandatangani. Salinan ini rusak atau diubah.",
            "The tiles of this ledger do not give the signed root. This copy is damaged or altered.",
        )
    return SignedLog(log, head, note, chain)


def document(site: PublicSite, path: str) -> dict[str, Any]:
    """A JSON object of the ledger's folder; raises `LedgerError` when it is none."""
    try:
        found = json.loads(site.ledger(path))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise LedgerError("json", f"{LEDGER}/{path} rusak.", f"{LEDGER}/{path} is damaged.")
    return found


def _chain(site: PublicSite, log: PublishedLog, key: Verifier | None) -> tuple[KeyInForce, ...]:
    """The keys, each handed over by the one before, from ``key`` on. ``keys.json`` only says where to look."""
    try:
        listed = [(parse_vkey(item["vkey"]), item["entry"]) for item in document(site, "keys.json")["keys"]]
    except LogFileMissing:
        listed = [(parse_vkey(site.ledger("log.vkey").decode("utf-8", "replace").strip()), None)]
    except (KeyError, TypeError) as error:
        raise LedgerError("json", "keys.json rusak.", "keys.json is damaged.") from error
    first = next((n for n, (vkey, _) in enumerate(listed) if key in (None, vkey)), None)
    if first is None:
        raise LedgerError(
            "key",
            "Buku besar ini tidak memakai kunci yang Anda percaya, dan tidak menerimanya dari kunci itu.",
            "This log does not use the key that you trust, nor was it handed over by it.",
        )
    rotations = [(index, _rotation(log, index)) for _, index in listed[first + 1 :]]
    return key_chain(listed[first][0], rotations)


def _rotation(log: PublishedLog, index: Any) -> str:
    content = canonical.loads(log.entry(index)) if isinstance(index, int) else {}
    if not isinstance(content, dict) or content.get("kind") != ENTRY_KIND:
        raise LedgerError("rotation", "keys.json menunjuk entri yang salah.", "keys.json points at a wrong entry.")
    return str(content["body"]["note"])


def keys_of(chain: Sequence[KeyInForce]) -> list[dict[str, Any]]:
    """The keys as ``keys.json`` lists them."""
    return [{"vkey": key.verifier.vkey, "since": key.since, "entry": key.entry} for key in chain]


def _folder(folder: Path) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        if path.startswith("/") or ".." in path.split("/"):
            raise LogFileMissing(path)
        try:
            return (folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise LogFileMissing(path) from error

    return read


def _http(address: str) -> Callable[[str], bytes]:
    base = address if address.endswith("/") else address.rpartition("/")[0] + "/"
    if urlsplit(address).path in ("", "/") or not urlsplit(address).path.endswith(".html"):
        base = address.rstrip("/") + "/"

    def read(path: str) -> bytes:
        request = urllib.request.Request(base + quote(path), headers={"Cache-Control": "no-cache"})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # nosec B310
                data: bytes = answer.read(MAX_BYTES + 1)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise LogFileMissing(path) from error
            raise _unreachable(base + path, error) from error
        except OSError as error:
            raise _unreachable(base + path, error) from error
        if len(data) > MAX_BYTES:
            raise _unreachable(base + path, ValueError("too large"))
        return data

    return read


def _unreachable(address: str, error: Exception) -> SiteUnreadable:
    return SiteUnreadable(
        "unreachable",
        f"{address} tidak dapat diambil ({error}). Periksa alamat dan sambungan, lalu ulangi.",
        f"{address} cannot be fetched ({error}). Check the address and the connection, then repeat.",
    )
