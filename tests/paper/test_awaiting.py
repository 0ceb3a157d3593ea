"""Coroutines are finished with and without an event loop at work in the thread."""

from __future__ import annotations

import asyncio

from sirekap.paper.awaiting import finished


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_finished_without_an_event_loop() -> None:
    assert finished(answer()) == 42


def test_finished_inside_a_running_event_loop() -> None:
    async def outer() -> int:
        return finished(answer())

    assert asyncio.run(outer()) == 42
