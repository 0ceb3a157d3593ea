"""From the database to the map, the search and the pages around the figures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from support import small_election as se
from support import story
from support.databases import Node
from support.small_register import roll

from sirekap.election.contests import ContestKind
from sirekap.publication import centroids, load, load_front, model, publish
from sirekap.records.models import Checkpoint
from sirekap.workflow import register


def _source(node: Node) -> load.Source:
    story.sequencing.sequence(node.small.at, story.SIGNER)
    head = Checkpoint.objects.order_by("size").last()
    assert head is not None
    return load.source(model.Cut(1, node.small.at, head.size, head.root), load.Kept())


def test_rolls_follow_every_change_of_the_register(node: Node) -> None:
    first = {d: sum(sum(roll(s)) for s in se.STATIONS if s.startswith(d)) for d in se.DISTRICTS}
    assert dict(load_front.rolls(6)) == first
    admin, day = node.small.administrator, node.small.at.date()
    register.amend_roll(admin, se.STATIONS[0], 300, 200, "Perbaikan DPT", day, node.small.at)
    register.close_station(admin, se.STATIONS[1], "Dilebur", day, node.small.at)
    register.add_station(admin, f"{se.VILLAGES[3]}009", 7, 8, "TPS khusus", day, node.small.at)
    register.merge_station(admin, f"{se.VILLAGES[3]}009", se.STATIONS[-1], "Pemilih sedikit", day, node.small.at)
    east, west = se.DISTRICTS
    assert dict(load_front.rolls(6)) == {
        east: first[east] - sum(roll(se.STATIONS[0])) + 500 - sum(roll(se.STATIONS[1])),
        west: first[west] + 15,
    }
    assert sum(load_front.rolls(2).values()) == sum(load_front.rolls(6).values())


def test_map_shows_the_first_tier_that_has_several_regions(local: Node) -> None:
    se.verify(local.small, local.store, se.row_id(se.STATIONS[0]))
    source = _source(local)
    for kind in ContestKind:
        areas = load_front.area_map(source, kind)
        assert areas is not None
        assert [(a.code, a.path) for a in areas.areas] == [
            (d, f"{kind.value}/32/3216/{d}/index.html") for d in se.DISTRICTS
        ]
    areas = load_front.area_map(source, ContestKind.REGENT)
    assert areas is not None
    assert [(a.counted, a.stations, a.mark, bool(a.fill)) for a in areas.areas] == [
        (1, 6, "1", True),
        (0, 6, "", False),
    ]


def test_centroids_that_cannot_be_read_never_keep_a_cut_from_being_made(
    local: Node, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    import dataclasses

    broken = dataclasses.replace(settings.CONFIG, centroids=tmp_path / "absent.csv")
    monkeypatch.setattr(settings, "CONFIG", broken)
    assert load_front.positions() == centroids.shipped()
    assert "absent.csv" in caplog.text and "SIREKAP_CENTROIDS" in caplog.text


def test_search_pages_are_written_again_only_when_the_register_changed(local: Node) -> None:
    root = local.folder / "site"

    def cut(minutes: int) -> Any:
        at = local.small.at + timedelta(minutes=minutes)
        report = publish.publish(root, local.store, story.SIGNER, at)
        assert report is not None
        return [path for path in report.paths_written if path.startswith("cari")]

    cut(0)
    before = (root / "cari.html").read_bytes()
    se.photograph(local.small, local.store, se.row_id(se.STATIONS[0]))
    assert cut(1) == []
    assert ((root / "cari.html").read_bytes(), b"potongan data</i><i lang=en>cut</i> 1," in before) == (before, True)
    register.add_station(
        local.small.administrator, f"{se.VILLAGES[0]}009", 7, 8, "TPS khusus", local.small.at.date(), local.small.at
    )
    cut(2)
    assert '"2001","Awal","1-3 9"' in (root / "cari/3216.json").read_text()
    assert b"potongan data</i><i lang=en>cut</i> 3," in (root / "cari.html").read_bytes()
