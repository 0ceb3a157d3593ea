"""Keys of a node: separate, private, never overwritten, and demo keys marked as such."""

import hashlib
import hmac
import stat

import pytest

from sirekap import keys
from sirekap.keys import Purpose
from sirekap.ledger.note import sign_note, verify_note


@pytest.fixture
def made(tmp_path):
    directory = tmp_path / "keys"
    keys.init(directory, "kpu.example/3216")
    return directory


def test_init_writes_separate_private_files(made):
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in made.iterdir()} == {
        "log.key": 0o600,
        "log.vkey": 0o644,
        "receipts.key": 0o600,
        "receipts.vkey": 0o644,
        "qr.key": 0o600,
        "documents.key": 0o600,
        "documents.vkey": 0o644,
    }
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    loaded = [keys.load(made, purpose) for purpose in Purpose]
    assert len({key.secret for key in loaded}) == 4
    assert [(key.purpose, key.name, key.demo) for key in loaded] == [
        (purpose, f"kpu.example/3216/{purpose}", False) for purpose in Purpose
    ]


def test_load_signing_key_matches_its_public_text(made):
    texts = keys.public(made)
    assert list(texts) == [Purpose.LOG, Purpose.RECEIPTS, Purpose.DOCUMENTS]
    for purpose, text in texts.items():
        signer = keys.load(made, purpose).signer
        assert signer.verifier.vkey == text
        assert verify_note(sign_note("text\n", signer), [signer.verifier]).text == "text\n"


def test_load_qr_key_makes_macs_and_does_not_sign(made):
    key = keys.load(made, "qr")
    assert key.mac(b"data") == hmac.new(key.secret, b"data", hashlib.sha256).digest()
    with pytest.raises(keys.KeysError):
        _ = key.signer
    with pytest.raises(keys.KeysError):
        keys.load(made, "log").mac(b"data")


def test_key_repr_does_not_show_the_secret(made):
    assert repr(keys.load(made, "qr")) == "Key(purpose=<Purpose.QR: 'qr'>, name='kpu.example/3216/qr', demo=False)"


def test_init_existing_keys_are_not_overwritten(made):
    before = {file.name: file.read_bytes() for file in made.iterdir()}
    (made / "log.key").unlink()
    with pytest.raises(keys.KeysExist) as caught:
        keys.init(made)
    assert str(made) in caught.value.text_id
    assert str(made) in caught.value.text_en
    del before["log.key"]
    assert {file.name: file.read_bytes() for file in made.iterdir()} == before


def test_init_demo_keys_are_marked_and_refused_in_production(tmp_path, made):
    keys.init(tmp_path / "demo", demo=True)
    key = keys.load(tmp_path / "demo", "log")
    assert key.demo
    assert (tmp_path / "demo" / "log.key").read_text().startswith("sirekap-demo-key\n")
    keys.refuse_demo(key, "demo")
    keys.refuse_demo(keys.load(made, "log"), "production")
    for mode in ("production", " Production "):
        with pytest.raises(keys.DemoKeyRefused) as caught:
            keys.refuse_demo(key, mode)
        assert "sirekap keys init" in caught.value.text_id


def test_init_inside_a_git_work_tree_is_refused_except_var(tmp_path):
    (tmp_path / ".git").mkdir()
    for place in (tmp_path, tmp_path / "keys", tmp_path / "src" / "var"):
        with pytest.raises(keys.KeysPlaceError):
            keys.init(place)
    assert [file.name for file in tmp_path.iterdir()] == [".git"]
    keys.init(tmp_path / "var" / "keys")
    keys.init(tmp_path / "keys", allow_in_repo=True)


def test_init_inside_the_package_is_refused():
    place = keys._PACKAGE / "keys-of-a-test"
    with pytest.raises(keys.KeysPlaceError):
        keys.init(place)
    assert not place.exists()


def test_init_link_into_a_work_tree_is_refused(tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "deep").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "repo" / "deep")
    with pytest.raises(keys.KeysPlaceError):
        keys.init(tmp_path / "link" / "keys")


