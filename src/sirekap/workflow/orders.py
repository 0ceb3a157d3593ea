"""Re-vote and its kin: the commission orders that a station votes or counts again, after its plenary or before."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sirekap.election.generations import (
    ORDER_REASONS,
    OrderBasis,
    RecountReason,
    ResultKind,
    RevoteReason,
)
from sirekap.election.plenary import SessionState
from sirekap.election.roles import Capability
from sirekap.election.timetable import PILKADA_2024, Stage
from sirekap.records import locks
from sirekap.records.journal import append
from sirekap.records.models import Election, SessionCursor, StationContest
from sirekap.workflow.errors import Refused, stale
from sirekap.workflow.intake import open_row
from sirekap.workflow.people import Actor, need_reason

REGENCY_LENGTH = 4


def order_warnings(voting_date: date, stages: tuple[Stage, ...] = PILKADA_2024) -> list[tuple[str, str]]:
    """What is odd about a day for voting again, in both languages; no reason to refuse: a court may order later."""
    window = next(stage for stage in stages if stage.key == "revote")
    if window.start <= voting_date <= window.end:
        return []
    return [
        (
            f"Tanggal {voting_date} di luar masa pemungutan suara ulang ({window.start} sampai {window.end}).",
            f"{voting_date} lies outside the window for voting again ({window.start} to {window.end}).",
        )
    ]


@transaction.atomic
def order_generation(
    actor: Actor,
    row_id: str,
    kind: ResultKind | str,
    reason: RevoteReason | RecountReason | str,
    voting_date: date,
    order_number: str,
    at: datetime,
    *,
    basis: OrderBasis | str = OrderBasis.COMMISSION,
    expected_seq: int | None = None,
) -> int:
    """Order that a station votes (PSU, PSL, PSS) or counts (PUSS) again; returns its new generation. Raises `Refused`.

    By the chair of the regency's commission. The station starts afresh: its earlier figures stay readable and count
    no more. Sessions that have closed over it are reopened before the result can be determined (`to_reopen`).
    ``voting_date``: local day on which it votes or counts again. ``basis``: on whose word the commission orders it.
    """
    row = open_row(row_id)
    cursor = locks.contest(row.contest_id)
    acting = actor.acting(Capability.DETERMINE, row.station_id[:REGENCY_LENGTH])
    if expected_seq is not None and expected_seq != row.last_seq:
        raise stale()
    if cursor.state != "counting":
        raise Refused(
            "determined",
            "Hasil pemilihan ini sudah ditetapkan. Catat dulu putusan yang membatalkan penetapannya.",
            "This contest's result is determined. Record the ruling that supersedes it first.",
        )
    body = {
        "row": row.pk,
        "generation": row.generation + 1,
        "generation_kind": _kind(kind).value,
        "reason": _reason(_kind(kind), reason),
        "session": None,
        "began": False,
        "order": {
            "number": need_reason(order_number, 60),
            "voting_date": _day(voting_date),
            "basis": _basis(basis),
        },
    }
    append("generation.opened", acting, at, body, row)
    return row.generation


def _kind(kind: ResultKind | str) -> ResultKind:
    if kind not in ORDER_REASONS:
        choices = ", ".join(ORDER_REASONS)
        raise Refused("kind", f"Pilih jenisnya: {choices}.", f"Choose the kind: {choices}.", 400)
    return ResultKind(kind)


def _reason(kind: ResultKind, reason: str) -> str:
    allowed = ORDER_REASONS[kind]
    if reason not in list(allowed):
        raise Refused(
            "order_reason",
            f"Alasan itu tidak berlaku untuk {kind.value}. Pilih alasan dari daftar undang-undang.",
            f"That reason does not apply to {kind.value}. Choose one of the law's list.",
            400,
        )
    return str(reason)


def _basis(basis: OrderBasis | str) -> str:
    if basis not in list(OrderBasis):
        raise Refused("basis", "Pilih dasar perintahnya.", "Choose what the order rests on.", 400)
    return str(OrderBasis(basis).value)


def _day(voting_date: date) -> str:
    first = Election.objects.order_by("pk").values_list("voting_day", flat=True).first()
    if first is not None and voting_date < first:
        raise Refused(
            "voting_date",
            f"Tanggal itu sebelum hari pemungutan suara ({first}).",
            f"That day is before voting day ({first}).",
            400,
        )
    return voting_date.isoformat()


def to_reopen(row: StationContest) -> list[SessionCursor]:
    """Closed sessions over a station whose present generation they have not ratified, lowest tier first."""
    regions = [row.station_id[:length] for length in (6, 4, 2)]
    closed = SessionCursor.objects.filter(region_id__in=regions, state=SessionState.CLOSED.value).order_by("tier")
    return [s for s in closed if row.contest_id in s.contests and row.ratified_tier < s.tier]
