"""Documents of the plenaries as facts: issued, signed by key, signed in ink and scanned, refused with a reason.

The file is rendered, signed and stored before the transaction opens; the entry holds its hash.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction

from sirekap.election.conduct import Capacity
from sirekap.election.regions import zoneinfo_name
from sirekap.election.roles import Capability, Role
from sirekap.evidence.store import EvidenceStore
from sirekap.paper.documents.model import DocumentKind
from sirekap.paper.signing import SigningError, fields_for, prepare
from sirekap.paper.signing import sign as sign_pdf
from sirekap.paper.signing.fields import title
from sirekap.records import locks
from sirekap.records.ids import uuid7
from sirekap.records.journal import Acting, append
from sirekap.records.models import (
    Document,
    DocumentCursor,
    DocumentRefusal,
    DocumentSignature,
    Region,
    SessionCursor,
    SheetVersion,
)
from sirekap.workflow import attachments
from sirekap.workflow.document_contents import Subject, contents, place_of
from sirekap.workflow.errors import Refused, not_found, out_of_scope, stale
from sirekap.workflow.people import Actor, need_reason

if TYPE_CHECKING:
    from sirekap.paper.signing import Sealer

ROLES = {
    Capacity.CHAIR: Role.CHAIR,
    Capacity.MEMBER: Role.MEMBER,
    Capacity.WITNESS: Role.WITNESS,
    Capacity.SUPERVISOR: Role.SUPERVISOR,
}
_OWN_BODY = (Capacity.CHAIR, Capacity.MEMBER)
SHEETS = (DocumentKind.DHASIL_KECAMATAN, DocumentKind.DHASIL_KABKO, DocumentKind.DHASIL_PROV)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Box:
    """One signature box of an issued document. ``person``: who is expected to sign it, where that is known."""

    field: str
    capacity: Capacity
    pair: int | None
    person: uuid.UUID | None

    @property
    def title(self) -> str:
        """In words: ``Anggota 2``."""
        return title(self.field)


def boxes_of(document: Document) -> tuple[Box, ...]:
    """The boxes a document was issued with, in the order of its pages."""
    return tuple(
        Box(field, Capacity(capacity), pair, uuid.UUID(person) if person else None)
        for field, capacity, pair, person in document.boxes
    )


def complete(document: Document) -> bool:
    """Whether chair and members enough have signed, by key or in ink."""
    return DocumentCursor.objects.filter(pk=document.pk, complete=True).exists()


def current_sha256(document: Document) -> str:
    """SHA-256 of the document's file with every signature so far; its bytes are in the evidence store."""
    return DocumentCursor.objects.values_list("sha256", flat=True).get(pk=document.pk)


def file_name(document: Document) -> str:
    """Name of the document's public file, under ``dokumen/``."""
    return f"{document.pk}.pdf"


def find(document_id: uuid.UUID | str) -> Document:
    """An issued document; raises `Refused` (404)."""
    try:
        return Document.objects.get(pk=document_id)
    except (Document.DoesNotExist, ValidationError, ValueError, TypeError):
        raise not_found("Dokumen") from None


def issue(
    actor: Actor,
    store: EvidenceStore,
    kind: DocumentKind | str,
    subject: Subject,
    at: datetime,
    *,
    contest: str | None = None,
    venue: str = "",
) -> Document:
    """Render a document and record it, unsigned.

    ``subject``: the session it is of, or the determination or election of a decree. ``contest``: needed for a
    D.Hasil and for bahan pleno of a session. Signatures refused on an earlier issue of the same sheet are printed
    with their reason. Raises `Refused`.
    """
    kind = DocumentKind(kind)
    tier, region = place_of(subject)
    acting = actor.acting(Capability.PREPARE_PLENARY, region)
    document = uuid7(at)
    made = contents(kind, subject, contest, document, at, venue=venue)
    rendered = made.rendered()
    fields = fields_for(rendered.signature_boxes, made.signers)
    stored = store.put(prepare(rendered.pdf, fields))
    boxes = [
        [field.name, Capacity(box.signer.capacity).value, box.signer.pair, box.signer.key or None]
        for field, box in zip(fields, rendered.signature_boxes, strict=True)
    ]
    body = {
        "document": str(document),
        "kind": kind.value,
        "tier": tier,
        "region": region,
        "contest": made.contest,
        "session": str(subject.pk) if isinstance(subject, SessionCursor) else None,
        "version": made.version,
        "figures_sha256": rendered.sha256_printed,
        "sha256": stored.sha256,
        "pages": rendered.pages,
        "boxes": boxes,
    }
    with transaction.atomic():
        append("document.issued", acting, at, body)
    return Document.objects.get(pk=document)


