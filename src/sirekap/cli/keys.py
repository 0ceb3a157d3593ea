"""`sirekap keys ...`: make this node's keys, and replace the log's."""

from __future__ import annotations

import os

import click

from sirekap.cli.common import account, as_json_option, django_up, emit, folder_option, say


@click.group()
def keys() -> None:
    """Kunci rahasia node ini / this node's secret keys."""


@keys.command("init")
@click.option("--node", default="", help="Nama node; bawaan dari SIREKAP_LOG_ORIGIN / this node's name.")
@click.option("--demo", "is_demo", is_flag=True, help="Kunci demo; ditolak di produksi / refused in production.")
def keys_init(node: str, is_demo: bool) -> None:
    """Buat kunci terpisah untuk buku besar, tanda terima, QR, dokumen / make the four keys (0600)."""
    from sirekap import config
    from sirekap import keys as key_files

    settings = config.load(os.environ)
    written = key_files.init(settings.keys, node or settings.log_origin.removesuffix("/log"), demo=is_demo)
    for file in written:
        say(str(file))


@keys.command("rotate")
@click.option("--reason", required=True, help="Alasannya; tercatat selamanya / why, recorded forever.")
@click.option("--as", "username", default="admin", show_default=True, help="Akun yang mengganti / who replaces it.")
@as_json_option
@folder_option
def keys_rotate(reason: str, username: str, as_json: bool) -> None:
    """Ganti kunci buku besar: satu entri yang ditandatangani kunci lama dan baru / replace the log's key.

    Checkpoints that contain the entry are signed by the new key. A run cut short is finished by repeating it. The old
    key stays in the folder under its key id; destroy it once the new checkpoint is published.
    """
    django_up(or_demo=True)
    from django.conf import settings

    from sirekap import keys as key_files
    from sirekap.records.clock import now
    from sirekap.workflow import public_log, sequencing

    folder = settings.CONFIG.keys
    old = key_files.load(folder, key_files.Purpose.LOG)
    key_files.refuse_demo(old, settings.CONFIG.mode)
    new = key_files.prepare_rotation(folder)
    public_log.rotate_log_key(account(username), old.signer, new.signer, reason, now())
    kept = key_files.finish_rotation(folder)
    sequencing.sequence(now(), new.signer)
    emit({"ok": True, "vkey": new.signer.verifier.vkey, "old_key": str(kept)}, as_json)
