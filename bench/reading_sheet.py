"""A contact sheet of sample photographs, so that people can look at what the figures are made of."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from bench.second_renderer import capture, forms, glyphs, hand, ink, photograph
from sirekap.paper import templates

DESIGNS = ("kwk-bupati-3", "kwk-gubernur-4")


def contact_sheet(folder: Path, seed: int, hands: str = "mnist", rows: int = 2) -> Path:
    """Photographs of both profiles as JPEG files and all of them small in one PNG, whose path is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    source = glyphs.source(hands)
    lines = []
    for profile in ("typical", "hard"):
        for row in range(rows):
            line = []
            for number in range(4):
                rng = np.random.default_rng((seed, row, number, len(profile)))
                layout = templates.get(DESIGNS[number % 2])
                page = layout.pages[(row * 4 + number) % len(layout.pages)]
                writer = hand.draw(source.writer(int(rng.integers(len(source)))), rng)
                form = forms.fill(layout.columns, rng)
                region = photograph.write_page(layout.name, page, form, writer, ink.stock(rng), rng)
                shot = capture.draw(profile, page.width, page.height, rng)
                data = photograph.photograph(region.pixels, shot, rng, 2560)[0]
                (folder / f"{profile}-{row}-{number}.jpg").write_bytes(data)
                picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
                assert picture is not None
                line.append(cv2.resize(picture, (480, 640), interpolation=cv2.INTER_AREA))
            lines.append(np.hstack(line))
    out = folder / "contact-sheet.png"
    cv2.imwrite(str(out), np.vstack(lines))
    return out
