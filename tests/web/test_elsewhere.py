"""What other nodes do, on the screens: a locked district says why, a province shows what it received, a laptop says so."""

from __future__ import annotations

from pathlib import Path

from support import offline
from support import small_election as small
from support.databases import Node

from sirekap.ledger.checkpoint import Checkpoint, sign_checkpoint
from sirekap.records.models import RegionHold, RegionLock
from sirekap.simulate import west_java
from sirekap.workflow import nodes, received
from web.conftest import SignIn, state

DISTRICT = offline.DISTRICT


def lock(node: Node) -> None:
    nodes.lock_region(node.small.administrator, DISTRICT, None, offline.LAPTOP.verifier.vkey, small.AT)


def test_locked_district_says_that_it_meets_offline(node: Node, sign_in: SignIn) -> None:
    lock(node)
    client = sign_in(node.small.others[small.Role.AUDITOR])
    for region in (DISTRICT, small.REGENCY, small.VILLAGES[0]):
        assert "sedang rapat luring" in client.get(f"/petugas/wilayah/{region}/").content.decode()
    assert "sedang rapat luring" not in client.get(f"/petugas/wilayah/{offline.OTHER}/").content.decode()


def test_act_in_a_locked_district_is_refused_in_plain_words(node: Node, sign_in: SignIn) -> None:
    lock(node)
    before = state()
    client = sign_in(node.small.chairs[DISTRICT])
    answer = client.post(f"/petugas/pleno/buka/{DISTRICT}", {"contest": list(small.CONTESTS)})
    assert answer.status_code == 423
    assert "sedang rapat luring: datanya ada di laptop dan terkunci di sini" in answer.content.decode()
    assert state() == before


def test_laptop_says_on_every_screen_that_it_is_one(node: Node, sign_in: SignIn) -> None:
    lock(node)
    entry = RegionLock.objects.get()
    RegionHold.objects.update(here=True, pack=entry.pk)
    page = sign_in(node.small.chairs[DISTRICT]).get("/petugas/").content.decode()
    assert "Laptop rapat luring: Kecamatan Satu." in page


def test_province_lists_what_it_received_apart_from_its_own_progress(
    node: Node, sign_in: SignIn, tmp_path: Path
) -> None:
    result = next(r for r in west_java.results(1, (0, 0, 0, 0), 0) if r.region == "3279")
    sender = west_java.node_key(1, "3279")
    note = sign_checkpoint(Checkpoint(sender.name, 1, bytes(32)), sender).decode()
    received.write_result(tmp_path / "3279.tar", result, note, sender)
    received.receive_region(node.small.administrator, tmp_path / "3279.tar", node.store, small.AT, sender.verifier)
    page = sign_in(node.small.chairs[small.PROVINCE]).get("/petugas/wilayah/32/").content.decode()
    votes = int(result.figures[:, result.fields.index("votes_4")].sum())
    assert "memuat 285 TPS yang dihitung simpul lain" in page
    assert f"{votes:,}".replace(",", ".") in page
    assert "Baris TPS simpul lain adalah simulasi." in page
    own = sign_in(node.small.chairs[small.PROVINCE]).get("/petugas/wilayah/3279/")
    assert (own.status_code, "Kota Banjar" in own.content.decode()) == (200, True)
    assert "Dihitung oleh simpul lain: Gubernur Jawa Barat" in own.content.decode()
