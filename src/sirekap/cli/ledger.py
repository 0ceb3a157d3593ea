"""`sirekap ledger ...`: the node's own verbs; those for anybody outside are in `ledger_public`."""

from __future__ import annotations

from pathlib import Path

import click

from sirekap.cli.common import account, as_json_option, django_up, emit, fail, folder_option
from sirekap.cli.ledger_public import PUBLIC_VERBS


def signed_head(checkpoint: Path | None, key: Path | None) -> tuple[int, bytes] | None:
    """Size and root of a checkpoint whose signature holds; both files or neither."""
    if checkpoint is None or key is None:
        if checkpoint is not None or key is not None:
            fail("--checkpoint dan --key dipakai bersama.", "--checkpoint and --key go together.", 2)
        return None
    from sirekap.ledger.checkpoint import open_checkpoint
    from sirekap.ledger.note import parse_vkey

    head, _ = open_checkpoint(checkpoint.read_bytes(), parse_vkey(key.read_text().strip()))
    return head.size, head.root


@click.group()
def ledger() -> None:
    """Buku besar: urutkan, buktikan, saksikan, putar ulang / sequence, prove, witness, replay."""


@ledger.command("sequence")
@as_json_option
@folder_option
def ledger_sequence(as_json: bool) -> None:
    """Beri setiap entri yang tertunda tempatnya dan tandatangani kepala pohon."""
    django_up(or_demo=True)
    from sirekap.jobs.runner import sequence

    done = sequence()
    if done is None:
        emit({"ok": True, "added": 0, "busy": True}, as_json)
    else:
        emit({"ok": True, "added": done.added, "size": done.size, "root": done.root}, as_json)


@ledger.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@as_json_option
@folder_option
def ledger_export(target: Path, as_json: bool) -> None:
    """Tulis semua entri berurutan sebagai JSON per baris."""
    django_up(or_demo=True)
    from sirekap.records.replaying import export

    emit({"ok": True, "entries": export(target)}, as_json)


@ledger.command("digest")
@as_json_option
@folder_option
def ledger_digest(as_json: bool) -> None:
    """Sidik keadaan basis data ini, untuk dibandingkan dengan hasil putar ulang / this database's state digest."""
    django_up(or_demo=True)
    from sirekap.records.replaying import state_digest

    emit({"ok": True, "digest": state_digest()}, as_json)


@ledger.command("replay")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--checkpoint", type=click.Path(path_type=Path, exists=True), help="Titik periksa yang harus cocok.")
@click.option("--key", type=click.Path(path_type=Path, exists=True), help="Kunci publik buku besar (log.vkey).")
@as_json_option
def ledger_replay(source: Path, checkpoint: Path | None, key: Path | None, as_json: bool) -> None:
    """Putar ulang entri ke basis data KOSONG dari konfigurasi ini, lalu cetak sidik keadaannya.

    SOURCE: a file of `ledger export`, or the folder of a published site. Replays it into the EMPTY database of this
    configuration and prints the digest of the state it led to.
    """
    import resource

    django_up()
    from sirekap.records.migrating import migrate_database
    from sirekap.records.replaying import replay_file, state_digest

    head = signed_head(checkpoint, key)
    migrate_database()
    entries = replay_file(source, head)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    emit({"ok": True, "entries": entries, "digest": state_digest(), "peak_rss_mb": peak}, as_json)


@ledger.command("register-witness")
@click.argument("public_key", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--who", required=True, help="Lembaganya, bukan nama orang / the organisation, no person's name.")
@click.option("--as", "username", default="admin", show_default=True, help="Akun yang mendaftarkan / who registers.")
@as_json_option
@folder_option
def ledger_register_witness(public_key: Path, who: str, username: str, as_json: bool) -> None:
    """Daftarkan saksi dengan berkas .vkey miliknya / register a witness by their .vkey file."""
    django_up(or_demo=True)
    from sirekap.records.clock import now
    from sirekap.workflow import public_log

    witness = public_log.register_witness(account(username), public_key.read_text("utf-8"), who, now())
    emit({"ok": True, "name": witness.name, "vkey": witness.vkey}, as_json)


@ledger.command("countersigned")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_json_option
@folder_option
def ledger_countersigned(file: Path, as_json: bool) -> None:
    """Terima titik periksa yang ditandatangani saksi, lalu terbitkan / take in a co-signed checkpoint, publish it."""
    django_up(or_demo=True)
    from sirekap.jobs.runner import publish_ledger_now
    from sirekap.records.clock import now
    from sirekap.workflow import public_log

    done = public_log.take_in(file.read_bytes(), now())
    emit(
        {"ok": True, "size": done.size, "added": list(done.added), "published": publish_ledger_now(done.size)}, as_json
    )


for verb in PUBLIC_VERBS:
    ledger.add_command(verb)
