"""The people of the demo: who is appointed where, and the sign-in cards that are printed.

Names are invented roles, never real officials.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sirekap.demo.plan import Plan
from sirekap.election.contests import ContestKind
from sirekap.election.roles import Role
from sirekap.records.models import Account, Person
from sirekap.workflow import people
from sirekap.workflow.people import Actor

PROVINCE, REGENCY = "32", "3216"
MEMBERS = 4
"""Members of a committee or commission beside its chair."""


@dataclass(frozen=True, slots=True)
class Card:
    """One printed sign-in."""

    role: str
    region: str
    username: str
    password: str


@dataclass(slots=True)
class Cast:
    """Actors by role and region; ``cards`` are the sign-ins handed out.

    ``boards``: a body's members beside its chair; ``witnesses``: by contest and pair, for every session of the contest.
    """

    administrator: Actor
    kpps: dict[str, Actor] = field(default_factory=dict)
    operators: dict[str, tuple[Actor, Actor]] = field(default_factory=dict)
    chairs: dict[str, Actor] = field(default_factory=dict)
    boards: dict[str, tuple[Actor, ...]] = field(default_factory=dict)
    witnesses: dict[tuple[ContestKind, int], Actor] = field(default_factory=dict)
    supervisor: Actor | None = None
    cards: list[Card] = field(default_factory=list)

    @property
    def members(self) -> dict[str, Actor]:
        """The member of each body who authorises with its chair."""
        return {region: board[0] for region, board in self.boards.items()}

    def appoint(self, name: str, role: Role, region: str, at: datetime, username: str = "") -> Actor:
        """Appoint a person; with a user name also hand out a card."""
        person = people.register_person(name, at)
        people.appoint(self.administrator, person, role, region, at)
        if username:
            self.card(person, role, region, username)
        return people.actor_of(person.pk)

    def card(self, person: Person, role: Role, region: str, username: str) -> None:
        """Make a sign-in with a random password, shown once on the card."""
        password = "-".join(secrets.token_hex(2) for _ in range(3))
        Account.objects.create_account(username, person.pk, password)
        self.cards.append(Card(role.value, region, username, password))


def appoint_administrator(at: datetime) -> Cast:
    """The first administrator, appointed by the system itself."""
    person = people.register_person("Administrator Demo", at)
    people.appoint(None, person, Role.ADMINISTRATOR, PROVINCE, at)
    cast = Cast(people.actor_of(person.pk))
    cast.card(person, Role.ADMINISTRATOR, PROVINCE, "admin")
    return cast


def appoint_bodies(cast: Cast, plan: Plan, at: datetime) -> None:
    """Chairs, members and operators of every district and of the regency; witness, supervisor, auditor."""
    shown = plan.sessions[-1].region if plan.sessions[-1].tier == "district" else "321606"
    for district in sorted({s.district for s in plan.stations}):
        card = district if district == shown else ""
        cast.operators[district] = (
            cast.appoint(f"Operator A {district}", Role.OPERATOR, district, at, card and f"operator-{card}"),
            cast.appoint(f"Operator B {district}", Role.OPERATOR, district, at, card and f"operator2-{card}"),
        )
        _body(cast, "PPK", district, at, card)
    _body(cast, "KPU", REGENCY, at, "kpu")
    _body(cast, "KPU", PROVINCE, at, "provinsi")
    for contest in plan.contests.values():
        for pair in contest.pairs:
            office = "Gubernur" if contest.kind is ContestKind.GOVERNOR else "Bupati"
            key, name = (contest.kind, pair.number), f"Saksi {pair.number} {office}"
            cast.witnesses[key] = cast.appoint(name, Role.WITNESS, contest.region, at, witness_username(*key))
    for name, role, region, username in (
        ("Saksi Demo", Role.WITNESS, REGENCY, "saksi"),
        ("Auditor Demo", Role.AUDITOR, REGENCY, "auditor"),
        ("PPS Demo", Role.PPS, plan.stations[0].village, "pps"),
    ):
        cast.appoint(name, role, region, at, username)
    cast.supervisor = cast.appoint("Pengawas Demo", Role.SUPERVISOR, PROVINCE, at, "pengawas")


def witness_username(kind: ContestKind, pair: int) -> str:
    """The sign-in of a pair's witness."""
    return f"saksi-{kind.value}-{pair}"


def _body(cast: Cast, name: str, region: str, at: datetime, card: str) -> None:
    cast.boards[region] = tuple(
        cast.appoint(f"Anggota {number} {name} {region}", Role.MEMBER, region, at, _username("anggota", number, card))
        for number in range(1, MEMBERS + 1)
    )
    cast.chairs[region] = cast.appoint(f"Ketua {name} {region}", Role.CHAIR, region, at, card and f"ketua-{card}")


def _username(role: str, number: int, card: str) -> str:
    return card and (f"{role}-{card}" if number == 1 else f"{role}{number}-{card}")


def appoint_kpps(cast: Cast, station: str, at: datetime, username: str = "") -> None:
    """The committee member of one station who uploads and keys."""
    cast.kpps[station] = cast.appoint(f"KPPS {station}", Role.KPPS, station, at, username)
