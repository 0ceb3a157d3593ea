"""The style page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sirekap.publication.style import render_style_page
from sirekap.web.access import anyone
from sirekap.web.pages import css


@anyone
def style(request: HttpRequest) -> HttpResponse:
    """Every component and state of the look on one page."""
    return HttpResponse(render_style_page(css=css(), home=reverse("work")))
