"""Benchmarks: each module has ``run(quick) -> dict`` with ``bench``, ``figures`` and ``conditions``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

BENCHES = ("tally", "workflow", "paper", "reading", "publish", "verify", "documents")
"""Names for ``sirekap bench NAME``."""


def load(name: str) -> Callable[[bool], dict[str, Any]]:
    """The ``run`` function of one benchmark, imported only now; ``KeyError`` for an unknown name."""
    if name not in BENCHES:
        raise KeyError(name)
    run: Callable[[bool], dict[str, Any]] = import_module(f"bench.{name}").run
    return run
