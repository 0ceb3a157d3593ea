"""A district of four villages beside the small election's, for plenaries that are split into four panels."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from support import small_election as small
from support.databases import Node

from sirekap.election.roles import Capability, Role
from sirekap.records.journal import append
from sirekap.workflow import objections, plenary

DISTRICT = "321603"
VILLAGES = tuple(f"{DISTRICT}200{n}" for n in range(1, 5))
NAMES = ("Setiadarma", "Mangunjaya", "Tambun", "Jatimulya")
ROWS = tuple(f"{village}00{n}-{small.REGENT[:5]}" for village in VILLAGES for n in (1, 2))
WORDS = "Pada papan tertulis 52 untuk pasangan 2, saksi mencatat 54 dari turus"


def add_district(node: Node) -> None:
    """Its register, its chair, four members, and a committee for every station."""
    people = node.small
    places = [[DISTRICT, "Tambun Selatan"], *([v, name] for v, name in zip(VILLAGES, NAMES, strict=True))]
    stations = [[row[:13], 100, 110, [contest[:5] for contest in small.CONTESTS]] for row in ROWS]
    acting = people.administrator.acting(Capability.MANAGE_ELECTION, small.PROVINCE)
    with transaction.atomic():
        body = {"content_sha256": "ab" * 32, "regions": places, "contests": []}
        append("register.imported", acting, people.at, body)
        append("stations.imported", acting, people.at, {"effective": str(people.at.date()), "stations": stations})
    people.chairs[DISTRICT] = people.appoint("Ketua PPK", Role.CHAIR, DISTRICT)
    people.members[DISTRICT] = [people.appoint(f"Anggota {n}", Role.MEMBER, DISTRICT) for n in range(1, 5)]
    for row in ROWS:
        people.kpps[row[:13]] = people.appoint(f"KPPS {row[:13]}", Role.KPPS, row[:13])


def open_district(node: Node) -> Any:
    """The district with every station verified and its session open for the regent's contest."""
    add_district(node)
    for row in ROWS:
        small.verify(node.small, node.store, row, dict(small.figures(small.row_id(small.STATIONS[0]))))
    return plenary.open_session(node.small.chairs[DISTRICT], DISTRICT, [small.REGENT], node.small.at)


def object_to(node: Node, session: Any, row: str, **changes: Any) -> Any:
    """A witness of pair 2 objects to a figure of a station."""
    about = {"subject": "field", "fields": ["votes_2"], "pair": 2, "text": WORDS, "demand": "Hitung ulang turus"}
    return objections.file_objection(
        node.small.others[Role.WITNESS],
        session_id=session.pk,
        region=row[:13],
        row=row,
        at=node.small.at,
        store=node.store,
        **{**about, **changes},
    )
