"""All routes with all roles: what each screen declares, what each role is answered, in and out of its region."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from support import small_election as small
from support.databases import Node

from sirekap.election.roles import Role
from sirekap.records.models import Document, Person, SessionCursor
from sirekap.web.access import Access
from sirekap.workflow import conduct, documents, objections, people
from sirekap.workflow.people import Actor

from .conftest import SignIn, account, read_out

ROW = small.row_id(small.STATIONS[0])
OBJECTION = uuid.UUID("01936c34-7f00-7000-8000-0000000000aa")
ALL = frozenset(Role)
BODIES = ALL - {Role.KPPS, Role.PPS}
VERIFIERS = frozenset({Role.OPERATOR, Role.MEMBER})
CHAIR, ADMINISTRATOR = frozenset({Role.CHAIR}), frozenset({Role.ADMINISTRATOR})
DECIDERS = frozenset({Role.CHAIR, Role.MEMBER})
"""The sample's member leads the panel that reads the sample's village."""
OFFICERS, WITNESSES = frozenset({Role.OPERATOR, Role.MEMBER, Role.CHAIR}), frozenset({Role.WITNESS, Role.SUPERVISOR})
ANYWHERE = True

# screen -> (roles that may open it for the sample's region, whether a mandate anywhere will do, POST only)
TABLE: dict[str, tuple[frozenset[Role], bool, bool]] = {
    "work": (ALL, ANYWHERE, False),
    "sign_out": (ALL, ANYWHERE, True),
    "photo": (ALL, ANYWHERE, False),
    "timetable": (ALL, ANYWHERE, False),
    "station": (ALL, False, False),
    "enter": (VERIFIERS | {Role.KPPS}, False, False),
    "compare": (frozenset({Role.KPPS}), False, False),
    "crop": (ALL, False, False),
    "upload": (frozenset({Role.KPPS, Role.OPERATOR}), False, False),
    "queue": (VERIFIERS, ANYWHERE, False),
    "queue_next": (VERIFIERS, ANYWHERE, False),
    "materials": (ALL - {Role.KPPS}, False, False),
    "materials_csv": (ALL - {Role.KPPS}, False, False),
    "regions": (ALL, ANYWHERE, False),
    "region": (BODIES, False, False),
    "sessions": (ALL, ANYWHERE, False),
    "open_session": (CHAIR, False, True),
    "session": (BODIES, False, False),
    "agenda": (BODIES, False, False),
    "panels": (BODIES, False, False),
    "panel": (BODIES, False, False),
    "attendance": (BODIES, False, False),
    "accept_clean": (DECIDERS, False, False),
    "pacing": (BODIES, False, False),
    "hall": (BODIES, False, False),
    "hall_version": (BODIES, False, False),
    "adjourn": (CHAIR, False, True),
    "resume": (CHAIR, False, True),
    "close": (CHAIR, False, False),
    "reopen": (CHAIR, False, False),
    "convene": (CHAIR, False, False),
    "take": (CHAIR, False, True),
    "item": (BODIES, False, False),
    "accept": (DECIDERS, False, True),
    "defer": (DECIDERS, False, False),
    "recount": (DECIDERS, False, False),
    "undo": (DECIDERS, False, False),
    "correct": (DECIDERS, False, False),
    "from_box": (DECIDERS, False, False),
    "session_objections": (BODIES, False, False),
    "object_in_session": (WITNESSES | OFFICERS, False, False),
    "answer": (CHAIR, False, False),
    "objection": (ALL, False, False),
    "publish_objection": (OFFICERS, False, False),
    "attachment": (WITNESSES | OFFICERS | {Role.KPPS}, False, False),
    "object_at_station": (WITNESSES | {Role.KPPS}, False, False),
    "session_documents": (BODIES, False, False),
    "issue_document": (OFFICERS, False, True),
    "document": (BODIES, False, False),
    "document_file": (BODIES, False, False),
    "document_scan": (BODIES, False, False),
    "sign_document": (DECIDERS | WITNESSES, False, True),
    "refuse_document": (DECIDERS | WITNESSES, False, True),
    "scan_document": (OFFICERS, False, True),
    "issue_decree": (OFFICERS, False, True),
    "sheet": (BODIES, False, False),
    "order": (CHAIR, False, False),
    "court_record": (CHAIR, False, True),
    "elect": (CHAIR, False, True),
    "supersede": (CHAIR, False, True),
    "close_panel": (CHAIR, False, True),
    "determine": (CHAIR, False, False),
    "stations": (ADMINISTRATOR, ANYWHERE, False),
    "import": (ADMINISTRATOR, ANYWHERE, False),
    "people": (ADMINISTRATOR, ANYWHERE, False),
}
OPEN_TO_ANYONE = {"sign_in", "style", "stylesheet", "site", None}


REGIONS = {
    **dict.fromkeys(("materials", "materials_csv", "accept_clean"), small.VILLAGES[0]),
    **dict.fromkeys(("pacing", "order"), small.REGENCY),
}


def routes() -> list[URLPattern]:
    return [p for p in get_resolver().url_patterns if isinstance(p, URLPattern)]


def arguments(name: str, session: Any) -> dict[str, Any]:
    """A sample of each argument that the route's address has."""
    samples: dict[str, Any] = {
        "session": session,
        "row": ROW,
        "contest": small.REGENT,
        "region": REGIONS.get(name, small.DISTRICTS[0]),
        "number": 1,
        "reading": "01936c34-7f00-7fa0-b56c-eea4c6a6b71f",
        "field": "votes_1",
        "sha256": "0" * 64,
        "objection": OBJECTION,
        "document": Document.objects.values_list("pk", flat=True).first() or OBJECTION,
    }
    wanted = [group for p in routes() if p.name == name for group in p.pattern.regex.groupindex]
    return {group: samples[group] for group in wanted}


