"""Mandates: who may give them, how they end, and that no role acts outside its capabilities and regions."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node

from sirekap.election.generations import RecountReason
from sirekap.election.roles import Capability, Role, may
from sirekap.ledger import canonical
from sirekap.records.journal import Acting
from sirekap.records.models import Entry, Mandate
from sirekap.records.replaying import state_digest
from sirekap.workflow import determination, intake, people, plenary, register, verification
from sirekap.workflow.people import Actor

DISTRICT, OTHER = se.DISTRICTS
ROW = se.rows_of(DISTRICT)[0]


def test_mandate_is_recorded_with_commitment_only(local: Node) -> None:
    person = people.register_person("Nama Rahasia", se.AT)
    mandate = people.appoint(local.small.administrator, person, Role.WITNESS, DISTRICT, se.AT)
    expected = hashlib.sha256(bytes(person.salt) + canonical.dumps({"name": "Nama Rahasia"})).hexdigest()
    assert last_entry("mandate.granted")["body"] == {
        "mandate": str(mandate.pk),
        "person": str(person.pk),
        "role": "witness",
        "region": DISTRICT,
        "commitment": expected,
    }
    assert people.actor_of(person.pk) == Actor(person.pk, ((Role.WITNESS, DISTRICT),))


def test_ended_mandate_no_longer_counts(local: Node) -> None:
    operator = local.small.operators[0]
    mandate = Mandate.objects.get(person_id=operator.person)
    people.end_mandate(local.small.administrator, mandate.pk, "Mengundurkan diri", se.AT)
    assert last_entry("mandate.ended")["body"] == {"mandate": str(mandate.pk), "reason": "Mengundurkan diri"}
    assert people.actor_of(operator.person) == Actor(operator.person, ())
    with refused("not_found", 404):
        people.end_mandate(local.small.administrator, mandate.pk, "Sekali lagi", se.AT)
    with refused("out_of_scope", 403):
        people.actor_of(operator.person).acting(Capability.UPLOAD, ROW[:13])


@pytest.mark.parametrize(
    ("role", "region"),
    [(Role.KPPS, DISTRICT), (Role.PPS, "3216"), (Role.CHAIR, se.STATIONS[0]), (Role.AUDITOR, DISTRICT)],
)
def test_mandate_at_the_wrong_tier_is_refused(local: Node, role: Role, region: str) -> None:
    person = people.register_person("Orang", se.AT)
    with refused("mandate_region", 400):
        people.appoint(local.small.administrator, person, role, region, se.AT)


def test_only_the_first_administrator_is_appointed_by_the_system(local: Node) -> None:
    person = people.register_person("Orang", se.AT)
    for role in (Role.ADMINISTRATOR, Role.CHAIR):
        with refused("out_of_scope", 403):
            people.appoint(None, person, role, "32", se.AT)


def test_system_appoints_nobody_but_an_administrator(empty: str) -> None:
    person = people.register_person("Orang", se.AT)
    with refused("out_of_scope", 403):
        people.appoint(None, person, Role.CHAIR, "32", se.AT)


def test_every_actor_may_what_its_role_may_in_its_region_and_nothing_else(local: Node) -> None:
    regions = ("", "32", "31", "3216", "3217", DISTRICT, OTHER, *se.VILLAGES, *se.STATIONS)
    for name, actor in local.small.everyone().items():
        ((role, own),) = actor.mandates
        for capability in Capability:
            allowed = {region for region in regions if actor.may(capability, region)}
            assert (name, allowed) == (name, {r for r in regions if may(role, own, capability, r)})
            assert all(region.startswith(own) for region in allowed)


def test_acting_names_the_mandate_that_allows(local: Node) -> None:
    actor = local.small.appoint("Dua peran", Role.OPERATOR, DISTRICT)
    person = people.Person.objects.get(pk=actor.person)
    people.appoint(local.small.administrator, person, Role.CHAIR, OTHER, se.AT)
    both = people.actor_of(actor.person)
    assert both.acting(Capability.VERIFY, ROW[:13]) == Acting(actor.person, "operator", DISTRICT)
    assert both.acting(Capability.PRESIDE, OTHER) == Acting(actor.person, "chair", OTHER)
    assert both.regions(Capability.READ) == (DISTRICT, OTHER)


def test_every_act_by_everyone_without_the_right_is_refused(local: Node) -> None:
    """All roles, all acts: whoever lacks the capability there is refused and nothing changes."""
    small, store = local.small, local.store
    member = small.members[DISTRICT][0]
    session = se.open_session(small, DISTRICT)
    regency = se.open_session(small, se.REGENCY)
    se.verify(small, store, ROW)
    person = people.register_person("Orang", se.AT)
    figures, day = se.figures(ROW), date(2024, 11, 27)
    evidence = store.put(se.photo("box")).sha256
    mandate = Mandate.objects.get(person_id=small.operators[0].person).pk
    station = ROW[:13]
    acts = {
        "photo": (Capability.UPLOAD, station, lambda a: intake.receive_photo(a, store, ROW, 7, se.photo("x"), se.AT)),
        "open": (Capability.PRESIDE, OTHER, lambda a: plenary.open_session(a, OTHER, se.CONTESTS, se.AT)),
        "accept": (Capability.PRESIDE, DISTRICT, lambda a: plenary.accept(a, session.pk, ROW, se.AT)),
        "defer": (Capability.PRESIDE, DISTRICT, lambda a: plenary.defer(a, session.pk, ROW, "Nanti", se.AT)),
        "adjourn": (Capability.PRESIDE, DISTRICT, lambda a: plenary.adjourn(a, session.pk, se.AT)),
        "resume": (Capability.PRESIDE, DISTRICT, lambda a: plenary.resume(a, session.pk, se.AT)),
        "close": (Capability.PRESIDE, DISTRICT, lambda a: plenary.close_session(a, session.pk, se.AT)),
        "take": (Capability.PRESIDE, se.REGENCY, lambda a: plenary.take_region(a, regency.pk, DISTRICT, se.AT)),
        "box": (
            Capability.PRESIDE,
            DISTRICT,
            lambda a: plenary.take_from_box(a, member, session.pk, ROW, figures, se.AT),
        ),
        "recount": (
            Capability.PRESIDE,
            DISTRICT,
            lambda a: plenary.order_recount(a, session.pk, ROW, RecountReason.DARK, se.AT),
        ),
        "correct": (
            Capability.PRESIDE,
            DISTRICT,
            lambda a: plenary.correct(a, member, store, session.pk, ROW, {"votes_1": 1}, "Salah", evidence, se.AT),
        ),
        "authorise": (
            Capability.AUTHORISE,
            DISTRICT,
            lambda a: plenary.correct(
                small.chairs[DISTRICT], a, store, session.pk, ROW, {"votes_1": 1}, "Salah", evidence, se.AT
            ),
        ),
        "determine": (
            Capability.DETERMINE,
            se.REGENCY,
            lambda a: determination.determine(a, se.REGENT, "SK 1", se.AT),
        ),
        "elect": (Capability.DETERMINE, se.REGENCY, lambda a: determination.elect(a, se.REGENT, "brpk", "1/2", se.AT)),
        "appoint": (
            Capability.MANAGE_PEOPLE,
            DISTRICT,
            lambda a: people.appoint(a, person, Role.OPERATOR, DISTRICT, se.AT),
        ),
        "end": (Capability.MANAGE_PEOPLE, se.REGENCY, lambda a: people.end_mandate(a, mandate, "Selesai", se.AT)),
        "add": (
            Capability.MANAGE_STATIONS,
            station,
            lambda a: register.add_station(a, station[:-1] + "9", 1, 1, "Baru", day, se.AT),
        ),
        "roll": (
            Capability.MANAGE_STATIONS,
            station,
            lambda a: register.amend_roll(a, station, 1, 1, "Baru", day, se.AT),
        ),
        "station": (
            Capability.MANAGE_STATIONS,
            station,
            lambda a: register.close_station(a, se.STATIONS[0], "Tutup", day, se.AT),
        ),
        "import": (
            Capability.MANAGE_ELECTION,
            se.PROVINCE,
            lambda a: register.import_register(a, se.csv_files(), day, se.AT),
        ),
    }
    before = (Entry.objects.count(), state_digest())
    for name, (capability, region, act) in acts.items():
        for who, actor in small.everyone().items():
            if not actor.may(capability, region):
                with pytest.raises(people.Refused) as info:
                    act(actor)
                assert (name, who, info.value.code) == (name, who, "out_of_scope")
    assert (Entry.objects.count(), state_digest()) == before


def test_nobody_but_operator_member_and_committee_states_figures(local: Node) -> None:
    se.photograph(local.small, local.store, ROW)
    figures = se.figures(ROW)
    allowed = set()
    for name, actor in local.small.everyone().items():
        if actor.may(Capability.VERIFY, ROW[:13]) or actor.may(Capability.CONFIRM, ROW[:13]):
            allowed.add(name)
        else:
            with pytest.raises(people.Refused) as info:
                verification.make_statement(actor, ROW, figures, se.AT)
            assert info.value.code == "out_of_scope"
    members = {f"member {region} {n}" for region in (DISTRICT, "3216", "32") for n in (1, 2)}
    assert allowed == {f"kpps {ROW[:13]}", "operator 1", "operator 2", *members}
