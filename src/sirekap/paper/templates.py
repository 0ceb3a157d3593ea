"""Every layout the reader knows, by name: our own forms are computed, drawn designs are JSON beside this module."""

from __future__ import annotations

import functools
from importlib import resources

from sirekap.election.chasil import MAX_COLUMNS
from sirekap.paper import chasil
from sirekap.paper.identity import Form, layout_name
from sirekap.paper.layout import Layout, from_json


@functools.cache
def names() -> tuple[str, ...]:
    """All names that `get` knows: computed forms first, then the data files in alphabetical order."""
    return (*_computed(), *sorted(_files()))


@functools.cache
def get(name: str) -> Layout:
    """The layout of that name; ``KeyError`` when there is none."""
    computed = _computed().get(name)
    if computed is not None:
        return chasil.layout(*computed)
    return from_json(_files()[name])


def form_of(name: str) -> tuple[Form, int]:
    """Form and vote columns of a layout that we print; ``KeyError`` for any other."""
    return _computed()[name]


@functools.cache
def _computed() -> dict[str, tuple[Form, int]]:
    return {
        layout_name(form, columns): (form, columns)
        for form in Form
        for columns in range(chasil.FEWEST, MAX_COLUMNS + 1)
    }


@functools.cache
def _files() -> dict[str, str]:
    folder = resources.files("sirekap.paper").joinpath("templates")
    return {
        file.name.removesuffix(".json"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".json")
    }
