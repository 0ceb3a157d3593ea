"""Statements of figures, and verification by independence (`election.settle`)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from django.db import transaction

from sirekap.election import chasil
from sirekap.election.contests import ContestKind
from sirekap.election.roles import Capability, Role
from sirekap.election.rules import Finding, check_cross_contest
from sirekap.election.rules_base import Identity
from sirekap.election.rules_table import IDENTITIES
from sirekap.election.settle import Settlement, StatementView, settle
from sirekap.records import locks
from sirekap.records.ids import uuid7
from sirekap.records.journal import append
from sirekap.records.limits import check
from sirekap.records.models import Disclosure, FigureSet, Photo, Statement, StatementSeen, StationContest
from sirekap.workflow.errors import Refused, not_found, stale
from sirekap.workflow.intake import open_row
from sirekap.workflow.people import Actor, need_reason

FORMAT_PREFIX = "E1"


@cache
def identities(columns: int) -> tuple[Identity, ...]:
    """The arithmetic identities of a form with ``columns`` vote columns."""
    checks = (rule.check(columns) for rule in IDENTITIES if rule.check)
    return tuple(c for c in checks if isinstance(c, Identity))


def columns_of(row: StationContest) -> int:
    """Vote columns on this row's form."""
    return int(row.contest.columns)


def refuse_malformed(figures: Mapping[str, object], columns: int) -> list[Finding]:
    """All findings; raises `Refused` (400) when a figure is not fit for a box of the form."""
    findings = check(figures, columns)
    malformed = [f for f in findings if f.code.startswith(FORMAT_PREFIX)]
    if malformed:
        raise Refused(
            "malformed",
            "Ada isian yang tidak mungkin tertulis di formulir. Perbaiki yang ditandai; tidak ada yang disimpan.",
            "Some entries cannot stand in the form's boxes. Mend what is marked; nothing was saved.",
            400,
            malformed,
        )
    return findings


def views(row: StationContest, uploaders: set[uuid.UUID]) -> list[StatementView]:
    """The statements of the row's current generation, ready for `settle`.

    The station's own committee counts as one side with whoever uploaded the photograph: two of its
    members agreeing verify nothing.
    """
    statements = list(
        Statement.objects.filter(row=row, generation=row.generation).select_related("figures").order_by("entry_id")
    )
    if not statements:
        return []
    saw: dict[uuid.UUID, set[str]] = defaultdict(set)
    for statement_id, other in StatementSeen.objects.filter(statement__in=statements).values_list("statement", "saw"):
        saw[statement_id].add(str(other))
    return [
        StatementView(
            id=str(s.pk),
            author=str(s.author),
            human=s.human,
            order=s.entry_id,
            figures=s.figures.figures(),
            saw=frozenset(saw[s.pk]),
            uploader=s.author in uploaders or s.role == Role.KPPS,
        )
        for s in statements
    ]


def uploaders_of(row: StationContest) -> set[uuid.UUID]:
    """Who uploaded photographs of the current generation."""
    return set(Photo.objects.filter(row=row, generation=row.generation).values_list("uploader", flat=True))


def seen_by(person: uuid.UUID, row: StationContest) -> list[str]:
    """Statements of this row whose figures a screen has shown to the person."""
    shown = Disclosure.objects.filter(
        person=person, statement__row=row, statement__generation=row.generation
    ).values_list("statement_id", flat=True)
    return sorted(str(s) for s in shown)


@transaction.atomic
def disclose(actor: Actor, row_id: str) -> list[Statement]:
    """The row's statements, recording that this person has now seen them. Raises `Refused`."""
    actor.acting(Capability.READ, row_id[:13])
    try:
        row = locks.row(row_id)
    except StationContest.DoesNotExist:
        raise not_found(f"TPS/pemilihan {row_id}") from None
    statements = list(
        Statement.objects.filter(row=row, generation=row.generation).select_related("figures").order_by("entry_id")
    )
    fresh = [s for s in statements if s.author != actor.person]
    known = set(
        Disclosure.objects.filter(person=actor.person, statement__in=fresh).values_list("statement_id", flat=True)
    )
    for statement in fresh:
        if statement.pk not in known:
            Disclosure.objects.create(id=f"{actor.person}/{statement.pk}", person=actor.person, statement=statement)
    return statements


@transaction.atomic
def disclose_reading(actor: Actor, row_id: str) -> None:
    """Record that this person has now been shown what the reader states of the row. Raises `Refused`."""
    actor.acting(Capability.READ, row_id[:13])
    row = open_row(row_id)
    own = Statement.objects.filter(row=row, generation=row.generation, human=False)
    known = Disclosure.objects.filter(person=actor.person, statement__in=own).values("statement_id")
    for statement in own.exclude(pk__in=known):
        Disclosure.objects.create(id=f"{actor.person}/{statement.pk}", person=actor.person, statement=statement)


def _capability(actor: Actor, row: StationContest) -> Capability:
    return Capability.CONFIRM if actor.may(Capability.CONFIRM, row.station_id) else Capability.VERIFY


