"""Signed notes: published vectors of other implementations, round trips, tampering."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sirekap.ledger import note
from sirekap.ledger.errors import NoteError
from sirekap.ledger.note import COSIGNATURE, Signer, parse_vkey

# The example of Go's golang.org/x/mod/sumdb/note documentation.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    f"{GO_TEXT}\n\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()

# An example note and key that other implementations of c2sp.org/signed-note test with.
FOO_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()

TEXT = "first\n\nthird \u2014 line\n"
ONE = Signer("log.example/one", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
TWO = Signer("log.example/two", Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32))
WITNESS = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32), COSIGNATURE)


def test_sign_note_go_key_gives_the_published_note():
    signer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SECRET))
    assert signer.verifier.vkey == GO_VKEY
    assert note.sign_note(GO_TEXT, signer) == GO_NOTE


@pytest.mark.parametrize(("vkey", "signed"), [(GO_VKEY, GO_NOTE), (FOO_VKEY, FOO_NOTE)])
def test_verify_note_published_note(vkey, signed):
    verifier = parse_vkey(vkey)
    opened = note.verify_note(signed, [verifier])
    assert opened.text.encode() == signed.rpartition(b"\n\n")[0] + b"\n"
    assert [signature.key_id for signature in opened.verified] == [verifier.key_id]
    with pytest.raises(NoteError):
        note.verify_note(signed.replace(b"is", b"IS", 1), [verifier])


def test_verify_note_two_signers_and_an_unknown_one():
    signed = note.sign_note(TEXT, ONE, TWO)
    opened = note.verify_note(signed, [TWO.verifier])
    assert opened == note.Note(TEXT, (TWO.sign(TEXT),), (ONE.sign(TEXT),))
    assert note.verify_note(signed, [ONE.verifier, TWO.verifier]).unknown == ()


def test_verify_note_every_single_byte_changed_is_refused():
    signed = note.sign_note(TEXT, ONE)
    for at in range(len(signed)):
        changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
        with pytest.raises(NoteError):
            note.verify_note(changed, [ONE.verifier])


def test_verify_note_one_wrong_signature_of_a_known_key_refuses_the_whole_note():
    wrong = note.Signature(TWO.name, TWO.verifier.key_id, bytes(64))
    signed = note.sign_note(TEXT, ONE) + wrong.line.encode()
    assert note.verify_note(signed, [ONE.verifier]).text == TEXT
    with pytest.raises(NoteError):
        note.verify_note(signed, [ONE.verifier, TWO.verifier])


def test_verify_note_key_with_the_same_name_is_not_the_key():
    stranger = Signer(ONE.name, TWO.private_key)
    with pytest.raises(NoteError):
        note.verify_note(note.sign_note(TEXT, stranger), [ONE.verifier])


def test_cosign_adds_a_timed_signature_that_verifies():
    signed = note.cosign(note.sign_note(TEXT, ONE), WITNESS, 1_732_763_704)
    opened = note.verify_note(signed, [ONE.verifier, WITNESS.verifier])
    assert [(signature.name, signature.time) for signature in opened.verified] == [
        (ONE.name, None),
        (WITNESS.name, 1_732_763_704),
    ]
    assert parse_vkey(WITNESS.verifier.vkey) == WITNESS.verifier
    late = WITNESS.sign(TEXT, 1_732_763_704)
    forged = note.Signature(late.name, late.key_id, (1_732_763_705).to_bytes(8, "big") + late.data[8:])
    with pytest.raises(NoteError):
        note.verify_note(note.sign_note(TEXT, ONE) + forged.line.encode(), [WITNESS.verifier])


@pytest.mark.parametrize(("signer", "at"), [(ONE, 1), (WITNESS, None), (WITNESS, -1), (WITNESS, 2**63)])
def test_sign_time_that_does_not_fit_is_refused(signer, at):
    with pytest.raises(NoteError):
        signer.sign(TEXT, at)


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "\ud800\n", "return\r\n"])
def test_sign_note_text_that_is_not_allowed_is_refused(text):
    with pytest.raises(NoteError):
        note.sign_note(text, ONE)


def test_sign_note_without_signer_is_refused():
    with pytest.raises(NoteError):
        note.sign_note(TEXT)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\n", "a\x00"])
def test_verifier_name_that_is_not_allowed_is_refused(name):
    with pytest.raises(NoteError):
        note.Verifier(name, bytes(32))


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "\n",
        "\n\u2014 a AAAAAAAA",
        "\n- a AAAAAAAA\n",
        "\n\u2014 a  AAAAAAAA\n",
        "\n\u2014 a AAAA\n",
        "\n\u2014 a AAAAAAA\n",
        "\n\u2014 a AAAAAAB=\n",
        "\n\u2014 a AAAAAAAA \n",
        "\n\u2014 a+b AAAAAAAA\n",
        "\n" + "\u2014 a AAAAAAAA\n" * 101,
    ],
)
def test_split_note_damaged_signature_lines_are_refused(tail):
    with pytest.raises(NoteError):
        note.split_note(f"text\n{tail}".encode())


@pytest.mark.parametrize("data", [b"\xff\n\n\xe2\x80\x94 a AAAAAAAA\n", bytes(note.MAX_NOTE + 1)])
def test_split_note_not_utf8_or_too_large_is_refused(data):
    with pytest.raises(NoteError):
        note.split_note(data)


def test_parse_vkey_every_piece_and_every_changed_byte_is_refused():
    changed = [GO_VKEY[:at] + chr(ord(GO_VKEY[at]) + 1) + GO_VKEY[at + 1 :] for at in range(len(GO_VKEY))]
    pieces = [GO_VKEY[:at] for at in range(len(GO_VKEY))] + [GO_VKEY[at:] for at in range(1, len(GO_VKEY))]
    for text in changed + pieces:
        with pytest.raises(NoteError):
            parse_vkey(text)


def test_signer_repr_does_not_show_the_key():
    assert repr(ONE) == "Signer(name='log.example/one', kind=1)"
