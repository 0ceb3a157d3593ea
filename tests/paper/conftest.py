"""The verbs that print work on a real database of their own."""

from support.databases import local, sqlite_template

__all__ = ["local", "sqlite_template"]
