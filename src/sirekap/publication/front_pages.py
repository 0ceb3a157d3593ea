"""The pages around the figures: search, change log, share cards, and what home and contest pages show at a glance."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.election.contests import ContestKind, Pair
from sirekap.publication import cards, changes, front, paths, search
from sirekap.publication.model import ContestView, Cut, HomeView, Outcome, RegionView
from sirekap.publication.texts import attribute, say

if TYPE_CHECKING:
    from sirekap.publication.site import SiteWriter

_LOOK = Path(__file__).parent / "look"
CARD = "kartu.png"
TIER = {
    "district": say("pleno kecamatan"),
    "regency": say("pleno kabupaten/kota"),
    "province": say("pleno provinsi"),
}


@functools.cache
def asset(name: str) -> tuple[str, bytes]:
    """A file of the look: its published path, named after its content, and its bytes."""
    data = (_LOOK / name).read_bytes()
    stem, _, suffix = name.rpartition(".")
    return f"assets/{stem}-{hashlib.sha256(data).hexdigest()[:10]}.{suffix}", data


def assets() -> list[tuple[str, bytes]]:
    """What these pages load beside the one stylesheet and the one script of every page."""
    return [asset("home.css"), asset("cari.js")]


def add_card(
    writer: SiteWriter, path: str, view: RegionView, outcome: Outcome | None = None, step: int = 0
) -> tuple[str, str]:
    """Publish a share card at ``path`` unless the one there will do (`cards.make`); (path or "", the card in words)."""
    card = front.card(view, writer.site, outcome)
    if card is None:
        return "", f"{view.contest_title}, {view.name}."
    writer.add_file(path, cards.make(card, lambda: _existing(writer.root / path), step))
    return path, card.words


def _existing(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def region_card(writer: SiteWriter, view: RegionView) -> dict[str, Any]:
    """What a region's page needs for its share card, drawn where the site has one for this tier.

    On a large site (``card_step``) a card is drawn anew once its count has moved enough, not at every cut.
    """
    page = paths.page(view.kind, view.code)
    card, words = "", f"{view.contest_title}, {view.name}."
    if len(view.code) in writer.site.card_tiers:
        path = f"{paths.region_folder(view.kind, view.code)}/{CARD}"
        card, words = add_card(writer, path, view, step=writer.site.card_step)
    return {"card": card, "words": words, "page": page, "home_css": asset("home.css")[0]}


def contest_extra(writer: SiteWriter, kind: ContestKind, contests: Sequence[ContestView]) -> dict[str, Any]:
    """What a contest page shows beside its views; draws the contest's share card."""
    first = contests[0]
    card, words = add_card(writer, f"{kind.value}/{CARD}", first.region, first.outcome)
    return {
        "leads": _leads(contests),
        "scopes": [front.scope(c.region) for c in contests],
        "card": card,
        "words": words,
        "page": f"{kind.value}/index.html",
        "home_css": asset("home.css")[0],
    }


def home_extra(view: HomeView, writer: SiteWriter, moved: tuple[int, int, int, int] | None = None) -> dict[str, Any]:
    """What the front page shows beside its view. Its picture is the first contest's card."""
    titles = dict(writer.site.contests)
    first = front.card(view.contests[0].region, writer.site, view.contests[0].outcome) if view.contests else None
    return {
        "leads": _leads(view.contests),
        "scopes": [front.scope(c.region) for c in view.contests],
        "maps": [c.areas for c in view.contests if c.areas],
        "rungs": front.rungs(view.contests) if view.contests else (),
        "titles": [titles.get(c.region.kind, c.title) for c in view.contests],
        "agenda": front.agenda(view.timetable),
        "card": f"{view.contests[0].region.kind.value}/{CARD}" if first else "",
        "words": first.words if first else writer.site.title,
        "home_css": asset("home.css")[0],
        "moved": moved,
        "logged": writer.has("perubahan.html"),
        "searchable": writer.has(search.PAGE),
    }


def _leads(contests: Sequence[ContestView]) -> list[front.Lead | None]:
    return [
        front.lead(c.region.pairs, c.region.together if c.region.counted or c.region.received else None)
        for c in contests
    ]


def add_search(writer: SiteWriter, found: Sequence[search.Regency], cut: Cut) -> None:
    """The search page, and per regency its list and its index."""
    only = len(found) == 1
    shared = {
        "cut": cut,
        "title": attribute("Cari"),
        "home_css": asset("home.css")[0],
        "search_js": asset("cari.js")[0],
        "district_page": search.district_page,
        "village_page": search.village_page,
    }
    for regency in found:
        writer.add_file(search.index_path(regency), search.index(regency))
        own = {"regency": regency, "regencies": [], "above": not only, "index": search.index_path(regency)}
        writer.add_page("search", search.page_path(regency, only), None, {**shared, **own})
    if not only:
        writer.add_file(f"{search.FOLDER}/semua.json", search.overview(found))
        top = {"regency": None, "regencies": found, "above": False, "index": ""}
        writer.add_page("search", search.PAGE, None, {**shared, **top})


def add_changes(
    writer: SiteWriter,
    records: list[changes.Record],
    cut: Cut,
    titles: Mapping[ContestKind, str],
    pairs: Mapping[ContestKind, Sequence[Pair]],
    official: bool,
) -> None:
    """The change log as a page and as JSON."""
    writer.add_file(changes.PATH, changes.dumps(records))
    extra = {
        "cut": cut,
        "title": attribute("Perubahan"),
        "home_css": asset("home.css")[0],
        "records": records,
        "titles": {kind.value: title for kind, title in titles.items()},
        "pairs": {kind.value: some for kind, some in pairs.items()},
        "link": lambda kind, code: paths.page(ContestKind(kind), code),
        "TIER": TIER,
        "official": official,
    }
    writer.add_page("changes", "perubahan.html", None, extra)
