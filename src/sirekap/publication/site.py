"""The public result as static files: dataclasses in, pages and open data out, nothing else touched.

The same views give the same bytes. Paths are relative, so the folder works at any address and
from a disk. Figures a view does not carry cannot appear: raw readings have no field here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sirekap.election.contests import ContestKind
from sirekap.publication import check_page, files, front_pages, manifest, opendata, paths, tables
from sirekap.publication.jinja import script, site_environment, stylesheet
from sirekap.publication.model import ContestView, Crumb, HomeView, RegionView, Report, SiteInfo, StationView

CSV_DIGITS = 4
"""Regions with longer codes have no ``data.csv``: a cut rewrites hundreds, and ``data.json`` says the same in less."""
_PAGES = ("home", "contest", "region", "station", "search", "changes", "data", "document")


@dataclass(frozen=True, slots=True)
class Part:
    """What one process wrote: station pages, counts, folders closed, and what folders still open gained."""

    pages: int
    report: Report
    closed: set[str]
    gained: tuple[manifest.Listing, manifest.Listing]


class SiteWriter:
    """Writes one cut into ``root``: add pages in any order, then :meth:`finish`.

    ``partial=True`` writes only what is added and keeps every other page and its manifest entry;
    otherwise :meth:`finish` removes pages that were not added. Photographs, the ledger and other
    top folders are never touched.
    """

    def __init__(self, root: Path, site: SiteInfo, *, partial: bool = False) -> None:
        self.root = root
        self.site = site
        self.partial = partial
        self.report = Report()
        self._tree = manifest.ManifestTree(root if partial else None)
        self._closed: set[str] = set()
        self._titles = dict(site.contests)
        env = site_environment()
        self._templates = {name: env.get_template(f"site/{name}.html") for name in _PAGES}
        self.add_file(*stylesheet())
        self.add_file(*script())
        for path, data in (*front_pages.assets(), check_page.page()):
            self.add_file(path, data)

    def add_file(self, path: str, data: bytes) -> None:
        """Publish one file as it is and list it in the manifest of its folder."""
        self._tree.add(path, data)
        self._write(path, data)

    def add_home(self, view: HomeView, moved: tuple[int, int, int, int] | None = None) -> None:
        """The front page, ``index.html``. ``moved`` since the cut before: stations up, down, corrections, decisions."""
        links = [paths.page(c.region.kind, c.region.code) for c in view.contests]
        extra = {"home": view, "cut": view.cut, "region_paths": links, **front_pages.home_extra(view, self, moved)}
        self.add_page("home", "index.html", None, extra)

    def add_contest(self, kind: ContestKind, contests: tuple[ContestView, ...]) -> None:
        """The page of one contest kind, ``<kind>/index.html``, for at least one contest."""
        if not contests:
            raise ValueError(f"a contest page needs a contest ({kind.value})")
        links = [paths.page(kind, c.region.code).partition("/")[2] for c in contests]
        cut = max((c.region.cut for c in contests), key=lambda c: c.number)
        extra = {"contests": contests, "cut": cut, "region_paths": links, "kind_title": self._title(kind)}
        extra |= front_pages.contest_extra(self, kind, contests)
        self.add_page("contest", f"{kind.value}/index.html", kind, extra)

    def add_region(self, view: RegionView) -> None:
        """A region's page with its ``data.json``, down to the regency ``data.csv`` too; no village (`add_village`)."""
        self._region(view, opendata.region_json(view, self.site))
        if len(view.code) <= CSV_DIGITS:
            self.add_file(f"{paths.region_folder(view.kind, view.code)}/data.csv", opendata.region_csv(view))

    def add_village(self, view: RegionView, stations: Iterable[StationView]) -> None:
        """A village's page and files, and the page of each station; its ``data.json`` holds all its stations.

        In a partial cut ``stations`` may leave out those that did not change: they are kept as published.
        Raises :class:`LookupError` when a station of the village is neither given nor published.
        """
        objects: dict[str, dict[str, object]] = {}
        for station in stations:
            self._station(station)
            objects[station.code] = opendata.station_object(station)
        wanted = [row.code for row in view.rows]
        if self.partial and len(objects) < len(wanted):
            objects = self._published(paths.region_folder(view.kind, view.code)) | objects
        missing = [code for code in wanted if code not in objects]
        if missing:
            raise LookupError(f"stations of {view.code} neither given nor published: {', '.join(missing)}")
        folder = paths.region_folder(view.kind, view.code)
        if self.partial:
            self._drop_stations(folder, set(wanted))
        self._region(view, opendata.region_json(view, self.site, [objects[code] for code in wanted]))
        self._close(folder)

    def _drop_stations(self, folder: str, codes: set[str]) -> None:
        """Remove the pages of stations that are no longer the village's."""
        for name in self._tree.drop(folder, lambda name: len(name) == 18 and name[:13] not in codes):
            (self.root / folder / name).unlink(missing_ok=True)
            self.report.files_removed += 1

    def _published(self, folder: str) -> dict[str, dict[str, object]]:
        """The stations of a village as its ``data.json`` has them now."""
        try:
            found = opendata.read_region((self.root / folder / "data.json").read_bytes())["stations"]
        except FileNotFoundError:
            return {}
        return {item["code"]: item for item in found}

    def _region(self, view: RegionView, data: bytes) -> None:
        folder = paths.region_folder(view.kind, view.code)
        links = [f"{r.code}.html" if len(r.code) == 13 else f"{r.code}/index.html" for r in view.rows]
        extra = {
            "view": view,
            "cut": view.cut,
            "links": links,
            "form": tables.form(view.figures, view.pairs),
            "sums": tables.sums(view.figures, view.pairs),
            "crumbs": self._crumbs(view.kind, view.trail, paths.TIER_DIGITS.index(len(view.code)) + 1),
            **self._other_contests(view, paths.up(f"{folder}/")),
            **front_pages.region_card(self, view),
        }
        self.add_page("region", f"{folder}/index.html", view.kind, extra)
        self.add_file(f"{folder}/data.json", data)

    def _other_contests(self, view: RegionView, root: str) -> dict[str, Any]:
        """Sums of the other contests of the region, or links where they stand on their own page only."""
        shown = [panel.kind for panel in view.beside]
        panels = [(p, *link) for p in view.beside for link in self._also([p.kind], view.code, root)]
        return {"panels": panels, "others": self._also([k for k in view.also if k not in shown], view.code, root)}

    def _station(self, view: StationView) -> None:
        folder = paths.station_folder(view.kind, view.code)
        votes = tables.votes(view)
        stages = [figures for figures in (view.written, view.verified, view.decided) if figures is not None]
        extra = {
            "view": view,
            "cut": view.told or view.cut,
            "columns": votes.columns,
            "votes": votes.rows,
            "changed": votes.changed,
            "votes_inconsistent": votes.inconsistent,
            "form": tables.form(stages[-1], view.pairs, tuple(stages[:-1])) if stages else tables.Form((), False),
            "replaced": [(r, tables.result(r.figures, view.pairs)) for r in view.replaced],
            "crumbs": self._crumbs(view.kind, view.trail, len(paths.TIER_DIGITS)),
            "also": self._also(view.also, view.code, paths.up(f"{folder}/")),
        }
        self.add_page("station", f"{folder}/{view.code}.html", view.kind, extra)

    def begin_part(self) -> None:
        """In another process: collect from here on for :meth:`end_part`."""
        self._tree = manifest.ManifestTree(self.root if self.partial else None)
        self.report, self._closed = Report(), set()

    def end_part(self, pages: int) -> Part:
        """What this process wrote since :meth:`begin_part`, for :meth:`adopt`; ``pages``: stations among it."""
        return Part(pages, self.report, self._closed, self._tree.part())

    def adopt(self, part: Part) -> int:
        """Take another process's part for one's own; returns its ``pages``."""
        self._tree.adopt(part.gained)
        self._closed |= part.closed
        self.report.add(part.report)
        return part.pages

    def finish(self) -> Report:
        """Write the manifests, the root's last; remove what a whole cut no longer contains."""
        for folder in self._tree.open_folders():
            if folder:
                self._close(folder)
        kinds = self._tree.names("")
        path, data = self._tree.close("")
        self._write(path, data)
        self.report.manifest_sha256 = hashlib.sha256(data).hexdigest()
        if not self.partial:
            listed = [top for top in manifest.OWNED if top not in self._closed]
            self.report.files_removed += files.sweep(self.root, tuple(listed), kinds)
        return self.report

    def _close(self, folder: str) -> None:
        """Write a folder's manifest; in a whole cut remove what else lies there."""
        if not self.partial:
            self.report.files_removed += files.sweep_folder(self.root, folder, self._tree.names(folder))
        self._write(*self._tree.close(folder))
        self._closed.add(folder)

    def has(self, path: str) -> bool:
        """Whether this cut, or the site it continues, holds a file."""
        return self._tree.has(path)

    def holds(self, path: str, sha256: str) -> bool:
        """Whether that file has these bytes already."""
        return self._tree.sha256(path) == sha256

    def add_page(self, name: str, path: str, kind: ContestKind | None, extra: dict[str, Any]) -> None:
        """Render the template ``site/<name>.html`` to ``path``; ``kind`` marks the header's link."""
        context = {"site": self.site, "root": paths.up(path), "here_kind": kind, "short_title": "", **extra}
        if kind is not None:
            context["short_title"] = self._title(kind)
        self.add_file(path, self._templates[name].render(context).encode())

    def _write(self, path: str, data: bytes) -> None:
        self.report.files += 1
        if files.write_if_changed(self.root, path, data):
            self.report.files_written += 1
            self.report.bytes_written += len(data)
            if self.partial:
                self.report.paths_written.append(path)

    def _crumbs(self, kind: ContestKind, trail: tuple[Crumb, ...], depth: int) -> list[tuple[str, str]]:
        """Links to the nation (the contest's page) and the ancestors, from ``depth`` folders below the contest's."""
        links = [("../" * depth + "index.html", "Indonesia")]
        for crumb in trail:
            steps = depth - 1 - paths.TIER_DIGITS.index(len(crumb.code))
            links.append(("../" * steps + "index.html", crumb.name))
        return links

    def _title(self, kind: ContestKind) -> str:
        return self._titles.get(kind, kind.value)

    def _also(self, kinds: Iterable[ContestKind], code: str, root: str) -> list[tuple[str, str]]:
        return [(root + paths.page(kind, code), self._title(kind)) for kind in kinds]


def render_site(
    root: Path,
    site: SiteInfo,
    home: HomeView,
    regions: Iterable[RegionView],
    stations: Iterable[StationView],
    *,
    partial: bool = False,
) -> Report:
    """Render one cut: home, one page per contest kind of ``home``, regions, stations, manifests."""
    writer = SiteWriter(root, site, partial=partial)
    by_village: dict[tuple[ContestKind, str], list[StationView]] = {}
    for station in stations:
        by_village.setdefault((station.kind, station.code[:10]), []).append(station)
    for region in regions:
        if len(region.code) == paths.TIER_DIGITS[-1]:
            writer.add_village(region, by_village.pop((region.kind, region.code), ()))
        else:
            writer.add_region(region)
    if by_village:
        raise ValueError(f"stations without their village's page: {sorted(code for _, code in by_village)}")
    for kind in ContestKind:
        contests = tuple(c for c in home.contests if c.region.kind is kind)
        if contests:
            writer.add_contest(kind, contests)
    writer.add_home(home)
    return writer.finish()
