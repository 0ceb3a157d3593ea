"""The demo's re-vote: a station of a district that had closed votes again for the governor."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from sirekap.demo.book import Book
from sirekap.demo.facts import GOVERNOR
from sirekap.demo.plan import Revote
from sirekap.election.generations import RevoteReason

DISTRICT = "321612"
"""Closed and read by the regency before the order; nothing else is wrong there."""
ORDERED = datetime(2024, 12, 1, 2, 30, tzinfo=UTC)
ARRIVES = datetime(2024, 12, 4, 8, 40, tzinfo=UTC)
"""4 Dec 2024 15:40 WIB; the last day for a re-vote was 6 December."""
READ = datetime(2024, 12, 4, 12, 0, tzinfo=UTC)
ORDER = "1/PSU-SIMULASI/3216/2024"
MOVED = 7
"""Votes that fall to another pair than on 27 November."""


def seed_revote(book: Book) -> None:
    """Seven voters choose another pair; who came and what was invalid stays the same, so the totals show just that."""
    votes = book.votes.pairs[GOVERNOR]
    inside = np.array([code.startswith(DISTRICT) for code in book.places.codes])
    station = book.pick(inside & (votes.min(axis=1) >= MOVED) & ~book.places.is_special)
    figures = book.figures(GOVERNOR, station)
    lost, gained = f"votes_{1 + int(votes[station].argmin())}", f"votes_{1 + int(votes[station].argmax())}"
    new = figures | {lost: figures[lost] - MOVED, gained: figures[gained] + MOVED}
    for name, value in new.items():
        book.final[GOVERNOR][station, book.ids[GOVERNOR].index(name)] = value
    code = book.places.codes[station]
    book.revotes.append(Revote(ORDERED, ARRIVES, READ, code, GOVERNOR, RevoteReason.DOUBLE, ORDER, new))
