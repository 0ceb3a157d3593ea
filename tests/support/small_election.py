"""A small election, built through the real acts: one regency, two districts, four villages, twelve stations.

Both contests are run: the governor's with four pairs, the regent's with three.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from PIL import Image
from support.small_register import (  # noqa: F401  (tests take them from here)
    COLUMNS,
    CONTESTS,
    DISTRICTS,
    GOVERNOR,
    PROVINCE,
    REGENCY,
    REGENT,
    STATIONS,
    VILLAGES,
    figures,
    roll,
    row_id,
)
from support.typed import typed_back

from sirekap.election.roles import Role
from sirekap.election.standing import all_pages
from sirekap.evidence.store import EvidenceStore
from sirekap.records.models import SessionCursor, StationContest
from sirekap.workflow import intake, people, plenary, register, verification
from sirekap.workflow.people import Actor

VOTING_DAY = date(2024, 11, 27)
AT = datetime.fromisoformat("2024-11-27T06:00:00+00:00")

NAMES = {
    "32": "Jawa Barat",
    "3216": "Kabupaten Contoh",
    "321601": "Kecamatan Satu",
    "321602": "Kecamatan Dua",
    "3216012001": "Desa Awal",
    "3216012002": "Desa Tengah",
    "3216022001": "Desa Timur",
    "3216022002": "Desa Akhir",
}


@dataclass
class SmallElection:
    """The people of the small election. ``chairs`` and ``members`` are by region, ``kpps`` by station."""

    at: datetime
    administrator: Actor
    operators: list[Actor] = field(default_factory=list)
    chairs: dict[str, Actor] = field(default_factory=dict)
    members: dict[str, list[Actor]] = field(default_factory=dict)
    kpps: dict[str, Actor] = field(default_factory=dict)
    others: dict[Role, Actor] = field(default_factory=dict)

    def appoint(self, name: str, role: Role, region: str) -> Actor:
        """One more person with one mandate."""
        person = people.register_person(name, self.at)
        people.appoint(self.administrator, person, role, region, self.at)
        return people.actor_of(person.pk)

    def everyone(self) -> dict[str, Actor]:
        """Every actor by a readable name."""
        out = {"administrator": self.administrator}
        out |= {f"operator {n}": actor for n, actor in enumerate(self.operators, 1)}
        out |= {f"chair {region}": actor for region, actor in self.chairs.items()}
        out |= {f"member {region} {n}": a for region, some in self.members.items() for n, a in enumerate(some, 1)}
        out |= {f"kpps {station}": actor for station, actor in self.kpps.items()}
        return out | {role.value: actor for role, actor in self.others.items()}


def csv_files() -> dict[str, str]:
    """The three files of the register."""
    regions = "".join(f"{code},{name}\n" for code, name in NAMES.items())
    pairs = "".join(
        f"{kind},{number},Pasangan {kind} {number},#{number}0{number}0{number}0,{1000 * columns + number}\n"
        for kind, columns in COLUMNS.items()
        for number in range(1, columns + 1)
    )
    stations = "".join(f"{code},{roll(code)[0]},{roll(code)[1]}\n" for code in STATIONS)
    return {
        "regions.csv": "code,name\n" + regions,
        "pairs.csv": "contest,number,name,colour,commission_id\n" + pairs,
        "stations.csv": "code,dpt_l,dpt_p\n" + stations,
    }


def build(at: datetime = AT, vkey: str = "small.example/log+00000000+AAAA") -> SmallElection:
    """Open the ledger, create and import the election, appoint everybody; ``at`` is the time of every act."""
    register.open_ledger("small.example/log", "simulated", vkey, at)
    first = people.register_person("Administrator", at)
    people.appoint(None, first, Role.ADMINISTRATOR, PROVINCE, at)
    small = SmallElection(at, people.actor_of(first.pk))
    register.create_election(small.administrator, "small", "Pemilihan Contoh", VOTING_DAY, True, at)
    register.import_register(small.administrator, csv_files(), at.date(), at)
    small.operators = [small.appoint(f"Operator {n}", Role.OPERATOR, REGENCY) for n in (1, 2)]
    for region in (*DISTRICTS, REGENCY, PROVINCE):
        small.chairs[region] = small.appoint(f"Ketua {region}", Role.CHAIR, region)
        small.members[region] = [small.appoint(f"Anggota {region} {n}", Role.MEMBER, region) for n in (1, 2)]
    for station in STATIONS:
        small.kpps[station] = small.appoint(f"KPPS {station}", Role.KPPS, station)
    small.others[Role.PPS] = small.appoint("PPS", Role.PPS, VILLAGES[0])
    for role in (Role.WITNESS, Role.SUPERVISOR, Role.AUDITOR):
        small.others[role] = small.appoint(role.value.title(), role, REGENCY)
    return small


def photo(label: str = "") -> bytes:
    """A small PNG; different labels give different bytes."""
    buffer = io.BytesIO()
    Image.new("L", (60, 60), 200).save(buffer, "PNG")
    return buffer.getvalue() + label.encode()


def photograph(small: SmallElection, store: EvidenceStore, row: str, at: datetime | None = None) -> None:
    """The station committee's photograph of all pages."""
    pages = all_pages(COLUMNS[row.split("-")[1]])
    intake.receive_photo(small.kpps[row[:13]], store, row, pages, photo(row), at or small.at)


def verify(
    small: SmallElection, store: EvidenceStore, row: str, said: dict[str, int | None] | None = None
) -> StationContest:
    """Photograph, statement of the committee, statement of an operator: the row becomes verified."""
    photograph(small, store, row)
    said = dict(figures(row)) if said is None else said
    verification.make_statement(small.kpps[row[:13]], row, said, small.at)
    verification.make_statement(small.operators[0], row, said, small.at)
    return StationContest.objects.get(pk=row)


def rows_of(region: str, contests: tuple[str, ...] = CONTESTS) -> list[str]:
    """Rows of a region in region-code order."""
    return [row_id(station, contest) for station in STATIONS if station.startswith(region) for contest in contests]


def open_session(small: SmallElection, region: str, contests: tuple[str, ...] = CONTESTS) -> SessionCursor:
    """The plenary of a region, opened by its chair."""
    return plenary.open_session(small.chairs[region], region, list(contests), small.at)


def close_district(small: SmallElection, region: str) -> SessionCursor:
    """A district plenary that accepts every verified row and closes. Returns the session."""
    session = open_session(small, region)
    for row in StationContest.objects.filter(pk__startswith=region, closed=False):
        plenary.accept(small.chairs[region], session.pk, row.pk, small.at + timedelta(hours=1))
    plenary.close_session(small.chairs[region], session.pk, small.at + timedelta(hours=2), typed_back(session))
    return session