def call(client: Client, name: str, session: Any) -> Any:
    address = reverse(name, kwargs=arguments(name, session))
    return client.post(address) if TABLE[name][2] else client.get(address)


def insiders(people: small.SmallElection, name: str) -> dict[Role, Actor]:
    in_session = name in ("open_session", "convene") or {"session", "objection", "document"} & set(arguments(name, ""))
    body = small.DISTRICTS[0] if in_session else small.REGENCY
    return {
        Role.KPPS: people.kpps[ROW[:13]],
        Role.OPERATOR: people.operators[0],
        Role.MEMBER: people.members[body][0],
        Role.CHAIR: people.chairs[body],
        Role.ADMINISTRATOR: people.administrator,
        **people.others,
    }


def outsiders(people: small.SmallElection) -> dict[Role, Actor]:
    length = {Role.KPPS: 13, Role.PPS: 10}
    code = "3217012001001"
    return {role: people.appoint(f"Luar {role}", role, code[: length.get(role, 4)]) for role in Role}


def test_every_view_declares_who_may_and_the_table_knows_every_route() -> None:
    undeclared = [str(p.pattern) for p in routes() if not isinstance(getattr(p.callback, "access", None), Access)]
    assert undeclared == []
    assert {p.name for p in routes()} == set(TABLE) | OPEN_TO_ANYONE
    anonymous = {p.name for p in routes() if p.callback.access.anonymous}
    assert anonymous == OPEN_TO_ANYONE
    acts = {p.name for p in routes() if p.callback.access.methods == ("POST",)}
    assert acts == {name for name, (_, _, act) in TABLE.items() if act}


@pytest.mark.parametrize("name", ["session", "close", "accept"])
def test_higher_chair_reads_a_session_but_does_not_preside(node: Node, sign_in: SignIn, name: str) -> None:
    client = sign_in(node.small.chairs[small.REGENCY])
    assert call(client, name, read_out(node).pk).status_code == (200 if name == "session" else 403)


