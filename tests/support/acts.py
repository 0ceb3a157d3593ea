"""What an act wrote, and proof that a refused act wrote nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from sirekap.ledger import canonical
from sirekap.ledger.tree import leaf_hash
from sirekap.records.models import Entry
from sirekap.records.replaying import state_digest
from sirekap.workflow.errors import Refused


@contextlib.contextmanager
def refused(code: str, status: int | None = None) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The block is refused with this code, speaks both languages, and changes nothing."""
    before = (Entry.objects.count(), state_digest())
    with pytest.raises(Refused) as info:
        yield info
    assert (info.value.code, bool(info.value.text_id), bool(info.value.text_en)) == (code, True, True)
    assert status in (None, info.value.status)
    assert (Entry.objects.count(), state_digest()) == before


def last_entry(kind: str) -> dict[str, Any]:
    """The newest entry, which must be of this kind: actor and body, its bytes and hash checked."""
    entry = Entry.objects.order_by("-seq").first()
    assert entry is not None
    content = canonical.loads(bytes(entry.content))
    assert (content["kind"], content["id"], content["v"]) == (kind, str(entry.pk and entry.id), 1)
    assert bytes(entry.leaf_hash) == leaf_hash(bytes(entry.content))
    return {"actor": content["actor"], "at": content["at"], "body": content["body"]}
