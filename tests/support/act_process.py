"""One act in a process of its own. Started by `databases.Node.start` with a JSON description.

Stands at a barrier (file ``go``); with ``pause`` it also stops between its last statement and its
commit, says so by the file ``paused``, and waits for the file ``commit``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import django

AT = datetime(2024, 11, 29, 3, tzinfo=UTC)


def wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.0005)


def pause_before_commit(folder: Path) -> None:
    from django.db import connection

    commit = connection._commit

    def paused() -> None:
        (folder / "paused").touch()
        wait_for(folder / "commit")
        commit()

    connection._commit = paused


def publish_ledger(site: str, writes: int) -> int:
    """Publishes, and stands still for ever after so many files were put in place."""
    from support.story import SIGNER

    from sirekap.publication import ledger_files

    replace, done = os.replace, []

    def counted(source: Path, target: Path) -> None:
        replace(source, target)
        done.append(target)
        if len(done) == writes:
            Path(site).with_name("paused").touch()
            time.sleep(3600)

    os.replace = counted
    ledger_files.publish_ledger(Path(site), SIGNER)
    return len(done)


def raise_objection(person: str, session: str | None, row: str) -> None:
    from sirekap.workflow import objections, people

    objections.file_objection(
        people.actor_of(UUID(person)),
        session_id=UUID(session) if session else None,
        region=row[:6],
        row=row,
        pair=1,
        text="Saksi mencatat angka lain",
        at=AT,
    )


def answer(person: str, objection: str, session: str, status: str, seen: int) -> None:
    from sirekap.workflow import objections, people

    actor = people.actor_of(UUID(person))
    said = "Sudah dibahas"
    objections.answer_objection(actor, UUID(objection), UUID(session), status, said, AT, expected_answers=seen)


def accept_clean(person: str, session: str, village: str, expected: dict[str, int]) -> list[str]:
    from sirekap.workflow import people, plenary_batch

    return plenary_batch.accept_clean(people.actor_of(UUID(person)), UUID(session), village, AT, expected=expected)


def take_from_box(person: str, second: str, session: str, row: str) -> None:
    from support.small_election import figures

    from sirekap.workflow import people, plenary

    actor, other = people.actor_of(UUID(person)), people.actor_of(UUID(second))
    plenary.take_from_box(actor, other, UUID(session), row, figures(row), AT)


def acts(store: str) -> dict[str, Callable[..., Any]]:
    from sirekap.election.generations import RecountReason
    from sirekap.evidence import open_store
    from sirekap.records import rebuilding, replaying
    from sirekap.workflow import intake, people, plenary, register, sequencing, verification

    def actor(person: str) -> people.Actor:
        return people.actor_of(UUID(person))

    def state(person: str, row: str, figures: dict[str, int | None], generation: int | None = None) -> bool:
        return verification.make_statement(actor(person), row, figures, AT, generation=generation).verified

    def accept(person: str, session: str, row: str, expected_seq: int | None = None) -> None:
        plenary.accept(actor(person), UUID(session), row, AT, expected_seq=expected_seq)

    def close(person: str, session: str, typed: dict[str, list[str]]) -> None:
        plenary.close_session(actor(person), UUID(session), AT, typed)

    def correct(
        person: str, second: str, session: str, row: str, changes: dict[str, int], evidence: str, expected_seq: int
    ) -> None:
        plenary.correct(
            actor(person),
            actor(second),
            open_store(store),
            UUID(session),
            row,
            changes,
            "Salah salin",
            evidence,
            AT,
            expected_seq=expected_seq,
        )

    def photo(person: str, row: str, text: str) -> str:
        from support.small_election import photo as image

        return str(intake.receive_photo(actor(person), open_store(store), row, 7, image(text), AT).photo)

    def record(**leased: Any) -> bool:
        from support import plain_reader, small_election

        from sirekap.records.models import Photo
        from sirekap.workflow import reading, reading_queue

        photo = Photo.objects.get(pk=leased["photo"])
        seen = plain_reader.page(photo.row_id, photo.pages.bit_length(), small_election.figures(photo.row_id))
        held = reading_queue.Leased(**(leased | {"photo": photo.pk, "expires": AT}))
        return reading.record_reading(held, seen, AT, judge=plain_reader.judge) is not None

    def read_queue(processes: int, seconds: float, real: bool = False) -> int:
        from datetime import timedelta

        from support import plain_reader

        from sirekap.jobs.reading import Reader

        plain = {} if real else {"look": plain_reader.look_slowly, "judge": plain_reader.judge}
        term = timedelta(seconds=seconds)
        with Reader(open_store(store), processes, clock=lambda: AT, term=term, **plain) as reader:
            return reader.run_once().read

    return {
        "record": record,
        "publish_ledger": publish_ledger,
        "read_queue": read_queue,
        "state": state,
        "accept": accept,
        "accept_clean": accept_clean,
        "take_from_box": take_from_box,
        "correct": correct,
        "photo": photo,
        "close": close,
        "object": raise_objection,
        "answer": answer,
        "open": lambda person, region, contests: str(plenary.open_session(actor(person), region, contests, AT).pk),
        "recount": lambda person, session, row: plenary.order_recount(
            actor(person), UUID(session), row, RecountReason.DARK, AT
        ),
        "add": lambda person, station: register.add_station(
            actor(person), station, 10, 10, "TPS khusus", AT.date(), AT
        ),
        "sequence": lambda: getattr(sequencing.sequence(AT), "added", None),
        "replay": lambda file: [
            replaying.replay_file(Path(file)),
            replaying.state_digest(),
            rebuilding.rebuild()["changed"],
        ],
    }


def main(spec: dict[str, Any]) -> dict[str, Any]:
    django.setup()
    from django.db import connection

    from sirekap.workflow.errors import Refused

    folder = Path(spec["folder"])
    arguments = dict(spec["arguments"])
    connection.ensure_connection()
    act = acts(spec["store"])[spec["act"]]
    if arguments.pop("pause", False):
        pause_before_commit(folder)
    (folder / "ready").touch()
    wait_for(folder / "go")
    try:
        return {"ok": act(**arguments)}
    except Refused as refused:
        return {"refused": refused.code}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
