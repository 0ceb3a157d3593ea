"""A laptop's return at the centre: believed only when every entry could have happened here, on the locked base.

Each entry is done again, as an act, by the person it names, on the state its package was made from; what our own code
would have refused, or would have written otherwise, refuses the whole return. (A signature by key cannot be made
again: `merging_documents`.) All or nothing, and once only: the same
return again changes nothing, another one of the same package is shown with the first place where the two differ.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from sirekap.election.roles import Capability, Role
from sirekap.evidence.parcel import Parcel, ParcelError, open_parcel
from sirekap.evidence.store import EvidenceStore, Stored
from sirekap.ledger import canonical
from sirekap.ledger.checkpoint import open_checkpoint
from sirekap.ledger.errors import LedgerError
from sirekap.ledger.note import parse_vkey
from sirekap.ledger.tiles import MAX_ENTRY
from sirekap.ledger.tree import Frontier, leaf_hashes
from sirekap.records import holds, journal, locks, reenacting
from sirekap.records.models import (
    Contest,
    Entry,
    Mandate,
    NodeListing,
    NodeMerge,
    Person,
    RegionLock,
    RegionUnlock,
)
from sirekap.workflow import acts, merging_documents, people
from sirekap.workflow.errors import Refused
from sirekap.workflow.nodes import moved_since
from sirekap.workflow.packing import CHECKPOINT, ENTRIES, FILES, PRIVATE, RETURN, files_named
from sirekap.workflow.people import Actor

AHEAD = timedelta(minutes=10)
"""How far a laptop's clock may be ahead of the centre's."""
LEAVES_PER_ENTRY = 800
"""Leaf hashes in one ledger entry; tile bundles of the log take entries below 64 KB."""
MAX_RETURN = 100_000
"""Most entries in one return."""
HOSTILE = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, ValidationError, DatabaseError)
"""What an entry with a body that no act writes may come to; the transaction is undone."""
MAX_NOTE = 4096
"""Longest checkpoint taken into an entry, in bytes."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: ``entries`` of the laptop, ``size`` and ``root`` of its log; ``already``: it was done."""

    pack: uuid.UUID
    region: str
    entries: int
    size: int
    root: str
    already: bool


class Diverged(Refused):
    """Another return of the same package: ``difference`` says where, ``notes`` are the two signed heads."""

    def __init__(self, difference: Json, notes: tuple[str, str]) -> None:
        at = difference["index"]
        super().__init__(
            "diverged",
            f"Paket ini sudah kembali dengan isi lain: sejak entri ke-{at} laptop kedua mencatat hal yang berbeda. "
            "Tidak ada yang dicampur. Simpan kedua berkas; periksa siapa yang memakai salinan paket.",
            f"This package came back with other contents: from entry {at} on the second laptop recorded something "
            "else. Nothing was blended. Keep both files and find out who used a copy of the package.",
        )
        self.difference, self.notes = difference, notes


@dataclass
class Claim:
    """A return that is whole, signed by the key its lock names, and whose entries make the tree of its checkpoint."""

    lock: RegionLock
    note: str
    size: int
    root: str
    entries: list[bytes]
    leaves: list[bytes]
    contents: list[Json] = field(default_factory=list)
    people: list[tuple[str, bytes, str]] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


def merge(actor: Actor, path: Path, store: EvidenceStore, at: datetime) -> Merged:
    """Take a return over and unlock its region. Raises `ParcelError` or `Refused`; then nothing has changed."""
    with open_parcel(path, RETURN) as found:
        claim = _claim(found)
        known = NodeMerge.objects.filter(pk=claim.lock.pk).first()
        if known is not None:
            return _again(claim, known)
        _refuse_cancelled(claim.lock)
        _parse(claim, found, at)
        with transaction.atomic():
            return _take_over(actor, claim, _Arriving(store, found), at)


