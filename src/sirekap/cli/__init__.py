"""`sirekap ...`: every operation is a verb here. Heavy modules are imported only by the verb that needs them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from sirekap.cli.common import DEMO, as_json_option, django_up, emit, fail, folder_option, say
from sirekap.cli.contest import contest
from sirekap.cli.documents import documents
from sirekap.cli.keys import keys
from sirekap.cli.ledger import ledger
from sirekap.cli.paper import paper
from sirekap.cli.plenary import plenary
from sirekap.cli.publishing import bundle, publish
from sirekap.cli.reading import read
from sirekap.cli.reading_queue import reading
from sirekap.cli.region import region
from sirekap.cli.setting_up import election, people
from sirekap.cli.simulate import simulate

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class Verbs(click.Group):
    """Ends with an error's own two sentences instead of a traceback, whatever room raised it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if hasattr(error, "text_id"):
                fail(error.text_id, getattr(error, "text_en", ""))
            if type(error).__name__ in ("OperationalError", "ProgrammingError"):
                fail(
                    f"Basis data tidak dapat dipakai ({error}). Jalankan `sirekap check`, lalu `sirekap migrate`.",
                    f"The database cannot be used ({error}). Run `sirekap check`, then `sirekap migrate`.",
                )
            raise


@click.group(context_settings=CONTEXT, cls=Verbs)
@click.version_option(package_name="sirekap")
def main() -> None:
    """Sirekap: rekapitulasi pemilihan yang dapat diperiksa siapa pun.

    An open, verifiable recapitulation of Indonesian elections. Start with `sirekap demo`; every
    verb explains itself with --help. Settings come from the environment: `sirekap check`.
    """


