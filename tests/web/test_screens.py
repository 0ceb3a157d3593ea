"""Each screen renders for its role."""

from __future__ import annotations

import pytest
from django.urls import reverse
from support import small_election as small
from support.databases import Node

from sirekap.election.roles import Role

from .conftest import BOTH, SignIn, read_out

ROW = small.row_id(small.STATIONS[0])
VILLAGE, DISTRICT = small.VILLAGES[0], small.DISTRICTS[0]


def get(client, name, *args, expect=200, **query):  # type: ignore[no-untyped-def]
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == expect, answer.content.decode()[:2000]
    return answer.content.decode()


@BOTH
def test_every_screen_renders_for_its_role(node: Node, sign_in: SignIn) -> None:
    session = read_out(node)
    people = node.small
    chair, operator = sign_in(people.chairs[DISTRICT]), sign_in(people.operators[1])
    administrator, kpps = sign_in(people.administrator), sign_in(people.kpps[ROW[:13]])
    for name, args in (
        ("work", ()),
        ("sessions", ()),
        ("session", (session.pk,)),
        ("agenda", (session.pk,)),
        ("hall", (session.pk,)),
        ("hall_version", (session.pk,)),
        ("item", (session.pk, ROW)),
        ("defer", (session.pk, ROW)),
        ("recount", (session.pk, ROW)),
        ("correct", (session.pk, ROW)),
        ("from_box", (session.pk, ROW)),
        ("materials", (small.REGENT, DISTRICT)),
        ("materials", (small.REGENT, VILLAGE)),
        ("materials_csv", (small.REGENT, VILLAGE)),
        ("station", (ROW,)),
        ("regions", ()),
        ("region", (DISTRICT,)),
        ("region", (VILLAGE,)),
        ("timetable", ()),
        ("style", ()),
    ):
        get(chair, name, *args)
    assert "TPS 001 · Bupati" in get(chair, "agenda", session.pk, desa=VILLAGE)
    assert small.STATIONS[0] in get(chair, "agenda", session.pk, tps="001")
    for name, args in (("work", ()), ("queue", ()), ("upload", (ROW,)), ("enter", (ROW,))):
        get(operator, name, *args)
    for name, args in (("work", ()), ("upload", (ROW,)), ("enter", (ROW,)), ("station", (ROW,))):
        get(kpps, name, *args)
    for name, args in (("stations", ()), ("import", ()), ("people", ()), ("region", ("32",)), ("region", ("3216",))):
        get(administrator, name, *args)
    assert "Ditutup" not in get(administrator, "stations", desa=VILLAGE)
    get(sign_in(people.chairs[small.REGENCY]), "determine", small.REGENT)
    get(sign_in(people.others[Role.AUDITOR]), "work")


def test_every_screen_says_that_station_rows_are_simulated(node: Node, sign_in: SignIn) -> None:
    client = sign_in(node.small.operators[0])
    for name, args in (("work", ()), ("queue", ()), ("station", (ROW,)), ("enter", (ROW,)), ("timetable", ())):
        assert "Baris TPS simulasi" in get(client, name, *args)


@pytest.mark.parametrize("name", ["station", "region"])
def test_totals_and_figures_say_that_they_are_not_official(node: Node, sign_in: SignIn, name: str) -> None:
    small.verify(node.small, node.store, ROW)
    page = get(sign_in(node.small.operators[0]), name, ROW if name == "station" else VILLAGE)
    assert "Bukan hasil resmi" in page


def test_admin_reads_every_table_and_changes_none(node: Node, sign_in: SignIn) -> None:
    small.verify(node.small, node.store, ROW)
    client = sign_in(node.small.others[Role.AUDITOR])
    assert client.get("/petugas/admin/").status_code == 200
    for model in ("entry", "stationcontest", "person", "account", "statement", "figureset"):
        assert client.get(f"/petugas/admin/records/{model}/").status_code == 200
        assert client.get(f"/petugas/admin/records/{model}/add/").status_code == 403
    page = client.get(f"/petugas/admin/records/stationcontest/{ROW}/change/")
    assert page.status_code == 200
    assert client.post(f"/petugas/admin/records/stationcontest/{ROW}/change/", {"closed": "on"}).status_code == 403
    assert client.post(f"/petugas/admin/records/stationcontest/{ROW}/delete/", {"post": "yes"}).status_code == 403
    account = client.get("/petugas/admin/records/account/").content.decode()
    assert "md5$" not in account
