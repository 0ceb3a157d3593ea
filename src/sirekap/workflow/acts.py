"""Plenary acts as plain data: one JSON object names one act, so that a script can do it and an entry can be done again.

``{"act": "accept", "as": "chair", "at": "2024-12-01T02:00:00Z", "row": "3216011007001-pkwkk"}``. `describe` turns the
entry of an act back into such an object; `perform` calls the act. Together they are how another node's entry is
checked: described, performed here, and compared with what it says (`records.reenacting`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sirekap.election.generations import RecountReason
from sirekap.evidence.store import EvidenceStore
from sirekap.records.models import PanelChange, SessionCursor, StationContest
from sirekap.workflow import conduct, documents, objections, plenary, sessions, sheets
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor
from sirekap.workflow.plenary_batch import accept_clean, clean_rows

Json = dict[str, Any]
FROM_SHEET = "from_sheet"
"""Instead of groups typed back: take them from the sheet itself. For entries done again and for simulations only."""


@dataclass(frozen=True)
class Hall:
    """Where acts are done: the region whose session they belong to, and what they need besides their own words.

    ``texts``: objection id -> its words, kept outside the ledger. ``typed_by_machine``: whether `FROM_SHEET` is let
    pass.
    """

    region: str
    store: EvidenceStore
    actor: Callable[[str], Actor]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    typed_by_machine: bool = False

    def session(self, act: Json) -> uuid.UUID:
        """The session an act names, or the region's own."""
        named = act.get("session")
        if named:
            return uuid.UUID(named)
        found = SessionCursor.objects.filter(region_id=self.region).values_list("pk", flat=True).first()
        if found is None:
            raise not_found(f"Rapat pleno {self.region}")
        return found


