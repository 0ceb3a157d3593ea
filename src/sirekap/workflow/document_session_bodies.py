"""The documents of a session beside its sheets: incidents, attendance, receipt of copies, minutes, material."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db.models import Max

from sirekap.election import objections as law
from sirekap.election.conduct import Capacity
from sirekap.election.plenary import SessionState
from sirekap.election.rules import check, describe
from sirekap.election.rules_texts import title as title_of_rule
from sirekap.election.standing import COUNTED_FROM, LABEL_ID, Standing, Tier
from sirekap.paper.documents import model
from sirekap.paper.documents.model import AnswerStatus, Body, DocumentKind, MatterKind
from sirekap.records.models import (
    Attendance,
    Checkpoint,
    Correction,
    Document,
    ItemReopened,
    Region,
    SessionCursor,
    StationContest,
)
from sirekap.records.ranges import within
from sirekap.workflow import objection_agenda, sheets
from sirekap.workflow.conduct import quorum
from sirekap.workflow.document_people import attended, names_of, signers_of
from sirekap.workflow.errors import Refused

Made = tuple[Body, str | None]
STATION_DIGITS = 13
_EVENTS = {
    "opened": "Rapat dibuka.",
    "adjourned": "Rapat diskors.",
    "resumed": "Rapat dilanjutkan.",
    "closed": "Rapat ditutup.",
    "reopened": "Rapat dibuka kembali",
}
_TIERS = {Tier.DISTRICT: "kecamatan", Tier.REGENCY: "kabupaten/kota", Tier.PROVINCE: "provinsi"}


def _contests(session: SessionCursor, contest: str | None) -> tuple[str, ...]:
    if contest is not None and contest not in session.contests:
        raise Refused(
            "contest",
            "Pemilihan ini tidak ada dalam agenda rapat.",
            "This contest is not on the session's agenda.",
            400,
        )
    return (contest,) if contest else tuple(session.contests)


def _signers(session: SessionCursor, contests: tuple[str, ...]) -> tuple[model.Signer, ...]:
    """Chair and members; with one contest also the witnesses of its pairs."""
    return signers_of(session, contests[0] if len(contests) == 1 else None)


def _data(contests: tuple[str, ...]) -> tuple[model.Contest, ...]:
    from sirekap.workflow.document_contents import contest_data

    return tuple(contest_data(pk) for pk in contests)


def _incidents(session: SessionCursor, contest: str | None, venue: str) -> Made:
    chosen = _contests(session, contest)
    found = [
        item
        for item in objection_agenda.of_session(session)
        if item.objection.contest_id is None or item.objection.contest_id in chosen
    ]
    matters = tuple(_matter(session, item) for item in found)
    return model.Incidents(_data(chosen), matters, _signers(session, chosen), session.opened_at), contest


def _matter(session: SessionCursor, item: objection_agenda.Listed) -> model.Matter:
    """An objection in the public's words where there are such; its own are printed only once published."""
    said = item.objection
    by = law.LABEL_ID[law.Capacity(said.capacity)] + (f" pasangan calon nomor {said.pair}" if said.pair else "")
    name = Region.objects.filter(code=said.region[:10]).values_list("name", flat=True).first() or said.region
    place = f"TPS {said.region[10:]} {name}" if len(said.region) == STATION_DIGITS else name
    answer = item.answers[-1] if item.answers else None
    from_below = said.session_id not in (None, session.pk) and said.tier < session.tier
    return model.Matter(
        kind=MatterKind(said.kind),
        by=by,
        about=f"{law.LABEL_ID[law.Subject(said.subject)]}: {place}",
        text=item.published or "Uraian lengkap tersimpan pada penyelenggara; hash-nya tercatat di buku besar.",
        at=said.at,
        status=AnswerStatus(answer.status) if answer else AnswerStatus.OPEN,
        answer=answer.answer if answer else "",
        correction=f"entri {answer.remedy}" if answer and answer.remedy else "",
        origin=f"Pleno {_TIERS[Tier(said.tier)]}" if from_below else "",
        attachments=tuple(file.sha256 for file in item.attachments),
    )


