"""The plenary session as a state machine: its states, the items on its agenda, and what may follow what.

Pure: persons, places and times are the caller's. ``docs/reference/plenary-states.md`` shows
:func:`mermaid` and a test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class SessionState(StrEnum):
    """Where a session stands."""

    SCHEDULED = "scheduled"
    OPENED = "opened"
    READING = "reading"
    ADJOURNED = "adjourned"
    CLOSED = "closed"


class SessionAct(StrEnum):
    """What the chair may do with a session."""

    CONVENE = "convene"
    OPEN = "open"
    READ = "read"
    ADJOURN = "adjourn"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"


class ReopenCause(StrEnum):
    """Why a closed session reads on."""

    GENERATION = "generation"
    RULING = "ruling"
    INSTRUCTION = "instruction"
    OVERSIGHT = "oversight"


class ItemState(StrEnum):
    """Where one station (or lower region) of the agenda stands."""

    UNREAD = "unread"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    FROM_BOX = "from_box"
    DEFERRED = "deferred"
    RECOUNT = "recount"


class ItemAct(StrEnum):
    """What a session may decide about an item."""

    ACCEPT = "accept"
    CORRECT = "correct"
    TAKE_FROM_BOX = "take_from_box"
    DEFER = "defer"
    ORDER_RECOUNT = "order_recount"
    ENTER_RECOUNT = "enter_recount"
    UNDO = "undo"


_S, _A = SessionState, SessionAct
SESSION_TRANSITIONS: dict[tuple[SessionState, SessionAct], SessionState] = {
    (_S.SCHEDULED, _A.CONVENE): _S.SCHEDULED,
    (_S.SCHEDULED, _A.OPEN): _S.OPENED,
    (_S.OPENED, _A.READ): _S.READING,
    (_S.OPENED, _A.ADJOURN): _S.ADJOURNED,
    (_S.READING, _A.READ): _S.READING,
    (_S.READING, _A.ADJOURN): _S.ADJOURNED,
    (_S.READING, _A.CLOSE): _S.CLOSED,
    (_S.ADJOURNED, _A.RESUME): _S.READING,
    (_S.CLOSED, _A.REOPEN): _S.READING,
}
"""(state, act) -> next state; every other combination is refused.

Convening again changes the plan of a session that has not opened. A closed session is read on for a named
cause (a new generation, a ruling) and closes a second time; what it ratified before stays ratified.
"""

_UNDECIDED = (ItemState.UNREAD, ItemState.DEFERRED)
_DECIDED = (ItemState.ACCEPTED, ItemState.CORRECTED, ItemState.FROM_BOX)
_DECISIONS = {
    ItemAct.ACCEPT: ItemState.ACCEPTED,
    ItemAct.CORRECT: ItemState.CORRECTED,
    ItemAct.TAKE_FROM_BOX: ItemState.FROM_BOX,
}
ITEM_TRANSITIONS: dict[tuple[ItemState, ItemAct], ItemState] = {
    **{(state, act): to for state in _UNDECIDED for act, to in _DECISIONS.items()},
    **{(state, ItemAct.CORRECT): ItemState.CORRECTED for state in _DECIDED},
    **{(state, ItemAct.DEFER): ItemState.DEFERRED for state in (ItemState.UNREAD, *_DECIDED)},
    **{(state, ItemAct.ORDER_RECOUNT): ItemState.RECOUNT for state in (*_UNDECIDED, *_DECIDED)},
    (ItemState.RECOUNT, ItemAct.ENTER_RECOUNT): ItemState.UNREAD,
    **{(state, ItemAct.UNDO): ItemState.UNREAD for state in (*_DECIDED, ItemState.DEFERRED)},
}
"""(state, act) -> next state. A recounted item is unread again: its new figures must be read out.

Undoing erases nothing: it is one more act, after which the item must be read again.
"""

LABEL_ID: dict[SessionState | ItemState | ReopenCause, str] = {
    SessionState.SCHEDULED: "Dijadwalkan",
    SessionState.OPENED: "Dibuka",
    SessionState.READING: "Pembacaan",
    SessionState.ADJOURNED: "Diskors",
    SessionState.CLOSED: "Ditutup",
    ItemState.UNREAD: "Belum dibacakan",
    ItemState.ACCEPTED: "Diterima",
    ItemState.CORRECTED: "Dikoreksi",
    ItemState.FROM_BOX: "Dari kotak suara",
    ItemState.DEFERRED: "Ditunda",
    ItemState.RECOUNT: "Hitung ulang",
    ReopenCause.GENERATION: "Hitung ulang atau pemungutan suara ulang",
    ReopenCause.RULING: "Putusan pengadilan atau Bawaslu",
    ReopenCause.INSTRUCTION: "Perintah tingkat di atasnya",
    ReopenCause.OVERSIGHT: "Ada yang terlewat dalam rapat",
}
LABEL_EN: dict[SessionState | ItemState | ReopenCause, str] = {
    SessionState.SCHEDULED: "Scheduled",
    SessionState.OPENED: "Opened",
    SessionState.READING: "Reading",
    SessionState.ADJOURNED: "Adjourned",
    SessionState.CLOSED: "Closed",
    ItemState.UNREAD: "Not read yet",
    ItemState.ACCEPTED: "Accepted",
    ItemState.CORRECTED: "Corrected",
    ItemState.FROM_BOX: "Taken from the box",
    ItemState.DEFERRED: "Deferred",
    ItemState.RECOUNT: "Recount ordered",
    ReopenCause.GENERATION: "Recount or re-vote",
    ReopenCause.RULING: "Ruling of a court or of the supervisors",
    ReopenCause.INSTRUCTION: "Order of the tier above",
    ReopenCause.OVERSIGHT: "Something was missed in the session",
}


class PlenaryError(Exception):
    """A refused step; ``text_id`` and ``text_en`` say what happened and what to do."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


