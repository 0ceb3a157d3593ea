"""Verbs of the public result: one cut, cuts for as long as it runs, a bundle for mirrors and verifiers."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sirekap.cli.common import as_json_option, django_up, emit, fail, folder_option, say

if TYPE_CHECKING:
    from rich.progress import Progress

    from sirekap.publication.model import Report


@click.command()
@click.option("--whole", is_flag=True, help="Semua halaman, bukan hanya yang berubah / every page.")
@click.option("--watch", "keep_on", is_flag=True, help="Terus: satu potongan tiap ada perubahan / until stopped.")
@click.option("--every", type=click.FloatRange(min=0.1), help="Detik di antara dua potongan / seconds between cuts.")
@click.option("--processes", type=click.IntRange(1, 64), help="Proses untuk potongan besar; bawaan: semua inti.")
@as_json_option
@folder_option
def publish(whole: bool, keep_on: bool, every: float | None, processes: int | None, as_json: bool) -> None:
    """Terbitkan satu potongan situs publik, atau terus-menerus / publish one cut, or keep publishing."""
    django_up(or_demo=True)
    processes = processes or len(os.sched_getaffinity(0))
    if keep_on:
        _watch(whole, every, processes, as_json)
        return
    from sirekap.jobs.runner import PublisherBusy, cut
    from sirekap.publication.publish import LedgerBehind

    started = time.monotonic()
    try:
        with _bar("Menerbitkan / publishing") as advance:
            report = cut(whole=whole, advance=advance, wait=False, processes=processes)
    except PublisherBusy:
        fail("Proses lain sedang menerbitkan. Coba lagi nanti.", "Another process is publishing. Try again later.")
    except LedgerBehind as error:
        fail(error.text_id, error.text_en)
    result: dict[str, Any] = {"ok": True, "changed": report is not None}
    result["seconds"] = round(time.monotonic() - started, 2)
    if report is not None:
        result |= {"cut": report.cut, "files": report.files_written, "bytes": report.bytes_written}
        result |= {"removed": report.files_removed, "manifest": report.manifest_sha256}
    emit(result, as_json)


def _watch(whole: bool, every: float | None, processes: int, as_json: bool) -> None:
    from dataclasses import asdict

    from sirekap.jobs.runner import config, cut
    from sirekap.jobs.watching import watch

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    seconds = float(config().cut_seconds) if every is None else every
    all_pages = whole

    def one_cut() -> Report | None:
        nonlocal all_pages
        report = cut(whole=all_pages, processes=processes)
        all_pages = False
        return report

    say(
        f"Menerbitkan ke {config().site}, paling sering tiap {seconds:g} detik / publishing, at most once in that time."
    )
    done = watch(stop, seconds, one_cut, _say_cut, _say_failure)
    emit({"ok": True, **asdict(done)}, as_json)


def _say_cut(report: Report, seconds: float) -> None:
    say(
        f"Potongan {report.cut}: {report.files_written} berkas, {report.bytes_written:,} byte, {seconds:.1f} detik"
        f" / cut {report.cut}: files and bytes written"
    )


def _say_failure(error: Exception) -> None:
    text_id = getattr(error, "text_id", f"{type(error).__name__}: {error}")
    text_en = getattr(error, "text_en", "the cut failed")
    say(f"✗ Potongan gagal, yang sudah terbit tetap, dicoba lagi: {text_id}")
    say(f"  The cut failed, what is published stays, it will be tried again: {text_en}")


@click.command()
@click.option(
    "--photos",
    type=click.Choice(["none", "sample", "all"]),
    default="sample",
    show_default=True,
    help="Foto yang ikut / photographs to include.",
)
@click.option("--sample", default=200, show_default=True, type=click.IntRange(min=1), help="Foto dalam contoh.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="BERKAS.tar atau folder / tar or folder.")
@click.option("--site", type=click.Path(path_type=Path, file_okay=False), help="Situs; bawaan dari konfigurasi.")
@as_json_option
@folder_option
def bundle(photos: str, sample: int, out: Path, site: Path | None, as_json: bool) -> None:
    """Kemas potongan terakhir sebagai berkas biasa, untuk cermin dan pemeriksa.

    The newest cut as plain files: site, open data, ledger, documents, manifests, and all, some or no photographs.
    The same cut gives the same bytes. Check it with `python verifier/sirekap_verify.py OUT`.
    """
    from dataclasses import asdict

    from sirekap.publication.bundle import Photos, make

    if site is None:
        django_up(or_demo=True)
        from sirekap.jobs.runner import config

        site = config().site
    started = time.monotonic()
    with _bytes_bar("Mengemas / bundling") as advance:
        made = make(site, out, Photos(photos), sample=sample, advance=advance)
    emit({"ok": True, "out": str(out), **asdict(made), "seconds": round(time.monotonic() - started, 2)}, as_json)


@contextmanager
def _bar(text: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr that learns its length with the first step: (done, total) stations."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _progress(*columns) as progress:
        yield _stepping(progress, text)


@contextmanager
def _bytes_bar(text: str) -> Iterator[Callable[[int, int], None]]:
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

    with _progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()) as progress:
        yield _stepping(progress, text)


def _progress(*columns: Any) -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    return Progress(*columns, console=Console(stderr=True))


def _stepping(progress: Progress, text: str) -> Callable[[int, int], None]:
    task = progress.add_task(text, total=None, visible=False)
    return lambda done, total: progress.update(task, completed=done, total=total, visible=True)
