"""The append-only ledger: canonical bytes, RFC 6962 tree, signed notes, checkpoints, tiles.

Pure: bytes in, bytes out. Knows no database, no file, no clock, and not what an election is.
"""
