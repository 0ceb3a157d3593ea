"""Serving staff screens and the public site from one process."""

from __future__ import annotations

THREADS = 8


def serve(host: str, port: int) -> None:
    """Serve until interrupted. waitress buffers slow clients before a thread is taken."""
    import waitress
    from django.conf import settings

    from sirekap.web.wsgi import application  # isort: skip  (starts Django; what follows needs it)
    from sirekap.web.pages import UPLOAD_SLACK

    waitress.serve(
        application,
        host=host,
        port=port,
        threads=THREADS,
        max_request_body_size=settings.CONFIG.max_upload_bytes + UPLOAD_SLACK + 1_000_000,
        ident="sirekap",
    )
