"""Acts in words: what the commission orders, what a session takes back, what a ruling puts aside."""

from __future__ import annotations

from sirekap.election.generations import OrderBasis, RevoteReason
from sirekap.publication import history
from sirekap.records.models import Generation, ItemReopened

ORDER = {"number": "12/PP/2024", "voting_date": "2024-12-01", "basis": "supervisor"}


def test_an_ordered_vote_says_number_basis_and_day_in_both_languages() -> None:
    fact = Generation(kind="PSU", reason=RevoteReason.DOUBLE, generation=2, order=ORDER)
    role, what, why, _ = history.in_words(fact)
    assert (role, what) == (
        "KPU",
        "Pemungutan suara ulang diperintahkan, keputusan nomor 12/PP/2024 (Rekomendasi pengawas pemilihan), "
        "tanggal 1 Desember 2024, generasi 2",
    )
    assert getattr(what, "en", "").endswith("on 1 December 2024, generation 2")
    assert why and why != RevoteReason.DOUBLE


def test_every_basis_of_an_order_has_words() -> None:
    said = set()
    for basis in OrderBasis:
        fact = Generation(kind="PUSS", reason="", generation=2, order={**ORDER, "basis": basis.value})
        said.add(str(history.in_words(fact)[1]).split("(")[1].split(")")[0])
    assert len(said) == len(OrderBasis) and said.isdisjoint(set(OrderBasis))


def test_a_decision_taken_back_says_which_plenary_and_why() -> None:
    fact = ItemReopened(tier=2, reason="Salah TPS", generation=1)
    assert history.in_words(fact)[:3] == (
        "Pleno kabupaten/kota",
        "Keputusan pleno atas TPS ini ditarik kembali",
        "Salah TPS",
    )
    assert history.kind_of(fact) == "item.reopened"
