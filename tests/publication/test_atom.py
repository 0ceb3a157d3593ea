"""The feed: RFC 4287's required elements, ids that never change, newest first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from support.open_sites import OpenSites

from publication import sample
from sirekap.publication import atom, model

NS = {"a": atom.NAMESPACE}


def parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)


def cuts(n: int) -> list[model.Cut]:
    return [model.Cut(i, sample.CUT.at + timedelta(minutes=i), 100 * i, f"{i:064x}") for i in range(1, n + 1)]


def test_feed_and_entries_have_what_the_standard_requires(open_sites: OpenSites) -> None:
    for site in (open_sites.early, open_sites.final):
        feed = parsed((site / "data/atom.xml").read_bytes())
        for element in (feed, *feed.findall("a:entry", NS)):
            assert [len(element.findall(f"a:{name}", NS)) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert feed.findtext("a:author/a:name", namespaces=NS)
        assert [link.get("rel") for link in feed.findall("a:link", NS)] == ["self", "alternate"]
        ids = [entry.findtext("a:id", namespaces=NS) for entry in feed.findall("a:entry", NS)]
        assert len(set(ids)) == len(ids)


def test_determinations_are_announced_with_their_page(open_sites: OpenSites) -> None:
    feed = parsed((open_sites.final / "data/atom.xml").read_bytes())
    found = [
        (e.findtext("a:title", namespaces=NS), e.find("a:link", NS).get("href"))  # type: ignore[union-attr]
        for e in feed.findall("a:entry", NS)
        if e.find("a:category", NS).get("term") == "determination"  # type: ignore[union-attr]
    ]
    assert sorted(str(title).rpartition(" ")[2] for title, _ in found) == ["199/2024", "2901/2024", "50/2025"]
    assert all((open_sites.final / "data" / str(href)).resolve().exists() for _, href in found)


def test_id_of_a_cut_never_changes_and_only_the_newest_are_shown() -> None:
    few, many = (parsed(atom.feed("T", "e", cuts(n), [], "Bukan hasil resmi")) for n in (60, 61))
    ids = [[e.findtext("a:id", namespaces=NS) for e in feed.findall("a:entry", NS)] for feed in (few, many)]
    assert [len(i) for i in ids] == [atom.CUTS_SHOWN] * 2
    assert ids[1][1:] == ids[0][:-1]
    assert few.findtext("a:id", namespaces=NS) == many.findtext("a:id", namespaces=NS)


def test_text_is_escaped() -> None:
    title = "<b> & 'x'"
    assert parsed(atom.feed(title, "e", cuts(1), [], "&")).findtext("a:title", namespaces=NS) == title


def test_feed_is_listed_beside_the_data(open_sites: OpenSites) -> None:
    assert '"atom.xml"' in Path(open_sites.final / "data/manifest.json").read_text()
