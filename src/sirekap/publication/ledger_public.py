"""What stands beside the tiles: co-signed checkpoints, the log's keys, its witnesses."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max

from sirekap.ledger import canonical
from sirekap.ledger.note import Verifier
from sirekap.ledger.rotation import KeyInForce
from sirekap.records.models import Checkpoint, Cosignature, Witness
from sirekap.workflow.public_log import key_history

KEYS_FORMAT = "sirekap-log-keys-1"
WITNESSES_FORMAT = "sirekap-witnesses-1"


def cosigned(checkpoint: Checkpoint) -> bytes:
    """The checkpoint's note with every co-signature taken in so far, in the order of their arrival."""
    lines = Cosignature.objects.filter(checkpoint=checkpoint).order_by("at", "id").values_list("line", flat=True)
    return (checkpoint.note + "".join(lines)).encode()


def keys(log: Verifier) -> tuple[KeyInForce, ...]:
    """The log's keys as its entries state them; ``log`` where they state none."""
    return key_history() or (KeyInForce(log, 0, None),)


def keys_json(chain: Iterable[KeyInForce], origin: str) -> bytes:
    """``keys.json``: every key, the smallest size it signs, and the leaf index of the rotation that brought it."""
    listed = [{"vkey": key.verifier.vkey, "since": key.since, "entry": key.entry} for key in chain]
    return canonical.dumps({"format": KEYS_FORMAT, "origin": origin, "keys": listed})


def latest_sizes() -> dict[str, int]:
    """Witness id -> size of the largest checkpoint it co-signed."""
    found = Cosignature.objects.order_by().values_list("witness_id").annotate(size=Max("checkpoint_id"))
    return {str(witness): size for witness, size in found}


def witnesses_json(origin: str, size: int) -> bytes:
    """``witnesses.json``: who may co-sign, their keys, and the largest checkpoint each has co-signed."""
    sizes = latest_sizes()
    times = {
        (str(witness), signed): time
        for witness, signed, time in Cosignature.objects.values_list("witness_id", "checkpoint_id", "time")
    }
    listed = []
    for witness in Witness.objects.filter(entry__leaf__isnull=False).select_related("entry__leaf").order_by("entry_id"):
        key, latest = str(witness.pk), sizes.get(str(witness.pk))
        listed.append(
            {
                "name": witness.name,
                "vkey": witness.vkey,
                "who": witness.who,
                "entry": witness.entry.leaf.index,
                "latest": None
                if latest is None
                else {"size": latest, "time": times[key, latest], "path": f"checkpoints/{latest}"},
            }
        )
    return canonical.dumps({"format": WITNESSES_FORMAT, "origin": origin, "size": size, "witnesses": listed})
