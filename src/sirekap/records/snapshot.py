"""One consistent state to read from, without holding up anybody who writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


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