def sign(
    actor: Actor,
    store: EvidenceStore,
    document_id: uuid.UUID | str,
    sealer: Sealer,
    at: datetime,
    *,
    field: str | None = None,
) -> DocumentSignature:
    """Sign the actor's box with their key (PAdES). ``field``: which box, where the actor could sign several.

    Raises `Refused` when the box is another's, is signed or refused, when the certificate is not trusted at this
    time, or when the sheet has been replaced by newer figures.
    """
    document = find(document_id)
    for _ in range(_TRIES):
        before = current_sha256(document)
        box = _own_box(actor, document, field)
        acting = _acting(actor, document, box)
        _refuse_untrusted(sealer, at)
        signed = _signed(store.get(before), document, box, sealer, at)
        stored = store.put(signed)
        with transaction.atomic():
            cursor = _locked(document)
            _refuse_closed_box(document, box)
            _refuse_replaced(document)
            if cursor.sha256 != before:
                continue
            body = {
                "document": str(document.pk),
                "field": box.field,
                "person": str(actor.person),
                "capacity": box.capacity.value,
                "pair": box.pair,
                "sequence": cursor.signatures + 1,
                "sha256": stored.sha256,
                "certificate_sha256": sealer.certificate_sha256,
                "method": DocumentSignature.PADES,
            }
            append("document.signed", acting, at, body)
        return DocumentSignature.objects.get(document=document, field=box.field, method=DocumentSignature.PADES)
    raise stale()


def _signed(pdf: bytes, document: Document, box: Box, sealer: Sealer, at: datetime) -> bytes:
    region = Region.objects.get(pk=document.region_id)
    local = at.astimezone(ZoneInfo(zoneinfo_name(document.region_id)))
    try:
        return sign_pdf(pdf, box.field, sealer, local, reason=box.title, location=region.name)
    except SigningError as error:
        raise Refused(error.code, error.text_id, error.text_en) from error


def _refuse_untrusted(sealer: Sealer, at: datetime) -> None:
    from sirekap.workflow.document_trust import refuse_untrusted

    refuse_untrusted(sealer, at)


def _locked(document: Document) -> DocumentCursor:
    if document.session_id is not None:
        locks.session(document.session_id)
    return locks.document(document.pk)


def _own_box(actor: Actor, document: Document, field: str | None) -> Box:
    boxes = [box for box in boxes_of(document) if field is None or box.field == field]
    own = [box for box in boxes if box.person == actor.person]
    others = [box for box in boxes if box.person is None and _may_sign(actor, document, box)]
    open_boxes = [box for box in (*own, *others) if not _is_signed(document, box)]
    found = open_boxes or own or others
    if not found:
        raise Refused(
            "not_your_box",
            "Tidak ada kotak tanda tangan untuk Anda pada dokumen ini. Lihat siapa saja yang diminta menandatangani.",
            "There is no signature box for you on this document. See who is asked to sign it.",
            403,
        )
    return found[0]


def _may_sign(actor: Actor, document: Document, box: Box) -> bool:
    try:
        _acting(actor, document, box)
    except Refused:
        return False
    return True


def _acting(actor: Actor, document: Document, box: Box) -> Acting:
    """The mandate under which the actor signs this box: of the body itself, or of a witness or supervisor over it."""
    wanted = ROLES.get(box.capacity)
    for role, region in actor.mandates:
        fits = region == document.region_id if box.capacity in _OWN_BODY else document.region_id.startswith(region)
        if role is wanted and fits:
            return Acting(actor.person, role.value, region)
    raise out_of_scope(document.region_id)


def _is_signed(document: Document, box: Box) -> bool:
    return DocumentSignature.objects.filter(document=document, field=box.field, method=DocumentSignature.PADES).exists()


