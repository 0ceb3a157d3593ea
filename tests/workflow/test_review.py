"""Faults found by reading with fresh eyes, each with the scenario that showed it."""

from __future__ import annotations

import io
import sqlite3

import pytest
from PIL import Image
from support import small_election as se
from support.acts import refused
from support.databases import Node
from support.typed import typed_back

from sirekap.election.roles import Role
from sirekap.election.standing import Standing
from sirekap.records import triggers
from sirekap.records.models import FigureSet, Mandate, StationContest
from sirekap.workflow import intake, people, plenary, register, sessions
from sirekap.workflow.verification import make_statement

ROW = se.row_id(se.STATIONS[0])
OTHER = se.row_id(se.STATIONS[0], se.GOVERNOR)
DISTRICT = se.DISTRICTS[0]


def test_two_members_of_one_station_committee_verify_nothing(local: Node) -> None:
    colleague = local.small.appoint("KPPS kedua", Role.KPPS, se.STATIONS[0])
    for author in (local.small.kpps[se.STATIONS[0]], colleague):
        settlement = make_statement(author, ROW, se.figures(ROW), se.AT)
    row = StationContest.objects.get(pk=ROW)
    assert (settlement.verified, row.standing, row.counted_id) == (False, Standing.CONFIRMED, None)


def test_blank_form_is_verified_with_a_finding(local: Node) -> None:
    blank: dict[str, int | None] = dict.fromkeys(se.figures(ROW), None)
    row = se.verify(local.small, local.store, ROW, blank)
    assert (row.standing, row.findings) == (Standing.VERIFIED, ["E105"])


def test_roll_wrong_on_both_forms_can_be_corrected_one_after_the_other(local: Node) -> None:
    small = local.small
    for row in (ROW, OTHER):
        se.verify(small, local.store, row)
    session = se.open_session(small, DISTRICT)
    evidence = local.store.put(se.photo("box")).sha256
    changes = {"roll_dpt_l": 99, "roll_dpt_p": 111}
    for row in (ROW, OTHER):
        chair, member = small.chairs[DISTRICT], small.members[DISTRICT][0]
        plenary.correct(chair, member, local.store, session.pk, row, changes, "Daftar keliru", evidence, se.AT)
    found = {row: StationContest.objects.get(pk=row).findings for row in (ROW, OTHER)}
    assert found == {ROW: ["E501"], OTHER: []}


def test_session_below_cannot_change_what_a_session_above_decided(local: Node) -> None:
    small = local.small
    for row in se.rows_of(se.REGENCY):
        se.verify(small, local.store, row)
    se.close_district(small, DISTRICT)
    district = se.open_session(small, se.DISTRICTS[1])
    regency = se.open_session(small, se.REGENCY)
    late = se.row_id(se.STATIONS[-1])
    with refused("lower_not_closed"):
        plenary.accept(small.chairs[se.REGENCY], regency.pk, late, se.AT)
    StationContest.objects.filter(pk=late).update(decided_tier=2)
    with refused("decided_above"):
        plenary.accept(small.chairs[se.DISTRICTS[1]], district.pk, late, se.AT)


def test_station_cannot_be_added_once_the_last_plenary_has_closed(local: Node) -> None:
    small = local.small
    for row in se.rows_of(se.REGENCY):
        se.verify(small, local.store, row)
    for region in se.DISTRICTS:
        se.close_district(small, region)
    regency = se.open_session(small, se.REGENCY)
    for region in se.DISTRICTS:
        sessions.take_region(small.chairs[se.REGENCY], regency.pk, region, se.AT)
    sessions.close_session(small.chairs[se.REGENCY], regency.pk, se.AT, typed_back(regency))
    code = se.VILLAGES[0] + "009"
    with refused("sessions_closed"):
        register.add_station(small.administrator, code, 10, 10, "Lokasi khusus", se.AT.date(), se.AT)


def test_station_for_one_contest_only_is_added_and_cannot_take_voters_of_both(local: Node) -> None:
    admin, code = local.small.administrator, se.VILLAGES[0] + "009"
    register.add_station(admin, code, 10, 10, "Lokasi khusus", se.AT.date(), se.AT, contests=["pkwkk"])
    rows = StationContest.objects.filter(station_id=code).values_list("pk", flat=True)
    assert list(rows) == [f"{code}-pkwkk"]
    with refused("contests_differ"):
        register.merge_station(admin, se.STATIONS[0], code, "Digabung", se.AT.date(), se.AT)


def test_last_administrator_cannot_leave(local: Node) -> None:
    mandate = Mandate.objects.get(role=Role.ADMINISTRATOR)
    with refused("last_administrator"):
        people.end_mandate(local.small.administrator, mandate.pk, "Selesai bertugas", se.AT)


def test_multi_picture_jpeg_of_a_phone_is_a_jpeg() -> None:
    first, second = (Image.new("RGB", (40, 40), colour) for colour in ("red", "blue"))
    buffer = io.BytesIO()
    first.save(buffer, "MPO", save_all=True, append_images=[second])
    assert intake.media_type(buffer.getvalue()) == "image/jpeg"


def test_row_cannot_be_replaced_by_its_rowid(local: Node) -> None:
    se.verify(local.small, local.store, ROW)
    table = FigureSet._meta.db_table
    connection = sqlite3.connect(local.url.removeprefix("sqlite:///"), isolation_level=None)
    before = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    columns = [c[1] for c in connection.execute(f'PRAGMA table_info("{table}")')]
    names = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join("'" + "f" * 32 + "'" if c == "id" else f'"{c}"' for c in columns)
    with pytest.raises(sqlite3.IntegrityError, match=triggers.MESSAGE):
        connection.execute(
            f'INSERT OR REPLACE INTO "{table}" (rowid, {names}) SELECT rowid, {values} FROM "{table}" LIMIT 1'
        )
    assert connection.execute(f'SELECT * FROM "{table}"').fetchall() == before
    connection.close()
