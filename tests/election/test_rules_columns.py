"""The checks over columns find an error in exactly the rows in which the checks of one form do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import consistent_forms

from sirekap.election import chasil, rules
from sirekap.election.rules_columns import with_errors


def mask(forms: list[dict[str, int | None]], columns: int) -> list[bool]:
    fields = tuple(name for name in chasil.field_ids(columns, optional=True) if any(name in form for form in forms))
    figures = np.array([[form.get(name) or 0 for name in fields] for form in forms], np.int64)
    missing = np.array([[form.get(name) is None for name in fields] for form in forms], bool)
    return [bool(one) for one in with_errors(fields, figures, missing, columns)]


@given(st.data(), st.integers(2, 5))
def test_columns_agree_with_the_checks_of_one_form(data: st.DataObject, columns: int) -> None:
    forms: list[dict[str, int | None]] = []
    for _ in range(data.draw(st.integers(1, 4))):
        form: dict[str, int | None] = dict(data.draw(consistent_forms(columns)))
        changed = data.draw(st.lists(st.sampled_from(sorted(form)), max_size=2, unique=True))
        for name in changed:
            form[name] = data.draw(st.one_of(st.none(), st.integers(-1, 1100)))
        forms.append(form)
    found = [rules.has_errors(rules.check(form, columns, complete=True)) for form in forms]
    assert mask(forms, columns) == found


def test_unknown_field_is_refused() -> None:
    with pytest.raises(KeyError, match="votes_5"):
        with_errors(("votes_5",), np.zeros((1, 1), np.int64), np.zeros((1, 1), bool), 4)
