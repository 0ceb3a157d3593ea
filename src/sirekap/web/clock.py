"""The one clock of the screens."""

from sirekap.records.clock import now

__all__ = ["now"]
