"""A regency's result from another node: believed only with its signature, its sums and its rules."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import offline
from support import small_election as se
from support.databases import Node, using
from support.typed import typed_back

from sirekap.evidence.parcel import ParcelError
from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.records import replaying, totals
from sirekap.records.models import Entry, ReceivedRegion, Region, SessionEvent
from sirekap.records.rebuilding import rebuild
from sirekap.simulate import west_java
from sirekap.workflow import determination, received, sequencing, sessions
from sirekap.workflow.errors import Refused
from sirekap.workflow.received import Result

SENDER = west_java.node_key(1, "3279")
BANJAR = next(place for place in west_java.regencies() if place.code == "3279")


@pytest.fixture(scope="session")
def banjar() -> Result:
    """Kota Banjar's 285 stations as if all the province's votes beside ours were spread over the 26."""
    return next(r for r in west_java.results(1, (0, 0, 0, 0), 0) if r.region == "3279")


def package(folder: Path, result: Result, name: str = "3279.tar") -> Path:
    note = sign_checkpoint(Checkpoint(SENDER.name, 1, bytes(32)), SENDER).decode()
    received.write_result(folder / name, result, note, SENDER)
    return folder / name


def take(node: Node, path: Path) -> tuple[ReceivedRegion, bool]:
    return received.receive_region(node.small.administrator, path, node.store, se.AT, SENDER.verifier)


def test_received_region_is_added_to_ours_in_one_place(node: Node, tmp_path: Path, banjar: Result) -> None:
    for row in se.rows_of(se.DISTRICTS[0], (se.GOVERNOR,)):
        se.verify(node.small, node.store, row)
    before = totals.of_contest(se.GOVERNOR)
    found, again = take(node, package(tmp_path, banjar))
    sums = {name: int(value) for name, value in zip(banjar.fields, banjar.figures.sum(axis=0), strict=True)}
    after = totals.of_contest(se.GOVERNOR)
    assert (again, found.stations, found.simulated, found.figures) == (False, 285, True, sums)
    assert after["3279"] == sums
    assert after["32"] == {name: before["32"][name] + sums[name] for name in before["32"]}
    assert after[se.REGENCY] == before[se.REGENCY] == totals.own(se.GOVERNOR)[se.REGENCY]
    assert {code for code in after if len(code) == 6} == {*se.DISTRICTS, *banjar.sums()}
    assert (totals.received_stations(se.GOVERNOR), totals.received_stations(se.GOVERNOR, "3216")) == (285, 0)
    assert Region.objects.get(pk="3279").name == "Kota Banjar"
    assert node.store.exists(found.package_sha256)


def test_same_package_again_changes_nothing(local: Node, tmp_path: Path, banjar: Result) -> None:
    path = package(tmp_path, banjar)
    first, _ = take(local, path)
    count = Entry.objects.count()
    assert take(local, path) == (first, True)
    assert Entry.objects.count() == count


def test_other_result_of_a_received_region_is_refused(local: Node, tmp_path: Path, banjar: Result) -> None:
    take(local, package(tmp_path, banjar))
    other = dataclasses.replace(banjar, codes=banjar.codes[1:], figures=banjar.figures[1:], missing=banjar.missing[1:])
    with pytest.raises(Refused, match="received with other contents"):
        take(local, package(tmp_path, other, "other.tar"))


def test_package_of_another_signer_is_refused(local: Node, tmp_path: Path, banjar: Result) -> None:
    path, stranger = package(tmp_path, banjar), west_java.node_key(2, "3279")
    with pytest.raises(ParcelError, match="not signed by"):
        received.receive_region(local.small.administrator, path, local.store, se.AT, stranger.verifier)
    assert (ReceivedRegion.objects.count(), totals.received(se.GOVERNOR)) == (0, {})


def changed(result: Result, **fields: int) -> Result:
    """One station's figures changed."""
    figures = result.figures.copy()
    for name, by in fields.items():
        figures[7, result.fields.index(name)] += by
    return dataclasses.replace(result, figures=figures)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"votes_1": 1}, "breaks a rule"),
        ({"total": 2000}, "bounds of the form"),
        ({"votes_1": -1000}, "bounds of the form"),
    ],
)
def test_station_that_breaks_a_rule_unlisted_is_refused(
    local: Node, tmp_path: Path, banjar: Result, fields: dict[str, int], said: str
) -> None:
    with pytest.raises(ParcelError, match=said):
        take(local, package(tmp_path, changed(banjar, **fields)))
    assert not ReceivedRegion.objects.exists()


def test_station_that_breaks_a_rule_openly_is_received(local: Node, tmp_path: Path, banjar: Result) -> None:
    wrong = changed(banjar, votes_1=1)
    listed = dataclasses.replace(wrong, findings=received.breaches(wrong, 4))
    assert listed.findings == {banjar.codes[7]: ["E203"]}
    found, _ = take(local, package(tmp_path, listed))
    assert found.figures["votes_1"] == int(banjar.figures[:, banjar.fields.index("votes_1")].sum()) + 1


