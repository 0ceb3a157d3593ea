"""The published ledger as outsiders use it: proofs, comparison, co-signing and receipts, by the verbs they type."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import small_election as se
from support import story
from support.acts import refused
from support.databases import Node

from sirekap.cli import main
from sirekap.ledger.checkpoint import Checkpoint as TreeHead
from sirekap.ledger.checkpoint import open_checkpoint, sign_checkpoint
from sirekap.ledger.note import COSIGNATURE, Signer, cosign, parse_vkey
from sirekap.ledger.tree import leaf_hash
from sirekap.publication import ledger_files
from sirekap.records.journal import timestamp
from sirekap.records.models import Checkpoint, Cosignature, Entry, Witness
from sirekap.workflow import intake, public_log, sequencing

LOG, NEXT = story.FIRST_KEY, story.SIGNER
RECEIPTS = Signer("small.example/receipts", Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32))
ROW = se.rows_of("")[0]


def run(*arguments: object) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(main, ["ledger", *map(str, arguments), "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout) if done.stdout else {"error": done.stderr}


def grow(node: Node, label: str, log: Signer = LOG) -> intake.Receipt:
    """One photograph more, sequenced, signed and published."""
    receipt = intake.receive_photo(
        node.small.kpps[ROW[:13]], node.store, ROW, 1, se.photo(label), se.AT, signer=RECEIPTS
    )
    publish(node, log)
    return receipt


def publish(node: Node, log: Signer = LOG) -> Path:
    site = node.folder / "site"
    sequencing.sequence(node.small.at, log)
    ledger_files.publish_ledger(site, log)
    ledger_files.publish_receipt_key(site, RECEIPTS.verifier.vkey)
    (node.folder / "log.vkey").write_text(LOG.verifier.vkey + "\n")
    return site


def head_of(site: Path) -> TreeHead:
    vkey = parse_vkey((site / "buku-besar/log.vkey").read_text().strip())
    return open_checkpoint((site / "buku-besar/checkpoint").read_bytes(), vkey)[0]


def forged(site: Path, log: Signer = LOG) -> Path:
    """A copy of the site whose first entry reads otherwise: whole, consistent, signed by the same key."""
    from sirekap.ledger import tiles, tree
    from sirekap.records.replaying import entries_in

    copy = site.with_name("forged")
    shutil.copytree(site, copy)
    entries = list(entries_in(site))
    entries[0] = entries[0].replace(b"simulated", b"simulatex")
    for tile, data in tiles.build_tiles(0, tree.leaf_hashes(entries), lambda tile: b"").items():
        (copy / "buku-besar" / tile.path).write_bytes(data)
    for number in range(-(-len(entries) // 256)):
        some = entries[number * 256 : (number + 1) * 256]
        (copy / "buku-besar" / tiles.bundle_path(number, len(some))).write_bytes(tiles.bundle(some))
    head = TreeHead(log.name, len(entries), tree.root(tree.leaf_hashes(entries)))
    (copy / "buku-besar/checkpoint").write_bytes(sign_checkpoint(head, log))
    return copy


@pytest.fixture
def served(local: Node) -> Iterator[str]:
    """The site over HTTP, as any web server gives it."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(publish(local)))
    handler.log_message = lambda *a: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_every_kind_of_name_proves_the_same_entry(local: Node, served: str) -> None:
    entry = Entry.objects.get(leaf__index=7)
    answers = [
        run("prove", name, "--site", place, "--log-key", local.folder / "log.vkey")
        for name in ("7", entry.id, bytes(entry.leaf_hash).hex())
        for place in (served, local.folder / "site", local.folder / "site/buku-besar")
    ]
    assert answers == [answers[0]] * 9
    status, found = answers[0]
    assert (status, found["ok"], found["index"], found["size"]) == (0, True, 7, Entry.objects.count())
    assert found["entry"] == json.loads(bytes(entry.content))


@pytest.mark.parametrize("name", ["99999", "ab" * 32, "no-such-entry", "01936c34-7f00-7fa0-b56c-eea4c6a6b71f"])
def test_entry_that_is_not_there_is_not_proven(local: Node, name: str) -> None:
    assert run("prove", name, "--site", publish(local))[0] == 1


def test_two_sizes_are_consistent(local: Node) -> None:
    size = head_of(publish(local)).size
    for old, new in ((1, size), (5, 9), (size, size)):
        status, found = run("consistency", old, new, "--site", local.folder / "site")
        assert (status, found["ok"], found["old"], found["new"]) == (0, True, old, new)
    assert run("consistency", 9, 5, "--site", local.folder / "site")[0] == 2


