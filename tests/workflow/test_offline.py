"""A district's plenary on a laptop: locked at the centre, held there, brought back once, and only as it could be."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import offline
from support import small_election as se
from support.databases import Node

from sirekap.records.models import Entry, Leaf, NodeMerge, RegionHold, SessionCursor, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import nodes, plenary, sequencing, verification
from sirekap.workflow.errors import Refused


def standing_of(region: str) -> set[int]:
    return set(StationContest.objects.filter(pk__startswith=region).values_list("standing", flat=True))


def test_district_comes_back_as_it_was_decided_on_the_laptop(local: Node, tmp_path: Path) -> None:
    rows = se.rows_of(offline.DISTRICT)
    for row in rows[:5]:
        se.verify(local.small, local.store, row)
    offline.pack(local, tmp_path / "pack.tar")
    laptop = offline.open_laptop(tmp_path / "pack.tar", tmp_path / "laptop")
    with laptop.here():
        session = offline.hold_session(local)
        decided = list(StationContest.objects.filter(pk__in=rows).order_by("pk").values_list("pk", "decided_id"))
        assert rebuild()["changed"] == 0
    returned = laptop.bring_back("return.tar", se.AT + offline.DAY)
    done = offline.merge(local, returned)
    assert (done.entries, done.already) == (len(rows) + 3, False)
    found = StationContest.objects.filter(pk__in=rows).order_by("pk")
    assert list(found.values_list("pk", "decided_id")) == decided
    assert (standing_of(offline.DISTRICT), standing_of(offline.OTHER)) == ({5}, {0})
    assert SessionCursor.objects.get(pk=session).state == "closed"
    assert not RegionHold.objects.exists()
    assert rebuild()["changed"] == 0
