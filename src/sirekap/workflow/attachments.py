"""Files that people hand in with an objection: what may be kept, and how each is described in the ledger.

The bytes are hostile: only an image's header or a PDF's first bytes are looked at, and a screen serves them only
under the type that was found here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sirekap.evidence import EvidenceAddressError, EvidenceMissing
from sirekap.evidence.store import EvidenceStore
from sirekap.records.limits import max_photo_bytes
from sirekap.workflow.errors import Refused
from sirekap.workflow.intake import media_type

PDF = "application/pdf"
MOST = 10
"""Files with one objection."""


def attachment_type(data: bytes) -> str:
    """The media type of an image or a PDF; raises `Refused` (413, 415) for anything else."""
    if not data.startswith(b"%PDF-"):
        return media_type(data)
    if len(data) > max_photo_bytes():
        most = max_photo_bytes() // 1_000_000
        raise Refused(
            "file_too_large",
            f"Berkas lebih besar dari {most} MB. Perkecil lalu kirim lagi.",
            f"The file is larger than {most} MB. Make it smaller and send it again.",
            413,
        )
    return PDF


def keep(store: EvidenceStore, data: bytes) -> str:
    """Store an attachment after looking at what it is; its SHA-256. Raises `Refused`."""
    attachment_type(data)
    return store.put(data).sha256


def described(store: EvidenceStore | None, hashes: Sequence[str]) -> list[dict[str, Any]]:
    """``{"sha256", "size", "media_type"}`` of each file, in ascending order; raises `Refused` when one is not there."""
    wanted = sorted(set(hashes))
    if len(wanted) > MOST:
        raise Refused(
            "too_many_files",
            f"Paling banyak {MOST} lampiran. Gabungkan beberapa halaman menjadi satu PDF.",
            f"At most {MOST} attachments. Join several pages into one PDF.",
            400,
        )
    return [_described(store, sha256) for sha256 in wanted]


def _described(store: EvidenceStore | None, sha256: str) -> dict[str, Any]:
    try:
        if store is None:
            raise EvidenceMissing(sha256)
        data = store.get(sha256)
    except (EvidenceAddressError, EvidenceMissing):
        raise Refused(
            "attachment",
            "Lampiran tidak ditemukan dalam penyimpanan bukti. Unggah lagi berkasnya.",
            "An attachment is not in the evidence store. Upload the file again.",
            400,
        ) from None
    return {"sha256": sha256, "size": len(data), "media_type": attachment_type(data)}
