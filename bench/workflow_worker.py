"""One database's share of `bench.workflow`: ``python -m bench.workflow_worker ROWS`` prints one JSON object.

The environment names the database, as for every `sirekap` command.
"""

from __future__ import annotations

import io
import json
import os
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench import invented

PROVINCE, REGENCY, DISTRICT, VILLAGES = "32", "3216", "321601", 10
CONTEST, COLUMNS = "pkwkk-3216", 3
AT = datetime(2024, 11, 27, 6, tzinfo=UTC)
WARM_UP = 20
PHOTO_BYTES = 15_000
FLOOR_BYTES = 1024
PHOTO, KPPS, OPERATOR, ACCEPT = "photo", "kpps_statement", "operator_statement", "plenary_accept"
SAVES = (KPPS, OPERATOR)


@dataclass
class Clock:
    """Seconds of every timed call by kind; the first `WARM_UP` calls of each kind are left out."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    def time(self, kind: str, call: Callable[..., object], *args: object, **named: object) -> None:
        """Run ``call`` and keep its wall-clock seconds."""
        began = time.perf_counter()
        call(*args, **named)
        spent = time.perf_counter() - began
        self.calls[kind] = self.calls.get(kind, 0) + 1
        if self.calls[kind] > WARM_UP:
            self.seconds.setdefault(kind, []).append(spent)

    def rate(self, *kinds: str) -> float:
        """Calls per second over the kinds together."""
        spent = [s for kind in kinds for s in self.seconds[kind]]
        return round(len(spent) / sum(spent), 1)

    def percentile(self, percent: int, *kinds: str) -> float:
        """Milliseconds below which ``percent`` of the calls stay."""
        spent = [s for kind in kinds for s in self.seconds[kind]]
        return round(1000 * statistics.quantiles(spent, n=100)[percent - 1], 3)


def main(rows: int) -> dict[str, Any]:
    """Set up a district of ``rows`` stations, run every act once per station, report."""
    import django

    django.setup()
    from sirekap.records.migrating import migrate_database

    owner = migrate_database()
    _say(f"{rows} TPS disiapkan / stations being set up ...")
    district = _district(rows)
    floor = _floor(owner)
    clock = Clock()
    _count(district, clock, floor)
    _plenary(district, clock, floor)
    kinds = (PHOTO, KPPS, OPERATOR, ACCEPT)
    return {
        "acts": sum(len(clock.seconds[kind]) for kind in kinds),
        "acts_s": clock.rate(*kinds),
        "floor_s": clock.rate("floor"),
        "save_p99_ms": clock.percentile(99, *SAVES),
        "milliseconds": {k: (clock.percentile(50, k), clock.percentile(99, k)) for k in (*kinds, "floor")},
        "conditions": _conditions(),
    }


def _say(text: str) -> None:
    from django.db import connection

    print(f"{connection.vendor}: {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class _District:
    """Stations with their committees, and the people of one district."""

    kpps: dict[str, Any]
    operator: Any
    chair: Any


def _district(rows: int) -> _District:
    from sirekap.election.roles import Role
    from sirekap.workflow import people, register

    codes = sorted(f"{DISTRICT}{2001 + n % VILLAGES}{n // VILLAGES + 1:03}" for n in range(rows))
    register.open_ledger("bench.example/log", "simulated", "bench.example/log+00000000+AAAA", AT)
    first = people.register_person("Administrator", AT)
    people.appoint(None, first, Role.ADMINISTRATOR, PROVINCE, AT)
    administrator = people.actor_of(first.pk)
    register.create_election(administrator, "bench", "Pengukuran", date(2024, 11, 27), True, AT)
    register.import_register(administrator, _files(codes), AT.date(), AT)

    def appoint(role: Role, region: str) -> Any:
        person = people.register_person(f"{role} {region}", AT)
        people.appoint(administrator, person, role, region, AT)
        return people.actor_of(person.pk)

    kpps = {code: appoint(Role.KPPS, code) for code in codes}
    return _District(kpps, appoint(Role.OPERATOR, DISTRICT), appoint(Role.CHAIR, DISTRICT))


def _files(codes: list[str]) -> dict[str, str]:
    regions = {PROVINCE: "Provinsi", REGENCY: "Kabupaten", DISTRICT: "Kecamatan"}
    regions |= {code[:10]: f"Desa {code[6:10]}" for code in codes}
    return invented.register_files(regions, codes, "pkwkk", COLUMNS)


def _picture() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (1200, 1600), 230).save(buffer, "PNG")
    return buffer.getvalue()


def _count(district: _District, clock: Clock, floor: Callable[[], object]) -> None:
    """Photograph and two independent statements for every station; each becomes verified."""
    from django.conf import settings

    from sirekap import keys
    from sirekap.election.standing import all_pages
    from sirekap.evidence.store import open_store
    from sirekap.workflow import intake, verification

    keys.init(settings.CONFIG.keys, "bench.sirekap.local", demo=True, allow_in_repo=True)
    signer = keys.load(settings.CONFIG.keys, keys.Purpose.RECEIPTS).signer
    store, picture = open_store(settings.CONFIG.evidence), _picture()
    rng = random.Random(20241127)
    for number, (code, kpps) in enumerate(district.kpps.items(), start=1):
        row, form = f"{code}-pkwkk", invented.form(rng, COLUMNS)
        data = picture + rng.randbytes(PHOTO_BYTES - len(picture))
        clock.time(PHOTO, intake.receive_photo, kpps, store, row, all_pages(COLUMNS), data, AT, signer=signer)
        clock.time(KPPS, verification.make_statement, kpps, row, form, AT)
        clock.time("floor", floor)
        clock.time(OPERATOR, verification.make_statement, district.operator, row, form, AT)
        if number % 250 == 0 or number == len(district.kpps):
            _say(f"{number} TPS terverifikasi / stations verified")


def _plenary(district: _District, clock: Clock, floor: Callable[[], object]) -> None:
    """Every station read and accepted in the district's session, which then closes."""
    from sirekap.records.models import StationContest
    from sirekap.workflow import plenary, sheets

    session = plenary.open_session(district.chair, DISTRICT, [CONTEST], AT)
    for code in district.kpps:
        row = f"{code}-pkwkk"
        clock.time(ACCEPT, plenary.accept, district.chair, session.pk, row, AT)
        clock.time("floor", floor)
    plenary.close_session(district.chair, session.pk, AT + timedelta(hours=1), sheets.on_paper(session))
    standings = set(StationContest.objects.values_list("standing", flat=True))
    if standings != {5}:
        raise RuntimeError(f"the bench did not ratify every station: {standings}")
    _say("rapat pleno ditutup / plenary closed")