def test_folder_that_is_no_site_is_refused(tmp_path: Path) -> None:
    status, found = run("consistency", 1, 2, "--site", tmp_path)
    assert status == 1 and "no published site" in found["error"]


def test_altered_tiles_are_refused(local: Node) -> None:
    site = publish(local)
    (tile,) = (site / "buku-besar/tile/0/000.p").iterdir()
    tile.write_bytes(bytes(len(tile.read_bytes())))
    status, found = run("prove", 3, "--site", site)
    assert status == 1 and "do not give the signed root" in found["error"]


def test_compare_tells_growth_from_a_fork_and_keeps_the_proof(local: Node) -> None:
    site = publish(local)
    old = shutil.copy(site / "buku-besar/checkpoint", local.folder / "old")
    grow(local, "a")
    new = site / "buku-besar/checkpoint"
    assert run("compare", old, old, "--site", site)[1]["verdict"] == "equal"
    status, found = run("compare", new, old, "--site", site)
    assert (status, found["verdict"]) == (0, "consistent")
    other = forged(site)
    for pair, place in (
        ((old, other / "buku-besar/checkpoint"), other),
        ((new, other / "buku-besar/checkpoint"), site),
    ):
        status, found = run("compare", *pair, "--site", place)
        assert (status, found["ok"], found["verdict"]) == (3, False, "forked")
        kept = json.loads(Path(found["proof"]).read_text())
        assert kept["notes"] == [Path(file).read_text() for file in pair]
        assert run("forked", found["proof"], "--log-key", local.folder / "log.vkey") == (
            0,
            {"ok": True, "forked": True},
        )
        honest = dict(kept, notes=[kept["notes"][0]] * 2)
        wrong = dict(kept, prefix="ab" * 32, notes=[Path(old).read_text(), new.read_text()])
        for false in (honest, wrong):
            (local.folder / "false.json").write_text(json.dumps(false))
            assert run("forked", local.folder / "false.json", "--log-key", local.folder / "log.vkey")[0] == 1


def witness(node: Node, name: str = "kampus.example") -> Path:
    """A witness's key, made by the witness and registered by the commission."""
    key = node.folder / f"{name}.key"
    status, made = run("witness-key", "--name", name, "--out", key)
    assert (status, made["vkey"]) == (0, Path(made["public"]).read_text().strip())
    assert key.stat().st_mode & 0o777 == 0o600
    public_log.register_witness(node.small.administrator, made["vkey"], "Universitas Contoh", se.AT)
    return key


def test_witness_signs_growth_and_the_site_shows_it(local: Node) -> None:
    key = witness(local)
    site = publish(local)
    assert json.loads((site / "buku-besar/witnesses.json").read_bytes())["witnesses"][0]["latest"] is None
    for label in ("a", "b"):
        grow(local, label)
        out = local.folder / "cosigned"
        status, found = run("cosign", site, "--key", key, "--log-key", local.folder / "log.vkey", "--out", out)
        assert (status, found["ok"], found["size"]) == (0, True, head_of(site).size)
        done = public_log.take_in(out.read_bytes(), se.AT)
        assert done == public_log.Countersigned(found["size"], ("kampus.example",))
        assert public_log.take_in(out.read_bytes(), se.AT).added == ()
        ledger_files.publish_ledger(site, LOG, also=(done.size,))
        assert (site / "buku-besar/checkpoint").read_bytes() == out.read_bytes()
        assert (site / f"buku-besar/checkpoints/{done.size}").read_bytes() == out.read_bytes()
    (listed,) = json.loads((site / "buku-besar/witnesses.json").read_bytes())["witnesses"]
    signature = Cosignature.objects.order_by("checkpoint_id").last()
    assert signature is not None and Cosignature.objects.count() == 2
    assert listed == {
        "name": "kampus.example",
        "vkey": key.with_name("kampus.example.key.vkey").read_text().strip(),
        "who": "Universitas Contoh",
        "entry": Witness.objects.get().entry.leaf.index,
        "latest": {"size": done.size, "time": signature.time, "path": f"checkpoints/{done.size}"},
    }


