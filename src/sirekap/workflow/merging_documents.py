"""Documents that a laptop issued and that were signed by key there: what can be checked of their entries.

A signature cannot be made again without its key, and a page not be printed again by another version. So these entries
are taken as they stand after the checks below, and the files they name come with them: whether a file is what it claims
is for everybody to see with `sirekap documents verify`, here as anywhere.
"""

from __future__ import annotations

import uuid
from typing import Any

from sirekap.election.conduct import Capacity
from sirekap.election.roles import Capability, Role
from sirekap.paper.documents.model import DocumentKind
from sirekap.records.journal import parse_timestamp
from sirekap.records.models import Document, DocumentCursor, DocumentRefusal, DocumentSignature, SessionCursor
from sirekap.workflow import sheets
from sirekap.workflow.acts import Hall
from sirekap.workflow.document_contents import contents
from sirekap.workflow.documents import SHEETS, boxes_of
from sirekap.workflow.errors import Refused

Json = dict[str, Any]
STATED = ("document.issued", "document.signed")


def check(content: Json, hall: Hall) -> None:
    """Raise `Refused` unless this entry of `STATED` could stand in the session of the hall's region."""
    _issued(content, hall) if content["kind"] == "document.issued" else _signed(content, hall)


def _wrong(why_id: str, why_en: str) -> Refused:
    return Refused("document", f"dokumennya tidak cocok: {why_id}.", f"its document does not fit: {why_en}.", 422)


def _issued(content: Json, hall: Hall) -> None:
    body, kind = content["body"], DocumentKind(content["body"]["kind"])
    acting = hall.actor(content["actor"]["person"]).acting(Capability.PREPARE_PLENARY, hall.region)
    session = SessionCursor.objects.filter(pk=body["session"], region_id=hall.region).first()
    if acting.as_json() != content["actor"] or session is None:
        raise _wrong("mandat atau rapatnya lain", "another mandate or session")
    if (body["region"], body["tier"]) != (hall.region, session.tier):
        raise _wrong("wilayahnya lain", "another region")
    made = contents(kind, session, body["contest"], uuid.UUID(body["document"]), parse_timestamp(content["at"]))
    if (body["contest"], body["version"]) != (made.contest, made.version):
        raise _wrong("pemilihan atau versinya lain", "another contest or version")
    if kind in SHEETS:
        figures = sheets.sheet_of(session, body["contest"]).figures_sha256()
        if body["figures_sha256"] != figures:
            raise _wrong("angkanya bukan angka rapat ini", "its figures are not those of this session")
    _need_file(body["sha256"], hall)
    for _name, capacity, _pair, person in body["boxes"]:
        Capacity(capacity)
        _ = uuid.UUID(person) if person is not None else None


def _signed(content: Json, hall: Hall) -> None:
    body, signer = content["body"], content["actor"]["person"]
    document = Document.objects.get(pk=body["document"])
    box = next((box for box in boxes_of(document) if box.field == body["field"]), None)
    named = (body["capacity"], body["pair"])
    if box is None or (box.capacity.value, box.pair) != named or body["person"] != signer:
        raise _wrong("kotak tanda tangannya lain", "another signature box")
    actor = hall.actor(signer)
    mandated = (Role(content["actor"]["role"]), content["actor"]["region"]) in actor.mandates
    if not mandated or (box.person is not None and str(box.person) != signer):
        raise _wrong("penandatangannya lain", "another signer")
    cursor = DocumentCursor.objects.get(pk=document.pk)
    own = {"document": document, "field": box.field}
    taken = DocumentSignature.objects.filter(**own, method=DocumentSignature.PADES).exists()
    if taken or DocumentRefusal.objects.filter(**own).exists() or body["sequence"] != cursor.signatures + 1:
        raise _wrong("kotaknya sudah terisi atau urutannya lain", "its box is taken, or another order")
    if body["method"] != DocumentSignature.PADES or len(body["certificate_sha256"]) != 64:
        raise _wrong("caranya lain", "another method")
    _need_file(body["sha256"], hall)


def _need_file(sha256: str, hall: Hall) -> None:
    if not hall.store.exists(sha256):
        raise _wrong("berkasnya tidak ikut", "its file is not in the package")
