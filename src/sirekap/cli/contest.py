"""Verbs after the plenaries: re-votes by order, the court, the legal clock, where objections stand."""

from __future__ import annotations

from datetime import datetime

import click

from sirekap.cli.common import account, as_json_option, django_up, emit, fail, folder_option, say

KINDS = ("PSU", "PSL", "PSS", "PUSS")
REASONS = (
    "disaster",
    "box_opened",
    "marked_ballots",
    "spoiled_used",
    "ineligible",
    "double",
    "closed",
    "dark",
    "illegible",
    "unseen",
    "moved",
    "inconsistent",
    "totals_differ",
)
as_option = click.option("--as", "username", required=True, help="Akun ketua KPU / the commission chair's account.")
day = click.DateTime(["%Y-%m-%d"])


@click.group()
def contest() -> None:
    """Pemungutan ulang, putusan MK, jam hukum, keberatan / re-votes, the court, the legal clock, objections."""


@contest.command("order")
@click.argument("row")
@click.option(
    "--kind", type=click.Choice(KINDS), required=True, help="Jenisnya / re-vote, continued, delayed, recount."
)
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Alasan menurut undang-undang / the law's.")
@click.option("--date", "voting_date", type=day, required=True, help="Hari pelaksanaannya / the day it is held.")
@click.option("--number", required=True, help="Nomor keputusan KPU / number of the commission's decision.")
@click.option("--basis", type=click.Choice(["commission", "supervisor", "court"]), default="commission")
@as_option
@as_json_option
def order(
    row: str, kind: str, reason: str, voting_date: datetime, number: str, basis: str, username: str, as_json: bool
) -> None:
    """Perintahkan pemungutan atau penghitungan ulang satu TPS (ROW = kode TPS-jenis pemilihan).

    The station starts a new generation; the old one stays readable. Sessions closed over it are then to be reopened.
    """
    django_up()
    from sirekap.records.clock import now
    from sirekap.records.models import StationContest
    from sirekap.workflow import orders

    for warning in orders.order_warnings(voting_date.date()):
        say("! " + " / ".join(warning))
    generation = orders.order_generation(
        account(username), row, kind, reason, voting_date.date(), number, now(), basis=basis
    )
    reopen = orders.to_reopen(StationContest.objects.get(pk=row))
    for session in reopen:
        say(f"Buka kembali rapat pleno {session.region_id} / reopen the session of {session.region_id}")
    emit({"ok": True, "generation": generation, "reopen": [str(s.pk) for s in reopen]}, as_json)


@contest.command("court")
@click.argument("contest_id")
@click.option(
    "--event",
    type=click.Choice(["no_dispute", "petition", "dismissed", "granted"]),
    required=True,
    help="BRPK: tidak ada/ada perkara; putusan: ditolak/dikabulkan.",
)
@click.option("--reference", required=True, help="Nomor BRPK, perkara, atau putusan / its number.")
@click.option("--dated", type=day, required=True, help="Tanggal suratnya / the day it is dated.")
@as_option
def court(contest_id: str, event: str, reference: str, dated: datetime, username: str) -> None:
    """Catat buku registrasi atau putusan Mahkamah Konstitusi / record the court's register or ruling."""
    django_up()
    from sirekap.records.clock import now
    from sirekap.workflow import court as acts

    acts.record_court(account(username), contest_id, event, reference, dated.date(), now())
    say(f"✓ {contest_id}")


@contest.command("supersede")
@click.argument("contest_id")
@click.option(
    "--basis",
    type=click.Choice(["ruling", "supreme_court", "supervisor"]),
    required=True,
    help="Putusan MK, MA, atau Bawaslu.",
)
@click.option("--reference", required=True, help="Nomor putusan / number of the ruling.")
@as_option
def supersede(contest_id: str, basis: str, reference: str, username: str) -> None:
    """Batalkan penetapan hasil karena putusan; hitungan dilanjutkan / a ruling puts the contest back to counting."""
    django_up()
    from sirekap.records.clock import now
    from sirekap.workflow import court as acts

    acts.supersede(account(username), contest_id, basis, reference, now())
    say(f"✓ {contest_id}")


@contest.command("clock")
@click.argument("contest_id")
@click.option("--today", type=day, default=None, help="Hari setempat; kosong: sekarang / the local day.")
@as_json_option
@folder_option
def clock(contest_id: str, today: datetime | None, as_json: bool) -> None:
    """Apa yang ditunggu sesudah penetapan dan sampai kapan / what a contest waits for, and until when."""
    django_up(or_demo=True)
    from sirekap.election.legal_clock import LABEL_EN, LABEL_ID
    from sirekap.records.clock import now
    from sirekap.records.models import Contest
    from sirekap.workflow import court as acts

    if not Contest.objects.filter(pk=contest_id).exists():
        fail(f"Pemilihan {contest_id} tidak ditemukan.", f"There is no contest {contest_id}.")
    found = acts.legal_clock(contest_id, today.date() if today else acts.local_day(now(), contest_id))
    say(f"{LABEL_ID[found.state]} / {LABEL_EN[found.state]}")
    days = {"petition_until": found.petition_until, "due": found.due}
    said = {name: value.isoformat() if value else None for name, value in days.items()}
    emit({"state": found.state.value, **said, "days_left": found.days_left}, as_json)


@contest.command("objections")
@click.option("--region", default="", help="Kode wilayah; kosong: semua / region code, empty for all.")
@as_json_option
@folder_option
def objections(region: str, as_json: bool) -> None:
    """Keberatan dan kejadian khusus: di pleno mana masing-masing berada / where each objection stands."""
    django_up(or_demo=True)
    from collections import Counter

    from sirekap.records.models import Objection
    from sirekap.records.ranges import within
    from sirekap.workflow.objection_agenda import listed

    found = listed(Objection.objects.filter(within("region", region)))
    for item in found:
        one = item.objection
        about = one.row_id or one.region
        say(f"{one.pk}  {about}  {one.kind}  {item.standing.label_id()} / {item.standing.label_en()}")
    stages = Counter(item.standing.stage.value for item in found)
    emit({"objections": len(found), **dict(sorted(stages.items()))}, as_json)
