"""From the database to the front page's map and the search: voters per region, positions, station codes."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.conf import settings
from django.db.models import F, Sum
from django.db.models.functions import Substr

from sirekap.election.contests import ContestKind
from sirekap.publication import (
    centroids,
    changes,
    front,
    front_pages,
    load,
    load_changes,
    load_outcome,
    load_papers,
    search,
)
from sirekap.publication.books import pairs_of
from sirekap.publication.model import Cut, HomeView, SiteInfo, first_cut_covering
from sirekap.publication.site import SiteWriter
from sirekap.records.models import Leaf, StationChange

logger = logging.getLogger(__name__)
ALL_CARDS_UP_TO = 20_000
"""Stations of a contest up to which districts have share cards too, drawn at every change; above it only regencies and
provinces, and anew once the count has moved by a twentieth: a card names the cut that it shows."""


def site_info(src: load.Source) -> SiteInfo:
    """What every page prints, with the site's address and the tiers that have share cards."""
    small = max(len(book.codes) for book in src.books.values()) <= ALL_CARDS_UP_TO
    tiers, step = ((2, 4, 6), 0) if small else ((2, 4), 5)
    address = settings.CONFIG.public_url or ""
    return replace(load.site_info(src), address=address, card_tiers=tiers, card_step=step)


def home(src: load.Source) -> HomeView:
    """The front page's views, each contest with its map."""
    found = load.home(src)
    known = load_papers.of(src)
    contests = []
    for view in found.contests:
        contest = src.books[view.region.kind].contest
        contests.append(
            replace(
                view,
                region=known.beside(src, view.region),
                outcome=load_outcome.outcome(src, contest),
                areas=area_map(src, view.region.kind),
                superseded=load_outcome.superseded(contest),
            )
        )
    return replace(found, contests=tuple(contests))


def add_pages(writer: SiteWriter, src: load.Source, since: int | None) -> None:
    """Home, contests, search and change log of one cut. ``since``: ledger index, of a partial cut."""
    view = home(src)
    for contest in view.contests:
        writer.add_contest(contest.region.kind, (contest,))
    if register_changed(since) or not writer.has(search.PAGE):
        front_pages.add_search(writer, regencies(src), register_cut(src))
    records = load_changes.records_of(src, writer.root)
    pairs = {kind: pairs_of(book.contest) for kind, book in src.books.items()}
    titles = {kind: book.contest.title for kind, book in src.books.items()}
    official = all(contest.region.official for contest in view.contests)
    front_pages.add_changes(writer, records, src.cut, titles, pairs, official)
    writer.add_home(view, None if records[0]["first"] else changes.summary(records[0]))


def area_map(src: load.Source, kind: ContestKind) -> front.AreaMap | None:
    """The map of one contest: the first tier below its region that has more than one region."""
    book = src.books[kind]
    for digits in load.TIERS:
        codes = sorted({code[:digits] for code in book.codes})
        if digits > len(book.contest.region) and len(codes) > 1:
            above = sorted({code[: load.TIERS[load.TIERS.index(digits) - 1]] for code in codes})
            rows = [row for parent in above for row in load.region(src, kind, parent).rows]
            voters = rolls(digits)
            return front.area_map(kind, rows, pairs_of(book.contest), voters, positions())
    return None


def positions() -> Mapping[str, centroids.Position]:
    """Where regions lie. A file that cannot be read is told in the log and never keeps a cut from being made."""
    try:
        return centroids.load(settings.CONFIG.centroids)
    except centroids.BadCentroids as error:
        logger.warning("%s / %s", error.text_id, error.text_en)
        return centroids.shipped()


def rolls(digits: int) -> Counter[str]:
    """Voters on the permanent roll per region code of this length: the first rolls, plus what changed since."""
    opened = StationChange.objects.filter(change=StationChange.OPENED).annotate(code=Substr("station_id", 1, digits))
    found = opened.order_by().values_list("code").annotate(n=Sum(F("roll_l") + F("roll_p")))
    out: Counter[str] = Counter(dict(found))
    later = StationChange.objects.exclude(change=StationChange.OPENED).values_list("station_id", flat=True)
    moved = sorted(set(later))
    for start in range(0, len(moved), 400):
        _follow(out, moved[start : start + 400], digits)
    return out


def _follow(out: Counter[str], stations: Sequence[str], digits: int) -> None:
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    changes = StationChange.objects.filter(station_id__in=stations).order_by("entry_id")
    for code, change, men, women in changes.values_list("station_id", "change", "roll_l", "roll_p"):
        if men is not None:
            first.setdefault(code, men + women)
            last[code] = men + women
        elif change in (StationChange.CLOSED, StationChange.MERGED):
            last[code] = 0
    for code, voters in last.items():
        out[code[:digits]] += voters - first[code]


def regencies(src: load.Source) -> list[search.Regency]:
    """What the search pages hold."""
    return search.regencies({kind: book.codes for kind, book in src.books.items()}, src.names)


def register_cut(src: load.Source) -> Cut:
    """The first cut that covers the newest change of the register: the stamp of the search pages."""
    newest = Leaf.objects.filter(entry__kind__in=load.REGISTER_KINDS).order_by("index").last()
    index = min(newest.index if newest else 0, src.cut.ledger_size - 1)
    return first_cut_covering(index, src.cuts)


def register_changed(since: int | None) -> bool:
    """Whether regions or stations changed at ledger index ``since`` or later (``None``: treat as changed)."""
    return since is None or Leaf.objects.filter(index__gte=since, entry__kind__in=load.REGISTER_KINDS).exists()
