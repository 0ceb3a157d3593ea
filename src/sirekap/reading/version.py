"""The reader's own name and version. Light to import: queueing a photograph must not load the reader."""

READER = "sirekap-2"
"""Names the reader in readings, in the queue and in the ledger. A reader that may read a photograph differently, by
other code, another model or other thresholds, has another name: then photographs may be read again."""
