"""The package of a locked district, the laptop it becomes, and the return that the laptop writes.

Formats: ``docs/explanation/nodes.md``. The package is signed by the central log key, the return by the key
that the lock named.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import transaction

from sirekap.election.roles import Role
from sirekap.evidence.parcel import Content, Parcel, ParcelError, write
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger import canonical
from sirekap.ledger.checkpoint import open_checkpoint
from sirekap.ledger.errors import LedgerError
from sirekap.ledger.note import Signer, Verifier, parse_vkey
from sirekap.ledger.tree import inclusion_proof, leaf_hash, verify_inclusion
from sirekap.records import holds, replaying
from sirekap.records.journal import SYSTEM, append, parse_timestamp
from sirekap.records.models import (
    Checkpoint,
    Correction,
    DocumentCursor,
    Leaf,
    Mandate,
    NodeOpening,
    ObjectionAttachment,
    ObjectionText,
    Person,
    Photo,
    RegionLock,
)
from sirekap.records.ranges import within
from sirekap.workflow import sequencing
from sirekap.workflow.errors import Refused
from sirekap.workflow.nodes import Base

PACK, RETURN = "pack", "return"
ENTRIES, PEOPLE, PRIVATE, CHECKPOINT = "entries.jsonl", "people.json", "private.json", "checkpoint"
PHOTOS, FILES = "photos", "files"
CARRIED = {
    "SIREKAP_PUBLIC_URL": "public_url",
    "SIREKAP_RESERVE_PERMILLE": "reserve_permille",
    "SIREKAP_STATION_LIMIT": "station_limit",
    "SIREKAP_QUORUM": "quorum",
    "SIREKAP_MEGA_DISTRICT": "mega_district",
    "SIREKAP_MAX_UPLOAD_BYTES": "max_upload_bytes",
}
"""Settings by which acts are judged and documents addressed: the laptop must judge as the centre will."""
OFFICERS = (Role.CHAIR, Role.MEMBER, Role.OPERATOR)
"""Who works in the hall with an account of the district."""
GUESTS = (Role.WITNESS, Role.SUPERVISOR)
"""Who may hold a mandate of the district or of a region above it."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A written package: its SHA-256, and how many entries, photographs and people are in it."""

    sha256: str
    entries: int
    photos: int
    people: int


def write_pack(
    out: Path, lock: RegionLock, base: Base, store: EvidenceStore, signer: Signer, at: datetime, *, photos: bool = True
) -> Packed:
    """Write the package of a lock that was just made. ``photos``: also the bytes of its photographs and files.

    Sequences first: the package proves that the lock is in the central ledger.
    """
    sequencing.sequence(at, signer)
    people = list(_people(lock.region_id))
    pictures = {sha256 for sha256 in _files(lock.region_id) if store.exists(sha256)} if photos else set()
    contents = [
        Content.of(ENTRIES, b"".join(entry + b"\n" for entry in base.entries)),
        Content.of(PEOPLE, canonical.dumps(people)),
        *(_stored(store, PHOTOS, sha256) for sha256 in sorted(pictures)),
    ]
    sha256 = write(out, PACK, _pack_meta(lock, base, signer.verifier), contents, signer)
    return Packed(sha256, len(base.entries), len(pictures), len(people))


def _stored(store: EvidenceStore, folder: str, sha256: str) -> Content:
    size = store.stat(sha256)
    return Content(f"{folder}/{sha256}", size or 0, sha256, lambda: store.get(sha256))


def _files(region: str) -> set[str]:
    return {
        *Photo.objects.filter(within("row_id", region)).values_list("sha256", flat=True),
        *Correction.objects.filter(within("row_id", region)).values_list("evidence", flat=True),
        *ObjectionAttachment.objects.filter(within("objection__region", region)).values_list("sha256", flat=True),
        *DocumentCursor.objects.filter(document__region_id=region).values_list("sha256", flat=True),
    }


def _people(region: str) -> Iterator[dict[str, Any]]:
    """Those who work in the district's hall; their names are needed there and stay out of the ledger."""
    mandates = Mandate.objects.filter(end__isnull=True, role__in=[*OFFICERS, *GUESTS])
    wanted = {
        mandate.person_id
        for mandate in mandates
        if mandate.region.startswith(region) or (mandate.role in GUESTS and region.startswith(mandate.region))
    }
    for person in Person.objects.filter(pk__in=wanted).order_by("pk").prefetch_related("accounts"):
        names = [account.username for account in person.accounts.all() if account.is_active]
        own = {"id": str(person.pk), "salt": bytes(person.salt).hex(), "name": person.name}
        yield own | {"username": names[0] if names else None}