def test_witness_refuses_a_fork_and_keeps_both_notes(local: Node) -> None:
    key, state = witness(local), local.folder / "state"
    site = publish(local)
    first = (site / "buku-besar/checkpoint").read_text()
    assert run("cosign", site, "--key", key, "--known", state)[0] == 0
    remembered = state.read_bytes()
    grow(local, "a")
    other = forged(site)
    status, found = run("cosign", other, "--key", key, "--known", state)
    assert (status, found["ok"], found["verdict"]) == (3, False, "forked")
    assert json.loads(Path(found["proof"]).read_text())["notes"] == [
        first,
        (other / "buku-besar/checkpoint").read_text(),
    ]
    assert state.read_bytes() == remembered
    assert run("cosign", site, "--key", key, "--known", state)[0] == 0


def test_witness_may_start_from_a_checkpoint_note(local: Node) -> None:
    key = witness(local)
    known = Path(shutil.copy(publish(local) / "buku-besar/checkpoint", local.folder / "known"))
    grow(local, "a")
    assert run("cosign", forged(local.folder / "site"), "--key", key, "--known", known)[0] == 3
    assert run("cosign", local.folder / "site", "--key", key, "--known", known)[1]["before"] is not None


def test_witness_refuses_what_is_older_another_log_or_by_another_key(local: Node) -> None:
    key, site = witness(local), publish(local)
    older = Path(shutil.copytree(site, local.folder / "older"))
    grow(local, "a")
    assert run("cosign", site, "--key", key)[0] == 0
    state = key.with_name(key.name + ".seen").read_bytes()
    assert "entries were seen before" not in run("cosign", older, "--key", key)[1]
    answers = {"older": run("cosign", older, "--key", key)}
    (local.folder / "wrong.vkey").write_text(NEXT.verifier.vkey)
    answers["key"] = run("cosign", site, "--key", key, "--log-key", local.folder / "wrong.vkey")
    answers["resigned"] = run("cosign", forged(site, NEXT), "--key", key)
    answers["no key"] = run("cosign", site, "--key", site / "buku-besar/log.vkey")
    assert {name: status for name, (status, _) in answers.items()} == dict.fromkeys(answers, 1)
    assert key.with_name(key.name + ".seen").read_bytes() == state


def test_damaged_state_is_not_taken_for_none(local: Node) -> None:
    key, site = witness(local), publish(local)
    key.with_name(key.name + ".seen").write_text("{}")
    status, found = run("cosign", site, "--key", key)
    assert status == 1 and "no witness's state" in found["error"]


def test_cosignatures_that_do_not_belong_here_are_refused(local: Node) -> None:
    witness(local)
    site = publish(local)
    note = (site / "buku-besar/checkpoint").read_bytes()
    stranger = Signer("stranger.example", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32), COSIGNATURE)
    public_log.register_witness(local.small.administrator, story.OBSERVER.verifier.vkey, "Pengawas", se.AT)
    head = head_of(site)
    other = sign_checkpoint(TreeHead(LOG.name, head.size, leaf_hash(b"other")), LOG)
    longer = sign_checkpoint(TreeHead(LOG.name, head.size + 9, head.root), LOG)
    right = cosign(note, story.OBSERVER, 5)
    cases = {
        "cosignature": [
            note,
            cosign(note, stranger, 5),
            right.replace(b"small.example", b"other.example", 1),
            b"",
            b"{}",
        ],
        "forked": [cosign(other, story.OBSERVER, 5)],
        "not_found": [cosign(longer, story.OBSERVER, 5)],
    }
    for code, notes in cases.items():
        for found in notes:
            with refused(code):
                public_log.take_in(found, se.AT)
    assert not Cosignature.objects.exists()
    assert public_log.take_in(right, se.AT).added == ("observer.example",)


@pytest.mark.parametrize("vkey", ["", "words", LOG.verifier.vkey, story.OBSERVER.verifier.vkey[:-2]])
def test_key_that_is_no_witness_key_is_not_registered(local: Node, vkey: str) -> None:
    with refused("witness_key"):
        public_log.register_witness(local.small.administrator, vkey, "Universitas", se.AT)


def test_registering_needs_the_administrator_and_a_new_name(local: Node) -> None:
    vkey = story.OBSERVER.verifier.vkey
    with refused("out_of_scope"):
        public_log.register_witness(local.small.operators[0], vkey, "Universitas", se.AT)
    public_log.register_witness(local.small.administrator, vkey, "Universitas", se.AT)
    with refused("witness_known"):
        public_log.register_witness(local.small.administrator, vkey, "Universitas", se.AT)


