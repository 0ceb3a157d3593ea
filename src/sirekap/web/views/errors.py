"""Error pages in the look."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse

from sirekap.web.access import anyone
from sirekap.web.pages import error_page, new_reference

logger = logging.getLogger(__name__)


@anyone
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return error_page(400)


@anyone
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(403)


@anyone
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return error_page(404)


@anyone
def server_error(request: HttpRequest) -> HttpResponse:
    """500, with a reference the log repeats."""
    reference = new_reference()
    logger.error("error page %s for %s", reference, request.path)
    return error_page(500, reference)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: out of date, or sent from elsewhere."""
    logger.warning("form refused: %s", reason)
    return error_page(400)