def _refuse_closed_box(document: Document, box: Box) -> None:
    if _is_signed(document, box):
        raise Refused(
            "signed_already",
            f"Kotak “{box.title}” sudah ditandatangani.",
            f"The box “{box.title}” is signed already.",
        )
    if DocumentRefusal.objects.filter(document=document, field=box.field).exists():
        raise Refused(
            "refused_already",
            f"Untuk kotak “{box.title}” tercatat penolakan. Terbitkan dokumen baru bila penandatangan berubah pikiran.",
            f"A refusal is recorded for “{box.title}”. Issue a new document if the signer has changed their mind.",
        )


def _refuse_replaced(document: Document) -> None:
    """A sheet is signed when its session has closed over exactly these figures."""
    if document.kind not in SHEETS:
        return
    own = SheetVersion.objects.filter(region_id=document.region_id, contest_id=document.contest_id)
    latest = own.order_by("version").last()
    if latest is None:
        raise Refused(
            "not_closed",
            "Rapat pleno ini belum ditutup. Tutup rapat lebih dahulu, baru lembarnya ditandatangani.",
            "This session has not closed. Close it first, then sign its sheet.",
        )
    if (latest.version, latest.figures_sha256) != (document.version, document.figures_sha256):
        raise Refused(
            "replaced",
            f"Angka lembar ini sudah diganti versi {latest.version}. Terbitkan dan tandatangani lembar yang baru.",
            f"The figures of this sheet were replaced by version {latest.version}. Issue and sign the new sheet.",
        )


def refuse_signature(
    actor: Actor,
    document_id: uuid.UUID | str,
    capacity: Capacity | str,
    pair: int | None,
    reason: str,
    at: datetime,
    *,
    field: str | None = None,
) -> DocumentRefusal:
    """Record that somebody will not sign, and why; said by the person, or for them by the session's chair.

    ``field``: which box, where several people sign in this capacity. The next issue of the sheet prints it.
    """
    document, capacity, why = find(document_id), Capacity(capacity), need_reason(reason)
    boxes = [box for box in boxes_of(document) if box.capacity is capacity and box.pair == pair]
    boxes = [box for box in boxes if field is None or box.field == field]
    own = [box for box in boxes if box.person == actor.person]
    if not boxes or (len(boxes) > 1 and not own):
        raise Refused(
            "which_box",
            "Sebutkan kotak tanda tangan yang ditolak.",
            "Say which signature box is refused.",
            400,
        )
    box = (own or boxes)[0]
    if box in own or (box.person is None and _may_sign(actor, document, box)):
        acting = _acting(actor, document, box)
    else:
        acting = actor.acting(Capability.PRESIDE, document.region_id)
    with transaction.atomic():
        _locked(document)
        _refuse_closed_box(document, box)
        body = {
            "document": str(document.pk),
            "field": box.field,
            "capacity": capacity.value,
            "pair": pair,
            "reason": why,
        }
        append("document.refused", acting, at, body)
    return DocumentRefusal.objects.get(document=document, field=box.field)


def file_scan(
    actor: Actor,
    store: EvidenceStore,
    document_id: uuid.UUID | str,
    sha256: str,
    signed: Sequence[str],
    at: datetime,
) -> Document:
    """Record the scan of the paper that was signed in ink; ``signed``: the boxes that carry ink on it.

    ``sha256`` names an image or PDF in the store. Ink counts as much as a key. Boxes recorded as signed in ink before
    stay so.
    """
    document = find(document_id)
    acting = actor.acting(Capability.PREPARE_PLENARY, document.region_id)
    file = attachments.described(store, [sha256])[0]
    boxes = {box.field: box for box in boxes_of(document)}
    if not signed or set(signed) - set(boxes):
        raise Refused(
            "which_box",
            "Tandai kotak yang ditandatangani pada pindaian ini.",
            "Mark the boxes that are signed on this scan.",
            400,
        )
    with transaction.atomic():
        cursor = _locked(document)
        _refuse_replaced(document)
        inked = DocumentSignature.objects.filter(document=document, method=DocumentSignature.WET)
        before = set(inked.values_list("field", flat=True))
        fresh = [boxes[name] for name in boxes if name in set(signed) - before]
        body = {
            "document": str(document.pk),
            **file,
            "sequence": cursor.signatures + 1,
            "signed": [[b.field, b.capacity.value, b.pair, str(b.person) if b.person else None] for b in fresh],
        }
        append("document.scanned", acting, at, body)
    return document
