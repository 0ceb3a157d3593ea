from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sirekap.election import plenary as p
from sirekap.election.plenary import Agenda, ItemAct, ItemState, SessionAct, SessionState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "plenary-states.md"
READ_OUT = Agenda(accepted=1)


def drawn(block: str) -> set[tuple[str, str, str]]:
    return set(re.findall(r"^ {4}(\w+) --> (\w+): (\w+)$", block, flags=re.MULTILINE))


def test_mermaid_page_shows_exactly_the_transitions_of_the_code():
    blocks = re.findall(r"```mermaid\n.*?```\n", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "\n".join(blocks) == p.mermaid()
    sessions = {(s.value, after.value, a.value) for (s, a), after in p.SESSION_TRANSITIONS.items()}
    items = {(s.value, after.value, a.value) for (s, a), after in p.ITEM_TRANSITIONS.items()}
    assert [drawn(block) for block in blocks] == [sessions, items]


def test_step_every_combination():
    for state, act in product(SessionState, SessionAct):
        if (state, act) in p.SESSION_TRANSITIONS:
            assert p.step(state, act, READ_OUT) is p.SESSION_TRANSITIONS[state, act]
        else:
            with pytest.raises(p.WrongSessionState):
                p.step(state, act, READ_OUT)


def test_decide_item_every_combination():
    for item, act in product(ItemState, ItemAct):
        if (item, act) in p.ITEM_TRANSITIONS:
            expected = (SessionState.READING, p.ITEM_TRANSITIONS[item, act])
            assert p.decide_item(SessionState.OPENED, item, act) == expected
        else:
            with pytest.raises(p.WrongItemState):
                p.decide_item(SessionState.OPENED, item, act)


@pytest.mark.parametrize("state", [SessionState.SCHEDULED, SessionState.ADJOURNED, SessionState.CLOSED])
def test_decide_item_outside_reading(state):
    with pytest.raises(p.WrongSessionState):
        p.decide_item(state, ItemState.UNREAD, ItemAct.ACCEPT)


def test_step_close_says_how_many_are_unread():
    agenda = Agenda.count([ItemState.UNREAD] * 3 + [ItemState.DEFERRED, ItemState.RECOUNT, ItemState.ACCEPTED])
    with pytest.raises(p.AgendaUnfinished, match="3 unread, 1 deferred, 1 waiting") as caught:
        p.step(SessionState.READING, SessionAct.CLOSE, agenda)
    assert (caught.value.agenda, agenda.total, agenda.settled) == (agenda, 6, 1)
    assert "3 belum dibacakan" in caught.value.text_id


def test_step_open_needs_an_agenda():
    with pytest.raises(p.EmptyAgenda):
        p.step(SessionState.SCHEDULED, SessionAct.OPEN, Agenda())


def test_recounted_item_must_be_read_again():
    _, item = p.decide_item(SessionState.READING, ItemState.ACCEPTED, ItemAct.ORDER_RECOUNT)
    _, item = p.decide_item(SessionState.READING, item, ItemAct.ENTER_RECOUNT)
    assert item is ItemState.UNREAD


def test_allowed_lists_follow_the_tables():
    assert p.allowed_acts(SessionState.READING) == (SessionAct.READ, SessionAct.ADJOURN, SessionAct.CLOSE)
    assert p.allowed_acts(SessionState.CLOSED) == (SessionAct.REOPEN,)
    assert p.allowed_decisions(ItemState.RECOUNT) == (ItemAct.ENTER_RECOUNT,)


def test_labels_cover_every_state():
    assert set(p.LABEL_ID) == set(p.LABEL_EN) == {*SessionState, *ItemState, *p.ReopenCause}


class PlenaryMachine(RuleBasedStateMachine):
    @initialize(size=st.integers(1, 4))
    def schedule(self, size: int) -> None:
        self.session = SessionState.SCHEDULED
        self.items = [ItemState.UNREAD] * size

    @rule(act=st.sampled_from(SessionAct))
    def act(self, act: SessionAct) -> None:
        try:
            self.session = p.step(self.session, act, Agenda.count(self.items))
        except p.AgendaUnfinished:
            assert act is SessionAct.CLOSE and not self.finished()
        except p.WrongSessionState:
            assert act not in p.allowed_acts(self.session)

    @precondition(lambda self: self.session in (SessionState.OPENED, SessionState.READING))
    @rule(data=st.data(), at=st.integers(0, 3))
    def decide(self, data: st.DataObject, at: int) -> None:
        at %= len(self.items)
        act = data.draw(st.sampled_from(p.allowed_decisions(self.items[at])))
        self.session, self.items[at] = p.decide_item(self.session, self.items[at], act)

    @rule(at=st.integers(0, 3), act=st.sampled_from(ItemAct))
    def decide_anything(self, at: int, act: ItemAct) -> None:
        at %= len(self.items)
        before = self.session, self.items[at]
        try:
            self.session, self.items[at] = p.decide_item(*before, act)
        except p.PlenaryError:
            assert (self.session, self.items[at]) == before

    def finished(self) -> bool:
        return set(self.items) <= {ItemState.ACCEPTED, ItemState.CORRECTED, ItemState.FROM_BOX}

    @invariant()
    def closed_only_when_all_is_read(self) -> None:
        if getattr(self, "session", None) is SessionState.CLOSED:
            assert self.finished()


TestPlenaryMachine = PlenaryMachine.TestCase
TestPlenaryMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
