"""A sheet's figures from the database: one column a station or lower region, summing up the tiers."""

from __future__ import annotations

from support import small_election as se
from support.databases import Node
from support.plenaries import closed_district, people_of
from support.typed import typed_back

from sirekap.election import chasil
from sirekap.election.sheet import asked_chunks, chunks, summed
from sirekap.election.standing import Tier
from sirekap.records import totals
from sirekap.workflow import plenary, sheets

DISTRICT, OTHER = se.DISTRICTS


def test_district_sheet_has_a_column_per_station_blank_where_nothing_stands(local: Node) -> None:
    chair, member = people_of(local)
    session = se.open_session(local.small, DISTRICT)
    first, second, *others = se.rows_of(DISTRICT, (se.REGENT,))
    se.verify(local.small, local.store, first)
    plenary.take_from_box(chair, member, session.pk, second, se.figures(second), se.AT)
    found = sheets.sheet_of(session, se.REGENT)
    fields = chasil.field_ids(3)
    assert (found.contest, found.tier, found.region, found.fields) == (se.REGENT, Tier.DISTRICT, DISTRICT, fields)
    written = [(pk[:13], tuple(se.figures(pk).values())) for pk in (first, second)]
    blank = [(pk[:13], (None,) * len(fields)) for pk in others]
    assert list(found.columns) == written + blank


def test_regency_and_province_sheets_are_the_sums_of_those_below(local: Node) -> None:
    small = local.small
    below = [closed_district(local, district) for district in se.DISTRICTS]
    regency = se.open_session(small, se.REGENCY)
    for contest in se.CONTESTS:
        lower = [sheets.sheet_of(session, contest) for session in below]
        own = sheets.sheet_of(regency, contest)
        assert own == summed(Tier.REGENCY, se.REGENCY, lower)
        table = totals.of_contest(contest)
        assert dict(zip(own.fields, own.totals(), strict=True)) == table[se.REGENCY]
        assert dict(own.columns)[DISTRICT] == tuple(table[DISTRICT].values())
    for district in se.DISTRICTS:
        plenary.take_region(small.chairs[se.REGENCY], regency.pk, district, se.AT)
    plenary.close_session(small.chairs[se.REGENCY], regency.pk, se.AT, typed_back(regency))
    province = se.open_session(small, se.PROVINCE, (se.GOVERNOR,))
    assert sheets.sheets_of(province) == {
        se.GOVERNOR: summed(Tier.PROVINCE, se.PROVINCE, [sheets.sheet_of(regency, se.GOVERNOR)])
    }


def test_asked_groups_are_those_of_the_printed_hash(local: Node) -> None:
    session = se.open_session(local.small, DISTRICT)
    hashes = sheets.figures_sha256(session)
    places = {contest: asked_chunks(session.pk, sha256) for contest, sha256 in hashes.items()}
    assert sheets.asked(session) == places
    assert sheets.on_paper(session) == {c: [chunks(hashes[c])[n] for n in places[c]] for c in se.CONTESTS}
    assert sheets.on_paper(session) == typed_back(session)
