"""Designed falsifications of a published election: each is found, as what it is and where it is.

Four forgers: one who changes files; one who also recomputes every hash above; the operator, who holds the log's key and
records the forged cut; and the operator who rewrites the entries themselves and signs a new tree.
"""

from __future__ import annotations

import base64
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import small_election as se
from verifier.forge import LEDGER, Bundle, Entry, check, find
from verifier.night import BOX, CORRECTED, DEFERRED, DISPUTED, LATE, LOG, RECOUNTED, WRONG

from sirekap.election.standing import Standing
from sirekap.ledger import canonical
from sirekap.ledger.note import COSIGNATURE, Signer, cosign

OTHER = Signer(LOG.name, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
WITNESS = Signer("saksi.example", Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34))), COSIGNATURE)
REGENT, GOVERNOR = "pkwkk/32", "pkwkp/32"
VILLAGE = f"{REGENT}/3216/321601/3216012001"
FIRST = se.STATIONS[0]
Change = Callable[[Bundle], object]


@pytest.fixture
def bundle(night: Path, tmp_path: Path) -> Bundle:
    return Bundle(night / "determined", tmp_path / "bundle")


def find_in(program: ModuleType, bundle: Bundle, kind: str, where: str, **options: Any) -> None:
    faults = check(program, bundle.folder, **options)
    assert [f for f in faults if f[0] == kind and where in f[1]], faults[:8]


# ------------------------------------------------------------------ who can only change files


def any_file(bundle: Bundle, pattern: str) -> str:
    return min(p.relative_to(bundle.folder).as_posix() for p in bundle.folder.glob(pattern))


