"""Determination of a contest's result, and the elected pair."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from sirekap.election.contests import ContestKind
from sirekap.election.legal_clock import CourtEvent
from sirekap.election.outcome import HumanDecision, Outcome, OutcomeError, OutcomeKind, decide
from sirekap.election.roles import Capability
from sirekap.election.standing import Tier
from sirekap.records import locks, totals
from sirekap.records.journal import append
from sirekap.records.models import Contest, ContestCursor, CourtRecord, Determination, StationContest
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor, need_reason

FINAL_TIER = {ContestKind.GOVERNOR: Tier.PROVINCE, ContestKind.REGENT: Tier.REGENCY}
"""The tier whose closed plenary a determination needs."""

NEXT_LENGTH = {2: 4, 4: 6}


def outcome_of(contest: Contest, population: int | None, human: HumanDecision | None = None) -> Outcome:
    """The outcome the counted figures lead to; raises `OutcomeError`."""
    table = totals.of_contest(contest.pk)
    votes = [table[contest.region][f"votes_{n}"] for n in range(1, contest.columns + 1)]

    def areas(length: int) -> list[list[int]]:
        return [
            [figures[f"votes_{n}"] for n in range(1, contest.columns + 1)]
            for code, figures in table.items()
            if len(code) == length and code.startswith(contest.region)
        ]

    length = NEXT_LENGTH[len(contest.region)]
    return decide(
        ContestKind(contest.kind),
        contest.region[:2],
        votes,
        blank_column=contest.columns == 2 and contest.pairs.count() == 1,
        by_area=areas(length),
        by_lower_area=areas({4: 6, 6: 10}[length]),
        population=population,
        human_decision=human,
    )


def as_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as canonical-JSON-able data: fractions become ``[numerator, denominator]``."""
    return {k: _plain(v) for k, v in dataclasses.asdict(outcome).items()} | {"winner": outcome.winner}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    if hasattr(value, "numerator"):
        return [int(value.numerator), int(value.denominator)]
    return str(value)


def determine(
    actor: Actor,
    contest_id: str,
    decision_number: str,
    at: datetime,
    *,
    population: int | None = None,
    human: HumanDecision | None = None,
) -> Outcome:
    """Record the commission's decision (SK) on the result. Raises `Refused`.

    ``population``: inhabitants of the contest's region, or a lower bound that settles the court's
    bracket (such as the permanent roll); ``None`` leaves the threshold unknown.
    """
    with transaction.atomic():
        contest = Contest.objects.filter(pk=contest_id).first()
        if contest is None:
            raise not_found(f"Pemilihan {contest_id}")
        locks.rows_of_region(contest.region, [contest_id])
        cursor = locks.contest(contest_id)
        acting = actor.acting(Capability.DETERMINE, contest.region)
        if cursor.state != "counting":
            raise Refused("determined", "Hasil pemilihan ini sudah ditetapkan.", "This result is determined already.")
        _refuse_unratified(contest)
        number = need_reason(decision_number, 60)
        try:
            outcome = outcome_of(contest, population, human)
        except OutcomeError as error:
            raise _refuse_outcome(error) from None
        if outcome.kind is OutcomeKind.NEEDS_HUMAN_DECISION:
            raise Refused(
                "tie",
                "Suara terbanyak sama. Catat lebih dulu keputusan komisi tentang sebaran dukungan.",
                "The most votes are tied. Record the commission's decision on the spread of support first.",
            )
        table = totals.of_contest(contest_id)[contest.region]
        append(
            "contest.determined",
            acting,
            at,
            {
                "contest": contest_id,
                "decision_number": number,
                "totals": table,
                "outcome": as_json(outcome),
                "human_decision": _plain(dataclasses.asdict(human)) if human else None,
            },
        )
    return outcome


def _refuse_outcome(error: OutcomeError) -> Refused:
    return Refused(
        type(error).__name__,
        f"Hasil tidak dapat ditetapkan dengan data ini ({error}). Periksa jumlah penduduk dan keputusan suara sama.",
        f"The result cannot be determined from this: {error}. Check the population and the decision on the tie.",
        400,
    )


def _refuse_unratified(contest: Contest) -> None:
    tier = FINAL_TIER[ContestKind(contest.kind)]
    waiting = StationContest.objects.filter(contest=contest, closed=False, ratified_tier__lt=tier).count()
    if waiting or not StationContest.objects.filter(contest=contest, closed=False).exists():
        raise Refused(
            "not_ratified",
            f"Masih ada {waiting} TPS yang belum disahkan pada tingkat akhir, jadi hasil belum dapat ditetapkan.",
            f"{waiting} stations are not ratified at the final tier yet, so the result cannot be determined.",
        )


def elect(
    actor: Actor, contest_id: str, basis: str, reference: str, at: datetime, *, decision_number: str = ""
) -> None:
    """Record the elected pair after the court's register (``brpk``) or ruling (``ruling``). Raises `Refused`.

    ``decision_number``: of the commission's decision (SK) on the elected pair.
    """
    with transaction.atomic():
        cursor = ContestCursor.objects.filter(pk=contest_id).select_related("contest").first()
        if cursor is None:
            raise not_found(f"Pemilihan {contest_id}")
        cursor = locks.contest(contest_id)
        acting = actor.acting(Capability.DETERMINE, cursor.contest.region)
        if cursor.state != "determined" or cursor.winner is None:
            raise Refused(
                "not_determined",
                "Pasangan calon terpilih baru dapat ditetapkan sesudah hasil ditetapkan dan pemenangnya jelas.",
                "A pair can be declared elected only after the result is determined with a clear winner.",
            )
        if basis not in ("brpk", "ruling"):
            raise Refused("basis", "Pilih dasar: BRPK atau putusan MK.", "Choose the basis: register or ruling.", 400)
        _refuse_in_court(contest_id)
        body = {
            "contest": contest_id,
            "pair": cursor.winner,
            "basis": basis,
            "reference": need_reason(reference, 120),
            "decision_number": need_reason(decision_number, 60) if decision_number else "",
        }
        append("contest.elected", acting, at, body)


def _refuse_in_court(contest_id: str) -> None:
    """A registered petition without a ruling, or a ruling not carried out yet, keeps the pair from being elected."""
    since = latest_determination(contest_id)
    court = CourtRecord.objects.filter(contest_id=contest_id, entry_id__gt=since.entry_id if since else 0)
    last = court.order_by("entry_id").last()
    if last is not None and last.event in (CourtEvent.PETITION, CourtEvent.GRANTED):
        raise Refused(
            "in_court",
            "Perkara hasil pemilihan ini belum selesai: catat putusan MK, atau laksanakan putusan yang mengabulkan.",
            "The dispute over this result is not over: record the court's ruling, or carry out the one it granted.",
        )


def latest_determination(contest_id: str) -> Determination | None:
    """The determination in force."""
    return Determination.objects.filter(contest_id=contest_id).order_by("entry_id").last()
