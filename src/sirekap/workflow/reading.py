"""The act of machine reading: one photograph read = one transaction = one entry.

When the whole form has been looked at, the same entry carries what the reader states of it, and the verification
that this brings about together with a person's statement. The reader states only figures it is sure of; it never
verifies anything without a person.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from sirekap.election import chasil
from sirekap.election.settle import StatementView
from sirekap.reading import keeping
from sirekap.reading.messages import reason as gate_reason
from sirekap.reading.result import FieldReading, PageEvidence, QrReading, Reading, Reason, Verdict
from sirekap.reading.sandbox import refused
from sirekap.reading.verdict_texts import reason as text_of
from sirekap.reading.version import READER
from sirekap.records import locks, queries
from sirekap.records.ids import uuid7
from sirekap.records.journal import Acting, append
from sirekap.records.models import Photo, PhotoReading, ReadingJob, Statement, StationContest
from sirekap.records.readings import OF_ANOTHER_FORM
from sirekap.workflow import reading_flags, reading_queue
from sirekap.workflow.reading_queue import Leased
from sirekap.workflow.verification import settled, statement_body, uploaders_of, views

MACHINE = Acting(None, "machine", "")
PARTS = 1_000_000
"""Confidences are kept as parts per million."""


def machine_id(reader: str = READER) -> uuid.UUID:
    """The author of a reader's statements; another version of the reader is another author."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:sirekap:reader:{reader}")


class Judge(Protocol):
    """`reading.reader.judge`: pages of one form, its vote columns, largest possible figures -> what they say."""

    def __call__(self, evidence: Sequence[PageEvidence], *, columns: int, caps: Mapping[str, int]) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a reading: the fact, whether the whole form was read with it, and whether that verified it."""

    reading: uuid.UUID
    verdict: str
    complete: bool
    stated: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class _Form:
    """The form as decoded from its pages. ``photos``: page -> photograph; ``where``: field id -> its page."""

    photos: dict[int, uuid.UUID]
    reading: Reading
    where: dict[str, int]


def record_reading(leased: Leased, evidence: PageEvidence, at: datetime, *, judge: Judge) -> Recorded | None:
    """Record what was seen on a leased photograph, and finish its job in the same transaction.

    ``None`` when the lease was lost or this reader has read the photograph already: nothing was written. Pages of
    the form read earlier are decoded together with this one; a photograph of a superseded generation, of a closed
    or a verified station is recorded, but states nothing.
    """
    packed = keeping.pack(evidence)
    evidence = keeping.unpack(packed)
    return _record(leased.photo, leased.job, lambda job: reading_queue.holds(job, leased), evidence, packed, at, judge)


def record_given_up(job: int, at: datetime, *, judge: Judge) -> Recorded | None:
    """Record that a photograph was given up, as a refused reading; so the rest of its form is stated without it.

    ``None`` when the job is queued again, or this reader has a reading of the photograph: nothing was written.
    """
    photo = ReadingJob.objects.values_list("photo_id", flat=True).get(pk=job)
    evidence = refused(gate_reason("reader_failed"))
    return _record(photo, job, lambda found: found.state == ReadingJob.FAILED, evidence, None, at, judge)


def _record(
    pk: uuid.UUID,
    job_pk: int,
    mine: Callable[[ReadingJob], bool],
    evidence: PageEvidence,
    packed: bytes | None,
    at: datetime,
    judge: Judge,
) -> Recorded | None:
    """One reading as one entry, if the job is still ``mine``; ``packed`` ends the job, None leaves it as it is."""
    photo = Photo.objects.select_related("row__contest").get(pk=pk)
    caps = caps_of(photo.row)
    alone = judge([evidence], columns=photo.row.contest.columns, caps=caps)
    ahead = _decode(photo.row, photo, evidence, judge, caps, reading_flags.flags(evidence, photo, photo.row))
    with transaction.atomic():
        row = locks.row(photo.row_id)
        job = locks.reading_job(job_pk)
        if job is None or not mine(job):
            return None
        if PhotoReading.objects.filter(photo=photo, reader=READER).exists():
            if packed is not None:
                _finish(job, None)
            return None
        flags = reading_flags.flags(evidence, photo, row)
        form = _decode(row, photo, evidence, judge, caps, flags, ahead)
        body = _body(photo, row, evidence, alone, flags, form, at)
        append("photo.read", MACHINE, at, body, row)
        if packed is not None:
            _finish(job, packed)
    statement = body["statement"]
    return Recorded(
        uuid.UUID(body["reading"]),
        body["verdict"],
        body["complete"],
        statement is not None,
        bool(statement and statement["verified"]),
    )


def _finish(job: ReadingJob, packed: bytes | None) -> None:
    job.state, job.owner, job.error, job.evidence = ReadingJob.DONE, "", "", packed
    job.save(update_fields=["state", "owner", "error", "evidence"])


def caps_of(row: StationContest) -> dict[str, int]:
    """The largest figures this station's register allows: its permanent roll, for the fields that copy it."""
    found = queries.rolls([row.station_id]).get(row.station_id)
    if found is None:
        return {}
    men, women = found
    return {
        "roll_dpt_l": men,
        "roll_dpt_p": women,
        "roll_dpt_j": men + women,
        "voted_dpt_l": men,
        "voted_dpt_p": women,
        "voted_dpt_j": men + women,
    }


