"""The change log: what moved between cuts, derived from the facts, the same however the cuts were made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support import plenaries, story
from support import small_election as se
from support.databases import Node, Template, using
from support.typed import typed_back

from sirekap.evidence import open_store
from sirekap.publication import changes, load, load_changes, model, opendata, publish
from sirekap.records.models import Checkpoint
from sirekap.workflow import determination, plenary, verification

FIRST, SECOND = (se.row_id(code) for code in se.STATIONS[:2])


def cut(node: Node, minutes: int, site: str = "site", **options: bool) -> Path:
    """A cut ``minutes`` after the election's beginning."""
    root = node.folder / site
    publish.publish(root, node.store, story.SIGNER, node.small.at + timedelta(minutes=minutes), **options)
    return root


def log(root: Path) -> list[dict[str, Any]]:
    """The records, newest first."""
    return list(json.loads((root / changes.PATH).read_bytes())["cuts"])


def _night(node: Node) -> Path:
    """Five cuts: the register, a confirmed and a verified station, a correction, a recount, a photograph only."""
    small, store = node.small, node.store
    cut(node, 0)
    se.verify(small, store, FIRST)
    se.photograph(small, store, SECOND)
    verification.make_statement(small.kpps[SECOND[:13]], SECOND, se.figures(SECOND), small.at)
    cut(node, 1)
    session = se.open_session(small, se.DISTRICTS[0])
    votes = se.figures(FIRST)
    story.correct(
        small, store, se.DISTRICTS[0], session, FIRST, votes_1=votes["votes_1"] - 2, votes_3=votes["votes_3"] + 2
    )
    cut(node, 2)
    plenary.order_recount(small.chairs[se.DISTRICTS[0]], session.pk, FIRST, story.RecountReason.ILLEGIBLE, small.at)
    cut(node, 3)
    se.photograph(small, store, se.row_id(se.STATIONS[3]))
    return cut(node, 4)


@pytest.fixture(scope="module")
def night(
    sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Node]:
    """The night in a database of its own, shared by the tests that only look at what it published."""
    folder = tmp_path_factory.mktemp("night")
    shutil.copy(sqlite_template.place, folder / "node.sqlite3")
    node = Node("sqlite", f"sqlite:///{folder / 'node.sqlite3'}", "", open_store(folder), folder, sqlite_template.small)
    with django_db_blocker.unblock(), using(node.url):
        _night(node)
        yield node


def test_each_cut_tells_what_moved_since_the_one_before(night: Node) -> None:
    newest, recounted, corrected, verified, first = log(night.folder / "site")
    assert (first["first"], first["contests"], first["decisions"]) == (True, [], [])
    (contest,) = verified["contests"]
    figures = se.figures(FIRST)
    assert contest["moves"] == [
        {"from": "awaited", "to": "confirmed", "stations": 1},
        {"from": "awaited", "to": "verified", "stations": 1},
    ]
    assert [(r["code"], r["counted"]) for r in contest["regions"]] == [(c, [0, 1]) for c in ("32", "3216", "321601")]
    assert contest["regions"][2]["votes"] == [[0, figures[f"votes_{n}"]] for n in (1, 2, 3)]
    assert contest["regions"][0]["votes"] == []
    assert (contest["risen"], contest["fallen"], contest["stations_more"]) == (2, 0, 0)
    (contest,) = corrected["contests"]
    assert [(c["code"], c["tier"], c["reason"], c["fields"]) for c in contest["corrections"]] == [
        (
            FIRST[:13],
            "district",
            "Salah salin",
            [
                ["votes_1", figures["votes_1"], figures["votes_1"] - 2],
                ["votes_3", figures["votes_3"], figures["votes_3"] + 2],
            ],
        )
    ]
    assert contest["regions"][2]["votes"][0] == [figures["votes_1"], figures["votes_1"] - 2]
    assert (contest["moves"], contest["regions"][2]["counted"]) == ([], [1, 1])
    (contest,) = recounted["contests"]
    assert (contest["risen"], contest["fallen"]) == (0, 1)
    assert contest["stations"] == [
        {"code": FIRST[:13], "name": "Desa Awal, TPS 001", "from": "verified", "to": "awaited"}
    ]
    assert contest["regions"][2]["counted"] == [1, 0]
    (contest,) = newest["contests"]
    assert (contest["moves"], contest["regions"]) == ([{"from": "awaited", "to": "received", "stations": 1}], [])