def _attendees(session: SessionCursor, *capacities: Capacity) -> tuple[model.Attendee, ...]:
    records = [r for r in attended(session) if not capacities or r.capacity in capacities]
    names = names_of([record.person_id for record in records if record.person_id])
    return tuple(
        model.Attendee(
            capacity=Capacity(record.capacity),
            name=names.get(record.person_id, "") if record.person_id else "",
            pair=_pair_number(record),
            mandate=record.mandate,
            at=record.at if record.present else None,
            present=record.present,
        )
        for record in sorted(records, key=lambda record: list(Capacity).index(Capacity(record.capacity)))
    )


def _pair_number(record: Attendance) -> int | None:
    return int(record.pair.number) if record.pair_id is not None else None


def _attendance(session: SessionCursor, contest: str | None, venue: str) -> Made:
    state = quorum(session)
    chosen = _contests(session, contest)
    body = model.Attendance(
        _data(chosen),
        _attendees(session),
        signers_of(session, None),
        (state.present, state.needed),
        session.opened_at,
        venue,
    )
    return body, contest


def _receipt(session: SessionCursor, contest: str | None, venue: str) -> Made:
    """Copies of every document of the session as it stands now, the latest of each kind and contest."""
    chosen = _contests(session, contest)
    latest: dict[tuple[str, str | None], Document] = {}
    issued = Document.objects.filter(session=session).exclude(kind=DocumentKind.TANDA_TERIMA.value)
    for document in issued.order_by("entry_id").select_related("cursor"):
        if document.contest_id is None or document.contest_id in chosen:
            latest[document.kind, document.contest_id] = document
    copies = tuple(
        model.CopyOf(_kind_title(document), document.cursor.sha256, document.pages, str(document.pk))
        for document in latest.values()
    )
    people = _attendees(session, Capacity.WITNESS, Capacity.SUPERVISOR)
    recipients = tuple(replace(person, at=None) for person in people)  # when they receive it is written by hand
    return model.Receipt(_data(chosen), copies, recipients, signers_of(session, None)), contest


def _kind_title(document: Document) -> str:
    contest = f" – {document.contest.title}" if document.contest_id else ""
    version = f" (versi {document.version})" if document.version > 1 else ""
    return f"{KIND_TITLES[DocumentKind(document.kind)]}{contest}{version}"


KIND_TITLES = {
    DocumentKind.DHASIL_KECAMATAN: "D.Hasil Kecamatan-KWK",
    DocumentKind.DHASIL_KABKO: "D.Hasil KabKo-KWK",
    DocumentKind.DHASIL_PROV: "D.Hasil Prov-KWK",
    DocumentKind.KEJADIAN_KHUSUS: "D.Kejadian Khusus dan/atau Keberatan Saksi-KWK",
    DocumentKind.DAFTAR_HADIR: "Daftar hadir",
    DocumentKind.TANDA_TERIMA: "Tanda terima salinan",
    DocumentKind.BERITA_ACARA: "Berita acara rapat pleno",
    DocumentKind.SK_HASIL: "Keputusan penetapan hasil",
    DocumentKind.SK_TERPILIH: "Keputusan penetapan pasangan calon terpilih",
    DocumentKind.BAHAN_PLENO: "Bahan rapat pleno",
}
"""What each kind is called."""


def _minutes(session: SessionCursor, contest: str | None, venue: str) -> Made:
    chosen = _contests(session, contest)
    state = quorum(session)
    here = [record for record in attended(session) if record.present]
    answers: Counter[AnswerStatus] = Counter()
    for item in objection_agenda.of_session(session):
        own = [answer for answer in item.answers if answer.session_id == session.pk]
        answers[AnswerStatus(own[-1].status) if own else AnswerStatus.OPEN] += 1
    body = model.Minutes(
        contests=_data(chosen),
        sheets=tuple(sheets.sheet_of(session, pk) for pk in chosen),
        course=tuple(_happenings(session)),
        signers=_signers(session, chosen),
        attendance=Counter(Capacity(record.capacity) for record in here),
        quorum=(state.present, state.needed) if here else None,
        corrections=tuple(_corrections(session, chosen)),
        answers=answers,
        venue=venue,
        notes=_refusals(session),
    )
    return body, contest