def test_init_directory_open_to_others_is_refused(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(keys.KeysOpenToOthers) as caught:
        keys.init(tmp_path / "open")
    assert f"chmod 700 {tmp_path / 'open'}" in caught.value.text_id
    assert list((tmp_path / "open").iterdir()) == []


def test_init_place_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(keys.KeysPlaceError):
        keys.init(tmp_path / "file")


@pytest.mark.parametrize("node", ["", "a b", "a+b", "a\nb", "k\u00e9"])
def test_init_node_name_that_is_not_allowed_is_refused(tmp_path, node):
    with pytest.raises(keys.KeysError):
        keys.init(tmp_path / "keys", node)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_load_file_open_to_others_is_refused(made, mode):
    (made / "log.key").chmod(mode)
    with pytest.raises(keys.KeysOpenToOthers) as caught:
        keys.load(made, "log")
    assert f"chmod 600 {made / 'log.key'}" in caught.value.text_en


def test_load_directory_open_to_others_is_refused(made):
    made.chmod(0o750)
    with pytest.raises(keys.KeysOpenToOthers):
        keys.load(made, "log")


def test_load_absent_key_is_missing(made, tmp_path):
    (made / "log.key").unlink()
    (made / "log.vkey").unlink()
    for call in (
        lambda: keys.load(made, "log"),
        lambda: keys.load(tmp_path / "none", "log"),
        lambda: keys.public(made),
    ):
        with pytest.raises(keys.KeyMissing):
            call()


def test_load_changed_file_is_damaged(made):
    file = made / "log.key"
    lines = file.read_text().split("\n")
    for text in (
        "",
        "\n".join(["other", *lines[1:]]),
        "\n".join([lines[0], "qr", *lines[2:]]),
        "\n".join([*lines[:3], "AAAA", ""]),
        "\n".join([*lines[:3], "not base64", ""]),
        "\n".join([*lines, "more"]),
        file.read_text()[:-1],
    ):
        file.write_text(text)
        with pytest.raises(keys.KeyDamaged):
            keys.load(made, "log")
    file.write_bytes(b"\xff")
    with pytest.raises(keys.KeyDamaged):
        keys.load(made, "log")


def test_public_changed_text_is_damaged(made):
    (made / "log.vkey").write_text("x+00000000+AAAA\n")
    with pytest.raises(keys.KeyDamaged):
        keys.public(made)


def test_rotation_is_prepared_once_and_changes_nothing_yet(made):
    old = keys.load(made, "log")
    new = keys.prepare_rotation(made)
    assert (keys.prepare_rotation(made), keys.load(made, "log")) == (new, old)
    assert (new.name, new.demo, new.purpose) == (old.name, old.demo, Purpose.LOG)
    assert new.secret != old.secret
    assert stat.S_IMODE((made / "log.next.key").stat().st_mode) == 0o600


def test_rotation_finished_keeps_the_old_key_under_its_id(made):
    old, new = keys.load(made, "log"), keys.prepare_rotation(made)
    kept = keys.finish_rotation(made)
    assert kept.name == f"log.{old.signer.verifier.key_id.hex()}.key"
    assert kept.read_text().split("\n")[2] == old.name
    assert (keys.load(made, "log"), keys.public(made)[Purpose.LOG]) == (new, new.signer.verifier.vkey)
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.glob("log*.key")} == {0o600}
    assert not (made / "log.next.key").exists()


@pytest.mark.parametrize("last", ["log.next.key", "log.vkey", "log.key"])
def test_rotation_cut_short_is_finished_by_repeating_it(made, last, monkeypatch):
    """Killed right after each of the three files was put in place."""
    replace = keys.os.replace

    def killed(source, target):
        replace(source, target)
        if target.name == last:
            raise KeyboardInterrupt

    monkeypatch.setattr(keys.os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        keys.prepare_rotation(made)
        keys.finish_rotation(made)
    monkeypatch.undo()
    if last != "log.key":
        new = keys.prepare_rotation(made)
        keys.finish_rotation(made)
        assert keys.load(made, "log") == new
    assert keys.public(made)[Purpose.LOG] == keys.load(made, "log").signer.verifier.vkey
    assert not (made / "log.next.key").exists()


def test_rotation_of_damaged_next_key_is_refused(made):
    keys.prepare_rotation(made)
    (made / "log.next.key").write_text("words")
    with pytest.raises(keys.KeyDamaged):
        keys.finish_rotation(made)


def test_demo_key_is_followed_by_a_demo_key(tmp_path):
    keys.init(tmp_path / "demo", demo=True)
    assert keys.prepare_rotation(tmp_path / "demo").demo
