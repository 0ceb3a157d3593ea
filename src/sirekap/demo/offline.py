"""One district of the demo sits without a network: its plenary runs on a laptop with its own database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sirekap import keys
from sirekap.demo import cast as casting
from sirekap.demo.plan import Plan, Session
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger.note import Signer
from sirekap.records.ids import uuid7
from sirekap.records.journal import timestamp
from sirekap.records.models import SessionCursor
from sirekap.workflow import merging, nodes, packing

DISTRICT = "321614"
PACKED_BEFORE = timedelta(minutes=20)
"""The package is written this long before the district's plenary, when every form of it is verified."""
MERGED_AFTER = timedelta(minutes=40)
"""From the close on the laptop to the merge at the centre."""
_KEPT = ("PATH", "HOME", "LANG", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


class LaptopFailed(Exception):
    """A command on the laptop failed; the text is what it said."""


@dataclass
class Laptop:
    """The district's laptop in ``folder``. ``sessions``: by region, shared with the plenaries."""

    plan: Plan
    cast: casting.Cast
    store: EvidenceStore
    log: Signer
    folder: Path
    clock: Callable[[], datetime]
    sessions: dict[str, SessionCursor]
    pack: Path = field(init=False)
    merged: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pack = self.folder / f"paket-{DISTRICT}.tar"

    @property
    def home(self) -> Path:
        """The laptop's own folder."""
        return self.folder / "laptop"

    def take_away(self) -> None:
        """Lock the district at the centre and make the laptop from its package."""
        self.folder.mkdir()
        at = self.clock()
        pack, secret = uuid7(at), self.pack.with_name(self.pack.name + ".key")
        node = f"{self.log.name.removesuffix('/log')}/luring/{DISTRICT}"
        key = keys.make_log_key(secret, node, demo=True)
        lock, base = nodes.lock_region(self._commission(), DISTRICT, pack, key.signer.verifier.vkey, at)
        packing.write_pack(self.pack, lock, base, self.store, self.log, at)
        self._run("open", str(self.pack), "--dir", str(self.home))

    def sit(self, session: Session) -> None:
        """The whole plenary on the laptop, act by act, from a script."""
        acts = "".join(json.dumps(act) + "\n" for act in self._script(session))
        self._run("acts", "-", "--dir", str(self.home), given=acts)

    def come_back(self) -> None:
        """Write the return on the laptop and merge it at the centre."""
        parcel = self.folder / f"kiriman-{DISTRICT}.tar"
        self._run("return", "--out", str(parcel), "--dir", str(self.home))
        done = merging.merge(self._commission(), parcel, self.store, self.clock())
        self.merged = {"region": done.region, "entries": done.entries, "origin": f"luring/{DISTRICT}"}
        self.sessions[DISTRICT] = SessionCursor.objects.get(region_id=DISTRICT)

    def _commission(self) -> Any:
        return self.cast.administrator

    def _script(self, session: Session) -> Iterable[dict[str, Any]]:
        contests = [contest.id for contest in self.plan.contests.values()]
        rows = [
            f"{station.code}-{kind.value}"
            for station in self.plan.stations
            if station.district == DISTRICT
            for kind in sorted(self.plan.contests)
        ]
        yield {"act": "open", "as": "chair", "at": timestamp(session.opens), "contests": contests}
        yield from self._arrivals(session)
        pace = (session.closes - session.opens) / (len(rows) + 2)
        for number, row in enumerate(rows, start=1):
            yield {"act": "accept", "as": "chair", "at": timestamp(session.opens + pace * number), "row": row}
        yield {"act": "close", "as": "chair", "at": timestamp(session.closes), "typed": "from_sheet"}

    def _arrivals(self, session: Session) -> Iterable[dict[str, Any]]:
        """The same people as in any hall; the script names them by their office or their sign-in."""
        body = ("chair", *(f"member:{number}" for number in range(1, casting.MEMBERS + 1)))
        came: list[dict[str, Any]] = [{"capacity": who.partition(":")[0], "person": who} for who in body]
        for kind, number in self.cast.witnesses:
            pair, mandate = f"{self.plan.contests[kind].id}-{number}", f"SIM/{kind.value}/{number}/2024"
            person = casting.witness_username(kind, number)
            came.append({"capacity": "witness", "person": person, "pair": pair, "mandate": mandate})
        for place, who in enumerate(came):
            at = timestamp(session.opens + timedelta(seconds=10 * place))
            yield {"act": "attend", "as": "chair", "at": at, **who}

    def _run(self, *arguments: str, given: str = "") -> dict[str, Any]:
        """A command in a process that knows nothing of the central node."""
        command = [sys.executable, "-m", "sirekap.cli", "plenary", *arguments, "--json"]
        own = {name: os.environ[name] for name in _KEPT if name in os.environ}
        done = subprocess.run(command, input=given, env=own, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LaptopFailed(done.stderr[-2000:])
        return dict(json.loads(done.stdout))