def _floor(owner: str) -> Callable[[], object]:
    """One durable insert of 1 KB as the application, straight through the database's driver."""
    from django.db import connection, connections

    key, blob = ("bigserial", "bytea") if connection.vendor == "postgresql" else ("integer", "blob")
    with connections[owner].cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_floor (id {key} PRIMARY KEY, content {blob} NOT NULL)")
        if connection.vendor == "postgresql":
            cursor.execute("GRANT INSERT ON bench_floor TO PUBLIC")
            cursor.execute("GRANT USAGE ON SEQUENCE bench_floor_id_seq TO PUBLIC")
    connection.ensure_connection()
    mark = "%s" if connection.vendor == "postgresql" else "?"
    statement = f"INSERT INTO bench_floor (content) VALUES ({mark})"  # nosec
    return lambda: connection.connection.execute(statement, [os.urandom(FLOOR_BYTES)])


def _conditions() -> dict[str, Any]:
    """Versions and what makes a commit durable here."""
    import django
    from django.db import connection

    out: dict[str, Any] = {"django": django.__version__, "user": _ask("SELECT current_user") if _postgresql() else ""}
    if _postgresql():
        import psycopg

        out |= {"server": _ask("SHOW server_version"), "psycopg": psycopg.__version__}
        return out | {name: _ask(f"SHOW {name}") for name in ("fsync", "synchronous_commit", "wal_sync_method")}
    out |= {"sqlite": sqlite3.sqlite_version, "file_size": os.path.getsize(connection.settings_dict["NAME"])}
    return out | {name: _ask(f"PRAGMA {name}") for name in ("journal_mode", "synchronous")}


def _postgresql() -> bool:
    from django.db import connection

    return bool(connection.vendor == "postgresql")


def _ask(statement: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
