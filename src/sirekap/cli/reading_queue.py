"""Verbs of the reading queue: where it stands, read it once, export what people have settled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from sirekap.cli.common import as_json_option, django_up, emit, folder_option, say


@click.group()
def reading() -> None:
    """Antrean baca mesin: keadaan, kerjakan, ekspor / the reading queue."""


@reading.command("status")
@as_json_option
@folder_option
def status(as_json: bool) -> None:
    """Berapa foto menunggu, sedang, sudah, atau gagal dibaca / how many photographs wait, are read, failed."""
    django_up(or_demo=True)
    from sirekap.reading.version import READER
    from sirekap.records.models import PhotoReading, ReadingJob, StationContest
    from sirekap.workflow import reading_queue

    verdicts = {name: PhotoReading.objects.filter(verdict=name).count() for name in ("accept", "review", "refused")}
    errors = ReadingJob.objects.filter(state=ReadingJob.FAILED).values_list("error", flat=True).distinct()
    for error in errors[:5]:
        say(f"gagal / failed: {error}")
    jobs = reading_queue.counts()
    forms = StationContest.objects.filter(read=True, closed=False).count()
    emit({"ok": jobs["failed"] == 0, "reader": READER, "jobs": jobs, "readings": verdicts, "forms": forms}, as_json)


@reading.command("run")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Proses yang melihat foto.")
@click.option("--again", is_flag=True, help="Juga foto yang belum dibaca pembaca versi ini / also older photographs.")
@click.option("--prune", is_flag=True, help="Lalu hapus bukti kerja formulir terverifikasi / forget evidence.")
@as_json_option
@folder_option
def run(processes: int, again: bool, prune: bool, as_json: bool) -> None:
    """Baca semua foto dalam antrean, sekali jalan / read everything in the queue, once."""
    django_up(or_demo=True)
    from dataclasses import replace

    from sirekap.jobs.runner import photo_reader
    from sirekap.workflow import reading_queue

    queued = reading_queue.queue_again() if again else 0
    waiting = reading_queue.counts()
    started = time.monotonic()
    with _bar("Membaca / reading", waiting["queued"]) as advance, replace(photo_reader(), processes=processes) as loop:
        done = loop.run_once(advance)
    left = reading_queue.counts()
    result = {"ok": left["failed"] == 0, "queued_again": queued, **asdict(done), "jobs": left}
    if prune:
        result["pruned"] = reading_queue.prune()
    emit(result | {"seconds": round(time.monotonic() - started, 2)}, as_json)


@reading.command("export")
@click.option("--out", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder hasil.")
@click.option("--region", default="", help="Kode wilayah; kosong berarti semua / region code, empty for all.")
@as_json_option
@folder_option
def export(folder: Path, region: str, as_json: bool) -> None:
    """Ekspor kotak angka yang sudah diputuskan orang sebagai data latihan.

    Write 40 x 40 crops of verified forms with labels as future training data. A photograph exported for training
    leaves the test set.
    """
    django_up(or_demo=True)
    from sirekap.jobs.exporting import export as export_crops
    from sirekap.jobs.runner import evidence_store
    from sirekap.records.models import PhotoReading
    from sirekap.records.ranges import within

    photos = PhotoReading.objects.filter(within("row_id", region), row__verified__isnull=False, row__read=True).count()
    with _bar("Memotong / cutting", photos) as advance:
        written = export_crops(folder, evidence_store(), region, advance)
    say("Foto yang dipakai untuk latihan keluar dari himpunan uji. / Photographs used for training leave the test set.")
    emit({"ok": True, "folder": str(folder), **asdict(written)}, as_json)


@contextmanager
def _bar(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(text, total=total)
        yield lambda done: progress.advance(task, done)
