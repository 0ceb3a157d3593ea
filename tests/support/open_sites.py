"""Published sites of the small election, built once: an early night, the story told to its end, a village accepted."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from support import other_nodes, signed_papers, story
from support import small_election as se
from support.databases import Node, Template, using

from sirekap.evidence import open_store
from sirekap.publication import publish
from sirekap.records.models import StationContest
from sirekap.workflow import plenary_batch, verification

VERIFIED, PHOTOGRAPHED, CONFIRMED, AWAITED = se.STATIONS[:4]


@dataclass(frozen=True)
class OpenSites:
    """``early``: one station each verified, photographed, confirmed; the rest awaited. ``final``: the whole story, with
    a sheet signed in ink and refused by a witness, one nobody signed yet, and a regency that another node counted.
    ``together``: a village whose stations its district accepted in one act.
    """

    early: Path
    final: Path
    together: Path


@pytest.fixture(scope="session")
def open_sites(
    sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> OpenSites:
    """Each as a cut writes it."""
    sites = {}
    for name, act in (("early", _early), ("final", _final), ("together", _together)):
        folder = tmp_path_factory.mktemp(f"open-{name}")
        shutil.copy(sqlite_template.place, folder / "node.sqlite3")
        store = open_store(folder / "evidence")
        with django_db_blocker.unblock(), using(f"sqlite:///{folder / 'node.sqlite3'}"):
            act(Node("sqlite", "", "", store, folder, sqlite_template.small))
            publish.publish(folder / "site", store, story.SIGNER, se.AT + timedelta(days=3), whole=True)
        sites[name] = folder / "site"
    return OpenSites(**sites)


def _final(node: Node) -> None:
    story.tell(node.small, node.store)
    signed_papers.file_sheet(node)
    signed_papers.issue_sheet(node, se.REGENCY)
    with transaction.atomic():
        other_nodes.received_entry()


def _together(node: Node) -> None:
    small, rows = node.small, se.rows_of(se.VILLAGES[0])
    for row in rows:
        se.verify(small, node.store, row)
    session = se.open_session(small, se.DISTRICTS[0])
    seen = dict(StationContest.objects.filter(pk__in=rows).values_list("pk", "last_seq"))
    chair = small.chairs[se.DISTRICTS[0]]
    plenary_batch.accept_clean(chair, session.pk, se.VILLAGES[0], small.at, expected=seen)


def _early(node: Node) -> None:
    small, store = node.small, node.store
    for contest in se.CONTESTS:
        se.verify(small, store, se.row_id(VERIFIED, contest))
        se.photograph(small, store, se.row_id(PHOTOGRAPHED, contest))
        row = se.row_id(CONFIRMED, contest)
        se.photograph(small, store, row)
        verification.make_statement(small.kpps[CONFIRMED], row, se.figures(row), small.at)
