"""Plenary acts on one station: read, put off, correct. The other acts of a session are named here, too.

Lock order: station row, then session.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sirekap.election import chasil
from sirekap.election.plenary import ItemAct, ItemState
from sirekap.election.roles import Capability
from sirekap.election.rules import Finding
from sirekap.election.standing import Tier
from sirekap.evidence.store import EvidenceStore
from sirekap.records.journal import append
from sirekap.records.limits import check
from sirekap.records.models import FigureSet, StationContest
from sirekap.workflow.agenda import item_state
from sirekap.workflow.errors import Refused
from sirekap.workflow.intake import open_row
from sirekap.workflow.people import Actor, need_reason
from sirekap.workflow.plenary_again import order_recount, undo
from sirekap.workflow.plenary_step import Step, begin
from sirekap.workflow.sessions import (
    TIER_OF_LENGTH,
    adjourn,
    close_session,
    convene,
    locked_session,
    open_session,
    reopen_session,
    resume,
    take_region,
)
from sirekap.workflow.sheet_versions import with_reissues
from sirekap.workflow.verification import columns_of, cross_findings, finding_codes, refuse_malformed

__all__ = [
    "TIER_OF_LENGTH",
    "Step",
    "accept",
    "adjourn",
    "close_session",
    "convene",
    "correct",
    "defer",
    "open_session",
    "order_recount",
    "reopen_session",
    "resume",
    "second_person",
    "take_from_box",
    "take_region",
    "undo",
]

PHOTO_MISSING = "W701"


def _findings(row: StationContest, figures: Mapping[str, int | None]) -> list[Finding]:
    return [*check(figures, columns_of(row), complete=True), *cross_findings(row, figures)]


def _codes(row: StationContest, findings: Sequence[Finding]) -> list[str]:
    photo = [] if row.complete else [PHOTO_MISSING]
    return sorted({*finding_codes(findings), *photo})


def _decide(
    step_: Step,
    decision: str,
    at: datetime,
    *,
    figures_id: uuid.UUID | None = None,
    figures: Mapping[str, int | None] | None = None,
    findings: Sequence[str] = (),
    second: uuid.UUID | None = None,
    reason: str = "",
) -> None:
    body = {
        "row": step_.row.pk,
        "generation": step_.row.generation,
        "session": str(step_.session.pk),
        "tier": step_.session.tier,
        "began": step_.began,
        "decision": decision,
        "figures_id": str(figures_id) if figures_id else None,
        "figures": dict(figures) if figures is not None else None,
        "findings": list(findings),
        "second": str(second) if second else None,
        "reason": reason,
        **_reissues(step_, decision, figures_id, figures),
    }
    append("item.decided", step_.acting, at, body, step_.row)


def _reissues(
    step_: Step, decision: str, figures_id: uuid.UUID | None, figures: Mapping[str, int | None] | None
) -> dict[str, Any]:
    """What a decision does to closed sheets below: nothing, unless the station's decided figures become others."""
    row, tier = step_.row, step_.session.tier
    if tier == Tier.DISTRICT or decision not in ("accepted", "from_box") or (figures_id and row.decided_id):
        return {}
    return with_reissues(row, tier, figures if figures is not None else FigureSet.objects.get(pk=figures_id).figures())


@transaction.atomic
def accept(actor: Actor, session_id: uuid.UUID, row_id: str, at: datetime, *, expected_seq: int | None = None) -> None:
    """Accept one station's verified figures as read from the C.Hasil in the sealed box."""
    step_ = begin(actor, session_id, row_id, ItemAct.ACCEPT, expected_seq)
    figures = step_.row.decided_id or step_.row.verified_id
    if figures is None:
        raise Refused(
            "not_verified",
            "TPS ini belum punya angka terverifikasi. Bacakan dari C.Hasil dalam kotak dan isi bersama dua petugas.",
            "This station has no verified figures. Read them from the C.Hasil in the box, entered by two officers.",
        )
    _decide(step_, "accepted", at, figures_id=figures, findings=_codes_of_row(step_.row))


def _codes_of_row(row: StationContest) -> list[str]:
    photo = set() if row.complete else {PHOTO_MISSING}
    return sorted({*row.findings, *photo})


@transaction.atomic
def defer(
    actor: Actor, session_id: uuid.UUID, row_id: str, reason: str, at: datetime, *, expected_seq: int | None = None
) -> None:
    """Put one station off to later in the session."""
    step_ = begin(actor, session_id, row_id, ItemAct.DEFER, expected_seq)
    _decide(step_, "deferred", at, reason=need_reason(reason))


def second_person(first: Actor, second: Actor, region: str) -> None:
    """Two different persons, the second authorised for the region; raises `Refused`."""
    if first.person == second.person:
        raise Refused(
            "two_persons",
            "Perlu dua orang yang berbeda. Minta anggota lain memberi persetujuan.",
            "Two different people are needed. Ask another member to authorise.",
            403,
        )
    second.acting(Capability.AUTHORISE, region)


