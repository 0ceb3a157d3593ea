"""A district's plenary on a laptop: locked at the centre, held there, brought back once, and only as it could be."""

from __future__ import annotations

import copy
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import offline
from support import small_election as se
from support.databases import Node, Template, using
from support.typed import typed_back

from sirekap.cli.plenary import CARRIED as command_settings
from sirekap.election.conduct import Capacity
from sirekap.election.generations import RecountReason
from sirekap.election.roles import Role
from sirekap.evidence import open_store
from sirekap.evidence.parcel import Content, ParcelError, open_parcel, write
from sirekap.jobs import runner
from sirekap.ledger import canonical
from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.ledger.note import Signer
from sirekap.ledger.tree import Frontier, leaf_hashes
from sirekap.paper.documents.model import DocumentKind
from sirekap.records import clock, replaying
from sirekap.records.ids import uuid7
from sirekap.records.models import (
    Document,
    Entry,
    NodeMerge,
    Objection,
    ObjectionText,
    Person,
    RegionHold,
    RegionLock,
    SessionCursor,
    StationContest,
)
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import (
    conduct,
    document_trust,
    documents,
    intake,
    merging,
    nodes,
    objections,
    packing,
    people,
    plenary,
    reading_queue,
    register,
    scripts,
    sequencing,
)
from sirekap.workflow.errors import Refused
from sirekap.workflow.plenary_batch import accept_clean

DISTRICT, OTHER = offline.DISTRICT, offline.OTHER
LATER = se.AT + offline.DAY
MERGED = se.AT + 2 * offline.DAY
ROWS = se.rows_of(DISTRICT)
CLEAN = ROWS[:4]


@dataclass(frozen=True)
class Away:
    """Files of a centre whose district is at a laptop, and what three laptops bring back.

    ``whole``: the session closed. ``early``: the same laptop before it closed. ``other``: a copy that went its own way.
    """

    folder: Path
    small: se.SmallElection
    lock: uuid.UUID

    def file(self, name: str) -> Path:
        return self.folder / f"{name}.tar"


def _act(small: se.SmallElection, laptop: offline.Laptop) -> None:
    """Every kind of act of a plenary, up to before its close."""
    chair, member = small.chairs[DISTRICT], small.members[DISTRICT][0]
    session = plenary.open_session(chair, DISTRICT, list(se.CONTESTS), LATER).pk
    guest = people.register_person("Saksi di Aula", LATER)
    conduct.record_attendance(chair, session, "chair", LATER, person=chair.person)
    witness = {"pair": f"{se.REGENT}-1", "mandate": "12/SM/2024"}
    conduct.record_attendance(chair, session, "witness", LATER, person=guest.pk, **witness)
    conduct.open_panel(chair, session, 1, [se.VILLAGES[0]], LATER, lead=member.person)
    seqs = dict(StationContest.objects.filter(pk__in=CLEAN).values_list("pk", "last_seq"))
    accept_clean(chair, session, se.VILLAGES[0], LATER, expected=seqs)
    conduct.close_panel(chair, session, 1, LATER)
    plenary.undo(chair, session, CLEAN[0], "Salah baris", LATER)
    plenary.defer(chair, session, CLEAN[0], "Menunggu saksi", LATER)
    objection = objections.file_objection(
        small.others[Role.SUPERVISOR],
        session_id=session,
        region=DISTRICT,
        row=CLEAN[1],
        kind="objection",
        subject="station",
        text="Angka berbeda dari salinan",
        demand="Koreksi",
        at=LATER,
        store=laptop.store,
    )
    before = se.figures(CLEAN[1])
    changes = {"votes_1": before["votes_1"] - 1, "votes_2": before["votes_2"] + 1}
    evidence = laptop.store.put(se.photo("from the box")).sha256
    plenary.correct(chair, member, laptop.store, session, CLEAN[1], changes, "Salah salin", evidence, LATER)
    remedy = objections.remedies(Objection.objects.get(pk=objection))[0].entry
    objections.answer_objection(chair, objection, session, "accepted", "Dikoreksi", LATER, correction=remedy)
    plenary.order_recount(chair, session, CLEAN[2], RecountReason.ILLEGIBLE, LATER)
    plenary.take_from_box(chair, member, session, CLEAN[2], se.figures(CLEAN[2], shift=5), LATER)
    plenary.accept(chair, session, CLEAN[2], LATER)
    plenary.adjourn(chair, session, LATER)
    plenary.resume(chair, session, LATER)
    plenary.accept(chair, session, CLEAN[0], LATER)
    for row in ROWS[4:]:
        plenary.take_from_box(chair, member, session, row, se.figures(row), LATER)
    printed = SessionCursor.objects.get(pk=session)
    documents.issue(chair, laptop.store, DocumentKind.DHASIL_KECAMATAN, printed, LATER, contest=se.REGENT)


