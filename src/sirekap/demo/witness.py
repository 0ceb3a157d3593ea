"""A witness of the demo's ledger, as a university would be one: a key of its own, and a co-signature at the end."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sirekap.ledger.note import Signer
from sirekap.ledger.witnessing import cosign_growth
from sirekap.publication import witness_state
from sirekap.publication.ledger_files import publish_ledger
from sirekap.publication.public_site import open_log, open_site
from sirekap.workflow import public_log

NAME = "kampus.demo.sirekap.local"
WHO = "Universitas Contoh (saksi simulasi)"
KEY = "saksi.key"


def make_key(folder: Path) -> str:
    """The witness's key in the demo's folder; returns its public half."""
    return witness_state.make_key(folder / KEY, NAME).vkey


def cosign(folder: Path, log: Signer, at: datetime) -> None:
    """Co-sign the published head as `sirekap ledger cosign` does, take the signature in, publish it."""
    site, key = folder / "site", folder / KEY
    signed = open_log(open_site(str(site)), log.verifier)
    witness = witness_state.load_key(key)
    done = cosign_growth(signed.note, None, signed.chain, signed.log, witness, int(at.timestamp()))
    witness_state.save_seen(key.with_name(f"{KEY}.seen"), witness_state.Seen(log.verifier, signed.note))
    public_log.take_in(done.note, at)
    publish_ledger(site, log, also=(done.head.size,))
