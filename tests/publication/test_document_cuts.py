"""Cuts after documents and objections: what they write, what they leave, and that pages follow though no figure changed."""

from __future__ import annotations

from datetime import timedelta

from support import signed_papers, story
from support import small_election as se
from support.databases import Node

from sirekap.election.contests import ContestKind
from sirekap.election.roles import Role
from sirekap.paper.documents.model import DocumentKind
from sirekap.publication import load, model, paths, publish
from sirekap.workflow import documents, objections, people
from sirekap.workflow.determination import latest_determination

DISTRICT = se.DISTRICTS[0]
STATION = se.STATIONS[0]


class Site:
    """A site of one database, cut by cut; a process that publishes keeps what it read."""

    def __init__(self, node: Node) -> None:
        self.node, self.root, self.kept, self.hours = node, node.folder / "site", load.Kept(), 0

    def cut(self, *, whole: bool = False) -> model.Report:
        self.hours += 1
        at = se.AT + timedelta(days=3, hours=self.hours)
        report = publish.publish(self.root, self.node.store, story.SIGNER, at, whole=whole, kept=self.kept)
        assert report is not None
        return report

    def bytes(self) -> dict[str, bytes]:
        files = (file for file in self.root.rglob("*") if file.is_file())
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in files}


def test_a_cut_writes_new_documents_and_leaves_the_others(local: Node) -> None:
    story.tell(local.small, local.store)
    site = Site(local)
    first = signed_papers.issue_sheet(local, DISTRICT)
    site.cut(whole=True)
    second = signed_papers.issue_sheet(local, se.REGENCY)
    written = site.cut().paths_written
    names = {f"dokumen/{second.pk}.pdf", f"dokumen/{second.pk}.html", "dokumen/manifest.json"}
    assert {path for path in written if path.startswith("dokumen/")} == names
    assert paths.page(ContestKind.REGENT, se.REGENCY) in written
    assert paths.page(ContestKind.REGENT, DISTRICT) not in written
    assert (site.root / f"dokumen/{first.pk}.pdf").exists()


def test_a_decree_stays_linked_after_a_cut_that_changes_no_page(local: Node) -> None:
    story.tell(local.small, local.store)
    site = Site(local)
    determined = latest_determination(se.REGENT)
    assert determined is not None
    chair = local.small.chairs[se.REGENCY]
    decree = documents.issue(chair, local.store, DocumentKind.SK_HASIL, determined, local.small.at)
    site.cut(whole=True)
    people.appoint(local.small.administrator, people.register_person("Baru", se.AT), Role.OPERATOR, DISTRICT, se.AT)
    site.cut()
    for page in ("index.html", f"{ContestKind.REGENT.value}/index.html"):
        assert f"dokumen/{decree.pk}.html" in (site.root / page).read_text()


def test_pages_after_small_cuts_are_those_of_a_whole_one(local: Node) -> None:
    story.tell(local.small, local.store)
    site = Site(local)
    site.cut(whole=True)
    signed_papers.file_sheet(local)
    site.cut()
    signed_papers.issue_sheet(local, DISTRICT)
    site.cut()
    small = {path: data for path, data in site.bytes().items() if path.startswith(("dokumen/", "pkw"))}
    publish.publish(site.root, local.store, story.SIGNER, se.AT + timedelta(days=4), whole=True)
    whole = {path: data for path, data in site.bytes().items() if path.startswith(("dokumen/", "pkw"))}
    differing = {path for path in small.keys() | whole.keys() if small.get(path) != whole.get(path)}
    assert {path for path in differing if path.startswith("dokumen/") or path.endswith("data.json")} == set()


def test_an_objection_reaches_its_pages_though_no_figure_changed(local: Node) -> None:
    for row in se.rows_of(DISTRICT):
        se.verify(local.small, local.store, row)
    session = se.open_session(local.small, DISTRICT)
    site = Site(local)
    site.cut(whole=True)
    page = site.root / paths.page(ContestKind.REGENT, STATION)
    assert "Keberatan" not in page.read_text()
    chair = local.small.chairs[DISTRICT]
    objection = objections.file_objection(
        chair, session_id=session.pk, region=STATION, subject="station", capacity="supervisor", text="Kotak terbuka",
        at=se.AT,
    )  # fmt: skip
    written = site.cut().paths_written
    assert {p for p in written if p.endswith(f"{STATION}.html")} == {paths.page(kind, STATION) for kind in ContestKind}
    assert "Teks belum diterbitkan" in page.read_text()
    assert "Menunggu jawaban (pleno kecamatan)" in page.read_text()
    objections.answer_objection(chair, objection, session.pk, "refused", "Segel utuh", se.AT)
    site.cut()
    assert "Segel utuh" in page.read_text()
