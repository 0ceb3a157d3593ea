"""Opening the ledger, creating and importing an election, changing stations and rolls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from support import small_election as se
from support.acts import last_entry, refused
from support.databases import Node

from sirekap.election.roles import Role
from sirekap.election.standing import Standing
from sirekap.records import queries
from sirekap.records.journal import body_of
from sirekap.records.models import Contest, Entry, Pair, Region, Station, StationChange, StationContest
from sirekap.workflow import people, register
from sirekap.workflow.errors import Refused
from sirekap.workflow.people import Actor

DAY = date(2024, 11, 20)
CODE = se.STATIONS[0]
NEW = f"{se.VILLAGES[0]}004"
Files = dict[str, str]


@pytest.fixture
def admin(empty: str) -> Actor:
    """The administrator of an election without a register."""
    register.open_ledger("small.example/log", "simulated", "key", se.AT)
    person = people.register_person("Administrator", se.AT)
    people.appoint(None, person, Role.ADMINISTRATOR, se.PROVINCE, se.AT)
    actor = people.actor_of(person.pk)
    register.create_election(actor, "small", "Pemilihan Contoh", se.VOTING_DAY, True, se.AT)
    return actor


def test_import_writes_register_and_one_row_per_station_and_contest(admin: Actor) -> None:
    done = register.import_register(admin, se.csv_files(), DAY, se.AT)
    assert done == register.Imported(12, True)
    assert dict(Region.objects.values_list("code", "name")) == se.NAMES
    assert list(Station.objects.order_by("pk").values_list("pk", "village_id")) == [(c, c[:10]) for c in se.STATIONS]
    assert list(Contest.objects.order_by("pk").values_list("pk", "kind", "region", "columns", "title")) == [
        ("pkwkk-3216", "pkwkk", "3216", 3, "Pemilihan Bupati dan Wakil Bupati Contoh"),
        ("pkwkp-32", "pkwkp", "32", 4, "Pemilihan Gubernur dan Wakil Gubernur Jawa Barat"),
    ]
    assert list(Pair.objects.values_list("pk", "name", "colour", "commission_id"))[:2] == [
        ("pkwkk-3216-1", "Pasangan pkwkk 1", "#101010", "3001"),
        ("pkwkk-3216-2", "Pasangan pkwkk 2", "#202020", "3002"),
    ]
    assert list(StationContest.objects.values_list("pk", "standing")) == [(r, 0) for r in sorted(se.rows_of(""))]
    assert last_entry("stations.imported")["body"] == {
        "effective": "2024-11-20",
        "stations": [[c, *se.roll(c), ["pkwkk", "pkwkp"]] for c in se.STATIONS],
    }


def test_import_twice_changes_nothing(admin: Actor) -> None:
    register.import_register(admin, se.csv_files(), DAY, se.AT)
    count = Entry.objects.count()
    assert register.import_register(admin, se.csv_files(), DAY, se.AT) == register.Imported(0, False)
    assert Entry.objects.count() == count


def test_large_register_is_written_in_several_entries_and_imported_once(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "REGIONS_PER_ENTRY", 2)
    register.import_register(admin, se.csv_files(), DAY, se.AT)
    bodies = [body_of(entry) for entry in Entry.objects.filter(kind="register.imported").order_by("seq")]
    assert [len(body["regions"]) for body in bodies] == [2] * (len(se.NAMES) // 2) + [1] * (len(se.NAMES) % 2)
    assert [code for body in bodies for code, _ in body["regions"]] == sorted(se.NAMES)
    assert [len(body["contests"]) for body in bodies] == [2] + [0] * (len(bodies) - 1)
    assert dict(Region.objects.values_list("code", "name")) == se.NAMES
    assert list(StationContest.objects.values_list("pk", flat=True)) == sorted(se.rows_of(""))
    assert register.import_register(admin, se.csv_files(), DAY, se.AT) == register.Imported(0, False)


def test_import_with_byte_order_mark_and_windows_lines(admin: Actor) -> None:
    files = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in se.csv_files().items()}
    assert register.import_register(admin, files, DAY, se.AT) == register.Imported(12, True)
    assert queries.rolls(se.STATIONS) == {code: se.roll(code) for code in se.STATIONS}


def test_import_with_contests_per_station_keeps_to_them(admin: Actor) -> None:
    files = se.csv_files()
    lines = files["stations.csv"].splitlines()
    files["stations.csv"] = "\n".join([f"{lines[0]},contests", f"{lines[1]},pkwkk", *[f"{x}," for x in lines[2:]]])
    register.import_register(admin, files, DAY, se.AT)
    assert list(StationContest.objects.filter(station_id=CODE).values_list("contest_id", flat=True)) == [se.REGENT]
    assert StationContest.objects.count() == 23


def change(file: str, old: str, new: str) -> Callable[[Files], Files]:
    def apply(files: Files) -> Files:
        assert old in files[file]
        return {**files, file: files[file].replace(old, new, 1)}

    return apply


def add(file: str, line: str) -> Callable[[Files], Files]:
    return lambda files: {**files, file: files[file] + line + "\n"}


FIRST = f"{CODE},100,110"
BAD_FILES: dict[str, tuple[Callable[[Files], Files], list[str]]] = {
    "truncated": (
        lambda files: {**files, "stations.csv": files["stations.csv"][:-5]},
        ["stations.csv, line 13: there are 2 columns, not 3; the file may be cut off."],
    ),
    "duplicate station": (
        add("stations.csv", FIRST),
        [f"stations.csv, line 14, column code: “{CODE}” stands on line 2 already."],
    ),
    "unknown region": (
        add("stations.csv", "3299012001001,1,1"),
        ["stations.csv, line 14, column code: village 3299012001 is unknown."],
    ),
    "orphan region": (
        add("regions.csv", "321701,Kecamatan Lain"),
        ["regions.csv, line 10, column code: its parent region 3217 is not in the file."],
    ),
    "wrong contest": (
        change("pairs.csv", "pkwkk,1,", "pilpres,1,"),
        [
            "pairs.csv, line 6, column contest: “pilpres” is not a contest; use pkwkp (governor) or pkwkk (regent/mayor)."
        ],
    ),
    "semicolons": (
        lambda files: {**files, "stations.csv": files["stations.csv"].replace(",", ";")},
        [
            "stations.csv, line 1, column code, dpt_l, dpt_p: the header must be code, dpt_l, dpt_p. "
            "Columns are separated by commas."
        ],
    ),
    "negative": (
        change("stations.csv", FIRST, f"{CODE},-1,110"),
        ["stations.csv, line 2, column dpt_l: “-1” is not a whole number between 0 and 2000."],
    ),
    "not whole": (
        change("stations.csv", FIRST, f"{CODE},100,11.5"),
        ["stations.csv, line 2, column dpt_p: “11.5” is not a whole number between 0 and 2000."],
    ),
    "words": (
        change("stations.csv", FIRST, f"{CODE},seratus,110"),
        ["stations.csv, line 2, column dpt_l: “seratus” is not a whole number between 0 and 2000."],
    ),
    "too many": (
        change("stations.csv", FIRST, f"{CODE},100,2001"),
        ["stations.csv, line 2, column dpt_p: “2001” is not a whole number between 0 and 2000."],
    ),
    "short code": (
        change("stations.csv", CODE, CODE[:-1]),
        [f"stations.csv, line 2, column code: “{CODE[:-1]}” is not a code of 13 digits."],
    ),
    "empty file": (lambda files: {**files, "stations.csv": ""}, ["stations.csv, line 1: the file is empty."]),
    "no rows": (
        lambda files: {**files, "stations.csv": "code,dpt_l,dpt_p\n"},
        ["stations.csv, line 2: there are no data rows."],
    ),
    "not text": (
        change("stations.csv", "code", "\0"),
        ["stations.csv, line 1: this is not a CSV text file."],
    ),
    "gap in numbers": (
        change("pairs.csv", "pkwkk,3,", "pkwkk,4,"),
        [
            "pairs.csv, line 1, column number: pkwkk: numbers must run 1, 2, ... without gaps, "
            "for exactly one contest region."
        ],
    ),
    "colour": (
        change("pairs.csv", "#101010", "merah"),
        ["pairs.csv, line 2, column colour: a colour is written like #B67352."],
    ),
    "two in two files": (
        lambda files: change("pairs.csv", "#101010", "merah")(add("stations.csv", FIRST)(files)),
        [
            "pairs.csv, line 2, column colour: a colour is written like #B67352.",
            f"stations.csv, line 14, column code: “{CODE}” stands on line 2 already.",
        ],
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_import_names_line_and_column_and_saves_nothing(admin: Actor, name: str) -> None:
    spoil, sentences = BAD_FILES[name]
    with refused("import", 400) as info:
        register.import_register(admin, spoil(se.csv_files()), DAY, se.AT)
    assert isinstance(info.value, register.ImportRefused)
    assert [complaint.sentence("en") for complaint in info.value.complaints] == sentences


def test_missing_file_is_refused(admin: Actor) -> None:
    with refused("import", 400):
        register.import_register(admin, {"regions.csv": se.csv_files()["regions.csv"]}, DAY, se.AT)


def test_import_over_existing_stations_names_each(admin: Actor) -> None:
    register.import_register(admin, se.csv_files(), DAY, se.AT)
    with refused("import", 400) as info:
        register.import_register(admin, change("stations.csv", "100,110", "101,110")(se.csv_files()), DAY, se.AT)
    assert isinstance(info.value, register.ImportRefused)
    assert len(info.value.complaints) == len(se.STATIONS) + len(se.NAMES)


def test_import_out_of_scope_is_refused(admin: Actor) -> None:
    person = people.register_person("Lain", se.AT)
    people.appoint(admin, person, Role.ADMINISTRATOR, "3217", se.AT)
    with refused("out_of_scope", 403):
        register.import_register(people.actor_of(person.pk), se.csv_files(), DAY, se.AT)


def test_second_ledger_or_election_is_refused(local: Node) -> None:
    with refused("ledger_open"):
        register.open_ledger("other", "real", "key", se.AT)
    with refused("election_exists"):
        register.create_election(local.small.administrator, "b", "B", se.VOTING_DAY, True, se.AT)


def test_add_station_opens_rows_and_denominators_follow(local: Node) -> None:
    roll, (_, arrived) = queries.roll_of_region("321601"), queries.standing_counts("321601", se.REGENT)
    register.add_station(local.small.administrator, NEW, 12, 13, " Lapas  baru ", DAY, se.AT)
    assert last_entry("station.added") == {
        "actor": {"person": str(local.small.administrator.person), "role": "administrator", "region": "32"},
        "at": "2024-11-27T06:00:00.000000Z",
        "body": {
            "station": NEW,
            "roll": {"l": 12, "p": 13},
            "contests": ["pkwkk", "pkwkp"],
            "reason": "Lapas baru",
            "effective": "2024-11-20",
        },
    }
    assert queries.roll_of_region("321601") == roll + 25
    counts, now = queries.standing_counts("321601", se.REGENT)
    assert (counts[Standing.AWAITED], now) == (7, arrived)


def test_amended_roll_is_what_counts(local: Node) -> None:
    register.amend_roll(local.small.administrator, CODE, 90, 91, "Perbaikan", DAY, se.AT)
    assert last_entry("roll.amended")["body"] == {
        "station": CODE,
        "roll": {"l": 90, "p": 91},
        "reason": "Perbaikan",
        "effective": "2024-11-20",
    }
    assert queries.rolls([CODE]) == {CODE: (90, 91)}
    assert queries.roll_of_region(CODE) == 181
    changes = StationChange.objects.filter(station_id=CODE).order_by("entry_id")
    assert list(changes.values_list("change", "roll_l", "roll_p", "reason", "effective")) == [
        ("opened", 100, 110, "Impor daftar TPS", se.AT.date()),
        ("roll", 90, 91, "Perbaikan", DAY),
    ]


def test_closed_station_leaves_every_denominator(local: Node) -> None:
    register.close_station(local.small.administrator, CODE, "Digusur", DAY, se.AT)
    assert last_entry("station.closed")["body"] == {"station": CODE, "reason": "Digusur", "effective": "2024-11-20"}
    assert queries.roll_of_region("") == sum(sum(se.roll(c)) for c in se.STATIONS[1:])
    counts, _ = queries.standing_counts("", se.GOVERNOR)
    assert sum(counts.values()) == 11
    for act in (register.close_station, register.merge_station):
        with refused("station_closed"):
            more = (se.STATIONS[1],) if act is register.merge_station else ()
            act(local.small.administrator, CODE, *more, "Lagi", DAY, se.AT)  # type: ignore[operator]


def test_merged_station_gives_its_roll_to_the_other(local: Node) -> None:
    into = se.STATIONS[1]
    register.merge_station(local.small.administrator, CODE, into, "Pemilih sedikit", DAY, se.AT)
    assert last_entry("station.merged")["body"] == {
        "station": CODE,
        "into": into,
        "into_roll": {"l": 201, "p": 221},
        "reason": "Pemilih sedikit",
        "effective": "2024-11-20",
    }
    assert queries.roll_of_region("") == sum(sum(se.roll(c)) for c in se.STATIONS)
    assert queries.roll_of_region(into) == 422
    assert queries.roll_of_region(CODE) == 0
    assert sum(queries.standing_counts("", se.REGENT)[0].values()) == 11


@pytest.mark.parametrize("contest", se.CONTESTS)
def test_station_with_a_photo_cannot_be_closed_or_merged(local: Node, contest: str) -> None:
    row = se.row_id(CODE, contest)
    se.intake.receive_photo(local.small.kpps[CODE], local.store, row, 0b001, se.photo(), se.AT)
    with refused("station_in_use"):
        register.close_station(local.small.administrator, CODE, "Digusur", DAY, se.AT)
    with refused("station_in_use"):
        register.merge_station(local.small.administrator, CODE, se.STATIONS[1], "Digusur", DAY, se.AT)


def test_station_cannot_be_added_after_determination(local: Node) -> None:
    from support import story

    story.tell(local.small, local.store)
    with refused("determined"):
        register.add_station(local.small.administrator, NEW[:-1] + "9", 1, 1, "TPS khusus", DAY, se.AT)


REFUSALS: dict[str, tuple[str, Callable[[Actor], None]]] = {
    "code": ("code", lambda a: register.add_station(a, "32160120010", 1, 1, "Baru", DAY, se.AT)),
    "village": ("not_found", lambda a: register.add_station(a, "3216012009001", 1, 1, "Baru", DAY, se.AT)),
    "exists": ("station_exists", lambda a: register.add_station(a, CODE, 1, 1, "Baru", DAY, se.AT)),
    "roll": ("roll", lambda a: register.add_station(a, NEW, -1, 1, "Baru", DAY, se.AT)),
    "roll too large": ("roll", lambda a: register.amend_roll(a, CODE, 2001, 1, "Baru", DAY, se.AT)),
    "roll not a number": ("roll", lambda a: register.amend_roll(a, CODE, True, 1, "Baru", DAY, se.AT)),
    "reason": ("reason", lambda a: register.amend_roll(a, CODE, 1, 1, "  ", DAY, se.AT)),
    "long reason": ("reason", lambda a: register.amend_roll(a, CODE, 1, 1, "x" * 501, DAY, se.AT)),
    "unknown": ("not_found", lambda a: register.amend_roll(a, NEW, 1, 1, "Baru", DAY, se.AT)),
    "close unknown": ("not_found", lambda a: register.close_station(a, NEW, "Baru", DAY, se.AT)),
    "same": ("same_station", lambda a: register.merge_station(a, CODE, CODE, "Baru", DAY, se.AT)),
    "merge into unknown": ("not_found", lambda a: register.merge_station(a, CODE, NEW, "Baru", DAY, se.AT)),
    "beside": ("out_of_scope", lambda a: register.amend_roll(a, "3316012001001", 1, 1, "Baru", DAY, se.AT)),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_register_act_refused(local: Node, name: str) -> None:
    code, act = REFUSALS[name]
    with refused(code):
        act(local.small.administrator)


def test_refusal_is_an_exception_with_both_texts() -> None:
    error = Refused("code", "teks", "text", 400)
    assert (str(error), error.status, error.findings) == ("code: text", 400, ())


def test_station_that_names_a_contest_without_pairs_is_refused(empty: str) -> None:
    """The whole import is refused: the station must not slip into a contest it did not name."""
    del empty
    register.open_ledger("x/log", "simulated", "v", se.AT)
    person = people.register_person("A", se.AT)
    people.appoint(None, person, Role.ADMINISTRATOR, se.PROVINCE, se.AT)
    admin = people.actor_of(person.pk)
    register.create_election(admin, "x", "X", se.VOTING_DAY, True, se.AT)
    files = se.csv_files()
    files["pairs.csv"] = "".join(
        line for line in files["pairs.csv"].splitlines(keepends=True) if not line.startswith("pkwkp")
    )
    files["stations.csv"] = f"code,dpt_l,dpt_p,contests\n{se.STATIONS[0]},5,5,pkwkp\n{se.STATIONS[1]},5,5,\n"
    with pytest.raises(register.ImportRefused) as refusal:
        register.import_register(admin, files, se.AT.date(), se.AT)
    assert [(c.line, c.column) for c in refusal.value.complaints] == [(2, "contests")]
    assert not StationContest.objects.exists()