def _chosen(row: StationContest, photo: Photo, usable: bool, page: int | None) -> dict[int, uuid.UUID]:
    """Page -> the photograph that speaks for it: the latest usable one of the present generation."""
    own = {"row": row, "generation": row.generation, "reader": READER}
    earlier = PhotoReading.objects.filter(**own, page__isnull=False).order_by("entry_id")
    out: dict[int, uuid.UUID] = {}
    for known, number, mark, reasons in earlier.values_list("photo_id", "page", "fingerprint", "reasons"):
        codes = {reason["code"] for reason in reasons}
        if number in row.page_numbers and mark and not OF_ANOTHER_FORM & codes:
            out[number] = known
    if usable and page is not None and photo.generation == row.generation:
        out[page] = photo.pk
    return dict(sorted(out.items()))


def _decode(
    row: StationContest,
    photo: Photo,
    evidence: PageEvidence,
    judge: Judge,
    caps: Mapping[str, int],
    flags: Sequence[Reason],
    ahead: _Form | None = None,
) -> _Form | None:
    """The whole form from its pages; ``ahead`` is what was decoded before the row was locked, if still right."""
    usable = reading_flags.usable(evidence, [flag.code for flag in flags], row)
    chosen = _chosen(row, photo, usable, evidence.page)
    if not chosen:
        return None
    if ahead is not None and ahead.photos == chosen:
        return ahead
    kept = ReadingJob.objects.filter(reader=READER, photo__in=[p for p in chosen.values() if p != photo.pk])
    packed = {job.photo_id: bytes(job.evidence) for job in kept if job.evidence is not None}
    pages = {
        number: evidence if known == photo.pk else keeping.unpack(packed[known])
        for number, known in chosen.items()
        if known == photo.pk or known in packed
    }
    if not pages:
        return None
    reading = judge(list(pages.values()), columns=row.contest.columns, caps=caps)
    where = {name: number for number, page in pages.items() for name in page.fields}
    return _Form({number: chosen[number] for number in pages}, reading, where)


def _all_looked_at(row: StationContest, photo: Photo) -> bool:
    """Whether every page has arrived and every photograph but this one was read or given up."""
    photos = Photo.objects.filter(row=row, generation=row.generation).exclude(pk=photo.pk)
    waiting = ReadingJob.objects.filter(photo__in=photos, state__in=(ReadingJob.QUEUED, ReadingJob.LEASED))
    return row.complete and not waiting.exists()


