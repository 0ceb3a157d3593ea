"""Every test here works on its own copy of the small election, with sign-ins for its people."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from support import small_election as small
from support import typed as support_typed
from support.databases import Node, central, local, postgresql_template, sqlite_template

from sirekap.records.models import Account, Entry, StationContest
from sirekap.workflow.people import Actor

__all__ = ["central", "local", "postgresql_template", "sqlite_template"]

PASSWORD = "kata-sandi-uji"
SignIn = Callable[..., Client]
BOTH = pytest.mark.parametrize("node", ["local", pytest.param("central", marks=pytest.mark.postgresql)], indirect=True)
"""Runs a test on both databases; others run on SQLite."""


@pytest.fixture
def node(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Node:
    """The small election; photographs and the public site lie in the test's own folder."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CONFIG = dataclasses.replace(
        settings.CONFIG, evidence=str(tmp_path / "evidence"), site=tmp_path / "site", keys=tmp_path / "keys"
    )
    settings.ALLOWED_HOSTS = ["*"]
    found: Node = request.getfixturevalue(getattr(request, "param", "local"))
    return found


@pytest.fixture
def sign_in(node: Node) -> SignIn:
    """A client signed in as an actor; ``account`` makes the sign-in itself."""

    def enter(actor: Actor) -> Client:
        client = Client()
        client.force_login(account(actor))
        return client

    return enter


def account(actor: Actor) -> Account:
    """The sign-in of an actor; the user name is the person's id without dashes."""
    found = Account.objects.filter(person_id=actor.person).first()
    return found or Account.objects.create_account(actor.person.hex, actor.person, PASSWORD)


def state() -> tuple[int, list[tuple[Any, ...]]]:
    """The number of entries and every row: equal before and after means that nothing changed."""
    return Entry.objects.count(), list(StationContest.objects.values_list())


def typed(row: str, shift: int = 0, **changes: object) -> dict[str, str]:
    """A row's sound figures as a browser sends them."""
    return {name: str(value) for name, value in {**small.figures(row, shift), **changes}.items()}


def read_out(node: Node, region: str = small.DISTRICTS[0], contests: tuple[str, ...] = (small.REGENT,)) -> Any:
    """A district whose rows are verified and whose session is open."""
    for row in small.rows_of(region, contests):
        small.verify(node.small, node.store, row)
    return small.open_session(node.small, region, contests)


def typed_back(session: Any) -> dict[str, str]:
    """The groups typed from the printed sheets, as a browser sends them when a session closes."""
    session.refresh_from_db()
    return {
        f"{contest}-{n}": g
        for contest, groups in support_typed.typed_back(session).items()
        for n, g in enumerate(groups)
    }