def test_after_a_rotation_only_the_new_key_signs_and_old_trust_follows_it(local: Node) -> None:
    key, site = witness(local), publish(local)
    assert run("cosign", site, "--key", key, "--log-key", local.folder / "log.vkey")[0] == 0
    public_log.rotate_log_key(local.small.administrator, LOG, NEXT, "Kunci lama dicabut", se.AT)
    public_log.rotate_log_key(local.small.administrator, LOG, NEXT, "Kunci lama dicabut", se.AT)
    assert Entry.objects.filter(kind="log.rotated").count() == 1
    with refused("log_key"):
        sequencing.sequence(se.AT, LOG)
    grow(local, "a", NEXT)
    index = Entry.objects.get(kind="log.rotated").leaf.index
    assert json.loads((site / "buku-besar/keys.json").read_bytes())["keys"] == [
        {"vkey": LOG.verifier.vkey, "since": 0, "entry": None},
        {"vkey": NEXT.verifier.vkey, "since": index + 1, "entry": index},
    ]
    assert (site / "buku-besar/log.vkey").read_text().strip() == NEXT.verifier.vkey
    assert run("cosign", site, "--key", key)[0] == 0
    for signer, status in ((LOG, 0), (NEXT, 0), (RECEIPTS, 1)):
        (local.folder / "trusted.vkey").write_text(signer.verifier.vkey)
        assert run("prove", 3, "--site", site, "--log-key", local.folder / "trusted.vkey")[0] == status
    with refused("log_key"):
        public_log.rotate_log_key(local.small.administrator, LOG, RECEIPTS, "Lagi", se.AT)


def test_receipt_is_included_pending_or_missing(local: Node) -> None:
    site = publish(local)
    copy = Path(shutil.copytree(site, local.folder / "before"))
    receipt = grow(local, "a")
    file = local.folder / "receipt.txt"
    file.write_text(receipt.note)
    status, found = run("receipt", file, "--site", site)
    index = Entry.objects.get(leaf_hash=bytes.fromhex(receipt.leaf_hash)).leaf.index
    assert (status, found["status"], found["index"], found["signature"]) == (0, "included", index, "valid")
    status, found = run("receipt", file, "--site", copy)
    assert (status, found["status"], found["stale"], found["size"]) == (5, "missing", True, index)
    later = intake.receive_photo(
        local.small.kpps[ROW[:13]], local.store, ROW, 1, se.photo("b"), se.AT, merge_within=timedelta(days=36500)
    )
    file.write_text(json.dumps({"leaf_hash": later.leaf_hash, "deadline": later.deadline, "photo": "x", "sha256": "y"}))
    assert [run("receipt", file, "--site", site)[1][key] for key in ("status", "signature")] == ["pending", "none"]


def test_receipt_promised_before_entries_that_are_there_is_missing(local: Node) -> None:
    site = publish(local)
    body = {"photo": "x", "sha256": "y", "leaf_hash": "ab" * 32, "deadline": timestamp(se.AT - timedelta(minutes=1))}
    (local.folder / "receipt").write_text(json.dumps(body))
    status, found = run("receipt", local.folder / "receipt", "--site", site)
    assert (status, found["status"], found["stale"]) == (5, "missing", False)
    assert "report this" in found["text"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "words", '{"leaf_hash": "zz"}', "a\n\n\u2014 b AAAA\n"])
def test_anything_else_is_no_receipt(local: Node, text: str) -> None:
    (local.folder / "receipt").write_text(text)
    status, found = run("receipt", local.folder / "receipt", "--site", publish(local))
    assert status == 1 and "no receipt" in found["error"]


def test_receipt_signed_by_another_is_refused(local: Node) -> None:
    site, receipt = publish(local), grow(local, "a")
    ledger_files.publish_receipt_key(site, LOG.verifier.vkey)
    (local.folder / "receipt").write_text(receipt.note)
    assert run("receipt", local.folder / "receipt", "--site", site)[0] == 1


def test_checkpoints_of_every_publication_stay(local: Node) -> None:
    sizes = {head_of(publish(local)).size}
    for label in ("a", "b"):
        grow(local, label)
        sizes.add(head_of(local.folder / "site").size)
    found = {int(file.name) for file in (local.folder / "site/buku-besar/checkpoints").iterdir()}
    assert found == sizes == set(Checkpoint.objects.values_list("pk", flat=True))
