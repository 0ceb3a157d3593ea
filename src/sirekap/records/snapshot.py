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
    """Whether another process could read what this one reads now."""
    return bool(connection.vendor == "sqlite" and connection.in_atomic_block is False)


def state() -> object:
    """What tells two states of the database apart: every act appends an entry, every sequencing a leaf."""
    with connection.cursor() as cursor:
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
    stack.enter_context(consistent_read())
    return state() == expected


_inherited: list[object] = []