def _close(small: se.SmallElection) -> None:
    session = SessionCursor.objects.get(region_id=DISTRICT)
    plenary.close_session(small.chairs[DISTRICT], session.pk, LATER, typed_back(session))


def _sign(small: se.SmallElection, laptop: offline.Laptop, keys: Path) -> None:
    """The chair signs by key, a member in ink, the supervisor's box is refused."""
    chair, sheet = small.chairs[DISTRICT], Document.objects.get()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "CONFIG", replace(django_settings.CONFIG, keys=keys))
        document_trust.enrol_for_practice(chair.person, LATER)
        documents.sign(chair, laptop.store, sheet.pk, document_trust.sealer_of(chair.person), LATER)
    boxes = documents.boxes_of(sheet)
    ink = next(box.field for box in boxes if box.capacity is Capacity.MEMBER)
    scan = laptop.store.put(se.photo("signed in ink")).sha256
    documents.file_scan(chair, laptop.store, sheet.pk, scan, [ink], LATER)
    witness = next(box for box in boxes if box.capacity is Capacity.WITNESS)
    documents.refuse_signature(chair, sheet.pk, "witness", witness.pair, "Tidak setuju", LATER)


@pytest.fixture(scope="session")
def away(
    sqlite_template: Template, empty_template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Away:
    """Built once: a district is packed, two laptops open the same package and diverge."""
    folder, small = tmp_path_factory.mktemp("away"), sqlite_template.small
    shutil.copy(sqlite_template.place, folder / "centre.sqlite3")
    url, store = f"sqlite:///{folder / 'centre.sqlite3'}", open_store(folder / "evidence")
    with django_db_blocker.unblock(), using(url):
        node = Node("sqlite", url, "", store, folder, small)
        for row in CLEAN:
            se.verify(small, store, row)
        lock = offline.pack(node, folder / "pack.tar")
        laptop = offline.open_laptop(folder / "pack.tar", folder / "laptop", empty_template)
        shutil.copytree(laptop.folder, folder / "copy")
        with laptop.here():
            _act(small, laptop)
            assert rebuild()["changed"] == 0
        shutil.copy(laptop.bring_back("early.tar", LATER), folder / "early.tar")
        with laptop.here():
            _close(small)
            _sign(small, laptop, folder / "keys")
        shutil.copy(laptop.bring_back("whole.tar", LATER), folder / "whole.tar")
        twin = offline.Laptop(folder / "copy", open_store(folder / "copy" / "evidence"))
        with twin.here():
            plenary.open_session(small.chairs[DISTRICT], DISTRICT, list(se.CONTESTS), LATER)
        shutil.copy(twin.bring_back("other.tar", LATER), folder / "other.tar")
    return Away(folder, small, lock.pk)


@pytest.fixture
def centre(away: Away, tmp_path: Path, django_db_blocker: Any) -> Iterator[Node]:
    """A fresh copy of the centre, its district away."""
    shutil.copy(away.folder / "centre.sqlite3", tmp_path / "centre.sqlite3")
    shutil.copytree(away.folder / "evidence", tmp_path / "evidence")
    url = f"sqlite:///{tmp_path / 'centre.sqlite3'}"
    with django_db_blocker.unblock(), using(url):
        yield Node("sqlite", url, "", open_store(tmp_path / "evidence"), tmp_path, away.small)


def state() -> tuple[int, list[Any], list[Any]]:
    """What a refused merge must leave as it was."""
    rows = StationContest.objects.order_by("pk").values_list("pk", "decided_id", "standing", "generation", "last_seq")
    return Entry.objects.count(), list(rows), list(RegionHold.objects.values_list("region", "pack", "here"))


def on_laptop(away: Away) -> dict[str, Any]:
    """The district's rows as the laptop left them."""
    with using(f"sqlite:///{away.folder / 'laptop' / 'laptop.sqlite3'}"):
        return rows_here()


def rows_here() -> dict[str, Any]:
    names = ("decided_id", "decided_tier", "ratified_tier", "standing", "generation", "findings", "counted_id")
    return {row["pk"]: row for row in StationContest.objects.filter(pk__in=ROWS).values("pk", *names)}


def test_district_comes_back_as_the_laptop_left_it(centre: Node, away: Away, empty_template: Path) -> None:
    done = offline.merge(centre, away.file("whole"))
    assert rows_here() == on_laptop(away)
    assert {row["standing"] for row in rows_here().values()} == {5}
    session = SessionCursor.objects.get(region_id=DISTRICT)
    assert (session.state, RegionHold.objects.count(), done.already) == ("closed", 0, False)
    merge = NodeMerge.objects.get()
    assert (merge.size, merge.root, merge.entries) == (done.size, done.root, done.entries)
    assert centre.store.exists(session.corrections.get().evidence)
    assert Person.objects.filter(name="Saksi di Aula").count() == 1
    assert list(ObjectionText.objects.values_list("text", flat=True)) == ["Angka berbeda dari salinan"]
    assert rebuild()["changed"] == 0
    sequencing.sequence(MERGED)
    replaying.export(centre.folder / "entries.jsonl")
    digest = replaying.state_digest()
    shutil.copy(empty_template, centre.folder / "replay.sqlite3")
    with using(f"sqlite:///{centre.folder / 'replay.sqlite3'}"):
        replaying.replay_file(centre.folder / "entries.jsonl")
        assert (replaying.state_digest(), rebuild()["changed"]) == (digest, 0)


def test_laptops_entries_keep_their_ids_and_times_between_lock_and_unlock(centre: Node, away: Away) -> None:
    before = Entry.objects.count()
    offline.merge(centre, away.file("whole"))
    with open_parcel(away.file("whole"), packing.RETURN) as found:
        own = found.read(packing.ENTRIES).splitlines()
    added = list(Entry.objects.order_by("seq").values_list("kind", "content"))[before:]
    assert [kind for kind, _ in added[:2]] == ["node.merged", "node.listed"]
    assert [bytes(content) for _, content in added[2:-1]] == own
    assert added[-1][0] == "region.unlocked"
    assert all(centre.store.exists(sha256) for sha256 in packing.files_named(own))
    kinds = {canonical.loads(entry)["kind"] for entry in own}
    assert kinds == {"node.opened", *nodes.holds.OFFLINE_KINDS} - {"objection.published"}


def test_session_that_is_not_closed_goes_on_at_the_centre(centre: Node, away: Away) -> None:
    offline.merge(centre, away.file("early"))
    assert SessionCursor.objects.get(region_id=DISTRICT).state == "reading"
    _close(away.small)
    assert {row["standing"] for row in rows_here().values()} == {5}


def test_locked_district_refuses_acts_at_the_centre_and_others_go_on(centre: Node, away: Away) -> None:
    small, before = away.small, state()
    row, day = ROWS[-1], se.AT.date()
    acts: list[Callable[[], object]] = [
        lambda: plenary.open_session(small.chairs[DISTRICT], DISTRICT, [se.REGENT], LATER),
        lambda: intake.receive_photo(small.kpps[row[:13]], centre.store, row, 1, se.photo("late"), LATER),
        lambda: register.amend_roll(small.administrator, row[:13], 9, 9, "Perbaikan", day, LATER),
        lambda: small.appoint("Ketua Baru", Role.CHAIR, DISTRICT),
        lambda: offline.pack(centre, centre.folder / "second.tar", signer=offline.CENTRE),
    ]
    codes = []
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        codes.append(refused.value.code)
    assert codes == ["region_locked"] * 4 + ["already_locked"]
    assert state() == before
    elsewhere = se.rows_of(OTHER)[0]
    se.photograph(small, centre.store, elsewhere)
    assert StationContest.objects.get(pk=elsewhere).complete


def test_laptop_does_nothing_but_its_own_plenary(
    away: Away, centre: Node, tmp_path: Path, empty_template: Path
) -> None:
    small = away.small
    laptop = offline.open_laptop(away.file("pack"), tmp_path / "laptop", empty_template)
    with laptop.here():
        names = set(Person.objects.values_list("name", flat=True))
        assert names == {"Ketua 321601", "Anggota 321601 1", "Anggota 321601 2", "Witness", "Supervisor"}
        before = state()
        for act in (
            lambda: plenary.open_session(small.chairs[OTHER], OTHER, [se.REGENT], LATER),
            lambda: se.photograph(small, laptop.store, ROWS[-1], LATER),
            lambda: small.appoint("Ketua Baru", Role.CHAIR, DISTRICT),
        ):
            with pytest.raises(Refused, match="offline plenary of region 321601 only"):
                act()
        assert state() == before
        assert runner.cut() is None


def test_laptop_whose_clock_is_slow_begins_at_the_lock(
    away: Away, centre: Node, tmp_path: Path, empty_template: Path
) -> None:
    slow = se.AT - timedelta(hours=3)
    laptop = offline.open_laptop(away.file("pack"), tmp_path / "laptop", empty_template, slow)
    with laptop.here():
        assert Entry.objects.get(kind="node.opened").at == se.AT <= clock.now()
    assert offline.merge(centre, laptop.bring_back("slow.tar", slow)).entries == 1


def test_same_return_again_changes_nothing(centre: Node, away: Away) -> None:
    first = offline.merge(centre, away.file("whole"))
    before = state()
    assert offline.merge(centre, away.file("whole")) == replace(first, already=True)
    assert offline.merge(centre, away.file("early")) == replace(first, already=True)
    assert state() == before


def test_laptop_that_went_on_after_its_merge_is_told_so(centre: Node, away: Away) -> None:
    offline.merge(centre, away.file("early"))
    before = state()
    with pytest.raises(Refused, match="recorded 4 more entries"):
        offline.merge(centre, away.file("whole"))
    assert state() == before


@pytest.mark.parametrize(("first", "second"), [("whole", "other"), ("other", "whole")])
def test_second_laptop_of_the_same_package_is_shown_where_it_differs(
    centre: Node, away: Away, first: str, second: str
) -> None:
    offline.merge(centre, away.file(first))
    before = state()
    with pytest.raises(merging.Diverged) as refused:
        offline.merge(centre, away.file(second))
    assert state() == before
    lock = RegionLock.objects.get()
    difference, notes = refused.value.difference, refused.value.notes
    assert (difference["index"], difference["merged"]["kind"]) == (lock.base_size + 1, "session.changed")
    assert difference["merged"]["id"] != difference["returned"]["id"]
    assert all(note.startswith(lock.origin) for note in notes) and notes[0] != notes[1]


def test_cancelled_lock_frees_the_district_and_refuses_its_package(centre: Node, away: Away) -> None:
    with pytest.raises(Refused, match="3 to 500 characters"):
        nodes.cancel_lock(away.small.administrator, DISTRICT, "", LATER)
    nodes.cancel_lock(away.small.administrator, DISTRICT, "Laptop hilang", LATER)
    se.photograph(away.small, centre.store, ROWS[-1], LATER)
    before = state()
    with pytest.raises(Refused, match="Laptop hilang"):
        offline.merge(centre, away.file("whole"))
    assert state() == before
    assert rebuild()["changed"] == 0


def test_photographs_of_a_locked_district_wait_to_be_read(centre: Node, away: Away) -> None:
    assert reading_queue.lease("reader", MERGED, most=9) == []
    nodes.cancel_lock(away.small.administrator, DISTRICT, "Laptop hilang", LATER)
    assert {leased.row for leased in reading_queue.lease("reader", MERGED, most=9)} == set(CLEAN)


def test_centre_that_moved_is_shown_and_nothing_is_blended(centre: Node, away: Away) -> None:
    RegionHold.objects.all().delete()
    se.photograph(away.small, centre.store, ROWS[-1], LATER)
    assert rebuild()["changed"] == 1
    before = state()
    with pytest.raises(Refused, match=f"at {ROWS[-1]}"):
        offline.merge(centre, away.file("whole"))
    assert state() == before


def test_only_the_election_manager_locks_merges_and_cancels(centre: Node, away: Away) -> None:
    chair, before = away.small.chairs[DISTRICT], state()
    for act in (
        lambda: merging.merge(chair, away.file("whole"), centre.store, MERGED),
        lambda: nodes.cancel_lock(chair, DISTRICT, "Tidak jadi", MERGED),
        lambda: nodes.lock_region(chair, OTHER, None, offline.CENTRE.verifier.vkey, MERGED),
    ):
        with pytest.raises(Refused, match="out_of_scope"):
            act()
    assert state() == before


def test_return_from_the_future_waits(centre: Node, away: Away) -> None:
    with pytest.raises(Refused, match="clock is ahead"):
        offline.merge(centre, away.file("whole"), LATER - timedelta(minutes=11))
    assert not offline.merge(centre, away.file("whole"), LATER - timedelta(minutes=9)).already


def test_closed_district_is_not_taken_offline(local: Node) -> None:
    for row in se.rows_of(OTHER):
        se.verify(local.small, local.store, row)
    se.close_district(local.small, OTHER)
    with pytest.raises(Refused, match="cannot be taken offline"):
        nodes.lock_region(local.small.administrator, OTHER, None, offline.LAPTOP.verifier.vkey, LATER)


def forged(away: Away, out: Path, change: Callable[[list[Any]], None], signer: Signer = offline.LAPTOP) -> Path:
    """The laptop's own key signs a return whose entries were changed by ``change``."""
    with open_parcel(away.file("whole"), packing.RETURN) as found:
        files = {name: found.read(name) for name in found.files}
    entries = [canonical.loads(line) for line in files[packing.ENTRIES].splitlines()]
    change(entries)
    lines = [canonical.dumps(entry) for entry in entries]
    lock = RegionLock.objects.get()
    frontier = Frontier.from_hex(lock.base_size, lock.frontier)
    frontier.append_many(leaf_hashes(lines))
    note = sign_checkpoint(Checkpoint(signer.name, frontier.size, frontier.root()), signer)
    files |= {packing.ENTRIES: b"".join(line + b"\n" for line in lines), packing.CHECKPOINT: note}
    write(out, packing.RETURN, {"pack": str(lock.pk)}, [Content.of(n, d) for n, d in files.items()], signer)
    return out


def of_kind(entries: list[Any], kind: str, **body: object) -> Any:
    return next(e for e in entries if e["kind"] == kind and body.items() <= e["body"].items())


def _figures(entries: list[Any]) -> None:
    of_kind(entries, "item.decided", decision="from_box")["body"]["figures"]["votes_1"] += 1


def _hide_finding(entries: list[Any]) -> None:
    of_kind(entries, "item.decided", decision="from_box")["body"]["findings"] = []


def _other_district(entries: list[Any]) -> None:
    of_kind(entries, "item.decided", decision="from_box")["body"]["row"] = se.rows_of(OTHER)[0]


def _stranger(entries: list[Any]) -> None:
    of_kind(entries, "item.decided", decision="accepted")["actor"]["person"] = str(uuid7(LATER))


def _other_role(entries: list[Any]) -> None:
    of_kind(entries, "item.decided", decision="accepted")["actor"]["role"] = "administrator"


def _no_second(entries: list[Any]) -> None:
    entry = of_kind(entries, "item.corrected")
    entry["body"]["authorised"][1] = entry["body"]["authorised"][0]


def _no_evidence(entries: list[Any]) -> None:
    of_kind(entries, "item.corrected")["body"]["evidence"] = "ab" * 32


def _printed_hash(entries: list[Any]) -> None:
    of_kind(entries, "document.issued")["body"]["figures_sha256"] = "0" * 64


def _other_file(entries: list[Any]) -> None:
    of_kind(entries, "document.signed")["body"]["sha256"] = "ab" * 32


def _other_signer(entries: list[Any]) -> None:
    entry = of_kind(entries, "document.signed")
    entry["body"]["person"] = entry["actor"]["person"] = of_kind(entries, "item.corrected")["body"]["authorised"][1]


def _unknown_box(entries: list[Any]) -> None:
    of_kind(entries, "document.scanned")["body"]["signed"][0][0] = "chair"


def _sheet_hash(entries: list[Any]) -> None:
    of_kind(entries, "session.changed", event="closed")["body"]["detail"]["figures_sha256"][se.REGENT] = "0" * 64


def _skip_row(entries: list[Any]) -> None:
    entries.remove(of_kind(entries, "item.decided", decision="from_box"))


def _photo(entries: list[Any]) -> None:
    entries[3]["kind"] = "photo.received"


def _determine(entries: list[Any]) -> None:
    entries[-1]["kind"], entries[-1]["body"] = "contest.determined", {"contest": se.REGENT}


def _merge_inside(entries: list[Any]) -> None:
    entries[-1]["kind"], entries[-1]["body"] = "region.unlocked", {"region": DISTRICT, "pack": str(uuid7(LATER))}


def _backwards(entries: list[Any]) -> None:
    entries[-1]["at"] = "2024-11-27T06:00:00.000000Z"


def _twice(entries: list[Any]) -> None:
    entries[-1]["id"] = entries[-2]["id"]


def _no_opening(entries: list[Any]) -> None:
    del entries[0]


def _open_twice(entries: list[Any]) -> None:
    entries.insert(1, copy.deepcopy(entries[0]) | {"id": str(uuid7(LATER))})


def _other_base(entries: list[Any]) -> None:
    entries[0]["body"]["base"]["size"] += 1


def _nonsense(entries: list[Any]) -> None:
    entries[3]["body"] = {"session": ["x"], "row": {"a": 1}}


def _no_body(entries: list[Any]) -> None:
    entries[3]["body"] = []


def _bad_session(entries: list[Any]) -> None:
    entries[-1]["body"]["session"] = "not-a-uuid"


def _words(entries: list[Any]) -> None:
    of_kind(entries, "objection.filed")["body"]["commitment"] = "0" * 64


FORGERIES = [
    (_figures, "could not have happened"),
    (_hide_finding, "could not have happened"),
    (_other_district, "no act of the plenary"),
    (_stranger, "mandate does not cover"),
    (_other_role, "could not have happened"),
    (_no_second, "could not have happened"),
    (_no_evidence, "needs evidence"),
    (_sheet_hash, "could not have happened"),
    (_printed_hash, "not those of this session"),
    (_other_file, "its file is not in the package"),
    (_other_signer, "another"),
    (_unknown_box, "could not have happened"),
    (_skip_row, "not those of this session"),
    (_photo, "no act of the plenary"),
    (_determine, "no act of the plenary"),
    (_merge_inside, "no act of the plenary"),
    (_backwards, "is damaged"),
    (_twice, "in this ledger already"),
    (_no_opening, "does not open this package"),
    (_open_twice, "opens its package twice"),
    (_other_base, "does not open this package"),
    (_nonsense, "could not have happened"),
    (_no_body, "is damaged"),
    (_bad_session, "could not have happened"),
    (_words, "could not have happened"),
]


@pytest.mark.parametrize(("change", "said"), FORGERIES, ids=lambda value: getattr(value, "__name__", ""))
def test_entry_that_could_not_have_happened_refuses_the_whole_return(
    centre: Node, away: Away, change: Callable[[list[Any]], None], said: str
) -> None:
    before, files = state(), set(centre.store.iter_hashes())
    file = forged(away, centre.folder / "forged.tar", change)
    with pytest.raises((Refused, ParcelError), match=said):
        offline.merge(centre, file)
    assert state() == before
    assert set(centre.store.iter_hashes()) == files


def test_return_signed_by_another_key_is_refused(centre: Node, away: Away) -> None:
    other = Signer(offline.LAPTOP.name, Ed25519PrivateKey.from_private_bytes(bytes([10]) * 32))
    file = forged(away, centre.folder / "forged.tar", lambda entries: None, other)
    with pytest.raises(ParcelError, match="not signed by"):
        offline.merge(centre, file)


def test_return_of_an_unknown_package_is_refused(local: Node, away: Away) -> None:
    with pytest.raises(Refused, match="not from this centre"):
        offline.merge(local, away.file("whole"))


def test_truncated_return_is_refused(centre: Node, away: Away) -> None:
    whole, before = away.file("whole").read_bytes(), state()
    for share in (0, 1, len(whole) // 3, len(whole) // 2):
        (centre.folder / "cut.tar").write_bytes(whole[:share])
        with pytest.raises(ParcelError, match="cannot be trusted"):
            offline.merge(centre, centre.folder / "cut.tar")
    assert state() == before


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.sampled_from(["whole", "early", "other"]), min_size=1, max_size=4))
def test_whatever_comes_back_in_whatever_order_only_the_first_counts(
    away: Away, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any, files: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    shutil.copy(away.folder / "centre.sqlite3", folder / "centre.sqlite3")
    url = f"sqlite:///{folder / 'centre.sqlite3'}"
    with django_db_blocker.unblock(), using(url):
        node = Node("sqlite", url, "", open_store(away.folder / "evidence"), folder, away.small)
        offline.merge(node, away.file(files[0]))
        after = state()
        for name in files[1:]:
            try:
                assert offline.merge(node, away.file(name)).already
                assert name == files[0] or (files[0], name) == ("whole", "early")
            except Refused as refused:
                assert refused.code == ("diverged" if "other" in (files[0], name) else "went_on")
            assert state() == after


def test_package_opens_only_with_the_key_its_lock_names(away: Away) -> None:
    other = Signer(offline.LAPTOP.name, Ed25519PrivateKey.from_private_bytes(bytes([10]) * 32))
    with open_parcel(away.file("pack"), packing.PACK) as found, pytest.raises(ParcelError, match="key is not the one"):
        packing.check_pack(found, other.verifier, offline.CENTRE.verifier)


def test_package_of_another_centre_is_refused(away: Away, tmp_path: Path) -> None:
    stranger = Signer(offline.CENTRE.name, Ed25519PrivateKey.from_private_bytes(bytes([11]) * 32))
    with open_parcel(away.file("pack"), packing.PACK) as found, pytest.raises(ParcelError, match="not signed by"):
        packing.check_pack(found, offline.LAPTOP.verifier, stranger.verifier)


def test_package_whose_lock_is_not_in_the_ledger_is_refused(away: Away, tmp_path: Path) -> None:
    with open_parcel(away.file("pack"), packing.PACK) as found:
        meta, files = copy.deepcopy(found.meta), {name: found.read(name) for name in found.files}
    meta["lock"]["index"] -= 1
    contents = [Content.of(name, data) for name, data in files.items()]
    write(tmp_path / "wrong.tar", packing.PACK, meta, contents, offline.CENTRE)
    with open_parcel(tmp_path / "wrong.tar", packing.PACK) as found, pytest.raises(ParcelError, match="not in the"):
        packing.check_pack(found, offline.LAPTOP.verifier, offline.CENTRE.verifier)


def test_package_with_damaged_people_is_refused(away: Away, centre: Node, tmp_path: Path, empty_template: Path) -> None:
    with open_parcel(away.file("pack"), packing.PACK) as found:
        meta, files = found.meta, {name: found.read(name) for name in found.files}
    for wrong in (b"[1]", b'[{"id":"x"}]', b"{"):
        contents = [Content.of(name, data) for name, data in (files | {packing.PEOPLE: wrong}).items()]
        write(tmp_path / "wrong.tar", packing.PACK, meta, contents, offline.CENTRE)
        with pytest.raises(ParcelError, match="list of people is damaged"):
            offline.open_laptop(tmp_path / "wrong.tar", tmp_path / f"laptop {len(wrong)}", empty_template)


def test_laptop_judges_by_the_settings_of_its_centre(away: Away) -> None:
    with open_parcel(away.file("pack"), packing.PACK) as found:
        carried = found.meta["settings"]
    config = django_settings.CONFIG
    assert carried == {
        "SIREKAP_RESERVE_PERMILLE": str(config.reserve_permille),
        "SIREKAP_STATION_LIMIT": str(config.station_limit),
        "SIREKAP_QUORUM": str(config.quorum),
        "SIREKAP_MEGA_DISTRICT": str(config.mega_district),
        "SIREKAP_MAX_UPLOAD_BYTES": str(config.max_upload_bytes),
    }
    assert tuple(packing.CARRIED) == command_settings


def test_script_stops_at_the_first_refused_act(local: Node) -> None:
    lines = [
        '{"act": "open", "as": "chair", "contests": ["pkwkk-3216"], "at": "2024-11-29T02:00:00Z"}',
        "",
        f'{{"act": "accept", "as": "chair", "row": "{ROWS[0]}"}}',
    ]
    with pytest.raises(scripts.ScriptRefused, match="Line 3 was refused, after 1 acts") as refused:
        scripts.run(lines, DISTRICT, local.store)
    assert (refused.value.line, refused.value.done, refused.value.code) == (3, 1, "not_verified")
    assert SessionCursor.objects.get().opened_at == se.AT + timedelta(days=1, hours=20)


@pytest.mark.parametrize("line", ["{", "[]", "1", '{"act": "fly", "as": "chair"}', '{"act": "open", "as": "nobody"}'])
def test_line_that_is_no_act_is_refused(local: Node, line: str) -> None:
    with pytest.raises(scripts.ScriptRefused, match="Line 1 was refused, after 0 acts"):
        scripts.run([line], DISTRICT, local.store)


@pytest.mark.postgresql
def test_district_goes_out_of_postgresql_and_back(central: Node, empty_template: Path, tmp_path: Path) -> None:
    for row in CLEAN:
        se.verify(central.small, central.store, row)
    offline.pack(central, tmp_path / "pack.tar")
    laptop = offline.open_laptop(tmp_path / "pack.tar", tmp_path / "laptop", empty_template)
    with laptop.here():
        _act(central.small, laptop)
        _close(central.small)
        _sign(central.small, laptop, tmp_path / "keys")
        theirs = rows_here()
    done = offline.merge(central, laptop.bring_back("whole.tar", LATER))
    assert (done.already, rows_here()) == (False, theirs)
    assert offline.merge(central, laptop.folder / "whole.tar").already
    assert rebuild()["changed"] == 0
