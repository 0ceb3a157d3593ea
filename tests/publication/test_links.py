"""The whole published site: every page is proper HTML, every link leads somewhere inside it, nothing asks for the outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from justhtml import JustHTML
from support.open_sites import OpenSites

from sirekap.election.contests import ContestKind
from sirekap.publication import paths
from sirekap.publication.model import SIMULATED_LABEL

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
"""The one address outside: nothing loads it, and the licence asks to be named by it."""
CHECK_PAGE = "periksa.html"
CHECKED = re.compile(r"(pkwkk|pkwkp)/(\d{13})")
"""What a link to the check page names: the contest and the station to check."""
STATES = pytest.mark.parametrize("state", ["early", "final"])


@cache
def _parsed(page: Path) -> JustHTML:
    return JustHTML(page.read_text(encoding="utf-8"), sanitize=False, collect_errors=True)


def _pages(sites: OpenSites, state: str) -> Iterator[tuple[str, JustHTML]]:
    root: Path = getattr(sites, state)
    for page in sorted(root.rglob("*.html")):
        yield page.relative_to(root).as_posix(), _parsed(page)


def _ids(document: JustHTML) -> list[str]:
    return [str(node.attrs["id"]) for node in document.query("[id]")]


def _addresses(document: JustHTML) -> Iterator[str]:
    for node in document.query("[href], [src], [srcset], [action], [data]"):
        yield from (str(node.attrs[name]) for name in ("href", "src", "srcset", "action", "data") if name in node.attrs)


def test_the_site_has_pages_of_every_kind(open_sites: OpenSites) -> None:
    kinds = {re.sub(r"[0-9]+", "N", name) for name, _ in _pages(open_sites, "final")}
    village = "pkwkk/N/N/N/N"
    assert {
        "index.html",
        "pkwkk/index.html",
        "pkwkk/N/index.html",
        f"{village}/index.html",
        f"{village}/N.html",
    } <= kinds


@STATES
def test_every_page_is_well_formed(open_sites: OpenSites, state: str) -> None:
    assert {name: found.errors for name, found in _pages(open_sites, state) if found.errors} == {}
    twice = {
        name: sorted({i for i in ids if ids.count(i) > 1}) for name, d in _pages(open_sites, state) if (ids := _ids(d))
    }
    assert {name: found for name, found in twice.items() if found} == {}


@STATES
def test_every_page_tells_its_language_and_that_rows_are_simulated(open_sites: OpenSites, state: str) -> None:
    silent = []
    for name, document in _pages(open_sites, state):
        told = [str(node.attrs.get("lang")) for node in document.query("html")]
        # The check page is one file for any site, to be saved and kept: it shows what it reads, and that says so.
        if told != ["id"] or (SIMULATED_LABEL not in document.to_text() and name != CHECK_PAGE):
            silent.append(name)
    assert silent == []


@STATES
def test_every_reference_inside_a_page_has_its_target(open_sites: OpenSites, state: str) -> None:
    lost = []
    for name, document in _pages(open_sites, state):
        ids = set(_ids(document))
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for node in document.query(f"[{attribute}]"):
                lost += [(name, attribute, i) for i in str(node.attrs[attribute]).split() if i not in ids]
    assert lost == []


@STATES
def test_every_link_leads_to_a_file_of_the_site(open_sites: OpenSites, state: str) -> None:
    root: Path = getattr(open_sites, state).resolve()
    faults = []
    for name, document in _pages(open_sites, state):
        page = root / name
        for address in _addresses(document):
            parts = urlsplit(address)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if address == LICENCE:
                continue
            if parts.scheme or parts.netloc or parts.path.startswith("/"):
                faults.append((name, address, "leaves the site"))
            elif not target.is_relative_to(root) or not target.is_file():
                faults.append((name, address, "no such file"))
            elif target.name == CHECK_PAGE and (named := CHECKED.fullmatch(parts.fragment)):
                if not (root / paths.page(ContestKind(named[1]), named[2])).is_file():
                    faults.append((name, address, "no such station"))
            elif parts.fragment and parts.fragment not in _ids(_parsed(target)):
                faults.append((name, address, "no such place"))
    assert faults == []


@STATES
def test_every_page_can_be_reached_from_the_front(open_sites: OpenSites, state: str) -> None:
    root: Path = getattr(open_sites, state).resolve()
    seen, todo = set(), [root / "index.html"]
    while todo:
        page = todo.pop()
        if page in seen:
            continue
        seen.add(page)
        found = [urlsplit(address).path for address in _addresses(_parsed(page))]
        todo += [(page.parent / unquote(path)).resolve() for path in found if path.endswith(".html")]
    assert sorted(p.relative_to(root).as_posix() for p in set(root.rglob("*.html")) - seen) == []


def test_the_stylesheets_and_scripts_ask_for_nothing(open_sites: OpenSites) -> None:
    files = [file for file in (open_sites.final / "assets").iterdir() if file.suffix in (".css", ".js")]
    assert {
        f.name: found for f in files if (found := re.findall(r"@import|url\(|https?:|//[a-z]", f.read_text()))
    } == {}
