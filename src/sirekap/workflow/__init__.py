"""What people and the sequencer do: one function = one act = one transaction = one ledger entry.

Knows nothing of HTTP. Every act takes who acts and the time; it refuses with `errors.Refused`.
"""