def test_sums_chain_from_cut_to_cut_and_end_in_the_published_ones(night: Node) -> None:
    root = night.folder / "site"
    seen: dict[str, dict[str, Any]] = {}
    for record in reversed(log(root)):
        for contest in record["contests"]:
            for region in contest["regions"]:
                before = seen.get(region["code"])
                if before is not None:
                    keys = ("counted", "valid", "invalid")
                    assert [before[k][1] for k in keys] == [region[k][0] for k in keys]
                    assert [v[1] for v in before["votes"]] == [v[0] for v in region["votes"]]
                seen[region["code"]] = region
    data = opendata.read_region((root / "pkwkk/32/3216/321601/data.json").read_bytes())
    assert (data["counted"], data["figures"]) == (seen["321601"]["counted"][1], None)


def test_lost_or_false_log_is_derived_again_and_equals_the_one_grown_cut_by_cut(night: Node) -> None:
    root, source = night.folder / "site", load.source(model.Cut(5, night.small.at, *_head()), load.Kept())
    grown = log(root)
    assert load_changes.records_of(replace(source, cuts=source.cuts[:-1]), root) == grown
    assert load_changes.records_of(replace(source, cuts=source.cuts[:-1]), night.folder / "nowhere") == grown
    other = night.folder / "other"
    other.mkdir()
    false = [{**grown[0], "ledger_size": grown[0]["ledger_size"] + 9}, {**grown[1], "since": 1}, *grown[2:]]
    (other / changes.PATH).write_bytes(changes.dumps(false))
    assert load_changes.records_of(replace(source, cuts=source.cuts[:-1]), other) == grown


def _head() -> tuple[int, str]:
    head = Checkpoint.objects.order_by("size").last()
    assert head is not None
    return head.size, head.root


def test_ratification_and_determination_are_told(local: Node) -> None:
    small = local.small
    cut(local, 0)
    for district in se.DISTRICTS:
        plenaries.closed_district(local, district)
    session = se.open_session(small, se.REGENCY)
    for district in se.DISTRICTS:
        plenary.take_region(small.chairs[se.REGENCY], session.pk, district, small.at)
    plenary.close_session(small.chairs[se.REGENCY], session.pk, small.at, typed_back(session))
    determination.determine(small.chairs[se.REGENCY], se.REGENT, "2901/2024", small.at, population=900_000)
    determination.elect(small.chairs[se.REGENCY], se.REGENT, "brpk", "BRPK 1/2025", small.at)
    newest = log(cut(local, 9))[0]
    assert [(d["kind"], d["what"], d["pair"], d["reference"]) for d in newest["decisions"]] == [
        ("pkwkk", "determined", 1, "2901/2024"),
        ("pkwkk", "elected", 1, "BRPK 1/2025"),
    ]
    assert [(c["kind"], c["moves"]) for c in newest["contests"]] == [
        ("pkwkk", [{"from": "awaited", "to": "determined", "stations": 12}]),
        ("pkwkp", [{"from": "awaited", "to": "regency", "stations": 12}]),
    ]


def test_page_shows_old_and_new_figures(night: Node) -> None:
    page = (night.folder / "site" / "perubahan.html").read_text()
    votes = se.figures(FIRST)["votes_1"]
    assert f"<ins>{votes - 2}</ins>" in page
    assert f"<del>{votes}</del>" in page
    assert page.count('<section class="card cut"') == 5
    assert "bukan hasil resmi" in page


def test_summary_counts_what_is_not_listed_too() -> None:
    contest = {"risen": 7, "fallen": 2, "corrections": [{}], "corrections_more": 3}
    assert changes.summary({"contests": [contest, contest], "decisions": [{}]}) == (14, 4, 8, 1)
