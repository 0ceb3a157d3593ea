"""`sirekap region ...`: a regency's result as a signed package, sent to its province and received there."""

from __future__ import annotations

from pathlib import Path

import click

from sirekap.cli.common import account, as_json_option, django_up, emit, fail, folder_option, say


@click.group()
def region() -> None:
    """Hasil satu kabupaten/kota sebagai paket bertanda tangan / a regency's result as a signed package."""


@region.command("export")
@click.option("--region", "code", required=True, help="Kode kabupaten/kota, 4 angka / regency code.")
@click.option("--contest", required=True, help="Misalnya pkwkp-32 / for example pkwkp-32.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@as_json_option
@folder_option
def export(code: str, contest: str, out: Path, as_json: bool) -> None:
    """Tulis hasil kabupaten/kota yang plenonya sudah ditutup, untuk dikirim ke provinsi.

    Every station's figures column by column, their sums, and this node's checkpoint, signed by its log key.
    """
    django_up(or_demo=True)
    from sirekap.jobs.runner import log_signer
    from sirekap.records.clock import now
    from sirekap.workflow import received

    if out.exists():
        fail(f"{out} sudah ada dan tidak ditimpa.", f"{out} exists and is not overwritten.", 2)
    sha256, result = received.export_region(out, code, contest, log_signer(), now())
    emit({"ok": True, "file": str(out), "sha256": sha256, "stations": len(result.codes)}, as_json)


@region.command("receive")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--log-key",
    "log_key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Kunci buku besar pengirim (.vkey) yang dipercaya / the sender's log key you trust.",
)
@click.option("--as", "username", default="admin", show_default=True, help="Akun yang menerima / who receives.")
@as_json_option
@folder_option
def receive(files: tuple[Path, ...], log_key: Path | None, username: str, as_json: bool) -> None:
    """Periksa dan terima hasil kabupaten/kota dari simpul lain: tanda tangan, jumlah, aturan.

    Each file is an act of its own; the first one that is refused ends the run. One received before changes nothing.
    """
    django_up(or_demo=True)
    from sirekap.jobs.runner import evidence_store
    from sirekap.ledger.note import parse_vkey
    from sirekap.records.clock import now
    from sirekap.workflow import received

    trusted = parse_vkey(log_key.read_text(encoding="utf-8").strip()) if log_key else None
    if trusted is None:
        say("! Kunci pengirim diambil dari paketnya sendiri. / The sender's key is taken from the package itself.")
    actor, store, taken = account(username), evidence_store(), []
    for file in files:
        found, before = received.receive_region(actor, file, store, now(), trusted)
        what = {"region": found.region_id, "contest": found.contest_id, "stations": found.stations}
        taken.append({**what, "already_received": before, "simulated": found.simulated})
        say(f"✓ {found.region_id}: {found.stations} TPS" + (" (sudah diterima / before)" if before else ""))
    emit({"ok": True, "received": taken}, as_json)
