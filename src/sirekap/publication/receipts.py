"""A receipt of intake held against the public ledger: included, not yet, or missing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sirekap.ledger import canonical
from sirekap.ledger.errors import LedgerError, NoteError
from sirekap.ledger.log_reader import LogFileMissing
from sirekap.ledger.note import parse_vkey, split_note, verify_note
from sirekap.ledger.tree import verify_inclusion
from sirekap.publication.public_site import PublicSite, SignedLog

KEY = "receipts.vkey"
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class Status(StrEnum):
    """What the ledger says of a receipt."""

    INCLUDED = "included"
    PENDING = "pending"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. ``note`` is empty where the server signed none."""

    photo: str
    sha256: str
    leaf_hash: bytes
    deadline: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer in words. ``signature``: valid, unknown or none. ``stale``: the copy ends before the deadline."""

    status: Status
    index: int | None
    size: int
    deadline: datetime
    signature: str
    stale: bool
    text_id: str
    text_en: str

    def as_json(self) -> dict[str, Any]:
        """The answer for machines."""
        return {
            "status": self.status.value,
            "index": self.index,
            "size": self.size,
            "deadline": self.deadline.strftime(_TIME),
            "signature": self.signature,
            "stale": self.stale,
            "text": self.text_en,
        }


def parse(data: bytes) -> Receipt:
    """A receipt: the signed note, or a JSON object with ``note`` or with the fields themselves; `LedgerError`."""
    try:
        text, note = _body(data)
        body = json.loads(text)
        if isinstance(body, dict) and isinstance(body.get("note"), str) and body["note"]:
            text, note = _body(body["note"].encode())
            body = json.loads(text)
        return Receipt(
            str(body["photo"]),
            str(body["sha256"]),
            bytes.fromhex(body["leaf_hash"]),
            datetime.strptime(body["deadline"], _TIME).replace(tzinfo=UTC),
            note,
        )
    except (ValueError, KeyError, TypeError, NoteError, RecursionError) as error:
        raise LedgerError(
            "receipt",
            "Berkas ini bukan tanda terima. Pakai berkas yang diberikan server saat foto dikirim.",
            "This file is no receipt. Use the one that the server gave when the photo was sent.",
        ) from error


def _body(data: bytes) -> tuple[str, str]:
    if data.lstrip().startswith(b"{") and b"\n\n\xe2\x80\x94 " in data:
        return split_note(data)[0], data.decode()
    return data.decode(), ""


def look_up(data: bytes, site: PublicSite, signed: SignedLog, now: datetime) -> Answer:
    """What the published ledger says of a receipt, at the time ``now``. Raises `LedgerError` for no receipt."""
    receipt = parse(data)
    signature = _signature(receipt, site)
    index = signed.log.find(receipt.leaf_hash)
    if index is not None:
        proof = signed.log.inclusion(index)
        if not verify_inclusion(receipt.leaf_hash, index, signed.head.size, proof, signed.head.root):
            raise LedgerError("tiles", "Ubin buku besar ini rusak.", "The tiles of this ledger are damaged.")
    stale = index is None and _newest(signed) < receipt.deadline
    status = Status.INCLUDED if index is not None else Status.PENDING if now <= receipt.deadline else Status.MISSING
    texts = _texts(status, receipt, index, signed.head.size, stale)
    return Answer(status, index, signed.head.size, receipt.deadline, signature, stale, *texts)


def _signature(receipt: Receipt, site: PublicSite) -> str:
    if not receipt.note:
        return "none"
    try:
        key = parse_vkey(site.ledger(KEY).decode("utf-8", "replace").strip())
    except LogFileMissing:
        return "unknown"
    verify_note(receipt.note.encode(), (key,))
    return "valid"


def _newest(signed: SignedLog) -> datetime:
    """The time of the newest entry: how far this copy of the ledger reaches."""
    if not signed.head.size:
        return datetime.min.replace(tzinfo=UTC)
    content = canonical.loads(signed.log.entry(signed.head.size - 1))
    return datetime.strptime(content["at"], _TIME).replace(tzinfo=UTC)


def _texts(status: Status, receipt: Receipt, index: int | None, size: int, stale: bool) -> tuple[str, str]:
    deadline = receipt.deadline.strftime("%Y-%m-%d %H:%M UTC")
    if status is Status.INCLUDED:
        return (
            f"TERCATAT: foto ini adalah entri {index} dari {size} dalam buku besar yang ditandatangani.",
            f"INCLUDED: this photo is entry {index} of {size} in the signed ledger.",
        )
    if status is Status.PENDING:
        return (
            f"BELUM: belum ada di antara {size} entri. Server berjanji paling lambat {deadline}; periksa lagi nanti.",
            f"NOT YET: not among the {size} entries. The server promised it by {deadline}; check again later.",
        )
    if stale:
        return (
            f"HILANG: belum ada, padahal batasnya {deadline}; salinan yang ditanya berakhir sebelum batas itu. Bila "
            "ini situs aslinya, laporkan; bila salinan, tanyakan kepada situs aslinya.",
            f"MISSING: not there although it was due by {deadline}; but the copy asked ends before that. If this is "
            "the original site, report this; if it is a copy, ask the original.",
        )
    return (
        f"HILANG: laporkan ini. Tidak ada di antara {size} entri, padahal dijanjikan paling lambat {deadline}. Simpan "
        "tanda terima dan titik periksa ini sebagai bukti.",
        f"MISSING: report this. Not among the {size} entries although promised by {deadline}. Keep this receipt and "
        "the checkpoint as proof.",
    )