def _claim(found: Parcel) -> Claim:
    try:
        pack = uuid.UUID(found.meta["pack"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _not_credible("tidak menyebut paketnya", "it does not name its package") from error
    lock = RegionLock.objects.filter(pk=pack).first()
    if lock is None:
        raise Refused(
            "unknown_pack",
            "Paket ini bukan dari pusat ini: tidak ada kunci wilayah dengan nomor itu di sini.",
            "This package is not from this centre: there is no lock of that number here.",
            404,
        )
    verifier = parse_vkey(lock.vkey)
    found.signed_by(verifier)
    try:
        note = found.read(CHECKPOINT)
        head, _ = open_checkpoint(note, verifier)
    except LedgerError as error:
        raise ParcelError(error.text_id, error.text_en) from error
    entries = found.read(ENTRIES).split(b"\n")
    if entries.pop() or len(entries) > MAX_RETURN or len(note) > MAX_NOTE:
        raise _not_credible("daftar entrinya rusak", "its list of entries is damaged")
    frontier, leaves = Frontier.from_hex(lock.base_size, lock.frontier), leaf_hashes(entries)
    frontier.append_many(leaves)
    if (frontier.size, frontier.root()) != (head.size, head.root):
        raise _not_credible("entrinya tidak cocok dengan titik periksanya", "its entries do not give its checkpoint")
    return Claim(lock, note.decode(), head.size, head.root.hex(), entries, leaves)


def _not_credible(why_id: str, why_en: str) -> ParcelError:
    return ParcelError(
        f"Kiriman laptop ini tidak dapat dipercaya: {why_id}. Tidak ada yang diubah; tulis ulang dengan "
        "`sirekap plenary return`.",
        f"This return cannot be trusted: {why_en}. Nothing was changed; write it again with `sirekap plenary return`.",
    )


def _again(claim: Claim, known: NodeMerge) -> Merged:
    """A package that was merged before: the same log or a beginning of it is nothing new, anything else is refused."""
    ours = [bytes.fromhex(leaf) for part in _listings(known) for leaf in part.leaves]
    shared = min(len(ours), len(claim.leaves))
    differing = next((n for n in range(shared) if ours[n] != claim.leaves[n]), None)
    if differing is not None:
        difference = {
            "index": claim.lock.base_size + differing,
            "merged": _shown(bytes(Entry.objects.get(leaf_hash=ours[differing]).content)),
            "returned": _shown(claim.entries[differing]),
        }
        raise Diverged(difference, (known.note, claim.note))
    if len(claim.leaves) > len(ours):
        more = len(claim.leaves) - len(ours)
        raise Refused(
            "went_on",
            f"Paket ini sudah digabungkan, lalu laptopnya mencatat {more} entri lagi. Entri itu tidak dapat menyusul: "
            "catat lagi di pusat.",
            f"This package was merged, and its laptop then recorded {more} more entries. They come too late: record "
            "them again at the centre.",
        )
    return Merged(claim.lock.pk, claim.lock.region_id, known.entries, known.size, known.root, True)


def _listings(known: NodeMerge) -> list[NodeListing]:
    return list(NodeListing.objects.filter(lock_id=known.pk).order_by("start"))


def _shown(raw: bytes) -> Json:
    """What tells one entry from another, for people: its id, kind, time and row."""
    try:
        content = canonical.loads(raw)
        return {key: content[key] for key in ("id", "kind", "at")} | {"row": content["body"].get("row")}
    except (LedgerError, KeyError, TypeError, AttributeError):
        return {"id": None, "kind": None, "at": None, "row": None}


def _refuse_cancelled(lock: RegionLock) -> None:
    unlock = RegionUnlock.objects.filter(pk=lock.pk).first()
    if unlock is not None:
        raise Refused(
            "cancelled",
            f"Kunci wilayah {lock.region_id} sudah dibatalkan ({unlock.reason}), jadi paket ini tidak diterima lagi.",
            f"The lock of region {lock.region_id} was cancelled ({unlock.reason}), so this package is not accepted.",
        )


def _parse(claim: Claim, found: Parcel, at: datetime) -> None:
    """Every entry in canonical form, in order of time, new here; the first opens the package."""
    before = claim.lock.at
    for number, raw in enumerate(claim.entries):
        with _named(claim, number):
            if len(raw) > MAX_ENTRY:
                raise ValueError("too large")
            content = canonical.loads(raw)
            entry = journal.entry_of(raw, content)
            shape = isinstance(content["body"], dict) and set(content) == {"v", "id", "kind", "at", "actor", "body"}
            if not shape or entry.at < before:
                raise ValueError("its keys or its time")
            before = entry.at
            claim.contents.append(content)
    if before > at + AHEAD:
        raise Refused(
            "clock_ahead",
            "Jam laptop lebih cepat daripada jam pusat. Gabungkan lagi setelah waktu entri terakhirnya lewat.",
            "The laptop's clock is ahead of the centre's. Merge again once the time of its last entry has passed.",
        )
    ids = [content["id"] for content in claim.contents]
    known = Entry.objects.filter(pk__in=[]) if not ids else Entry.objects.filter(id__in=ids)
    double = known.values_list("id", flat=True).first()
    if double is not None or len(set(ids)) != len(ids):
        raise Refused(
            "known_entry",
            f"Entri {double or 'dengan nomor yang sama'} sudah ada di buku besar ini. Tidak ada yang dicampur.",
            f"Entry {double or 'of the same id'} is in this ledger already. Nothing was blended.",
        )
    _check_opening(claim)
    with _named(claim, 0):
        private = canonical.loads(found.read(PRIVATE))
        claim.people = [(p["id"], bytes.fromhex(p["salt"]), str(p["name"])) for p in private["persons"]]
        claim.texts = {str(t["id"]): {key: str(t[key]) for key in ("salt", "text", "demand")} for t in private["texts"]}


def _check_opening(claim: Claim) -> None:
    lock = claim.lock
    first = claim.contents[0] if claim.contents else {"kind": None, "body": {}}
    wanted = {
        "pack": str(lock.pk),
        "region": lock.region_id,
        "node": {"origin": lock.origin, "vkey": lock.vkey},
        "base": {"size": lock.base_size, "root": lock.base_root},
    }
    if first["kind"] != "node.opened" or {key: first["body"].get(key) for key in wanted} != wanted:
        raise _not_credible("entri pertamanya bukan pembukaan paket ini", "its first entry does not open this package")
    if any(content["kind"] == "node.opened" for content in claim.contents[1:]):
        raise _not_credible("paketnya dibuka dua kali", "it opens its package twice")


@contextmanager
def _named(claim: Claim, number: int) -> Iterator[None]:
    """Errors in the block become a `ParcelError` that names the entry by its place in the laptop's log."""
    try:
        yield
    except (LedgerError, KeyError, TypeError, ValueError, AttributeError) as error:
        at = claim.lock.base_size + number
        raise _not_credible(f"entri {at} rusak ({error})", f"entry {at} is damaged ({error})") from error


class _Arriving:
    """The evidence store as it will be once the return's own files are in it; nothing is written before `keep`."""

    def __init__(self, store: EvidenceStore, found: Parcel) -> None:
        self._store, self._found = store, found
        self._files = {name.partition("/")[2]: name for name in found.below(FILES)}
        if any(found.files[name][1] != sha256 for sha256, name in self._files.items()):
            raise _not_credible("nama sebuah berkas bukan hash-nya", "a file is not named after its hash")

    def exists(self, sha256: str) -> bool:
        return sha256 in self._files or self._store.exists(sha256)

    def get(self, sha256: str) -> bytes:
        name = self._files.get(sha256)
        return self._found.read(name) if name else self._store.get(sha256)

    def put(self, data: bytes) -> Stored:
        return self._store.put(data)

    def keep(self, wanted: set[str]) -> None:
        """Store those of the files that entries speak of."""
        for sha256 in sorted(wanted & set(self._files)):
            self._store.put(self._found.read(self._files[sha256]))


def _take_over(actor: Actor, claim: Claim, files: _Arriving, at: datetime) -> Merged:
    lock = claim.lock
    acting = actor.acting(Capability.MANAGE_ELECTION, lock.region_id)
    locks.rows_of_region(lock.region_id, Contest.objects.values_list("pk", flat=True))
    if holds.lock_of(lock.region_id) != lock.pk:
        raise Refused("stale", "Paket ini baru saja ditangani orang lain.", "Somebody else just dealt with this.")
    moved = moved_since(lock)
    if moved is not None:
        raise Refused(
            "base_moved",
            f"Data pusat berubah sejak paket dibuat (pada {moved}), jadi kiriman ini tidak digabungkan. Batalkan kunci "
            "dan selesaikan di pusat.",
            f"The centre's data has changed since the package was made (at {moved}), so this return is not merged. "
            "Cancel the lock and finish at the centre.",
        )
    body = {
        "pack": str(lock.pk),
        "region": lock.region_id,
        "origin": lock.origin,
        "size": claim.size,
        "root": claim.root,
        "checkpoint": claim.note,
        "entries": len(claim.entries),
    }
    journal.append("node.merged", acting, at, body)
    for start in range(0, len(claim.leaves), LEAVES_PER_ENTRY):
        leaves = [leaf.hex() for leaf in claim.leaves[start : start + LEAVES_PER_ENTRY]]
        journal.append("node.listed", acting, at, {"pack": str(lock.pk), "start": start, "leaves": leaves})
    _enact(claim, files)
    files.keep(files_named(claim.entries))
    done = {"region": lock.region_id, "pack": str(lock.pk), "merged": True, "reason": ""}
    journal.append("region.unlocked", acting, at, done)
    return Merged(lock.pk, lock.region_id, len(claim.entries), claim.size, claim.root, False)


def _enact(claim: Claim, files: _Arriving) -> None:
    """Do every entry again, in order, as the laptop's people with the mandates they had when the package was made."""
    lock = claim.lock
    _welcome(claim)
    hall = acts.Hall(
        lock.region_id,
        files,
        cache(lambda person: _actor_at(uuid.UUID(person), lock)),
        claim.texts,
        typed_by_machine=True,
    )
    for number, (raw, content) in enumerate(zip(claim.entries, claim.contents, strict=True)):
        if content["kind"] == "node.opened":
            journal.replay(raw, content)
            continue
        try:
            _enact_one(raw, content, hall)
        except reenacting.Differs as error:
            raise _impossible(
                claim, number, f"di sini akan tercatat lain ({error.where})", f"it would differ here: {error}"
            ) from error
        except Refused as error:
            raise _impossible(claim, number, error.text_id, error.text_en) from error
        except HOSTILE as error:
            raise _impossible(claim, number, f"isinya rusak ({error}).", f"its body is damaged ({error}).") from error


def _enact_one(raw: bytes, content: Json, hall: acts.Hall) -> None:
    kind, body = content["kind"], content["body"]
    place = holds.region_of(kind, body)
    if kind not in holds.OFFLINE_KINDS or place is None or not place.startswith(hall.region):
        raise Refused(
            "not_plenary",
            "bukan tindakan rapat pleno wilayah paketnya.",
            "it is no act of the plenary of the package's region.",
        )
    if kind in merging_documents.STATED:
        merging_documents.check(content, hall)
        journal.replay(raw, content)
        return
    with reenacting.expecting(raw, content):
        acts.perform(acts.describe(content), hall, journal.parse_timestamp(content["at"]))


def _impossible(claim: Claim, number: int, why_id: str, why_en: str) -> Refused:
    content, at = claim.contents[number], claim.lock.base_size + number
    what = f"{content['kind']} {content['body'].get('row') or ''}".strip()
    return Refused(
        "not_possible",
        f"Entri {at} ({what}) tidak mungkin terjadi pada data pusat, jadi seluruh kiriman ditolak: {why_id}",
        f"Entry {at} ({what}) could not have happened on the centre's data, so the whole return is refused: {why_en}",
        422,
    )


def _actor_at(person: uuid.UUID, lock: RegionLock) -> Actor:
    """The person with the mandates in force when the package was made."""
    given = Mandate.objects.filter(person_id=person, entry_id__lt=lock.entry_id).order_by("entry_id")
    in_force = [m for m in given.select_related("end") if not hasattr(m, "end") or m.end.entry_id > lock.entry_id]
    return Actor(person, tuple((Role(m.role), m.region) for m in in_force))


def _welcome(claim: Claim) -> None:
    """People first met in the hall: their names, where an entry commits to exactly these."""
    promised = {
        (content["body"]["person"], content["body"]["commitment"])
        for content in claim.contents
        if content["kind"] == "attendance.recorded" and content["body"].get("person")
    }
    for person, salt, name in claim.people:
        committed = (person, people.commitment(salt, name)) in promised
        if committed and not Person.objects.filter(pk=person).exists():
            Person.objects.create(id=uuid.UUID(person), salt=salt, name=name)