def moment(text: str) -> datetime:
    """An aware time from its text; raises ``ValueError``."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} names no time zone")
    return found


def perform(act: Json, hall: Hall, at: datetime) -> None:
    """Do one act. Raises `Refused`: by the act itself, or (400) for an object that is no act."""
    try:
        doing = ACTS[act["act"]]
        who = hall.actor(act["as"])
        doing(act, who, hall, at)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(
            "act",
            f"Ini bukan tindakan yang dikenal, atau ada isian yang kurang: {error}.",
            f"This is no act that is known, or something is missing: {error}.",
            400,
        ) from error


def _convene(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    planned, invited = moment(act["planned_at"]), moment(act["invited_at"])
    named = act.get("session")
    session = uuid.UUID(named) if named else None
    sessions.convene(who, hall.region, act["contests"], planned, act.get("order", []), invited, at, session)


def _open(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    named = act.get("session")
    sessions.open_session(who, hall.region, act["contests"], at, uuid.UUID(named) if named else None)


def _adjourn(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    sessions.adjourn(who, hall.session(act), at)


def _resume(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    sessions.resume(who, hall.session(act), at)


def _close(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    session, typed = hall.session(act), act["typed"]
    if typed == FROM_SHEET:
        if not hall.typed_by_machine:
            raise Refused(
                "chunks",
                "Kode lembar harus diketik dari cetakannya; “from_sheet” hanya untuk simulasi.",
                "The sheet's code is typed from its printout; “from_sheet” is for simulations only.",
                400,
            )
        typed = sheets.on_paper(SessionCursor.objects.get(pk=session))
    sessions.close_session(who, session, at, typed)


def _reopen(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    sessions.reopen_session(who, hall.session(act), act["reason"], at, cause=act["cause"])


def _accept(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    plenary.accept(who, hall.session(act), act["row"], at)


def _defer(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    plenary.defer(who, hall.session(act), act["row"], act["reason"], at)


def _from_box(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    plenary.take_from_box(who, hall.actor(act["with"]), hall.session(act), act["row"], act["figures"], at)


def _correct(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    second, changes = hall.actor(act["with"]), act["changes"]
    session, row = hall.session(act), act["row"]
    plenary.correct(who, second, hall.store, session, row, changes, act["reason"], act["evidence"], at)


def _recount(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    plenary.order_recount(who, hall.session(act), act["row"], RecountReason(act["reason"]), at)


def _undo(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    plenary.undo(who, hall.session(act), act["row"], act["reason"], at)


def _accept_village(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    session, village = hall.session(act), act["village"]
    rows = act.get("rows") or [row.pk for row in clean_rows(SessionCursor.objects.get(pk=session), village)]
    seen = dict(StationContest.objects.filter(pk__in=rows).values_list("pk", "last_seq"))
    accept_clean(who, session, village, at, expected={row: seen.get(row, 0) for row in rows})


def _attend(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    person = act.get("person")
    conduct.record_attendance(
        who,
        hall.session(act),
        act["capacity"],
        at,
        pair=act.get("pair"),
        person=hall.actor(person).person if person else None,
        mandate=act.get("mandate") or "",
        present=act.get("present", True),
    )


def _panel(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    if act["event"] == PanelChange.CLOSED:
        conduct.close_panel(who, hall.session(act), act["number"], at)
        return
    lead = hall.actor(act["lead"]).person
    conduct.open_panel(who, hall.session(act), act["number"], act["villages"], at, lead=lead)


def _object(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    words = hall.texts.get(str(act.get("objection")), act)
    objections.file_objection(
        who,
        session_id=hall.session(act) if act.get("session", True) else None,
        region=act.get("region", hall.region),
        row=act.get("row"),
        contest=act.get("contest"),
        kind=act["kind"],
        subject=act["subject"],
        fields=act.get("fields", []),
        pair=act.get("pair"),
        text=words["text"],
        demand=words.get("demand", ""),
        attachments=act.get("attachments", []),
        at=at,
        store=hall.store,
        capacity=act.get("capacity"),
        published=act.get("published") or "",
        objection_id=uuid.UUID(act["objection"]) if act.get("objection") else None,
        salt=bytes.fromhex(words["salt"]) if "salt" in words else None,
    )


def _answer(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    remedy = uuid.UUID(act["remedy"]) if act.get("remedy") else None
    objection, session = uuid.UUID(act["objection"]), hall.session(act)
    objections.answer_objection(who, objection, session, act["status"], act["answer"], at, correction=remedy)


def _publish(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    objections.publish_text(who, uuid.UUID(act["objection"]), act["published"], at)


def _scan(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    documents.file_scan(who, hall.store, act["document"], act["sha256"], act["signed"], at)


def _refuse_signature(act: Json, who: Actor, hall: Hall, at: datetime) -> None:
    document, capacity, pair = act["document"], act["capacity"], act.get("pair")
    documents.refuse_signature(who, document, capacity, pair, act["reason"], at, field=act.get("field"))


ACTS: dict[str, Callable[[Json, Actor, Hall, datetime], None]] = {
    "convene": _convene,
    "open": _open,
    "adjourn": _adjourn,
    "resume": _resume,
    "close": _close,
    "reopen": _reopen,
    "accept": _accept,
    "defer": _defer,
    "from_box": _from_box,
    "correct": _correct,
    "recount": _recount,
    "undo": _undo,
    "accept_village": _accept_village,
    "attend": _attend,
    "panel": _panel,
    "object": _object,
    "answer": _answer,
    "publish": _publish,
    "scan": _scan,
    "refuse_signature": _refuse_signature,
}
"""Name of an act -> what does it."""


def _of_session(body: Json) -> Json:
    detail = body["detail"]
    same = {"session": body["session"]}
    return {
        "convened": lambda: {"act": "convene", "contests": body["contests"], **detail, **same},
        "opened": lambda: {"act": "open", "contests": body["contests"], **same},
        "adjourned": lambda: {"act": "adjourn", **same},
        "resumed": lambda: {"act": "resume", **same},
        "closed": lambda: {"act": "close", "typed": FROM_SHEET, **same},
        "reopened": lambda: {"act": "reopen", "reason": detail["reason"], "cause": detail["cause"], **same},
    }[body["event"]]()


def _of_decision(body: Json) -> Json:
    same = {"session": body["session"], "row": body["row"]}
    box = {"act": "from_box", "figures": body["figures"], "with": body["second"], **same}
    return {
        "accepted": {"act": "accept", **same},
        "deferred": {"act": "defer", "reason": body["reason"], **same},
        "from_box": box,
        "recount_entered": box,
    }[body["decision"]]


def _of_correction(body: Json) -> Json:
    changes = {name: change["new"] for name, change in body["changes"].items()}
    same = {key: body[key] for key in ("session", "row", "reason", "evidence")}
    return {"act": "correct", "changes": changes, "with": body["authorised"][1], **same}


def _of_generation(body: Json) -> Json:
    return {"act": "recount", "session": body["session"], "row": body["row"], "reason": body["reason"]}


def _of_undo(body: Json) -> Json:
    return {"act": "undo", "session": body["session"], "row": body["row"], "reason": body["reason"]}


def _of_village(body: Json) -> Json:
    same = {"session": body["session"], "village": body["village"]}
    return {"act": "accept_village", "rows": [item["row"] for item in body["items"]], **same}


def _of_attendance(body: Json) -> Json:
    return {"act": "attend", **body}


def _of_panel(body: Json) -> Json:
    return {"act": "panel", **body}


def _of_objection(body: Json) -> Json:
    same = {key: value for key, value in body.items() if key not in ("attachments", "fields")}
    attached = [one["sha256"] for one in body["attachments"]]
    return {"act": "object", **same, "attachments": attached, "fields": body["fields"]}


def _of_answer(body: Json) -> Json:
    return {"act": "answer", **body}


def _of_publishing(body: Json) -> Json:
    return {"act": "publish", **body}


def _of_scan(body: Json) -> Json:
    signed = [item[0] for item in body["signed"]]
    return {"act": "scan", "document": body["document"], "sha256": body["sha256"], "signed": signed}


def _of_refusal(body: Json) -> Json:
    return {"act": "refuse_signature", **body}


DESCRIBED: dict[str, Callable[[Json], Json]] = {
    "session.changed": _of_session,
    "item.decided": _of_decision,
    "item.corrected": _of_correction,
    "generation.opened": _of_generation,
    "item.reopened": _of_undo,
    "items.accepted": _of_village,
    "attendance.recorded": _of_attendance,
    "panel.changed": _of_panel,
    "objection.filed": _of_objection,
    "objection.answered": _of_answer,
    "objection.published": _of_publishing,
    "document.scanned": _of_scan,
    "document.refused": _of_refusal,
}
"""Kind of entry -> the act behind it."""


def describe(content: Json) -> Json:
    """The act that wrote an entry; ``KeyError`` for a kind that no plenary act writes."""
    return {**DESCRIBED[content["kind"]](content["body"]), "as": content["actor"]["person"]}
