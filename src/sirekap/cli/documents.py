"""`sirekap documents ...`: issue, sign, refuse, verify; the practice authority."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sirekap.cli.common import DEMO, account, as_json_option, django_up, emit, fail, folder_option, say

if TYPE_CHECKING:
    from sirekap.paper.verifying import Recorded, Trust

KINDS = (
    "dhasil_kecamatan",
    "dhasil_kabko",
    "dhasil_prov",
    "kejadian_khusus",
    "daftar_hadir",
    "tanda_terima",
    "berita_acara",
    "sk_hasil",
    "sk_terpilih",
    "bahan_pleno",
)
CAPACITIES = ("chair", "member", "witness", "supervisor")
as_option = click.option("--as", "username", required=True, help="Akun yang bertindak / the account that acts.")


@click.group()
def documents() -> None:
    """Dokumen rapat pleno: terbitkan, tanda tangani, periksa / the plenaries' documents."""


@documents.command("list")
@click.option("--region", default="", help="Kode wilayah / region code.")
@as_json_option
@folder_option
def documents_list(region: str, as_json: bool) -> None:
    """Dokumen yang sudah diterbitkan dan siapa yang sudah menandatangani / what was issued, who signed."""
    django_up(or_demo=True)
    from sirekap.records.models import Document

    found = Document.objects.filter(region__code__startswith=region).select_related("cursor").order_by("entry_id")
    rows = [
        {
            "document": str(one.pk),
            "kind": one.kind,
            "region": one.region_id,
            "contest": one.contest_id,
            "version": one.version,
            "pages": one.pages,
            "sha256": one.cursor.sha256,
            "signed": one.cursor.signed,
            "complete": one.cursor.complete,
        }
        for one in found
    ]
    for row in rows:
        state = "lengkap" if row["complete"] else f"{len(row['signed'])} tanda tangan"
        say(f"{row['document']}  {row['kind']:<18} {row['region']:<6} {row['contest'] or '-':<12} {state}")
    emit({"ok": True, "documents": rows if as_json else len(rows)}, as_json)


@documents.command("issue")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--region", default="", help="Wilayah rapat pleno / region of the session.")
@click.option("--contest", default=None, help="Pemilihan, mis. pkwkk-3216 / contest.")
@click.option("--venue", default="", help="Tempat rapat / where the session was held.")
@as_option
@as_json_option
@folder_option
def documents_issue(kind: str, region: str, contest: str | None, venue: str, username: str, as_json: bool) -> None:
    """Buat satu dokumen dari data dan catat; belum ditandatangani / make one document, unsigned."""
    django_up(or_demo=True)
    from sirekap.jobs.runner import evidence_store
    from sirekap.records.clock import now
    from sirekap.workflow import documents as acts

    subject = _subject(kind, region, contest)
    made = acts.issue(account(username), evidence_store(), kind, subject, now(), contest=contest, venue=venue)
    emit({"ok": True, "document": str(made.pk), "sha256": made.sha256, "pages": made.pages}, as_json)


def _subject(kind: str, region: str, contest: str | None) -> Any:
    from sirekap.records.models import Determination, Elected, SessionCursor

    if kind in ("sk_hasil", "sk_terpilih"):
        model: Any = Determination if kind == "sk_hasil" else Elected
        found = model.objects.filter(contest_id=contest).order_by("entry_id").last()
    else:
        found = SessionCursor.objects.filter(region_id=region).first()
    if found is None:
        fail(
            "Rapat atau keputusannya tidak ada. Beri --region atau --contest.",
            "There is no such session or decision. Give --region or --contest.",
        )
    return found


@documents.command("sign")
@click.argument("document")
@click.option("--field", default=None, help="Kotaknya, bila Anda punya beberapa / which box, if several are yours.")
@as_option
@as_json_option
@folder_option
def documents_sign(document: str, field: str | None, username: str, as_json: bool) -> None:
    """Tanda tangani kotak Anda dengan kunci Anda / sign your box with your key.

    The key is where `officers/<person>.json` under SIREKAP_KEYS says: a file, a smart card, or a remote service.
    """
    django_up(or_demo=True)
    from sirekap.jobs.runner import evidence_store
    from sirekap.records.clock import now
    from sirekap.workflow import document_trust
    from sirekap.workflow import documents as acts

    actor = account(username)
    sealer = document_trust.sealer_of(actor.person, ask=lambda question: str(click.prompt(question, hide_input=True)))
    made = acts.sign(actor, evidence_store(), document, sealer, now(), field=field)
    emit({"ok": True, "field": made.field, "sequence": made.sequence, "sha256": made.sha256}, as_json)


@documents.command("refuse")
@click.argument("document")
@click.option("--capacity", type=click.Choice(CAPACITIES), required=True)
@click.option("--pair", type=int, default=None, help="Nomor pasangan calon saksi / the witness's pair.")
@click.option("--field", default=None, help="Kotaknya / which box, e.g. anggota-2.")
@click.option("--reason", required=True, help="Alasannya; tercatat dan tercetak / why, recorded and printed.")
@as_option
@as_json_option
@folder_option
def documents_refuse(
    document: str, capacity: str, pair: int | None, field: str | None, reason: str, username: str, as_json: bool
) -> None:
    """Catat bahwa seseorang tidak bersedia menandatangani / record that somebody will not sign."""
    django_up(or_demo=True)
    from sirekap.records.clock import now
    from sirekap.workflow import documents as acts

    made = acts.refuse_signature(account(username), document, capacity, pair, reason, now(), field=field)
    emit({"ok": True, "field": made.field}, as_json)


