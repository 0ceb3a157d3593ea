"""Exactness of joint decoding against brute force, and what arithmetic may and may not do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading.evidence import Photo, evidence, true_figures

from sirekap.election.rules_base import Identity
from sirekap.election.rules_table import IDENTITIES
from sirekap.reading import joint, numbers, sums, tables
from sirekap.reading.numbers import ALL_BLANK, ALL_STRUCK, FIGURES, OUTCOMES, UNREADABLE

SLIP = 0.003


def _written(weights: dict[int, float]) -> np.ndarray:
    out = np.zeros(OUTCOMES)
    for outcome, weight in weights.items():
        out[outcome] = weight
    return out / out.sum()


def _seen(fields, floor: float = 0.002) -> dict[str, np.ndarray]:
    return {name: numbers.outcomes(numbers.softened(found.digits, floor)) for name, found in fields.items()}


def _brute(names: tuple[str, ...], leaves: dict[str, np.ndarray], identities, most: int) -> dict[str, np.ndarray]:
    """Truth marginals by adding up every assignment of figures 0..most."""
    out = {name: np.zeros(most + 1) for name in names}
    free = [n for n in names if n not in {i.target for i in identities}]
    for chosen in itertools.product(range(most + 1), repeat=len(free)):
        values = dict(zip(free, chosen, strict=True))
        for _ in identities:
            for i in identities:
                if i.target not in values and all(t in values for t in i.terms):
                    values[i.target] = sum(values[t] for t in i.terms)
        holds = all(values[i.target] == sum(values[t] for t in i.terms) for i in identities)
        if not holds or max(values.values()) > most:
            continue
        weight = np.prod([leaves[n][values[n]] for n in names])
        for n in names:
            out[n][values[n]] += weight
    return {n: w / w.sum() for n, w in out.items()}


def _only_small(rng: np.random.Generator, most: int) -> np.ndarray:
    weights = np.zeros(FIGURES)
    weights[: most + 1] = rng.random(most + 1) ** 4 + 1e-4
    return weights


@pytest.mark.parametrize("columns", [2, 3])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_votes_and_summary_equal_brute_force(columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = (*(f"votes_{n}" for n in range(1, columns + 1)), "valid", "invalid", "total")
    found = joint.structure(columns, frozenset(names))
    leaves = {name: _only_small(rng, 6) for name in names}
    messages, lost = joint._propagate(found.factors, leaves, 1)
    identities = [factor.identity for factor in found.factors if isinstance(factor, joint.Sum)]
    brute = _brute(names, leaves, identities, 6)
    assert lost == 0.0
    assert found.codes == ("E203", "E204")
    for name in names:
        ours = leaves[name] * messages[name]
        np.testing.assert_allclose((ours / ours.sum())[:7], brute[name], atol=1e-12)


@pytest.mark.parametrize("given_away", [(), ("voted_total_l",), ("voted_dpph_l", "voted_dpph_p")])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=6)
def test_block_of_rows_equals_brute_force_within_what_it_says_it_lost(given_away: tuple[str, ...], seed: int) -> None:
    """All 12 cells with their loops. ``given_away``: cells of which nothing is known."""
    rng = np.random.default_rng(seed)
    names = tuple(f"voted_{row}_{c}" for row in ("dpt", "dpph", "dptb", "total") for c in "lpj")
    most = 3
    found = joint.structure(2, frozenset(names))
    leaves = {name: np.ones(FIGURES) if name in given_away else _only_small(rng, 3 * most) for name in names}
    for name in names:
        if "total" not in name and not name.endswith("_j"):
            leaves[name][most + 1 :] = 0.0
    messages, lost = joint._propagate(found.factors, leaves, 1)
    identities = [rule.check(2) for rule in IDENTITIES if rule.code in found.codes]
    brute = _block_by_hand(names, leaves, [i for i in identities if isinstance(i, Identity)], most)
    for name in names:
        ours = leaves[name] * messages[name]
        ours = ours / ours.sum()
        np.testing.assert_allclose(ours[: len(brute[name])], brute[name], atol=max(2 * lost, 1e-9))


def _block_by_hand(names, leaves, identities, most: int) -> dict[str, np.ndarray]:
    out = {name: np.zeros(6 * most + 1) for name in names}
    free = [n for n in names if "total" not in n and not n.endswith("_j")]
    for chosen in itertools.product(range(most + 1), repeat=len(free)):
        values = dict(zip(free, chosen, strict=True))
        for stem in ("dpt", "dpph", "dptb"):
            values[f"voted_{stem}_j"] = values[f"voted_{stem}_l"] + values[f"voted_{stem}_p"]
        for c in "lpj":
            values[f"voted_total_{c}"] = sum(values[f"voted_{s}_{c}"] for s in ("dpt", "dpph", "dptb"))
        assert all(values[i.target] == sum(values[t] for t in i.terms) for i in identities)
        weight = 1.0
        for name in names:
            weight *= leaves[name][values[name]]
        for name in names:
            out[name][values[name]] += weight
    return {n: w / w.sum() for n, w in out.items()}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25)
def test_marginals_sum_to_one_and_the_likeliest_form_obeys_every_identity(seed: int) -> None:
    rng = np.random.default_rng(seed)
    figures = true_figures(rng)
    decoded = joint.decode(_seen(evidence(rng, figures, Photo(miss=0.03, unsure=0.1))), 4, slip=SLIP)
    for post in decoded.fields.values():
        assert post.truth.sum() == pytest.approx(1.0)
        assert post.written.sum() == pytest.approx(1.0)
    if decoded.certain:
        best = {name: post.best for name, post in decoded.fields.items()}
        for rule in IDENTITIES:
            check = rule.check(4) if rule.check else None
            if isinstance(check, Identity) and set(check.fields) <= set(best):
                assert not check.residual(best), rule.code


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_the_order_of_fields_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = _seen(evidence(rng, true_figures(rng), Photo()))
    shuffled = {name: seen[name] for name in rng.permutation(list(seen))}
    one, other = (joint.decode(s, 4, slip=SLIP) for s in (seen, shuffled))
    for name in seen:
        np.testing.assert_allclose(one.fields[name].truth, other.fields[name].truth, atol=1e-6)
        assert one.fields[name].best == other.fields[name].best


@pytest.mark.parametrize("columns", range(2, 11))
def test_every_identity_of_the_rules_takes_part_once(columns: int) -> None:
    from sirekap.election.chasil import field_ids

    for optional in (False, True):
        present = frozenset(field_ids(columns, optional=optional))
        found = joint.structure(columns, present)
        want = {
            rule.code
            for rule in IDENTITIES
            if rule.check
            and isinstance(check := rule.check(columns), Identity)
            and set(check.fields) <= present
            and check.unless not in present
        }
        assert set(found.codes) == want
        assert len(found.codes) == len(want)


def test_rare_but_true_figures_survive() -> None:
    rng = np.random.default_rng(5)
    for votes in ((0, 600, 0, 0), (0, 0, 0, 1), (999, 0, 0, 0), (0, 0, 0, 0)):
        figures = {f"votes_{n}": v for n, v in enumerate(votes, 1)}
        figures |= {"valid": sum(votes), "invalid": 0, "total": sum(votes)}
        decoded = joint.decode(_seen(evidence(rng, figures, Photo(miss=0, unsure=0))), 4, slip=SLIP)
        assert {name: post.best for name, post in decoded.fields.items()} == figures
        assert min(float(post.truth[post.best]) for post in decoded.fields.values()) > 0.999


def test_a_cap_weighs_only_what_is_above_it() -> None:
    own = _written({120: 0.6, 420: 0.3, 720: 0.1})
    free = joint.decode({"votes_1": own}, 2, slip=SLIP).fields["votes_1"].truth
    capped = joint.decode({"votes_1": own}, 2, slip=SLIP, caps={"votes_1": 500}).fields["votes_1"].truth
    assert capped[120] / capped[420] == pytest.approx(free[120] / free[420])
    assert capped[720] < free[720]
    sure = _written({720: 1.0})
    assert joint.decode({"votes_1": sure}, 2, slip=SLIP, caps={"votes_1": 500}).fields["votes_1"].best == 720


def test_a_sure_reading_that_breaks_a_sum_is_a_slip_and_not_repaired() -> None:
    """valid says 235 without any doubt; all the rest says 236."""
    written = {
        name: _written({v: 1.0}) for name, v in {"votes_1": 200, "votes_2": 36, "invalid": 4, "total": 240}.items()
    }
    written["valid"] = _written({235: 1 - 1e-9, 236: 1e-9})
    post = joint.decode(written, 2, slip=SLIP).fields["valid"]
    assert post.written[235] > 0.99
    assert post.best == 236


def test_a_likely_misreading_is_proposed_otherwise() -> None:
    written = {
        name: _written({v: 1.0}) for name, v in {"votes_1": 200, "votes_2": 36, "invalid": 4, "total": 240}.items()
    }
    written["valid"] = _written({235: 0.95, 236: 0.05})
    post = joint.decode(written, 2, slip=SLIP).fields["valid"]
    assert post.written[235] < 0.01
    assert post.best == 236
    assert post.truth[236] > 0.99


def test_an_unreadable_figure_is_known_by_its_sums() -> None:
    written = {
        name: _written({v: 1.0}) for name, v in {"votes_1": 200, "votes_2": 36, "invalid": 4, "total": 240}.items()
    }
    written["valid"] = _written({UNREADABLE: 1.0})
    post = joint.decode(written, 2, slip=SLIP).fields["valid"]
    assert post.best == 236
    assert post.written[UNREADABLE] == pytest.approx(1.0)


@pytest.mark.parametrize("outcome", [ALL_BLANK, ALL_STRUCK])
def test_empty_boxes_mean_zero_unless_the_sums_say_otherwise(outcome: int) -> None:
    alone = joint.decode({"invalid": _written({outcome: 1.0})}, 2, slip=SLIP).fields["invalid"]
    assert alone.best == 0
    written = {
        name: _written({v: 1.0}) for name, v in {"votes_1": 200, "votes_2": 36, "valid": 236, "total": 240}.items()
    }
    written["invalid"] = _written({outcome: 1.0})
    assert joint.decode(written, 2, slip=SLIP).fields["invalid"].best == 4


def test_slips_keep_all_weight() -> None:
    rng = np.random.default_rng(0)
    weights = rng.random((3, FIGURES))
    np.testing.assert_allclose(sums.slipped(weights).sum(axis=1), weights.sum(axis=1))
    own = rng.dirichlet(np.ones(OUTCOMES), 2)
    np.testing.assert_allclose(sums.truth_weights(own, 0.01).sum(axis=1), 1.0)


@given(seed=st.integers(0, 2**32), large=st.booleans())
@settings(max_examples=20)
def test_bounds_between_rows_count_dominating_pairs(seed: int, large: bool) -> None:
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 40, 2)
    outer = tables.Pairs(rng.integers(0, 9, n), rng.integers(0, 9, n), rng.random(n))
    inner = tables.Pairs(rng.integers(0, 9, m), rng.integers(0, 9, m), rng.random(m))
    sign = 1 if large else -1
    want = [
        outer.weight[(sign * outer.men >= sign * a) & (sign * outer.women >= sign * b)].sum()
        for a, b in zip(inner.men, inner.women, strict=True)
    ]
    np.testing.assert_allclose(tables._allowed(outer, inner, large), want, atol=1e-12)


def test_two_rows_without_a_legible_pair_fall_apart_into_rows() -> None:
    rng = np.random.default_rng(3)
    seen = _seen(evidence(rng, true_figures(rng), Photo(miss=0, unsure=0)))
    for stem in ("voted_dpph", "voted_dptb"):
        for c in "lp":
            seen[f"{stem}_{c}"] = _written({UNREADABLE: 1.0})
    decoded = joint.decode(seen, 4, slip=SLIP)
    assert decoded.fields["voted_dpt_j"].truth.max() > 0.99
    assert decoded.fields["voted_dpph_l"].truth.max() < 0.9
