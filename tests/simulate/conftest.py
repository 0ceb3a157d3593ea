"""One easy form of each contest, made once and looked at by the reader once."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import pytest

from sirekap.election.contests import ContestKind
from sirekap.paper.frame import Heading
from sirekap.paper.identity import Form
from sirekap.paper.printing import Station
from sirekap.reading.observing import observe
from sirekap.reading.result import PageEvidence
from sirekap.simulate.figures import random_figures
from sirekap.simulate.form import Order, Photographed, photograph

STATION = Station("3216232001002", "Sukabungah", "Bojongmangu", "Kabupaten Bekasi", "Jawa Barat")
FORMS = {ContestKind.REGENT: (Form.CHASIL_REGENT, 3), ContestKind.GOVERNOR: (Form.CHASIL_GOVERNOR, 4)}


def order(kind: ContestKind = ContestKind.REGENT, seed: int = 5, **options: object) -> Order:
    """A form of Bojongmangu's second station with made-up figures."""
    form, columns = FORMS[kind]
    given = {"slips": 0.0, "profile": "easy", "long_side": 2048} | options
    return Order(Heading(form, columns, year="2024"), random_figures(seed, columns), seed, STATION, **given)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Seen:
    """A form's photographs and what the reader sees on them, by page."""

    made: Photographed
    evidence: dict[int, PageEvidence]


@pytest.fixture(scope="session", params=list(FORMS), ids=["regent", "governor"])
def seen(request: pytest.FixtureRequest) -> Seen:
    cv2.setNumThreads(1)
    made = photograph(order(request.param))
    return Seen(made, {page: observe(shot.jpeg) for page, shot in made.shots.items()})
