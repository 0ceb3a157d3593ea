"""Rows in, the bytes of CSV, JSON and Parquet out: one pass of Python, the rest in DuckDB.

The same rows give the same bytes: one thread, insertion order kept, no time stamps inside. Cells that people wrote and
that a spreadsheet would take for a formula get an apostrophe in the CSV, and only there.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.publication.datasets import Column, Table

if TYPE_CHECKING:
    import duckdb

FORMATS = ("csv", "json", "parquet")
_SQL_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN", "datetime": "VARCHAR"}
_COPY = {
    "csv": "FORMAT csv, HEADER",
    "json": "FORMAT json, ARRAY true",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}
_GUARD = "CASE WHEN regexp_matches({0}, '^[=+\\-@\\t\\r]') THEN '''' || {0} ELSE {0} END AS {0}"
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sheet:
    """One table being written: :meth:`add` rows, then take its :meth:`files`. Made by :meth:`Engine.sheets`."""

    def __init__(self, table: Table, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.table = table
        self._folder, self._connection = folder, connection
        self._known = {column.name for column in table.columns}
        self._source = folder / f"{table.name}.ndjson"
        self._handle = open(self._source, "w", encoding="utf-8", newline="\n")  # noqa: SIM115
        self._rows = 0

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """More rows. A row lacks what it does not know; a key that is no column raises ``ValueError``."""
        for row in rows:
            if not row.keys() <= self._known:
                raise ValueError(f"{self.table.name} has no column {', '.join(sorted(row.keys() - self._known))}")
            self._handle.write(_ENCODE(row) + "\n")
            self._rows += 1

    def files(self, *, compressed: bool = False) -> Iterator[tuple[str, bytes]]:
        """(extension, bytes) in every format of `FORMATS`; ``compressed`` wraps CSV and JSON in gzip."""
        self.close()
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE t ({_declared(self.table)})")
        if self._rows:
            self._connection.execute(f"INSERT INTO t {_reader(self.table)}", [str(self._source)])
        for kind in FORMATS:
            target = self._folder / f"{self.table.name}.{kind}"
            chosen = ", ".join(_cell(column, kind) for column in self.table.columns)
            copy = f"COPY (SELECT {chosen} FROM t) TO '{target}' ({_COPY[kind]})"  # nosec B608: names of our own
            self._connection.execute(copy)
            data = target.read_bytes()
            target.unlink()
            zipped = compressed and kind != "parquet"
            yield (f"{kind}.gz", gzip.compress(data, 6, mtime=0)) if zipped else (kind, data)

    def close(self) -> None:
        """No more rows."""
        self._handle.close()


class Engine:
    """Turns sheets into files; ``folder``: scratch space. Made by :func:`engine`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection, self._folder = connection, folder

    @contextmanager
    def sheets(self, *tables: Table) -> Iterator[list[Sheet]]:
        """Sheets of several tables, to be filled side by side; their rows are gone afterwards."""
        opened = [Sheet(table, self._folder, self._connection) for table in tables]
        try:
            yield opened
        finally:
            for sheet in opened:
                sheet.close()
            self._connection.execute("DROP TABLE IF EXISTS t")


@contextmanager
def engine() -> Iterator[Engine]:
    """An engine with scratch space of its own, both gone afterwards."""
    import duckdb

    with (
        tempfile.TemporaryDirectory(prefix="sirekap-data-") as folder,
        duckdb.connect(config={"threads": 1}) as connection,
    ):
        connection.execute("SET preserve_insertion_order = true")
        yield Engine(connection, Path(folder))


def render(table: Table, rows: Iterable[Mapping[str, Any]], *, compressed: bool = False) -> dict[str, bytes]:
    """Extension -> bytes of one table."""
    with engine() as made, made.sheets(table) as (sheet,):
        sheet.add(rows)
        return dict(sheet.files(compressed=compressed))


def _declared(table: Table) -> str:
    return ", ".join(f'"{c.name}" {_SQL_TYPES[c.type]}' for c in table.columns)


def _reader(table: Table) -> str:
    columns = ", ".join(f"'{c.name}': '{_SQL_TYPES[c.type]}'" for c in table.columns)
    return f"SELECT * FROM read_json(?, format = 'newline_delimited', columns = {{{columns}}})"  # nosec B608: likewise


def _cell(column: Column, kind: str) -> str:
    name = f'"{column.name}"'
    if kind == "csv" and column.free:
        return _GUARD.format(name)
    if kind == "parquet" and column.type == "datetime":
        return f"CAST({name} AS TIMESTAMP) AS {name}"
    return name
