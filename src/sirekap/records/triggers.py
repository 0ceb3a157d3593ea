"""Insert-only triggers for SQLite and PostgreSQL, and the application role's grants.

SQLite: ``INSERT OR REPLACE`` deletes silently unless ``recursive_triggers`` is on, so a BEFORE
INSERT trigger also refuses any row whose primary key or unique column already exists.
PostgreSQL: TRUNCATE has its own statement trigger, and the application's role does not own the
tables, so it can neither drop the triggers nor disable them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

MESSAGE = "sirekap: facts are insert-only"


def fact_models() -> list[Any]:
    """Every concrete model that is a fact."""
    from sirekap.records.models import Fact

    return [m for m in apps.get_app_config("records").get_models() if issubclass(m, Fact)]


def mutable_models() -> list[Any]:
    """Every other model of the project: cursors, personal data, accounts, web sessions."""
    facts = set(fact_models())
    return [m for m in apps.get_models(include_auto_created=True) if m not in facts]


def _conflict_columns(model: Any) -> list[list[str]]:
    """Columns of every unique key of ``model``."""
    meta = model._meta
    keys = [[f.column] for f in meta.local_fields if f.primary_key or f.unique]
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            keys.append([meta.get_field(name).column for name in constraint.fields])
    return keys


def sqlite_statements(model: Any) -> Iterator[str]:
    """CREATE TRIGGER statements for one fact table on SQLite."""
    table = model._meta.db_table
    for name in ("update", "delete", "replace"):
        yield f'DROP TRIGGER IF EXISTS "{table}_no_{name}"'
    for verb in ("UPDATE", "DELETE"):
        yield (
            f'CREATE TRIGGER "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {table}'); END"
        )
    same = " OR ".join(
        "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")" for key in _conflict_columns(model)
    )
    same += " OR rowid = NEW.rowid"
    yield (
        f'CREATE TRIGGER "{table}_no_replace" BEFORE INSERT ON "{table}" '
        f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same}) '  # nosec B608: names of our own models
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {table} (duplicate)'); END"
    )


def postgresql_statements(model: Any) -> Iterator[str]:
    """Trigger statements for one fact table on PostgreSQL."""
    table = model._meta.db_table
    yield f'DROP TRIGGER IF EXISTS "{table}_insert_only" ON "{table}"'
    yield f'DROP TRIGGER IF EXISTS "{table}_no_truncate" ON "{table}"'
    yield (
        f'CREATE TRIGGER "{table}_insert_only" BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION sirekap_refuse_change()"
    )
    yield (
        f'CREATE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION sirekap_refuse_change()"
    )


POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION sirekap_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}: %', TG_TABLE_NAME; END $$
"""


def create(connection: Any, fact_models: list[Any]) -> None:
    """Create the triggers of ``fact_models`` on this connection's database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        make = postgresql_statements if connection.vendor == "postgresql" else sqlite_statements
        for model in fact_models:
            for statement in make(model):
                cursor.execute(statement)


def grant(connection: Any, role: str) -> None:
    """Let ``role`` insert and read facts and change the mutable tables, and nothing else (PostgreSQL).

    Must run as the owner of the tables, after migrations.
    """
    quote = connection.ops.quote_name
    to = quote(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {to}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {to}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {to}")
        for model in fact_models():
            table = quote(model._meta.db_table)
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {to}")
            cursor.execute(f"GRANT INSERT ON {table} TO {to}")
        for model in mutable_models():
            cursor.execute(f"GRANT INSERT, UPDATE, DELETE ON {quote(model._meta.db_table)} TO {to}")
