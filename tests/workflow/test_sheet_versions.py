"""Versions of sheets: re-issued by what a higher tier decides, put together again and compared row by row."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.conf import settings
from support import small_election as se
from support import story
from support.acts import last_entry
from support.databases import Node
from support.plenaries import DISTRICT, LATER, OTHER, closed_district
from support.typed import typed_back

from sirekap.election.generations import RecountReason
from sirekap.paper.documents.model import DocumentKind
from sirekap.records.models import SessionCursor, SheetVersion
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import document_trust, documents, plenary, sheets
from sirekap.workflow.sheet_status import SheetState, SheetStatus, reissued_below, sheet_status
from sirekap.workflow.sheet_versions import Cell, difference, latest, sheet_at, versions

ROW = se.rows_of(DISTRICT, (se.REGENT,))[0]
STATION = ROW[:13]


def regency(node: Node) -> SessionCursor:
    """Both districts closed and read by the regency, whose session is open."""
    session = se.open_session(node.small, se.REGENCY)
    for district in se.DISTRICTS:
        closed_district(node, district)
        plenary.take_region(node.small.chairs[se.REGENCY], session.pk, district, LATER)
    return session


def correct(node: Node, session: SessionCursor, moved: int) -> list[Any]:
    """Votes moved from pair 3 to pair 1 of `ROW`; what the entry says it re-issues."""
    before = plenary._current(plenary.StationContest.objects.get(pk=ROW))
    changes = {"votes_1": before["votes_1"] + moved, "votes_3": before["votes_3"] - moved}
    story.correct(node.small, node.store, session.region_id, session, ROW, **changes)
    return list(last_entry("item.corrected")["body"].get("reissues", []))


def test_correction_above_reissues_the_lower_sheet_with_its_difference(node: Node) -> None:
    session = regency(node)
    numbers = SheetVersion.objects.order_by("region_id", "contest_id").values_list("region_id", "contest_id", "version")
    assert list(numbers) == [(d, c, 1) for d in se.DISTRICTS for c in sorted(se.CONTESTS)]
    (reissued,) = correct(node, session, 2)
    district = SessionCursor.objects.get(region_id=DISTRICT)
    now = sheets.sheet_of(district, se.REGENT).figures_sha256()
    assert reissued == {"tier": 1, "region": DISTRICT, "contest": se.REGENT, "version": 2, "figures_sha256": now}
    one, two = versions(DISTRICT, se.REGENT)
    assert (one.cause, two.cause, two.session_id) == ("closed", "above", session.pk)
    assert [sheet_at(v).figures_sha256() for v in (one, two)] == [one.figures_sha256, two.figures_sha256]
    found = difference(one, two)
    before, total = (
        se.figures(ROW),
        [sum(se.figures(r)[f"votes_{n}"] for r in se.rows_of(DISTRICT, (se.REGENT,))) for n in (1, 3)],
    )
    assert found.rows == (
        Cell(STATION, "votes_1", before["votes_1"], before["votes_1"] + 2),
        Cell(STATION, "votes_3", before["votes_3"], before["votes_3"] - 2),
    )
    assert found.totals == (Cell("", "votes_1", total[0], total[0] + 2), Cell("", "votes_3", total[1], total[1] - 2))
    (cause,) = found.causes
    assert (cause.kind, cause.station, cause.tier, cause.session) == ("item.corrected", STATION, 2, session.pk)
    assert found.as_json()["rows"][0] == [STATION, "votes_1", before["votes_1"], before["votes_1"] + 2]
    status = sheet_status(DISTRICT, 1, se.REGENT)
    assert status == SheetStatus(two, SheetState.WAITING_SIGNATURES)
    assert reissued_below(session) == [status]
    assert latest(DISTRICT, se.GOVERNOR) == versions(DISTRICT, se.GOVERNOR)[0]
    assert sheet_status(se.REGENCY, 2, se.REGENT) is None
    plenary.close_session(node.small.chairs[se.REGENCY], session.pk, LATER, typed_back(session))
    assert [v.version for v in versions(se.REGENCY, se.REGENT)] == [1]
    assert rebuild()["changed"] == 0


def test_undo_and_recount_above_reissue_the_lower_sheet_too(local: Node) -> None:
    session = regency(local)
    chair, member = local.small.chairs[se.REGENCY], local.small.members[se.REGENCY][0]
    correct(local, session, 1)
    plenary.undo(chair, session.pk, ROW, "Salah TPS", LATER)
    assert last_entry("item.reopened")["body"]["reissues"][0]["version"] == 3
    plenary.order_recount(chair, session.pk, ROW, RecountReason.ILLEGIBLE, LATER)
    new = se.figures(ROW) | {"votes_1": se.figures(ROW)["votes_1"] + 4, "votes_2": se.figures(ROW)["votes_2"] - 4}
    plenary.take_from_box(chair, member, session.pk, ROW, new, LATER)
    assert len(versions(DISTRICT, se.REGENT)) == 3
    plenary.accept(chair, session.pk, ROW, LATER)
    found = versions(DISTRICT, se.REGENT)
    assert [(v.version, v.cause) for v in found] == [(1, "closed"), (2, "above"), (3, "above"), (4, "above")]
    assert [sheet_at(v).figures_sha256() for v in found] == [v.figures_sha256 for v in found]
    assert found[0].figures_sha256 == found[2].figures_sha256
    assert [c.kind for c in difference(found[2], found[3]).causes] == [
        "generation.opened",
        "item.decided",
        "item.decided",
    ]
    assert rebuild()["changed"] == 0


def test_sheet_closed_again_over_the_same_figures_stays_the_version_it_is(local: Node) -> None:
    closed_district(local, OTHER)
    session, chair = SessionCursor.objects.get(region_id=OTHER), local.small.chairs[OTHER]
    plenary.reopen_session(chair, session.pk, "Berita acara salah", LATER, cause="oversight")
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    assert [v.version for v in versions(OTHER, se.REGENT)] == [1]
    row = se.rows_of(OTHER, (se.REGENT,))[0]
    plenary.reopen_session(chair, session.pk, "Salah salin", LATER, cause="oversight")
    votes = se.figures(row)
    story.correct(
        local.small, local.store, OTHER, session, row, votes_1=votes["votes_1"] + 1, votes_2=votes["votes_2"] - 1
    )
    assert "reissues" not in last_entry("item.corrected")["body"]
    plenary.close_session(chair, session.pk, LATER, typed_back(session))
    one, two = versions(OTHER, se.REGENT)
    assert [c.field for c in difference(one, two).totals] == ["votes_1", "votes_2"]
    assert [v.version for v in versions(OTHER, se.GOVERNOR)] == [1]


def test_reissued_sheet_waits_until_chair_and_two_members_sign_it_again(
    local: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = dataclasses.replace(settings.CONFIG, keys=local.folder / "keys", documents_trust=None)
    monkeypatch.setattr(settings, "CONFIG", config)
    board = [local.small.chairs[DISTRICT], *local.small.members[DISTRICT]]
    for actor in board:
        document_trust.enrol_for_practice(actor.person, LATER)

    def signed() -> SheetStatus | None:
        district = SessionCursor.objects.get(region_id=DISTRICT)
        document = documents.issue(
            board[0], local.store, DocumentKind.DHASIL_KECAMATAN, district, LATER, contest=se.REGENT
        )
        for actor in board:
            assert sheet_status(DISTRICT, 1, se.REGENT) == SheetStatus(
                versions(DISTRICT, se.REGENT)[-1], SheetState.WAITING_SIGNATURES, document.pk
            )
            documents.sign(actor, local.store, document.pk, document_trust.sealer_of(actor.person), LATER)
        return sheet_status(DISTRICT, 1, se.REGENT)

    session = regency(local)
    first = signed()
    correct(local, session, 2)
    assert sheet_status(DISTRICT, 1, se.REGENT) == SheetStatus(
        versions(DISTRICT, se.REGENT)[1], SheetState.WAITING_SIGNATURES
    )
    again = signed()
    assert first is not None and again is not None
    assert [(s.version.version, s.state) for s in (first, again)] == [(1, SheetState.SIGNED), (2, SheetState.SIGNED)]
    assert reissued_below(session) == []