def _happenings(session: SessionCursor) -> list[model.Happening]:
    out = []
    for event in session.events.filter(event__in=list(_EVENTS)).order_by("entry_id"):
        reason = event.detail.get("reason", "")
        text = f"{_EVENTS[event.event]}: {reason}." if event.event == "reopened" else _EVENTS[event.event]
        out.append(model.Happening(event.at, text))
    return out


def _corrections(session: SessionCursor, contests: tuple[str, ...]) -> list[model.CorrectedField]:
    undone = dict(
        ItemReopened.objects.filter(session=session).values_list("row_id").annotate(Max("entry_id")).order_by()
    )
    found = Correction.objects.filter(session=session, row__contest_id__in=contests).order_by("entry_id")
    out = []
    for fact in found.prefetch_related("fields").select_related("row"):
        if fact.entry_id > undone.get(fact.row_id, 0):
            station = fact.row_id[:13]
            village = Region.objects.filter(code=station[:10]).values_list("name", flat=True).first() or station[:10]
            where = f"TPS {station[10:]} {village}"
            out += [
                model.CorrectedField(fact.row.contest_id, where, field.field, field.old, field.new, fact.reason)
                for field in sorted(fact.fields.all(), key=lambda field: field.pk)
            ]
    return out


def _refusals(session: SessionCursor) -> tuple[str, ...]:
    from sirekap.paper.signing.fields import title
    from sirekap.records.models import DocumentRefusal

    found = DocumentRefusal.objects.filter(document__session=session).select_related("document", "document__contest")
    return tuple(
        f"{title(refusal.field)} tidak bersedia menandatangani {_kind_title(refusal.document)}: {refusal.reason}."
        for refusal in found.order_by("entry_id")
    )


def _material(session: SessionCursor, contest: str | None, venue: str) -> Made:
    """What is known before the session decides, with the log's latest signed head."""
    from sirekap.workflow.document_contents import contest_data

    chosen = _contests(session, contest)
    if len(chosen) != 1:
        raise Refused("contest", "Sebutkan pemilihannya.", "Name the contest.", 400)
    if session.state == SessionState.CLOSED:
        raise Refused("session_closed", "Rapat ini sudah ditutup.", "This session is closed.")
    head = Checkpoint.objects.order_by("size").last()
    figures = sheets.sheet_of(session, chosen[0])
    body = model.Material(
        contest=contest_data(chosen[0]),
        figures=figures,
        columns=_material_columns(session, chosen[0], [code for code, _ in figures.columns]),
        cut=head.size if head else 0,
        root=head.root if head else "",
        origin=head.note.split("\n", 1)[0] if head else "",
    )
    return body, chosen[0]


def _material_columns(session: SessionCursor, contest: str, codes: Sequence[str]) -> tuple[model.MaterialColumn, ...]:
    rows = StationContest.objects.filter(within("pk", session.region_id), contest_id=contest, closed=False)
    digits = len(codes[0]) if codes else 0
    inside: dict[str, list[StationContest]] = {code: [] for code in codes}
    for row in rows.select_related("counted", "contest").order_by("pk"):
        inside.setdefault(row.station_id[:digits], []).append(row)
    return tuple(_material_column(code, inside[code]) for code in codes)


def _material_column(code: str, rows: Sequence[StationContest]) -> model.MaterialColumn:
    counted = sum(row.standing >= COUNTED_FROM for row in rows)
    if len(code) < STATION_DIGITS or len(rows) != 1:
        return model.MaterialColumn(code, f"{counted} dari {len(rows)} TPS dihitung", counted, len(rows))
    row = rows[0]
    known = {one.code: one for one in check(row.counted.figures(), row.contest.columns)} if row.counted else {}
    found = tuple((c, describe(known[c], "public") if c in known else title_of_rule(c)) for c in row.findings)
    return model.MaterialColumn(code, LABEL_ID[Standing(row.standing)], counted, 1, found)


BODIES: dict[DocumentKind, Callable[[SessionCursor, str | None, str], Made]] = {
    DocumentKind.KEJADIAN_KHUSUS: _incidents,
    DocumentKind.DAFTAR_HADIR: _attendance,
    DocumentKind.TANDA_TERIMA: _receipt,
    DocumentKind.BERITA_ACARA: _minutes,
    DocumentKind.BAHAN_PLENO: _material,
}
"""Kind -> function of session, contest and venue that gathers its body."""
