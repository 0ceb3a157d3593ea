"""Clean stations accepted together: one act for a village, whose entries list every station and its figures' hash."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sirekap.election.plenary import ItemAct, ItemState, PlenaryError, SessionState, decide_item
from sirekap.election.standing import Tier
from sirekap.ledger import canonical
from sirekap.records import locks
from sirekap.records.journal import append
from sirekap.records.models import Contest, FigureSet, PhotoReading, SessionCursor, StationContest
from sirekap.records.ranges import within
from sirekap.workflow.agenda import agenda_rows, latest_acts
from sirekap.workflow.conduct import presiding
from sirekap.workflow.errors import Refused, stale
from sirekap.workflow.objection_agenda import open_objections
from sirekap.workflow.people import Actor
from sirekap.workflow.sessions import VILLAGE_LENGTH, locked_session, refuse_plenary

MOST_BYTES = 60_000
"""Bytes of listed stations in one entry; a ledger entry holds less than 64 KB."""


def clean_rows(session: SessionCursor, village: str) -> list[StationContest]:
    """Rows of a village that may be accepted together, in code order.

    Unread in this district session, verified, photographed on all pages, without findings, differing statements, flags
    on a photograph or open objections.
    """
    if session.tier != Tier.DISTRICT or len(village) != VILLAGE_LENGTH or not village.startswith(session.region_id):
        return []
    rows = list(agenda_rows(session).filter(within("pk", village)).select_related("contest"))
    return _clean(session, rows)


def _clean(session: SessionCursor, rows: Sequence[StationContest]) -> list[StationContest]:
    objected = {item.objection.row_id or item.objection.region for item in open_objections(session)}
    flagged = _flagged(rows)
    latest = latest_acts(session)
    return [
        row
        for row in rows
        if row.verified_id is not None
        and row.decided_tier < session.tier
        and row.pk not in latest
        and row.complete
        and not row.findings
        and not row.open_fields
        and row.pk not in flagged
        and not objected.intersection((row.pk, row.station_id))
    ]


def _flagged(rows: Sequence[StationContest]) -> set[str]:
    generations = {row.pk: row.generation for row in rows}
    found = PhotoReading.objects.filter(row_id__in=generations).only("row_id", "generation", "reasons")
    return {seen.row_id for seen in found if seen.flags and seen.generation == generations[seen.row_id]}


@transaction.atomic
def accept_clean(
    actor: Actor, session_id: uuid.UUID, village: str, at: datetime, *, expected: Mapping[str, int]
) -> list[str]:
    """Accept these rows of one village together; returns them in code order. All or none: raises `Refused`.

    ``expected``: row -> its ``last_seq`` as the screen showed it; a row somebody has touched since refuses the act,
    and so does one that is not among `clean_rows`.
    """
    if not expected:
        raise Refused("nothing", "Pilih paling sedikit satu TPS.", "Choose at least one station.", 400)
    rows = locks.rows(expected)
    session = locked_session(session_id)
    acting = presiding(actor, session, village)
    _refuse(session, village, rows, expected)
    hashes = _hashes(rows)
    items = [
        {
            "row": row.pk,
            "generation": row.generation,
            "figures_id": str(row.verified_id),
            "figures_sha256": hashes[row.verified_id],
        }
        for row in rows
    ]
    began = session.state == SessionState.OPENED
    for part in _parts(items):
        body = {
            "session": str(session.pk),
            "tier": session.tier,
            "village": village,
            "began": began,
            "items": part,
        }
        append("items.accepted", acting, at, body)
        began = False
    return [row.pk for row in rows]


def _refuse(session: SessionCursor, village: str, rows: Sequence[StationContest], expected: Mapping[str, int]) -> None:
    try:
        decide_item(SessionState(session.state), ItemState.UNREAD, ItemAct.ACCEPT)
    except PlenaryError as error:
        raise refuse_plenary(error) from None
    contests = Contest.objects.in_bulk(session.contests)
    outside = [
        row
        for row in rows
        if row.closed or row.contest_id not in contests or row.station_id[:VILLAGE_LENGTH] != village
    ]
    if outside or len(rows) != len(expected) or session.tier != Tier.DISTRICT:
        raise Refused(
            "not_on_agenda",
            "Ada TPS yang bukan bagian desa/kelurahan ini dalam agenda rapat kecamatan.",
            "A station does not belong to this village on the agenda of a district session.",
            400,
        )
    if any(row.last_seq != expected[row.pk] for row in rows):
        raise stale()
    for row in rows:
        row.contest = contests[row.contest_id]
    clean = {row.pk for row in _clean(session, rows)}
    wrong = [row.pk for row in rows if row.pk not in clean]
    if wrong:
        raise Refused(
            "not_clean",
            f"{len(wrong)} TPS tidak bersih dan harus dibacakan satu per satu, mulai dari {wrong[0]}.",
            f"{len(wrong)} stations are not clean and are read one by one, beginning with {wrong[0]}.",
        )


def _hashes(rows: Sequence[StationContest]) -> dict[uuid.UUID, str]:
    """Figure set -> SHA-256 of the canonical JSON of its stated figures by field id."""
    found = FigureSet.objects.filter(pk__in=[row.verified_id for row in rows])
    return {figures.pk: hashlib.sha256(canonical.dumps(figures.figures())).hexdigest() for figures in found}


def _parts(items: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    size = 0
    for item in items:
        own = len(canonical.dumps(item)) + 1
        if part and size + own > MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(item)
        size += own
    yield part
