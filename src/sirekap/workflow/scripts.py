"""Plenary acts from a script: one JSON object a line, done in order, each an act of its own.

For practice, for halls that keep their minutes in another program, and for simulations. It has no other way into the
count than the acts that the screens call, and stops at the first one that is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sirekap.election.roles import Role
from sirekap.evidence.store import EvidenceStore
from sirekap.records import clock, holds, queries
from sirekap.records.models import Account, Entry, Mandate
from sirekap.workflow import acts
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor, actor_of

MAX_LINE = 64 * 1024


class ScriptRefused(Refused):
    """A line was refused; ``done`` acts before it were done. ``line``: its number from 1."""

    def __init__(self, line: int, done: int, refused: Refused) -> None:
        super().__init__(
            refused.code,
            f"Baris {line} ditolak, sesudah {done} tindakan: {refused.text_id}",
            f"Line {line} was refused, after {done} acts: {refused.text_en}",
            refused.status,
            refused.findings,
        )
        self.line, self.done = line, done


def run(lines: Iterable[str], region: str | None, store: EvidenceStore) -> int:
    """Do the acts of a script in the session of ``region`` (by default the laptop's own); returns their number.

    ``at`` of a line is taken only where the ledger's clock is simulated. Raises `ScriptRefused`.
    """
    held = holds.held_here()
    own = region or (held.region if held else None)
    if own is None:
        raise Refused(
            "region",
            "Sebutkan wilayah rapatnya: --region 321601.",
            "Name the session's region: --region 321601.",
            400,
        )
    election = queries.election()
    hall = acts.Hall(
        own, store, lambda who: person(who, own), typed_by_machine=election is not None and election.simulated
    )
    simulated, done = clock.is_simulated(), 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            act = _parsed(line)
            at = acts.moment(act["at"]) if simulated and "at" in act else clock.now()
            acts.perform(act, hall, _not_before(at))
        except Refused as error:
            raise ScriptRefused(number, done, error) from error
        done += 1
    return done


def _not_before(at: datetime) -> datetime:
    """The ledger's time does not run backwards."""
    latest = Entry.objects.order_by("seq").values_list("at", flat=True).last()
    return at if latest is None else max(at, latest)


def _parsed(line: str) -> dict[str, Any]:
    try:
        act = json.loads(line) if len(line) <= MAX_LINE else None
        if "at" in act:
            acts.moment(act["at"])
    except (ValueError, TypeError, RecursionError):
        act = None
    if not isinstance(act, dict):
        raise Refused("line", "Baris ini bukan satu tindakan (objek JSON).", "This line is no act (JSON object).", 400)
    return act


def person(who: str, region: str) -> Actor:
    """The actor a script names: an account, or a role of the region with its number (``member:2``)."""
    found = Account.objects.filter(username=who, is_active=True).first()
    if found is not None:
        return actor_of(found.person_id)
    role, _, number = str(who).partition(":")
    if role in list(Role) and (not number or number.isdecimal()):
        mandates = Mandate.objects.filter(role=role, region=region, end__isnull=True).order_by("entry_id")
        at = int(number or 1)
        for mandate in mandates[at - 1 : at] if at else ():
            return actor_of(mandate.person_id)
    raise not_found(f"Petugas “{who}” di wilayah {region}")
