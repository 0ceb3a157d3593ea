"""Make the whole demo plan from one seed: Kabupaten Bekasi 2024, two contests, 4,236 stations."""

from __future__ import annotations

import numpy as np

from sirekap.demo import errors, revotes
from sirekap.demo.book import Book
from sirekap.demo.facts import KINDS, REGENT, Facts, facts
from sirekap.demo.fitting import Floats, Ints
from sirekap.demo.forms import full_forms
from sirekap.demo.plan import Determination, ErrorKind, Plan, Rows, SeededError
from sirekap.demo.rolls import build_places, move_voters
from sirekap.demo.sessions import build_sessions
from sirekap.demo.timeline import build_events, build_times
from sirekap.demo.votes import build_votes, district_means
from sirekap.election.contests import ContestKind


def _roll_means(facts_: Facts, means: Floats) -> Floats:
    """Wanted mean roll per district: larger where more people voted, but less than in proportion."""
    size = np.array([d.stations for d in facts_.districts])
    level = (means / np.average(means, weights=size)) ** 0.3
    total = facts_.men + facts_.women
    out: Floats = level * total / (level * size).sum()
    return out


def _seed_errors(book: Book) -> None:
    errors.seed_large_roll(book)
    errors.seed_arithmetic(book)
    errors.seed_swapped(book)
    errors.seed_cross_contest(book)
    errors.seed_recount(book)
    errors.regency_corrections(book)
    errors.seed_slips(book)
    revotes.seed_revote(book)
    book.district.sort(key=lambda c: (c.at, c.station))
    book.regency.sort(key=lambda c: (c.at, c.station))


def _slip_stations(found: list[SeededError], index: dict[str, int], kind: ContestKind) -> Ints:
    chosen = [index[e.station] for e in found if e.kind is ErrorKind.SLIP and e.contest is kind]
    return np.array(sorted(chosen), np.int64)


def _frozen(book: Book, kind: ContestKind) -> Rows:
    arrays = (book.paper[kind], book.after[kind], book.final[kind])
    for array in arrays:
        array.setflags(write=False)
    return Rows(book.ids[kind], *arrays)


def generate(seed: int = 2024) -> Plan:
    """The demo's plan. The same seed gives the same plan; every seed adds up to the published figures."""
    known = facts()
    rng = np.random.default_rng(seed)
    means, counted = district_means(known)
    places = build_places(rng, known, _roll_means(known, means))
    stations, added, amendments = move_voters(places)
    votes = build_votes(rng, known, places, errors.REGENCY_DELTAS, means, counted)
    forms = full_forms(rng, places, votes)
    disputed = {places.codes[i][:6] for i in votes.deltas}
    sessions = build_sessions(rng, known, disputed)
    book = Book(
        rng,
        places,
        votes,
        {k: ids for k, (ids, _) in forms.items()},
        {k: figures for k, (_, figures) in forms.items()},
        {s.region: s for s in sessions},
    )
    _seed_errors(book)
    index = {code: i for i, code in enumerate(places.codes)}
    times = {
        k: build_times(rng, known, places, votes.queues[k], k, sessions, _slip_stations(book.errors, index, k))
        for k in KINDS
    }
    return Plan(
        seed=seed,
        contests=known.contests,
        stations=stations,
        rows={k: _frozen(book, k) for k in KINDS},
        times=times,
        events=build_events(times),
        errors=tuple(book.errors),
        district_corrections=tuple(book.district),
        regency_corrections=tuple(book.regency),
        recounts=tuple(book.recounts),
        revotes=tuple(book.revotes),
        added_stations=added,
        roll_amendments=amendments,
        sessions=sessions,
        determination=Determination(known.determined, REGENT, known.decision, known.decision_source),
    )
