"""Reading one state while others write."""

from __future__ import annotations

from support import small_election as se
from support.databases import Node

from sirekap.records.models import Entry, StationContest
from sirekap.records.snapshot import consistent_read

ROW = se.row_id(se.STATIONS[0])


def test_writer_goes_on_while_a_snapshot_is_read(node: Node) -> None:
    person = str(node.small.kpps[se.STATIONS[0]].person)
    act = ("state", {"person": person, "row": ROW, "figures": se.figures(ROW)})
    before = Entry.objects.count()
    with consistent_read():
        seen = [Entry.objects.count()]
        (written,) = node.together(act)
        seen.append(Entry.objects.count())
        standing = StationContest.objects.get(pk=ROW).standing
    assert "ok" in written
    assert (seen, standing) == ([before, before], 0)
    assert Entry.objects.count() == before + 1


def test_snapshot_ends_after_an_error(node: Node) -> None:
    try:
        with consistent_read():
            Entry.objects.count()
            raise KeyError("reader failed")
    except KeyError:
        pass
    se.photograph(node.small, node.store, ROW)
    assert StationContest.objects.get(pk=ROW).pages == 0b111
