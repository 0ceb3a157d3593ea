"""Progress: one defined metric per rung, derived from counts, with its definition beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sirekap.election.contests import ContestKind
from sirekap.election.standing import LABEL_EN, LABEL_ID, Standing


@dataclass(frozen=True, slots=True)
class Metric:
    """A share of the station-contests of a region.

    ``predicate`` says which standings count; ``None`` means the numerator is the number of
    arrived station-contests, which no standing tells.
    """

    key: str
    definition_id: str
    definition_en: str
    predicate: Callable[[Standing], bool] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Station-contests of one region and contest: how many at exactly each rung, how many arrived."""

    standing: Mapping[Standing, int]
    arrived: int

    def __post_init__(self) -> None:
        if any(n < 0 for n in self.standing.values()) or not 0 <= self.arrived <= self.total:
            raise ValueError(f"arrived ({self.arrived}) must lie in 0..{self.total} and no count below 0")

    @property
    def total(self) -> int:
        """All station-contests."""
        return sum(self.standing.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """``numerator`` of ``denominator`` station-contests satisfy ``metric``."""

    metric: Metric
    numerator: int
    denominator: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing (false for an empty region)."""
        return 0 < self.denominator == self.numerator

    @property
    def share(self) -> Fraction | None:
        """Exact share; ``None`` when there is nothing to count."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def percent_text(self) -> str:
        """Share in Indonesian notation, e.g. ``94,8 %``."""
        return percent_text(self.numerator, self.denominator)


def _at_least(rung: Standing) -> Callable[[Standing], bool]:
    return lambda standing: standing >= rung


def _rung(rung: Standing) -> Metric:
    base_id, base_en = (label[0].lower() + label[1:] for label in (LABEL_ID[rung], LABEL_EN[rung]))
    return Metric(
        rung.key,
        f"TPS berstatus “{base_id}” atau lebih tinggi, dibagi semua TPS.",
        f"Stations whose standing is “{base_en}” or above, divided by all stations.",
        _at_least(rung),
    )


ARRIVED = Metric(
    "arrived",
    "TPS yang semua halaman C.Hasil-nya sudah diterima, dibagi semua TPS. Diterima belum berarti dijumlahkan.",
    "Stations with all pages of C.Hasil received, divided by all stations. Arrived is not the same as summed.",
    None,
)
AWAITED = Metric(
    Standing.AWAITED.key,
    "TPS yang belum berstatus apa pun, dibagi semua TPS.",
    "Stations that have not reached any rung, divided by all stations.",
    lambda standing: standing is Standing.AWAITED,
)
METRICS: dict[str, Metric] = {m.key: m for m in (ARRIVED, AWAITED, *(_rung(r) for r in Standing if r))}
COUNTED = METRICS[Standing.VERIFIED.key]
"""The metric of every published total: totals sum stations at ``verified`` or above."""


def metrics(kind: ContestKind) -> tuple[Metric, ...]:
    """The metrics a contest has: only a governor is ratified by a province."""
    return tuple(m for m in METRICS.values() if m.key != Standing.PROVINCE.key or kind is ContestKind.GOVERNOR)


def progress(metric: Metric, counts: Counts) -> Progress:
    """The metric's value for ``counts``."""
    if metric.predicate is None:
        return Progress(metric, counts.arrived, counts.total)
    return Progress(metric, sum(n for s, n in counts.standing.items() if metric.predicate(s)), counts.total)


def number_text(number: int) -> str:
    """An integer in Indonesian notation: ``4.014``."""
    return f"{number:,}".replace(",", ".")


def percent_text(numerator: int, denominator: int, digits: int = 1) -> str:
    """A percentage in Indonesian notation with ``digits`` decimals, rounded half up.

    Never says 100 unless complete nor 0 unless nothing: ``> 99,9 %``, ``< 0,1 %``. ``–`` when
    the denominator is 0. Raises ``ValueError`` outside 0 <= numerator <= denominator.
    """
    if not 0 <= numerator <= denominator or digits < 1:
        raise ValueError(f"{numerator} of {denominator} is not a share")
    if not denominator:
        return "–"
    if numerator in (0, denominator):
        return "0 %" if not numerator else "100 %"
    whole = 100 * 10**digits
    parts = (2 * numerator * whole + denominator) // (2 * denominator)
    sign = "< " if parts == 0 else "> " if parts == whole else ""
    parts = min(max(parts, 1), whole - 1)
    return f"{sign}{parts // 10**digits},{parts % 10**digits:0{digits}d} %"


def partial_sentence(counted: Progress) -> tuple[str, str] | None:
    """What every partial count must say (Indonesian, English); ``None`` once it is complete."""
    if counted.complete:
        return None
    part, whole = counted.numerator, counted.denominator
    indonesian = (
        f"Hitungan sebagian: {number_text(part)} dari {number_text(whole)} TPS. TPS yang masuk lebih dulu bukan "
        "sampel acak, jadi urutan dan persentase masih dapat berubah."
    )
    english = (
        f"Partial count: {part:,} of {whole:,} stations. The stations that come in first are not a random sample, "
        "so ranks and shares may still change."
    )
    return indonesian, english
