"""Migrations: complete, run by the owner, and the application may only insert facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from support import postgres
from support.databases import Node, using

from sirekap.records import migrating, triggers
from sirekap.records.models import Entry


def test_migrations_are_complete(local: Node) -> None:
    call_command("makemigrations", "records", check=True, dry_run=True, verbosity=0)


def test_migrate_database_without_owner_migrates_default(tmp_path: Path, django_db_blocker: object) -> None:
    with django_db_blocker.unblock(), using(f"sqlite:///{tmp_path / 'new.sqlite3'}"):  # type: ignore[attr-defined]
        assert [migrating.migrate_database(), migrating.migrate_database()] == ["default", "default"]
        assert Entry.objects.count() == 0


@pytest.mark.postgresql
def test_migrate_database_with_owner_is_repeatable(central: Node) -> None:
    assert migrating.migrate_database() == "owner"
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [(postgres.OWNER,)]


@pytest.mark.postgresql
def test_privileges_of_application_are_exactly_what_it_needs(central: Node) -> None:
    query = (
        "SELECT t, array_agg(p ORDER BY p) FROM pg_tables, unnest(ARRAY[tablename::text]) t,"
        " unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) p"
        " WHERE schemaname = 'public' AND has_table_privilege(current_user, quote_ident(t), p) GROUP BY t"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = dict(cursor.fetchall())
    facts = {m._meta.db_table: ["INSERT", "SELECT"] for m in triggers.fact_models()}
    mutable = {m._meta.db_table: ["DELETE", "INSERT", "SELECT", "UPDATE"] for m in triggers.mutable_models()}
    assert found == {"django_migrations": ["SELECT"], **facts, **mutable}


@pytest.mark.postgresql
def test_owner_as_application_is_refused(postgresql_database: postgres.Database, django_db_blocker: object) -> None:
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        using(postgresql_database.owner_url, postgresql_database.owner_url),
        pytest.raises(migrating.OwnerIsApplication, match="sirekap_owner owns the tables"),
    ):
        migrating.migrate_database()
