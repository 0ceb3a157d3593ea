"""Fact ids are UUID version 7 (RFC 9562)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sirekap.records.ids import uuid7

TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def test_uuid7_is_the_vector_of_rfc_9562() -> None:
    """Appendix A.6: 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F."""
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    noise = ((0xCC3 << 62) | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert str(uuid7(at, noise)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(TIMES, st.binary(min_size=10, max_size=10))
def test_uuid7_carries_exact_milliseconds_version_and_variant(at: datetime, noise: bytes) -> None:
    made = uuid7(at, noise)
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert (made.int >> 80, made.version, made.variant) == (milliseconds, 7, uuid.RFC_4122)


@given(TIMES, TIMES)
def test_uuid7_orders_as_time_does(one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    if late - early >= timedelta(milliseconds=1):
        assert uuid7(early) < uuid7(late)
        assert str(uuid7(early)) < str(uuid7(late))


def test_uuid7_without_noise_is_different_each_time() -> None:
    at = datetime(2024, 11, 27, tzinfo=UTC)
    assert len({uuid7(at) for _ in range(1000)}) == 1000
