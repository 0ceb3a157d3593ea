"""Sequencing: pending entries become leaves, exactly once each, and the tree head is signed.

Pending = entries without a leaf (an anti-join, never "id greater than the last": a transaction
opened first may commit last). One sequencer at a time; intake never waits on it for longer than
one batch.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sirekap.ledger.checkpoint import Checkpoint as TreeHead
from sirekap.ledger.checkpoint import sign_checkpoint
from sirekap.ledger.note import Signer
from sirekap.ledger.tree import Frontier
from sirekap.records import locks
from sirekap.records.models import Checkpoint, Leaf
from sirekap.records.pending import pending
from sirekap.workflow.public_log import refuse_other_key

BATCH = 500


@dataclass(frozen=True, slots=True)
class Sequenced:
    """Result of one run: leaves added, tree size and root (hex)."""

    added: int
    size: int
    root: str


def _batch(limit: int) -> tuple[int, Frontier] | None:
    """Sequence up to ``limit`` entries in one transaction; ``None`` when another process is at it."""
    with transaction.atomic():
        if not locks.try_sequencer():
            return None
        state = locks.sequencer_state()
        frontier = Frontier.from_hex(state.size, state.frontier)
        new = list(pending().order_by("seq").values_list("seq", "leaf_hash")[:limit])
        if new:
            Leaf.objects.bulk_create([Leaf(index=state.size + i, entry_id=seq) for i, (seq, _) in enumerate(new)])
            frontier.append_many(bytes(leaf_hash) for _, leaf_hash in new)
            state.size, state.frontier = frontier.size, frontier.to_hex()
            state.save()
        return len(new), frontier


def sequence(at: datetime, signer: Signer | None = None, *, batch_ms: int = 50) -> Sequenced | None:
    """Give every pending entry its leaf and sign the new tree head.

    Batches adapt so that each holds the writer for about ``batch_ms`` milliseconds. Returns
    ``None`` when another sequencer is at work. Raises `Refused` instead of signing with a key that is not in force.
    """
    added, limit = 0, 50
    while True:
        started = time.perf_counter()
        result = _batch(limit)
        if result is None:
            return None
        count, frontier = result
        added += count
        if count < limit:
            break
        elapsed_ms = (time.perf_counter() - started) * 1000
        limit = max(10, min(BATCH, int(limit * batch_ms / max(elapsed_ms, 0.1) * 0.8)))
    root = frontier.root()
    if signer is not None and frontier.size:
        _sign(frontier.size, root, signer, at)
    return Sequenced(added, frontier.size, root.hex())


def _sign(size: int, root: bytes, signer: Signer, at: datetime) -> None:
    with transaction.atomic():
        if not locks.try_sequencer() or Checkpoint.objects.filter(size=size).exists():
            return
        refuse_other_key(signer.verifier, size)
        note = sign_checkpoint(TreeHead(signer.name, size, root), signer)
        Checkpoint.objects.create(size=size, root=root.hex(), note=note.decode(), at=at)
