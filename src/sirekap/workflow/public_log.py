"""Acts on the log in public: register a witness, take in a co-signature, hand the log over to a new key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sirekap.election.roles import Capability
from sirekap.ledger.checkpoint import parse_checkpoint
from sirekap.ledger.errors import NoteError
from sirekap.ledger.note import COSIGNATURE, Signer, Verifier, parse_vkey, split_note, verify_note
from sirekap.ledger.rotation import KeyInForce, key_at, key_chain, rotation_note
from sirekap.records import holds
from sirekap.records.ids import uuid7
from sirekap.records.journal import Acting, append, body_of
from sirekap.records.models import Checkpoint, Cosignature, Entry, LogRotation, NodeOpening, Witness
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor, need_reason


def _manager(actor: Actor) -> Acting:
    regions = actor.regions(Capability.MANAGE_ELECTION)
    return actor.acting(Capability.MANAGE_ELECTION, regions[0] if regions else "")


@transaction.atomic
def register_witness(actor: Actor, vkey: str, who: str, at: datetime) -> Witness:
    """Let the holder of a co-signing key be a witness of this log. ``who``: the organisation, no person's name.

    Raises `Refused` for a key that is none, or for a name or key that is registered.
    """
    acting = _manager(actor)
    try:
        verifier = parse_vkey(vkey.strip())
    except NoteError as error:
        raise Refused("witness_key", error.text_id, error.text_en, 400) from error
    if verifier.kind != COSIGNATURE or len(verifier.name) > 100:
        raise Refused(
            "witness_key",
            "Ini bukan kunci saksi (jenis 4). Minta isi berkas .vkey dari `sirekap ledger witness-key`.",
            "This is no witness's key (type 4). Ask for the .vkey file that `sirekap ledger witness-key` wrote.",
            400,
        )
    if Witness.objects.filter(name=verifier.name).exists():
        raise Refused(
            "witness_known",
            f"Saksi bernama {verifier.name} sudah terdaftar. Kunci baru memerlukan nama baru.",
            f"A witness named {verifier.name} is registered. A new key needs a new name.",
        )
    witness = uuid7(at)
    body = {"witness": str(witness), "name": verifier.name, "vkey": verifier.vkey, "who": need_reason(who, 200)}
    append("witness.registered", acting, at, body)
    return Witness.objects.get(pk=witness)


@dataclass(frozen=True, slots=True)
class Countersigned:
    """The checkpoint's size and the witnesses whose co-signatures on it were new."""

    size: int
    added: tuple[str, ...]


def take_in(note: bytes, at: datetime) -> Countersigned:
    """Store the co-signatures of registered witnesses under one of this log's own checkpoints.

    Raises `Refused`: no registered witness has signed, a signature is wrong, or the checkpoint is not this log's; a
    checkpoint of another tree under this log's name is proof of a fork and says so.
    """
    try:
        text, _ = split_note(note)
        head = parse_checkpoint(text)
        witnesses = {w.vkey: w for w in Witness.objects.all()}
        verifiers = {vkey: parse_vkey(vkey) for vkey in witnesses}
        opened = verify_note(note, verifiers.values())
    except NoteError as error:
        raise Refused("cosignature", error.text_id, error.text_en, 400) from error
    own = Checkpoint.objects.filter(pk=head.size).first()
    if own is None:
        raise not_found(f"Titik periksa {head.size}")
    if split_note(own.note.encode())[0] != text:
        raise Refused(
            "forked",
            f"Saksi menandatangani pohon lain: {head.size} entri dengan akar {head.root.hex()[:16]}…, padahal di sini "
            f"{own.root[:16]}…. Simpan berkas itu sebagai bukti dan periksa siapa yang menerbitkannya.",
            f"The witness signed another tree: {head.size} entries with the root {head.root.hex()[:16]}…, but here it "
            f"is {own.root[:16]}…. Keep that file as proof and find out who published it.",
        )
    by_key = {(v.name, v.key_id): witnesses[vkey] for vkey, v in verifiers.items()}
    added = []
    with transaction.atomic():
        for signature in opened.verified:
            witness = by_key[signature.name, signature.key_id]
            key = f"{head.size}/{witness.pk}"
            if signature.time is None or Cosignature.objects.filter(pk=key).exists():
                continue
            Cosignature.objects.create(
                id=key, checkpoint=own, witness=witness, line=signature.line, time=signature.time, at=at
            )
            added.append(witness.name)
    return Countersigned(head.size, tuple(added))


@transaction.atomic
def rotate_log_key(actor: Actor, old: Signer, new: Signer, reason: str, at: datetime) -> None:
    """Record that the log's checkpoints are signed by ``new`` from this entry on; done already: nothing happens.

    Raises `Refused` when ``old`` is not the key in force.
    """
    acting = _manager(actor)
    current = LogRotation.objects.order_by("entry_id").last()
    if current is not None and current.new_key == new.verifier.vkey:
        return
    refuse_other_key(old.verifier, None)
    note = rotation_note(old, new)
    body = {
        "rotation": str(uuid7(at)),
        "origin": old.name,
        "old_key": old.verifier.vkey,
        "new_key": new.verifier.vkey,
        "reason": need_reason(reason),
        "note": note,
    }
    append("log.rotated", acting, at, body)


def key_history() -> tuple[KeyInForce, ...]:
    """The log's keys by the tree size from which they sign, as sequenced; empty when the log was never opened.

    A laptop's log begins with the entries of its package, and its own key signs all of it.
    """
    held = holds.held_here()
    if held is not None:
        return key_chain(parse_vkey(NodeOpening.objects.get(pk=held.pack).vkey), [])
    opened = Entry.objects.order_by("seq").first()
    rotations = list(LogRotation.objects.filter(entry__leaf__isnull=False).order_by("entry__leaf__index"))
    first = (
        rotations[0].old_key
        if rotations
        else (body_of(opened).get("log_key") if opened and opened.kind == "ledger.opened" else None)
    )
    if first is None:
        return ()
    indexes = [(rotation.entry.leaf.index, rotation.note) for rotation in rotations]
    try:
        return key_chain(parse_vkey(first), indexes)
    except NoteError:
        if rotations:
            raise
        return ()


def refuse_other_key(verifier: Verifier, size: int | None) -> None:
    """Raise `Refused` unless ``verifier`` signs the checkpoint of ``size`` leaves (None: the next one)."""
    chain = key_history()
    if not chain:
        return
    last = LogRotation.objects.order_by("entry_id").last()
    if size is None and last is not None:
        expected = last.new_key
    else:
        expected = key_at(chain, chain[-1].since if size is None else size).vkey
    if verifier.vkey != expected:
        raise Refused(
            "log_key",
            "Kunci buku besar ini sudah diganti atau belum berlaku. Selesaikan dengan `sirekap keys rotate`.",
            "This log key was replaced, or is not in force yet. Finish with `sirekap keys rotate`.",
        )