@main.command()
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=DEMO, show_default=True)
@click.option("--seed", default=2024, show_default=True, help="Benih acak baris TPS / seed of the station rows.")
@click.option("--until", default="", help="Berhenti lebih awal / stop earlier: arrived=0.905 | at=2024-11-28T10:15")
@click.option("--serve/--no-serve", default=True, help="Layani situs sesudahnya / serve the site afterwards.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@as_json_option
def demo(folder: Path, seed: int, until: str, serve: bool, host: str, port: int, as_json: bool) -> None:
    """Pemilihan Kabupaten Bekasi 2024, dari foto TPS sampai penetapan.

    Builds the whole election in an empty folder through the same acts as the screens, publishes
    the site, replays the ledger, then serves everything. Station rows are simulated.
    """
    from sirekap.demo.run import Options
    from sirekap.demo.run import main as run

    run(Options(folder, seed, until, serve, as_json, host, port))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--work/--no-work", "with_work", default=True, help="Juga kerjakan pekerjaan latar di proses ini.")
@folder_option
def serve(host: str, port: int, with_work: bool) -> None:
    """Layani layar petugas dan situs publik, berikut pekerjaan latarnya.

    Serve the staff screens and the public site. One process is enough for a laptop; a larger node
    runs `serve --no-work` and `work` apart, so that only `work` reads the log key.
    """
    django_up(or_demo=True)
    from sirekap.jobs.runner import start_thread
    from sirekap.web.serve import serve as serve_web

    if with_work:
        start_thread()
    say(f"http://{host}:{port}/  ·  http://{host}:{port}/petugas/")
    serve_web(host, port)


@main.command()
@click.option("--once", is_flag=True, help="Sekali saja, lalu selesai / one round only.")
@folder_option
def work(once: bool) -> None:
    """Pekerjaan latar: mengurutkan buku besar dan menerbitkan potongan / sequence and publish."""
    django_up(or_demo=True)
    from sirekap.jobs.runner import run_forever, run_once

    run_once() if once else run_forever()


@main.command()
def migrate() -> None:
    """Siapkan atau perbarui basis data / create or upgrade the database."""
    django_up()
    from sirekap.records.migrating import migrate_database

    migrate_database()
    say("Basis data siap. / The database is ready.")


@main.command()
@as_json_option
def check(as_json: bool) -> None:
    """Apa yang salah dengan konfigurasi ini / what is wrong with this configuration."""
    from sirekap.config import ConfigError, load
    from sirekap.config import check as check_config

    try:
        problems = check_config(load(os.environ))
    except ConfigError as error:
        problems = list(error.problems)
    for problem in problems:
        say("\n".join(problem.lines()))
    errors = [p for p in problems if p.severity == "error"]
    emit({"ok": not errors, "problems": [p.code for p in problems]}, as_json)
    sys.exit(1 if errors else 0)


@main.command()
@as_json_option
@folder_option
def rebuild(as_json: bool) -> None:
    """Turunkan lagi semua baris kursor dari fakta; pada data sehat tidak ada yang berubah."""
    django_up(or_demo=True)
    from sirekap.records.rebuilding import rebuild as rebuild_cursors

    emit(rebuild_cursors(), as_json)


@main.command()
@as_json_option
@folder_option
def sanity(as_json: bool) -> None:
    """Periksa bahwa setiap foto ada dan hash-nya benar / every photo present, every checksum right."""
    django_up(or_demo=True)
    from sirekap.evidence.sanity import check_all
    from sirekap.jobs.runner import evidence_store
    from sirekap.records.models import (
        Correction,
        Document,
        DocumentScan,
        DocumentSignature,
        ObjectionAttachment,
        Photo,
        ReceivedRegion,
    )

    named = (
        (Photo, "sha256"),
        (Correction, "evidence"),
        (ObjectionAttachment, "sha256"),
        (ReceivedRegion, "package_sha256"),
        (Document, "sha256"),
        (DocumentSignature, "sha256"),
        (DocumentScan, "sha256"),
    )
    hashes = {found for model, column in named for found in model.objects.values_list(column, flat=True)}
    problems = check_all(evidence_store(), sorted(hashes))
    for problem in problems:
        say(f"{problem.sha256}: {problem.kind}")
    emit({"ok": not problems, "checked": len(hashes), "problems": len(problems)}, as_json)
    sys.exit(1 if problems else 0)


@main.group()
def rules() -> None:
    """Aturan pemeriksaan C.Hasil / the numbered checks."""


@rules.command("check")
@as_json_option
def rules_check(as_json: bool) -> None:
    """Periksa angka satu formulir dari stdin (objek JSON kunci isian) / check one form's figures."""
    from sirekap.election import chasil
    from sirekap.election.rules import check as check_rules
    from sirekap.election.rules import describe

    try:
        figures = json.loads(click.get_binary_stream("stdin").read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        figures = None
    if not isinstance(figures, dict):
        fail("Masukan harus satu objek JSON.", "The input must be one JSON object.", 2)
    pairs = figures.pop("pairs", None)
    if pairs is None:
        named = [n for n, field in enumerate(chasil.VOTES, start=1) if field.id in figures]
        pairs = max(named, default=2)
    if isinstance(pairs, bool) or not isinstance(pairs, int) or not 1 <= pairs <= chasil.MAX_COLUMNS:
        fail("“pairs” harus 1 sampai 10.", "“pairs” must be 1 to 10.", 2)
    findings = check_rules(figures, max(2, pairs))
    for finding in findings:
        say(f"{finding.code} {describe(finding, 'public')}")
    emit({"findings": [f.as_dict() for f in findings]}, as_json)


@main.command()
@click.argument("name")
@click.option("--quick", is_flag=True, help="Ukuran kecil / small size.")
@as_json_option
def bench(name: str, quick: bool, as_json: bool) -> None:
    """Ukur kecepatan, selalu terhadap pembanding pada jalan yang sama / measure against a baseline."""
    sys.path.insert(0, str(Path(__file__).parents[3]))
    try:
        from bench import BENCHES, load
    except ImportError:
        fail("Pengukuran hanya tersedia dari salinan repo.", "Benchmarks need a checkout of the repository.", 2)
    if name not in BENCHES:
        fail(f"Tidak ada pengukuran “{name}”. Ada: {', '.join(BENCHES)}.", f"No benchmark “{name}”.", 2)
    result = load(name)(quick)
    for key, value in result["figures"].items():
        say(f"{key:24} {value}")
    if as_json:
        click.echo(json.dumps(result))


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Hanya periksa; gagal bila usang / fail when outdated.")
def docs(only_check: bool) -> None:
    """Buat ulang halaman rujukan dari kode / regenerate the reference pages from the code."""
    from sirekap.reference import outdated, write

    stale = outdated() if only_check else write()
    for page in stale:
        say(f"{'usang' if only_check else 'ditulis'}: {page}")
    sys.exit(1 if only_check and stale else 0)


main.add_command(contest)
main.add_command(election)
main.add_command(documents)
main.add_command(keys)
main.add_command(ledger)
main.add_command(people)
main.add_command(paper)
main.add_command(plenary)
main.add_command(publish)
main.add_command(bundle)
main.add_command(reading)
main.add_command(read)
main.add_command(region)
main.add_command(simulate)