def flip(pattern: str) -> Change:
    """Change one byte in the middle of the first file that matches."""

    def change(bundle: Bundle) -> None:
        path = any_file(bundle, pattern)
        data = bytearray(bundle.read(path))
        data[len(data) // 2] ^= 1
        bundle.write(path, bytes(data))

    return change


def remove(pattern: str) -> Change:
    return lambda bundle: bundle.path(any_file(bundle, pattern)).unlink()


def digit_in_page(bundle: Bundle) -> None:
    path = f"{VILLAGE}/{FIRST}.html"
    votes = str(se.figures(BOX)["votes_1"]).encode()
    bundle.replace(path, votes, votes[::-1] if votes != votes[::-1] else b"99")


def stale_page(bundle: Bundle) -> None:
    bundle.write(f"{REGENT}/3216/index.html", (bundle.folder.parent / "counting.html").read_bytes())


def symlink(bundle: Bundle) -> None:
    bundle.path("index.html").unlink()
    os.symlink("/etc/passwd", bundle.path("index.html"))


def old_checkpoint(bundle: Bundle) -> None:
    small = min((bundle.folder / LEDGER / "checkpoints").iterdir(), key=lambda p: int(p.name))
    bundle.write(f"{LEDGER}/checkpoint", small.read_bytes())


def foreign_checkpoint(bundle: Bundle) -> None:
    note = bundle.read(f"{LEDGER}/checkpoint").decode().split("\n")
    note[1] = "12"
    bundle.write(f"{LEDGER}/checkpoints/12", "\n".join(note).encode())


def cut_short(bundle: Bundle) -> None:
    path = any_file(bundle, f"{LEDGER}/tile/entries/*.p/159")
    bundle.write(path, bundle.read(path)[:-1])


FILES: dict[str, tuple[Change, str, str]] = {
    "a digit in a station's page": (digit_in_page, "hash", f"{FIRST}.html"),
    "a byte of a village's data": (flip(f"{VILLAGE}/data.json"), "hash", f"{VILLAGE}/data.json"),
    "a byte of a region's table": (flip(f"{REGENT}/3216/data.csv"), "hash", f"{REGENT}/3216/data.csv"),
    "a byte of the open data": (flip("data/pkwkk/stations.parquet"), "hash", "stations.parquet"),
    "a byte of the commission's JSON": (flip("pilkada/hhcw/pkwkk/**/*.json"), "hash", "pilkada/hhcw"),
    "a byte of the style sheet": (flip("assets/*.css"), "hash", "assets/"),
    "a byte of a photograph": (flip("foto/*/*.png"), "hash", "foto/"),
    "a photograph removed": (remove("foto/*/*.png"), "missing", "foto/"),
    "a photograph added": (lambda b: b.write(f"foto/ab/{'ab' * 32}.png", b"x"), "unlisted", "foto/ab"),
    "a page added": (lambda b: b.write(f"{VILLAGE}/3216012001009.html", b"x"), "unlisted", "3216012001009.html"),
    "a document that nobody listed": (lambda b: b.write("dokumen/dhasil.pdf", b"x"), "unlisted", "dokumen/dhasil.pdf"),
    "a file added at the top": (lambda b: b.write("index.htm", b"x"), "unlisted", "index.htm"),
    "a file added to the ledger": (lambda b: b.write(f"{LEDGER}/note.txt", b"x"), "unlisted", "note.txt"),
    "a page removed": (remove(f"{VILLAGE}/{FIRST}.html"), "missing", f"{FIRST}.html"),
    "a stale page": (stale_page, "too_large", f"{REGENT}/3216/index.html"),
    "a manifest in the middle": (flip(f"{REGENT}/3216/manifest.json"), "hash", f"{REGENT}/3216/manifest.json"),
    "a link in place of a page": (symlink, "unreadable", "index.html"),
    "a byte of an entry": (flip(f"{LEDGER}/tile/entries/*.p/159"), "tile", "tile/0/000.p/159"),
    "an entry bundle cut short": (cut_short, "bundle", ""),
    "a byte of a hash tile": (flip(f"{LEDGER}/tile/0/*.p/159"), "tile", "tile/0/000.p/159"),
    "a byte of the signed checkpoint": (flip(f"{LEDGER}/checkpoint"), "", ""),
    "an old checkpoint put back": (old_checkpoint, "cut", "latest.json"),
    "an older checkpoint of another tree": (foreign_checkpoint, "fork", "checkpoints/12"),
    "a byte of the log's key": (flip(f"{LEDGER}/log.vkey"), "key", "log.vkey"),
    "the pointer": (lambda b: b.edit("latest.json", lambda p: p.update(cut=3)), "cut", "latest.json"),
}


@pytest.mark.parametrize("name", FILES)
def test_changed_file_is_found(program: ModuleType, bundle: Bundle, night: Path, name: str) -> None:
    shutil.copy(night / "counting" / f"{REGENT}/3216/index.html", bundle.folder.parent / "counting.html")
    change, kind, where = FILES[name]
    change(bundle)
    faults = check(program, bundle.folder)
    assert [f for f in faults if kind in f[0] and where in f[1]], faults[:8]


# ------------------------------------------------------------------ who publishes the forged cut


def station(index: int = 0, **values: Any) -> Change:
    return lambda b: b.edit(f"{VILLAGE}/data.json", lambda d: d["stations"][index].update(values))


def figure(stage: str, field: str = "votes_1", index: int = 0) -> Change:
    def change(content: Any) -> None:
        content["stations"][index]["figures"][stage][field] += 1

    return lambda b: b.edit(f"{VILLAGE}/data.json", change)


def total(path: str, row: int | None = None) -> Change:
    def change(content: Any) -> None:
        said = content if row is None else content["children"][row]
        said["figures"]["votes_2"] += 1

    return lambda b: b.edit(f"{path}/data.json", change)


def region(path: str, **values: Any) -> Change:
    return lambda b: b.edit(f"{path}/data.json", lambda d: d.update(values))


def dropped_station(bundle: Bundle) -> None:
    def change(content: Any) -> None:
        del content["stations"][1]

    bundle.edit(f"{VILLAGE}/data.json", change)
    bundle.path(f"{VILLAGE}/3216012001002.html").unlink()


def dropped_village(bundle: Bundle) -> None:
    shutil.rmtree(bundle.path(VILLAGE))
    bundle.edit(f"{REGENT}/3216/321601/data.json", lambda d: d["children"].pop(0))


def standings(determined: int) -> dict[str, int]:
    return dict.fromkeys((rung.key for rung in Standing), 0) | {"determined": determined}


def rungs_of_child(bundle: Bundle) -> None:
    path = f"{REGENT}/3216/321601/data.json"
    bundle.edit(path, lambda d: d["children"][0].update(standing=standings(99)))


def columns_renamed(bundle: Bundle) -> None:
    """The decided figures would be read as the verified ones."""

    def change(content: Any) -> None:
        columns = content["stations"]["columns"]
        columns[6], columns[7] = columns[7], columns[6]

    bundle.edit(f"{VILLAGE}/data.json", change, raw=True)


def field_twice(bundle: Bundle) -> None:
    def change(content: Any) -> None:
        content["fields"][-1] = content["fields"][0]

    bundle.edit(f"{REGENT}/3216/data.json", change, raw=True)


def form_from_the_end(bundle: Bundle) -> None:
    """Another program than ours would find no form there."""

    def change(content: Any) -> None:
        content["stations"]["rows"][0][8] -= len(content["forms"])

    bundle.edit(f"{VILLAGE}/data.json", change, raw=True)


def swapped_pairs(bundle: Bundle) -> None:
    def change(content: Any) -> None:
        first, second = content["pairs"][:2]
        first["name"], second["name"] = second["name"], first["name"]

    bundle.edit(f"{REGENT}/3216/data.json", change)


def history(change: Callable[[list[Any]], object]) -> Change:
    return lambda b: b.edit(f"{VILLAGE}/data.json", lambda d: change(d["stations"][2]["history"]))


def correction_of(events: list[Any]) -> Any:
    return next(e for e in events if e["changes"])


def csv_cell(path: str) -> Change:
    def change(bundle: Bundle) -> None:
        lines = bundle.read(path).decode().splitlines()
        column = lines[0].split(",").index("votes_2")
        cells = lines[1].split(",")
        cells[column] = str(int(cells[column]) + 1)
        bundle.write(path, "\r\n".join([lines[0], ",".join(cells), *lines[2:], ""]).encode())

    return change


PUBLISHED: dict[str, tuple[Change, str, str]] = {
    "a station's counted figure": (figure("counted"), "figure", f"{VILLAGE}/data.json {FIRST}"),
    "a station's decided figure": (figure("decided"), "figure", f"{VILLAGE}/data.json {FIRST}"),
    "a village's total": (total(VILLAGE), "total", "3216012001"),
    "a station's verified figure": (figure("verified", index=1), "figure", "3216012001002"),
    "columns renamed": (columns_renamed, "station", f"{VILLAGE}/data.json"),
    "a field named twice": (field_twice, "station", f"{REGENT}/3216/data.json"),
    "a form counted from the end": (form_from_the_end, "content", f"{VILLAGE}/data.json"),
    "a district's total": (total(f"{REGENT}/3216/321601"), "total", "321601"),
    "a village's row in its district": (total(f"{REGENT}/3216/321601", 1), "total", "3216012002"),
    "a regency's total": (total(f"{REGENT}/3216"), "total", "3216"),
    "a province's total": (total(GOVERNOR), "total", "32"),
    "a dropped station": (dropped_station, "station", f"{VILLAGE}/data.json"),
    "a dropped village": (dropped_village, "station", "latest.json"),
    "swapped names of pairs": (swapped_pairs, "pair", f"{REGENT}/3216/data.json"),
    "a renamed region": (region(VILLAGE, name="Desa Lain"), "name", "3216012001"),
    "a changed standing": (station(standing="regency"), "standing", FIRST),
    "stations per rung": (region(VILLAGE, standing=standings(2)), "standing", "3216012001"),
    "stations per rung of a village in its district": (rungs_of_child, "standing", "3216012001"),
    "a region unofficial after the decision": (region(VILLAGE, official=False), "contest", VILLAGE),
    "a hidden generation": (station(1, generation=1), "generation", "3216012001002"),
    "a photograph not listed": (station(1, photos=[]), "photos", "3216012001002"),
    "a finding hidden": (
        lambda b: b.edit(
            f"{REGENT}/3216/321602/{WRONG[:10]}/data.json", lambda d: d["stations"][0].update(findings=[])
        ),
        "findings",
        WRONG[:13],
    ),
    "findings of a region not counted": (region(f"{REGENT}/3216", findings=[]), "findings", f"{REGENT}/3216"),
    "a removed correction": (history(lambda h: h.remove(correction_of(h))), "history", "3216012001003"),
    "another reason for a correction": (
        history(lambda h: correction_of(h).update(why="Lain")),
        "correction",
        "3216012001003",
    ),
    "another old value in a correction": (
        history(lambda h: correction_of(h)["changes"][0].update(old=1)),
        "correction",
        "3216012001003",
    ),
    "a correction without its paper": (
        history(lambda h: correction_of(h).update(evidence=None)),
        "c",
        "3216012001003",
    ),
    "a cell of a region's table": (csv_cell(f"{REGENT}/3216/data.csv"), "total", f"{REGENT}/3216/data.csv"),
    "a cell of the open data": (csv_cell("data/pkwkk/stations.csv"), "total", "data/pkwkk/stations.csv"),
    "a total of the open data": (csv_cell("data/pkwkp/districts.csv"), "total", "data/pkwkp/districts.csv"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_forged_cut_of_the_operator_is_found(program: ModuleType, bundle: Bundle, name: str) -> None:
    change, kind, where = PUBLISHED[name]
    change(bundle)
    bundle.publish_forgery(LOG)
    faults = check(program, bundle.folder)
    assert [f for f in faults if f[0].startswith(kind) and where in f[1]], faults[:8]


@pytest.mark.parametrize("name", ["a dropped station", "swapped names of pairs", "a district's total"])
def test_manifest_recomputed_upward_is_not_the_recorded_one(program: ModuleType, bundle: Bundle, name: str) -> None:
    PUBLISHED[name][0](bundle)
    bundle.rehash()
    find_in(program, bundle, "cut", "latest.json")


# ------------------------------------------------------------------ who rewrites the entries

Rewrite = Callable[[list[Entry]], object]


def of(entries: list[Entry], kind: str, row: str, number: int = 0, **body: Any) -> Entry:
    """The nth entry of a kind about a row."""
    wanted = body | {"row": row}
    return [e for e in entries if e["kind"] == kind and wanted.items() <= e["body"].items()][number]


def body_of(kind: str, row: str, change: Callable[[Entry], object], number: int = 0, **wanted: Any) -> Rewrite:
    return lambda entries: change(of(entries, kind, row, number, **wanted)["body"])


def without(kind: str, row: str, number: int = 0, **wanted: Any) -> Rewrite:
    """Remove an act; the cut's size shrinks with it."""

    def change(entries: list[Entry]) -> None:
        entries.remove(of(entries, kind, row, number, **wanted))
        _shift(entries)

    return change


def _shift(entries: list[Entry]) -> None:
    for n, entry in enumerate(entries):
        if entry["kind"] == "publication.cut":
            entry["body"]["ledger_size"] = min(entry["body"]["ledger_size"], n)


PLAIN = se.row_id(se.STATIONS[8])


def more_votes(body: Entry) -> None:
    body["verified"]["figures"]["votes_1"] += 1


def other_statement(body: Entry) -> None:
    body["figures"]["votes_1"] += 1


def as_machine(body: Entry) -> None:
    body["human"] = False


def saw_the_first(entries: list[Entry]) -> None:
    first, second = (of(entries, "statement.made", PLAIN, n)["body"] for n in (0, 1))
    second["saw"] = [first["statement"]]


def same_author(entries: list[Entry]) -> None:
    first, second = (of(entries, "statement.made", PLAIN, n) for n in (0, 1))
    second["actor"], second["body"]["author"] = first["actor"], first["body"]["author"]


def uploader_verifies(entries: list[Entry]) -> None:
    photo = of(entries, "photo.received", PLAIN)
    photo["actor"] = of(entries, "statement.made", PLAIN, 1)["actor"]


def alone(entries: list[Entry]) -> None:
    """One statement only, called verified."""
    first, second = (of(entries, "statement.made", PLAIN, n) for n in (0, 1))
    first["body"]["verified"] = second["body"]["verified"]
    entries.remove(second)
    _shift(entries)


def swapped_leaves(entries: list[Entry]) -> None:
    first, second = (entries.index(of(entries, "statement.made", PLAIN, n)) for n in (0, 1))
    entries[first], entries[second] = entries[second], entries[first]


def outcome(change: Callable[[Entry], object]) -> Rewrite:
    return lambda entries: change(find(entries, "contest.determined", contest=se.REGENT)["body"])


def closing(change: Callable[[Entry], object]) -> Rewrite:
    return lambda entries: change(find(entries, "session.changed", event="closed")["body"])


def mandate_ended(entries: list[Entry]) -> None:
    """The operator's mandate ends before the second statement is made."""
    entry = of(entries, "statement.made", PLAIN, 1)
    given = find(entries, "mandate.granted", person=entry["actor"]["person"])
    ended = {"mandate": given["body"]["mandate"], "reason": "mengundurkan diri"}
    administrator = next(e["actor"] for e in entries if e["actor"]["role"] == "administrator")
    end = {**entry, "id": str(uuid.uuid5(uuid.NAMESPACE_OID, "end")), "kind": "mandate.ended", "actor": administrator}
    place = entries.index(entry)
    entries.insert(place, end | {"body": ended, "at": "2024-11-27T00:00:00.000000Z"})


def no_mandate(entries: list[Entry]) -> None:
    chair = find(entries, "session.changed", event="opened")["actor"]["person"]
    entries.remove(find(entries, "mandate.granted", person=chair))
    _shift(entries)


def other_region(entries: list[Entry]) -> None:
    entry = of(entries, "photo.received", PLAIN)
    entry["actor"] = of(entries, "photo.received", DISPUTED)["actor"]


def cut_body(**values: Any) -> Rewrite:
    return lambda entries: entries[-1]["body"].update(values)


def unknown(entries: list[Entry]) -> None:
    entries.insert(-1, dict(entries[-1], kind="figures.replaced", body={}))


def elected_other(entries: list[Entry]) -> None:
    find(entries, "contest.elected")["body"]["pair"] = 2


def second_authoriser(value: int) -> Callable[[Entry], object]:
    return lambda body: body["authorised"].__setitem__(1, body["authorised"][value])


ENTRIES: dict[str, tuple[Rewrite, str, str]] = {
    "verified figures nobody stated": (
        body_of("statement.made", PLAIN, more_votes, 1),
        "not_independent",
        PLAIN,
    ),
    "one of two statements changed": (body_of("statement.made", PLAIN, other_statement), "not_independent", PLAIN),
    "verified by one statement": (alone, "not_independent", PLAIN),
    "verified by somebody who saw the first": (saw_the_first, "not_independent", PLAIN),
    "both statements by one author": (same_author, "not_independent", PLAIN),
    "verified by who uploaded the photograph": (uploader_verifies, "not_independent", PLAIN),
    "a person's statement called a machine's": (body_of("statement.made", PLAIN, as_machine), "statement", PLAIN),
    "a machine counted as the second person": (
        body_of("statement.made", WRONG, as_machine, 1),
        "not_independent",
        WRONG,
    ),
    "the third person's statement removed": (without("statement.made", DISPUTED, 2), "decision", DISPUTED),
    "a verification withheld": (
        body_of("statement.made", PLAIN, lambda b: b.update(verified=None), 1),
        "withheld",
        PLAIN,
    ),
    "a finding removed from a verification": (
        body_of("statement.made", WRONG, lambda b: b["verified"].update(findings=[]), 1),
        "findings",
        WRONG,
    ),
    "a photograph never received": (without("photo.received", PLAIN), "photos", PLAIN[:13]),
    "another photograph's hash": (
        body_of("photo.received", PLAIN, lambda b: b.update(sha256="ab" * 32)),
        "missing",
        "foto/ab",
    ),
    "a wrong old value in a correction": (
        body_of("item.corrected", CORRECTED, lambda b: b["changes"]["votes_1"].update(old=1)),
        "correction",
        CORRECTED,
    ),
    "a correction that changes more than it says": (
        body_of("item.corrected", CORRECTED, lambda b: b["changes"].pop("votes_3")),
        "correction",
        CORRECTED,
    ),
    "a correction without a reason": (
        body_of("item.corrected", LATE, lambda b: b.update(reason="")),
        "correction",
        LATE,
    ),
    "a correction authorised by one person": (
        body_of("item.corrected", LATE, second_authoriser(0)),
        "authorisers",
        LATE,
    ),
    "a correction removed from the ledger": (without("item.corrected", CORRECTED), "session", ""),
    "a correction without its paper in the bundle": (
        body_of("item.corrected", LATE, lambda b: b.update(evidence="cd" * 32)),
        "correction",
        LATE[:13],
    ),
    "figures from the box by one person": (
        body_of("item.decided", BOX, lambda b: b.update(second=None)),
        "authorisers",
        BOX,
    ),
    "figures from the box over others": (
        body_of("item.decided", DEFERRED, lambda b: b.update(decision="from_box", figures={}), 1),
        "decision",
        DEFERRED,
    ),
    "a decision removed before the session closed": (
        without("item.decided", DEFERRED, decision="accepted"),
        "session",
        "",
    ),
    "a recount never ordered": (without("generation.opened", RECOUNTED), "order", RECOUNTED),
    "a session closed over other figures": (
        closing(lambda b: b["detail"]["figures_sha256"].update({se.REGENT: "00" * 32})),
        "session",
        "",
    ),
    "a region never read by the regency": (
        lambda entries: (entries.remove(find(entries, "region.taken")), _shift(entries)),
        "session",
        "",
    ),
    "another winner": (outcome(lambda b: b["outcome"].update(winner=2)), "outcome", ""),
    "another margin": (outcome(lambda b: b["outcome"].update(margin=1)), "outcome", ""),
    "another threshold": (outcome(lambda b: b["outcome"]["threshold"]["exact"].__setitem__(0, 1)), "outcome", ""),
    "other totals in the decision": (outcome(lambda b: b["totals"].update(votes_1=1)), "outcome", ""),
    "another pair elected": (elected_other, "outcome", ""),
    "a chair without a mandate": (no_mandate, "mandate", ""),
    "a statement after its author's mandate had ended": (mandate_ended, "mandate", ""),
    "a photograph from another station's committee": (other_region, "mandate", PLAIN),
    "a reordered leaf": (swapped_leaves, "", PLAIN),
    "a cut pointing at another manifest": (cut_body(manifest_sha256="00" * 32), "", ""),
    "a cut of the future": (cut_body(ledger_size=500), "cut", ""),
    "a cut's number skipped": (cut_body(number=9), "cut", ""),
    "an act of an unknown kind": (unknown, "unknown_entry", ""),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_rewritten_ledger_of_the_operator_is_found(program: ModuleType, bundle: Bundle, name: str) -> None:
    change, kind, where = ENTRIES[name]
    bundle.rewrite(change, LOG)
    find_in(program, bundle, kind, where) if kind else None
    assert [f for f in check(program, bundle.folder) if where in f[1]]


def test_ledger_signed_by_another_key_is_found(program: ModuleType, bundle: Bundle) -> None:
    bundle.rewrite(lambda entries: None, OTHER)
    find_in(program, bundle, "signature", f"{LEDGER}/checkpoint")


def fork(bundle: Bundle, signer: Signer = LOG) -> None:
    """A consistent other history: one roll amended otherwise, everything recomputed and signed."""

    def change(entries: list[Entry]) -> None:
        find(entries, "roll.amended")["body"]["reason"] = "Alasan lain"
        find(entries, "ledger.opened")["body"]["log_key"] = signer.verifier.vkey

    bundle.rewrite(change, signer)
    bundle.write(f"{LEDGER}/log.vkey", f"{signer.verifier.vkey}\n".encode())
    keys = {"keys": [{"vkey": signer.verifier.vkey, "since": 0, "entry": None}]}
    bundle.edit(f"{LEDGER}/keys.json", lambda content: content.update(keys))


def test_consistent_fork_is_found_only_by_what_others_saw(program: ModuleType, bundle: Bundle, night: Path) -> None:
    fork(bundle)
    assert check(program, bundle.folder) == []
    known = str(night / "counting" / LEDGER / "checkpoint")
    assert check(program, bundle.folder, known=known) == [("fork", known)]
    assert check(program, bundle.folder, against=str(night / "determined")) == [("fork", str(night / "determined"))]


def test_fork_under_another_key_is_found_by_the_key(program: ModuleType, bundle: Bundle, night: Path) -> None:
    fork(bundle, OTHER)
    assert check(program, bundle.folder) == []
    key = str(night / "determined" / LEDGER / "log.vkey")
    assert check(program, bundle.folder, key=key) == [("key", key)]


def test_older_site_put_back_is_found_by_a_newer_checkpoint(program: ModuleType, night: Path) -> None:
    known = str(night / "determined" / LEDGER / "checkpoint")
    assert check(program, night / "counting", known=known) == [("older", known)]


def test_entry_not_in_canonical_form_is_found(program: ModuleType, bundle: Bundle) -> None:
    entries = bundle.entries()
    raw = canonical.dumps(entries[5]).replace(b'{"actor"', b'{ "actor"', 1)
    bundle.write_ledger(entries, LOG, {5: raw})
    assert check(program, bundle.folder) == [("not_canonical", "entry 5")]


def test_entry_with_a_key_twice_is_found(program: ModuleType, bundle: Bundle) -> None:
    entries = bundle.entries()
    raw = canonical.dumps(entries[5])[:-1] + b',"v":1}'
    bundle.write_ledger(entries, LOG, {5: raw})
    assert check(program, bundle.folder) == [("not_canonical", "entry 5")]


def test_forged_cosignature_is_found(program: ModuleType, bundle: Bundle) -> None:
    body = {"witness": str(se.AT), "name": WITNESS.name, "vkey": WITNESS.verifier.vkey, "who": "Saksi"}

    def change(entries: list[Entry]) -> None:
        entries.insert(-1, dict(find(entries, "register.imported"), kind="witness.registered", body=body))

    bundle.rewrite(change, LOG)
    listed = {"name": WITNESS.name, "vkey": WITNESS.verifier.vkey, "who": "Saksi", "entry": 158, "latest": None}
    bundle.edit(f"{LEDGER}/witnesses.json", lambda content: content.update(witnesses=[listed], size=160))
    note = bundle.read(f"{LEDGER}/checkpoint")
    bundle.write(f"{LEDGER}/checkpoint", cosign(note, WITNESS, 1732700000))
    assert check(program, bundle.folder) == []
    rest, _, signature = cosign(note, WITNESS, 1732700000).decode().rstrip("\n").rpartition(" ")
    bundle.write(f"{LEDGER}/checkpoint", f"{rest} {_other_time(signature)}\n".encode())
    assert check(program, bundle.folder) == [("cosignature", f"{LEDGER}/checkpoint")]


def _other_time(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[11] ^= 1
    return base64.b64encode(bytes(raw)).decode()


def test_key_the_old_one_did_not_hand_over_to_is_found(program: ModuleType, night: Path, tmp_path: Path) -> None:
    bundle = Bundle(night / "rotated", tmp_path / "bundle")

    def change(entries: list[Entry]) -> None:
        body = find(entries, "log.rotated")["body"]
        body["note"] = body["note"].replace(body["new_key"], OTHER.verifier.vkey)

    bundle.rewrite(change, OTHER)
    find_in(program, bundle, "rotation", "entry 159")
