"""`sirekap ledger ...` for anybody outside: proofs, comparison, co-signing, receipts. No database, no settings."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sirekap.cli.common import as_json_option, emit, fail, say

if TYPE_CHECKING:
    from sirekap.ledger.note import Verifier
    from sirekap.ledger.witnessing import Forked
    from sirekap.publication.public_site import PublicSite, SignedLog

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
site_option = click.option("--site", required=True, help="Folder atau alamat situs / the site's folder or address.")
key_option = click.option(
    "--log-key", "log_key", type=FILE, help="Kunci publik buku besar yang Anda percaya (.vkey) / the log key you trust."
)


def _vkey(file: Path | None) -> Verifier | None:
    from sirekap.ledger.note import parse_vkey

    return None if file is None else parse_vkey(file.read_text(encoding="utf-8").strip())


def _open(source: str, log_key: Path | None) -> tuple[PublicSite, SignedLog]:
    from sirekap.publication.public_site import open_log, open_site

    site = open_site(source)
    if log_key is None:
        say("! Kunci buku besar diambil dari situs itu sendiri. / The log's key is taken from the site itself.")
    return site, open_log(site, _vkey(log_key))


@click.command("prove")
@click.argument("which")
@site_option
@key_option
@as_json_option
def prove(which: str, site: str, log_key: Path | None, as_json: bool) -> None:
    """Buktikan bahwa satu entri ada di buku besar terbitan / an inclusion proof.

    WHICH: an entry's leaf index, its id, or its leaf hash. Checked against the signed checkpoint before it is printed.
    """
    from sirekap.ledger import canonical
    from sirekap.ledger.tree import leaf_hash, verify_inclusion

    _, signed = _open(site, log_key)
    index = _index_of(signed, which)
    if index is None:
        fail(f"Tidak ada entri “{which}” di buku besar ini.", f"There is no entry “{which}” in this ledger.")
    entry = signed.log.entry(index)
    leaf, proof = leaf_hash(entry), signed.log.inclusion(index)
    ok = verify_inclusion(leaf, index, signed.head.size, proof, signed.head.root)
    result = {
        "ok": ok,
        "index": index,
        "size": signed.head.size,
        "root": signed.head.root.hex(),
        "leaf_hash": leaf.hex(),
        "proof": [part.hex() for part in proof],
        "entry": canonical.loads(entry),
        "checkpoint": signed.note.decode(),
    }
    emit(result, as_json)
    sys.exit(0 if ok else 1)


def _index_of(signed: SignedLog, which: str) -> int | None:
    if which.isascii() and which.isdigit() and len(which) < 20:
        return int(which)
    if len(which) == 64:
        try:
            return signed.log.find(bytes.fromhex(which))
        except ValueError:
            return None
    wanted = f'"id":"{which.lower()}"'.encode()
    for index, entry in enumerate(signed.log.entries()):
        if wanted in entry and json.loads(entry)["id"] == which.lower():
            return index
    return None


@click.command("consistency")
@click.argument("old", type=click.IntRange(min=1))
@click.argument("new", type=click.IntRange(min=1))
@site_option
@key_option
@as_json_option
def consistency(old: int, new: int, site: str, log_key: Path | None, as_json: bool) -> None:
    """Buktikan bahwa NEW entri memuat OLD entri pertama tanpa perubahan / a consistency proof between two sizes."""
    from sirekap.ledger.tree import consistency_proof_from, verify_consistency

    _, signed = _open(site, log_key)
    if not old <= new <= signed.head.size:
        fail(
            f"Perlu OLD ≤ NEW ≤ {signed.head.size}.",
            f"OLD ≤ NEW ≤ {signed.head.size} is needed.",
            2,
        )
    roots = signed.log.root(old), signed.log.root(new)
    proof = consistency_proof_from(signed.log.node, old, new)
    within = consistency_proof_from(signed.log.node, new, signed.head.size)
    ok = verify_consistency(old, new, *roots, proof)
    ok = ok and verify_consistency(new, signed.head.size, roots[1], signed.head.root, within)
    old_root, new_root = (root.hex() for root in roots)
    result = {"ok": ok, "old": old, "new": new, "old_root": old_root, "new_root": new_root}
    emit(result | {"proof": [part.hex() for part in proof], "checkpoint": signed.note.decode()}, as_json)
    sys.exit(0 if ok else 1)


@click.command("compare")
@click.argument("one", type=FILE)
@click.argument("other", type=FILE)
@site_option
@key_option
@click.option("--keep", type=click.Path(path_type=Path), help="Berkas bukti bila terbelah / where to keep the proof.")
@as_json_option
def compare(one: Path, other: Path, site: str, log_key: Path | None, keep: Path | None, as_json: bool) -> None:
    """Bandingkan dua titik periksa: sama, selaras, atau TERBELAH / equal, consistent, or FORKED.

    Reads the tiles of SITE. Exit status 0 when equal or consistent, 3 when forked (both notes are then kept as
    proof), 1 when the tiles prove nothing about them.
    """
    from sirekap.ledger import witnessing
    from sirekap.ledger.rotation import open_in_chain

    _, signed = _open(site, log_key)
    notes = one.read_bytes(), other.read_bytes()
    first, second = (open_in_chain(note, signed.chain)[0] for note in notes)
    found = witnessing.compare(first, second, signed.log)
    if found.verdict is witnessing.Verdict.FORKED:
        _report_fork(witnessing.Forked(notes, found), signed, keep or one, as_json)
    result = {"ok": found.verdict is not witnessing.Verdict.UNPROVEN, "verdict": found.verdict.value}
    say(f"{found.text_id}\n{found.text_en}")
    emit(result | {"sizes": list(found.sizes), "text": found.text_en}, as_json)
    sys.exit(0 if result["ok"] else 1)


def _report_fork(forked: Forked, signed: SignedLog, beside: Path, as_json: bool) -> None:
    from sirekap.ledger.rotation import key_at
    from sirekap.publication.witness_state import save_fork

    kept = save_fork(beside, forked, key_at(signed.chain, signed.head.size))
    say(f"✗ {forked.text_id}\n  {forked.text_en}\n  Bukti / proof: {kept}")
    result: dict[str, Any] = {"ok": False, "verdict": "forked", "proof": str(kept), "text": forked.text_en}
    emit(result | {"sizes": list(forked.found.sizes)}, as_json)
    sys.exit(3)


@click.command("forked")
@click.argument("proof", type=FILE)
@click.option("--log-key", "log_keys", type=FILE, required=True, multiple=True, help="Kunci publik buku besar (.vkey).")
@as_json_option
def forked(proof: Path, log_keys: tuple[Path, ...], as_json: bool) -> None:
    """Periksa berkas bukti keterbelahan dari `cosign` atau `compare` / check a proof that a log was forked.

    Needs nothing but the file and the log's public key. Exit status 0 when the proof holds.
    """
    from sirekap.publication.witness_state import fork_holds

    holds = fork_holds(proof, [key for key in map(_vkey, log_keys) if key is not None])
    emit({"ok": holds, "forked": holds}, as_json)
    sys.exit(0 if holds else 1)


@click.command("witness-key")
@click.option("--name", required=True, help="Nama kunci tanpa spasi, misalnya saksi.kampus.example / the key's name.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("witness.key"), show_default=True)
@as_json_option
def witness_key(name: str, out: Path, as_json: bool) -> None:
    """Buat kunci saksi di komputer Anda sendiri / make a witness's key on your own machine.

    Writes the secret key (0600) and, beside it, the public half (.vkey): give only that to the commission.
    """
    from sirekap.publication.witness_state import make_key, public_file

    verifier = make_key(out, name)
    emit({"ok": True, "key": str(out), "public": str(public_file(out)), "vkey": verifier.vkey}, as_json)


@click.command("cosign")
@click.argument("source")
@click.option("--key", "key_file", type=FILE, required=True, help="Kunci saksi Anda / your witness key.")
@click.option("--known", type=click.Path(path_type=Path), help="Catatan saksi; bawaan KEY.seen / what you saw last.")
@key_option
@click.option("--out", type=click.Path(path_type=Path), help="Tulis titik periksa bertanda tangan ke berkas ini.")
@as_json_option
def cosign(
    source: str, key_file: Path, known: Path | None, log_key: Path | None, out: Path | None, as_json: bool
) -> None:
    """Tandatangani kepala buku besar sebagai saksi / co-sign the newest checkpoint as a witness.

    SOURCE: the site's folder or address. Signs only when the log's signature holds and the log contains, unchanged,
    what this witness saw before. A fork is refused and both notes are kept as proof (exit status 3).
    """
    from sirekap.ledger.rotation import key_at
    from sirekap.ledger.witnessing import Forked, cosign_growth
    from sirekap.publication import witness_state
    from sirekap.publication.public_site import open_log, open_site

    witness = witness_state.load_key(key_file)
    state = known or key_file.with_name(key_file.name + ".seen")
    seen = witness_state.load_seen(state)
    trusted = _vkey(log_key) or (seen.log if seen else None)
    if trusted is None:
        say("! Pertama kali: kunci buku besar dipercaya dari situs itu. / First time: the site's log key is trusted.")
    signed = open_log(open_site(source), trusted)
    try:
        done = cosign_growth(
            signed.note, seen.note if seen else None, signed.chain, signed.log, witness, int(time.time())
        )
    except Forked as fork:
        _report_fork(fork, signed, state, as_json)
        raise
    witness_state.save_seen(state, witness_state.Seen(trusted or key_at(signed.chain, done.head.size), signed.note))
    if out is not None:
        out.write_bytes(done.note)
    elif not as_json:
        click.echo(done.note.decode(), nl=False)
        return
    result = {"ok": True, "origin": done.head.origin, "size": done.head.size, "root": done.head.root.hex()}
    before = _size_of(seen.note) if seen else None
    emit(result | {"witness": witness.name, "before": before, "note": done.note.decode()}, as_json)


def _size_of(note: bytes) -> int:
    from sirekap.ledger.checkpoint import parse_checkpoint
    from sirekap.ledger.note import split_note

    return parse_checkpoint(split_note(note)[0]).size


@click.command("receipt")
@click.argument("file", type=FILE)
@site_option
@key_option
@as_json_option
def receipt(file: Path, site: str, log_key: Path | None, as_json: bool) -> None:
    """Periksa tanda terima foto: tercatat, belum, atau HILANG / included, not yet, or MISSING.

    FILE: the receipt as the server gave it. Exit status 0 when included, 4 when it may still come, 5 when missing.
    """
    from datetime import UTC, datetime

    from sirekap.publication import receipts

    found_site, signed = _open(site, log_key)
    found = receipts.look_up(file.read_bytes(), found_site, signed, datetime.now(UTC))
    say(f"{found.text_id}\n{found.text_en}")
    emit({"ok": found.status is receipts.Status.INCLUDED, **found.as_json()}, as_json)
    sys.exit({"included": 0, "pending": 4}.get(found.status.value, 5))


PUBLIC_VERBS = (prove, consistency, compare, forked, witness_key, cosign, receipt)
