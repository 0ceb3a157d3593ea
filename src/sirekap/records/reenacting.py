"""Doing an act again from its entry: the same act on the same state must write the same entry.

While an entry is expected, `journal.append` compares what the act wants to write with it, and inserts the expected
bytes, under their own id and time. So another node's entry is taken over only if our own code would have let the act
happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sirekap.ledger import canonical

Json = dict[str, Any]


class Differs(Exception):
    """The act would write something else; ``where``: the first place, ``wanted`` and ``given``: what stands there."""

    def __init__(self, where: str, given: object, wanted: object) -> None:
        super().__init__(f"{where}: {given!r} instead of {wanted!r}")
        self.where, self.given, self.wanted = where, given, wanted


@dataclass
class Expected:
    """One entry that an act must write."""

    raw: bytes
    content: Json
    taken: bool = False

    def take(self, kind: str, actor: Mapping[str, Any], at: str, body: Mapping[str, Any]) -> tuple[bytes, Json]:
        """The expected entry, if this is what the act writes. Raises :class:`Differs`."""
        if self.taken:
            raise Differs("kind", "nothing more", kind)
        said = {"v": self.content["v"], "kind": kind, "actor": dict(actor), "at": at, "body": dict(body)}
        for key, value in said.items():
            _compare(key, self.content[key], value)
        self.taken = True
        return self.raw, self.content


def _compare(where: str, given: Any, wanted: Any) -> None:
    if canonical.dumps(given) == canonical.dumps(wanted):
        return
    if isinstance(given, Mapping) and isinstance(wanted, Mapping):
        for key in sorted({*given, *wanted}):
            _compare(f"{where}.{key}", given.get(key), wanted.get(key))
    raise Differs(where, given, wanted)


_expected: ContextVar[Expected | None] = ContextVar("the entry an act must write", default=None)


def expected() -> Expected | None:
    """The entry that the act under way must write, if it is done again."""
    return _expected.get()


@contextmanager
def expecting(raw: bytes, content: Json) -> Iterator[None]:
    """Within the block exactly one entry is appended, and it is this one. Raises :class:`Differs`."""
    wanted = Expected(raw, content)
    token = _expected.set(wanted)
    try:
        yield
    finally:
        _expected.reset(token)
    if not wanted.taken:
        raise Differs("kind", content["kind"], "nothing")
