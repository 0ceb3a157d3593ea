"""The look: size, contrast of its tokens in both themes, no requests to the outside, every state shown."""

from __future__ import annotations

import re

import pytest

from sirekap.election.standing import LABEL_ID
from sirekap.publication import formats
from sirekap.publication.errors import STATUSES, render_error
from sirekap.publication.jinja import environment, stylesheet
from sirekap.publication.style import render_style_page

CSS = stylesheet()[1].decode()
TEXT = [
    ("ink", "bg"), ("ink", "surface"), ("ink", "sunken"), ("muted", "bg"), ("muted", "surface"), ("muted", "sunken"),
    ("link", "bg"), ("link", "surface"), ("link", "sunken"), ("link-hover", "surface"), ("link-hover", "sunken"),
    ("on-head", "head"), ("head-muted", "head"), ("on-accent", "accent"), ("on-accent", "accent-hover"),
    ("info-ink", "info-bg"), ("warn-ink", "warn-bg"), ("error-ink", "error-bg"), ("ok-ink", "ok-bg"),
    ("error-ink", "surface"), ("error-ink", "bg"), ("error-ink", "info-bg"), ("muted", "info-bg"), ("ink", "info-bg"),
    ("step1-ink", "step1-bg"), ("step2-ink", "step2-bg"), ("step3-ink", "step3-bg"), ("step4-ink", "step4-bg"),
]  # fmt: skip
SHAPES = [("line-strong", "surface"), ("line-strong", "bg"), ("focus", "bg"), ("focus", "surface"), ("bar", "track")]
LIGHT = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", CSS.partition("@media")[0]))
DARK = LIGHT | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", CSS.partition("@media")[2].partition("/* base */")[0]))


def _contrast(theme: dict[str, str], front: str, back: str) -> float:
    light, dark = sorted((formats.luminance(theme[front]), formats.luminance(theme[back])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast_meets_aa(theme: dict[str, str]) -> None:
    weak = {p: round(_contrast(theme, *p), 2) for p in TEXT if _contrast(theme, *p) < 4.5}
    weak |= {p: round(_contrast(theme, *p), 2) for p in SHAPES if _contrast(theme, *p) < 3}
    assert weak == {}


def test_dark_theme_overrides_every_colour() -> None:
    assert LIGHT != DARK
    assert {k for k in LIGHT if LIGHT[k] == DARK[k]} == {"on-head"}


def test_stylesheet_is_small_and_asks_for_nothing() -> None:
    assert len(CSS.encode()) <= 34_000
    assert re.findall(r"@import|url\(|https?:", CSS) == []


def test_colours_are_tokens() -> None:
    body = CSS.partition("/* base */")[2].partition("@media print")[0]
    assert sorted(set(re.findall(r"#[0-9a-fA-F]{3,8}\b", body))) == ["#ffd466", "#fff"]


def test_every_class_of_the_templates_is_styled() -> None:
    page = render_style_page()
    used = {name for value in re.findall(r'class="([^"]+)"', page) for name in value.split()}
    plain = {"info", "received"}
    assert {name for name in used if f".{name}" not in CSS} == plain


def test_style_page_shows_every_standing() -> None:
    page = render_style_page()
    assert [text for text in LABEL_ID.values() if text not in page] == []
    assert re.findall(r'(?:src|href)="https?:|style="|<script', page) == []


@pytest.mark.parametrize("status", STATUSES)
def test_error_page_says_what_means_and_do_in_both_languages(status: int) -> None:
    page = render_error(status, css="a.css", home="/", reference='"><script>')
    assert page.count("<b>") == 2
    assert 'lang="en"' in page and "<script>" not in page and "&#34;&gt;&lt;script&gt;" in page


def test_unknown_status_gets_the_server_text() -> None:
    assert render_error(503).replace("503", "500") == render_error(500)


def test_environment_asks_the_given_loader_first_and_translates() -> None:
    import jinja2

    loader = jinja2.DictLoader(
        {"a.html": '{% import "look/macros.html" as ui %}{{ _("Temuan") }} {{ ui.number(1000) }}'}
    )
    env = environment(loader=loader, gettext=lambda s: s.upper(), ngettext=lambda s, p, n: s if n == 1 else p)
    assert env.get_template("a.html").render() == "TEMUAN 1.000"


@pytest.mark.parametrize("source", ["{{ _(x) }}", "{{ _('%(x)s', x=x) }}", "{% trans %}{{ x }}{% endtrans %}"])
def test_translation_never_lets_markup_through(source: str) -> None:
    assert environment().from_string(source).render(x="<b>100%</b>") == "&lt;b&gt;100%&lt;/b&gt;"
