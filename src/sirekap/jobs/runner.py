"""The background loop: read photographs, give pending entries their leaves, publish a cut when something changed.

One sequencer and one publisher at a time: the advisory lock and a lock file see to that, so
several processes may run this.
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections

from sirekap import keys
from sirekap.config import Config
from sirekap.evidence.store import EvidenceStore, open_store
from sirekap.jobs.reading import Reader, qr_checker
from sirekap.ledger.note import Signer
from sirekap.publication.ledger_files import publish_ledger, publish_receipt_key
from sirekap.publication.load import Kept
from sirekap.publication.model import Report
from sirekap.publication.publish import Advance, publish
from sirekap.records import holds
from sirekap.records.clock import now
from sirekap.workflow import sequencing

logger = logging.getLogger(__name__)
SEQUENCE_SECONDS = 2
_kept: dict[Path, Kept] = {}


def config() -> Config:
    """The configuration Django was started with."""
    found: Config = settings.CONFIG
    return found


def log_signer() -> Signer:
    """The log's signing key; only the sequencer may call this."""
    key = keys.load(config().keys, keys.Purpose.LOG)
    keys.refuse_demo(key, config().mode)
    return key.signer


def evidence_store() -> EvidenceStore:
    """The configured store of photographs and documents."""
    return open_store(config().evidence)


def sequence() -> sequencing.Sequenced | None:
    """One run of the sequencer."""
    return sequencing.sequence(now(), log_signer(), batch_ms=config().sequencer_batch_ms)


@contextmanager
def sole_publisher(root: Path) -> Iterator[bool]:
    """Whether this process may publish into ``root`` for the length of the block."""
    root.mkdir(parents=True, exist_ok=True)
    with open(root / ".publishing", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


class PublisherBusy(Exception):
    """Another process is publishing."""


def cut(
    *, whole: bool = False, advance: Advance = lambda done, total: None, wait: bool = True, processes: int = 1
) -> Report | None:
    """Publish a cut if something changed; ``None`` otherwise, or while another process publishes.

    ``wait=False`` raises :class:`PublisherBusy` instead in the second case. ``advance``: see `publish`. What this
    process read is kept for its next cut. An offline plenary's laptop publishes nothing: its centre does.
    """
    if holds.held_here() is not None:
        return None
    with sole_publisher(config().site) as mine:
        if mine:
            with suppress(keys.KeyMissing):
                publish_receipt_key(config().site, keys.public(config().keys)[keys.Purpose.RECEIPTS])
            kept = _kept.setdefault(config().site, Kept())
            options = {"whole": whole, "advance": advance, "kept": kept, "processes": processes}
            return publish(config().site, evidence_store(), log_signer(), now(), **options)
    if not wait:
        raise PublisherBusy
    return None


def publish_ledger_now(*sizes: int) -> bool:
    """Bring the published ledger up to date, with the co-signatures of these checkpoints; False while busy."""
    with sole_publisher(config().site) as mine:
        if mine:
            publish_ledger(config().site, log_signer(), also=sizes)
        return mine


def photo_reader() -> Reader:
    """The reader of photographs as this node is configured."""
    check = qr_checker(config().keys, config().mode)
    return Reader(evidence_store(), config().reading_processes, qr_check=check)


def run_once() -> None:
    """Read what is queued (unless reading is off), sequence and publish once."""
    if config().reading_processes:
        with photo_reader() as reader:
            reader.run_once()
    sequence()
    cut()


def run_forever(stop: threading.Event | None = None) -> None:
    """Read photographs, sequence every two seconds, publish every `SIREKAP_CUT_SECONDS`, until ``stop`` is set."""
    stop = stop or threading.Event()
    if config().reading_processes:
        threading.Thread(target=photo_reader().run, args=(stop,), daemon=True, name="sirekap-read").start()
    due = time.monotonic() + config().cut_seconds
    while not stop.wait(SEQUENCE_SECONDS):
        close_old_connections()
        try:
            sequence()
            if time.monotonic() >= due:
                cut()
                due = time.monotonic() + config().cut_seconds
        except Exception:
            logger.exception("Pekerjaan latar gagal; dicoba lagi. / Background work failed; it will be retried.")


def start_thread() -> threading.Event:
    """Run the loop in a daemon thread of the serving process; set the returned event to stop it."""
    stop = threading.Event()
    threading.Thread(target=run_forever, args=(stop,), daemon=True, name="sirekap-work").start()
    return stop
