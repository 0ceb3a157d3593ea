"""Intake: a photograph becomes a fact, with a signed receipt."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from PIL import Image, UnidentifiedImageError

from sirekap.election.chasil import page_count
from sirekap.election.roles import Capability
from sirekap.election.standing import all_pages
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger import canonical
from sirekap.ledger.note import Signer, sign_note
from sirekap.reading.version import READER
from sirekap.records import locks
from sirekap.records.ids import uuid7
from sirekap.records.journal import append, timestamp
from sirekap.records.limits import max_photo_bytes
from sirekap.records.models import Entry, Photo, ReadingJob, StationContest
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MULTI_PICTURE = {"MPO": "image/jpeg"}
"""Some phones put a second picture behind the JPEG; Pillow then calls it MPO."""
MAX_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of intake: the photo's hash, its leaf hash and the time by which the ledger includes it.

    ``note`` is a C2SP signed note over the canonical JSON of the other fields, empty when the
    node has no receipts key at hand.
    """

    photo: uuid.UUID
    sha256: str
    leaf_hash: str
    deadline: str
    note: str


def media_type(data: bytes) -> str:
    """The media type of an image from its own header; raises `Refused` for anything else.

    Only the header is parsed here, never the pixels.
    """
    most = max_photo_bytes()
    if len(data) > most:
        raise Refused(
            "photo_too_large",
            f"Foto lebih besar dari {most // 1_000_000} MB. Perkecil lalu kirim lagi.",
            f"The photo is larger than {most // 1_000_000} MB. Make it smaller and send it again.",
            413,
        )
    try:
        with Image.open(io.BytesIO(data), formats=tuple(MEDIA_TYPES)) as image:
            pixels, kind = image.width * image.height, str(image.format)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        pixels, kind = 0, ""
    if not 0 < pixels <= MAX_PIXELS:
        raise Refused(
            "photo_unreadable",
            "Berkas ini bukan foto JPEG, PNG atau WebP yang bisa dibuka. Ambil foto lagi.",
            "This file is not a JPEG, PNG or WebP photo that can be opened. Take the photo again.",
            415,
        )
    return (MEDIA_TYPES | MULTI_PICTURE)[kind]


def open_row(row_id: str) -> StationContest:
    """Lock a row that takes part; raises `Refused` when unknown or its station is closed."""
    try:
        row = locks.row(row_id)
    except StationContest.DoesNotExist:
        raise not_found(f"TPS/pemilihan {row_id}") from None
    if row.closed:
        raise Refused(
            "station_closed",
            "TPS ini sudah ditutup atau digabung; tidak ada yang dapat diisi di sini.",
            "This station was closed or merged; nothing can be entered here.",
        )
    return row


def _refuse_pages(row_id: str, pages: int) -> None:
    columns = StationContest.objects.filter(pk=row_id).values_list("contest__columns", flat=True).first()
    if columns is None:
        raise not_found(f"TPS/pemilihan {row_id}")
    if not 0 < pages <= all_pages(columns):
        last = page_count(columns)
        raise Refused(
            "pages",
            f"Pilih halaman yang difoto (1 sampai {last}).",
            f"Choose the photographed page (1 to {last}).",
            400,
        )


def receive_photo(
    actor: Actor,
    store: EvidenceStore,
    row_id: str,
    pages: int,
    data: bytes,
    at: datetime,
    *,
    photo_id: uuid.UUID | None = None,
    read: bool = True,
    signer: Signer | None = None,
    merge_within: timedelta = timedelta(minutes=5),
) -> Receipt:
    """Store a photograph of the pages in the bit set ``pages`` and record it as a fact.

    The bytes are durable before the transaction opens. The same bytes for the same row give the
    same receipt. ``read``: queue it for the machine reader, in the same transaction. Raises `Refused`.
    """
    actor.acting(Capability.UPLOAD, row_id[:13])
    _refuse_pages(row_id, pages)
    kind = media_type(data)
    stored = store.put(data)
    with transaction.atomic():
        row = open_row(row_id)
        acting = actor.acting(Capability.UPLOAD, row.station_id)
        known = Photo.objects.filter(row=row, generation=row.generation, sha256=stored.sha256, pages=pages).first()
        if known is None:
            photo = photo_id or uuid7(at)
            entry = append(
                "photo.received",
                acting,
                at,
                {
                    "photo": str(photo),
                    "row": row.pk,
                    "generation": row.generation,
                    "pages": pages,
                    "sha256": stored.sha256,
                    "size": stored.size,
                    "media_type": kind,
                },
                row,
            )
            if read:
                ReadingJob.objects.create(photo_id=photo, reader=READER)
        else:
            photo, entry = known.pk, known.entry
    return _receipt(photo, stored.sha256, entry, signer, merge_within)


def _receipt(photo: uuid.UUID, sha256: str, entry: Entry, signer: Signer | None, within: timedelta) -> Receipt:
    body = {
        "photo": str(photo),
        "sha256": sha256,
        "leaf_hash": bytes(entry.leaf_hash).hex(),
        "deadline": timestamp(entry.at + within),
    }
    note = sign_note(canonical.dumps(body).decode() + "\n", signer).decode() if signer else ""
    return Receipt(photo, sha256, body["leaf_hash"], body["deadline"], note)
