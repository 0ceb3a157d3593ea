"""Who may open which screen. Every view declares it; the access test walks all of them.

A declaration is stamped on the view function as ``view.access``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse

from sirekap.election.roles import Capability
from sirekap.records.models import Contest, Document, Objection, SessionCursor
from sirekap.workflow.errors import out_of_scope
from sirekap.workflow.people import Actor, actor_of

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Access:
    """A declaration: open to anyone, to the signed-in, or to whom one of ``capabilities`` reaches the region."""

    anonymous: bool = False
    capabilities: tuple[Capability, ...] = ()
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")

    def permits(self, actor: Actor, region: str | None) -> bool:
        """Whether the actor may open the screen; ``region=None``: anywhere in the mandates will do."""
        if not self.capabilities:
            return True
        if region is None:
            return any(actor.regions(c) for c in self.capabilities)
        return any(actor.may(c, region) for c in self.capabilities)


def region_named(kwargs: dict[str, Any]) -> str | None:
    """The region code that the address names: of a session, an objection, a document, a row, a region, a contest."""
    if "session" in kwargs:
        found = SessionCursor.objects.filter(pk=kwargs["session"]).values_list("region_id", flat=True).first()
    elif "objection" in kwargs:
        found = Objection.objects.filter(pk=kwargs["objection"]).values_list("region", flat=True).first()
    elif "document" in kwargs:
        found = Document.objects.filter(pk=kwargs["document"]).values_list("region_id", flat=True).first()
    elif "row" in kwargs:
        found = str(kwargs["row"])[:13]
    elif "region" in kwargs:
        found = str(kwargs["region"])
    elif "contest" in kwargs:
        found = Contest.objects.filter(pk=kwargs["contest"]).values_list("region", flat=True).first()
    else:
        return None
    if found is None:
        raise Http404
    return str(found)


def _guard(view: View, access: Access) -> View:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in access.methods:
            return HttpResponseNotAllowed(access.methods)
        if request.user.is_authenticated:
            request.actor = actor_of(request.user.person_id)
        elif not access.anonymous:
            return redirect_to_login(request.get_full_path(), reverse("sign_in"))
        if access.capabilities:
            region = region_named(kwargs)
            if not access.permits(request.actor, region):
                raise out_of_scope(region or "ini")
        return view(request, *args, **kwargs)

    guarded.access = access
    return guarded


def _methods(act: bool) -> tuple[str, ...]:
    return ("POST",) if act else ("GET", "HEAD", "POST")


def anyone(view: View) -> View:
    """Open without signing in."""
    return _guard(view, Access(anonymous=True))


def signed_in(view: View) -> View:
    """Open to everybody with an account."""
    return _guard(view, Access())


def allow(*capabilities: Capability, act: bool = False, look: bool = False) -> Callable[[View], View]:
    """Open to whom one of the capabilities reaches the region that the address names.

    ``act``: POST only; ``look``: reading only.
    """
    methods = ("GET", "HEAD") if look else _methods(act)
    return lambda view: _guard(view, Access(capabilities=capabilities, methods=methods))


def signed_in_act(view: View) -> View:
    """An act open to everybody with an account: POST only."""
    return _guard(view, Access(methods=_methods(True)))