def test_every_route_answers_every_role_as_declared(node: Node) -> None:
    session = read_out(node).pk
    district, lead = node.small.chairs[small.DISTRICTS[0]], node.small.members[small.DISTRICTS[0]][0].person
    conduct.open_panel(district, session, 1, [small.VILLAGES[0]], node.small.at, lead=lead)
    documents.issue(district, node.store, "daftar_hadir", SessionCursor.objects.get(), node.small.at)
    raised = {"session_id": session, "region": ROW[:13], "row": ROW, "objection_id": OBJECTION, "at": node.small.at}
    objections.file_objection(node.small.others[Role.SUPERVISOR], text="Kotak suara terbuka", **raised)
    strangers = outsiders(node.small)
    clients: defaultdict[Any, Client] = defaultdict(Client)
    for actor in (*strangers.values(), *node.small.everyone().values()):
        clients[actor.person].force_login(account(actor))
    wrong = []
    for name, (roles, anywhere, _) in TABLE.items():
        for inside, crowd in ((True, insiders(node.small, name)), (False, strangers)):
            for role, actor in crowd.items():
                answer = call(clients[actor.person], name, session)
                if name == "sign_out":
                    clients[actor.person].force_login(account(actor))
                expected = role in roles and (inside or anywhere)
                if (answer.status_code != 403) is not expected:
                    wrong.append((name, role.value, inside, answer.status_code))
    assert wrong == []


def test_anonymous_is_sent_to_the_sign_in(node: Node) -> None:
    session = small.open_session(node.small, small.DISTRICTS[0]).pk
    answers = {name: call(Client(), name, session) for name in TABLE}
    found = {name: (a.status_code, a.headers.get("Location", "").split("?")[0]) for name, a in answers.items()}
    assert found == dict.fromkeys(TABLE, (302, "/petugas/masuk"))


@pytest.mark.parametrize("role", sorted(Role))
def test_admin_lookup_is_for_administrators_and_auditors(node: Node, sign_in: SignIn, role: Role) -> None:
    client = sign_in(insiders(node.small, "")[role])
    seen = [client.get(a).status_code for a in ("/petugas/admin/", "/petugas/admin/records/entry/")]
    looks = role in (Role.ADMINISTRATOR, Role.AUDITOR)
    assert seen == ([200, 200] if looks else [302, 302])
    assert client.get("/petugas/admin/login/").status_code == (302 if looks else 403)


def test_an_act_is_refused_to_a_get(node: Node, sign_in: SignIn) -> None:
    client = sign_in(node.small.chairs[small.DISTRICTS[0]])
    assert client.get(reverse("open_session", args=[small.DISTRICTS[0]])).status_code == 405


def test_a_form_without_its_token_changes_nothing(node: Node) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account(node.small.chairs[small.DISTRICTS[0]]))
    answer = client.post(reverse("open_session", args=[small.DISTRICTS[0]]), {"contest": small.REGENT})
    assert answer.status_code == 400
    assert "Tidak ada yang dicatat" in answer.content.decode()


def test_admin_answers_no_question_about_hidden_columns(node: Node, sign_in: SignIn) -> None:
    client = sign_in(node.small.others[Role.AUDITOR])
    answer = client.get("/petugas/admin/records/account/", {"password__startswith": "argon2"})
    assert (answer.status_code, b"argon2" in answer.content) == (400, False)


def test_admin_is_closed_to_an_auditor_who_may_still_verify(node: Node, sign_in: SignIn) -> None:
    both = node.small.appoint("Operator dan auditor", Role.OPERATOR, small.REGENCY)
    person = Person.objects.get(pk=both.person)
    people.appoint(node.small.administrator, person, Role.AUDITOR, small.REGENCY, node.small.at)
    client = sign_in(people.actor_of(person.pk))
    assert client.get("/petugas/admin/records/figureset/").status_code == 302
