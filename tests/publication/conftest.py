"""Real databases for the tests that need one of their own."""

from support.databases import central, empty, empty_template, local, node, postgresql_template, sqlite_template
from support.open_sites import open_sites

__all__ = [
    "central",
    "empty",
    "empty_template",
    "local",
    "node",
    "open_sites",
    "postgresql_template",
    "sqlite_template",
]
