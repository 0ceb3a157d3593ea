"""Benchmarks: each module has ``run(quick) -> dict`` with ``bench``, ``figures`` and ``conditions``."""
