"""Queue, bahan pleno, register and the public site."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from support import small_election as small
from support.databases import Node

from sirekap.election.roles import Role
from sirekap.publication import check_page
from sirekap.records import queries
from sirekap.records.models import Account, Mandate, StationContest
from sirekap.web.views import errors
from sirekap.workflow import verification

from .conftest import BOTH, PASSWORD, SignIn, state

ROWS = small.rows_of(small.VILLAGES[0], (small.REGENT,))
DAY = "2024-11-28"


def stated(node: Node, row: str) -> None:
    small.photograph(node.small, node.store, row)
    verification.make_statement(node.small.kpps[row[:13]], row, small.figures(row), node.small.at)


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@BOTH
def test_queue_asks_as_many_queries_for_three_rows_as_for_one(node: Node, sign_in: SignIn) -> None:
    client, address = sign_in(node.small.operators[0]), reverse("queue")
    stated(node, ROWS[0])
    count(client, address)
    one = count(client, address)
    for row in ROWS[1:]:
        stated(node, row)
    assert count(client, address) == one


@pytest.mark.parametrize("name", ["materials", "region"])
def test_materials_ask_as_many_queries_for_three_stations_as_for_one(node: Node, sign_in: SignIn, name: str) -> None:
    client = sign_in(node.small.chairs[small.DISTRICTS[0]])
    arguments = [small.VILLAGES[0]] if name == "region" else [small.REGENT, small.VILLAGES[0]]
    small.verify(node.small, node.store, ROWS[0])
    one = count(client, reverse(name, args=arguments))
    for row in ROWS[1:]:
        small.verify(node.small, node.store, row)
    assert count(client, reverse(name, args=arguments)) == one


@BOTH
def test_materials_tell_the_findings_that_are_on_the_paper(node: Node, sign_in: SignIn) -> None:
    figures = small.figures(ROWS[0])
    wrong = {**figures, "disabled_j": figures["disabled_j"] + 1}
    small.photograph(node.small, node.store, ROWS[0])
    for actor in (node.small.kpps[ROWS[0][:13]], node.small.operators[0]):
        verification.make_statement(actor, ROWS[0], wrong, node.small.at, paper_wrong=True)
    row = StationContest.objects.get(pk=ROWS[0])
    assert row.findings
    page = sign_in(node.small.chairs[small.DISTRICTS[0]]).get(
        reverse("materials", args=[small.REGENT, small.DISTRICTS[0]])
    )
    assert f"{row.findings[0]}</span>" in page.content.decode()
    assert "Kemungkinan sebab" in page.content.decode()


def test_materials_show_every_row_what_is_missing_and_the_village_sums(node: Node, sign_in: SignIn) -> None:
    for row in ROWS[:2]:
        small.verify(node.small, node.store, row)
    client = sign_in(node.small.chairs[small.DISTRICTS[0]])
    answer = client.get(reverse("materials_csv", args=[small.REGENT, small.VILLAGES[0]]))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    figures = [small.figures(row) for row in ROWS[:2]]
    assert [r["standing"] for r in rows] == ["verified", "verified", "awaited", ""]
    assert {k: int(rows[-1][k]) for k in figures[0]} == {k: figures[0][k] + figures[1][k] for k in figures[0]}
    assert (rows[-1]["counted"], rows[-1]["stations"], rows[2]["valid"]) == ("2", "3", "")
    page = client.get(reverse("materials", args=[small.REGENT, small.VILLAGES[0]])).content.decode()
    assert "Belum masuk jumlah" in page and "V.C" in page and "I.A.1" in page


def test_stations_are_added_amended_merged_and_closed_with_reasons(node: Node, sign_in: SignIn) -> None:
    client, address = sign_in(node.small.administrator), reverse("stations")
    new = f"{small.VILLAGES[0]}004"
    base = {"code": new, "reason": "Pemilih pindah", "effective": DAY, "men": "10", "women": "12"}
    assert client.post(address, {**base, "change": "add"}).status_code == 302
    assert client.post(address, {**base, "change": "amend", "men": "11"}).status_code == 302
    assert queries.rolls([new]) == {new: (11, 12)}
    before = state()
    for change in ({"change": "add"}, {"change": "amend", "men": "1,5"}, {"change": "x"}, {"change": "close"}):
        data = {**base, **change, **({"reason": ""} if change["change"] == "close" else {})}
        assert client.post(address, data).status_code in (400, 409)
    assert client.post(address, {**base, "change": "close", "effective": "kemarin"}).status_code == 400
    assert state() == before
    assert client.post(address, {**base, "change": "merge", "into": small.STATIONS[0]}).status_code == 302
    assert queries.rolls([small.STATIONS[0]])[small.STATIONS[0]] == (111, 122)
    other = {**base, "code": small.STATIONS[1], "change": "close"}
    assert client.post(address, other).status_code == 302
    assert "Ditutup" in client.get(f"{address}?desa={small.VILLAGES[0]}").content.decode()


def upload(files: dict[str, Any]) -> dict[str, Any]:
    sent = {
        name: SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())
        for name, data in files.items()
    }
    return {**sent, "effective": DAY}


def test_import_shows_every_complaint_and_changes_nothing(node: Node, sign_in: SignIn) -> None:
    client, address, before = sign_in(node.small.administrator), reverse("import"), state()
    files = small.csv_files()
    broken = {**files, "stations.csv": files["stations.csv"] + "123,5,6\n3216012001001,1,2\n32160120"}
    answer = client.post(address, upload(broken))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "stations.csv, baris 14, kolom code" in page and "mungkin berkas terpotong" in page
    assert client.post(address, upload({**files, "pairs.csv": b"\xff\xfe"})).status_code == 400
    assert client.post(address, {"effective": DAY}).status_code == 400
    assert state() == before
    assert "sudah pernah diimpor" in client.post(address, upload(files), follow=True).content.decode()
    assert state() == before


def test_people_are_appointed_and_mandates_ended(node: Node, sign_in: SignIn) -> None:
    client, address = sign_in(node.small.administrator), reverse("people")
    person = {"name": "Petugas Baru", "role": "operator", "region": "321602", "username": "baru"}
    before = state()
    assert client.post(address, {**person, "password": "123"}).status_code == 400
    assert client.post(address, {**person, "password": "panjang-dan-aman", "region": "3"}).status_code == 400
    assert (state(), Account.objects.filter(username="baru").exists()) == (before, False)
    assert client.post(address, {**person, "password": "panjang-dan-aman"}).status_code == 302
    guest = Client()
    assert guest.post(reverse("sign_in"), {"username": "baru", "password": "keliru"}).status_code == 400
    answer = guest.post(reverse("sign_in"), {"username": "baru", "password": "panjang-dan-aman", "next": "//evil.test"})
    assert answer.headers["Location"] == reverse("work")
    assert "Antrean verifikasi" in guest.get(reverse("work")).content.decode()
    mandate = Mandate.objects.get(region="321602", role=Role.OPERATOR)
    assert "Petugas Baru" in client.get(address, {"cari": "Petugas"}).content.decode()
    assert client.post(address, {"mandate": "bukan", "reason": "Selesai"}).status_code == 404
    assert client.post(address, {"mandate": str(mandate.pk), "reason": "Selesai bertugas"}).status_code == 302
    assert guest.get(reverse("queue")).status_code == 403
    assert guest.post(reverse("sign_out")).status_code == 302
    assert guest.get(reverse("work")).status_code == 302


@pytest.fixture
def site(node: Node, tmp_path: Path) -> Client:
    folder = tmp_path / "site"
    (folder / "pkwkk").mkdir(parents=True)
    (folder / "index.html").write_text("<p>beranda")
    (folder / "pkwkk" / "index.html").write_text("<p>bupati")
    (folder / "data.csv").write_text("a,b\n")
    (folder / ".publishing").write_text("kunci")
    (folder / "luar").symlink_to(tmp_path)
    (tmp_path / "rahasia.txt").write_text("rahasia")
    return Client()


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/", "text/html; charset=utf-8", b"<p>beranda"),
        ("/pkwkk/", "text/html; charset=utf-8", b"<p>bupati"),
        ("/data.csv", "text/csv; charset=utf-8", b"a,b\n"),
    ],
)
def test_public_site_is_served_as_files(site: Client, path: str, kind: str, body: bytes) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.headers["Content-Type"], answer.getvalue()) == (200, kind, body)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_check_page_may_run_its_own_script_and_no_other(site: Client, tmp_path: Path) -> None:
    path, data = check_page.page()
    (tmp_path / "site" / path).write_bytes(data)
    policy = site.get(f"/{path}").headers["Content-Security-Policy"]
    (script,) = re.findall(rb"<script>(.*?)</script>", data, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy and "default-src 'none'" in policy


@pytest.mark.parametrize(
    "path",
    [
        "/../rahasia.txt",
        "/%2e%2e/rahasia.txt",
        "/pkwkk/../../rahasia.txt",
        "/luar/rahasia.txt",
        "/.publishing",
        "//etc/passwd",
        "/..%5crahasia.txt",
        "/a%00b",
        "/tiada.html",
        "/petugas/tiada",
    ],
)
def test_nothing_outside_the_public_site_is_served(site: Client, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert b"rahasia" not in answer.getvalue() and b"kunci" not in answer.getvalue()
    assert "Halaman tidak ditemukan" in answer.getvalue().decode()


def test_public_file_may_be_read_by_pages_of_others_and_a_staff_screen_not(site: Client) -> None:
    assert site.get("/data.csv").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in site.get("/petugas/masuk").headers


def test_unchanged_file_is_not_sent_again(site: Client) -> None:
    since = site.get("/data.csv").headers["Last-Modified"]
    assert site.get("/data.csv", headers={"If-Modified-Since": since}).status_code == 304


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_error_pages_say_what_happened_and_what_to_do(status: int) -> None:
    views = {400: errors.bad_request, 403: errors.forbidden, 404: errors.not_found, 500: errors.server_error}
    request = RequestFactory().get("/petugas/")
    request.user = AnonymousUser()
    answer = views[status](request)
    assert answer.status_code == status
    assert 'lang="en"' in answer.content.decode()
    assert ("Referensi" in answer.content.decode()) is (status == 500)


def test_folder_without_its_slash_is_redirected(site: Client) -> None:
    assert site.get("/pkwkk").headers["Location"] == "/pkwkk/"
    assert site.get("/petugas").headers["Location"] == "/petugas/"


def test_stylesheet_is_the_look_under_its_own_name(site: Client) -> None:
    from sirekap.web.pages import css

    assert site.get(css()).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert site.get("/petugas/gaya/lain.css").status_code == 404


def test_wrong_password_is_refused_without_saying_which_part(node: Node) -> None:
    Account.objects.create_account("ada", node.small.administrator.person, PASSWORD)
    pages = [
        Client().post(reverse("sign_in"), {"username": name, "password": "salah"}).content.decode()
        for name in ("ada", "tiada")
    ]
    assert all("Nama pengguna atau kata sandi keliru" in page for page in pages)
