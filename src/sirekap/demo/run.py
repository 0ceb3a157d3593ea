"""`sirekap demo`: an empty folder in, a whole election out, with progress, summary and a served site."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from sirekap.demo.night import Night
    from sirekap.demo.plan import Plan

MARKER = ".sirekap-demo"
WIB = ZoneInfo("Asia/Jakarta")
console = Console(stderr=True, highlight=False)


class DemoError(Exception):
    """The demo cannot run; ``text_id`` and ``text_en`` say why and what to do."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id, self.text_en = text_id, text_en


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for. ``until``: ``arrived=0.905`` or ``at=2024-11-28T10:15`` (WIB)."""

    folder: Path
    seed: int = 2024
    until: str = ""
    serve: bool = True
    as_json: bool = False
    host: str = "127.0.0.1"
    port: int = 8000


def parse_until(text: str, total: int) -> Callable[[datetime, int], bool]:
    """A stop condition from ``--until``; raises `DemoError` for anything it does not know."""
    if not text:
        return lambda at, arrived: False
    key, _, value = text.partition("=")
    if key == "arrived" and re.fullmatch(r"0?\.\d+|[01](\.0+)?", value):
        share = float(value)
        return lambda at, arrived: arrived >= share * total
    if key == "at":
        try:
            moment = datetime.fromisoformat(value).replace(tzinfo=WIB)
        except ValueError:
            pass
        else:
            return lambda at, arrived: at > moment
    raise DemoError(
        f"--until “{text}” tidak dikenal. Pakai arrived=0.905 atau at=2024-11-28T10:15 (WIB).",
        f"--until “{text}” is unknown. Use arrived=0.905 or at=2024-11-28T10:15 (WIB).",
    )


def prepare(folder: Path) -> None:
    """Make ``folder`` an empty demo folder; refuses one that holds anything else."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        if not (folder / MARKER).exists():
            raise DemoError(
                f"{folder} tidak kosong dan bukan folder demo. Pilih folder lain dengan --dir.",
                f"{folder} is not empty and not a demo folder. Choose another with --dir.",
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Folder demo Sirekap; dihapus dan dibuat lagi oleh `sirekap demo`.\n")


def configure(folder: Path) -> None:
    """Point every setting at the demo's folder and start Django."""
    os.environ.update(
        {
            "SIREKAP_MODE": "development",
            "SIREKAP_DATABASE_URL": f"sqlite:///{folder / 'sirekap.sqlite3'}",
            "SIREKAP_EVIDENCE": str(folder / "evidence"),
            "SIREKAP_KEYS": str(folder / "keys"),
            "SIREKAP_SITE": str(folder / "site"),
            "SIREKAP_ALLOWED_HOSTS": "*",
            "DJANGO_SETTINGS_MODULE": "sirekap.settings",
        }
    )
    os.environ.pop("SIREKAP_DATABASE_OWNER_URL", None)
    import django

    django.setup()


@dataclass
class Bars:
    """Progress on the terminal: one line for the acts, one for the public pages."""

    progress: Progress
    task: TaskID

    def advance(self, label: str) -> None:
        """One act more."""
        self.progress.advance(self.task)


def _bars() -> Progress:
    return Progress(
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def main(options: Options) -> dict[str, Any]:
    """Run the demo; returns the summary of contract.md. Serving, if asked for, blocks."""
    started = time.monotonic()
    folder = options.folder.absolute()
    from sirekap.demo.generate import generate

    plan = generate(options.seed)
    stop = parse_until(options.until, 2 * len(plan.stations))
    prepare(folder)
    from sirekap import keys

    keys.init(folder / "keys", "demo.sirekap.local", demo=True, allow_in_repo=True)
    configure(folder)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from sirekap.demo.report import summary

    console.print("[bold]Sirekap[/bold] · demo Kabupaten Bekasi 2024 · [yellow]baris TPS disimulasikan[/yellow]")
    with _bars() as progress:
        night = _run_night(folder, plan, stop, progress)
        replay, pages = _publish_and_replay(folder, night, progress)
    out = summary(night, folder)
    out["replay_equal"] = replay["equal"]
    out["seconds"] = round(time.monotonic() - started, 1)
    out["peak_rss_mb"] = max(_peak_mb(), int(replay["peak_rss_mb"]))
    _write_documents(folder, night)
    _write_cards(folder, night.cast.cards)
    _show(out, night.cast.cards, pages, options)
    if options.as_json:
        print(json.dumps(out), flush=True)
    if options.serve:
        serve(options)
    return out


def _run_night(folder: Path, plan: Plan, stop: Callable[[datetime, int], bool], progress: Progress) -> Night:
    """Photographs are taken and read in another process while the night goes on, act by act."""
    from sirekap import keys
    from sirekap.demo import witness
    from sirekap.demo.night import Night
    from sirekap.demo.photographs import Studio
    from sirekap.evidence.store import open_store

    log, receipts = (keys.load(folder / "keys", purpose).signer for purpose in ("log", "receipts"))
    qr_key = keys.load(folder / "keys", keys.Purpose.QR)
    studio = Studio(plan, qr_key)
    expected = len(plan.events) + 3 * len(plan.stations) + len(plan.roll_amendments) + 2 * studio.photographs
    task = progress.add_task("Malam penghitungan", total=expected)
    taking = progress.add_task("Foto dipotret dan dibaca", total=studio.photographs)
    studio.done = partial(progress.advance, taking)
    night = Night(
        plan,
        open_store(str(folder / "evidence")),
        log,
        receipts,
        folder,
        witness=witness.make_key(folder),
        advance=Bars(progress, task).advance,
        stop=stop,
        studio=studio,
    )
    with studio:
        night.run()
    progress.update(task, total=night.acts)
    return night


def _peak_mb() -> int:
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024


def _publish_and_replay(folder: Path, night: Night, progress: Progress) -> tuple[dict[str, Any], int]:
    """Publish the site while another process replays the ledger into an empty database."""
    from sirekap.demo import witness
    from sirekap.publication.ledger_files import LEDGER, publish_ledger, publish_receipt_key
    from sirekap.publication.publish import publish
    from sirekap.records.replaying import state_digest

    site = folder / "site"
    publish_ledger(site, night.log)
    publish_receipt_key(site, night.receipts.verifier.vkey)
    copy = folder / "replay"
    copy.mkdir()
    shutil.copytree(site / LEDGER, copy / LEDGER)
    environment = {**os.environ, "SIREKAP_DATABASE_URL": f"sqlite:///{copy / 'sirekap.sqlite3'}"}
    command = [sys.executable, "-m", "sirekap.cli", "ledger", "replay", str(copy), "--json"]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    stations = 2 * len(night.plan.stations)
    task = progress.add_task("Halaman publik", total=stations)
    publish(site, night.store, night.log, night.now, advance=lambda done, total: progress.update(task, completed=done))
    witness.cosign(folder, night.log, night.now)
    progress.add_task("Buku besar diputar ulang ke basis data kosong", total=None)
    answer, _ = child.communicate()
    if child.returncode:
        raise DemoError("Pemutaran ulang buku besar gagal.", "Replaying the ledger failed.")
    replayed = json.loads(answer)
    replayed["equal"] = replayed["digest"] == state_digest()
    return replayed, stations


def _write_documents(folder: Path, night: Night) -> None:
    """Every document as a signed PDF, and the determinations as the ledger states them."""
    from sirekap.demo.papers import export
    from sirekap.records.models import Determination

    documents = folder / "documents"
    export(documents, night.store)
    for found in Determination.objects.select_related("entry"):
        (documents / f"penetapan-{found.contest_id}.json").write_bytes(bytes(found.entry.content))


def _write_cards(folder: Path, cards: list[Any]) -> None:
    target = folder / "kartu-masuk.txt"
    descriptor = os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        for card in cards:
            handle.write(f"{card.username}\t{card.password}\t{card.role}\t{card.region}\n")


def _show(out: dict[str, Any], cards: list[Any], pages: int, options: Options) -> None:
    table = Table(title="Hasil demo (baris TPS disimulasikan)", title_justify="left")
    for heading in ("Pemilihan", "Suara per nomor urut", "Sah", "Tidak sah", "Status terbanyak", "Terpilih"):
        table.add_column(heading)
    for kind, contest in out["contests"].items():
        standing = max(contest["standing"].items(), key=lambda item: item[1])
        votes = " / ".join(f"{v:,}".replace(",", ".") for v in contest["votes"])
        numbers = [f"{contest[key]:,}".replace(",", ".") for key in ("valid", "invalid")]
        table.add_row(kind, votes, *numbers, f"{standing[0]}: {standing[1]}", str(contest["winner"] or "–"))
    console.print(table)
    console.print(
        f"Buku besar {out['ledger']['size']} entri · {out['photos']} foto, {out['photos_read']} dibaca mesin · "
        f"diputar ulang sama: {out['replay_equal']} · salah diam-diam: {out['silently_wrong']} · "
        f"{out['seconds']} s · {out['peak_rss_mb']} MB"
    )
    if options.serve:
        sheet = Table(title="Kartu masuk petugas (hanya untuk demo ini)", title_justify="left")
        for heading in ("Peran", "Wilayah", "Nama pengguna", "Kata sandi"):
            sheet.add_column(heading)
        for card in cards:
            sheet.add_row(card.role, card.region, card.username, card.password)
        console.print(sheet)


def serve(options: Options) -> None:
    """Serve the public site and the staff screens until interrupted."""
    from sirekap.jobs.runner import start_thread
    from sirekap.web.serve import serve as serve_web

    start_thread()
    address = f"http://{options.host}:{options.port}"
    console.print(f"Situs publik: [bold]{address}/[/bold]   Petugas: [bold]{address}/petugas/[/bold]")
    console.print("Ctrl+C untuk berhenti.")
    serve_web(options.host, options.port)
