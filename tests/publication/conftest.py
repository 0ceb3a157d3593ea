"""Real databases for the tests that need one of their own."""

from support.databases import central, empty, empty_template, local, node, postgresql_template, sqlite_template

__all__ = ["central", "empty", "empty_template", "local", "node", "postgresql_template", "sqlite_template"]
