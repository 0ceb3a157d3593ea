"""Where an objection stands: on exactly one agenda until it is settled or has been through them all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sirekap.election import objections as o
from sirekap.election.objections import AnswerStatus, Given, ObjectionStanding, Stage, standing
from sirekap.election.standing import Tier

TIERS = [Tier.DISTRICT, Tier.REGENCY, Tier.PROVINCE]
UNRESOLVED = AnswerStatus.UNRESOLVED
closed_tiers = st.frozensets(st.sampled_from(TIERS))
answers = st.lists(st.builds(Given, st.sampled_from(TIERS), st.sampled_from(AnswerStatus), st.booleans()), max_size=4)


def test_labels_cover_every_kind_in_both_languages() -> None:
    every = {*o.ObjectionKind, *o.Subject, *o.Capacity, *o.Stage}
    assert set(o.LABEL_ID) == every and set(o.LABEL_EN) == every


def test_objection_of_a_stations_form_waits_for_the_district() -> None:
    found = standing(Tier.NONE, Tier.REGENCY, [], ())
    assert found == ObjectionStanding(Stage.WAITING, Tier.DISTRICT)
    assert (found.label_id(), found.label_en()) == (
        "Menunggu jawaban (pleno kecamatan)",
        "Waiting for an answer (district plenary)",
    )


def test_unresolved_objection_is_on_the_next_agenda_until_the_last_tier() -> None:
    first, second = Given(Tier.DISTRICT, UNRESOLVED), Given(Tier.REGENCY, UNRESOLVED)
    assert standing(Tier.DISTRICT, Tier.PROVINCE, [first], ()) == ObjectionStanding(Stage.TRAVELLING, Tier.REGENCY)
    assert standing(Tier.DISTRICT, Tier.PROVINCE, [first, second], ()) == ObjectionStanding(
        Stage.TRAVELLING, Tier.PROVINCE
    )
    assert standing(Tier.DISTRICT, Tier.REGENCY, [first, second], ()) == ObjectionStanding(Stage.UNRESOLVED)


def test_settled_objection_is_on_no_agenda() -> None:
    for status in (AnswerStatus.ACCEPTED, AnswerStatus.REFUSED):
        given_answers = [Given(Tier.DISTRICT, UNRESOLVED), Given(Tier.REGENCY, status)]
        assert standing(Tier.DISTRICT, Tier.PROVINCE, given_answers, ()) == ObjectionStanding(Stage(status.value))


def test_acceptance_whose_correction_was_undone_is_open_again_where_it_was_given() -> None:
    accepted = Given(Tier.REGENCY, AnswerStatus.ACCEPTED, in_force=False)
    found = standing(Tier.DISTRICT, Tier.REGENCY, [Given(Tier.DISTRICT, UNRESOLVED), accepted], {Tier.DISTRICT})
    assert found == ObjectionStanding(Stage.WAITING, Tier.REGENCY)


def test_closed_session_hands_what_it_did_not_answer_to_the_tier_above() -> None:
    found = standing(Tier.NONE, Tier.PROVINCE, [], {Tier.DISTRICT, Tier.REGENCY})
    assert found == ObjectionStanding(Stage.TRAVELLING, Tier.PROVINCE)


@given(st.sampled_from(Tier), st.sampled_from([Tier.REGENCY, Tier.PROVINCE]), answers, closed_tiers)
def test_open_objection_is_on_one_open_agenda_or_has_been_through_them_all(
    filed: Tier, final: Tier, given_answers: list[Given], closed: frozenset[Tier]
) -> None:
    found = standing(filed, final, given_answers, closed)
    last = given_answers[-1] if given_answers else None
    settled = last is not None and last.in_force and last.status is not UNRESOLVED
    assert (found.stage in (Stage.ACCEPTED, Stage.REFUSED)) == settled
    if found.open:
        assert found.tier not in closed and found.tier is not None and found.tier <= final
    elif not settled:
        start = max(filed, Tier.DISTRICT) if last is None else last.tier + last.in_force
        assert set(range(start, final + 1)) <= closed


@given(st.sampled_from(TIERS), st.sampled_from([Tier.REGENCY, Tier.PROVINCE]), closed_tiers)
def test_unresolved_answer_never_sends_an_objection_down(filed: Tier, final: Tier, closed: frozenset[Tier]) -> None:
    found = standing(filed, final, [Given(filed, UNRESOLVED)], closed)
    assert found.tier is None or found.tier > filed
