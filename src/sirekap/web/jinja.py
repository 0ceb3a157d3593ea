"""The Jinja environment of the staff screens: the public site's look plus addresses."""

from __future__ import annotations

from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from sirekap.election import conduct, contests, plenary
from sirekap.election.roles import LABEL_ID as ROLE_LABEL
from sirekap.election.settle import REASON_ID
from sirekap.publication import jinja as look
from sirekap.publication.load import display_name, short_title


def environment(**options: Any) -> jinja2.Environment:
    """Called by Django's Jinja2 backend (settings ``TEMPLATES``)."""
    options["undefined"] = jinja2.StrictUndefined
    loader = options.pop("loader", None)
    env = look.environment(loader=loader, gettext=gettext, ngettext=ngettext, **options)
    env.globals.update(
        url=address,
        static=static,
        display_name=display_name,
        short_title=short_title,
        PLENARY_LABEL=plenary.LABEL_ID,
        ROLE_LABEL=ROLE_LABEL,
        REASON_ID=REASON_ID,
        CONTEST_TITLE=contests.TITLE_ID,
        ATTEND_LABEL=conduct.LABEL_ID,
    )
    return env


def address(name: str, *args: Any) -> str:
    """The address of a named screen."""
    return reverse(name, args=args)
