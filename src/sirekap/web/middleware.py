"""Headers of every answer, refusals as pages, and the limit on what may be sent."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sirekap.web import pages
from sirekap.workflow.errors import Refused

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class Screens:
    """Adds the content security policy; answers `Refused` with its page and oversized requests with 413."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        heavy = pages.too_large(request)
        response = pages.refusal(request, heavy) if heavy else self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if request.path.startswith("/petugas/") and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refused act that no form caught."""
        return pages.refusal(request, exception) if isinstance(exception, Refused) else None