@transaction.atomic
def take_from_box(
    actor: Actor,
    second: Actor,
    session_id: uuid.UUID,
    row_id: str,
    figures: Mapping[str, int | None],
    at: datetime,
    *,
    expected_seq: int | None = None,
) -> None:
    """Figures read from the sealed box when nothing was verified, or the figures of a recount.

    A recount's figures become the row's verified ones and must still be read out and accepted.
    """
    row = open_row(row_id)
    recount = item_state(row, locked_session(session_id)) is ItemState.RECOUNT
    act = ItemAct.ENTER_RECOUNT if recount else ItemAct.TAKE_FROM_BOX
    step_ = begin(actor, session_id, row_id, act, expected_seq)
    if step_.row.verified_id or step_.row.decided_id:
        raise Refused(
            "already_verified",
            "TPS ini sudah punya angka. Bila kertas dalam kotak berbeda, catat sebagai koreksi beserta buktinya.",
            "This station has figures. Where the paper in the box differs, record a correction with its evidence.",
        )
    second_person(actor, second, step_.session.region_id)
    columns = columns_of(step_.row)
    refuse_malformed(figures, columns)
    missing = [f for f in chasil.field_ids(columns) if f not in figures]
    if missing:
        raise Refused(
            "incomplete",
            f"Masih ada {len(missing)} isian kosong. Isi semua baris formulir.",
            f"{len(missing)} fields are not entered. Enter every row of the form.",
            400,
        )
    codes = _codes(step_.row, _findings(step_.row, figures))
    decision = "recount_entered" if recount else "from_box"
    _decide(step_, decision, at, figures=figures, findings=codes, second=second.person)


@transaction.atomic
def correct(
    actor: Actor,
    second: Actor,
    store: EvidenceStore,
    session_id: uuid.UUID,
    row_id: str,
    changes: Mapping[str, int | None],
    reason: str,
    evidence: str,
    at: datetime,
    *,
    expected_seq: int | None = None,
) -> None:
    """Correct a set of fields of one station as one decision.

    ``evidence`` is the SHA-256 of a document or photograph in the store. The rules run again on
    the result: an error on a corrected field, or one that was not there before, refuses the act.
    """
    step_ = begin(actor, session_id, row_id, ItemAct.CORRECT, expected_seq)
    second_person(actor, second, step_.session.region_id)
    why = need_reason(reason)
    _need_evidence(store, evidence)
    row = step_.row
    before = _current(row)
    real = {f: v for f, v in changes.items() if before.get(f) != v}
    if not real:
        raise Refused("no_change", "Tidak ada angka yang berubah.", "No figure changes.", 400)
    after = {**before, **real}
    refuse_malformed(after, columns_of(row))
    findings = _findings(row, after)
    _refuse_broken(check(after, columns_of(row)), check(before, columns_of(row)), real)
    body = {
        "row": row.pk,
        "generation": row.generation,
        "session": str(step_.session.pk),
        "tier": step_.session.tier,
        "began": step_.began,
        "changes": {f: {"old": before.get(f), "new": v} for f, v in sorted(real.items())},
        "figures": after,
        "findings": _codes(row, findings),
        "reason": why,
        "evidence": evidence,
        "authorised": [str(actor.person), str(second.person)],
        **with_reissues(row, step_.session.tier, after),
    }
    append("item.corrected", step_.acting, at, body, row)


def _need_evidence(store: EvidenceStore, evidence: str) -> None:
    if not evidence or not store.exists(evidence):
        raise Refused(
            "evidence",
            "Koreksi perlu bukti: unggah foto C.Hasil dari kotak atau berita acara.",
            "A correction needs evidence: upload a photo of the C.Hasil from the box, or the minutes.",
            400,
        )


def _current(row: StationContest) -> dict[str, int | None]:
    figures = row.decided_id or row.verified_id
    if figures is None:
        raise Refused(
            "nothing_to_correct",
            "Belum ada angka untuk dikoreksi. Bacakan dari kotak lebih dulu.",
            "There are no figures to correct. Read them from the box first.",
        )
    return FigureSet.objects.get(pk=figures).figures()


def _refuse_broken(findings: Sequence[Finding], before: Sequence[Finding], changes: Mapping[str, object]) -> None:
    known = {(f.code, f.fields) for f in before}
    broken = [
        f
        for f in findings
        if f.severity == "error" and ((f.code, f.fields) not in known or set(f.fields) & set(changes))
    ]
    if broken:
        raise Refused(
            "correction_breaks_rule",
            "Sesudah koreksi ini hitungan tidak cocok. Periksa lagi semua isian yang ikut berubah.",
            "After this correction the arithmetic fails. Check every figure that changes with it.",
            422,
            broken,
        )
