"""Entries about the register: election, regions, contests, stations, rolls, mandates."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sirekap.records import cursors
from sirekap.records.models import (
    Contest,
    ContestCursor,
    Election,
    Entry,
    Import,
    Mandate,
    MandateEnd,
    Pair,
    Region,
    Station,
    StationChange,
    StationContest,
)

Json = dict[str, Any]


def ledger_opened(entry: Entry, actor: Json, body: Json) -> None:
    """The first entry: origin, public key, whether the clock is real or simulated. Writes no fact."""


def election_created(entry: Entry, actor: Json, body: Json) -> None:
    """The election itself."""
    Election.objects.create(
        entry=entry,
        id=body["election"],
        name=body["name"],
        voting_day=date.fromisoformat(body["voting_day"]),
        simulated=body["simulated"],
    )


def register_imported(entry: Entry, actor: Json, body: Json) -> None:
    """Regions, and contests with their pairs."""
    Import.objects.create(entry=entry, content_sha256=body["content_sha256"])
    Region.objects.bulk_create([Region(entry=entry, code=code, name=name) for code, name in body["regions"]])
    for item in body["contests"]:
        contest = Contest.objects.create(
            entry=entry,
            id=f"{item['kind']}-{item['region']}",
            kind=item["kind"],
            region=item["region"],
            title=item["title"],
            columns=item["columns"],
        )
        ContestCursor.objects.create(contest=contest)
        Pair.objects.bulk_create(
            [
                Pair(
                    entry=entry,
                    id=f"{contest.id}-{pair['number']}",
                    contest=contest,
                    number=pair["number"],
                    name=pair["name"],
                    colour=pair["colour"],
                    commission_id=pair["commission_id"],
                )
                for pair in item["pairs"]
            ]
        )


def stations_imported(entry: Entry, actor: Json, body: Json) -> None:
    """Stations with their first roll and the contests they take part in."""
    reason, effective = "Impor daftar TPS", body["effective"]
    _open_stations(
        entry, [(code, men, women, kinds, reason, effective) for code, men, women, kinds in body["stations"]]
    )


def _open_stations(entry: Entry, items: list[tuple[str, int, int, list[str], str, str]]) -> None:
    """Insert stations, their opening change and one cursor row per contest that covers them."""
    contests = list(Contest.objects.all())
    stations, changes, rows = [], [], []
    for index, (code, men, women, kinds, reason, effective) in enumerate(items):
        stations.append(Station(entry=entry, code=code, village_id=code[:10]))
        changes.append(
            StationChange(
                entry=entry,
                id=derived_id(entry.id, index),
                station_id=code,
                change=StationChange.OPENED,
                roll_l=men,
                roll_p=women,
                reason=reason,
                effective=date.fromisoformat(effective),
            )
        )
        for contest in contests:
            if contest.kind in kinds and code.startswith(contest.region):
                rows.append(
                    StationContest(
                        id=f"{code}-{contest.kind}", station_id=code, contest_id=contest.id, last_seq=entry.seq
                    )
                )
    Station.objects.bulk_create(stations, batch_size=5000)
    StationChange.objects.bulk_create(changes, batch_size=2000)
    StationContest.objects.bulk_create(rows, batch_size=1000)


def derived_id(entry_id: uuid.UUID, name: object) -> uuid.UUID:
    """The id of a part of an entry, the same on every replay."""
    return uuid.uuid5(entry_id, str(name))


def station_added(entry: Entry, actor: Json, body: Json) -> None:
    """A station opened after the register was imported."""
    roll = body["roll"]
    _open_stations(
        entry, [(body["station"], roll["l"], roll["p"], body["contests"], body["reason"], body["effective"])]
    )


def _change(entry: Entry, body: Json, change: str, station: str, **values: Any) -> None:
    StationChange.objects.create(
        entry=entry,
        id=derived_id(entry.id, station),
        station_id=station,
        change=change,
        reason=body["reason"],
        effective=date.fromisoformat(body["effective"]),
        **values,
    )


def roll_amended(entry: Entry, actor: Json, body: Json) -> None:
    """A station's roll changed."""
    roll = body["roll"]
    _change(entry, body, StationChange.ROLL, body["station"], roll_l=roll["l"], roll_p=roll["p"])
    cursors.touch(entry, body["station"])


def station_closed(entry: Entry, actor: Json, body: Json) -> None:
    """A station closed: it leaves every denominator."""
    _change(entry, body, StationChange.CLOSED, body["station"])
    cursors.close_station(entry, body["station"])


def station_merged(entry: Entry, actor: Json, body: Json) -> None:
    """A station merged into another, whose roll grows by it."""
    roll = body["into_roll"]
    _change(entry, body, StationChange.MERGED, body["station"], into_id=body["into"])
    _change(entry, body, StationChange.ROLL, body["into"], roll_l=roll["l"], roll_p=roll["p"])
    cursors.close_station(entry, body["station"])
    cursors.touch(entry, body["into"])


def mandate_granted(entry: Entry, actor: Json, body: Json) -> None:
    """A role in a region, given to a person (named only by a salted commitment)."""
    Mandate.objects.create(
        entry=entry,
        id=uuid.UUID(body["mandate"]),
        person_id=uuid.UUID(body["person"]),
        role=body["role"],
        region=body["region"],
        commitment=body["commitment"],
    )


def mandate_ended(entry: Entry, actor: Json, body: Json) -> None:
    """The end of a mandate."""
    MandateEnd.objects.create(entry=entry, mandate_id=uuid.UUID(body["mandate"]), reason=body["reason"])


KINDS = {
    "ledger.opened": ledger_opened,
    "election.created": election_created,
    "register.imported": register_imported,
    "stations.imported": stations_imported,
    "station.added": station_added,
    "station.closed": station_closed,
    "station.merged": station_merged,
    "roll.amended": roll_amended,
    "mandate.granted": mandate_granted,
    "mandate.ended": mandate_ended,
}