@documents.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM penerbit tepercaya.")
@click.option("--ledger/--no-ledger", default=None, help="Cocokkan dengan buku besar / compare with the ledger.")
@as_json_option
@folder_option
def documents_verify(file: Path, ca: Path | None, ledger: bool | None, as_json: bool) -> None:
    """Apakah berkas ini persis yang ditandatangani ketua dan anggota? / is this file what they signed?

    Prints the verdict: valid, invalid or unsigned, with the reasons. Status 0 only when valid. With a database
    at hand the file must also be one that its ledger names. Untrusted authorities: --ca FILE.
    """
    from sirekap.paper.verifying import VALID, verify, with_record

    data = _read(file)
    here = _database_at_hand(file) if ledger is not False else False
    if ledger and not here:
        fail("Basis data belum disiapkan di sini.", "There is no database here.", 2)
    recorded = _recorded(data) if here else None
    verdict = verify(data, _trust(ca, here), known=recorded.certificates if recorded else frozenset())
    if here and (recorded is not None or ledger or _is_ours(verdict.document)):
        verdict = with_record(verdict, recorded)
    for sign, found in (("✗", verdict.reasons), ("·", verdict.notes)):
        for one in found:
            say(f"{sign} {one.text_id}\n  {one.text_en}")
    if as_json:
        emit(verdict.as_dict(), True)
    else:
        emit({"verdict": verdict.verdict, "signatures": len(verdict.signatures), "sha256": verdict.sha256}, False)
    raise SystemExit(0 if verdict.verdict == VALID else 1)


def _read(file: Path) -> bytes:
    """At most one byte more than any document has, so that a huge file is refused without being read."""
    from sirekap.paper.verifying.examining import MOST_BYTES

    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def _database_at_hand(file: Path) -> bool:
    """Start Django where a database is configured, was made here, or is that of the demo the file lies in."""
    from sirekap.demo.run import MARKER, configure

    inside = [folder for folder in file.absolute().parents if (folder / MARKER).exists()]
    if "SIREKAP_DATABASE_URL" not in os.environ:
        if inside:
            configure(inside[0])
        elif not Path("var/sirekap.sqlite3").exists() and not (DEMO / MARKER).exists():
            return False
    django_up(or_demo=True)
    from django.db import DatabaseError

    from sirekap.records.models import Document

    try:
        Document.objects.exists()
    except DatabaseError:
        return False
    return True


def _trust(ca: Path | None, here: bool) -> Trust:
    from sirekap import config
    from sirekap.paper.signing import enrolling
    from sirekap.paper.verifying import load_trust

    if here:
        from django.conf import settings

        used = settings.CONFIG
    else:
        used = config.load(os.environ)
    file = ca or used.documents_trust or enrolling.authority_file(Path(used.keys))
    return load_trust(file, allow_test=not used.production)


def _recorded(data: bytes) -> Recorded | None:
    from sirekap.workflow.document_checks import recorded_of

    return recorded_of(data)


def _is_ours(document: str) -> bool:
    from sirekap.workflow.document_checks import is_ours

    return is_ours(document)


@documents.group("ca")
def documents_ca() -> None:
    """CA UJI COBA untuk latihan; produksi menolaknya / the TEST authority; production refuses it."""


@documents_ca.command("init")
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder kunci / key folder.")
@as_json_option
def ca_init(folder: Path | None, as_json: bool) -> None:
    """Buat CA UJI COBA (kunci 0600) / make the TEST authority."""
    from sirekap import config
    from sirekap.paper.signing import enrolling
    from sirekap.records.clock import now

    used = config.load(os.environ)
    if used.production:
        fail(
            "CA uji coba ditolak dalam mode produksi. Atur SIREKAP_DOCUMENTS_TRUST.",
            "The test CA is refused in production. Set SIREKAP_DOCUMENTS_TRUST.",
        )
    made = enrolling.init_authority((folder or Path(used.keys)).absolute(), now())
    emit({"ok": True, "certificate": str(made)}, as_json)


@documents_ca.command("enrol")
@click.option("--pair", type=int, default=None, help="Nomor pasangan calon, untuk saksi / a witness's pair.")
@as_option
@as_json_option
@folder_option
def ca_enrol(pair: int | None, username: str, as_json: bool) -> None:
    """Buat kunci dan sertifikat UJI COBA untuk satu akun / a TEST key and certificate for an account."""
    django_up(or_demo=True)
    from sirekap.records.clock import now
    from sirekap.workflow import document_trust

    person: uuid.UUID = account(username).person
    made = document_trust.enrol_for_practice(person, now(), pair=pair)
    emit({"ok": True, "settings": str(made)}, as_json)
