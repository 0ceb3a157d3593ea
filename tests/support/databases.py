"""Real databases for tests: each test gets its own copy of a small election, on SQLite or on PostgreSQL."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from support import postgres, small_election

from sirekap.evidence import EvidenceStore, open_store
from sirekap.records import migrating
from sirekap.settings import _database

PROCESS = Path(__file__).parent / "act_process.py"
ROOT = Path(__file__).parents[2]


@dataclass
class Node:
    """A database with a small election, and its evidence store."""

    engine: str
    url: str
    owner_url: str
    store: EvidenceStore
    folder: Path
    small: small_election.SmallElection

    def start(self, act: str, **arguments: Any) -> Running:
        """Start one act in a process of its own; it waits at its barrier until `Running.go`."""
        return Running(self, act, arguments)

    def together(self, *acts: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """Run acts in processes of their own, all at once; their results in order."""
        running = [self.start(act, **arguments) for act, arguments in acts]
        for process in running:
            process.await_ready()
        for process in running:
            process.go()
        return [process.result() for process in running]


class Running:
    """One act in another process."""

    count = 0

    def __init__(self, node: Node, act: str, arguments: dict[str, Any]) -> None:
        Running.count += 1
        self.folder = node.folder / f"process-{Running.count}"
        self.folder.mkdir()
        spec = {"act": act, "arguments": arguments, "folder": str(self.folder), "store": str(node.folder / "evidence")}
        environment = {
            **os.environ,
            "SIREKAP_DATABASE_URL": node.url,
            "DJANGO_SETTINGS_MODULE": "sirekap.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
        }
        self.process = subprocess.Popen(
            [sys.executable, PROCESS, json.dumps(spec)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def await_file(self, name: str) -> None:
        """Wait until the process has written this file; its error output explains a failure."""
        deadline = time.monotonic() + 30
        while not (self.folder / name).exists():
            if self.process.poll() not in (None, 0) or time.monotonic() > deadline:
                raise AssertionError(f"no {name}: {self.process.communicate(timeout=5)}")
            time.sleep(0.002)

    def await_ready(self) -> None:
        """Wait until it stands at the barrier."""
        self.await_file("ready")

    def go(self) -> None:
        """Lift the barrier."""
        (self.folder / "go").touch()

    def commit(self) -> None:
        """Let a process that pauses before its commit commit."""
        (self.folder / "commit").touch()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.communicate(timeout=10)

    def result(self) -> dict[str, Any]:
        """What the act came to: ``{"ok": ...}``, ``{"refused": code}``; an exception fails the test."""
        out, err = self.process.communicate(timeout=40)
        assert self.process.returncode == 0, err
        return dict(json.loads(out.splitlines()[-1]))


@contextlib.contextmanager
def using(url: str, owner_url: str = "") -> Iterator[None]:
    """Make this database, and its owner's connection if given, the process's own for a while."""
    urls = {"default": url} | ({"owner": owner_url} if owner_url else {})
    configured = connections.configure_settings({alias: _database(u) for alias, u in urls.items()})
    stores = (connections.settings, settings.DATABASES)
    kept_settings = [dict(store) for store in stores]
    kept = {alias: connections[alias] for alias in ("default", "owner") if alias in connections.settings}
    for store in stores:
        store.clear()
        store.update(configured)
    for alias in urls:
        connections[alias] = connections.create_connection(alias)
    try:
        yield
    finally:
        for alias in urls:
            connections[alias].close()
            del connections[alias]
        for store, values in zip(stores, kept_settings, strict=True):
            store.clear()
            store.update(values)
        for alias, connection in kept.items():
            connections[alias] = connection


@dataclass
class Template:
    """A migrated database with the small election, to be copied."""

    place: Any
    small: small_election.SmallElection


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Template:
    """The small election in one SQLite file."""
    file = tmp_path_factory.mktemp("template") / "small.sqlite3"
    with django_db_blocker.unblock(), using(f"sqlite:///{file}"):
        migrating.migrate_database()
        return Template(file, small_election.build())


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: postgres.Server, django_db_blocker: Any) -> Template:
    """The small election in one PostgreSQL database, migrated by its owner, filled by the application."""
    database = postgresql_server.create(grants=False)
    with django_db_blocker.unblock(), using(database.app_url, database.owner_url):
        migrating.migrate_database()
        return Template(database, small_election.build())


@pytest.fixture
def local(sqlite_template: Template, tmp_path: Path, django_db_blocker: Any) -> Iterator[Node]:
    """A fresh copy of the small election on SQLite."""
    file = tmp_path / "node.sqlite3"
    shutil.copy(sqlite_template.place, file)
    url = f"sqlite:///{file}"
    store = open_store(tmp_path / "evidence")
    with django_db_blocker.unblock(), using(url):
        yield Node("sqlite", url, "", store, tmp_path, sqlite_template.small)


@pytest.fixture
def central(
    postgresql_server: postgres.Server, postgresql_template: Template, tmp_path: Path, django_db_blocker: Any
) -> Iterator[Node]:
    """A fresh copy of the small election on PostgreSQL."""
    name = f"{postgresql_template.place.name}_{os.urandom(4).hex()}"
    with psycopg.connect(postgresql_server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{postgresql_template.place.name}" OWNER {postgres.OWNER}'.encode()
        )
    app, owner = postgresql_server.url(name, postgres.APPLICATION), postgresql_server.url(name, postgres.OWNER)
    store = open_store(tmp_path / "evidence")
    with django_db_blocker.unblock(), using(app, owner):
        yield Node("postgresql", app, owner, store, tmp_path, postgresql_template.small)
    postgresql_server.drop(name)


@pytest.fixture(params=["local", pytest.param("central", marks=pytest.mark.postgresql)])
def node(request: pytest.FixtureRequest) -> Node:
    """A fresh copy of the small election, on each engine in turn."""
    found: Node = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """A migrated, empty SQLite file."""
    file = tmp_path_factory.mktemp("empty") / "empty.sqlite3"
    with django_db_blocker.unblock(), using(f"sqlite:///{file}"):
        migrating.migrate_database()
    return file


@pytest.fixture
def empty(empty_template: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """A migrated, empty SQLite database."""
    file = tmp_path / "empty.sqlite3"
    shutil.copy(empty_template, file)
    with django_db_blocker.unblock(), using(f"sqlite:///{file}"):
        yield f"sqlite:///{file}"
