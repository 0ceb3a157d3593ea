"""The one Django app with models: facts, cursors, insert-only triggers, locks and shared queries.

Must not know who clicks. Every fact is written by a projection of a ledger entry (`projections`),
so replaying the entries into an empty database reproduces every row.
"""
