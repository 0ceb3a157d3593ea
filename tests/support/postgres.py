"""A real PostgreSQL for tests and benches: its own folder, a private socket, a durable disk (fsync on).

Two roles as in production: ``sirekap_owner`` owns the tables, ``sirekap_app`` may use but never own them.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg

OWNER = "sirekap_owner"
APPLICATION = "sirekap_app"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
_PORT = 5432  # only names the socket file: the server listens on no network address

DEFAULT_GRANTS = (
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION}",
)


@dataclass(frozen=True)
class Database:
    """One database, as its owner and as the application."""

    name: str
    owner_url: str
    app_url: str


@dataclass(frozen=True)
class Server:
    """A running server; plain data, so that another process can be told of it."""

    folder: str
    pid: int

    def url(self, database: str, role: str) -> str:
        """An address that psycopg and dj-database-url both understand."""
        return f"postgresql://{role}@{quote(self.folder, safe='')}:{_PORT}/{database}"

    def create(self, name: str | None = None, *, grants: bool = True) -> Database:
        """A new empty database. ``grants``: the application may read and write what the owner will create."""
        name = name or f"t_{uuid4().hex}"
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}'.encode())
        with psycopg.connect(self.url(name, OWNER), autocommit=True) as owner:
            for grant in DEFAULT_GRANTS if grants else ():
                owner.execute(grant.encode())
        return Database(name, self.url(name, OWNER), self.url(name, APPLICATION))

    def drop(self, name: str) -> None:
        """Remove a database, ending what is still connected to it."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        stat = Path(f"/proc/{self.pid}/stat")
        try:
            return stat.read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False


def binaries() -> Path:
    """The newest installed server's programs; raises RuntimeError with the remedy."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if not found:
        raise RuntimeError(
            "PostgreSQL tidak terpasang; jalankan scripts/system-packages postgresql (make test melakukannya). / "
            "PostgreSQL is not installed; run scripts/system-packages postgresql (make test does)."
        )
    return max(found, key=lambda path: float(path.parent.name))


def start() -> Server:
    """Start a server; the caller ends it with `stop`."""
    programs = binaries()
    identity = _identity()
    folder = Path(tempfile.mkdtemp(prefix="sirekap-pg-", dir="/tmp"))
    try:
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        _make_cluster(programs, folder, identity)
        return _run(programs, folder, identity)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _make_cluster(programs: Path, folder: Path, identity: dict[str, Any]) -> None:
    command = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **identity)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


def _run(programs: Path, folder: Path, identity: dict[str, Any]) -> Server:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "port": str(_PORT),
        "fsync": "on",
        "max_connections": "100",
        "shared_buffers": "64MB",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **identity,
        )
    server = Server(str(folder), process.pid)
    try:
        _await(server, log)
    except BaseException:
        stop(server)
        raise
    return server


def stop(server: Server) -> None:
    """Fast shutdown by process id, then remove the folder."""
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if not server.alive:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(server.pid, sign)
        deadline = time.monotonic() + STOP_SECONDS
        while server.alive and time.monotonic() < deadline:
            time.sleep(0.02)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(server.pid, os.WNOHANG)
    shutil.rmtree(server.folder, ignore_errors=True)


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """A server for the length of the block."""
    server = start()
    try:
        yield server
    finally:
        stop(server)


def as_dict(server: Server) -> dict[str, str | int]:
    """The server as JSON-ready values; ``Server(**values)`` restores it."""
    return asdict(server)


def _identity() -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("neither a user postgres nor nobody exists to run PostgreSQL as")


def _await(server: Server, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
                admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB".encode())
                admin.execute(f"CREATE ROLE {APPLICATION} LOGIN NOCREATEDB NOCREATEROLE".encode())
            return
        except psycopg.OperationalError:
            if not server.alive or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}") from None
            time.sleep(0.05)
