"""The PostgreSQL that tests use is real, durable and shared."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
import psycopg
import pytest
from support import postgres

pytestmark = pytest.mark.postgresql


def test_application_role_does_not_own_tables(postgresql_database: postgres.Database) -> None:
    with psycopg.connect(postgresql_database.owner_url) as owner:
        owner.execute("CREATE TABLE fact (n integer)")
    with psycopg.connect(postgresql_database.app_url) as app:
        app.execute("INSERT INTO fact VALUES (1)")
        assert app.execute("SELECT n, current_user::text FROM fact").fetchall() == [(1, "sirekap_app")]
    for forbidden in ("TRUNCATE fact", "DROP TABLE fact", "ALTER TABLE fact DISABLE TRIGGER ALL"):
        with psycopg.connect(postgresql_database.app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(forbidden.encode())


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_server_is_durable(postgresql_server: postgres.Server, setting: str) -> None:
    with psycopg.connect(postgresql_server.url("postgres", "postgres")) as admin:
        assert admin.execute(f"SHOW {setting}".encode()).fetchone() == ("on",)


def test_url_is_understood_by_django(postgresql_server: postgres.Server) -> None:
    parsed = dj_database_url.parse(postgresql_server.url("x", "sirekap_app"))
    assert (parsed["HOST"], parsed["USER"], parsed["NAME"]) == (postgresql_server.folder, "sirekap_app", "x")


def test_server_of_its_own_stops_and_leaves_nothing() -> None:
    with postgres.postgres() as server:
        assert server.alive
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0 or os.geteuid() != 0
    assert not server.alive
    assert not Path(server.folder).exists()
