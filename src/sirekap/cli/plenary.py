"""`sirekap plenary ...`: a district taken offline and brought back; plenary acts from a script."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sirekap.cli.common import account, as_json_option, django_up, emit, fail, folder_option, say

if TYPE_CHECKING:
    from sirekap.evidence.parcel import Parcel
    from sirekap.ledger.note import Verifier
    from sirekap.workflow.packing import Opened

CARRIED = (
    "SIREKAP_PUBLIC_URL",
    "SIREKAP_RESERVE_PERMILLE",
    "SIREKAP_STATION_LIMIT",
    "SIREKAP_QUORUM",
    "SIREKAP_MEGA_DISTRICT",
    "SIREKAP_MAX_UPLOAD_BYTES",
)
"""Settings of the centre that a package may bring along: `sirekap.workflow.packing.CARRIED`."""
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
NEW = click.Path(path_type=Path, dir_okay=False)
by_option = click.option("--as", "username", default="admin", show_default=True, help="Akun yang bertindak / who acts.")


@click.group()
def plenary() -> None:
    """Rapat pleno luring: bawa, buka, kembalikan, gabungkan / a district's plenary without a network."""


@plenary.command("pack")
@click.option("--region", required=True, help="Kode kecamatan, 6 angka / district code.")
@click.option("--out", type=NEW, required=True, help="Berkas paket / the package's file.")
@click.option(
    "--node-key", type=FILE, help="Kunci publik laptop (.vkey), bila laptop sudah punya / made on the laptop."
)
@click.option("--photos/--no-photos", default=True, help="Sertakan foto C.Hasil / the photographs' bytes.")
@by_option
@as_json_option
@folder_option
def pack(region: str, out: Path, node_key: Path | None, photos: bool, username: str, as_json: bool) -> None:
    """Kunci satu kecamatan di pusat dan tulis paketnya untuk laptop rapat luring.

    Locks a district at the centre and writes its signed package. Unless the laptop made a key of its own, that key is
    written to OUT.key: hand it over apart from the package; who holds both can act as the laptop.
    """
    django_up(or_demo=True)
    from sirekap import keys
    from sirekap.jobs.runner import evidence_store, log_signer
    from sirekap.records.clock import now
    from sirekap.records.ids import uuid7
    from sirekap.workflow import nodes, packing

    if out.exists():
        fail(f"{out} sudah ada dan tidak ditimpa.", f"{out} exists and is not overwritten.", 2)
    actor, signer, at = account(username), log_signer(), now()
    pack_id, key_file = uuid7(at), out.with_name(out.name + ".key")
    if node_key is None:
        node = f"{signer.name.removesuffix('/log')}/luring/{region}-{str(pack_id)[-12:]}"
        key = keys.make_log_key(key_file, node, demo=keys.load(_keys(), keys.Purpose.LOG).demo)
        vkey = key.signer.verifier.vkey
    else:
        vkey = node_key.read_text(encoding="utf-8").strip()
    try:
        lock, base = nodes.lock_region(actor, region, pack_id, vkey, at)
    except Exception:
        if node_key is None:
            key_file.unlink(missing_ok=True)
        raise
    try:
        done = packing.write_pack(out, lock, base, evidence_store(), signer, at, photos=photos)
    except Exception:
        nodes.cancel_lock(actor, region, "Paket gagal ditulis", at)
        key_file.unlink(missing_ok=True)
        raise
    result = {"ok": True, "pack": str(pack_id), "region": region, "file": str(out), "sha256": done.sha256}
    result |= {"entries": done.entries, "photos": done.photos, "people": done.people, "origin": lock.origin}
    emit(result | {"key": None if node_key else str(key_file)}, as_json)


def _keys() -> Path:
    from django.conf import settings

    return Path(settings.CONFIG.keys)


@plenary.command("open")
@click.argument("file", type=FILE)
@click.option("--dir", "folder", type=click.Path(path_type=Path), required=True, help="Folder baru / a new folder.")
@click.option("--key", "key_file", type=FILE, help="Kunci laptop; bawaan FILE.key / the laptop's secret key.")
@click.option("--log-key", "log_key", type=FILE, help="Kunci buku besar pusat (.vkey) yang dipercaya / the centre's.")
@as_json_option
def open_(file: Path, folder: Path, key_file: Path | None, log_key: Path | None, as_json: bool) -> None:
    """Jadikan komputer ini laptop rapat luring dari paket FILE.

    Checks the package, then makes a node of its own in the new folder: SQLite, photographs, its own log. Afterwards:
    `sirekap serve --dir FOLDER`. Sign-ins with new passwords are written to FOLDER/kartu-masuk.txt.
    """
    from sirekap.evidence.parcel import open_parcel
    from sirekap.ledger.note import parse_vkey

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        fail(f"{folder} tidak kosong. Pilih folder baru.", f"{folder} is not empty. Choose a new folder.", 2)
    trusted = parse_vkey(log_key.read_text(encoding="utf-8").strip()) if log_key else None
    if trusted is None:
        say("! Kunci buku besar pusat diambil dari paket itu sendiri. / The centre's key is taken from the package.")
    secret = key_file or file.with_name(file.name + ".key")
    with open_parcel(file, "pack") as found:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            opened = _open_in(folder.absolute(), found, secret, trusted)
        except BaseException:
            shutil.rmtree(folder)
            raise
    result: dict[str, Any] = {"ok": True, "pack": str(opened.pack), "region": opened.region, "origin": opened.origin}
    emit(result | {"entries": opened.entries, "photos": opened.photos, "dir": str(folder)}, as_json)


