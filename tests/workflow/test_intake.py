"""A photograph becomes a fact once, with a receipt that anyone can check."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node

from sirekap.election.standing import Standing
from sirekap.evidence import digest
from sirekap.ledger import canonical
from sirekap.ledger.note import Signer, verify_note
from sirekap.records.limits import max_photo_bytes
from sirekap.records.models import Entry, Photo, StationContest
from sirekap.workflow import intake, register

ROW = se.rows_of("")[0]
SIGNER = Signer("small.example/receipts", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def image(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 210, 220)).save(buffer, kind)
    return buffer.getvalue()


def test_photo_is_a_fact_with_a_signed_receipt(node: Node) -> None:
    kpps, data = node.small.kpps[ROW[:13]], se.photo("a")
    receipt = intake.receive_photo(
        kpps, node.store, ROW, 0b101, data, se.AT, signer=SIGNER, merge_within=timedelta(minutes=7)
    )
    entry = Entry.objects.order_by("seq").last()
    assert entry is not None
    assert last_entry("photo.received") == {
        "actor": {"person": str(kpps.person), "role": "kpps", "region": ROW[:13]},
        "at": "2024-11-27T06:00:00.000000Z",
        "body": {
            "photo": str(receipt.photo),
            "row": ROW,
            "generation": 1,
            "pages": 5,
            "sha256": digest(data),
            "size": len(data),
            "media_type": "image/png",
        },
    }
    body = {
        "photo": str(receipt.photo),
        "sha256": digest(data),
        "leaf_hash": bytes(entry.leaf_hash).hex(),
        "deadline": "2024-11-27T06:07:00.000000Z",
    }
    note = verify_note(receipt.note.encode(), [SIGNER.verifier])
    assert note.text == canonical.dumps(body).decode() + "\n"
    assert receipt == intake.Receipt(receipt.photo, body["sha256"], body["leaf_hash"], body["deadline"], receipt.note)
    photo = Photo.objects.get()
    assert (photo.pk, photo.row_id, photo.generation, photo.pages, photo.sha256, photo.size, photo.uploader) == (
        receipt.photo,
        ROW,
        1,
        5,
        digest(data),
        len(data),
        kpps.person,
    )
    row = StationContest.objects.get(pk=ROW)
    assert (row.pages, row.standing, row.last_seq) == (5, Standing.AWAITED, entry.seq)
    assert node.store.get(receipt.sha256) == data


def test_same_photo_again_gives_the_same_receipt(node: Node) -> None:
    kpps = node.small.kpps[ROW[:13]]
    one, two = (
        intake.receive_photo(kpps, node.store, ROW, 7, se.photo(), se.AT + timedelta(hours=h), signer=SIGNER)
        for h in (0, 5)
    )
    assert one == two
    assert (Photo.objects.count(), Entry.objects.filter(kind="photo.received").count()) == (1, 1)


def test_same_bytes_as_other_page_or_row_are_another_photo(local: Node) -> None:
    kpps = local.small.kpps[ROW[:13]]
    receipts = {
        intake.receive_photo(kpps, local.store, row, pages, se.photo(), se.AT).photo
        for row, pages in ((ROW, 1), (ROW, 2), (se.rows_of("")[1], 1))
    }
    assert len(receipts) == Photo.objects.count() == 3


def test_receipt_without_key_is_unsigned(local: Node) -> None:
    assert intake.receive_photo(local.small.kpps[ROW[:13]], local.store, ROW, 7, se.photo(), se.AT).note == ""


def test_pages_add_up_to_received(local: Node) -> None:
    found = []
    for page in (1, 2, 4):
        intake.receive_photo(local.small.kpps[ROW[:13]], local.store, ROW, page, se.photo(str(page)), se.AT)
        row = StationContest.objects.get(pk=ROW)
        found.append((row.pages, row.standing))
    assert found == [(1, Standing.AWAITED), (3, Standing.AWAITED), (7, Standing.RECEIVED)]


@pytest.mark.parametrize(("kind", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_media_type_is_read_from_the_bytes(kind: str, media: str) -> None:
    assert intake.media_type(image(kind)) == media


@pytest.mark.parametrize(
    ("data", "code", "status"),
    [
        (b"", "photo_unreadable", 415),
        (b"bukan foto", "photo_unreadable", 415),
        (b"%PDF-1.7 ...", "photo_unreadable", 415),
        (image("GIF"), "photo_unreadable", 415),
        (image("PNG")[:20], "photo_unreadable", 415),
        (b"\0" * (max_photo_bytes() + 1), "photo_too_large", 413),
        (image("PNG", (9000, 9000)), "photo_unreadable", 415),
    ],
    ids=["empty", "text", "pdf", "gif", "cut", "oversize", "pixels"],
)
def test_bad_bytes_are_refused_and_not_stored(local: Node, data: bytes, code: str, status: int) -> None:
    with refused(code, status):
        intake.receive_photo(local.small.kpps[ROW[:13]], local.store, ROW, 7, data, se.AT)
    assert list(local.store.iter_hashes()) == []


def test_other_refusals(local: Node) -> None:
    small, photo = local.small, se.photo()
    kpps = small.kpps[ROW[:13]]
    for pages in (0, 8, -1):
        with refused("pages", 400):
            intake.receive_photo(kpps, local.store, ROW, pages, photo, se.AT)
    with refused("out_of_scope", 403):
        intake.receive_photo(kpps, local.store, se.row_id(se.STATIONS[1]), 7, photo, se.AT)
    with refused("not_found", 404):
        intake.receive_photo(kpps, local.store, f"{ROW[:13]}-pilpr", 7, photo, se.AT)
    register.close_station(small.administrator, ROW[:13], "Digusur", se.AT.date(), se.AT)
    with refused("station_closed"):
        intake.receive_photo(kpps, local.store, ROW, 7, photo, se.AT)
