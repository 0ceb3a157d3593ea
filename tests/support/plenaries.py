"""What the tests of stations and of sessions share: reading a district out and closing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from support import small_election as se
from support.databases import Node
from support.typed import typed_back

from sirekap.records.models import SessionCursor, StationContest
from sirekap.workflow import plenary

DISTRICT, OTHER = se.DISTRICTS
ROW = se.rows_of(DISTRICT)[0]
LATER = se.AT + timedelta(hours=1)


def row(pk: str = ROW) -> StationContest:
    return StationContest.objects.select_related("decided", "verified").get(pk=pk)


def people_of(node: Node, region: str = DISTRICT) -> tuple[Any, Any]:
    return node.small.chairs[region], node.small.members[region][0]


def read_all(node: Node, region: str, session: SessionCursor, skip: tuple[str, ...] = ()) -> None:
    chair, member = people_of(node, region)
    for pk in se.rows_of(region):
        if pk not in skip and row(pk).decided_tier == 0:
            plenary.take_from_box(chair, member, session.pk, pk, se.figures(pk), LATER)


def closed_district(node: Node, region: str) -> SessionCursor:
    session = se.open_session(node.small, region)
    read_all(node, region, session)
    plenary.close_session(node.small.chairs[region], session.pk, LATER, typed_back(session))
    return session
