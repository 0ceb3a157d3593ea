"""The base of every fact."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models

_waiting: ContextVar[list[Fact] | None] = ContextVar("facts waiting to be inserted", default=None)


@contextmanager
def held_back() -> Iterator[None]:
    """Collect saved facts and insert them together at the end of the block, in order of their models.

    For replays only, inside one transaction: until the end, no query sees them. Foreign keys are
    checked at commit.
    """
    facts: list[Fact] = []
    token = _waiting.set(facts)
    try:
        yield
    finally:
        _waiting.reset(token)
    by_model: dict[type[Fact], list[Fact]] = {}
    for fact in facts:
        by_model.setdefault(type(fact), []).append(fact)
    for model, some in by_model.items():
        model._default_manager.bulk_create(some)


class Fact(models.Model):
    """A row that is inserted once and never changed or deleted; triggers refuse anything else."""

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        """Insert; saving an existing fact is a programming error the database refuses."""
        waiting = _waiting.get()
        if waiting is not None:
            waiting.append(self)
            return
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)


class OfEntry(Fact):
    """A fact that a ledger entry stated."""

    entry = models.ForeignKey("records.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
