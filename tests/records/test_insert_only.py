"""Facts are inserted and never changed: raw SQL against every fact table, on both engines, with rows in all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import transaction
from support import other_nodes, signed_papers, story
from support.databases import Node

from sirekap.records import triggers
from sirekap.records.models import Entry, Leaf, SessionCursor, SheetVersion

KEYS = {m._meta.db_table: m._meta.pk.column for m in triggers.fact_models()}
REFUSED = dict.fromkeys(KEYS, "refused")
SQLITE_ATTACKS = {
    "update": "UPDATE {t} SET {k} = {k}",
    "update or replace": "UPDATE OR REPLACE {t} SET {k} = {k}",
    "delete": "DELETE FROM {t}",
    "insert or replace": "INSERT OR REPLACE INTO {t} SELECT * FROM {t}",
    "replace": "REPLACE INTO {t} SELECT * FROM {t} LIMIT 1",
    "insert or ignore": "INSERT OR IGNORE INTO {t} SELECT * FROM {t}",
    "upsert": "INSERT INTO {t} SELECT * FROM {t} WHERE true ON CONFLICT DO UPDATE SET {k} = excluded.{k}",
}
POSTGRESQL_ATTACKS = {
    "update": 'UPDATE "{t}" SET {k} = {k}',
    "delete": 'DELETE FROM "{t}"',
    "upsert": 'INSERT INTO "{t}" SELECT * FROM "{t}" ON CONFLICT ({k}) DO UPDATE SET {k} = excluded.{k}',
    "merge": 'MERGE INTO "{t}" USING "{t}" s ON "{t}".{k} = s.{k} WHEN MATCHED THEN DELETE',
    "truncate": 'TRUNCATE "{t}"',
    "truncate cascade": 'TRUNCATE "{t}" CASCADE',
}
OWNERSHIP_ATTACKS = {
    "disable trigger": 'ALTER TABLE "{t}" DISABLE TRIGGER ALL',
    "disable own trigger": 'ALTER TABLE "{t}" DISABLE TRIGGER "{t}_insert_only"',
    "drop trigger": 'DROP TRIGGER "{t}_insert_only" ON "{t}"',
    "drop table": 'DROP TABLE "{t}" CASCADE',
    "rename": 'ALTER TABLE "{t}" RENAME TO gone',
    "rule": 'CREATE RULE r AS ON INSERT TO "{t}" DO INSTEAD NOTHING',
}


def told(node: Node) -> Node:
    other_nodes.go_and_come_back(node, node.folder)
    story.tell(node.small, node.store)
    signed_papers.file_sheet(node)
    with transaction.atomic():
        other_nodes.received_entry()
    return node


def outsider(node: Node, recursive: str) -> sqlite3.Connection:
    """A connection without any of our settings, as from the sqlite3 shell."""
    connection = sqlite3.connect(node.url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute(f"PRAGMA recursive_triggers={recursive}")
    return connection


def contents(connection: Any) -> dict[str, list[Any]]:
    return {t: connection.execute(f'SELECT * FROM "{t}" ORDER BY "{k}"').fetchall() for t, k in KEYS.items()}


def test_story_leaves_a_row_in_every_fact_table(local: Node) -> None:
    told(local)
    assert [m.__name__ for m in triggers.fact_models() if not m.objects.exists()] == []


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
def test_change_of_fact_refused_on_sqlite(local: Node, recursive: str) -> None:
    connection = outsider(told(local), recursive)
    before = contents(connection)
    assert all(before.values())
    for name, attack in SQLITE_ATTACKS.items():
        found = {}
        for table, key in KEYS.items():
            try:
                connection.execute(attack.format(t=f'"{table}"', k=f'"{key}"'))
                found[table] = name
            except sqlite3.IntegrityError as error:
                found[table] = "refused" if triggers.MESSAGE in str(error) else str(error)
        assert (name, found) == (name, REFUSED)
    assert contents(connection) == before
    connection.close()


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
def test_replacement_by_other_unique_key_refused_on_sqlite(local: Node, recursive: str) -> None:
    connection = outsider(told(local), recursive)
    before = contents(connection)
    for table, columns, values in (
        (Entry._meta.db_table, "seq, id, kind, at, actor, content, leaf_hash", "99999, id, kind, at, actor, 'x', 'y'"),
        (Leaf._meta.db_table, '"index", entry_id', "99999, entry_id"),
        (
            SheetVersion._meta.db_table,
            "id, entry_id, tier, region_id, contest_id, version, figures_sha256, cause, session_id, at",
            f"'{'0' * 32}', entry_id, tier, region_id, contest_id, version, 'x', cause, session_id, at",
        ),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=triggers.MESSAGE):
            connection.execute(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {values} FROM {table} LIMIT 1")
    assert contents(connection) == before
    connection.close()


def outcomes(
    url: str, attacks: dict[str, str], errors: tuple[type[psycopg.Error], ...]
) -> Iterator[tuple[str, dict[str, str]]]:
    with psycopg.connect(url, autocommit=True) as connection:
        for name, attack in attacks.items():
            found = {}
            for table, key in KEYS.items():
                try:
                    connection.execute(attack.format(t=table, k=f'"{key}"').encode())
                    found[table] = name
                except errors:
                    found[table] = "refused"
                except psycopg.Error as other:
                    found[table] = repr(other)
            yield name, found


@pytest.mark.postgresql
def test_change_of_fact_refused_on_postgresql(central: Node) -> None:
    told(central)
    with psycopg.connect(central.owner_url, autocommit=True) as owner:
        before = contents(owner)
        assert all(before.values())
        no_right = (psycopg.errors.InsufficientPrivilege,)
        by_guard = (psycopg.errors.RaiseException, psycopg.errors.FeatureNotSupported)
        for result in outcomes(central.url, POSTGRESQL_ATTACKS | OWNERSHIP_ATTACKS, no_right):
            assert result == (result[0], REFUSED)
        for result in outcomes(central.owner_url, POSTGRESQL_ATTACKS, by_guard):
            assert result == (result[0], REFUSED)
        assert contents(owner) == before


@pytest.mark.postgresql
@pytest.mark.parametrize("who", ["url", "owner_url"])
def test_guards_cannot_be_switched_off_by_a_setting(central: Node, who: str) -> None:
    with (
        psycopg.connect(getattr(central, who), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SET session_replication_role = replica")


@pytest.mark.postgresql
def test_guard_function_cannot_be_replaced_by_the_application(central: Node) -> None:
    with (
        psycopg.connect(central.url, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(triggers.POSTGRESQL_FUNCTION.encode())


def test_cursor_can_be_changed(node: Node) -> None:
    assert SessionCursor.objects.update(state="closed") == 0


def test_fact_saved_twice_is_refused_and_unchanged(local: Node) -> None:
    entry = Entry.objects.order_by("seq").first()
    assert entry is not None
    before = bytes(entry.content)
    entry.content = b"{}"
    with pytest.raises(Exception, match=triggers.MESSAGE):
        entry.save()
    assert bytes(Entry.objects.get(pk=entry.pk).content) == before
