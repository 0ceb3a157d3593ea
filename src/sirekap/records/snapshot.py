"""One consistent state to read from, without holding up anybody who writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connection, connections, transaction


@contextmanager
def consistent_read() -> Iterator[None]:
    """Everything read inside is one state of the database, however long it takes; writers go on.

    SQLite reads a WAL snapshot in a deferred transaction (Django's own would take the write lock
    at once); PostgreSQL reads in REPEATABLE READ. Writing inside is an error. Inside an outer
    transaction it is that transaction's state.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def can_join() -> bool:
    """Whether another process could read what this one reads now: only inside `consistent_read`."""
    if connection.vendor == "sqlite":
        return connection.in_atomic_block is False
    if not connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        return bool(cursor.fetchone()[0] == "repeatable read")


def state() -> object:
    """What another process needs to `join`.

    PostgreSQL: the name of an exported snapshot. SQLite: what tells two states of the database apart (every act appends
    an entry, every sequencing a leaf), so that whoever opens it later can tell whether it is still the same.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_export_snapshot()")
            return cursor.fetchone()[0]
        cursor.execute(
            "SELECT max(seq), count(*) FROM records_entry WHERE seq > (SELECT max(seq) - 10 FROM records_entry)"
        )
        entries = cursor.fetchone()
        cursor.execute('SELECT max("index") FROM records_leaf')
        return entries, cursor.fetchone()


def join(stack: ExitStack, expected: object) -> bool:
    """In a forked child: open a read of its own for as long as ``stack`` lives; whether it sees ``expected``.

    The parent's connection is left alone, never closed: it is the parent's.
    """
    _inherited.append(connections["default"])
    del connections["default"]
    if connection.vendor == "postgresql":
        stack.enter_context(transaction.atomic())
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [expected])
        return True
    stack.enter_context(consistent_read())
    return state() == expected


_inherited: list[object] = []
