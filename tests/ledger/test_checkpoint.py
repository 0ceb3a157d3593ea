"""Checkpoints: a real published one, round trips, what is refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sirekap.ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint, sign_checkpoint
from sirekap.ledger.errors import NoteError
from sirekap.ledger.note import COSIGNATURE, Signer, cosign, parse_vkey, sign_note

# A checkpoint that a public certificate log issued, with its own Ed25519 signature, one of a type we do not know,
# and cosignatures of public witnesses.
ORIGIN = "arche2025h1.staging.ct.transparency.dev"
PUBLISHED = f"""{ORIGIN}
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

\u2014 {ORIGIN} zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
\u2014 {ORIGIN} ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
\u2014 witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
""".encode()
LOG = parse_vkey(f"{ORIGIN}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f")
REMORA = parse_vkey("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")

HEAD = Checkpoint("log.example/3216", 7, bytes(range(32)))
SIGNER = Signer(HEAD.origin, Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32))
WITNESS = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32), COSIGNATURE)


def test_open_checkpoint_published_with_witness():
    checkpoint, opened = open_checkpoint(PUBLISHED, LOG, [REMORA])
    root = base64.b64decode("U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=")
    assert checkpoint == Checkpoint(ORIGIN, 1432088532, root)
    assert [(signature.name, signature.time) for signature in opened.verified] == [
        (ORIGIN, None),
        ("remora.n621.de", 0x6A122120),
    ]
    assert len(opened.unknown) == 2


def test_open_checkpoint_published_with_another_size_is_refused():
    with pytest.raises(NoteError):
        open_checkpoint(PUBLISHED.replace(b"1432088532", b"1432088533"), LOG, [REMORA])


def test_sign_checkpoint_round_trips():
    signed = cosign(sign_checkpoint(HEAD, SIGNER), WITNESS, 1_732_763_704)
    checkpoint, opened = open_checkpoint(signed, SIGNER.verifier, [WITNESS.verifier])
    assert (checkpoint, len(opened.verified)) == (HEAD, 2)


def test_checkpoint_text_empty_tree_and_extension():
    empty = Checkpoint("log.example", 0, bytes(32), ("one", "two"))
    assert empty.text == f"log.example\n0\n{'A' * 43}=\none\ntwo\n"
    assert parse_checkpoint(empty.text) == empty


def test_sign_checkpoint_key_of_another_origin_is_refused():
    with pytest.raises(NoteError):
        sign_checkpoint(Checkpoint("log.example/other", 7, bytes(32)), SIGNER)


def test_open_checkpoint_signed_only_by_a_witness_is_refused():
    signed = cosign(sign_note(HEAD.text, Signer("other.example", SIGNER.private_key)), WITNESS, 1)
    with pytest.raises(NoteError):
        open_checkpoint(signed, SIGNER.verifier, [WITNESS.verifier])


def test_open_checkpoint_of_another_origin_is_refused():
    signed = sign_note(Checkpoint("log.example/other", 7, bytes(32)).text, SIGNER)
    with pytest.raises(NoteError):
        open_checkpoint(signed, SIGNER.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n7\n",
        f"log\n7\n{'A' * 43}=",
        f"\n7\n{'A' * 43}=\n",
        f"log\n07\n{'A' * 43}=\n",
        f"log\n-7\n{'A' * 43}=\n",
        f"log\n+7\n{'A' * 43}=\n",
        f"log\n\u0667\n{'A' * 43}=\n",
        f"log\n9223372036854775808\n{'A' * 43}=\n",
        f"log\n{'9' * 40}\n{'A' * 43}=\n",
        "log\n7\nAAAA\n",
        f"log\n7\n{'A' * 42}B=\n",
        f"log\n7\n{'A' * 43}\n",
        f"log\n7\n{'A' * 43}=\n\n",
        f"log\n7\n{'A' * 43}=\nx\n\ny\n",
    ],
)
def test_parse_checkpoint_anything_but_the_standard_form_is_refused(text):
    with pytest.raises(NoteError):
        parse_checkpoint(text)