class Lying(Result):
    """A sender that prints a hash without looking at its rows."""

    def sheet(self) -> Any:
        return next(r for r in west_java.results(1, (0, 0, 0, 0), 0) if r.region == "3279").sheet()


def lying(result: Result, **instead: Any) -> Result:
    return Lying(**{f.name: getattr(result, f.name) for f in dataclasses.fields(result)} | instead)


@pytest.mark.parametrize("change", ["foreign", "twice", "unsorted", "short", "fields", "blank"])
def test_malformed_rows_are_refused(local: Node, tmp_path: Path, banjar: Result, change: str) -> None:
    codes = list(banjar.codes)
    if change == "foreign":
        codes[-1] = "3301012001001"
    if change == "twice":
        codes[1] = codes[0]
    if change == "unsorted":
        codes[0], codes[1] = codes[1], codes[0]
    if change == "short":
        codes[0] = codes[0][:-1]
    wrong = lying(banjar, codes=tuple(codes))
    if change == "fields":
        less = {"fields": banjar.fields[:-1], "figures": banjar.figures[:, :-1], "missing": banjar.missing[:, :-1]}
        wrong = lying(banjar, **less)
    if change == "blank":
        missing = np.zeros(banjar.missing.shape, bool)
        missing[3, banjar.fields.index("valid")] = True
        wrong = lying(banjar, missing=missing)
    with pytest.raises((ParcelError, Refused)):
        take(local, package(tmp_path, wrong))
    assert not ReceivedRegion.objects.exists()


def test_region_of_our_own_is_not_received(local: Node, tmp_path: Path, banjar: Result) -> None:
    codes = tuple("3216" + code[4:] for code in banjar.codes)
    with pytest.raises(Refused, match="counted here"):
        take(local, package(tmp_path, dataclasses.replace(banjar, region="3216", codes=codes)))


def test_province_closes_over_ours_and_the_received_and_determines(
    local: Node, empty_template: Path, tmp_path: Path, banjar: Result
) -> None:
    small, chair = local.small, local.small.chairs[se.PROVINCE]
    for row in se.rows_of(""):
        se.verify(small, local.store, row)
    for district in se.DISTRICTS:
        se.close_district(small, district)
    regency = se.open_session(small, se.REGENCY)
    for district in se.DISTRICTS:
        sessions.take_region(small.chairs[se.REGENCY], regency.pk, district, se.AT)
    sessions.close_session(small.chairs[se.REGENCY], regency.pk, se.AT, typed_back(regency))
    exported(local, tmp_path)
    take(local, package(tmp_path, banjar))
    session = se.open_session(small, se.PROVINCE, (se.GOVERNOR,))
    sessions.take_region(chair, session.pk, se.REGENCY, se.AT)
    with pytest.raises(Refused, match="1 unread"):
        sessions.close_session(chair, session.pk, se.AT, typed_back(session))
    sessions.take_region(chair, session.pk, "3279", se.AT)
    sessions.close_session(chair, session.pk, se.AT, typed_back(session))
    result = determination.determine(chair, se.GOVERNOR, "199/2024", se.AT)
    ours = [sum(se.figures(row)[f"votes_{n}"] for row in se.rows_of("", (se.GOVERNOR,))) for n in (1, 2, 3, 4)]
    theirs = [int(banjar.figures[:, banjar.fields.index(f"votes_{n}")].sum()) for n in (1, 2, 3, 4)]
    assert (result.winner, result.valid) == (4, sum(ours) + sum(theirs))
    assert dict(result.ranking) == {n: a + b for n, (a, b) in enumerate(zip(ours, theirs, strict=True), 1)}
    replayed(tmp_path, empty_template)


def exported(node: Node, folder: Path) -> None:
    """Our own regency's package: the sums of its closed sheet, and nothing that we would receive ourselves."""
    with pytest.raises(Refused, match="was not found"):
        received.export_region(folder / "none.tar", "3217", se.GOVERNOR, offline.CENTRE, se.AT)
    _, result = received.export_region(folder / "ours.tar", se.REGENCY, se.GOVERNOR, offline.CENTRE, se.AT)
    ours = totals.own(se.GOVERNOR)[se.REGENCY]
    assert {name: int(n) for name, n in zip(result.fields, result.figures.sum(axis=0), strict=True)} == ours
    closed = SessionEvent.objects.filter(session__region_id=se.REGENCY, event="closed").get()
    assert closed.detail["figures_sha256"][se.GOVERNOR] == result.sheet().figures_sha256()
    with pytest.raises(Refused, match="counted here"):
        own = offline.CENTRE.verifier
        received.receive_region(node.small.administrator, folder / "ours.tar", node.store, se.AT, own)


def replayed(folder: Path, empty: Path) -> None:
    """The ledger alone gives the same state."""
    sequencing.sequence(se.AT, offline.CENTRE)
    replaying.export(folder / "entries.jsonl")
    digest = replaying.state_digest()
    assert rebuild()["changed"] == 0
    shutil.copy(empty, folder / "replay.sqlite3")
    with using(f"sqlite:///{folder / 'replay.sqlite3'}"):
        replaying.replay_file(folder / "entries.jsonl")
        assert (replaying.state_digest(), rebuild()["changed"]) == (digest, 0)
