"""The one clock. Acts take the time as an argument; screens, verbs and jobs ask here.

The ledger's first entry says whether the clock is real or simulated. A simulated one goes on from
the newest entry at the pace of real time, so that a demo stopped in the night stays in that night.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.utils import timezone

from sirekap.records.journal import body_of
from sirekap.records.models import Entry

_started: tuple[datetime, float] | None = None


def is_simulated() -> bool:
    """Whether this database's ledger runs on a simulated clock."""
    first = Entry.objects.order_by("seq").first()
    return first is not None and first.kind == "ledger.opened" and body_of(first)["clock"] == "simulated"


def now() -> datetime:
    """The time (UTC, aware); never earlier than the newest entry, so it does not run backwards."""
    global _started
    latest = Entry.objects.order_by("seq").values_list("at", flat=True).last()
    if latest is None:
        return timezone.now()
    if not is_simulated():
        return max(timezone.now(), latest)
    if _started is None or _started[0] > latest:
        _started = (latest, time.monotonic())
    return max(_started[0] + timedelta(seconds=time.monotonic() - _started[1]), latest)
