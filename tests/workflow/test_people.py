"""Mandates: who may give them, how they end, and that no role acts outside its capabilities and regions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node
from support.typed import typed_back

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


Act = tuple[Capability, str, Callable[[Actor], object]]


def plenary_acts(node: Node) -> dict[str, Act]:
    """Every act of a plenary: what it demands, where, and the act itself."""
    small, store, member = node.small, node.store, node.small.members[DISTRICT][0]
    session, regency = se.open_session(small, DISTRICT), se.open_session(small, se.REGENCY)
    evidence = store.put(se.photo("box")).sha256

    def correct(by: Actor, second: Actor) -> None:
        plenary.correct(by, second, store, session.pk, ROW, {"votes_1": 1}, "Salah", evidence, se.AT)

    preside: dict[str, Callable[[Actor], object]] = {
        "accept": lambda a: plenary.accept(a, session.pk, ROW, se.AT),
        "defer": lambda a: plenary.defer(a, session.pk, ROW, "Nanti", se.AT),
        "adjourn": lambda a: plenary.adjourn(a, session.pk, se.AT),
        "resume": lambda a: plenary.resume(a, session.pk, se.AT),
        "close": lambda a: plenary.close_session(a, session.pk, se.AT, typed_back(session)),
        "box": lambda a: plenary.take_from_box(a, member, session.pk, ROW, se.figures(ROW), se.AT),
        "recount": lambda a: plenary.order_recount(a, session.pk, ROW, RecountReason.DARK, se.AT),
        "correct": lambda a: correct(a, member),
    }
    out: dict[str, Act] = {name: (Capability.PRESIDE, DISTRICT, act) for name, act in preside.items()}
    out["open"] = (Capability.PRESIDE, OTHER, lambda a: plenary.open_session(a, OTHER, se.CONTESTS, se.AT))
    out["take"] = (Capability.PRESIDE, "3216", lambda a: plenary.take_region(a, regency.pk, DISTRICT, se.AT))
    out["authorise"] = (Capability.AUTHORISE, DISTRICT, lambda a: correct(small.chairs[DISTRICT], a))
    return out


def other_acts(node: Node) -> dict[str, Act]:
    """Every other act."""
    station, day, store = ROW[:13], date(2024, 11, 27), node.store
    person = people.register_person("Orang", se.AT)
    mandate = Mandate.objects.get(person_id=node.small.operators[0].person).pk
    stations, determine = Capability.MANAGE_STATIONS, Capability.DETERMINE

    def grant(by: Actor) -> None:
        people.appoint(by, person, Role.OPERATOR, DISTRICT, se.AT)

    return {
        "photo": (Capability.UPLOAD, station, lambda a: intake.receive_photo(a, store, ROW, 7, se.photo("x"), se.AT)),
        "determine": (determine, "3216", lambda a: determination.determine(a, se.REGENT, "SK 1", se.AT)),
        "elect": (determine, "3216", lambda a: determination.elect(a, se.REGENT, "brpk", "1/2", se.AT)),
        "appoint": (Capability.MANAGE_PEOPLE, DISTRICT, grant),
        "end": (Capability.MANAGE_PEOPLE, "3216", lambda a: people.end_mandate(a, mandate, "Selesai", se.AT)),
        "add": (stations, station, lambda a: register.add_station(a, f"{station[:-1]}9", 1, 1, "Baru", day, se.AT)),
        "roll": (stations, station, lambda a: register.amend_roll(a, station, 1, 1, "Baru", day, se.AT)),
        "close": (stations, station, lambda a: register.close_station(a, station, "Tutup", day, se.AT)),
        "merge": (stations, station, lambda a: register.merge_station(a, station, se.STATIONS[1], "x y", day, se.AT)),
        "import": (Capability.MANAGE_ELECTION, "32", lambda a: register.import_register(a, se.csv_files(), day, se.AT)),
    }


@pytest.mark.parametrize("acts", [plenary_acts, other_acts])
def test_every_act_by_everyone_without_the_right_is_refused(
    local: Node, acts: Callable[[Node], dict[str, Act]]
) -> None:
    """All roles, all acts: whoever lacks the capability there is refused and nothing changes."""
    se.verify(local.small, local.store, ROW)
    wanted = acts(local)
    before = (Entry.objects.count(), state_digest())
    for name, (capability, region, act) in wanted.items():
        for who, actor in local.small.everyone().items():
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
