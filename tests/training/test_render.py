"""The renderer gives crops as the reader cuts them, and composites of one writer only."""

from collections.abc import Callable
from typing import ClassVar

import cv2
import filling
import glyphs
import numpy as np
import overdone
import pytest
import render
import sheet
import spoiled
import strokes

from sirekap.reading.result import CLASSES, OTHER


@pytest.fixture(scope="module")
def hands() -> glyphs.Hands:
    rng = np.random.default_rng(1)
    pictures = [strokes.picture(strokes.written(rng, digit), 0.6) for digit in range(10)] * 3
    images = [np.where(picture < 40, 255, 0).astype(np.uint8)[::3, ::3] for picture in pictures]
    who = np.repeat(np.array([7, 8, 9]), 10)
    return glyphs.Hands(np.stack(pictures), np.tile(np.arange(10, dtype=np.uint8), 3), who, images)


@pytest.mark.parametrize("kind", list(render.MAKERS))
def test_crop_of_every_kind_has_the_reader_s_shape_and_a_known_class(hands: glyphs.Hands, kind: str) -> None:
    rng = np.random.default_rng(2)
    noise = sheet.Noise(rng)
    for _ in range(20):
        crop, label = render.one(rng, noise, hands, kind)
        assert (crop.shape, crop.dtype) == ((40, 40), np.uint8)
        assert 0 <= label < len(CLASSES)


def test_same_seed_gives_the_same_crops(hands: glyphs.Hands) -> None:
    first, second = render.batch(5, hands, 20), render.batch(5, hands, 20)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


class WatchedHands(glyphs.Hands):
    """Hands that note which writer every glyph was asked of."""

    asked: ClassVar[list[int]] = []

    def draw(self, rng: np.random.Generator, writer: int, label: int) -> glyphs.Glyph | None:
        """As `Hands.draw`."""
        self.asked.append(writer)
        return super().draw(rng, writer, label)


@pytest.mark.parametrize("maker", [spoiled.overwritten, spoiled.several, overdone.gone_over])
def test_composites_take_their_glyphs_from_one_writer(
    hands: glyphs.Hands, maker: Callable[[filling.Box, glyphs.Hands], int]
) -> None:
    watched = WatchedHands(hands.maps, hands.labels, hands.who, hands.images)
    rng = np.random.default_rng(3)
    noise = sheet.Noise(rng)
    seen = set()
    for _ in range(30):
        watched.asked.clear()
        assert maker(filling.Box(rng, noise), watched) == OTHER
        assert [a for a, b in zip(watched.asked[::2], watched.asked[1::2], strict=True) if a != b] == []
        seen |= set(watched.asked)
    assert seen == {7, 8, 9}


def test_thinning_keeps_the_small_loops_of_an_eight() -> None:
    y, x = np.mgrid[0:28, 0:28]
    rings = [np.abs(np.hypot(x - 14, y - centre) - 3.2) for centre in (9.5, 17.5)]
    grey = np.clip(255 * (1.9 - np.minimum(*rings)), 0, 255).astype(np.uint8)
    lines = glyphs.thin(glyphs.best_mask(glyphs.enlarge(grey)))
    assert cv2.connectedComponents(1 - lines, connectivity=4)[0] - 1 == 3
