"""The ledger's public files between two cuts."""

from __future__ import annotations

from sirekap import keys
from sirekap.jobs import runner
from sirekap.publication.ledger_files import publish_ledger, publish_receipt_key


def publish_ledger_now(*sizes: int) -> bool:
    """Bring the published ledger up to date, with the co-signatures of these checkpoints; False while busy."""
    root = runner.config().site
    with runner._sole_publisher(root) as mine:
        if mine:
            publish_ledger(root, runner.log_signer(), also=sizes)
            publish_receipts_key()
        return mine


def publish_receipts_key() -> None:
    """Put the public key that signs receipts beside the ledger."""
    publish_receipt_key(runner.config().site, keys.public(runner.config().keys)[keys.Purpose.RECEIPTS])