def _body(
    photo: Photo,
    row: StationContest,
    evidence: PageEvidence,
    alone: Reading,
    flags: Sequence[Reason],
    form: _Form | None,
    at: datetime,
) -> dict[str, Any]:
    """The entry of one reading."""
    current = photo.generation == row.generation and not row.closed
    complete = current and form is not None and tuple(form.photos) == row.page_numbers
    finished = current and form is not None and (complete or _all_looked_at(row, photo))
    own = {flag.code for flag in flags}
    reasons = [*flags, *(reason for reason in alone.reasons if reason.code not in own)]
    return {
        "reading": str(uuid7(at)),
        "row": row.pk,
        "generation": photo.generation,
        "photo": str(photo.pk),
        "reader": READER,
        "model": alone.model,
        "template": evidence.template or "",
        "page": evidence.page,
        "verdict": _verdict(alone.verdict, flags).value,
        "reasons": [reason.as_dict() for reason in reasons],
        "qr": _qr(evidence.qr),
        "fields": _fields(alone.fields),
        "size": [int(side) for side in evidence.size],
        "fingerprint": reading_flags.fingerprint(evidence),
        "complete": complete,
        "form": _form(form, row) if finished and form is not None else None,
        "statement": _statement(row, form, at) if finished and form is not None else None,
    }


def _verdict(found: Verdict, flags: Sequence[Reason]) -> Verdict:
    other = any(flag.code in OF_ANOTHER_FORM for flag in flags)
    return Verdict.REVIEW if other and found is Verdict.ACCEPT else found


def _qr(qr: QrReading | None) -> dict[str, Any] | None:
    """What the ledger keeps of a QR: never its free text."""
    if qr is None:
        return None
    return {
        "contest": qr.contest,
        "station": qr.station,
        "page": qr.page,
        "generation": qr.generation,
        "check": qr.check,
    }


def _fields(fields: Mapping[str, FieldReading]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "value": found.value,
            "proposal": found.proposal,
            "confidence": round(max(0.0, min(1.0, found.confidence)) * PARTS),
            "box": [int(side) for side in found.box],
            "doubt": list(found.doubt),
        }
        for name, found in fields.items()
        if name in chasil.BY_ID
    }


def _form(form: _Form, row: StationContest) -> dict[str, Any]:
    """The form as decoded; without every page it is never accepted, and the figures not seen are named."""
    absent = [page for page in row.page_numbers if page not in form.photos]
    fields = [f.id for page in absent for f in chasil.fields_of_page(page, row.contest.columns)]
    reasons = [*form.reading.reasons, *([text_of("missing_fields", fields)] if absent else [])]
    accepted = form.reading.verdict is Verdict.ACCEPT
    return {
        "verdict": (Verdict.REVIEW if absent and accepted else form.reading.verdict).value,
        "reasons": [reason.as_dict() for reason in reasons],
        "photos": {str(page): str(photo) for page, photo in form.photos.items()},
        "fields": {name: found | {"page": form.where[name]} for name, found in _fields(form.reading.fields).items()},
    }


def stated(reading: Reading, columns: int) -> dict[str, int | None]:
    """The figures a reader states of a form: those it gives a value without any doubt. Proposals are not among them."""
    if reading.verdict is Verdict.REFUSED:
        return {}
    out: dict[str, int | None] = {}
    for name in chasil.field_ids(columns, optional=True):
        found = reading.fields.get(name)
        if found is not None and found.value is not None and not found.doubt:
            out[name] = int(found.value)
    return out


def _statement(row: StationContest, form: _Form, at: datetime) -> dict[str, Any] | None:
    """The reader's statement, unless the figures stand already, it has nothing to say, or nothing new."""
    if row.verified_id is not None or row.decided_id is not None:
        return None
    figures = stated(form.reading, row.contest.columns)
    author = machine_id()
    before = Statement.objects.filter(row=row, generation=row.generation, author=author).order_by("entry_id")
    known = {name: value for s in before.select_related("figures") for name, value in s.figures.figures().items()}
    if not figures or all(known.get(name, -1) == value for name, value in figures.items()):
        return None
    existing = views(row, uploaders_of(row))
    view = StatementView(
        id=str(uuid7(at)),
        author=str(author),
        human=False,
        order=max((v.order for v in existing), default=0) + 1,
        figures=figures,
    )
    body = statement_body(row, view, settled(row, [*existing, view]))
    return body | {"paper_wrong": False, "reason": ""}