def _refuse_unfit(
    actor: Actor,
    row: StationContest,
    capability: Capability,
    existing: Sequence[StatementView],
    uploaders: set[uuid.UUID],
) -> None:
    if row.verified_id is not None or row.decided_id is not None:
        raise Refused(
            "already_verified",
            "Angka TPS ini sudah diverifikasi. Keberatan atau koreksi disampaikan dalam rapat pleno.",
            "This station's figures are verified already. Objections and corrections go to the plenary.",
        )
    if capability is Capability.CONFIRM:
        return
    if actor.person in uploaders:
        raise Refused(
            "uploader_may_not_verify",
            "Anda yang mengunggah foto ini, jadi verifikasi harus oleh orang lain.",
            "You uploaded this photo, so somebody else has to verify it.",
            403,
        )
    if not row.complete:
        raise Refused(
            "photo_missing",
            "Foto semua halaman belum diterima; belum ada yang bisa dicocokkan.",
            "The photos of all pages have not arrived; there is nothing to check against yet.",
        )
    if any(v.author == str(actor.person) for v in existing):
        raise Refused(
            "already_stated",
            "Anda sudah mengisi TPS ini. Pengisian ulang dilakukan orang lain.",
            "You have entered this station already. Somebody else enters it again.",
        )


def make_statement(
    actor: Actor,
    row_id: str,
    figures: Mapping[str, int | None],
    at: datetime,
    *,
    generation: int | None = None,
    paper_wrong: bool = False,
    reason: str = "",
    statement_id: uuid.UUID | None = None,
) -> Settlement:
    """State what the paper says; when independent statements agree, the row becomes verified.

    ``figures`` may name some fields only (blind re-entry). A broken error rule is refused once
    with its findings, unless ``paper_wrong`` says the paper itself reads so. ``generation`` is
    the one the author's screen showed. Raises `Refused`.
    """
    with transaction.atomic():
        row = open_row(row_id)
        capability = _capability(actor, row)
        acting = actor.acting(capability, row.station_id)
        if generation is not None and generation != row.generation:
            raise stale()
        uploaders = uploaders_of(row)
        existing = views(row, uploaders)
        _refuse_unfit(actor, row, capability, existing, uploaders)
        columns = columns_of(row)
        _check_entry(figures, columns, paper_wrong)
        if any(v.author == str(actor.person) for v in existing):
            reason = need_reason(reason)
        new_id = statement_id or uuid7(at)
        saw = seen_by(actor.person, row) if existing else []
        view = StatementView(
            id=str(new_id),
            author=str(actor.person),
            human=True,
            order=max((v.order for v in existing), default=0) + 1,
            figures=figures,
            saw=frozenset(saw),
            uploader=actor.person in uploaders or acting.role == Role.KPPS,
        )
        settlement = settled(row, [*existing, view])
        body = statement_body(row, view, settlement) | {"paper_wrong": paper_wrong, "reason": reason}
        append("statement.made", acting, at, body, row)
    return settlement


def settled(row: StationContest, statements: Sequence[StatementView]) -> Settlement:
    """What these statements settle on this row's form, under the limits in force."""
    columns = columns_of(row)
    return settle(statements, columns, lambda f: check(f, columns), identities(columns))


def statement_body(row: StationContest, view: StatementView, settlement: Settlement) -> dict[str, object]:
    """What the ledger keeps of a statement; the verification it brings about is part of it."""
    alone = view.order == 1
    return {
        "statement": view.id,
        "row": row.pk,
        "generation": row.generation,
        "author": view.author,
        "human": view.human,
        "figures": dict(view.figures),
        "saw": sorted(view.saw),
        "open": {} if alone else {name: why.value for name, why in settlement.open.items()},
        "verified": _verified(row, settlement) if settlement.verified else None,
    }


def _check_entry(figures: Mapping[str, int | None], columns: int, paper_wrong: bool) -> None:
    if not figures:
        raise Refused("empty", "Belum ada angka yang diisi.", "No figure was entered.", 400)
    findings = refuse_malformed(figures, columns)
    errors = [f for f in findings if f.severity == "error"]
    if errors and not paper_wrong:
        raise Refused(
            "arithmetic",
            "Hitungan tidak cocok. Lihat kertas sekali lagi; bila kertas memang tertulis begitu, nyatakan.",
            "The arithmetic does not hold. Look at the paper again; if it truly reads so, say so.",
            422,
            errors,
        )


def blank_findings(row: StationContest, figures: Mapping[str, int | None]) -> list[Finding]:
    """E105 when rows that every layout prints are blank: nothing is summed for them, so it must show."""
    return [f for f in check(figures, columns_of(row), complete=True) if f.code == "E105"]


def cross_findings(row: StationContest, figures: Mapping[str, int | None]) -> list[Finding]:
    """Findings between the two contests of one station (same generation, other one verified)."""
    others = StationContest.objects.filter(station_id=row.station_id, generation=row.generation).exclude(pk=row.pk)
    ids = [decided or verified for decided, verified in others.order_by().values_list("decided_id", "verified_id")]
    if not ids or ids[0] is None:
        return []
    current = FigureSet.objects.get(pk=ids[0])
    governor, regent = figures, current.figures()
    if row.contest.kind == ContestKind.REGENT:
        governor, regent = regent, figures
    return check_cross_contest(governor, regent)


def finding_codes(findings: Sequence[object]) -> list[str]:
    """Sorted distinct rule codes, as stored and published."""
    return sorted({str(f.code) for f in findings})  # type: ignore[attr-defined]


def _verified(row: StationContest, settlement: Settlement) -> dict[str, object]:
    figures = {
        f: settlement.settled[f] for f in chasil.field_ids(columns_of(row), optional=True) if f in settlement.settled
    }
    findings = [*settlement.findings, *blank_findings(row, figures), *cross_findings(row, figures)]
    return {"figures": figures, "findings": finding_codes(findings)}
