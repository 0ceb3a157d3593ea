"""Verbs that set an election up: create it, import its register, appoint people."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from sirekap.cli.common import account, as_json_option, django_up, emit, fail, say

FILES = ("regions.csv", "pairs.csv", "stations.csv")
ROLES = ("kpps", "pps", "operator", "member", "chair", "witness", "supervisor", "auditor", "administrator")


@click.group()
def election() -> None:
    """Buat pemilihan dan impor daftarnya / create an election and import its register."""


@election.command("create")
@click.argument("election_id")
@click.option("--name", required=True, help="Nama resmi / official name.")
@click.option("--voting-day", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--region", required=True, help="Kode wilayah administrator (2 atau 4 angka).")
@click.option("--admin", "username", default="admin", show_default=True, help="Nama pengguna administrator pertama.")
@click.option("--admin-name", required=True, help="Nama orangnya; tidak masuk buku besar / stays out of the ledger.")
@click.option("--simulated", is_flag=True, help="Data simulasi: tertulis pada setiap layar.")
@click.password_option(help="Kata sandi administrator.")
def create(
    election_id: str,
    name: str,
    voting_day: datetime,
    region: str,
    username: str,
    admin_name: str,
    simulated: bool,
    password: str,
) -> None:
    """Buka buku besar, angkat administrator pertama, buat pemilihan (sekali per basis data)."""
    django_up()
    from django.db import transaction

    from sirekap import keys
    from sirekap.config import load
    from sirekap.election.roles import Role
    from sirekap.records.clock import now
    from sirekap.records.models import Account
    from sirekap.workflow import people as people_acts
    from sirekap.workflow import register

    config = load(os.environ)
    key = keys.load(config.keys, keys.Purpose.LOG)
    keys.refuse_demo(key, config.mode)
    at = now()
    with transaction.atomic():
        register.open_ledger(key.name, "real", key.signer.verifier.vkey, at)
        person = people_acts.register_person(admin_name, at)
        people_acts.appoint(None, person, Role.ADMINISTRATOR, region, at)
        register.create_election(people_acts.actor_of(person.pk), election_id, name, voting_day.date(), simulated, at)
        Account.objects.create_account(username, person.pk, password)
    say(f"✓ {name}. Masuk sebagai “{username}”. / Sign in as “{username}”.")


@election.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--as", "username", default="admin", show_default=True, help="Akun yang mengimpor / who imports.")
@as_json_option
def import_register(folder: Path, username: str, as_json: bool) -> None:
    """Impor regions.csv, pairs.csv dan stations.csv dari FOLDER: semua atau tidak sama sekali."""
    django_up()
    from sirekap.records.clock import now
    from sirekap.workflow import register

    texts = {}
    for file in FILES:
        try:
            texts[file] = (folder / file).read_text(encoding="utf-8")
        except OSError:
            fail(f"{folder / file} tidak dapat dibaca.", f"{folder / file} cannot be read.", 2)
        except UnicodeDecodeError:
            fail(f"{file} bukan teks UTF-8.", f"{file} is not UTF-8 text.", 2)
    at = now()
    done = register.import_register(account(username), texts, at.date(), at)
    emit({"ok": True, "stations": done.stations, "changed": done.changed}, as_json)


@election.command("elect")
@click.argument("contest")
@click.option("--basis", type=click.Choice(["brpk", "ruling"]), required=True, help="BRPK MK atau putusan MK.")
@click.option("--reference", required=True, help="Nomor BRPK, putusan, atau SK / its number.")
@click.option("--number", default="", help="Nomor SK pasangan calon terpilih / number of the decision on the pair.")
@click.option("--as", "username", required=True, help="Akun ketua KPU / the commission chair's account.")
def elect(contest: str, basis: str, reference: str, number: str, username: str) -> None:
    """Catat pasangan calon terpilih sesudah BRPK atau putusan MK / record the elected pair."""
    django_up()
    from sirekap.records.clock import now
    from sirekap.workflow import determination

    determination.elect(account(username), contest, basis, reference, now(), decision_number=number)
    say(f"✓ {contest}")


@click.group()
def people() -> None:
    """Petugas dan mandatnya / people and their mandates."""


@people.command("appoint")
@click.option("--name", required=True, help="Nama orangnya; tidak masuk buku besar.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--region", required=True, help="Kode wilayah mandat / region code of the mandate.")
@click.option("--user", "username", required=True, help="Nama pengguna untuk masuk / sign-in name.")
@click.option("--as", "by", default="admin", show_default=True, help="Akun yang mengangkat / who appoints.")
@click.password_option(help="Kata sandi awal / first password.")
def appoint(name: str, role: str, region: str, username: str, by: str, password: str) -> None:
    """Angkat seseorang dan beri akun masuk / appoint a person with a sign-in."""
    django_up()
    from django.db import transaction

    from sirekap.election.roles import Role
    from sirekap.records.clock import now
    from sirekap.records.models import Account
    from sirekap.workflow import people as people_acts

    if Account.objects.filter(username=username).exists():
        fail(f"Nama pengguna “{username}” sudah dipakai.", f"User name “{username}” is taken.")
    at = now()
    with transaction.atomic():
        person = people_acts.register_person(name, at)
        people_acts.appoint(account(by), person, Role(role), region, at)
        Account.objects.create_account(username, person.pk, password)
    say(f"✓ {username}: {role} {region}")