class WrongSessionState(PlenaryError):
    """The session's state does not allow the act."""

    def __init__(self, state: SessionState, act: SessionAct) -> None:
        allowed = ", ".join(a for s, a in SESSION_TRANSITIONS if s is state)
        possible = allowed or "tidak ada"
        super().__init__(
            f"Rapat berstatus “{LABEL_ID[state]}”, jadi langkah “{act}” ditolak. Langkah yang bisa: {possible}.",
            f"The session is “{LABEL_EN[state]}”, so “{act}” is refused. Possible steps: {allowed or 'none'}.",
        )
        self.state, self.act = state, act


class WrongItemState(PlenaryError):
    """The item's state does not allow the decision."""

    def __init__(self, state: ItemState, act: ItemAct) -> None:
        allowed = ", ".join(a for s, a in ITEM_TRANSITIONS if s is state)
        super().__init__(
            f"TPS/wilayah ini berstatus “{LABEL_ID[state]}”, jadi “{act}” ditolak. Langkah yang bisa: {allowed}.",
            f"This item is “{LABEL_EN[state]}”, so “{act}” is refused. Possible steps: {allowed}.",
        )
        self.state, self.act = state, act


class EmptyAgenda(PlenaryError):
    """A session without items cannot be opened or closed."""

    def __init__(self) -> None:
        super().__init__(
            "Agenda rapat kosong: tidak ada TPS atau wilayah untuk dibacakan. Isi agenda lebih dahulu.",
            "The agenda is empty: there is no station or region to read. Fill the agenda first.",
        )


class AgendaUnfinished(PlenaryError):
    """Items are still unread, deferred or waiting for a recount."""

    def __init__(self, agenda: Agenda) -> None:
        super().__init__(
            f"Rapat belum dapat ditutup: {agenda.unread} belum dibacakan, {agenda.deferred} ditunda, "
            f"{agenda.recount} menunggu hitung ulang. Selesaikan semuanya atau skors rapat.",
            f"The session cannot close: {agenda.unread} unread, {agenda.deferred} deferred, "
            f"{agenda.recount} waiting for a recount. Finish them or adjourn.",
        )
        self.agenda = agenda


@dataclass(frozen=True, slots=True)
class Agenda:
    """How many items of the agenda stand where."""

    unread: int = 0
    accepted: int = 0
    corrected: int = 0
    from_box: int = 0
    deferred: int = 0
    recount: int = 0

    @classmethod
    def count(cls, items: Iterable[ItemState]) -> Agenda:
        """Counters of the items' states."""
        return cls(**{state.value: n for state, n in Counter(items).items()})

    @property
    def total(self) -> int:
        """All items."""
        return self.settled + self.unsettled

    @property
    def settled(self) -> int:
        """Items read out and decided."""
        return self.accepted + self.corrected + self.from_box

    @property
    def unsettled(self) -> int:
        """Items that keep the session from closing."""
        return self.unread + self.deferred + self.recount


def step(state: SessionState, act: SessionAct, agenda: Agenda) -> SessionState:
    """The session's next state.

    Raises :class:`WrongSessionState`, :class:`EmptyAgenda` (convene, open, close) or
    :class:`AgendaUnfinished` (close).
    """
    after = SESSION_TRANSITIONS.get((state, act))
    if after is None:
        raise WrongSessionState(state, act)
    if act in (SessionAct.CONVENE, SessionAct.OPEN, SessionAct.CLOSE) and not agenda.total:
        raise EmptyAgenda
    if act is SessionAct.CLOSE and agenda.unsettled:
        raise AgendaUnfinished(agenda)
    return after


def decide_item(session: SessionState, item: ItemState, act: ItemAct) -> tuple[SessionState, ItemState]:
    """Read one item and decide: next states of session and item.

    Items move only while the session is open or reading. Raises :class:`WrongSessionState`
    or :class:`WrongItemState`.
    """
    reading = SESSION_TRANSITIONS.get((session, SessionAct.READ))
    if reading is None:
        raise WrongSessionState(session, SessionAct.READ)
    after = ITEM_TRANSITIONS.get((item, act))
    if after is None:
        raise WrongItemState(item, act)
    return reading, after


def allowed_acts(state: SessionState) -> tuple[SessionAct, ...]:
    """Acts the state allows, whatever the agenda says."""
    return tuple(act for before, act in SESSION_TRANSITIONS if before is state)


def allowed_decisions(item: ItemState) -> tuple[ItemAct, ...]:
    """Decisions the item's state allows."""
    return tuple(act for before, act in ITEM_TRANSITIONS if before is item)


def mermaid() -> str:
    """Both state machines as mermaid blocks, the text shown in the reference page."""
    session = [f"    {before} --> {after}: {act}" for (before, act), after in SESSION_TRANSITIONS.items()]
    item = [f"    {before} --> {after}: {act}" for (before, act), after in ITEM_TRANSITIONS.items()]
    blocks = [
        "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {SessionState.SCHEDULED}", *session]),
        "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {ItemState.UNREAD}", *item]),
    ]
    blocks[0] += f"\n    {SessionState.CLOSED} --> [*]"
    return "\n```\n\n".join(blocks) + "\n```\n"
