"""A synthetic nation in a real database: a register through the real acts, the count by bulk inserts of true entries.

Every entry is what the act would have written, hashed into the tree; only the way into the tables is shorter than
`records.projections`. All figures are invented. One contest over one province, because a database holds one contest of
each kind: `STATIONS` is the national number of station-contests.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from bench import invented

STATIONS = 870_592
"""435,296 stations in two contests each."""
PER_VILLAGE, PER_DISTRICT, REGENCIES = 5.2, 11.5, 99
"""Stations per village and villages per district as in 2024; regencies as many as one province's codes allow."""
PROVINCE, KIND, COLUMNS = "32", "pkwkp", 4
AT = datetime(2024, 11, 27, 6, tzinfo=UTC)
STAMP, STORED = "2024-11-27T06:00:00.000000Z", "2024-11-27 06:00:00"
PAGES = 0b111
BATCH = 5_000
NAMES = ("Sukamaju", "Karangasih", "Mekarsari", "Sindangjaya", "Cibarusah", "Wanasari", "Tegalwaru", "Pasirjati")


@dataclass(frozen=True, slots=True)
class Nation:
    """What was built: stations, those that still wait for their second statement, and who makes it."""

    stations: int
    scattered: list[str]
    together: list[str]
    operator: str


def codes_of(stations: int) -> list[str]:
    """Station codes with the nation's shape, ascending."""
    villages = max(1, round(stations / PER_VILLAGE))
    districts = max(1, min(round(villages / PER_DISTRICT), REGENCIES * 99))
    regencies = max(1, min(REGENCIES, round(districts / 14.3)))
    names = []
    for number in range(districts):
        regency, place = number * regencies // districts, number
        names.append((regency, place))
    firsts: dict[int, int] = {}
    out = []
    for regency, place in names:
        ordinal = place - firsts.setdefault(regency, place) + 1
        own = range(place * villages // districts, (place + 1) * villages // districts)
        for at, village in enumerate(own):
            head = f"{PROVINCE}{regency + 1:02}{ordinal:02}{2001 + at}"
            count = (village + 1) * stations // villages - village * stations // villages
            out += [f"{head}{number + 1:03}" for number in range(count)]
    return out


def build(
    stations: int, *, scattered: int, together: int, pictures: Sequence[tuple[str, int]], say: Callable[[str], None]
) -> Nation:
    """Fill the configured, migrated SQLite database with ``stations`` stations, verified but for those that wait.

    ``scattered``: stations anywhere that wait; ``together``: stations in a row that wait. ``pictures``: (SHA-256, size)
    of the photographs, dealt out in turn.
    """
    from django.db import connection

    codes = codes_of(stations)
    administrator, operator = _register(codes)
    say(f"{len(codes)} TPS terdaftar / registered")
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    run, rest = codes[:together], codes[together:]
    apart = random.Random(7).sample(rest, scattered)
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("PRAGMA synchronous=OFF")
    _Filler(raw, administrator, operator, pictures, {*run, *apart}).fill(codes, say)
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("ANALYZE")
    return Nation(len(codes), apart, run, str(operator))


def _register(codes: list[str]) -> tuple[uuid.UUID, uuid.UUID]:
    """Election, regions, stations; the administrator and an operator of every regency."""
    from django.conf import settings

    from sirekap import keys
    from sirekap.election.roles import Role
    from sirekap.workflow import people, register

    log = keys.load(settings.CONFIG.keys, keys.Purpose.LOG).signer
    register.open_ledger(log.name, "simulated", log.verifier.vkey, AT)
    first = people.register_person("Administrator", AT)
    people.appoint(None, first, Role.ADMINISTRATOR, PROVINCE, AT)
    administrator = people.actor_of(first.pk)
    register.create_election(administrator, "bench", "Pengukuran, semua data buatan", date(2024, 11, 27), True, AT)
    register.import_register(administrator, _files(codes), AT.date(), AT)
    person = people.register_person("Operator", AT)
    for regency in sorted({code[:4] for code in codes}):
        people.appoint(administrator, person, Role.OPERATOR, regency, AT)
    return uuid.UUID(str(first.pk)), uuid.UUID(str(person.pk))


def _files(codes: list[str]) -> dict[str, str]:
    regions = {PROVINCE: "Jawa Contoh"}
    for code in codes:
        for digits, kind in ((4, "Kabupaten"), (6, "Kecamatan"), (10, "Desa")):
            if code[:digits] not in regions:
                regions[code[:digits]] = f"{kind} {NAMES[len(regions) % len(NAMES)]} {len(regions)}"
    return invented.register_files(regions, codes, KIND, COLUMNS)


def _canonical(value: object) -> bytes:
    """As `ledger.canonical` writes it, for the plain ASCII and small integers here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class _Filler:
    """Writes mandates, photographs, statements and verifications straight into the tables."""

    def __init__(
        self,
        raw: sqlite3.Connection,
        administrator: uuid.UUID,
        operator: uuid.UUID,
        pictures: Sequence[tuple[str, int]],
        waiting: set[str],
    ) -> None:
        from sirekap.election import chasil
        from sirekap.ledger.tree import Frontier
        from sirekap.records.models import Entry
        from sirekap.workflow import sequencing

        sequencing.sequence(AT)
        self._raw, self._pictures, self._waiting = raw, pictures, waiting
        self._administrator, self._operator = str(administrator), str(operator)
        self._columns = [field.id for field in chasil.CATALOGUE]
        self._ids = chasil.field_ids(COLUMNS)
        self._rng = random.Random(20241127)
        self._seq = int(Entry.objects.order_by("seq").values_list("seq", flat=True).last() or 0)
        self._fact = uuid.UUID("01936c34-7f00-7000-8000-000000000000").int
        self._frontier_of = Frontier.from_hex
        self._rows: dict[str, list[tuple[Any, ...]]] = {}

    def fill(self, codes: list[str], say: Callable[[str], None]) -> None:
        """All stations, some thousand in each transaction."""
        from sirekap.records.models import SequencerState

        state = SequencerState.objects.get()
        self._frontier = self._frontier_of(state.size, state.frontier)
        todo: Iterator[tuple[int, str]] = enumerate(codes)
        while some := list(islice(todo, BATCH)):
            self._raw.execute("BEGIN IMMEDIATE")
            for number, code in some:
                self._station(number, code)
            self._flush()
            self._raw.execute("COMMIT")
            if (some[-1][0] + 1) % 50_000 < BATCH:
                say(f"{some[-1][0] + 1} TPS terisi / filled")
        state.size, state.frontier = self._frontier.size, self._frontier.to_hex()
        state.save()

    def _station(self, number: int, code: str) -> None:
        row = f"{code}-{KIND}"
        kpps, mandate = self._id(), self._id()
        digest = hashlib.sha256(kpps.encode()).hexdigest()
        given = {"commitment": digest, "mandate": mandate, "person": kpps, "region": code, "role": "kpps"}
        seq = self._entry("mandate.granted", self._administrator, "administrator", PROVINCE, given)
        self._add("mandate", (_hex(mandate), _hex(kpps), "kpps", code, digest, seq))
        sha256, size = self._pictures[number % len(self._pictures)]
        photo = self._id()
        body = {"generation": 1, "media_type": "image/png", "pages": PAGES, "photo": photo, "row": row}
        seq = self._entry("photo.received", kpps, "kpps", code, body | {"sha256": sha256, "size": size})
        self._add("photo", (_hex(photo), 1, STORED, PAGES, sha256, size, "image/png", _hex(kpps), "kpps", seq, row))
        figures = invented.form(self._rng, COLUMNS)
        figures = {name: figures[name] for name in self._ids}
        seq, _ = self._statement(row, code, kpps, "kpps", figures, None)
        verified, rung = None, 3
        if code not in self._waiting:
            seq, entry = self._statement(row, code[:4], self._operator, "operator", figures, [])
            verified, rung = _hex(str(uuid.uuid5(uuid.UUID(entry), "verified"))), 4
            self._figures(verified, figures)
            self._add("verification", (verified, 1, STORED, "[]", seq, verified, row))
        self._add("stationcontest", (PAGES, True, verified, rung, verified, seq, row))

    def _statement(
        self, row: str, region: str, author: str, role: str, figures: dict[str, int], findings: list[str] | None
    ) -> tuple[int, str]:
        statement = self._id()
        verified = None if findings is None else {"figures": figures, "findings": findings}
        body = {
            "author": author,
            "figures": figures,
            "generation": 1,
            "human": True,
            "open": {},
            "paper_wrong": False,
            "reason": "",
            "row": row,
            "saw": [],
            "statement": statement,
            "verified": verified,
        }
        seq = self._entry("statement.made", author, role, region, body)
        self._figures(_hex(statement), figures)
        values = (_hex(statement), 1, STORED, _hex(author), role, True, False, "", "{}", seq, _hex(statement), row)
        self._add("statement", values)
        return seq, self._last

    def _entry(self, kind: str, person: str | None, role: str, region: str, body: dict[str, Any]) -> int:
        self._seq += 1
        self._last = self._id()
        actor = {"person": person, "region": region, "role": role}
        raw = _canonical({"actor": actor, "at": STAMP, "body": body, "id": self._last, "kind": kind, "v": 1})
        leaf = hashlib.sha256(b"\0" + raw).digest()
        self._add("entry", (self._seq, _hex(self._last), kind, STORED, person and _hex(person), raw, leaf))
        self._add("leaf", (self._frontier.size, self._seq))
        self._frontier.append(leaf)
        return self._seq

    def _figures(self, key: str, figures: dict[str, int]) -> None:
        values = (figures.get(name) for name in self._columns)
        self._add("figureset", (key, json.dumps(list(figures)), *values))

    def _id(self) -> str:
        self._fact += self._rng.getrandbits(40)
        return str(uuid.UUID(int=self._fact))

    def _add(self, table: str, values: tuple[Any, ...]) -> None:
        self._rows.setdefault(table, []).append(values)

    def _flush(self) -> None:
        columns = {
            "entry": "seq, id, kind, at, actor, content, leaf_hash",
            "leaf": '"index", entry_id',
            "mandate": "id, person_id, role, region, commitment, entry_id",
            "photo": "id, generation, at, pages, sha256, size, media_type, uploader, role, entry_id, row_id",
            "figureset": "id, stated, " + ", ".join(self._columns),
            "statement": "id, generation, at, author, role, human, paper_wrong, reason, open_fields, entry_id, "
            "figures_id, row_id",
            "verification": "id, generation, at, findings, entry_id, figures_id, row_id",
        }
        for table, names in columns.items():
            marks = ", ".join("?" * (names.count(",") + 1))
            some = self._rows.pop(table, [])
            self._raw.executemany(f"INSERT INTO records_{table} ({names}) VALUES ({marks})", some)  # nosec
        self._raw.executemany(
            "UPDATE records_stationcontest SET pages=?, confirmed=?, verified_id=?, standing=?, counted_id=?, "
            "last_seq=? WHERE id=?",
            self._rows.pop("stationcontest"),
        )


def _hex(key: str) -> str:
    """A UUID as SQLite stores it."""
    return key.replace("-", "")


def say(text: str) -> None:
    """Progress goes to stderr."""
    print(text, file=sys.stderr, flush=True)
