"""The generated reference page on the plenary's states: both diagrams, every label, every cause of reopening."""

from __future__ import annotations

from sirekap.election.plenary import LABEL_EN, LABEL_ID, ItemState, ReopenCause, SessionState, mermaid

_HEAD = """# Rapat pleno: status / Plenary: states

Dibuat dari kode oleh `sirekap docs`; jangan diubah dengan tangan.

The diagrams are the tables `SESSION_TRANSITIONS` and `ITEM_TRANSITIONS` of `sirekap.election.plenary`; every step they
do not show is refused.

## Rapat / The session

A session may be convened first, again if its plan changes, or opened at once. It opens with a non-empty agenda, closes
only when no item is unread, deferred or waiting for a recount and the two asked groups of every printed sheet's hash
are typed back, and may be reopened for one of the causes below. It then closes a second time; rows that it or a higher
session ratified stay ratified, and a higher session that had read the region reads it once more.

"""

_ITEM = """
## Butir agenda / An item of the agenda

An item is a station (district plenary) or the region below (regency and province plenaries). It moves only while the
session is open or reading. A recounted item is unread again: its new figures must be read out. Undoing is a new act
(`item.reopened`): what stood before the session's decisions stands again, and the item must be read again.

"""


def states_reference_markdown() -> str:
    """The whole page."""
    session, item = mermaid().split("\n```mermaid", 1)
    diagrams = _HEAD + session + "\n" + _labels(SessionState), _ITEM + "```mermaid" + item + "\n" + _labels(ItemState)
    causes = "\n## Sebab pembukaan kembali / Causes of reopening\n\n" + _labels(ReopenCause)
    return "".join(diagrams) + causes


def _labels(states: type[SessionState] | type[ItemState] | type[ReopenCause]) -> str:
    lines = [f"| `{state.value}` | {LABEL_ID[state]} | {LABEL_EN[state]} |" for state in states]
    return "\n".join(["| kode / code | Indonesia | English |", "|---|---|---|", *lines]) + "\n"