def _open_in(folder: Path, found: Parcel, secret: Path, trusted: Verifier | None) -> Opened:
    from sirekap import keys
    from sirekap.cli import laptop

    key = keys.read_log_key(secret)
    keys.init(folder / "keys", key.name.removesuffix("/log"), demo=key.demo, allow_in_repo=True, log=key)
    _refuse_other_sender(found, trusted)
    carried = found.meta.get("settings")
    laptop.write_settings(folder, key.name, carried if isinstance(carried, dict) else {}, CARRIED)
    laptop.configure(folder)
    from sirekap.jobs.runner import evidence_store
    from sirekap.records.clock import now
    from sirekap.records.migrating import migrate_database
    from sirekap.workflow import packing

    migrate_database()
    opened = packing.open_pack(found, evidence_store(), key.signer, trusted, now)
    _write_cards(folder / "kartu-masuk.txt", opened)
    laptop.finish(folder, {"pack": str(opened.pack), "region": opened.region})
    return opened


def _refuse_other_sender(found: Parcel, trusted: Verifier | None) -> None:
    """The package's settings are used before its contents are looked at, so its signature is checked before both."""
    from sirekap.evidence.parcel import ParcelError
    from sirekap.ledger.errors import NoteError
    from sirekap.ledger.note import parse_vkey

    try:
        found.signed_by(trusted or parse_vkey(found.meta["central"]["vkey"]))
    except (KeyError, TypeError, NoteError, AttributeError) as error:
        raise ParcelError(
            "Paket ini tidak menyebut kunci pusat. Minta paket baru.", "This package names no key of its centre."
        ) from error


def _write_cards(target: Path, opened: Opened) -> None:
    """Sign-ins of the district's people, each with a new password: none leaves the centre."""
    import os
    import secrets

    from sirekap.records.models import Account

    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as handle:
        for person in opened.people:
            if person["username"]:
                password = "-".join(secrets.token_hex(2) for _ in range(3))
                Account.objects.create_account(person["username"], person["id"], password)
                handle.write(f"{person['username']}\t{password}\t{person['name']}\n")


@plenary.command("return")
@click.option("--out", type=NEW, required=True, help="Berkas kiriman / the return's file.")
@as_json_option
@folder_option
def return_(out: Path, as_json: bool) -> None:
    """Tulis semua yang dicatat laptop ini, untuk digabungkan di pusat / write what this laptop has recorded."""
    django_up()
    from sirekap.jobs.runner import evidence_store, log_signer
    from sirekap.records.clock import now
    from sirekap.workflow import packing

    done = packing.write_return(out, evidence_store(), log_signer(), now())
    result = {"ok": True, "pack": str(done.pack), "file": str(out), "sha256": done.sha256, "entries": done.entries}
    emit(result | {"size": done.size, "root": done.root, "files": done.files}, as_json)


@plenary.command("merge")
@click.argument("file", type=FILE)
@by_option
@as_json_option
@folder_option
def merge(file: Path, username: str, as_json: bool) -> None:
    """Gabungkan kiriman laptop FILE di pusat dan buka kunci kecamatannya.

    Every entry is done again here as an act on the locked state; one that could not have happened refuses the whole
    return. The same file again changes nothing. Another return of the same package is refused and shown (status 3).
    """
    django_up(or_demo=True)
    from sirekap.jobs.runner import evidence_store, sequence
    from sirekap.records.clock import now
    from sirekap.workflow import merging

    try:
        done = merging.merge(account(username), file, evidence_store(), now())
    except merging.Diverged as error:
        say(f"✗ {error.text_id}\n  {error.text_en}\n{json.dumps(error.difference, indent=1)}")
        refused = {"ok": False, "code": error.code, "difference": error.difference, "checkpoints": list(error.notes)}
        emit(refused, as_json)
        raise SystemExit(3) from error
    if not done.already:
        sequence()
    if done.already:
        say("Paket ini sudah digabungkan; tidak ada yang berubah. / Merged before; nothing changed.")
    result = {"ok": True, "pack": str(done.pack), "region": done.region, "already_merged": done.already}
    emit(result | {"entries": done.entries, "size": done.size, "root": done.root}, as_json)


@plenary.command("unlock")
@click.option("--region", required=True, help="Kode kecamatan, 6 angka / district code.")
@click.option("--reason", required=True, help="Alasannya; tercatat selamanya / why, recorded forever.")
@by_option
@as_json_option
@folder_option
def unlock(region: str, reason: str, username: str, as_json: bool) -> None:
    """Batalkan kunci kecamatan: paketnya tidak diterima lagi / cancel a lock; its package is refused from then on."""
    django_up(or_demo=True)
    from sirekap.records.clock import now
    from sirekap.workflow import nodes

    done = nodes.cancel_lock(account(username), region, reason, now())
    emit({"ok": True, "pack": str(done.pk), "region": region}, as_json)


@plenary.command("acts")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--region", help="Wilayah rapatnya; bawaan: milik laptop ini / the session's region.")
@as_json_option
@folder_option
def acts(file: Any, region: str | None, as_json: bool) -> None:
    """Jalankan tindakan rapat dari FILE (satu objek JSON tiap baris; - untuk stdin), berhenti pada yang ditolak.

    Each line names an act and who does it: {"act":"accept","as":"chair","row":"3216011007001-pkwkk"}. Who: an account
    or a role of the region (chair, member, member:2). See docs/how-to/offline-plenary.md for every act.
    """
    django_up(or_demo=True)
    from sirekap.jobs.runner import evidence_store
    from sirekap.workflow.scripts import ScriptRefused, run

    try:
        done = run(file, region, evidence_store())
    except ScriptRefused as error:
        say(f"✗ {error.text_id}\n  {error.text_en}")
        emit({"ok": False, "done": error.done, "line": error.line, "code": error.code}, as_json)
        raise SystemExit(1) from error
    emit({"ok": True, "done": done}, as_json)