def _pack_meta(lock: RegionLock, base: Base, central: Verifier) -> dict[str, Any]:
    head = Checkpoint.objects.order_by("size").last()
    index = lock.entry.leaf.index
    leaves = [bytes(one) for one in Leaf.objects.order_by("index").values_list("entry__leaf_hash", flat=True)]
    if head is None or head.size <= index:
        raise Refused(
            "not_sequenced",
            "Kunci wilayah belum masuk titik periksa buku besar. Ulangi sebentar lagi.",
            "The lock is not in a checkpoint of the ledger yet. Repeat in a moment.",
        )
    proof = [part.hex() for part in inclusion_proof(leaves, index, head.size)]
    return {
        "pack": str(lock.pk),
        "region": lock.region_id,
        "name": lock.region.name,
        "node": {"origin": lock.origin, "vkey": lock.vkey},
        "base": base.as_json(),
        "central": {"origin": central.name, "vkey": central.vkey, "checkpoint": head.note},
        "lock": {"entry": bytes(lock.entry.content).decode(), "index": index, "proof": proof},
        "settings": _settings(),
    }


def _settings() -> dict[str, str]:
    found = {name: getattr(settings.CONFIG, attribute) for name, attribute in CARRIED.items()}
    return {name: str(value) for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Opened:
    """A laptop that is ready: its package, region, log origin, and how many entries and photographs it holds."""

    pack: uuid.UUID
    region: str
    name: str
    origin: str
    entries: int
    photos: int
    people: tuple[dict[str, Any], ...]


def check_pack(found: Parcel, node: Verifier, trusted: Verifier | None) -> dict[str, Any]:
    """What a package says of itself, after its signature, its lock and its key were checked; `ParcelError` otherwise.

    ``node``: the key this laptop will sign with. ``trusted``: the central log key, if it is known from elsewhere;
    without it the package's own word is taken for it.
    """
    meta = found.meta
    try:
        central = trusted or parse_vkey(meta["central"]["vkey"])
        found.signed_by(central)
        head, _ = open_checkpoint(meta["central"]["checkpoint"].encode(), central)
        entry = meta["lock"]["entry"].encode()
        body = canonical.loads(entry)["body"]
        proof = [bytes.fromhex(part) for part in meta["lock"]["proof"]]
        proven = verify_inclusion(leaf_hash(entry), meta["lock"]["index"], head.size, proof, head.root)
        said = {key: body[key] for key in ("pack", "region", "node", "base")}
        same = said == {key: meta[key] for key in said}
        uuid.UUID(meta["pack"])
        int(meta["base"]["size"]), bytes.fromhex(meta["base"]["root"]), str(meta["name"])
    except (KeyError, TypeError, ValueError, AttributeError, LedgerError) as error:
        raise _wrong("isinya tidak lengkap atau rusak", "what it says of itself is damaged") from error
    if not (proven and same):
        raise _wrong(
            "kunci wilayahnya tidak ada di buku besar pusat", "its lock is not in the central ledger as it says"
        )
    if body["node"]["vkey"] != node.vkey:
        raise _wrong(
            "kunci laptop ini bukan kunci yang disebut paketnya", "this laptop's key is not the one the package names"
        )
    return meta


def _wrong(why_id: str, why_en: str) -> ParcelError:
    return ParcelError(
        f"Paket ini tidak dapat dibuka: {why_id}. Minta paket dan berkas kuncinya dari pusat.",
        f"This package cannot be opened: {why_en}. Ask the centre for the package and its key file.",
    )


def open_pack(found: Parcel, store: EvidenceStore, signer: Signer, trusted: Verifier | None, at: Any) -> Opened:
    """Make this empty, migrated database the laptop of a package. ``at``: asked for the time once the base is there.

    Its own log begins no earlier than the lock, whatever the laptop's clock says, and never runs back from there.
    Raises `ParcelError` or `ReplayError`; the database is then of no use.
    """
    meta = check_pack(found, signer.verifier, trusted)
    base = meta["base"]
    with TemporaryDirectory() as folder:
        entries = Path(folder) / ENTRIES
        entries.write_bytes(found.read(ENTRIES))
        replaying.replay_file(entries, (base["size"], bytes.fromhex(base["root"])))
    photos = found.below(PHOTOS)
    for name in photos:
        store.put(found.read(name))
    people = _welcomed(found)
    pack = uuid.UUID(meta["pack"])
    with transaction.atomic():
        Person.objects.bulk_create(
            [Person(id=uuid.UUID(p["id"]), salt=bytes.fromhex(p["salt"]), name=p["name"]) for p in people]
        )
        body = {
            "pack": meta["pack"],
            "region": meta["region"],
            "node": meta["node"],
            "base": {"size": base["size"], "root": base["root"]},
            "central": {"origin": meta["central"]["origin"], "checkpoint": meta["central"]["checkpoint"]},
        }
        append("node.opened", SYSTEM, max(at(), _locked_at(meta)), body)
    sequencing.sequence(at(), signer)
    return Opened(pack, meta["region"], meta["name"], meta["node"]["origin"], base["size"], len(photos), people)


def _locked_at(meta: dict[str, Any]) -> datetime:
    """A simulated clock stands at the base's last act, which the lock follows."""
    return parse_timestamp(canonical.loads(meta["lock"]["entry"].encode())["at"])


def _welcomed(found: Parcel) -> tuple[dict[str, Any], ...]:
    """The people of the hall, well formed."""
    try:
        listed = canonical.loads(found.read(PEOPLE))
        for person in listed:
            uuid.UUID(person["id"]), bytes.fromhex(person["salt"])
            if not (isinstance(person["name"], str) and isinstance(person["username"], str | None)):
                raise ValueError("a name is no text")
    except (KeyError, TypeError, ValueError, AttributeError, LedgerError) as error:
        raise _wrong("daftar orangnya rusak", "its list of people is damaged") from error
    return tuple(listed)


@dataclass(frozen=True, slots=True)
class Returned:
    """A written return: its SHA-256, the laptop's own entries, and the size and root of its log."""

    sha256: str
    pack: uuid.UUID
    entries: int
    size: int
    root: str
    files: int


def write_return(out: Path, store: EvidenceStore, signer: Signer, at: datetime) -> Returned:
    """Write what this laptop has recorded since it opened its package. It may be written again later, with more."""
    held = holds.held_here()
    if held is None:
        raise Refused(
            "not_offline",
            "Ini bukan laptop rapat luring: tidak ada paket yang dibuka di sini.",
            "This is no offline plenary's laptop: no package was opened here.",
        )
    opening = NodeOpening.objects.get(pk=held.pack)
    sequencing.sequence(at, signer)
    head = Checkpoint.objects.order_by("size").last()
    if head is None:
        raise RuntimeError("the log has no checkpoint")
    own = Leaf.objects.filter(index__gte=opening.base_size, index__lt=head.size).order_by("index")
    entries = [bytes(content) for content in own.values_list("entry__content", flat=True)]
    named = sorted(sha256 for sha256 in files_named(entries) if store.exists(sha256))
    contents = [
        Content.of(CHECKPOINT, head.note.encode()),
        Content.of(ENTRIES, b"".join(entry + b"\n" for entry in entries)),
        Content.of(PRIVATE, canonical.dumps(_private(entries))),
        *(_stored(store, FILES, sha256) for sha256 in named),
    ]
    meta = {"pack": str(held.pack), "region": held.region, "origin": signer.name, "size": head.size, "root": head.root}
    sha256 = write(out, RETURN, meta, contents, signer)
    return Returned(sha256, held.pack, len(entries), head.size, head.root, len(named))


def files_named(entries: Iterable[bytes]) -> set[str]:
    """Hashes of the files that entries speak of: evidence, attachments of objections, documents and their scans."""
    found: set[str] = set()
    for entry in entries:
        content = json.loads(entry)
        body = content["body"]
        attached = body.get("attachments") or []
        found |= {one["sha256"] for one in attached if isinstance(one, dict)} | {body.get("evidence")}
        if content["kind"].startswith("document."):
            found.add(body.get("sha256"))
    return {sha256 for sha256 in found if isinstance(sha256, str) and len(sha256) == 64}


def _private(entries: Iterable[bytes]) -> dict[str, Any]:
    """What is kept outside the ledger of the people and the words that these entries commit to."""
    persons, texts = set(), set()
    for entry in entries:
        content = json.loads(entry)
        if content["kind"] == "attendance.recorded" and content["body"].get("person"):
            persons.add(content["body"]["person"])
        if content["kind"] == "objection.filed":
            texts.add(content["body"]["objection"])
    people = Person.objects.filter(pk__in=persons).order_by("pk")
    words = ObjectionText.objects.filter(pk__in=texts).order_by("pk")
    return {
        "persons": [{"id": str(p.pk), "salt": bytes(p.salt).hex(), "name": p.name} for p in people],
        "texts": [{"id": str(t.pk), "salt": bytes(t.salt).hex(), "text": t.text, "demand": t.demand} for t in words],
    }
