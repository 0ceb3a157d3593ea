"""The page on signed documents says what the code does: fields, objects of a revision, limits, entries."""

from __future__ import annotations

import re
from pathlib import Path

from support import signed

from sirekap.election.conduct import Capacity
from sirekap.paper.signing import field_name, revision
from sirekap.paper.signing.fields import FLAGS
from sirekap.paper.signing.needed import MEMBERS
from sirekap.paper.verifying import sandbox

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "signed-documents.md").read_text(encoding="utf-8")
PROJECTIONS = Path(revision.__file__).parents[2] / "records" / "projections" / "documents.py"


def test_page_names_the_fields_and_their_flags() -> None:
    for name in (
        field_name(Capacity.CHAIR),
        field_name(Capacity.MEMBER, 1),
        f"{field_name(Capacity.WITNESS)}-n",
        f"{field_name(Capacity.SUPERVISOR)}-n",
    ):
        assert f"`{name}`" in PAGE
    assert f"widget with flags {FLAGS}" in PAGE and set(MEMBERS.values()) == {2} and "two members" in PAGE


def test_revision_holds_the_objects_in_the_order_the_page_gives() -> None:
    states = signed.signed().states
    added = states[1][len(states[0]) :]
    found = [re.search(rb"/Type /(\w+)", body)[1] for body in re.split(rb"\d+ 0 obj\n", added)[1:]]  # type: ignore[index]
    assert found == [b"Annot", b"Sig", b"XObject", b"XRef"] and "exactly four objects" in PAGE
    assert f"`{re.search(rb'/SubFilter /([A-Za-z.]+)', added)[1].decode()}`" in PAGE  # type: ignore[index]


def test_page_states_the_limits_of_the_checker() -> None:
    assert f"{sandbox.MEMORY_BYTES >> 30} GiB of memory and {sandbox.CPU_SECONDS} seconds of CPU" in PAGE


def test_page_lists_what_the_entries_hold() -> None:
    """Every key that a projection reads from an entry's body stands in the entry's row."""
    code = PROJECTIONS.read_text(encoding="utf-8")
    for kind in ("issued", "signed", "refused", "scanned"):
        body = re.search(rf"def document_{kind}\(.*?(?=\n\n\n)", code, re.S)
        row = re.search(rf"^\| `document\.{kind}` \|(.*)\|$", PAGE, re.M)
        assert body is not None and row is not None
        keys = set(re.findall(r'body\["(\w+)"\]', body[0]))
        assert keys and keys <= set(re.findall(r"`(\w+)`", row[1])), kind
