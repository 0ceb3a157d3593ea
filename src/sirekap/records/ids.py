"""Fact ids: UUID version 7 (RFC 9562), made by whoever states the fact."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def uuid7(at: datetime, random: bytes | None = None) -> uuid.UUID:
    """A UUIDv7 for ``at`` (aware); ``random`` (10 bytes) makes it reproducible in simulations."""
    milliseconds = (at - EPOCH) // timedelta(milliseconds=1)
    noise = int.from_bytes(random if random is not None else os.urandom(10), "big")
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76
    value |= ((noise >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= noise & (2**62 - 1)
    return uuid.UUID(int=value)
